//! TIFF in 8 or 16 bits: deflated strips with horizontal prediction, EXIF as tags of the file.

use std::io::Cursor;

use tiff::{
    encoder::{
        Compression, DeflateLevel, Predictor, TiffEncoder, TiffValue,
        colortype::{self, ColorType},
    },
    tags::Tag,
};

use super::{Extras, alpha8, alpha16, failed};
use crate::{Alpha, Format, MediaError, Pixels, Raster, exif, icc};

const FORMAT: Format = Format::Tiff;
const XMP: Tag = Tag::Unknown(700);
const IPTC: Tag = Tag::Unknown(33723);

pub(super) fn encode(raster: &Raster, mut extras: Extras<'_>) -> Result<Vec<u8>, MediaError> {
    let bytes = match (raster.pixels(), raster.alpha()) {
        (Pixels::Gray8(data), None) => write::<colortype::Gray8>(raster, data, &extras),
        (Pixels::Gray16(data), None) => write::<colortype::Gray16>(raster, data, &extras),
        (Pixels::Rgb8(data), None) => write::<colortype::RGB8>(raster, data, &extras),
        (Pixels::Rgb16(data), None) => write::<colortype::RGB16>(raster, data, &extras),
        (Pixels::Gray8(data) | Pixels::Rgb8(data), Some(alpha)) => {
            extras.icc = icc::srgb_profile();
            let rgba = rgba(data, raster.pixels().channels(), alpha, alpha8);
            write::<colortype::RGBA8>(raster, &rgba, &extras)
        }
        (Pixels::Gray16(data) | Pixels::Rgb16(data), Some(alpha)) => {
            extras.icc = icc::srgb_profile();
            let rgba = rgba(data, raster.pixels().channels(), alpha, alpha16);
            write::<colortype::RGBA16>(raster, &rgba, &extras)
        }
    }?;
    Ok(match extras.exif {
        Some(block) => exif::into_tiff(bytes, &block),
        None => bytes,
    })
}

fn rgba<T: Copy>(data: &[T], channels: usize, alpha: &Alpha, at: impl Fn(&Alpha, usize) -> T) -> Vec<T> {
    let mut rgba = Vec::with_capacity(alpha.len() * 4);
    for (i, pixel) in data.chunks_exact(channels).enumerate() {
        rgba.extend([pixel[0], pixel[channels / 2], pixel[channels - 1], at(alpha, i)]);
    }
    rgba
}

fn write<C: ColorType>(raster: &Raster, data: &[C::Inner], extras: &Extras<'_>) -> Result<Vec<u8>, MediaError>
where
    [C::Inner]: TiffValue,
{
    // Offsets have 32 bits; deflate may grow what it cannot shrink a little.
    if size_of_val(data) as u64 > 4_000_000_000 {
        let (width, height) = (raster.width(), raster.height());
        return Err(MediaError::FormatLimit { format: FORMAT, width, height, limit_px: 25_000 });
    }
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes)
        .map_err(|e| failed(FORMAT, e))?
        .with_compression(Compression::Deflate(DeflateLevel::Fast))
        .with_predictor(Predictor::Horizontal);
    let mut image = encoder.new_image::<C>(raster.width(), raster.height()).map_err(|e| failed(FORMAT, e))?;
    image.encoder().write_tag(Tag::IccProfile, extras.icc).map_err(|e| failed(FORMAT, e))?;
    if let Some(xmp) = &extras.xmp {
        image.encoder().write_tag(XMP, xmp.as_slice()).map_err(|e| failed(FORMAT, e))?;
    }
    if let Some(records) = extras.rest.iptc() {
        image.encoder().write_tag(IPTC, records).map_err(|e| failed(FORMAT, e))?;
    }
    if C::BITS_PER_SAMPLE.len() == 4 {
        // 2: the fourth sample is opacity that the colours have not been multiplied with.
        image.encoder().write_tag(Tag::ExtraSamples, 2u16).map_err(|e| failed(FORMAT, e))?;
    }
    image.write_data(data).map_err(|e| failed(FORMAT, e))?;
    Ok(bytes.into_inner())
}
