//! One strip or tile: its bytes decompressed, its prediction undone.

use std::borrow::Cow;

use weezl::{BitOrder, LzwStatus};

use super::{
    fax,
    layout::{Layout, Number, corrupt, unsupported},
};
use crate::{Format, MediaError, limits::zeroed};

/// The stored bytes of a chunk in the order of bits that everything else expects.
pub(super) fn stored<'a>(file: &'a [u8], layout: &Layout, index: usize) -> Result<Cow<'a, [u8]>, MediaError> {
    let truncated = || MediaError::Truncated { format: Format::Tiff };
    let start = usize::try_from(layout.offsets[index]).map_err(|_| truncated())?;
    let len = usize::try_from(layout.lengths[index]).map_err(|_| truncated())?;
    let bytes = file.get(start..).ok_or_else(truncated)?;
    let bytes = match bytes.get(..len) {
        Some(bytes) => bytes,
        // Lengths that are too large are common, and harmless where all samples are there.
        None if layout.compression == 1 => bytes,
        None => return Err(truncated()),
    };
    if layout.bits_reversed && !matches!(layout.compression, 6 | 7) {
        return Ok(bytes.iter().map(|b| b.reverse_bits()).collect());
    }
    Ok(bytes.into())
}

/// The samples of a chunk, most significant bit first and in the byte order of the file; `true` when some are damaged.
pub(super) fn samples(
    layout: &Layout,
    index: usize,
    stored: &[u8],
    jpeg_tables: Option<&[u8]>,
) -> Result<(Vec<u8>, bool), MediaError> {
    let (rows, row_bytes) = (layout.chunk_rows(index), layout.row_bytes());
    if layout.is_subsampled() {
        let packed = unpacked(layout, stored, packed_units(layout, rows))?;
        return Ok((spread_chroma(layout, &packed, rows)?, false));
    }
    let (mut bytes, is_damaged) = match layout.compression {
        2..=4 => fax::decode(layout, stored, rows)?,
        7 => return jpeg(layout, stored, jpeg_tables, rows),
        _ => (unpacked(layout, stored, rows * row_bytes)?, false),
    };
    match layout.predictor {
        2 if layout.bits.is_multiple_of(8) => {
            bytes.chunks_exact_mut(row_bytes).for_each(|row| undo_predictor(layout, row))
        }
        2 => return Err(unsupported(format!("prediction of {}-bit samples", layout.bits))),
        3 if layout.number == Number::Float => {
            bytes.chunks_exact_mut(row_bytes).for_each(|row| join_bytes(layout, row));
        }
        _ => {}
    }
    Ok((bytes, is_damaged))
}

fn unpacked(layout: &Layout, stored: &[u8], len: usize) -> Result<Vec<u8>, MediaError> {
    let mut bytes = zeroed(len)?;
    let got = match layout.compression {
        1 => {
            let got = len.min(stored.len());
            bytes[..got].copy_from_slice(&stored[..got]);
            if got < len {
                return Err(MediaError::Truncated { format: Format::Tiff });
            }
            got
        }
        5 => lzw(stored, &mut bytes),
        8 | 32946 => inflate(stored, &mut bytes),
        32773 => pack_bits(stored, &mut bytes),
        other => return Err(unsupported(format!("compression {}", name(other)))),
    };
    if got < len {
        return Err(corrupt(format!("{got} of {len} bytes of a strip or tile could be unpacked")));
    }
    Ok(bytes)
}

/// Side of the largest unit that JPEG codes, with chroma at a quarter of the size.
const LARGEST_BLOCK_PX: usize = 32;

/// The samples of a JPEG strip or tile as they are, without any change of colours.
fn jpeg(
    layout: &Layout,
    stored: &[u8],
    tables: Option<&[u8]>,
    rows: usize,
) -> Result<(Vec<u8>, bool), MediaError> {
    if layout.bits != 8 {
        return Err(unsupported(format!("JPEG compression of {} bits", layout.bits)));
    }
    // Some writers fill a strip up to whole blocks, and some give the last one the height of the others.
    let most = [layout.chunk_width, layout.chunk_height].map(|side| side.next_multiple_of(LARGEST_BLOCK_PX));
    let picture = crate::decode::jpeg::components(tables, stored, most).map_err(|e| match e {
        MediaError::UnsupportedFeature { detail, .. } => unsupported(detail),
        e => corrupt(format!("a strip or tile: {e}")),
    })?;
    let samples = layout.chunk_samples();
    if picture.channels != samples || picture.width < layout.chunk_width.min(layout.width) {
        return Err(corrupt("a JPEG strip or tile does not fit the page"));
    }
    let mut bytes = zeroed(rows * layout.row_bytes())?;
    let stride = picture.width * samples;
    for (to, from) in bytes.chunks_exact_mut(layout.row_bytes()).zip(picture.data.chunks_exact(stride)) {
        let len = to.len().min(stride);
        to[..len].copy_from_slice(&from[..len]);
    }
    Ok((bytes, picture.is_damaged || picture.height < rows.min(layout.height)))
}

fn name(compression: u64) -> String {
    match compression {
        6 => "old-style JPEG",
        34661 => "JBIG",
        34676 | 34677 => "SGI LogLuv",
        34712 | 33003 | 33005 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        50000 => "Zstandard",
        50001 => "WebP",
        50002 => "JPEG XL",
        other => return other.to_string(),
    }
    .to_string()
}

fn lzw(stored: &[u8], out: &mut [u8]) -> usize {
    // Before TIFF 5.0 bits were filled in from the other end, and codes grew one later.
    let mut decoder = match stored {
        [0, second, ..] if second & 1 == 1 => weezl::decode::Decoder::new(BitOrder::Lsb, 8),
        _ => weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
    };
    let (mut read, mut written) = (0, 0);
    while written < out.len() {
        let step = decoder.decode_bytes(&stored[read..], &mut out[written..]);
        read += step.consumed_in;
        written += step.consumed_out;
        if !matches!(step.status, Ok(LzwStatus::Ok)) || step.consumed_in + step.consumed_out == 0 {
            break;
        }
    }
    written
}

fn inflate(stored: &[u8], out: &mut [u8]) -> usize {
    let mut inflater = flate2::Decompress::new(true);
    // A wrong checksum behind complete samples is no reason to refuse them.
    let _ = inflater.decompress(stored, out, flate2::FlushDecompress::Finish);
    inflater.total_out() as usize
}

/// # Source
/// Adobe TIFF 6.0, section 9.
fn pack_bits(stored: &[u8], out: &mut [u8]) -> usize {
    let (mut at, mut written) = (0, 0);
    while let Some(&header) = stored.get(at).filter(|_| written < out.len()) {
        at += 1;
        let count = match header as i8 {
            -128 => continue,
            run @ -127..=-1 => usize::from(run.unsigned_abs()) + 1,
            literal => literal as usize + 1,
        };
        let room = &mut out[written..];
        let count_here = count.min(room.len());
        if (header as i8) < 0 {
            let Some(&value) = stored.get(at) else { break };
            room[..count_here].fill(value);
            at += 1;
        } else {
            let literal = &stored[at.min(stored.len())..(at + count_here).min(stored.len())];
            room[..literal.len()].copy_from_slice(literal);
            if literal.len() < count_here {
                return written + literal.len();
            }
            at += count;
        }
        written += count_here;
    }
    written
}

/// Undoes horizontal prediction: every sample is the difference from the same sample of the pixel before.
///
/// # Source
/// Adobe TIFF 6.0, section 14.
fn undo_predictor(layout: &Layout, row: &mut [u8]) {
    let size = layout.bits / 8;
    let stride = layout.chunk_samples() * size;
    for at in stride..row.len() {
        if size == 1 {
            row[at] = row[at].wrapping_add(row[at - stride]);
        } else if at % size == 0 && at + size <= row.len() {
            let number = |bytes: &[u8]| {
                let fold = |n: u64, &b: &u8| n << 8 | u64::from(b);
                if layout.big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) }
            };
            let sum = number(&row[at..at + size]).wrapping_add(number(&row[at - stride..at - stride + size]));
            for i in 0..size {
                let byte = (sum >> (8 * i)) as u8;
                row[if layout.big_endian { at + size - 1 - i } else { at + i }] = byte;
            }
        }
    }
}

/// Undoes the prediction of floats: bytes are differences, and all first bytes stand before all second bytes.
///
/// # Source
/// Adobe Photoshop TIFF Technical Note 3, "Floating point predictor".
fn join_bytes(layout: &Layout, row: &mut [u8]) {
    let (size, stride) = (layout.bits / 8, layout.chunk_samples());
    for at in stride..row.len() {
        row[at] = row[at].wrapping_add(row[at - stride]);
    }
    let planes = row.to_vec();
    let count = row.len() / size;
    for (i, value) in row.chunks_exact_mut(size).enumerate() {
        for (j, byte) in value.iter_mut().enumerate() {
            let significance = if layout.big_endian { j } else { size - 1 - j };
            *byte = planes[significance * count + i];
        }
    }
}

/// Bytes of a chunk whose chroma is halved: units of h·v luma samples with one Cb and one Cr.
fn packed_units(layout: &Layout, rows: usize) -> usize {
    let (h, v) = layout.subsampling;
    layout.chunk_width.div_ceil(h) * rows.div_ceil(v) * (h * v + 2)
}

/// Gives every pixel its own Cb and Cr, those of its unit, as libtiff does.
///
/// # Source
/// Adobe TIFF 6.0, section 21.
fn spread_chroma(layout: &Layout, packed: &[u8], rows: usize) -> Result<Vec<u8>, MediaError> {
    let (h, v) = layout.subsampling;
    let width = layout.chunk_width;
    let mut bytes = zeroed(width * rows * 3)?;
    let across = width.div_ceil(h);
    for (i, unit) in packed.chunks_exact(h * v + 2).enumerate() {
        for j in 0..h * v {
            let (x, y) = (i % across * h + j % h, i / across * v + j / h);
            if x < width && y < rows {
                bytes[(y * width + x) * 3..][..3].copy_from_slice(&[unit[j], unit[h * v], unit[h * v + 1]]);
            }
        }
    }
    Ok(bytes)
}
