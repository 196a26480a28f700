//! Results that are never whole in memory: rows are rendered as their file takes them.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Instant;

use autochrome_color::Tone;
use autochrome_color::render::Renderer;
use autochrome_media::{Depth, EncodeOptions, Inner, Levels, Picture, Pixels, encode_bands};
use autochrome_methods::Answer;

use crate::Error;
use crate::colored::gray_outside;

/// A picture and what was answered.
pub(crate) struct Banded<'a> {
    /// The picture, or a copy of one that is too large to be looked at.
    pub(crate) picture: &'a Picture,
    /// The lightness at full size, where `picture` is a copy.
    pub(crate) levels: Option<&'a Levels>,
    pub(crate) answer: &'a Answer,
    /// What lies outside stays gray.
    pub(crate) inner: Option<Inner>,
}

/// A file, columns and rows of its picture, and the milliseconds that rendering took of making it.
pub(crate) struct BandedFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) size: (u32, u32),
    pub(crate) render_ms: f64,
}

impl Banded<'_> {
    /// The file.
    pub(crate) fn encode(&self, tone: &Tone, options: &EncodeOptions) -> Result<BandedFile, Error> {
        let Picture { luma, depth, .. } = self.picture;
        let (width, height) = self.levels.map_or_else(|| luma.size(), Levels::size);
        let chroma = &self.answer.chroma;
        let start = Instant::now();
        let renderer = Renderer::new((width, height), luma, chroma, tone);
        let mut spent = start.elapsed();
        let ab = chroma.a.data().iter().zip(chroma.b.data());
        let added = ab.into_iter().any(|(&a, &b)| tone.apply(a, b) != (0.0, 0.0));
        let mut make = |rows: Range<usize>| {
            let start = Instant::now();
            let luma: Cow<'_, [f32]> = match self.levels {
                Some(levels) => levels.rows(rows.clone()).into(),
                None => luma.data()[rows.start * width..rows.end * width].into(),
            };
            let mut pixels = match depth {
                Depth::Eight => Pixels::Rgb8(renderer.rows8(rows.start, &luma)),
                Depth::Sixteen => Pixels::Rgb16(renderer.rows16(rows.start, &luma)),
            };
            if let Some(inner) = self.inner {
                gray_outside(&mut pixels, &luma, width, within(inner, &rows));
            }
            spent += start.elapsed();
            pixels
        };
        let side = |px: usize| u32::try_from(px).unwrap_or(u32::MAX);
        let size = (side(width), side(height));
        let options = EncodeOptions { note: options.note && added, ..*options };
        let bytes = encode_bands(size, *depth, &mut make, &self.picture.metadata, &options)?;
        Ok(BandedFile { bytes, size, render_ms: spent.as_secs_f64() * 1e3 })
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
    use autochrome_color::filters::Look;
    use autochrome_color::{Chroma, Plane};
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
        let (copy, levels) = decode_levels(&file, &DecodeOptions::default(), None, 1100).unwrap();
        let levels = levels.unwrap();
        assert_eq!((levels.size(), copy.luma.size()), ((1600, 1200), (1100, 825)));

        let answer = Answer::from(chroma);
        let inner = Some(Inner { x: 100, y: 300, width: 1400, height: 800 });
        let (tone, look) = (Tone::default(), Look::default());
        let finish = Finishing { tone: &tone, look: &look, recolored: false, inner };
        let wanted = Colored::new(&whole, &answer, &finish).unwrap();
        let options = EncodeOptions::new(Format::Tiff);
        let wanted = wanted.encode(&options).unwrap();
        let banded = Banded { picture: &whole, levels: None, answer: &answer, inner };
        assert!(banded.encode(&tone, &options).unwrap().bytes == wanted);

        let banded = Banded { picture: &copy, levels: Some(&levels), answer: &answer, inner };
        let ours = banded.encode(&tone, &options).unwrap();
        assert_eq!(ours.size, (1600, 1200));
        let both = [ours.bytes, wanted];
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
