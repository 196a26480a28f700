//! How the samples of a TIFF page lie in its file: sizes, depths, strips or tiles, and what each sample means.

use crate::{
    Format, MediaError,
    directory::{Page, TiffFile},
};

/// What the colour samples of a pixel stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Gray; `white_is_zero` as in fax.
    Gray {
        white_is_zero: bool,
    },
    Rgb,
    Palette,
    Cmyk,
    YCbCr,
    /// CIELAB (D50); `is_icc` for a and b without sign. One sample is L alone.
    Lab {
        is_icc: bool,
    },
}

/// What the sample behind the colours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    Unspecified,
    /// Opacity that the colours have been multiplied with.
    Associated,
    Unassociated,
}

/// How a number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Unsigned,
    Signed,
    Float,
}

/// Everything that is needed to find and unpack samples.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub width: usize,
    pub height: usize,
    /// Bits a sample, the same for all.
    pub bits: usize,
    pub number: Number,
    /// Samples a pixel, extra samples included.
    pub samples: usize,
    pub meaning: Meaning,
    pub extra: Vec<Extra>,
    /// Whether every sample has chunks of its own.
    pub is_planar: bool,
    pub compression: u64,
    pub predictor: u64,
    pub bits_reversed: bool,
    pub big_endian: bool,
    /// Columns and rows of a strip or tile.
    pub chunk_width: usize,
    pub chunk_height: usize,
    pub is_tiled: bool,
    pub offsets: Vec<u64>,
    pub lengths: Vec<u64>,
    /// Columns and rows of luma for one of chroma.
    pub subsampling: (usize, usize),
    pub fax_options: u64,
}

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS: u16 = 258;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const FILL_ORDER: u16 = 266;
const STRIP_OFFSETS: u16 = 273;
const SAMPLES: u16 = 277;
const ROWS_PER_STRIP: u16 = 278;
const STRIP_LENGTHS: u16 = 279;
const PLANAR: u16 = 284;
const T4_OPTIONS: u16 = 292;
const PREDICTOR: u16 = 317;
const TILE_WIDTH: u16 = 322;
const TILE_HEIGHT: u16 = 323;
const TILE_OFFSETS: u16 = 324;
const TILE_LENGTHS: u16 = 325;
const INK_SET: u16 = 332;
const EXTRA: u16 = 338;
const SAMPLE_FORMAT: u16 = 339;
const SUBSAMPLING: u16 = 530;

pub(super) fn unsupported(detail: impl Into<String>) -> MediaError {
    MediaError::UnsupportedFeature { format: Format::Tiff, detail: detail.into() }
}

pub(super) fn corrupt(detail: impl Into<String>) -> MediaError {
    MediaError::Corrupt { format: Format::Tiff, detail: detail.into() }
}

/// Width and height, as the header has them.
pub(super) fn size(file: &TiffFile<'_>, page: &Page) -> Result<(u32, u32), MediaError> {
    let side = |tag, name| {
        let side = file.number(page, tag).ok_or_else(|| corrupt(format!("it does not say its {name}")))?;
        Ok(u32::try_from(side).unwrap_or(u32::MAX))
    };
    Ok((side(WIDTH, "width")?, side(HEIGHT, "height")?))
}

/// PhotometricInterpretation.
pub(super) fn photometric(file: &TiffFile<'_>, page: &Page) -> Option<u64> {
    file.number(page, PHOTOMETRIC)
}

impl Layout {
    pub(super) fn read(file: &TiffFile<'_>, page: &Page) -> Result<Self, MediaError> {
        let (width, height) = size(file, page)?;
        let (width, height) = (width as usize, height as usize);
        let number = |tag, default| file.number(page, tag).unwrap_or(default);
        let samples = number(SAMPLES, 1) as usize;
        if !(1..=64).contains(&samples) {
            return Err(unsupported(format!("{samples} samples a pixel")));
        }
        let all_bits = file.numbers(page, BITS).unwrap_or_else(|| vec![1]);
        let bits = all_bits.first().copied().unwrap_or(1) as usize;
        if all_bits.iter().any(|&b| b != bits as u64) {
            return Err(unsupported(format!("samples of different depths, {all_bits:?}")));
        }
        let formats = file.numbers(page, SAMPLE_FORMAT).unwrap_or_else(|| vec![1]);
        let kind = match formats.first() {
            Some(1 | 4) | None => Number::Unsigned,
            Some(2) => Number::Signed,
            Some(3) => Number::Float,
            Some(_) => return Err(unsupported("complex samples")),
        };
        let readable = match kind {
            Number::Unsigned => (1..=16).contains(&bits) || matches!(bits, 24 | 32 | 64),
            Number::Signed => matches!(bits, 8 | 16 | 32 | 64),
            Number::Float => matches!(bits, 16 | 24 | 32 | 64),
        };
        if !readable {
            return Err(unsupported(format!("{kind:?} samples of {bits} bits").to_lowercase()));
        }
        let compression = number(COMPRESSION, 1);
        // Old writers leave the meaning out; libtiff guesses as here.
        let guess = match compression {
            2..=4 => 0,
            _ if samples >= 3 => 2,
            _ => 1,
        };
        let meaning = meaning(photometric(file, page).unwrap_or(guess), number(INK_SET, 1))?;
        let colors = meaning.colors(samples);
        if samples < colors {
            return Err(corrupt(format!("{samples} samples a pixel are too few for its colours")));
        }
        let extra = match file.numbers(page, EXTRA) {
            Some(listed) => extra(listed, samples - colors),
            // Writers that forget the tag mean opacity.
            None if samples == colors + 1 && matches!(meaning, Meaning::Gray { .. } | Meaning::Rgb) => {
                vec![Extra::Unassociated]
            }
            None => vec![Extra::Unspecified; samples - colors],
        };
        let is_tiled = page.find(TILE_WIDTH).is_some();
        let (chunk_width, chunk_height, offsets, lengths) = if is_tiled {
            (number(TILE_WIDTH, 0), number(TILE_HEIGHT, 0), TILE_OFFSETS, TILE_LENGTHS)
        } else {
            (
                width as u64,
                number(ROWS_PER_STRIP, height as u64).min(height as u64),
                STRIP_OFFSETS,
                STRIP_LENGTHS,
            )
        };
        if chunk_width == 0 || chunk_height == 0 || chunk_width.max(chunk_height) > 1 << 20 {
            return Err(corrupt(format!("strips or tiles of {chunk_width} × {chunk_height}")));
        }
        // Some writers keep the one for the other.
        let offsets = file.numbers(page, offsets).or_else(|| file.numbers(page, STRIP_OFFSETS));
        let offsets = offsets.ok_or_else(|| corrupt("it does not say where its samples lie"))?;
        let lengths = file.numbers(page, lengths).or_else(|| file.numbers(page, STRIP_LENGTHS));
        let lengths = lengths.unwrap_or_else(|| up_to_the_next(&offsets, file.bytes.len() as u64));
        let subsampling = match file.numbers(page, SUBSAMPLING).as_deref() {
            Some([h, v, ..]) => (*h as usize, *v as usize),
            _ => (2, 2),
        };
        let layout = Self {
            width,
            height,
            bits,
            number: kind,
            samples,
            meaning,
            extra,
            is_planar: number(PLANAR, 1) == 2 && samples > 1,
            compression,
            predictor: number(PREDICTOR, 1),
            bits_reversed: number(FILL_ORDER, 1) == 2,
            big_endian: file.big_endian,
            chunk_width: chunk_width as usize,
            chunk_height: chunk_height as usize,
            is_tiled,
            offsets,
            lengths,
            subsampling,
            fax_options: number(T4_OPTIONS, 0),
        };
        layout.check()?;
        Ok(layout)
    }

    fn check(&self) -> Result<(), MediaError> {
        let needed = self.chunks() * if self.is_planar { self.samples } else { 1 };
        if self.offsets.len() < needed || self.lengths.len() < needed {
            return Err(corrupt(format!("{} of {needed} strips or tiles are listed", self.offsets.len())));
        }
        if matches!(self.meaning, Meaning::Palette) && (self.bits > 16 || self.number != Number::Unsigned) {
            return Err(corrupt("its palette does not fit its samples"));
        }
        if matches!(self.meaning, Meaning::Lab { .. }) && !matches!(self.bits, 8 | 16) {
            return Err(unsupported(format!("CIELAB samples of {} bits", self.bits)));
        }
        let (h, v) = self.subsampling;
        if self.meaning == Meaning::YCbCr && !(matches!(h, 1 | 2 | 4) && matches!(v, 1 | 2 | 4)) {
            return Err(corrupt(format!("chroma at 1/{h} × 1/{v}")));
        }
        if self.is_subsampled() && (self.bits != 8 || self.is_planar || self.samples != 3) {
            return Err(unsupported("halved chroma in planes or at other than 8 bits"));
        }
        Ok(())
    }

    pub(super) fn colors(&self) -> usize {
        self.meaning.colors(self.samples)
    }

    /// Whether chroma is stored in units of several pixels, as without JPEG.
    pub(super) fn is_subsampled(&self) -> bool {
        self.meaning == Meaning::YCbCr && self.subsampling != (1, 1) && !matches!(self.compression, 6 | 7)
    }

    pub(super) fn chunks_across(&self) -> usize {
        self.width.div_ceil(self.chunk_width)
    }

    /// Strips or tiles of the whole page, or of one plane.
    pub(super) fn chunks(&self) -> usize {
        self.chunks_across() * self.height.div_ceil(self.chunk_height)
    }

    /// Samples a pixel within a chunk.
    pub(super) fn chunk_samples(&self) -> usize {
        if self.is_planar { 1 } else { self.samples }
    }

    /// Rows that a chunk holds; the last strip is shorter, a tile never.
    pub(super) fn chunk_rows(&self, chunk: usize) -> usize {
        let top = chunk % self.chunks() / self.chunks_across() * self.chunk_height;
        if self.is_tiled { self.chunk_height } else { self.chunk_height.min(self.height - top) }
    }

    /// Bytes of one row of a chunk once it is unpacked.
    pub(super) fn row_bytes(&self) -> usize {
        (self.chunk_width * self.chunk_samples() * self.bits).div_ceil(8)
    }

    /// The sample that is opacity, and whether colours have been multiplied with it.
    pub(super) fn alpha(&self) -> Option<(usize, bool)> {
        let at = self.extra.iter().position(|&extra| extra != Extra::Unspecified)?;
        Some((self.colors() + at, self.extra[at] == Extra::Associated))
    }
}

impl Meaning {
    fn colors(self, samples: usize) -> usize {
        match self {
            Self::Gray { .. } | Self::Palette => 1,
            Self::Rgb | Self::YCbCr => 3,
            Self::Cmyk => 4,
            Self::Lab { .. } => {
                if samples < 3 {
                    1
                } else {
                    3
                }
            }
        }
    }
}

fn meaning(photometric: u64, ink_set: u64) -> Result<Meaning, MediaError> {
    Ok(match photometric {
        0 => Meaning::Gray { white_is_zero: true },
        // A mask is a picture in black and white, too.
        1 | 4 => Meaning::Gray { white_is_zero: false },
        2 => Meaning::Rgb,
        3 => Meaning::Palette,
        5 if ink_set == 1 => Meaning::Cmyk,
        5 => return Err(unsupported("inks other than CMYK")),
        6 => Meaning::YCbCr,
        8 => Meaning::Lab { is_icc: false },
        9 => Meaning::Lab { is_icc: true },
        10 => return Err(unsupported("ITU L*a*b* colours")),
        32844 | 32845 => return Err(unsupported("LogLuv colours")),
        other => return Err(unsupported(format!("photometric interpretation {other}"))),
    })
}

fn extra(listed: Vec<u64>, count: usize) -> Vec<Extra> {
    let mut extra: Vec<Extra> = listed
        .into_iter()
        .map(|kind| match kind {
            1 => Extra::Associated,
            2 => Extra::Unassociated,
            _ => Extra::Unspecified,
        })
        .collect();
    extra.resize(count, Extra::Unspecified);
    extra
}

/// Lengths for writers that leave them out: every chunk reaches to the next one or to the end.
fn up_to_the_next(offsets: &[u64], end: u64) -> Vec<u64> {
    let mut sorted = offsets.to_vec();
    sorted.sort_unstable();
    let next = |at: u64| sorted.get(sorted.partition_point(|&o| o <= at)).copied().unwrap_or(end);
    offsets.iter().map(|&at| next(at).saturating_sub(at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_without_lengths_reach_to_the_next_one_however_many_there_are() {
        assert_eq!(up_to_the_next(&[50, 10, 10, 30], 90), [40, 20, 20, 20]);
        // Every one against every other would be 10¹¹ comparisons.
        let offsets: Vec<u64> = (0..300_000).rev().collect();
        let lengths = up_to_the_next(&offsets, 300_000);
        assert!(lengths.len() == offsets.len() && lengths.iter().all(|&length| length == 1));
    }
}
