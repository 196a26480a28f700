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
