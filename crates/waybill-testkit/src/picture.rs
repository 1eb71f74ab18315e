//! Pictures as a camera would give them: real PNG bytes, different for every seed.

use std::io::Cursor;

/// A picture of some size.
pub fn png(seed: u8, width: u32, height: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        let stripe = u8::try_from((x / 8 + y / 8) % 2 * 120).unwrap_or(0);
        image::Rgb([stripe, seed.wrapping_mul(31), u8::try_from((x ^ y) % 256).unwrap_or(0)])
    };
    let mut bytes = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(width, height, pixel);
    match picture.write_to(&mut bytes, image::ImageFormat::Png) {
        Ok(()) => bytes.into_inner(),
        Err(error) => unreachable!("writing a picture into memory failed: {error}"),
    }
}

/// A picture that a photo pipeline has been through already: the smallest real JPEG of its kind.
pub fn small_jpeg(seed: u8) -> Vec<u8> {
    match waybill_device::media::develop(&png(seed, 16, 12)) {
        Ok(photo) => photo.jpeg,
        Err(code) => unreachable!("a picture of ours did not develop: {code}"),
    }
}

/// A picture in the form that browsers like, without loss.
pub fn webp(seed: u8, width: u32, height: u32) -> Vec<u8> {
    let written = image::load_from_memory(&png(seed, width, height)).and_then(|picture| {
        let mut bytes = Cursor::new(Vec::new());
        picture.to_rgb8().write_to(&mut bytes, image::ImageFormat::WebP)?;
        Ok(bytes.into_inner())
    });
    match written {
        Ok(bytes) => bytes,
        Err(error) => unreachable!("writing a picture into memory failed: {error}"),
    }
}

/// A small JPEG that says it was taken sideways.
pub fn sideways_jpeg() -> Vec<u8> {
    // A TIFF header with one entry: orientation 6, turn right.
    const EXIF: &[u8] =
        b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let jpeg = small_jpeg(5);
    let (start, rest) = jpeg.split_at(2);
    [start, EXIF, rest].concat()
}

/// A signature as a finger would draw it: a few loops and a line under them.
pub fn autograph() -> waybill_device::api::view::Strokes {
    let loops = (0..60_i32).map(|at| {
        let (angle, along) = (f64::from(at) * 0.55, f64::from(at) * 3.6);
        #[expect(clippy::cast_possible_truncation, reason = "a point on a small field")]
        let (x, y) =
            ((30.0 + along + angle.cos() * 14.0) as i32, (75.0 + angle.sin() * 32.0) as i32);
        [x, y, at * 14]
    });
    let line = (0..12_i32).map(|at| [24 + at * 21, 124 - at, 900 + at * 12]);
    waybill_device::api::view::Strokes {
        width: 300,
        height: 150,
        strokes: vec![loops.collect(), line.collect()],
    }
}
