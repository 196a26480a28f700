//! What can go wrong between bytes and pictures, and whose fault it is.

use std::{io, path::PathBuf};

use crate::Format;

/// Whose fault an error is, and so what kind of answer it deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes or the request are wrong: another file or another option is needed.
    Input,
    /// The bytes may be fine, but this program does not read or write them.
    Unsupported,
    /// The picture is larger than the limits or the format allow.
    Limit,
    /// The operating system refused.
    Io,
}

/// Why a picture could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// There are no bytes.
    #[error("the file is empty; nothing can be read from it")]
    EmptyFile,
    /// The bytes begin like no picture format known here.
    #[error("this is not a picture: the content is none of JPEG, PNG, WebP, TIFF, BMP, GIF or PNM")]
    NotAPicture,
    /// A format that is recognised, but not read.
    #[error("{what} is not supported; {advice}")]
    UnsupportedFormat {
        /// The format's name.
        what: &'static str,
        /// What to do about it.
        advice: &'static str,
    },
    /// A rare variant of a format that is otherwise read.
    #[error(
        "this {format} uses a feature that is not supported ({detail}); save it as 8- or 16-bit RGB or gray"
    )]
    UnsupportedFeature {
        /// The format of the file.
        format: Format,
        /// The decoder's words.
        detail: String,
    },
    /// The file ends before the picture does.
    #[error("this {format} is cut off before its end; fetch or copy it again")]
    Truncated {
        /// The format of the file.
        format: Format,
    },
    /// The file contradicts its format.
    #[error("this {format} is damaged: {detail}")]
    Corrupt {
        /// The format of the file.
        format: Format,
        /// The decoder's words.
        detail: String,
    },
    /// A page was asked for that the file does not have.
    #[error("there is no page {page}; the file has {pages}")]
    NoSuchPage {
        /// The page asked for, counted from 1.
        page: usize,
        /// Pages of the file.
        pages: usize,
    },
    /// The header promises a picture without pixels.
    #[error("this {format} says it is {width} × {height} pixels; a picture needs at least one")]
    ZeroSize {
        /// The format of the file.
        format: Format,
        /// Columns in the header.
        width: u32,
        /// Rows in the header.
        height: u32,
    },
    /// The file is larger than [`crate::Limits::max_bytes`].
    #[error("the file has {bytes} bytes, the limit is {limit}; raise the limit or make it smaller")]
    TooManyBytes {
        /// Size of the file.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The picture has more pixels than [`crate::Limits::max_pixels`].
    #[error(
        "{width} × {height} is more than the limit of {limit} pixels; raise the limit or make it smaller"
    )]
    TooManyPixels {
        /// Columns in the header.
        width: u32,
        /// Rows in the header.
        height: u32,
        /// The limit.
        limit: u64,
    },
    /// The picture is wider or higher than [`crate::Limits::max_side_px`].
    #[error(
        "{width} × {height} has a side above the limit of {limit_px} pixels; raise the limit or make it smaller"
    )]
    SideTooLong {
        /// Columns in the header.
        width: u32,
        /// Rows in the header.
        height: u32,
        /// The limit.
        limit_px: u32,
    },
    /// Memory for the pixels could not be had, or the decoder asked for more than the limits grant.
    #[error("not enough memory for this picture; use a smaller one")]
    OutOfMemory,
    /// The output format cannot hold a picture of that size.
    #[error(
        "{format} holds at most {limit_px} pixels a side, this picture is {width} × {height}; choose another format"
    )]
    FormatLimit {
        /// The output format.
        format: Format,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// The longest side the format can say.
        limit_px: u32,
    },
    /// A format that is read but not written.
    #[error("{format} is read but not written; choose PNG, JPEG, WebP or TIFF")]
    CannotEncode {
        /// The format asked for.
        format: Format,
    },
    /// A quality outside 1..=100.
    #[error("the quality is {quality}; it must lie between 1 and 100")]
    Quality {
        /// The quality asked for.
        quality: u8,
    },
    /// Samples do not fill the stated width and height.
    #[error("{samples} samples do not fill {width} × {height} pixels")]
    Shape {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// Samples given.
        samples: usize,
    },
    /// The encoder failed.
    #[error("{format} could not be written: {detail}")]
    Encode {
        /// The output format.
        format: Format,
        /// The encoder's words.
        detail: String,
    },
    /// The output is there already.
    #[error("{} exists already; allow overwriting or choose another name", path.display())]
    OutputExists {
        /// The output.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file in question.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl MediaError {
    /// A stable name for programs: lower case, words joined by hyphens.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyFile => "empty-file",
            Self::NotAPicture => "not-a-picture",
            Self::UnsupportedFormat { .. } => "unsupported-format",
            Self::UnsupportedFeature { .. } => "unsupported-feature",
            Self::Truncated { .. } => "truncated-file",
            Self::Corrupt { .. } => "corrupt-file",
            Self::NoSuchPage { .. } => "no-such-page",
            Self::ZeroSize { .. } => "zero-size",
            Self::TooManyBytes { .. } => "too-many-bytes",
            Self::TooManyPixels { .. } => "too-many-pixels",
            Self::SideTooLong { .. } => "side-too-long",
            Self::OutOfMemory => "out-of-memory",
            Self::FormatLimit { .. } => "too-large-for-format",
            Self::CannotEncode { .. } => "cannot-encode",
            Self::Quality { .. } => "quality-out-of-range",
            Self::Shape { .. } => "wrong-shape",
            Self::Encode { .. } => "encode-failed",
            Self::OutputExists { .. } => "output-exists",
            Self::Io { .. } => "io-error",
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::EmptyFile
            | Self::NotAPicture
            | Self::Truncated { .. }
            | Self::Corrupt { .. }
            | Self::NoSuchPage { .. }
            | Self::ZeroSize { .. }
            | Self::Quality { .. }
            | Self::Shape { .. } => ErrorKind::Input,
            Self::UnsupportedFormat { .. }
            | Self::UnsupportedFeature { .. }
            | Self::CannotEncode { .. }
            | Self::Encode { .. } => ErrorKind::Unsupported,
            Self::TooManyBytes { .. }
            | Self::TooManyPixels { .. }
            | Self::SideTooLong { .. }
            | Self::OutOfMemory
            | Self::FormatLimit { .. } => ErrorKind::Limit,
            Self::OutputExists { .. } | Self::Io { .. } => ErrorKind::Io,
        }
    }
}
