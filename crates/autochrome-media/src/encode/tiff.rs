//! TIFF in 8 or 16 bits: deflated strips with horizontal prediction, EXIF as tags of the file.
//!
//! # Source
//! Adobe TIFF 6.0, sections 2, 8 and 14; Adobe's supplement 2 of 2002 for deflate.

use autochrome_color::Parallel as _;
use std::{
    borrow::Cow,
    io::{self, Write as _},
};

use flate2::{Compression, write::ZlibEncoder};

use super::{Extras, Rows, alpha8, alpha16, failed, rows::Band};
use crate::{Alpha, Depth, Format, MediaError, exif, icc};

const FORMAT: Format = Format::Tiff;

/// Bytes of samples in a strip: large enough to compress well, small enough for all cores to have some.
const STRIP_BYTES: usize = 1 << 20;

pub(super) fn encode(rows: &mut Rows<'_>, mut extras: Extras<'_>) -> Result<Vec<u8>, MediaError> {
    if rows.alpha.is_some() {
        // Gray with alpha becomes RGBA.
        extras.icc = icc::srgb_profile();
    }
    let bytes = match rows.depth {
        Depth::Eight => write(rows, |band| band.into_8(), alpha8, &extras),
        Depth::Sixteen => write(rows, |band| band.into_16(), alpha16, &extras),
    }?;
    Ok(match extras.exif {
        Some(block) => exif::into_tiff(bytes, &block),
        None => bytes,
    })
}

/// A sample of 8 or 16 bits.
trait Sample: Copy + Send + Sync {
    fn wrapping_sub(self, other: Self) -> Self;
    fn put(self, bytes: &mut Vec<u8>);
}

impl Sample for u8 {
    fn wrapping_sub(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    fn put(self, bytes: &mut Vec<u8>) {
        bytes.push(self);
    }
}

impl Sample for u16 {
    fn wrapping_sub(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    fn put(self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }
}

/// The file without EXIF; `opacity` is the alpha of a pixel in the depth of `samples`.
fn write<S: Sample>(
    picture: &mut Rows<'_>,
    samples: impl Fn(Band<'_>) -> Cow<'_, [S]>,
    opacity: impl Fn(&Alpha, usize) -> S + Sync,
    extras: &Extras<'_>,
) -> Result<Vec<u8>, MediaError> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let (colors, alpha) = (picture.channels, picture.alpha);
    let channels = if alpha.is_some() { 4 } else { colors };
    let row_bytes = width * channels * size_of::<S>();
    // Offsets have 32 bits; deflate may grow what it cannot shrink a little.
    if row_bytes as u64 * height as u64 > 4_000_000_000 {
        let (width, height) = (picture.width, picture.height);
        return Err(MediaError::FormatLimit { format: FORMAT, width, height, limit_px: 25_000 });
    }
    let rows = STRIP_BYTES.div_ceil(row_bytes).min(height);
    // `data` begins with row `top`.
    let strip = |data: &[S], top: usize, first: usize| -> io::Result<Vec<u8>> {
        let mut deflate = ZlibEncoder::new(Vec::new(), Compression::fast());
        let (mut rgba, mut line) = (Vec::new(), Vec::with_capacity(row_bytes));
        for y in first..height.min(first + rows) {
            let mut row = &data[(y - top) * width * colors..(y - top + 1) * width * colors];
            if let Some(alpha) = alpha {
                rgba.clear();
                for (x, pixel) in row.chunks_exact(colors).enumerate() {
                    let opacity = opacity(alpha, y * width + x);
                    rgba.extend([pixel[0], pixel[colors / 2], pixel[colors - 1], opacity]);
                }
                row = &rgba;
            }
            line.clear();
            row[..channels].iter().for_each(|sample| sample.put(&mut line));
            row.iter().zip(&row[channels..]).for_each(|(&left, &own)| own.wrapping_sub(left).put(&mut line));
            deflate.write_all(&line)?;
        }
        deflate.finish()
    };

    let mut file = b"II*\0\0\0\0\0".to_vec();
    let (mut offsets, mut lengths) = (Vec::new(), Vec::new());
    // A few at a time: all strips beside the file would double it.
    let starts: Vec<usize> = (0..height).step_by(rows).collect();
    for some in starts.chunks(4 * rayon::current_num_threads()) {
        let (top, last) = (some[0], some[some.len() - 1]);
        let data = samples(picture.band(top..height.min(last + rows))?);
        let strips: Vec<_> = some.iter().parallel_map(|&first| strip(&data, top, first));
        for strip in strips {
            let strip = strip.map_err(|e| failed(FORMAT, e))?;
            offsets.push(file.len() as u32);
            lengths.push(strip.len() as u32);
            file.extend(strip);
        }
    }

    let bits = 8 * size_of::<S>() as u16;
    let mut directory = Directory::default();
    directory.longs(256, &[picture.width]);
    directory.longs(257, &[picture.height]);
    directory.shorts(258, &[bits; 4][..channels]);
    directory.shorts(259, &[8]); // deflate
    directory.shorts(262, &[if channels == 1 { 1 } else { 2 }]); // black is 0, or RGB
    directory.longs(273, &offsets);
    directory.shorts(277, &[channels as u16]);
    directory.longs(278, &[rows as u32]);
    directory.longs(279, &lengths);
    // No density: EXIF has it where it is known.
    directory.add(282, 5, 1, [1, 0, 0, 0, 1, 0, 0, 0].to_vec());
    directory.add(283, 5, 1, [1, 0, 0, 0, 1, 0, 0, 0].to_vec());
    directory.shorts(296, &[1]);
    directory.shorts(317, &[2]); // differences along rows
    if channels == 4 {
        directory.shorts(338, &[2]); // opacity that the colours have not been multiplied with
    }
    directory.shorts(339, &[1; 4][..channels]); // unsigned
    if let Some(xmp) = &extras.xmp {
        directory.add(700, 1, xmp.len(), xmp.clone());
    }
    if let Some(records) = extras.rest.iptc() {
        directory.add(33723, 1, records.len(), records.to_vec());
    }
    directory.add(34675, 7, extras.icc.len(), extras.icc.to_vec());
    directory.write(&mut file);
    u32::try_from(file.len()).map_err(|_| failed(FORMAT, "the file would be larger than 4 GB"))?;
    Ok(file)
}

/// The entries of a directory by rising tag: tag, type, count, value.
#[derive(Default)]
struct Directory(Vec<(u16, u16, usize, Vec<u8>)>);

impl Directory {
    fn add(&mut self, tag: u16, kind: u16, count: usize, value: Vec<u8>) {
        self.0.push((tag, kind, count, value));
    }

    fn shorts(&mut self, tag: u16, values: &[u16]) {
        self.add(tag, 3, values.len(), values.iter().flat_map(|v| v.to_le_bytes()).collect());
    }

    fn longs(&mut self, tag: u16, values: &[u32]) {
        self.add(tag, 4, values.len(), values.iter().flat_map(|v| v.to_le_bytes()).collect());
    }

    /// Appends the directory to a file, values that are longer than four bytes before it, and makes it the first.
    fn write(self, file: &mut Vec<u8>) {
        let mut entries = (self.0.len() as u16).to_le_bytes().to_vec();
        for (tag, kind, count, mut value) in self.0 {
            if value.len() > 4 {
                file.resize(file.len().next_multiple_of(2), 0);
                let offset = file.len() as u32;
                file.extend(value);
                value = offset.to_le_bytes().to_vec();
            }
            value.resize(4, 0);
            entries.extend(tag.to_le_bytes());
            entries.extend(kind.to_le_bytes());
            entries.extend((count as u32).to_le_bytes());
            entries.extend(value);
        }
        file.resize(file.len().next_multiple_of(2), 0);
        let offset = file.len() as u32;
        file[4..8].copy_from_slice(&offset.to_le_bytes());
        file.extend(entries);
        file.extend([0; 4]);
    }
}
