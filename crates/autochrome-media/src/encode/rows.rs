//! Rows of a picture as encoders ask for them: of one that is there, or made then.

use std::{borrow::Cow, ops::Range};

use super::{to8, to16};
use crate::{Alpha, Depth, MediaError, Pixels, Raster};

/// A picture, top to bottom.
pub(super) struct Rows<'a> {
    pub width: u32,
    pub height: u32,
    /// 1 for gray, 3 for RGB.
    pub channels: usize,
    pub depth: Depth,
    pub alpha: Option<&'a Alpha>,
    source: Source<'a>,
}

enum Source<'a> {
    Whole(&'a Pixels),
    Made(&'a mut dyn FnMut(Range<usize>) -> Pixels),
}

/// Samples of some rows.
pub(super) enum Band<'a> {
    Eight(Cow<'a, [u8]>),
    Sixteen(Cow<'a, [u16]>),
}

impl<'a> Rows<'a> {
    pub(super) fn of(raster: &'a Raster) -> Self {
        let pixels = raster.pixels();
        Self {
            width: raster.width(),
            height: raster.height(),
            channels: pixels.channels(),
            depth: pixels.depth(),
            alpha: raster.alpha(),
            source: Source::Whole(pixels),
        }
    }

    /// RGB without opacity.
    pub(super) fn made(
        width: u32,
        height: u32,
        depth: Depth,
        make: &'a mut dyn FnMut(Range<usize>) -> Pixels,
    ) -> Self {
        Self { width, height, channels: 3, depth, alpha: None, source: Source::Made(make) }
    }

    /// The samples of some rows; those that are made are asked for from top to bottom, each once.
    pub(super) fn band(&mut self, rows: Range<usize>) -> Result<Band<'_>, MediaError> {
        let row = self.width as usize * self.channels;
        let samples = rows.start * row..rows.end * row;
        let band = match &mut self.source {
            Source::Whole(Pixels::Rgb8(all) | Pixels::Gray8(all)) => Band::Eight(all[samples].into()),
            Source::Whole(Pixels::Rgb16(all) | Pixels::Gray16(all)) => Band::Sixteen(all[samples].into()),
            Source::Made(make) => {
                let count = rows.len() as u32;
                match (make(rows), self.depth) {
                    (Pixels::Rgb8(made), Depth::Eight) if made.len() == samples.len() => {
                        Band::Eight(made.into())
                    }
                    (Pixels::Rgb16(made), Depth::Sixteen) if made.len() == samples.len() => {
                        Band::Sixteen(made.into())
                    }
                    (made, _) => {
                        let samples = made.samples();
                        return Err(MediaError::Shape { width: self.width, height: count, samples });
                    }
                }
            }
        };
        Ok(band)
    }
}

impl<'a> Band<'a> {
    pub(super) fn into_8(self) -> Cow<'a, [u8]> {
        match self {
            Self::Eight(samples) => samples,
            Self::Sixteen(samples) => samples.iter().map(|&v| to8(v)).collect(),
        }
    }

    pub(super) fn into_16(self) -> Cow<'a, [u16]> {
        match self {
            Self::Eight(samples) => samples.iter().map(|&v| to16(v)).collect(),
            Self::Sixteen(samples) => samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EncodeOptions, Format, Metadata, encode, encode_bands};

    #[test]
    fn bands_give_the_bytes_of_the_whole() {
        let (width, height) = (130, 600);
        let row = 3 * width as usize;
        let eight: Vec<u8> = (0..row * height as usize).map(|i| (i * i / 97 + i / 5) as u8).collect();
        let sixteen: Vec<u16> = eight.iter().map(|&v| to16(v) ^ 0x55).collect();
        for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff] {
            let options = EncodeOptions::new(format);
            for pixels in [Pixels::Rgb8(eight.clone()), Pixels::Rgb16(sixteen.clone())] {
                let mut next = 0;
                let mut make = |rows: Range<usize>| {
                    assert_eq!(rows.start, next);
                    next = rows.end;
                    let samples = rows.start * row..rows.end * row;
                    match &pixels {
                        Pixels::Rgb8(all) => Pixels::Rgb8(all[samples].to_vec()),
                        _ => Pixels::Rgb16(sixteen[samples].to_vec()),
                    }
                };
                let (size, none) = ((width, height), Metadata::default());
                let ours = encode_bands(size, pixels.depth(), &mut make, &none, &options).unwrap();
                let raster = Raster::new(width, height, pixels.clone()).unwrap();
                assert!(ours == encode(&raster, &none, &options).unwrap(), "{format:?}");
            }
        }
    }

    #[test]
    fn too_few_samples_are_an_error() {
        let mut make = |_: Range<usize>| Pixels::Rgb8(vec![0; 5]);
        let options = EncodeOptions::new(Format::Jpeg);
        let result = encode_bands((4, 4), Depth::Eight, &mut make, &Metadata::default(), &options);
        assert!(matches!(result, Err(MediaError::Shape { .. })));
    }
}
