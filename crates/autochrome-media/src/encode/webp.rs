//! WebP, lossless, 8 bits.

use image_webp::{ColorType, WebPEncoder};

use super::{Extras, Rows, alpha8, check_sides, failed};
use crate::{Format, MediaError};

const FORMAT: Format = Format::WebP;

pub(super) fn encode(rows: &mut Rows<'_>, extras: Extras<'_>) -> Result<Vec<u8>, MediaError> {
    check_sides(rows, FORMAT, 16_383)?;
    let (width, height, channels, alpha) = (rows.width, rows.height, rows.channels, rows.alpha);
    // Its encoder takes whole pictures.
    let mut samples = rows.band(0..height as usize)?.into_8();
    if let Some(alpha) = alpha {
        let mut with_alpha = Vec::with_capacity(samples.len() + alpha.len());
        for (i, pixel) in samples.chunks_exact(channels).enumerate() {
            with_alpha.extend(pixel);
            with_alpha.push(alpha8(alpha, i));
        }
        samples = with_alpha.into();
    }
    let color = match (channels, alpha.is_some()) {
        (1, false) => ColorType::L8,
        (1, true) => ColorType::La8,
        (_, false) => ColorType::Rgb8,
        (_, true) => ColorType::Rgba8,
    };
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new(&mut bytes);
    // A WebP holds RGB also when the picture is gray, so only the RGB profile fits.
    encoder.set_icc_profile(crate::icc::srgb_profile().to_vec());
    if let Some(exif) = extras.exif {
        encoder.set_exif_metadata(exif);
    }
    if let Some(xmp) = extras.xmp {
        encoder.set_xmp_metadata(xmp);
    }
    encoder.encode(&samples, width, height, color).map_err(|e| failed(FORMAT, e))?;
    Ok(bytes)
}
