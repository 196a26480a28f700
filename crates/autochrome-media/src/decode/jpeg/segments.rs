//! The segments of a JPEG that say something of the picture: EXIF, XMP, ICC, IPTC, comments, density.

use super::frame::{next_marker, segment};
use crate::{exif, iptc, metadata::Density, xmp};

const XMP_PREFIX: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENSION_PREFIX: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const ICC_PREFIX: &[u8] = b"ICC_PROFILE\0";

/// What stands before the first scan.
#[derive(Default)]
pub(crate) struct Segments {
    pub exif: Option<Vec<u8>>,
    pub xmp: Option<Vec<u8>>,
    pub icc: Option<Vec<u8>>,
    pub iptc: Option<Vec<u8>>,
    pub density: Option<Density>,
    pub comments: Vec<String>,
}

impl Segments {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        let mut profile: Vec<(u8, &[u8])> = Vec::new();
        // Parts of the extension, by their offset; one file holds one.
        let mut extension: Vec<(u32, &[u8])> = Vec::new();
        let mut photoshop = Vec::new();
        let mut at = 0;
        while let Some((marker, body_at, _)) = next_marker(bytes, at) {
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                at = body_at;
                continue;
            }
            let Some((body, end)) = segment(bytes, body_at).filter(|_| !matches!(marker, 0xd9 | 0xda)) else {
                break;
            };
            at = end;
            match marker {
                0xe0 if body.starts_with(b"JFIF\0") => found.density = density(body),
                0xe1 if body.starts_with(b"Exif\0") && found.exif.is_none() => {
                    found.exif = Some(exif::without_prefix(body).to_vec());
                }
                0xe1 if body.starts_with(XMP_PREFIX) && found.xmp.is_none() => {
                    found.xmp = Some(body[XMP_PREFIX.len()..].to_vec());
                }
                0xe1 if body.starts_with(EXTENSION_PREFIX) => {
                    // A name of 32 letters, the whole length, the offset of this part.
                    if let Some((head, part)) = body[EXTENSION_PREFIX.len()..].split_at_checked(40) {
                        extension.push((u32::from_be_bytes([head[36], head[37], head[38], head[39]]), part));
                    }
                }
                0xe2 if body.starts_with(ICC_PREFIX) && body.len() > 14 => {
                    profile.push((body[12], &body[14..]))
                }
                0xed if body.starts_with(iptc::PREFIX) => photoshop.extend(&body[iptc::PREFIX.len()..]),
                0xfe => found.comments.extend(comment(body)),
                _ => {}
            }
        }
        profile.sort_by_key(|&(number, _)| number);
        found.icc =
            (!profile.is_empty()).then(|| profile.iter().flat_map(|(_, part)| *part).copied().collect());
        found.iptc = iptc::from_photoshop(&photoshop);
        if let Some(packet) = found.xmp.take() {
            extension.sort_by_key(|&(offset, _)| offset);
            let whole: Vec<u8> = extension.iter().flat_map(|(_, part)| *part).copied().collect();
            found.xmp = Some(xmp::joined(packet, &whole));
        }
        found
    }
}

/// # Source
/// ITU-T T.871 (JFIF 1.02), section 10.1.
fn density(body: &[u8]) -> Option<Density> {
    let [unit, x1, x0, y1, y0] = *body.get(7..12)?.first_chunk()?;
    let (x, y) = (f64::from(u16::from_be_bytes([x1, x0])), f64::from(u16::from_be_bytes([y1, y0])));
    match unit {
        1 => Density::new(x, y),
        2 => Density::new(x * 2.54, y * 2.54),
        // Without a unit it is the shape of a pixel.
        _ => None,
    }
}

/// A comment as text: UTF-8, or else Latin 1, which old programs wrote.
fn comment(body: &[u8]) -> Option<String> {
    let end = body.iter().rposition(|&b| b != 0)? + 1;
    let body = &body[..end];
    let text = std::str::from_utf8(body)
        .map_or_else(|_| body.iter().map(|&b| char::from(b)).collect(), str::to_string);
    (!text.trim().is_empty()).then_some(text)
}
