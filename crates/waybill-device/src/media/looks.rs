//! How a photo looks: too dark, blurred, or like another one. It is advice for whoever still stands
//! there, worked out from the brightness alone, and never keeps a photo from being kept.

use image::RgbImage;

/// Of a hundred pixels the ninety-five darker ones are below this in a photo taken in the dark.
const BRIGHT_MIN: u8 = 70;
/// How much the sharpest part of a photo differs from its own neighbourhood, squared, if anything in it
/// is in focus. Measured on generated pictures: in focus it is in the hundreds, blurred below twenty.
const SHARP_MIN: u64 = 45;
/// By how much the fields of two photos of one thing from one place differ in brightness, on average.
const FIELD_DIFFERENCE_MAX: u32 = 4;
/// Fields by which two photos are compared, along either side.
const FIELDS: usize = 8;
/// Parts in which sharpness is looked for, along either side.
const PARTS: usize = 8;

/// What is known of a photo once its pixels are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    /// Ninety-five of a hundred pixels are darker than this.
    bright: u8,
    /// The variance of the sharpest part's second derivative.
    sharpness: u64,
    /// How bright each field is, against the whole.
    fields: [i16; FIELDS * FIELDS],
}

impl Looks {
    /// Looks at a photo as it is kept.
    pub(super) fn of(image: &RgbImage) -> Self {
        let (width, height) = image.dimensions();
        let luma: Vec<u8> = image.pixels().map(|pixel| brightness(pixel.0)).collect();
        let plane = Plane { luma: &luma, width: width as usize, height: height as usize };
        Self { bright: plane.bright(), sharpness: plane.sharpness(), fields: plane.fields() }
    }

    /// Says whether hardly anything can be seen.
    pub fn is_too_dark(self) -> bool {
        self.bright < BRIGHT_MIN
    }

    /// Says whether nothing is in focus. In the dark nobody can tell.
    pub fn is_blurred(self) -> bool {
        !self.is_too_dark() && self.sharpness < SHARP_MIN
    }

    /// Says whether two photos show the same from the same place.
    pub fn is_like(self, other: Self) -> bool {
        let differences = self.fields.iter().zip(other.fields).map(|(one, two)| one.abs_diff(two));
        let sum: u32 = differences.map(u32::from).sum();
        sum <= FIELD_DIFFERENCE_MAX * u32::try_from(self.fields.len()).unwrap_or(u32::MAX)
    }
}

/// Rec. 601, in integers.
fn brightness([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    u8::try_from(sum >> 8).unwrap_or(u8::MAX)
}

struct Plane<'p> {
    luma: &'p [u8],
    width: usize,
    height: usize,
}

impl Plane<'_> {
    fn at(&self, x: usize, y: usize) -> i64 {
        self.luma.get(y * self.width + x).copied().map_or(0, i64::from)
    }

    fn bright(&self) -> u8 {
        let mut counts = [0_usize; 256];
        for luma in self.luma {
            if let Some(count) = counts.get_mut(usize::from(*luma)) {
                *count += 1;
            }
        }
        let wanted = self.luma.len() * 95 / 100;
        let mut seen = 0;
        for (luma, count) in (0..=u8::MAX).zip(counts) {
            seen += count;
            if seen >= wanted {
                return luma;
            }
        }
        u8::MAX
    }

    /// The part of the photo that is sharpest says whether the camera was in focus: around a parcel there
    /// may be nothing but a plain wall.
    fn sharpness(&self) -> u64 {
        let fields = (0..PARTS * PARTS).map(|part| self.variance(part % PARTS, part / PARTS));
        fields.max().unwrap_or(0)
    }

    fn variance(&self, column: usize, row: usize) -> u64 {
        let span = |part: usize, side: usize| {
            let edge = |part: usize| part * side / PARTS;
            (edge(part).max(1), edge(part + 1).min(side.saturating_sub(1)))
        };
        let ((left, right), (top, bottom)) = (span(column, self.width), span(row, self.height));
        let (mut count, mut sum, mut squares) = (0_i64, 0_i64, 0_i64);
        for y in top..bottom {
            for x in left..right {
                let around =
                    self.at(x - 1, y) + self.at(x + 1, y) + self.at(x, y - 1) + self.at(x, y + 1);
                let bend = around - 4 * self.at(x, y);
                count += 1;
                sum += bend;
                squares += bend * bend;
            }
        }
        if count == 0 {
            return 0;
        }
        let mean = sum / count;
        u64::try_from(squares / count - mean * mean).unwrap_or(0)
    }

    /// The brightness of each field against that of the whole: a lamp more or less changes nothing.
    fn fields(&self) -> [i16; FIELDS * FIELDS] {
        let mean = |field: usize| {
            let (column, row) = (field % FIELDS, field / FIELDS);
            let (left, right) = (column * self.width / FIELDS, (column + 1) * self.width / FIELDS);
            let (top, bottom) = (row * self.height / FIELDS, (row + 1) * self.height / FIELDS);
            let (mut count, mut sum) = (0_i64, 0_i64);
            for y in top..bottom.max(top + 1) {
                for x in left..right.max(left + 1) {
                    count += 1;
                    sum += self.at(x, y);
                }
            }
            i16::try_from(sum / count.max(1)).unwrap_or(0)
        };
        let means: [i16; FIELDS * FIELDS] = std::array::from_fn(mean);
        let whole: i64 = means.iter().copied().map(i64::from).sum();
        let count = i64::try_from(means.len()).unwrap_or(1);
        let whole = i16::try_from(whole / count).unwrap_or(0);
        means.map(|mean| mean - whole)
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// A parcel with a printed label on a plain floor; `seed` moves it about.
    fn parcel(seed: u32) -> RgbImage {
        RgbImage::from_fn(640, 480, |x, y| {
            let (left, top) = (80 + seed * 90, 60 + seed * 40);
            let is_label = (left..left + 220).contains(&x) && (top..top + 160).contains(&y);
            let is_ink = is_label && (x / 5 + y / 9) % 4 == 0;
            let floor = 120 + u8::try_from(x / 16).unwrap();
            Rgb(if is_ink {
                [20, 20, 24]
            } else if is_label {
                [235, 230, 220]
            } else {
                [floor, floor, floor]
            })
        })
    }

    fn dimmed(image: &RgbImage, by: u8) -> RgbImage {
        let mut dark = image.clone();
        dark.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|part| part / by));
        dark
    }

    #[test]
    fn a_sharp_photo_in_daylight_gets_no_advice() {
        let looks = Looks::of(&parcel(0));
        assert!(!looks.is_too_dark() && !looks.is_blurred(), "{looks:?}");
    }

    #[test]
    fn a_photo_out_of_focus_is_seen_even_before_a_plain_wall() {
        let looks = Looks::of(&image::imageops::blur(&parcel(0), 6.0));
        assert!(looks.is_blurred() && !looks.is_too_dark(), "{looks:?}");
        let sharp = Looks::of(&parcel(1));
        assert!(sharp.sharpness > 5 * looks.sharpness, "{sharp:?} and {looks:?}");
    }

    #[test]
    fn a_photo_taken_in_the_dark_is_told_from_a_dark_thing_in_the_light() {
        assert!(Looks::of(&dimmed(&parcel(0), 6)).is_too_dark());
        let mut thing = dimmed(&parcel(0), 6);
        for (x, _, pixel) in thing.enumerate_pixels_mut() {
            if x > 560 {
                pixel.0 = [200, 200, 200];
            }
        }
        assert!(!Looks::of(&thing).is_too_dark(), "a lit label is enough");
    }

    #[test]
    fn the_same_photo_again_is_known_and_another_one_is_not() {
        let first = Looks::of(&parcel(0));
        let mut again = parcel(0);
        again.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|part| part.saturating_add(9)));
        assert!(first.is_like(Looks::of(&again)), "only the light has changed");
        assert!(!first.is_like(Looks::of(&parcel(2))));
    }

    #[test]
    fn a_photo_of_one_pixel_is_looked_at_without_a_panic() {
        for (width, height) in [(1, 1), (1, 40), (40, 1), (3, 3)] {
            assert!(Looks::of(&RgbImage::new(width, height)).is_too_dark());
        }
    }
}
