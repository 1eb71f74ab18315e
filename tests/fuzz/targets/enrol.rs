//! Invitations, the request that answers one, and the hub's answer.

use serde_json::Value;
use tempfile::TempDir;
use waybill_core::id::DeviceId;
use waybill_device::vault::Crew;
use waybill_hub::Hub;
use waybill_sync::enrol::{EnrolDevice, Enrolled, Link};
use waybill_testkit::clock::SeededDice;

use crate::harness::{Fate, Target};
use crate::mutate::{self, one};
use crate::stage::{Stage, folder};
use crate::{json, stage};

/// A hub with an open invitation.
pub(crate) struct Enrolment {
    hub: Hub,
    _dir: TempDir,
    links: Vec<Vec<u8>>,
    request: Value,
    answer: Value,
}

impl Target for Enrolment {
    const NAME: &'static str = "enrolment";
    const LIFE: u64 = 20_000;

    fn new() -> Self {
        let (stage, dir) = (Stage::get(), folder());
        let hub = stage.hub(&dir.path().join("hub"));
        let mut links = vec![stage.link.to_text().into_bytes()];
        for url in ["https://hub.example", "http://[::1]:4000"] {
            let link = Link { hub_url: url.to_owned(), ..stage.link.clone() };
            links.push(link.to_text().into_bytes());
        }
        let phone = stage::open_phone(&dir.path().join("phone"));
        let request = EnrolDevice::new(phone.key(), &stage.link.code, "Van 8");
        let request = serde_json::to_value(request).unwrap();
        let answer = serde_json::to_value(&stage.enrolled).unwrap();
        Self { hub, _dir: dir, links, request, answer }
    }

    /// The first byte says which of the three it is.
    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        let which = dice.below(3);
        let body = match which {
            0 => {
                let mut link = one(dice, &self.links).clone();
                if dice.percent(95) {
                    mutate::bytes(dice, &mut link, &self.links);
                }
                link
            }
            1 => json::mutate(dice, &self.request),
            _ => json::mutate(dice, &self.answer),
        };
        [vec![u8::try_from(which).unwrap_or(0)], body].concat()
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let Some((which, body)) = input.split_first() else {
            return Ok("nothing");
        };
        match which {
            0 => {
                let text = String::from_utf8_lossy(body);
                match Link::from_text(&text) {
                    Ok(link) if Link::from_text(&link.to_text()) == Ok(link.clone()) => Ok("link"),
                    Ok(link) => Err(format!("{link:?} is written otherwise than it was read")),
                    Err(code) => Ok(code.word()),
                }
            }
            1 => {
                let Ok(request) = serde_json::from_slice::<EnrolDevice>(body) else {
                    return Ok("no request");
                };
                match self.hub.enrol(&request) {
                    Ok(_) => Ok("enrolled"),
                    Err(error) if error.code().http_status() >= 500 => {
                        Err(format!("the hub failed: {error}"))
                    }
                    Err(error) => Ok(error.code().word()),
                }
            }
            _ => {
                let Ok(answer) = serde_json::from_slice::<Enrolled>(body) else {
                    return Ok("no answer");
                };
                let Ok(device) = answer.device_id.parse::<DeviceId>() else {
                    return Ok("no device");
                };
                let link = Stage::get().link.clone();
                let crew = Crew::new(device, link.hub_key, link.hub_url, "Van".to_owned(), answer);
                let kept = serde_json::to_vec(&crew).map_err(|error| error.to_string())?;
                let read: Crew =
                    serde_json::from_slice(&kept).map_err(|error| error.to_string())?;
                if read == crew && read.keys().is_some() {
                    Ok("crew")
                } else {
                    Err("an enrolment that was taken is not read back".to_owned())
                }
            }
        }
    }
}
