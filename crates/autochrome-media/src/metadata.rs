//! What a picture says of itself, kept from input to output.

/// EXIF and XMP of a picture, cleaned for writing: upright orientation, no thumbnail.
///
/// An ICC profile is not part of it: decoding converts to sRGB, and encoding writes a profile that says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
}

impl Metadata {
    pub(crate) fn new(exif: Option<Vec<u8>>, xmp: Option<Vec<u8>>) -> Self {
        Self { exif, xmp }
    }

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
}
