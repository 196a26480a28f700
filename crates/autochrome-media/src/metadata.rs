//! What a picture says of itself, kept from input to output.

use crate::{Format, SourceId, exif, iptc, xmp};

/// Pixels an inch in both directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Density {
    /// Columns an inch, above 0.
    pub x_dpi: f64,
    /// Rows an inch, above 0.
    pub y_dpi: f64,
}

impl Density {
    /// `None` for numbers that are no density.
    pub(crate) fn new(x_dpi: f64, y_dpi: f64) -> Option<Self> {
        let is_good = |dpi: f64| (0.1..=1e6).contains(&dpi);
        (is_good(x_dpi) && is_good(y_dpi)).then_some(Self { x_dpi, y_dpi })
    }

    pub(crate) fn from_metre(x: f64, y: f64) -> Option<Self> {
        Self::new(x * 0.0254, y * 0.0254)
    }

    /// The other way up, for a picture that is turned by a quarter.
    pub(crate) fn turned(self) -> Self {
        Self { x_dpi: self.y_dpi, y_dpi: self.x_dpi }
    }
}

/// EXIF, XMP, IPTC, density, comments and texts of a picture, cleaned for writing: upright, no thumbnail, no pointers to
/// what is not there any more.
///
/// An ICC profile is not part of it: decoding converts to sRGB, and encoding writes a profile that says so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    pub(crate) exif: Option<Vec<u8>>,
    pub(crate) xmp: Option<Vec<u8>>,
    pub(crate) iptc: Option<Vec<u8>>,
    pub(crate) density: Option<Density>,
    pub(crate) comments: Vec<String>,
    pub(crate) texts: Vec<(String, String)>,
    /// The file that all of it was read from.
    pub(crate) source: Option<SourceId>,
}

impl Metadata {
    /// The EXIF block: a TIFF header and its directories, without the `Exif\0\0` prefix of JPEG.
    #[must_use]
    pub fn exif(&self) -> Option<&[u8]> {
        self.exif.as_deref()
    }

    /// The XMP packet, UTF-8.
    #[must_use]
    pub fn xmp(&self) -> Option<&[u8]> {
        self.xmp.as_deref()
    }

    /// The IPTC records (IIM 4.2), as they stood in the file.
    #[must_use]
    pub fn iptc(&self) -> Option<&[u8]> {
        self.iptc.as_deref()
    }

    /// Pixels an inch, from the file's own field or else from EXIF.
    #[must_use]
    pub fn density(&self) -> Option<Density> {
        self.density
    }

    /// Comments of a JPEG, in their order.
    #[must_use]
    pub fn comments(&self) -> &[String] {
        &self.comments
    }

    /// Texts of a PNG: keyword and text, in their order.
    #[must_use]
    pub fn texts(&self) -> &[(String, String)] {
        &self.texts
    }

    /// What a file of this format could not hold of it, one plain sentence each.
    #[must_use]
    pub fn lost_in(&self, format: Format) -> Vec<String> {
        let mut lost = Vec::new();
        let mut say = |is_lost: bool, what: &str| {
            if is_lost {
                lost.push(format!("{format} has no place for {what}; left out"));
            }
        };
        let size = |block: &Option<Vec<u8>>| block.as_ref().map_or(0, Vec::len);
        match format {
            Format::Jpeg => {
                say(size(&self.exif) > exif::JPEG_LIMIT, "EXIF data of more than 64 KB");
                say(size(&self.xmp) > xmp::JPEG_LIMIT, "XMP data of more than 64 KB");
                say(size(&self.iptc) > iptc::JPEG_LIMIT, "IPTC data of more than 64 KB");
            }
            Format::Tiff => {
                say(!self.comments.is_empty(), "comments");
                say(!self.texts.is_empty(), "PNG texts");
            }
            Format::WebP => {
                say(self.iptc.is_some(), "IPTC data");
                say(!self.comments.is_empty(), "comments");
                say(!self.texts.is_empty(), "PNG texts");
            }
            _ => {}
        }
        lost
    }

    /// Whether a person, or another program, has described the picture already.
    pub(crate) fn is_described(&self) -> bool {
        const CAPTIONS: [&str; 3] = ["Description", "Comment", "Title"];
        !self.comments.is_empty()
            || self.texts.iter().any(|(key, _)| CAPTIONS.contains(&key.as_str()))
            || self.iptc.as_deref().is_some_and(iptc::has_caption)
            || self.exif.as_deref().is_some_and(exif::is_described)
            || self.xmp.as_deref().is_some_and(xmp::is_described)
    }
}
