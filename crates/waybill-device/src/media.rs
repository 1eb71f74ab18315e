//! Photos: from whatever a camera gives to a small JPEG without a trace of where it came from.

mod looks;

pub use looks::Looks;

use std::io::Cursor;

use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use waybill_sync::code::Code;

/// The longer side of a photo as it is kept: a label can still be read.
const SIDE_MAX: u32 = 1_600;
/// The longer side of a photo as it may come: 108 megapixels.
const SHOT_SIDE_MAX: u32 = 12_032;
/// What decoding one photo may take. A small file can ask for much more.
const DECODE_BYTES_MAX: u64 = 384 * 1024 * 1024;
/// A photo of more pixels than this has at least a byte for so many of them. What claims to be large and
/// weighs nothing was drawn by no camera, and would take memory that the phone needs.
const PLAIN_PIXELS_MAX: u64 = 4_000_000;
const PIXELS_PER_BYTE_MAX: u64 = 200;
/// Quality of the JPEG: on photos of goods and labels the eye finds no difference to higher ones.
const QUALITY: u8 = 78;

/// A photo as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    pub jpeg: Vec<u8>,
    pub width: u32,
    pub height: u32,
    /// `None` where nobody looked.
    pub looks: Option<Looks>,
}

/// Turns, shrinks and re-encodes a photo. Metadata does not survive: position comes from the receiver,
/// not from a file that anybody can write.
pub fn develop(shot: &[u8]) -> Result<Photo, Code> {
    let upright = read(shot)?;
    let small = shrink(upright)?;
    let (width, height) = small.dimensions();
    let (Ok(w), Ok(h)) = (u16::try_from(width), u16::try_from(height)) else {
        return Err(Code::PhotoTooLarge);
    };
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, QUALITY)
        .encode(small.as_raw(), w, h, jpeg_encoder::ColorType::Rgb)
        .map_err(|_| Code::PhotoUnreadable)?;
    Ok(Photo { jpeg, width, height, looks: Some(Looks::of(&small)) })
}

fn read(shot: &[u8]) -> Result<RgbImage, Code> {
    let mut reader = ImageReader::new(Cursor::new(shot))
        .with_guessed_format()
        .map_err(|_| Code::PhotoUnreadable)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SHOT_SIDE_MAX);
    limits.max_image_height = Some(SHOT_SIDE_MAX);
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    reader.limits(limits);
    let refused = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => Code::PhotoTooLarge,
        _ => Code::PhotoUnreadable,
    };
    let mut decoder = reader.into_decoder().map_err(refused)?;
    // The size is known before a single pixel is decoded.
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let weight = u64::try_from(shot.len()).unwrap_or(u64::MAX);
    let is_empty_claim = pixels > PLAIN_PIXELS_MAX.max(weight.saturating_mul(PIXELS_PER_BYTE_MAX));
    if is_empty_claim || decoder.total_bytes() > DECODE_BYTES_MAX {
        return Err(Code::PhotoTooLarge);
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    image.apply_orientation(orientation);
    Ok(image.into_rgb8())
}

fn shrink(image: RgbImage) -> Result<RgbImage, Code> {
    let (width, height) = image.dimensions();
    let longer = width.max(height);
    if longer <= SIDE_MAX {
        return Ok(image);
    }
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(SIDE_MAX) / u64::from(longer);
        u32::try_from(side).unwrap_or(SIDE_MAX).max(1)
    };
    let (to_width, to_height) = (scaled(width), scaled(height));
    let from = Image::from_vec_u8(width, height, image.into_raw(), PixelType::U8x3)
        .map_err(|_| Code::PhotoUnreadable)?;
    let mut to = Image::new(to_width, to_height, PixelType::U8x3);
    Resizer::new()
        .resize(&from, &mut to, &ResizeOptions::new())
        .map_err(|_| Code::PhotoUnreadable)?;
    RgbImage::from_raw(to_width, to_height, to.into_vec()).ok_or(Code::PhotoUnreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let image = RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([(x % 251) as u8, (y % 241) as u8, 7])
        });
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_large_photo_is_shrunk_and_keeps_its_shape() {
        let photo = develop(&png(2_000, 1_000)).unwrap();
        assert_eq!((photo.width, photo.height), (1_600, 800));
        assert!(photo.jpeg.starts_with(b"\xff\xd8"), "it is a JPEG");
        assert!(!photo.jpeg.windows(4).any(|bytes| bytes == b"Exif"), "metadata is gone");
    }

    #[test]
    fn a_small_photo_keeps_its_size() {
        assert_eq!(develop(&png(64, 48)).map(|photo| (photo.width, photo.height)), Ok((64, 48)));
    }

    #[test]
    fn a_photo_taken_sideways_is_turned_upright() {
        let mut jpeg = Vec::new();
        let pixels = vec![90_u8; 40 * 20 * 3];
        let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 80);
        // A TIFF header with one entry: orientation 6, turn right.
        let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        encoder.add_app_segment(1, exif.to_vec()).unwrap();
        encoder.encode(&pixels, 40, 20, jpeg_encoder::ColorType::Rgb).unwrap();
        assert_eq!(develop(&jpeg).map(|photo| (photo.width, photo.height)), Ok((20, 40)));
    }

    #[test]
    fn what_is_no_photo_has_a_code() {
        assert_eq!(develop(b"hello"), Err(Code::PhotoUnreadable));
        assert_eq!(develop(b""), Err(Code::PhotoUnreadable));
        assert_eq!(develop(&png(64, 48)[..60]), Err(Code::PhotoUnreadable));
    }

    #[test]
    fn a_file_that_claims_to_be_huge_is_refused_before_it_is_decoded() {
        let mut bomb = png(8, 8);
        bomb[16..24].copy_from_slice(&[0, 0, 0x2e, 0xe0, 0, 0, 0x2e, 0xe0]);
        // The header's checksum has to hold for the size to be believed.
        let crc = crc32(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&crc);
        assert_eq!(develop(&bomb), Err(Code::PhotoTooLarge));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }
}
