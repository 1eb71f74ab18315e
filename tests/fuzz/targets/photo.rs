//! Photos, as a camera or anybody gives them: decoded, turned, shrunk and stripped.

use std::time::Duration;

use waybill_device::media::develop;
use waybill_testkit::clock::SeededDice;
use waybill_testkit::picture;

use crate::harness::{Fate, LIMITS, Limits, Target};
use crate::mutate::{self, one};

/// The developing of photos.
pub(crate) struct Shots(Vec<Vec<u8>>);

/// The checksum of a piece of a PNG.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// Sums the pieces of a PNG again, as far as they can be told apart.
fn sum_again(png: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = png.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let (from, to) = (at + 4, at.saturating_add(8).saturating_add(length));
        let Some(piece) = png.get(from..to) else { return };
        let sum = crc32(piece).to_be_bytes();
        let Some(place) = png.get_mut(to..to + 4) else { return };
        place.copy_from_slice(&sum);
        at = to + 4;
    }
}

impl Target for Shots {
    const NAME: &'static str = "photo";
    /// A photo is developed beside the engine, and no tap waits for it.
    const LIMITS: Limits = Limits { cpu: Duration::from_millis(500), ..LIMITS };

    fn new() -> Self {
        Self(vec![
            picture::png(1, 16, 12),
            picture::png(2, 40, 24),
            picture::small_jpeg(3),
            picture::sideways_jpeg(),
            picture::webp(4, 16, 12),
        ])
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        let mut shot = one(dice, &self.0).clone();
        if shot.starts_with(b"\x89PNG") && dice.percent(60) {
            // The head of a PNG says how large it is and how its pixels are written.
            let at = 16 + mutate::below(dice, 13);
            if dice.percent(50) {
                shot[at] = mutate::byte(dice);
            } else {
                mutate::bytes(dice, &mut shot, &self.0);
            }
            sum_again(&mut shot);
        } else {
            mutate::bytes(dice, &mut shot, &self.0);
        }
        shot
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let photo = match develop(input) {
            Ok(photo) => photo,
            Err(code) => return Ok(code.word()),
        };
        let is_small = photo.width.max(photo.height) <= 1_600 && photo.width.min(photo.height) > 0;
        let is_bare = !photo.jpeg.windows(4).any(|bytes| bytes == b"Exif");
        if is_small && is_bare && photo.jpeg.starts_with(b"\xff\xd8") {
            Ok("developed")
        } else {
            Err(format!("a photo came out as {} x {}", photo.width, photo.height))
        }
    }
}
