//! JPEG, 4:4:4: added colours are smooth, and halving their resolution would bleed them over edges.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::{Extras, NOTE, SOFTWARE, check_sides, failed, samples8};
use crate::{Format, MediaError, Raster, exif, xmp};

const FORMAT: Format = Format::Jpeg;
/// A segment holds 65,533 bytes; EXIF spends 6 of them on its name.
const EXIF_LIMIT: usize = 65_527;
const XMP_PREFIX: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

pub(super) fn encode(
    raster: &Raster,
    extras: Extras,
    quality: u8,
    note: bool,
) -> Result<Vec<u8>, MediaError> {
    check_sides(raster, FORMAT, 65_535)?;
    let Extras { mut exif, mut xmp, icc } = extras;
    // What does not fit into one segment is replaced by the note alone.
    if exif.as_ref().is_some_and(|block| block.len() > EXIF_LIMIT) {
        exif = note.then(|| exif::with_note(None, NOTE, SOFTWARE));
    }
    if xmp.as_ref().is_some_and(|packet| packet.len() + XMP_PREFIX.len() > 65_533) {
        xmp = note.then(|| xmp::with_note(None, NOTE));
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
    if let Some(exif) = exif {
        encoder.add_exif_metadata(&exif).map_err(|e| failed(FORMAT, e))?;
    }
    if let Some(xmp) = xmp {
        encoder.add_app_segment(1, [XMP_PREFIX, &xmp].concat()).map_err(|e| failed(FORMAT, e))?;
    }
    encoder.add_icc_profile(icc).map_err(|e| failed(FORMAT, e))?;
    let color = if raster.pixels().channels() == 1 { ColorType::Luma } else { ColorType::Rgb };
    encoder
        .encode(&samples8(raster.pixels()), raster.width() as u16, raster.height() as u16, color)
        .map_err(|e| failed(FORMAT, e))?;
    Ok(bytes)
}
