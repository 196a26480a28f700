//! What can go wrong between bytes and pictures, and whose fault it is.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::Format;
use autochrome_errors::ErrorCode;

/// Why a picture could not be read or written.
#[derive(Debug, thiserror::Error, ErrorCode)]
#[non_exhaustive]
pub enum MediaError {
    /// There are no bytes.
    #[error("the file is empty; nothing can be read from it")]
    #[code("empty-file", BadInput)]
    EmptyFile,
    /// The bytes begin like no picture format known here.
    #[error("this is not a picture: the content is none of JPEG, PNG, WebP, TIFF, BMP, GIF or PNM")]
    #[code("not-a-picture", Unsupported)]
    NotAPicture,
    /// A format that is recognised, but not read.
    #[error("{what} is not supported; {advice}")]
    #[code("unsupported-format", Unsupported)]
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
    #[code("unsupported-feature", Unsupported)]
    UnsupportedFeature {
        /// The format of the file.
        format: Format,
        /// The decoder's words.
        detail: String,
    },
    /// The file ends before the picture does.
    #[error("this {format} is cut off before its end; fetch or copy it again")]
    #[code("truncated-file", BadInput)]
    Truncated {
        /// The format of the file.
        format: Format,
    },
    /// The file contradicts its format.
    #[error("this {format} is damaged: {detail}")]
    #[code("corrupt-file", BadInput)]
    Corrupt {
        /// The format of the file.
        format: Format,
        /// The decoder's words.
        detail: String,
    },
    /// A page was asked for that the file does not have.
    #[error("there is no page {page}; the file has {pages}")]
    #[code("no-such-page", BadInput)]
    NoSuchPage {
        /// The page asked for, counted from 1.
        page: usize,
        /// Pages of the file.
        pages: usize,
    },
    /// The header promises a picture without pixels.
    #[error("this {format} says it is {width} × {height} pixels; a picture needs at least one")]
    #[code("zero-size", BadInput)]
    ZeroSize {
        /// The format of the file.
        format: Format,
        /// Columns in the header.
        width: u32,
        /// Rows in the header.
        height: u32,
    },
    /// The file is larger than [`crate::Limits::max_bytes`].
    #[error("the file has {bytes} bytes, the limit is {limit}; make it smaller")]
    #[code("too-many-bytes", TooLarge)]
    TooManyBytes {
        /// Size of the file.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The picture has more pixels than [`crate::Limits::max_pixels`].
    #[error("{width} × {height} is more than the limit of {limit} pixels; make it smaller")]
    #[code("too-many-pixels", TooLarge)]
    TooManyPixels {
        /// Columns in the header.
        width: u32,
        /// Rows in the header.
        height: u32,
        /// The limit.
        limit: u64,
    },
    /// The picture is wider or higher than [`crate::Limits::max_side_px`].
    #[error("{width} × {height} has a side above the limit of {limit_px} pixels; make it smaller")]
    #[code("side-too-long", TooLarge)]
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
    #[code("out-of-memory", TooLarge)]
    OutOfMemory,
    /// The output format cannot hold a picture of that size.
    #[error(
        "{format} holds at most {limit_px} pixels a side, this picture is {width} × {height}; choose another format"
    )]
    #[code("too-large-for-format", BadInput)]
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
    #[code("cannot-encode", BadRequest)]
    CannotEncode {
        /// The format asked for.
        format: Format,
    },
    /// A quality outside 1..=100.
    #[error("the quality is {quality}; it must lie between 1 and 100")]
    #[code("quality-out-of-range", BadRequest)]
    Quality {
        /// The quality asked for.
        quality: u8,
    },
    /// Samples do not fill the stated width and height.
    #[error("{samples} samples do not fill {width} × {height} pixels")]
    #[code("wrong-shape", BadInput)]
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
    #[code("encode-failed", BadInput)]
    Encode {
        /// The output format.
        format: Format,
        /// The encoder's words.
        detail: String,
    },
    /// The output is there already.
    #[error("{} exists already; allow overwriting or choose another name", path.display())]
    #[code("output-exists", Environment)]
    OutputExists {
        /// The output.
        path: PathBuf,
    },
    /// A folder, device or pipe where a file is needed.
    #[error("{} is no regular file; name another", path.display())]
    #[code("not-a-file", Environment)]
    NotAFile {
        /// What is there.
        path: PathBuf,
    },
    /// A file name without an extension, or with one that names no format.
    #[error("{}: the extension names no format; choose .png, .jpg, .webp or .tif", path.display())]
    #[code("unknown-extension", BadRequest)]
    UnknownExtension {
        /// The output.
        path: PathBuf,
    },
    /// Any of the errors whose message does not say by itself which file it is about.
    #[error("{}: {source}", path.display())]
    #[code(transparent)]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<MediaError>,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    #[code("io-error", Environment)]
    Io {
        /// The file in question.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl MediaError {
    /// The same with the name of the file, unless it says that already.
    #[must_use]
    pub fn at(self, path: &Path) -> Self {
        match self {
            Self::Io { .. }
            | Self::OutputExists { .. }
            | Self::NotAFile { .. }
            | Self::UnknownExtension { .. }
            | Self::File { .. } => self,
            error => Self::File { path: path.to_owned(), source: Box::new(error) },
        }
    }
}
