//! From chunks to the interleaved samples of the whole page.

use super::{
    chunk,
    color::{self, YCbCr},
    layout::{Layout, Meaning, Number, corrupt},
};
use crate::{
    MediaError,
    limits::zeroed,
    samples::{self, Data, Samples},
};
use autochrome_color::Parallel as _;
use autochrome_color::parallel;

/// Chunks that are unpacked at a time; more would only cost memory.
const AT_A_TIME: usize = 32;

/// What a page needs besides its layout, for some kinds of colours and compression.
pub(super) struct Extras<'a> {
    pub palette: Option<Vec<u64>>,
    pub ycbcr: YCbCr,
    /// Tables that stand before every JPEG strip.
    pub jpeg_tables: Option<&'a [u8]>,
}

/// Reads a page; `allowed` is the most bytes that one chunk may unpack to.
pub(super) fn read(
    file: &[u8],
    layout: &Layout,
    extras: &Extras<'_>,
    allowed: u64,
    warnings: &mut Vec<String>,
) -> Result<Samples, MediaError> {
    let chunk_bytes = (layout.row_bytes() as u64).saturating_mul(layout.chunk_height as u64);
    if chunk_bytes > allowed {
        return Err(MediaError::OutOfMemory);
    }
    let mut page = Page { file, layout, tables: extras.jpeg_tables, is_damaged: false };
    let is_wide = layout.bits > 16 || layout.number != Number::Unsigned;
    let mut data = if is_wide {
        let values = page.assemble(unpack_wide)?;
        Data::U16(normalised(&values, layout, warnings))
    } else if layout.meaning == Meaning::Palette {
        Data::U16(page.assemble(|row, to, layout| unpack(row, to, layout, |v, _| v as u16))?)
    } else if layout.bits <= 8 {
        Data::U8(page.assemble(|row, to, layout| match layout.bits {
            8 => to.copy_from_slice(&row[..to.len()]),
            bits => unpack(row, to, layout, |v, _| (v * 255 / ((1 << bits) - 1)) as u8),
        })?)
    } else {
        Data::U16(page.assemble(|row, to, layout| match layout.bits {
            16 => unpack16(row, to, layout),
            bits => unpack(row, to, layout, |v, _| (v * 65535 / ((1 << bits) - 1)) as u16),
        })?)
    };
    if page.is_damaged {
        warnings.push("data of the TIFF is corrupt; parts of the picture may be wrong".to_string());
    }
    let kept = layout.kept();
    if layout.extra.len() + layout.colors() > kept.len() {
        warnings.push(
            "the TIFF has samples beside its colours that it does not explain; they were left out"
                .to_string(),
        );
    }
    if layout.meaning == (Meaning::Gray { white_is_zero: true }) {
        let channels = kept.len();
        match &mut data {
            Data::U8(data) => data.iter_mut().step_by(channels).for_each(|v| *v = 255 - *v),
            Data::U16(data) => data.iter_mut().step_by(channels).for_each(|v| *v = 65535 - *v),
        }
    }
    let mut data = match (layout.meaning, data) {
        (Meaning::Palette, Data::U16(indices)) => {
            let palette = extras.palette.as_deref().ok_or_else(|| corrupt("it has no palette"))?;
            color::look_up(&indices, kept.len(), palette, layout.bits)?
        }
        (_, data) => data,
    };
    let has_alpha = layout.alpha().is_some() && layout.meaning != Meaning::Cmyk;
    let (width, height) = (layout.width, layout.height);
    if let Meaning::Lab { is_icc } = layout.meaning {
        data = color::lab_to_srgb(data, layout.colors(), is_icc, usize::from(has_alpha));
    }
    if layout.meaning == Meaning::YCbCr {
        extras.ycbcr.apply(&mut data, kept.len());
    }
    let is_single = layout.colors() == 1 && layout.meaning != Meaning::Palette;
    let layout_out = match (layout.meaning, is_single, has_alpha) {
        (Meaning::Cmyk, ..) => samples::Layout::Cmyk,
        (_, true, false) => samples::Layout::Gray,
        (_, true, true) => samples::Layout::GrayAlpha,
        (_, false, false) => samples::Layout::Rgb,
        (_, false, true) => samples::Layout::Rgba,
    };
    let mut result = Samples { width, height, layout: layout_out, data };
    if layout.alpha().is_some_and(|(_, is_associated)| is_associated) && has_alpha {
        color::divide_by_alpha(&mut result);
    }
    Ok(result)
}

struct Page<'a> {
    file: &'a [u8],
    layout: &'a Layout,
    tables: Option<&'a [u8]>,
    is_damaged: bool,
}

impl Page<'_> {
    /// All kept samples, interleaved; `unpack` turns one stored row of a chunk into numbers.
    fn assemble<T: Copy + Default + Send + Sync>(
        &mut self,
        unpack: impl Fn(&[u8], &mut [T], &Layout) + Sync,
    ) -> Result<Vec<T>, MediaError> {
        let layout = self.layout;
        let (kept, per_plane) = (layout.kept(), layout.chunks());
        let mut out = zeroed(layout.width * layout.height * kept.len())?;
        let wanted: Vec<usize> = if layout.is_planar {
            kept.iter().flat_map(|&plane| plane * per_plane..(plane + 1) * per_plane).collect()
        } else {
            (0..per_plane).collect()
        };
        for group in wanted.chunks(AT_A_TIME) {
            let unpacked = group.iter().parallel_map(|&index| {
                let stored = chunk::stored(self.file, layout, index)?;
                chunk::samples(layout, index, &stored, self.tables)
            });
            for (&index, unpacked) in group.iter().zip(unpacked) {
                let (bytes, is_damaged) = unpacked?;
                self.is_damaged |= is_damaged;
                place(&mut out, layout, &kept, index, &bytes, &unpack);
            }
        }
        Ok(out)
    }
}

/// Puts the numbers of one chunk where they belong.
fn place<T: Copy + Default + Send + Sync>(
    out: &mut [T],
    layout: &Layout,
    kept: &[usize],
    index: usize,
    bytes: &[u8],
    unpack: &(impl Fn(&[u8], &mut [T], &Layout) + Sync),
) {
    let (across, per_plane, stride) = (layout.chunks_across(), layout.chunks(), layout.chunk_samples());
    let at = index % per_plane;
    let (left, top) = (at % across * layout.chunk_width, at / across * layout.chunk_height);
    let columns = layout.chunk_width.min(layout.width - left);
    let rows = layout.chunk_rows(index).min(layout.height - top);
    let channels = kept.len();
    let plane = index / per_plane;
    let target = &mut out[top * layout.width * channels..(top + rows) * layout.width * channels];
    target
        .chunks_exact_mut(layout.width * channels)
        .zip(bytes.chunks_exact(layout.row_bytes()))
        .parallel_for_each_with(
            || vec![T::default(); layout.chunk_width * stride],
            |numbers, (row, stored)| {
                let row = &mut row[left * channels..(left + columns) * channels];
                if stride == channels && columns == layout.chunk_width {
                    unpack(stored, row, layout);
                    return;
                }
                unpack(stored, numbers, layout);
                for (pixel, numbers) in row.chunks_exact_mut(channels).zip(numbers.chunks_exact(stride)) {
                    for (channel, &source) in pixel.iter_mut().zip(kept) {
                        if layout.is_planar {
                            if source == plane {
                                *channel = numbers[0];
                            }
                        } else {
                            *channel = numbers[source];
                        }
                    }
                }
            },
        );
}

/// Unpacks numbers of up to 16 bits that lie without gaps, the most significant bit first.
fn unpack<T>(row: &[u8], to: &mut [T], layout: &Layout, finish: impl Fn(u32, usize) -> T) {
    if layout.bits == 16 {
        for (to, bytes) in to.iter_mut().zip(row.chunks_exact(2)) {
            let bytes = [bytes[0], bytes[1]];
            let value = if layout.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
            *to = finish(u32::from(value), 16);
        }
        return;
    }
    let bits = layout.bits;
    for (i, to) in to.iter_mut().enumerate() {
        let start = i * bits;
        let byte = |at: usize| u32::from(row.get(at).copied().unwrap_or(0));
        let first = start / 8;
        let window = byte(first) << 16 | byte(first + 1) << 8 | byte(first + 2);
        *to = finish(window >> (24 - bits - start % 8) & ((1 << bits) - 1), bits);
    }
}

fn unpack16(row: &[u8], to: &mut [u16], layout: &Layout) {
    for (to, bytes) in to.iter_mut().zip(row.chunks_exact(2)) {
        let bytes = [bytes[0], bytes[1]];
        *to = if layout.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
    }
}

/// Numbers that 16 bits without sign cannot hold: whole ones as a part of their range, floats as they are.
fn unpack_wide(row: &[u8], to: &mut [f32], layout: &Layout) {
    let size = layout.bits / 8;
    for (to, bytes) in to.iter_mut().zip(row.chunks_exact(size)) {
        let fold = |n: u64, &b: &u8| n << 8 | u64::from(b);
        let raw =
            if layout.big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) };
        let range = 2f64.powi(layout.bits as i32);
        let value = match layout.number {
            Number::Unsigned => raw as f64 / (range - 1.0),
            // Negative numbers lie in the upper half.
            Number::Signed => {
                ((raw << (64 - layout.bits)) as i64 >> (64 - layout.bits)) as f64 / (range / 2.0 - 1.0)
            }
            Number::Float => match size {
                2 => f64::from(small_float(raw as u32, 5, 10)),
                3 => f64::from(small_float(raw as u32, 7, 16)),
                4 => f64::from(f32::from_bits(raw as u32)),
                _ => f64::from_bits(raw),
            },
        };
        *to = value as f32;
    }
}

/// A float of fewer bits than 32.
fn small_float(raw: u32, exponent_bits: u32, mantissa_bits: u32) -> f32 {
    let bias = (1 << (exponent_bits - 1)) - 1;
    let exponent = raw >> mantissa_bits & ((1 << exponent_bits) - 1);
    let mantissa = (raw & ((1 << mantissa_bits) - 1)) as f32 / (1 << mantissa_bits) as f32;
    let sign = if raw >> (mantissa_bits + exponent_bits) & 1 == 1 { -1.0 } else { 1.0 };
    sign * match exponent {
        0 => mantissa * 2f32.powi(1 - bias),
        e if e == (1 << exponent_bits) - 1 => f32::NAN,
        e => (1.0 + mantissa) * 2f32.powi(e as i32 - bias),
    }
}

/// 16-bit samples of wide numbers: 0..=1 is the whole range, and what lies outside or fills little of it is stretched.
fn normalised(values: &[f32], layout: &Layout, warnings: &mut Vec<String>) -> Vec<u16> {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (finite().fold(f32::MAX, f32::min), finite().fold(f32::MIN, f32::max));
    // Measurements in a wide type; a photograph reaches a sixteenth of the range.
    let is_measured =
        high > low && (low < -0.01 || high > 1.5 || (layout.number != Number::Float && high < 1.0 / 16.0));
    let (black, white) = if is_measured { (low, high) } else { (0.0, 1.0) };
    if is_measured {
        warnings.push(format!(
            "the TIFF holds {} numbers of {} bits that use another range than usual; the smallest became black, the largest white",
            format!("{:?}", layout.number).to_lowercase(),
            layout.bits
        ));
    }
    let sample = |i: usize| ((values[i] - black) / (white - black) * 65535.0).round() as u16;
    parallel::map_numbers(values.len(), 4096, sample)
}

impl Layout {
    /// The samples that are kept, by their place in a pixel: the colours, and opacity.
    fn kept(&self) -> Vec<usize> {
        let alpha = self.alpha().filter(|_| self.meaning != Meaning::Cmyk).map(|(at, _)| at);
        (0..self.colors()).chain(alpha).collect()
    }
}
