//! TIFF: 1 to 16 bits, gray, RGB, CMYK and YCbCr, with alpha, in strips, tiles or planes; the first page.

use std::io::{Cursor, Read, Seek};

use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult, Limits as TiffLimits},
    tags::Tag,
};

use super::{Limits, Source};
use crate::{
    Depth, Format, MediaError, exif,
    format::DEVELOP,
    samples::{Data, Layout, Samples},
};

const XMP: Tag = Tag::Unknown(700);
const DNG_VERSION: u16 = 0xc612;
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const PHOTOMETRIC: u16 = 262;
const BLACK_IS_ZERO: u16 = 1;
const PALETTE: u16 = 3;

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Source<'a>, MediaError> {
    if exif::has_tag(bytes, DNG_VERSION) {
        return Err(MediaError::UnsupportedFormat { what: "DNG raw", advice: DEVELOP });
    }
    // The decoder looks for the strips of the size it is told before it tells us: judge the size first.
    if let (Some(width), Some(height)) = (exif::number(bytes, WIDTH), exif::number(bytes, HEIGHT)) {
        limits.check_size(Format::Tiff, width, height)?;
    }
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(error)?;
    let (width, height) = decoder.dimensions().map_err(error)?;
    limits.check_size(Format::Tiff, width, height)?;
    let allowed = usize::try_from(limits.decoder_bytes(width, height)).unwrap_or(usize::MAX);
    let mut tiff_limits = TiffLimits::default();
    tiff_limits.decoding_buffer_size = allowed;
    tiff_limits.intermediate_buffer_size = allowed;
    tiff_limits.ifd_value_size = allowed.min(bytes.len());
    let mut decoder = decoder.with_limits(tiff_limits.clone());

    // The decoder refuses palettes, but it reads the indices when they are said to be gray.
    let palette = palette(&mut decoder);
    let indices = palette.as_ref().and_then(|_| exif::with_short(bytes, PHOTOMETRIC, BLACK_IS_ZERO));
    let mut indices = indices
        .map(|file| Decoder::new(Cursor::new(file)).map(|decoder| decoder.with_limits(tiff_limits)))
        .transpose()
        .map_err(error)?;
    let color = match &mut indices {
        Some(decoder) => decoder.colortype(),
        None => decoder.colortype(),
    }
    .map_err(error)?;
    let orientation = decoder
        .find_tag_unsigned::<u16>(Tag::Orientation)
        .ok()
        .flatten()
        .filter(|o| (1..=8).contains(o))
        .map_or(1, |o| o as u8);
    let mut bytes_of = |tag| decoder.find_tag(tag).ok().flatten().and_then(|value| value.into_u8_vec().ok());
    let (icc, xmp) = (bytes_of(Tag::IccProfile), bytes_of(XMP));
    let mut warnings = Vec::new();
    if decoder.more_images() {
        warnings.push("the TIFF has several pages; the first is used".to_string());
    }
    Ok(Source {
        format: Format::Tiff,
        width,
        height,
        depth: if color.bit_depth() > 8 && palette.is_none() { Depth::Sixteen } else { Depth::Eight },
        gray: palette.is_none()
            && matches!(
                color,
                ColorType::Gray(_) | ColorType::GrayA(_) | ColorType::Multiband { num_samples: 2, .. }
            ),
        orientation,
        exif: exif::from_tiff(bytes),
        xmp,
        icc,
        warnings,
        read: Box::new(move |_| {
            let (width, height) = (width as usize, height as usize);
            match (indices, palette) {
                (Some(indices), Some(palette)) => read_palette(indices, color, width, height, &palette),
                _ => read(decoder, color, width, height),
            }
        }),
    })
}

/// Red, green and blue of every palette entry; `None` when the file has no palette.
fn palette(decoder: &mut Decoder<Cursor<&[u8]>>) -> Option<Vec<[u8; 3]>> {
    let photometric = decoder.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation).ok()??;
    if photometric != PALETTE {
        return None;
    }
    let map = decoder.find_tag_unsigned_vec::<u16>(Tag::ColorMap).ok()??;
    // The map holds 16 bits a value; old writers put 8-bit values there.
    let shift = if map.iter().all(|&v| v < 256) { 0 } else { 8 };
    let third = map.len() / 3;
    Some(
        (0..third)
            .map(|i| [map[i], map[third + i], map[2 * third + i]].map(|v| (v >> shift) as u8))
            .collect(),
    )
}

fn read_palette<R: Read + Seek>(
    mut decoder: Decoder<R>,
    color: ColorType,
    width: usize,
    height: usize,
    palette: &[[u8; 3]],
) -> Result<Samples, MediaError> {
    let corrupt = |detail: &str| MediaError::Corrupt { format: Format::Tiff, detail: detail.to_string() };
    let bits = match color {
        ColorType::Gray(bits @ (1 | 2 | 4 | 8)) => bits,
        _ => return Err(corrupt("its palette does not fit its samples")),
    };
    let DecodingResult::U8(packed) = decoder.read_image().map_err(error)? else {
        return Err(corrupt("its palette does not fit its samples"));
    };
    let mut data = crate::limits::zeroed(width * height * 3)?;
    let indices = if bits < 8 { unpack(&packed, width, height, bits, false) } else { packed };
    if indices.len() != width * height {
        return Err(corrupt("it has too few samples"));
    }
    for (rgb, index) in data.chunks_exact_mut(3).zip(indices) {
        rgb.copy_from_slice(
            palette.get(usize::from(index)).ok_or_else(|| corrupt("its palette is too short"))?,
        );
    }
    Ok(Samples { width, height, layout: Layout::Rgb, data: Data::U8(data) })
}

fn read<R: Read + Seek>(
    mut decoder: Decoder<R>,
    color: ColorType,
    width: usize,
    height: usize,
) -> Result<Samples, MediaError> {
    let unsupported =
        || MediaError::UnsupportedFeature { format: Format::Tiff, detail: format!("{color:?} samples") };
    let layout = match color {
        ColorType::Gray(1 | 2 | 4 | 8 | 16) => Layout::Gray,
        ColorType::GrayA(8 | 16) | ColorType::Multiband { bit_depth: 8 | 16, num_samples: 2 } => {
            Layout::GrayAlpha
        }
        ColorType::RGB(8 | 16) | ColorType::YCbCr(8) => Layout::Rgb,
        ColorType::RGBA(8 | 16) => Layout::Rgba,
        ColorType::CMYK(8 | 16) => Layout::Cmyk,
        _ => return Err(unsupported()),
    };
    let mut result = DecodingResult::U8(Vec::new());
    let planes = decoder.read_image_to_buffer(&mut result).map_err(error)?;
    let channels = layout.channels();
    let mut data = match result {
        DecodingResult::U8(data) if color.bit_depth() < 8 => {
            Data::U8(unpack(&data, width, height, color.bit_depth(), true))
        }
        DecodingResult::U8(data) if planes.planes > 1 => Data::U8(interleave(&data, channels)),
        DecodingResult::U16(data) if planes.planes > 1 => Data::U16(interleave(&data, channels)),
        DecodingResult::U8(data) => Data::U8(data),
        DecodingResult::U16(data) => Data::U16(data),
        _ => return Err(unsupported()),
    };
    let got = match &data {
        Data::U8(data) => data.len(),
        Data::U16(data) => data.len(),
    };
    if got != width * height * channels {
        return Err(MediaError::Corrupt { format: Format::Tiff, detail: format!("{got} samples") });
    }
    if let (ColorType::YCbCr(_), Data::U8(data)) = (color, &mut data) {
        ycbcr_to_rgb(data);
    }
    Ok(Samples { width, height, layout, data })
}

/// Unpacks samples of 1, 2 or 4 bits, spread over the range 0..=255 or as they are; rows begin at whole bytes.
fn unpack(packed: &[u8], width: usize, height: usize, bits: u8, spread: bool) -> Vec<u8> {
    let bits = usize::from(bits);
    let per_byte = 8 / bits;
    let top = (1u8 << bits) - 1;
    let scale = if spread { 255 / top } else { 1 };
    let mut data = Vec::with_capacity(width * height);
    for row in packed.chunks_exact(width.div_ceil(per_byte)).take(height) {
        data.extend((0..width).map(|x| {
            let shift = 8 - bits - x % per_byte * bits;
            (row[x / per_byte] >> shift & top) * scale
        }));
    }
    data
}

fn interleave<T: Copy>(planes: &[T], channels: usize) -> Vec<T> {
    let pixels = planes.len() / channels;
    (0..pixels * channels).map(|i| planes[i % channels * pixels + i / channels]).collect()
}

/// # Source
/// ITU-R BT.601 at full range, as JFIF has it.
fn ycbcr_to_rgb(data: &mut [u8]) {
    for pixel in data.chunks_exact_mut(3) {
        let (y, cb, cr) = (f32::from(pixel[0]), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0);
        pixel[0] = (y + 1.402 * cr).round() as u8;
        pixel[1] = (y - 0.344_136 * cb - 0.714_136 * cr).round() as u8;
        pixel[2] = (y + 1.772 * cb).round() as u8;
    }
}

fn error(error: TiffError) -> MediaError {
    let format = Format::Tiff;
    match error {
        TiffError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            MediaError::Truncated { format }
        }
        TiffError::LimitsExceeded => MediaError::OutOfMemory,
        TiffError::UnsupportedError(what) => {
            MediaError::UnsupportedFeature { format, detail: what.to_string() }
        }
        other => MediaError::Corrupt { format, detail: other.to_string() },
    }
}
