//! The chunks of a PNG beside its pixels: density, texts, and what its samples mean where it has no profile.
//!
//! # Source
//! W3C Portable Network Graphics (third edition), sections 11.3 and 13.13.

use std::io::Read as _;

use crate::{icc, iptc, metadata::Density};

/// Longest text that is unpacked; longer ones are left out.
const LONGEST_TEXT: u64 = 1 << 20;
/// Most bytes of all texts together.
const ALL_TEXTS: usize = 8 << 20;
/// The keyword of the XMP packet, which is read elsewhere.
const XMP: &str = "XML:com.adobe.xmp";
/// The keywords under which ImageMagick and others keep IPTC records, in hexadecimal.
const RAW_IPTC: &str = "Raw profile type iptc";

/// What was found.
#[derive(Default)]
pub(super) struct Words {
    pub density: Option<Density>,
    pub texts: Vec<(String, String)>,
    pub iptc: Option<Vec<u8>>,
    /// A profile that stands for `cICP`, or for `gAMA` and `cHRM`.
    pub profile: Option<Vec<u8>>,
}

impl Words {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut words = Self::default();
        let (mut gamma, mut chromaticities, mut code_points) = (None, None, None);
        let (mut is_srgb, mut has_profile) = (false, false);
        let mut total = 0;
        let mut rest = bytes.get(8..).unwrap_or_default();
        while let Some((name, body, after)) = chunk(rest) {
            rest = after;
            match name {
                b"pHYs" => words.density = density(body),
                b"gAMA" => gamma = number(body, 0),
                b"cHRM" => {
                    let all: Option<Vec<f64>> = (0..8).map(|i| number(body, i)).collect();
                    chromaticities = all.and_then(|v| v.try_into().ok());
                }
                b"sRGB" => is_srgb = true,
                b"iCCP" => has_profile = true,
                b"cICP" => code_points = body.first_chunk::<4>().copied(),
                b"tEXt" | b"zTXt" | b"iTXt" => {
                    if let Some((key, text)) =
                        text(name, body).filter(|(_, text)| total + text.len() <= ALL_TEXTS)
                    {
                        total += text.len();
                        if key.eq_ignore_ascii_case(RAW_IPTC) {
                            words.iptc = raw_iptc(&text);
                        } else if key != XMP && !key.starts_with("Raw profile type ") {
                            words.texts.push((key, text));
                        }
                    }
                }
                _ => {}
            }
        }
        // Section 4.3: cICP before iCCP before sRGB before gAMA.
        words.profile = match (code_points, gamma) {
            // Only RGB at full range has a place in a PNG.
            (Some([primaries, transfer, 0, 1]), _) => icc::from_code_points(primaries, transfer),
            (_, Some(gamma)) if !is_srgb && !has_profile => icc::from_gamma(gamma, chromaticities),
            _ => None,
        };
        words
    }
}

type Chunk<'a> = (&'a [u8; 4], &'a [u8], &'a [u8]);

/// Name and body of the next chunk, and what follows it.
fn chunk(bytes: &[u8]) -> Option<Chunk<'_>> {
    let len = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
    let name = bytes.get(4..8)?.first_chunk()?;
    let body = bytes.get(8..8usize.checked_add(len)?)?;
    Some((name, body, bytes.get(12 + len..).unwrap_or_default()))
}

/// The number at a place in a list, stored in 100,000ths.
fn number(body: &[u8], at: usize) -> Option<f64> {
    let bytes = body.get(at * 4..at * 4 + 4)?.first_chunk()?;
    Some(f64::from(u32::from_be_bytes(*bytes)) / 1e5)
}

fn density(body: &[u8]) -> Option<Density> {
    let whole = |at: usize| Some(f64::from(u32::from_be_bytes(*body.get(at..at + 4)?.first_chunk()?)));
    // Unit 1 is the metre; without one it is the shape of a pixel.
    (body.get(8) == Some(&1)).then_some(())?;
    Density::from_metre(whole(0)?, whole(4)?)
}

fn text(name: &[u8; 4], body: &[u8]) -> Option<(String, String)> {
    let (key, rest) = split(body)?;
    let latin = |bytes: &[u8]| bytes.iter().map(|&b| char::from(b)).collect::<String>();
    let text = match name {
        b"tEXt" => latin(rest),
        b"zTXt" => latin(&inflated(rest.get(1..)?)?),
        _ => {
            let (&[is_packed, _method], rest) = rest.split_first_chunk::<2>()?;
            let (_language, rest) = split(rest)?;
            let (_translated, rest) = split(rest)?;
            let bytes = if is_packed == 1 { inflated(rest)? } else { rest.to_vec() };
            String::from_utf8(bytes).ok()?
        }
    };
    (!key.is_empty()).then(|| (latin(key), text))
}

/// What stands before and behind the next zero byte.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|&b| b == 0)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    flate2::read::ZlibDecoder::new(bytes).take(LONGEST_TEXT + 1).read_to_end(&mut text).ok()?;
    (text.len() as u64 <= LONGEST_TEXT).then_some(text)
}

/// IPTC records as ImageMagick writes them: a name, a length, and hexadecimal digits in lines; often in Photoshop's blocks.
fn raw_iptc(text: &str) -> Option<Vec<u8>> {
    let mut lines = text.trim_start().lines();
    lines.next()?;
    lines.next()?.trim().parse::<usize>().ok()?;
    let digits: Vec<u8> =
        lines.flat_map(str::chars).filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    iptc::from_photoshop(&bytes).or_else(|| iptc::sanitize(&bytes))
}
