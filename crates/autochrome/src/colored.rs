//! The result: pixels in colour with everything the file said of itself.

use std::borrow::Cow;

use autochrome_color::filters::{Cube, Look};
use autochrome_color::lab::lab_to_srgb;
use autochrome_color::render::{render8, render16};
use autochrome_color::{Chroma, Plane, Tone};
use autochrome_media::{Depth, EncodeOptions, Inner, Metadata, Picture, Pixels, Raster, encode};
use autochrome_methods::Answer;

use crate::{Error, collage};

/// A picture in colour, ready to be encoded.
#[derive(Clone, Debug)]
pub struct Colored {
    raster: Raster,
    metadata: Metadata,
    /// Whether any colour was added, so that a gray picture does not claim it.
    added: bool,
    /// Whether it had colours before, which the answer changed.
    recolored: bool,
}

/// What is done with an answer on its way to pixels.
pub(crate) struct Finishing<'a> {
    pub(crate) tone: &'a Tone,
    pub(crate) look: &'a Look,
    /// Whether the picture had colours before, which the answer changed.
    pub(crate) recolored: bool,
    /// What lies outside stays gray.
    pub(crate) inner: Option<Inner>,
}

impl Colored {
    pub(crate) fn new(picture: &Picture, answer: &Answer, finish: &Finishing<'_>) -> Result<Self, Error> {
        let &Finishing { tone, look, recolored, inner } = finish;
        let chroma = &answer.chroma;
        // Only a drawing has another luma than its own, and of the same size.
        let own = answer.luma.as_ref().filter(|luma| luma.size() == picture.luma.size());
        let mut pixels = render(own.unwrap_or(&picture.luma), picture.depth, chroma, tone);
        if let Some(inner) = inner {
            gray_outside(&mut pixels, picture.luma.data(), picture.width(), inner);
        }
        let added = if look.is_identity() {
            let ab = chroma.a.data().iter().zip(chroma.b.data());
            ab.into_iter().any(|(&a, &b)| tone.apply(a, b) != (0.0, 0.0))
        } else {
            apply_look(look, &mut pixels, picture.width())
        };
        let raster = raster(picture.width(), picture.height(), pixels)?.with_alpha(picture.alpha.clone())?;
        Ok(Self { raster, metadata: picture.metadata.clone(), added, recolored })
    }

    /// Pixels, size and opacity.
    #[must_use]
    pub fn raster(&self) -> &Raster {
        &self.raster
    }

    /// What the picture says of itself.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The same, when nothing else of the picture is wanted any more.
    #[must_use]
    pub fn into_raster(self) -> Raster {
        self.raster
    }

    /// The bytes of a file; 16 bits stay 16 bits where the format can hold them.
    ///
    /// The note that colours were added ([`EncodeOptions::note`]) is left out when none were.
    ///
    /// # Errors
    /// When the format is not written or cannot hold a picture of this size.
    pub fn encode(&self, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
        let options = EncodeOptions { note: options.note && self.added, ..*options };
        Ok(encode(&self.raster, &self.metadata, &options)?)
    }

    /// Before and after side by side: `picture`, which this was made from, on the left, the colours on the right.
    ///
    /// The left is gray, but where colours were changed rather than added: there it is in its own, if `picture` has kept them.
    ///
    /// # Errors
    /// When `picture` has another size or depth.
    pub fn collage(&self, picture: &Picture) -> Result<Self, Error> {
        let own = picture.chroma.as_ref().filter(|_| self.recolored).map(Cow::Borrowed);
        let chroma = own.unwrap_or_else(|| Cow::Owned(Chroma::neutral(1, 1)));
        let before = render(&picture.luma, picture.depth, &chroma, &Tone::default());
        let raster = collage::side_by_side(picture.width(), &before, &self.raster)?;
        let (added, recolored) = (self.added, self.recolored);
        Ok(Self { raster, metadata: self.metadata.clone(), added, recolored })
    }
}

/// Takes the colour out of what lies outside: chroma that was stretched reaches a little over an edge. `luma` has rows of `width`.
pub(crate) fn gray_outside(pixels: &mut Pixels, luma: &[f32], width: usize, inner: Inner) {
    let outside = |y: usize| {
        let rows = inner.y..inner.y + inner.height;
        let columns = if rows.contains(&y) { inner.x..inner.x + inner.width } else { width..width };
        (0..columns.start).chain(columns.end..width)
    };
    for (y, row) in luma.chunks(width.max(1)).enumerate() {
        for x in outside(y) {
            let gray = lab_to_srgb([row[x], 0.0, 0.0]).map(|value| value.clamp(0.0, 1.0));
            let place = 3 * (y * width + x)..3 * (y * width + x) + 3;
            match pixels {
                Pixels::Rgb8(rgb) => rgb[place].fill((gray[1] * 255.0).round() as u8),
                Pixels::Rgb16(rgb) => rgb[place].fill((gray[1] * 65535.0).round() as u16),
                // Results are never without colour channels.
                _ => return,
            }
        }
    }
}

/// Puts a look over pixels, and tells whether any of them is in colour then.
fn apply_look(look: &Look, pixels: &mut Pixels, width: usize) -> bool {
    let cube = Cube::new(look);
    match pixels {
        Pixels::Rgb8(rgb) => {
            cube.apply8(rgb, width);
            in_color(rgb)
        }
        Pixels::Rgb16(rgb) => {
            cube.apply16(rgb, width);
            in_color(rgb)
        }
        // Results are never without colour channels.
        _ => false,
    }
}

/// Whether any pixel is not gray.
fn in_color<S: PartialEq>(rgb: &[S]) -> bool {
    rgb.chunks_exact(3).any(|pixel| pixel[0] != pixel[1] || pixel[1] != pixel[2])
}

/// sRGB pixels in this depth.
pub(crate) fn render(luma: &Plane, depth: Depth, chroma: &Chroma, tone: &Tone) -> Pixels {
    match depth {
        Depth::Eight => Pixels::Rgb8(render8(luma, chroma, tone)),
        Depth::Sixteen => Pixels::Rgb16(render16(luma, chroma, tone)),
    }
}

pub(crate) fn raster(width: usize, height: usize, pixels: Pixels) -> Result<Raster, Error> {
    // A size that does not fit becomes one that does not match the samples, which `Raster` reports.
    let side = |px: usize| u32::try_from(px).unwrap_or(u32::MAX);
    Ok(Raster::new(side(width), side(height), pixels)?)
}
