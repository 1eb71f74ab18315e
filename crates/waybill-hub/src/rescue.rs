//! Takes in a rescue file: the last words of a phone that will never speak for itself again.
//!
//! Its messages go through the ordinary intake and its evidence through the ordinary checks, each by
//! itself: what is refused keeps nothing else from being taken.

use waybill_sync::code::Code;
use waybill_sync::envelope;
use waybill_sync::rescue::{End, Piece, Pieces, opens};
use waybill_sync::wire::{SyncDown, Verdict};

use crate::error::HubError;
use crate::hub::{Asker, Hub};

/// The largest file that is read: evidence as a phone puts it in, and facts beside it.
pub const RESCUE_BYTES_MAX: u64 = 640 * 1024 * 1024;

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rescued {
    pub device: String,
    pub messages: u64,
    pub blobs: u64,
    /// What was not taken, and why.
    pub refused: Vec<String>,
    /// Facts of this device that are held and do not count.
    pub doubted: usize,
    /// Evidence that the phone had to leave out.
    pub blobs_left_out: u64,
    /// The file is there to its end.
    pub is_whole: bool,
}

impl Hub {
    /// Takes a rescue file. What is held already has no effect.
    pub fn rescue(&self, asker: &Asker, file: &[u8]) -> Result<Rescued, HubError> {
        let begin = opens(file)?;
        let device = begin.device;
        let known = self.store.read(|tx| tx.get_device(device))?.ok_or(Code::NotEnrolled)?;
        if known.is_revoked {
            return Err(Code::DeviceRevoked.into());
        }
        let mut rescued = Rescued { device: device.to_string(), ..Rescued::default() };
        let mut expected = None;
        for piece in Pieces::of(file) {
            match piece {
                Ok(Piece::Begin(_)) => {}
                Ok(Piece::Message(body)) => {
                    let down: SyncDown = match self.sync(device, &body) {
                        Ok(answer) => envelope::open("answer", &answer)?,
                        Err(HubError::Refused(code)) => {
                            rescued.refused.push(format!("a message: {code}"));
                            continue;
                        }
                        Err(error) => return Err(error),
                    };
                    let of = |each: &waybill_sync::wire::TailRefused| {
                        format!("a tail of epoch {}: {}", each.epoch, each.code)
                    };
                    rescued.refused.extend(down.refused.iter().map(of));
                    let is_doubted =
                        |each: &&waybill_sync::wire::FactVerdict| each.verdict != Verdict::Accepted;
                    rescued.doubted = down.verdicts.iter().filter(is_doubted).count();
                    rescued.messages += 1;
                }
                Ok(Piece::Blob(hash, bytes)) => match self.put_blob(device, hash, &bytes) {
                    Ok(()) => rescued.blobs += 1,
                    Err(HubError::Refused(code)) => {
                        rescued.refused.push(format!("evidence {hash}: {code}"));
                    }
                    Err(error) => return Err(error),
                },
                Ok(Piece::End(end)) => expected = Some(end),
                Err(_) => rescued.refused.push("the end of the file cannot be read".to_owned()),
            }
        }
        let End { blobs_left_out, .. } = expected.unwrap_or_default();
        rescued.blobs_left_out = blobs_left_out;
        rescued.is_whole = expected.is_some();
        let now = self.now();
        self.store.write(|tx| tx.add_audit(now, asker.word(), "rescue", &rescued.device))?;
        Ok(rescued)
    }
}
