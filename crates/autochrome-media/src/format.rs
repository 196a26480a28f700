//! Which format some bytes are, judged by their beginning and never by a name.

use std::fmt;

use crate::MediaError;

/// A picture format that is read; four of them are also written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG, 8 bits, lossy.
    Jpeg,
    /// PNG, 8 or 16 bits, with alpha.
    Png,
    /// WebP, 8 bits, with alpha; written lossless.
    WebP,
    /// TIFF, 8 or 16 bits, with alpha.
    Tiff,
    /// Windows bitmap; read only.
    Bmp,
    /// GIF, first frame; read only.
    Gif,
    /// Portable anymap (PBM, PGM, PPM, PAM); read only.
    Pnm,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::Gif => "GIF",
            Self::Pnm => "PNM",
        })
    }
}

impl Format {
    /// Every format that is read.
    pub const ALL: [Self; 7] =
        [Self::Jpeg, Self::Png, Self::WebP, Self::Tiff, Self::Bmp, Self::Gif, Self::Pnm];

    /// The usual file name extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Tiff => "tif",
            Self::Bmp => "bmp",
            Self::Gif => "gif",
            Self::Pnm => "pnm",
        }
    }

    /// The format an extension (without the dot, any case) or a format's own name stands for.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" => Self::Jpeg,
            "png" | "apng" => Self::Png,
            "webp" => Self::WebP,
            "tif" | "tiff" => Self::Tiff,
            "bmp" | "dib" => Self::Bmp,
            "gif" => Self::Gif,
            "pnm" | "pbm" | "pgm" | "ppm" | "pam" => Self::Pnm,
            _ => return None,
        })
    }

    /// The media type (RFC 6838) for HTTP.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Tiff => "image/tiff",
            Self::Bmp => "image/bmp",
            Self::Gif => "image/gif",
            Self::Pnm => "image/x-portable-anymap",
        }
    }

    /// Whether [`crate::encode`] writes it.
    #[must_use]
    pub fn can_encode(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::WebP | Self::Tiff)
    }

    /// The format to write when the input's own is asked for: itself, or PNG where it is read only.
    #[must_use]
    pub fn writable(self) -> Self {
        if self.can_encode() { self } else { Self::Png }
    }

    /// The format of some bytes, of which the first kilobyte is enough.
    ///
    /// # Errors
    /// [`MediaError::EmptyFile`], [`MediaError::UnsupportedFormat`] for a format that is known but not read
    /// (HEIC, AVIF, camera raw, PDF, SVG, films and so on), [`MediaError::NotAPicture`] for all else.
    pub fn sniff(bytes: &[u8]) -> Result<Self, MediaError> {
        if bytes.is_empty() {
            return Err(MediaError::EmptyFile);
        }
        if let Some((what, advice)) = foreign(bytes) {
            return Err(MediaError::UnsupportedFormat { what, advice });
        }
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        if starts(b"\xff\xd8\xff") {
            Ok(Self::Jpeg)
        } else if starts(b"\x89PNG\r\n\x1a\n") {
            Ok(Self::Png)
        } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Ok(Self::WebP)
        } else if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
            Ok(Self::Tiff)
        } else if starts(b"GIF87a") || starts(b"GIF89a") {
            Ok(Self::Gif)
        } else if starts(b"BM") && bytes.len() >= 26 && bytes[6..10] == [0; 4] {
            Ok(Self::Bmp)
        } else if bytes[0] == b'P'
            && matches!(bytes.get(1), Some(b'1'..=b'7'))
            && matches!(bytes.get(2), Some(b' ' | b'\t' | b'\r' | b'\n' | b'#'))
        {
            Ok(Self::Pnm)
        } else {
            Err(MediaError::NotAPicture)
        }
    }
}

/// What files with this extension (without the dot, any case) are, for kinds that people have among their pictures and that are not read:
/// `HEIC`, `PDF`, `camera raw`.
#[must_use]
pub fn foreign_extension(extension: &str) -> Option<&'static str> {
    Some(match extension.to_ascii_lowercase().as_str() {
        "heic" | "heics" => "HEIC",
        "heif" | "heifs" | "hif" => "HEIF",
        "avif" | "avifs" => "AVIF",
        "jxl" => "JPEG XL",
        "jp2" | "j2k" | "j2c" | "jpf" | "jpx" | "jpm" => "JPEG 2000",
        "dng" => "DNG raw",
        "cr2" | "cr3" | "crw" | "nef" | "nrw" | "arw" | "srf" | "sr2" | "raf" | "orf" | "rw2" | "rwl"
        | "pef" | "srw" | "x3f" | "mrw" | "erf" | "kdc" | "dcr" | "3fr" | "fff" | "iiq" | "mos" | "mef"
        | "raw" => "camera raw",
        "pdf" => "PDF",
        "svg" | "svgz" => "SVG",
        "ps" | "eps" | "ai" => "PostScript",
        "psd" | "psb" => "Photoshop PSD",
        "xcf" => "GIMP XCF",
        "kra" | "ora" => "layered picture",
        "djvu" | "djv" => "DjVu",
        "exr" => "OpenEXR",
        "hdr" => "Radiance HDR",
        "ico" | "cur" => "Windows icon",
        "qoi" => "QOI",
        "dds" => "DDS",
        "tga" => "TGA",
        "pcx" => "PCX",
        "mp4" | "m4v" | "mov" | "avi" | "mkv" | "webm" | "mpg" | "mpeg" | "wmv" | "3gp" | "mts" => "film",
        "zip" | "tar" | "gz" | "7z" | "rar" => "archive",
        _ => return None,
    })
}

const CONVERT: &str = "convert it to PNG, TIFF or JPEG first";
pub(crate) const DEVELOP: &str =
    "develop it to a 16-bit TIFF first, for example with darktable or RawTherapee";
const AVIF: &str = "convert it to PNG or JPEG first, for example with avifdec";
const JXL: &str = "convert it to PNG or JPEG first, for example with djxl";
const JP2: &str = "convert it to TIFF or PNG first, for example with opj_decompress";
const LAYERED: &str = "export it as PNG or TIFF from the program that made it";
const PHONE: &str = "share it from the phone as JPEG, or convert it first, for example with heif-convert";
const RASTER: &str = "export the page or drawing as PNG first";
const FILM: &str = "it is a film, not a picture";

/// Name and advice for formats that people will try and that are not read here.
fn foreign(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const MAGICS: &[(usize, &[u8], &str, &str)] = &[
        (0, b"%PDF", "PDF", RASTER),
        (0, b"%!PS", "PostScript", RASTER),
        (0, b"8BPS", "Photoshop PSD", LAYERED),
        (0, b"gimp xcf", "GIMP XCF", LAYERED),
        (0, b"\xff\x0a", "JPEG XL", JXL),
        (0, b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL", JXL),
        (0, b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000", JP2),
        (0, b"\xff\x4f\xff\x51", "JPEG 2000", JP2),
        (0, b"\x76\x2f\x31\x01", "OpenEXR", CONVERT),
        (0, b"#?RADIANCE", "Radiance HDR", CONVERT),
        (0, b"qoif", "QOI", CONVERT),
        (0, b"DDS ", "DDS", CONVERT),
        (0, b"farbfeld", "farbfeld", CONVERT),
        (0, b"\0\0\x01\0", "Windows icon", CONVERT),
        (0, b"AT&TFORM", "DjVu", RASTER),
        (0, b"FUJIFILMCCD-RAW", "Fujifilm raw", DEVELOP),
        (0, b"IIU\0", "Panasonic raw", DEVELOP),
        (0, b"IIRO", "Olympus raw", DEVELOP),
        (0, b"MMOR", "Olympus raw", DEVELOP),
        (0, b"IIRS", "Olympus raw", DEVELOP),
        (0, b"\0MRM", "Minolta raw", DEVELOP),
        (0, b"FOVb", "Sigma raw", DEVELOP),
        (6, b"HEAPCCDR", "Canon raw", DEVELOP),
        (8, b"CR\x02", "Canon raw", DEVELOP),
        (4, b"ftypcrx ", "Canon raw", DEVELOP),
        (4, b"ftypavif", "AVIF", AVIF),
        (4, b"ftypavis", "AVIF", AVIF),
        (4, b"ftyphei", "HEIC", PHONE),
        (4, b"ftyphev", "HEIC", PHONE),
        (4, b"ftypmif1", "HEIF", PHONE),
        (4, b"ftypmsf1", "HEIF", PHONE),
        (4, b"ftyp", "MP4 or QuickTime", FILM),
        (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM", FILM),
        (8, b"AVI ", "AVI", FILM),
        (0, b"\0\0\x01\xba", "MPEG", FILM),
        (0, b"OggS", "Ogg", FILM),
        (0, b"PK\x03\x04", "ZIP archive", "unpack it first"),
        (0, b"\x1f\x8b", "gzip archive", "unpack it first"),
    ];
    for &(offset, magic, what, advice) in MAGICS {
        if bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic)) {
            return Some((what, advice));
        }
    }
    is_svg(bytes).then_some(("SVG", RASTER))
}

/// An `<svg` tag within the first kilobyte of something that begins like XML.
fn is_svg(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    head.starts_with(b"<") && head.windows(4).any(|word| word == b"<svg")
}
