//! From bytes to a [`Picture`].

pub(crate) mod jpeg;
mod other;
mod png;
mod reduce;
mod tiff;

use autochrome_color::resize::{Filter, fit_within, resize_plane};
use autochrome_color::{Plane, lab};

use crate::{
    Depth, Format, Levels, Limits, MediaError, Metadata, Picture, SourceId,
    directory::TiffFile,
    exif,
    icc::Profile,
    samples::{Data, Layout, Samples, orient_alpha},
    xmp::Upright,
};

/// How to decode.
#[derive(Clone, Copy, Debug)]
pub struct DecodeOptions {
    /// What the file may cost.
    pub limits: Limits,
    /// Whether a colour picture keeps its chroma beside the luma: 8 more bytes a pixel.
    pub keep_chroma: bool,
}

impl Default for DecodeOptions {
    /// The default limits, chroma kept.
    fn default() -> Self {
        Self { limits: Limits::default(), keep_chroma: true }
    }
}

/// What the header says, without decoding pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The format of the bytes.
    pub format: Format,
    /// Columns of the upright picture: the orientation has been applied.
    pub width: u32,
    /// Rows of the upright picture.
    pub height: u32,
    /// Bits a sample.
    pub depth: Depth,
    /// Whether the samples are gray; a file of RGB samples is only found to be gray by decoding.
    pub gray: bool,
    /// Whether there are samples of opacity; that all of them are opaque is only found by decoding.
    pub alpha: bool,
    /// The orientation the file asks for, 1..=8 as in EXIF.
    pub orientation: u8,
}

/// A file whose header has been read and found within the limits.
struct Source<'a> {
    format: Format,
    /// Columns as stored, before turning upright.
    width: u32,
    /// Rows as stored.
    height: u32,
    depth: Depth,
    gray: bool,
    alpha: bool,
    orientation: u8,
    icc: Option<Vec<u8>>,
    /// What the file says of itself, not yet cleaned.
    metadata: Metadata,
    warnings: Vec<String>,
    read: Read<'a>,
}

/// Decodes the pixels; may add warnings.
type Read<'a> = Box<dyn FnOnce(&mut Vec<String>) -> Result<Samples, MediaError> + 'a>;

/// `page` counts from 0.
fn open<'a>(bytes: &'a [u8], limits: &Limits, page: usize) -> Result<Source<'a>, MediaError> {
    limits.check_bytes(bytes.len() as u64)?;
    match Format::sniff(bytes)? {
        Format::Tiff => tiff::open(bytes, limits, page),
        _ if page > 0 => Err(MediaError::NoSuchPage { page: page + 1, pages: 1 }),
        Format::Jpeg => jpeg::open(bytes, limits),
        format => other::open(format, bytes, limits),
    }
}

/// How many pictures of their own a file holds: the pages of a TIFF without reduced versions and masks, else 1.
///
/// # Errors
/// [`MediaError`] for what is no picture or a format that is not read.
pub fn page_count(bytes: &[u8]) -> Result<usize, MediaError> {
    if Format::sniff(bytes)? != Format::Tiff {
        return Ok(1);
    }
    let pages = TiffFile::parse(bytes).map(|file| tiff::pictures(&file).0.len());
    pages.filter(|&count| count > 0).ok_or(MediaError::Truncated { format: Format::Tiff })
}

/// Reads the header only.
///
/// # Errors
/// As [`decode`], as far as the header shows it.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Header, MediaError> {
    probe_page(bytes, limits, 0)
}

/// Reads the header of one page of a file of several, counted from 0.
///
/// # Errors
/// As [`decode_page`], as far as the header shows it.
pub fn probe_page(bytes: &[u8], limits: &Limits, page: usize) -> Result<Header, MediaError> {
    let source = open(bytes, limits, page)?;
    let (width, height) = match source.orientation {
        5..=8 => (source.height, source.width),
        _ => (source.width, source.height),
    };
    Ok(Header {
        format: source.format,
        width,
        height,
        depth: source.depth,
        gray: source.gray,
        alpha: source.alpha,
        orientation: source.orientation,
    })
}

/// Decodes a picture: upright, converted from its ICC profile to sRGB and on to CIELAB (D65).
///
/// Luma of a gray picture comes straight from its gray values. Colours outside sRGB are clipped to it. CMYK is converted by its profile
/// where there is one, else by the plain rule (1 − ink)·(1 − black).
///
/// # Errors
/// [`MediaError`] of kind `Input` for what is empty, damaged, cut off or no picture; `Unsupported` for other formats and
/// rare variants (lossless or arithmetic JPEG; LZMA or JPEG 2000 within TIFF); `Limit` for what is larger than the limits.
pub fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Picture, MediaError> {
    Ok(first_of_many(bytes, decode_page(bytes, options, 0)?))
}

/// Says that there are other pages, which nobody asked for.
fn first_of_many(bytes: &[u8], mut picture: Picture) -> Picture {
    if let Ok(count @ 2..) = page_count(bytes) {
        picture.warnings.insert(0, format!("the {} has {count} pages; the first is used", picture.format));
    }
    picture
}

/// Decodes one page of a file of several, counted from 0 (see [`page_count`]), as [`decode`] does the first.
///
/// # Errors
/// As [`decode`], and [`MediaError::NoSuchPage`] where there are fewer pages.
pub fn decode_page(bytes: &[u8], options: &DecodeOptions, page: usize) -> Result<Picture, MediaError> {
    decode_within(bytes, options, page, None)
}

/// Decodes a picture that is only looked at, with a longer side of at most `side_px` and without its opacity, as [`decode`] does: planes of
/// its full size are never made, so that it takes a fifth of the memory.
///
/// # Errors
/// As [`decode`].
pub fn decode_reduced(bytes: &[u8], options: &DecodeOptions, side_px: usize) -> Result<Picture, MediaError> {
    let mut picture = first_of_many(bytes, decode_within(bytes, options, 0, Some(side_px))?);
    let (width, height) = fit_within(picture.width(), picture.height(), side_px);
    let reduced = |plane: &Plane| resize_plane(plane, width, height, Filter::Area);
    if picture.luma.size() != (width, height) {
        picture.luma = reduced(&picture.luma);
    }
    picture.alpha = None;
    Ok(picture)
}

/// Decodes one page of a file of several, counted from 0, for pictures that would be too large as planes of floats: those without
/// opacity, and whose colours need not be kept, have their lightness as [`Levels`], and the picture is a copy with a longer side of at
/// most `side_px`. Others come as from [`decode_page`], and as from [`decode`] where no page was asked for.
///
/// # Errors
/// As [`decode_page`].
pub fn decode_levels(
    bytes: &[u8],
    options: &DecodeOptions,
    page: Option<usize>,
    side_px: usize,
) -> Result<(Picture, Option<Levels>), MediaError> {
    let (mut picture, levels) = decode_to(bytes, options, page.unwrap_or(0), &Target::Levels)?;
    if page.is_none() {
        picture = first_of_many(bytes, picture);
    }
    if let Some(levels) = &levels {
        picture.luma = levels.reduced(side_px);
    }
    Ok((picture, levels))
}

/// What a decoded picture is made into.
enum Target {
    /// Planes at full size.
    Whole,
    /// Planes with a longer side of about so many pixels.
    Reduced(usize),
    /// Samples as they are, if lightness is all that is wanted of them.
    Levels,
}

fn decode_within(
    bytes: &[u8],
    options: &DecodeOptions,
    page: usize,
    side_px: Option<usize>,
) -> Result<Picture, MediaError> {
    let target = side_px.map_or(Target::Whole, Target::Reduced);
    Ok(decode_to(bytes, options, page, &target)?.0)
}

/// The picture, and its lightness where that is wanted as levels: the picture has none then.
fn decode_to(
    bytes: &[u8],
    options: &DecodeOptions,
    page: usize,
    target: &Target,
) -> Result<(Picture, Option<Levels>), MediaError> {
    let Source { format, orientation, icc, mut metadata, mut warnings, read, .. } =
        open(bytes, &options.limits, page)?;
    metadata.source = SourceId::of(bytes);
    let mut samples = read(&mut warnings)?;
    let depth = samples.depth();
    let mut profile = icc.and_then(|icc| {
        let profile = Profile::parse(&icc);
        if let Err(why) = &profile {
            warnings
                .push(format!("the ICC profile is broken and was ignored ({why}); colours are read as sRGB"));
        }
        profile.ok()
    });
    if samples.layout == Layout::Cmyk {
        samples = cmyk_to_rgb(samples, profile.take(), &mut warnings)?;
    }
    let mut alpha = samples.split_alpha()?;
    samples.collapse_gray();
    if let Some(alpha) = &mut alpha {
        orient_alpha(alpha, samples.width, samples.height, orientation)?;
    }
    samples.orient(orientation)?;

    let was_gray = samples.layout == Layout::Gray;
    let (width, height) = (samples.width, samples.height);
    let (mut chroma, mut thumbnail, mut levels) = (None, None, None);
    let mut lightness = |all: Levels| {
        if matches!(target, Target::Levels) && alpha.is_none() {
            levels = Some(all);
            Plane::default()
        } else {
            all.into_plane()
        }
    };
    let luma = if was_gray {
        lightness(Levels::gray(samples, profile.as_ref(), &mut warnings))
    } else {
        if let Some(profile) = &profile
            && let Err(why) = match &mut samples.data {
                Data::U8(data) => profile.rgb8_to_srgb(data, width),
                Data::U16(data) => profile.rgb16_to_srgb(data, width),
            }
        {
            warnings.push(ignored_profile(&why));
        }
        thumbnail = Some(reduce::thumbnail(&samples));
        let reduced = match target {
            Target::Reduced(side_px) => reduce::reduced(&samples, *side_px),
            Target::Whole | Target::Levels => None,
        };
        let (luma, both) = match (reduced, &samples.data) {
            (Some((luma, both)), _) => (luma, Some(both)),
            (None, _) if !options.keep_chroma => (lightness(Levels::rgb(samples)), None),
            (None, Data::U8(data)) => {
                let (luma, both) = lab::rgb8_to_lab(data, width, height);
                (luma, Some(both))
            }
            (None, Data::U16(data)) => {
                let (luma, both) = lab::rgb16_to_lab(data, width, height);
                (luma, Some(both))
            }
        };
        chroma = both.filter(|_| options.keep_chroma);
        luma
    };
    let upright = Upright { orientation, width, height };
    let metadata = sanitize(metadata, upright, &mut warnings);
    let picture = Picture { luma, chroma, thumbnail, alpha, depth, format, metadata, was_gray, warnings };
    Ok((picture, levels))
}

/// What may be written again beside the upright picture.
fn sanitize(metadata: Metadata, upright: Upright, warnings: &mut Vec<String>) -> Metadata {
    let Metadata { exif, xmp, iptc, density, comments, texts, source } = metadata;
    let exif = exif.and_then(|block| {
        let cleaned = exif::sanitize(&block);
        if cleaned.is_none() {
            warnings.push("the EXIF data is broken and was left out".to_string());
        }
        cleaned
    });
    let xmp = xmp.and_then(|packet| {
        let mended = upright.mend(&packet);
        match &mended {
            None => warnings.push("the XMP data is broken and was left out".to_string()),
            Some((_, true)) => warnings.push(
                "the XMP data spoke of a film, a gain map or a thumbnail, which the result does not have; that was left out"
                    .to_string(),
            ),
            Some(_) => {}
        }
        mended.map(|(packet, _)| packet)
    });
    let density = density.or_else(|| exif::density(exif.as_deref()?));
    let density = density.map(|d| if upright.orientation >= 5 { d.turned() } else { d });
    Metadata { exif, xmp, iptc, density, comments, texts, source }
}

pub(crate) fn ignored_profile(why: &str) -> String {
    format!("the ICC profile was ignored ({why}); colours are read as sRGB")
}

fn cmyk_to_rgb(
    samples: Samples,
    profile: Option<Profile>,
    warnings: &mut Vec<String>,
) -> Result<Samples, MediaError> {
    let Samples { width, height, data, .. } = samples;
    let pixels = width * height;
    let data = match data {
        Data::U8(inks) => {
            let mut rgb = crate::limits::zeroed(pixels * 3)?;
            let converted = profile.map(|profile| {
                if !profile.is_cmyk() {
                    return Err("it does not describe CMYK".to_string());
                }
                profile.cmyk8_to_srgb(&inks, &mut rgb, width)
            });
            match converted {
                Some(Ok(())) => {}
                other => {
                    if let Some(Err(why)) = other {
                        warnings.push(ignored_profile(&why));
                    }
                    mix_inks(&inks, &mut rgb, |ink, black| {
                        ((255 - u32::from(ink)) * (255 - u32::from(black)) + 127).div_euclid(255) as u8
                    });
                }
            }
            Data::U8(rgb)
        }
        Data::U16(inks) => {
            if profile.is_some() {
                warnings.push(ignored_profile("16-bit CMYK is converted without it"));
            }
            let mut rgb = crate::limits::zeroed(pixels * 3)?;
            mix_inks(&inks, &mut rgb, |ink, black| {
                ((65535 - u64::from(ink)) * (65535 - u64::from(black)) + 32767).div_euclid(65535) as u16
            });
            Data::U16(rgb)
        }
    };
    Ok(Samples { width, height, layout: Layout::Rgb, data })
}

fn mix_inks<T: Copy>(inks: &[T], rgb: &mut [T], mix: impl Fn(T, T) -> T) {
    for (rgb, inks) in rgb.chunks_exact_mut(3).zip(inks.chunks_exact(4)) {
        for (channel, &ink) in rgb.iter_mut().zip(inks) {
            *channel = mix(ink, inks[3]);
        }
    }
}
