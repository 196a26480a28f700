//! PNG, WebP, GIF, BMP and PNM, by the decoders of the `image` crate.

use std::{
    borrow::Cow,
    io::{Cursor, ErrorKind},
};

use image::{
    ColorType, ImageDecoder, ImageError,
    codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, pnm::PnmDecoder, webp::WebPDecoder},
};

use super::{Limits, Source, png::Words};
use crate::{
    Depth, Format, MediaError, Metadata, exif,
    limits::zeroed,
    metadata::Density,
    samples::{Data, Layout, Samples},
};

pub(super) fn open<'a>(format: Format, bytes: &'a [u8], limits: &Limits) -> Result<Source<'a>, MediaError> {
    let input = Cursor::new(bytes);
    let error = move |e| error(format, e);
    let mut animated = false;
    let mut decoder: Box<dyn ImageDecoder + 'a> = match format {
        Format::Png => {
            // The decoder reads compressed texts and profiles along with the header: bound them.
            let mut image_limits = image::Limits::no_limits();
            image_limits.max_alloc = Some(64 << 20);
            let decoder = PngDecoder::with_limits(input, image_limits).map_err(error)?;
            animated = decoder.is_apng().map_err(error)?;
            Box::new(decoder)
        }
        Format::WebP => {
            // The container says how long it is; the decoder would call a cut stream corrupt.
            let len = bytes.get(4..8).and_then(|len| len.try_into().ok()).map_or(0, u32::from_le_bytes);
            if u64::from(len) + 8 > bytes.len() as u64 {
                return Err(MediaError::Truncated { format });
            }
            let decoder = WebPDecoder::new(input).map_err(error)?;
            animated = decoder.has_animation();
            Box::new(decoder)
        }
        Format::Gif => {
            animated = gif_frames(bytes) > 1;
            Box::new(GifDecoder::new(input).map_err(error)?)
        }
        Format::Bmp => {
            let (width, height) = bmp_size(bytes).ok_or(MediaError::Truncated { format })?;
            limits.check_size(format, width, height)?;
            Box::new(BmpDecoder::new(Cursor::new(bmp_of_windows(bytes)?)).map_err(error)?)
        }
        Format::Pnm => Box::new(PnmDecoder::new(input).map_err(error)?),
        Format::Jpeg | Format::Tiff => return Err(MediaError::NotAPicture),
    };
    let (width, height) = decoder.dimensions();
    limits.check_size(format, width, height)?;
    let mut image_limits = image::Limits::no_limits();
    image_limits.max_alloc = Some(limits.decoder_bytes(width, height));
    decoder.set_limits(image_limits).map_err(error)?;

    let color = decoder.color_type();
    let layout = match color {
        ColorType::L8 | ColorType::L16 => Layout::Gray,
        ColorType::La8 | ColorType::La16 => Layout::GrayAlpha,
        ColorType::Rgb8 | ColorType::Rgb16 => Layout::Rgb,
        ColorType::Rgba8 | ColorType::Rgba16 => Layout::Rgba,
        other => return Err(MediaError::UnsupportedFeature { format, detail: format!("{other:?} samples") }),
    };
    let depth = match color {
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => Depth::Sixteen,
        _ => Depth::Eight,
    };
    let mut warnings = Vec::new();
    if animated {
        warnings.push(format!("the {format} is animated; its first frame is used"));
    }
    let words = match format {
        Format::Png => Words::read(bytes),
        Format::Bmp => Words { density: bmp_density(bytes), ..Words::default() },
        _ => Words::default(),
    };
    let profile = decoder.icc_profile().ok().flatten();
    // Metadata that cannot be read must not cost the picture.
    let exif = decoder.exif_metadata().ok().flatten().map(|block| exif::without_prefix(&block).to_vec());
    Ok(Source {
        format,
        width,
        height,
        depth,
        gray: matches!(layout, Layout::Gray | Layout::GrayAlpha),
        alpha: matches!(layout, Layout::GrayAlpha | Layout::Rgba),
        orientation: exif.as_deref().and_then(exif::orientation).unwrap_or(1),
        icc: words.profile.or(profile),
        metadata: Metadata {
            exif,
            xmp: decoder.xmp_metadata().ok().flatten(),
            iptc: words.iptc,
            density: words.density,
            comments: Vec::new(),
            texts: words.texts,
            source: None,
        },
        warnings,
        read: Box::new(move |_| read(decoder, format, layout, depth)),
    })
}

fn read(
    decoder: Box<dyn ImageDecoder + '_>,
    format: Format,
    layout: Layout,
    depth: Depth,
) -> Result<Samples, MediaError> {
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    let count = width * height * layout.channels();
    let data = match depth {
        Depth::Eight => {
            let mut data: Vec<u8> = zeroed(count)?;
            decoder.read_image(&mut data).map_err(|e| error(format, e))?;
            Data::U8(data)
        }
        Depth::Sixteen => {
            let mut data: Vec<u16> = zeroed(count)?;
            decoder.read_image(bytemuck::cast_slice_mut(&mut data)).map_err(|e| error(format, e))?;
            Data::U16(data)
        }
    };
    Ok(Samples { width, height, layout, data })
}

/// Width and height of a BMP; the decoder calls an empty one unsupported. Rows from the top have a negative height.
fn bmp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(14..18)? == [12, 0, 0, 0] {
        let [a, b, c, d] = *bytes.get(18..22)?.first_chunk()?;
        return Some((u16::from_le_bytes([a, b]).into(), u16::from_le_bytes([c, d]).into()));
    }
    let width = i32::from_le_bytes(bytes.get(18..22)?.try_into().ok()?);
    let height = i32::from_le_bytes(bytes.get(22..26)?.try_into().ok()?);
    Some((width.unsigned_abs(), height.unsigned_abs()))
}

/// The file with a header of 40 bytes where it has one of OS/2 2.x: 64 bytes of which the first 40 mean the same, or fewer.
fn bmp_of_windows(bytes: &[u8]) -> Result<Cow<'_, [u8]>, MediaError> {
    const FILE_HEADER: usize = 14;
    const HEADER: usize = 40;
    let len = bytes.get(14..18).and_then(|len| len.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    if !matches!(len, 16..=39 | 64) {
        return Ok(bytes.into());
    }
    let truncated = MediaError::Truncated { format: Format::Bmp };
    let Some(header) = bytes.get(FILE_HEADER..FILE_HEADER + len) else { return Err(truncated) };
    // Fax and 24-bit run lengths have the numbers of other things in Windows.
    if header.get(16).is_some_and(|&compression| compression > 2) {
        let detail = "compression of OS/2".to_string();
        return Err(MediaError::UnsupportedFeature { format: Format::Bmp, detail });
    }
    let mut header = header.to_vec();
    header.resize(HEADER, 0);
    header[..4].copy_from_slice(&(HEADER as u32).to_le_bytes());
    let mut file = bytes[..FILE_HEADER].to_vec();
    let offset = bytes[10..14].try_into().map_or(0, u32::from_le_bytes);
    let moved = (offset as usize).saturating_sub(len).saturating_add(HEADER) as u32;
    file[10..14].copy_from_slice(&moved.to_le_bytes());
    Ok([&file, &header, &bytes[FILE_HEADER + len..]].concat().into())
}

/// Pixels a metre of a BMP, in its header of 40 bytes or more.
fn bmp_density(bytes: &[u8]) -> Option<Density> {
    let whole = |at: usize| Some(f64::from(u32::from_le_bytes(*bytes.get(at..at + 4)?.first_chunk()?)));
    (whole(14)? >= 40.0).then_some(())?;
    Density::from_metre(whole(38)?, whole(42)?)
}

/// Frames of a GIF, counted by stepping over its blocks without decoding; stops at two.
fn gif_frames(bytes: &[u8]) -> usize {
    let table = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let mut frames = 0;
    let Some(&flags) = bytes.get(10) else { return 0 };
    let mut at = 13 + table(flags);
    while frames < 2 {
        at += match bytes.get(at) {
            Some(0x21) => 2,
            Some(0x2c) => {
                let Some(&flags) = bytes.get(at + 9) else { return frames };
                frames += 1;
                10 + table(flags) + 1
            }
            _ => return frames,
        };
        while let Some(&len) = bytes.get(at) {
            at += 1 + usize::from(len);
            if len == 0 {
                break;
            }
        }
    }
    frames
}

fn error(format: Format, error: ImageError) -> MediaError {
    match error {
        ImageError::Limits(_) => MediaError::OutOfMemory,
        ImageError::Unsupported(what) => MediaError::UnsupportedFeature { format, detail: what.to_string() },
        ImageError::IoError(e) if e.kind() == ErrorKind::UnexpectedEof => MediaError::Truncated { format },
        other if is_cut_off(&other) => MediaError::Truncated { format },
        other => MediaError::Corrupt { format, detail: other.to_string() },
    }
}

/// Decoders wrap the end of the input into errors of their own: look for it among the causes.
fn is_cut_off(error: &ImageError) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::UnexpectedEof) {
            return true;
        }
        cause = inner.source();
    }
    false
}
