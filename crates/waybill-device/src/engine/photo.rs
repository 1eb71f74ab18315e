//! What is advised about a photo that was kept.

use waybill_core::fact::{Body, Undone};
use waybill_core::id::FactId;
use waybill_core::place::{Presence, presence};
use waybill_core::status::Refusal;

use super::{Engine, NewPhoto};
use crate::api::door::{PhotoAdvice, PhotoSaved};
use crate::media::Looks;
use crate::problem::Problem;

impl Engine {
    /// Keeps a photo, and takes back the one that it stands in for. Whatever it looks like, it is kept.
    pub fn add_photo(
        &mut self,
        new: &NewPhoto,
        instead_of: Option<&str>,
    ) -> Result<PhotoSaved, Problem> {
        let (run_id, job_id) = (&new.of.run_id, &new.of.job_id);
        let replaced: Option<FactId> =
            instead_of.map(str::parse).transpose().map_err(|_| Refusal::NothingToUndo)?;
        if let Some(fact_id) = replaced {
            let state = self.state(run_id, job_id)?;
            if !state.photos.iter().any(|(id, _)| *id == fact_id) {
                return Err(Refusal::NothingToUndo.into());
            }
            let reason = String::new();
            self.allow(self.act(&Body::Undone(Undone { fact_id, reason })))?;
        }
        // The new one comes first: a kill in between leaves two photos and never none.
        let saved = self.keep_photo(new)?;
        let advice = self.advise(new, replaced.is_some());
        if let Some(fact_id) = replaced {
            self.take_back(run_id, job_id, fact_id, "photo_retaken")?;
        }
        Ok(PhotoSaved { fact_id: saved.fact_id, advice })
    }

    fn advise(&mut self, new: &NewPhoto, is_retake: bool) -> Vec<PhotoAdvice> {
        let looks = new.photo.looks;
        let before = std::mem::replace(&mut self.looked, looks);
        // Whoever takes a photo again means to show the same.
        let is_like = looks.zip(before).is_some_and(|(one, other)| one.is_like(other));
        let site =
            self.job(&new.of.run_id, &new.of.job_id).ok().and_then(|job| job.spec.address.at);
        let presence = presence(site, self.here(), self.policy().radius_m);
        let all = [
            (looks.is_some_and(Looks::is_too_dark), PhotoAdvice::TooDark),
            (looks.is_some_and(Looks::is_blurred), PhotoAdvice::Blurred),
            (is_like && !is_retake, PhotoAdvice::LikeBefore),
            (presence == Presence::Outside, PhotoAdvice::FarAway),
        ];
        all.into_iter().filter_map(|(holds, advice)| holds.then_some(advice)).collect()
    }
}
