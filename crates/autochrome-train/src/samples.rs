//! Sheets of validation pictures: gray, painted, truth.

use std::path::Path;

use autochrome_engine::Session;
use autochrome_media::{EncodeOptions, Format, Metadata, Pixels, Raster, encode, write_atomic};

use crate::TrainError;
use crate::validate::ValidationSet;

/// Pictures side by side on a sheet; each takes three columns.
const ACROSS: usize = 4;

/// Writes a PNG of `count` validation pictures, spread evenly, as triples of gray, painted and truth.
pub(crate) fn write(
    path: &Path,
    set: &ValidationSet,
    count: usize,
    session: &Session,
) -> Result<(), TrainError> {
    let count = count.min(set.len());
    if count == 0 {
        return Ok(());
    }
    let triples =
        (0..count).map(|i| set.comparison(i * set.len() / count, session)).collect::<Result<Vec<_>, _>>()?;
    let (width, height) = triples[0].size;
    let across = ACROSS.min(count);
    let (sheet_width, sheet_height) = (3 * width * across, height * count.div_ceil(across));
    let mut sheet = vec![255u8; 3 * sheet_width * sheet_height];
    for (i, triple) in triples.iter().enumerate() {
        for (column, picture) in [&triple.gray, &triple.painted, &triple.truth].into_iter().enumerate() {
            let left = 3 * (3 * (i % across) + column) * width;
            for (y, row) in picture.chunks_exact(3 * width).enumerate() {
                let at = 3 * (i / across * height + y) * sheet_width + left;
                sheet[at..at + row.len()].copy_from_slice(row);
            }
        }
    }
    let picture = |e: autochrome_media::MediaError| TrainError::Io {
        path: path.to_owned(),
        source: std::io::Error::other(e.to_string()),
    };
    let raster =
        Raster::new(sheet_width as u32, sheet_height as u32, Pixels::Rgb8(sheet)).map_err(picture)?;
    let options = EncodeOptions::new(Format::Png);
    let bytes = encode(&raster, &Metadata::default(), &options).map_err(picture)?;
    write_atomic(path, &bytes, true).map_err(picture)
}
