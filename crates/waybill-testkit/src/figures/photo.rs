//! What a photo costs the phone's processor.

use std::io::Cursor;

use anyhow::{Context, ensure};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use waybill_device::media::develop;

use super::{Figure, cpu};

/// Twelve megapixels, as most phones take them.
const SHOT: (u32, u32) = (4_000, 3_000);
/// The longer side and the quality of what is kept.
const KEPT: (u32, u8) = (1_600, 78);
const TIMES: u32 = 6;

/// The same photo read, shrunk and written by the `image` library alone, over what the phone does, which also
/// looks for blur and darkness; by turns in one run.
pub(super) fn cpu_ratio() -> anyhow::Result<Figure> {
    let shot = shot()?;
    // Both are warm before anything is counted.
    ensure!(develop(&shot).is_ok_and(|photo| photo.width == KEPT.0), "the photo does not develop");
    let plain_size = plain(&shot)?.len();
    let (mut ours, mut theirs) = (0.0, 0.0);
    for _ in 0..TIMES {
        let before = cpu::ms()?;
        drop(develop(&shot));
        let between = cpu::ms()?;
        plain(&shot)?;
        ours += between - before;
        theirs += cpu::ms()? - between;
    }
    let value = theirs / ours.max(f64::EPSILON);
    let how = format!(
        "{:.0} ms of the processor with `image` alone ({plain_size} B) over {:.0} ms here, for a JPEG of {} MP and {} kB, mean of {TIMES}",
        theirs / f64::from(TIMES),
        ours / f64::from(TIMES),
        SHOT.0 * SHOT.1 / 1_000_000,
        shot.len() / 1_000,
    );
    Ok(Figure {
        name: "photo.cpu_ratio",
        value,
        unit: "ratio",
        at_most: None,
        at_least: Some(3.0),
        how,
    })
}

fn plain(shot: &[u8]) -> anyhow::Result<Vec<u8>> {
    let small = image::load_from_memory(shot)?.resize(KEPT.0, KEPT.0, FilterType::Lanczos3);
    let mut jpeg = Vec::new();
    small.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, KEPT.1))?;
    Ok(jpeg)
}

/// A picture with edges, slopes and grain, as a camera of a phone writes it.
fn shot() -> anyhow::Result<Vec<u8>> {
    let mut grain = 1_u32;
    let picture = image::RgbImage::from_fn(SHOT.0, SHOT.1, |x, y| {
        grain ^= grain << 13;
        grain ^= grain >> 17;
        grain ^= grain << 5;
        let noise = grain % 12;
        let label = if (x / 90 + y / 60) % 7 == 0 { 90 } else { 0 };
        let tone = |base: u32| u8::try_from((base + label + noise).min(255)).unwrap_or(u8::MAX);
        image::Rgb([tone(x * 120 / SHOT.0), tone(y * 120 / SHOT.1), tone((x + y) * 60 / SHOT.0)])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 92))
        .context("a picture of ours was not written")?;
    Ok(bytes.into_inner())
}
