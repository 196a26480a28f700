//! Pictures whose result is never whole in memory.

use std::ops::Range;

use autochrome_color::render::Renderer;
use autochrome_color::{Plane, Tone};
use autochrome_media::{Depth, EncodeOptions, Inner, Levels, Picture, Pixels, encode_bands};
use autochrome_methods::Answer;

use crate::Error;
use crate::colored::gray_outside;

/// A picture that is so large that only a copy of it was looked at, and what was answered.
pub(crate) struct Large<'a> {
    /// The lightness at full size.
    pub(crate) levels: &'a Levels,
    pub(crate) copy: &'a Picture,
    pub(crate) answer: &'a Answer,
    /// What lies outside stays gray.
    pub(crate) inner: Option<Inner>,
}

impl Large<'_> {
    /// The bytes of a file and its columns and rows.
    pub(crate) fn encode(
        &self,
        tone: &Tone,
        options: &EncodeOptions,
    ) -> Result<(Vec<u8>, (u32, u32)), Error> {
        let (width, height) = self.levels.size();
        let chroma = &self.answer.chroma;
        let renderer = Renderer::new((width, height), &self.copy.luma, chroma, tone);
        let ab = chroma.a.data().iter().zip(chroma.b.data());
        let added = ab.into_iter().any(|(&a, &b)| tone.apply(a, b) != (0.0, 0.0));
        let mut make = |rows: Range<usize>| {
            let luma = self.levels.rows(rows.clone());
            let mut pixels = match self.copy.depth {
                Depth::Eight => Pixels::Rgb8(renderer.rows8(rows.start, &luma)),
                Depth::Sixteen => Pixels::Rgb16(renderer.rows16(rows.start, &luma)),
            };
            if let Some(inner) = self.inner
                && let Some(luma) = Plane::from_vec(width, rows.len(), luma)
            {
                gray_outside(&mut pixels, &luma, within(inner, &rows));
            }
            pixels
        };
        let side = |px: usize| u32::try_from(px).unwrap_or(u32::MAX);
        let size = (side(width), side(height));
        let options = EncodeOptions { note: options.note && added, ..*options };
        let bytes = encode_bands(size, self.copy.depth, &mut make, &self.copy.metadata, &options)?;
        Ok((bytes, size))
    }
}

/// The part of `inner` that lies in some rows, counted from the first of them.
fn within(inner: Inner, rows: &Range<usize>) -> Inner {
    let at = |y: usize| y.clamp(rows.start, rows.end) - rows.start;
    let (top, bottom) = (at(inner.y), at(inner.y + inner.height));
    Inner { y: top, height: bottom - top, ..inner }
}

#[cfg(test)]
mod tests {
    use autochrome_color::Chroma;
    use autochrome_color::filters::Look;
    use autochrome_media::{DecodeOptions, Format, Metadata, Raster, decode, decode_levels, encode};

    use super::*;
    use crate::colored::{Colored, Finishing};

    /// A gray picture with edges, and colours for it.
    fn picture(width: u32, height: u32) -> (Vec<u8>, Chroma) {
        let gray = (0..width * height).map(|i| {
            let (x, y) = ((i % width) as f32, (i / width) as f32);
            (120.0 + 60.0 * (x / 90.0).sin() + if y > 500.0 { 40.0 } else { 0.0 }) as u8
        });
        let raster = Raster::new(width, height, Pixels::Gray8(gray.collect())).unwrap();
        let file = encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Png)).unwrap();
        let plane = |step: usize| {
            let samples = (0..32 * 24).map(|i| ((i * step) % 32) as f32 - 16.0).collect();
            Plane::from_vec(32, 24, samples).unwrap()
        };
        (file, Chroma { a: plane(1), b: plane(3) })
    }

    #[test]
    fn rows_at_a_time_look_as_the_whole_does() {
        let (file, chroma) = picture(1600, 1200);
        let whole = decode(&file, &DecodeOptions::default()).unwrap();
        let (copy, levels) = decode_levels(&file, &DecodeOptions::default(), 0, 1100).unwrap();
        let levels = levels.unwrap();
        assert_eq!((levels.size(), copy.luma.size()), ((1600, 1200), (1100, 825)));

        let answer = Answer::from(chroma);
        let inner = Some(Inner { x: 100, y: 300, width: 1400, height: 800 });
        let (tone, look) = (Tone::default(), Look::default());
        let finish = Finishing { tone: &tone, look: &look, recolored: false, inner };
        let wanted = Colored::new(&whole, &answer, &finish).unwrap();
        let options = EncodeOptions::new(Format::Tiff);
        let large = Large { levels: &levels, copy: &copy, answer: &answer, inner };
        let (ours, size) = large.encode(&tone, &options).unwrap();
        assert_eq!(size, (1600, 1200));

        let both = [ours, wanted.encode(&options).unwrap()];
        let [ours, wanted] = both.map(|file| decode(&file, &DecodeOptions::default()).unwrap());
        let far = |one: &Plane, other: &Plane| {
            let apart = one.data().iter().zip(other.data()).map(|(one, other)| (one - other).abs());
            apart.sum::<f32>() / one.data().len() as f32
        };
        assert!(far(&ours.luma, &wanted.luma) < 0.05);
        let [ours, wanted] = [ours.chroma.unwrap(), wanted.chroma.unwrap()];
        assert!(far(&ours.a, &wanted.a) < 0.1 && far(&ours.b, &wanted.b) < 0.1);
        // Borders stay gray, above and beside.
        assert!(ours.a.row(10).iter().chain(&ours.a.row(700)[..100]).all(|a| a.abs() < 0.01));
    }
}
