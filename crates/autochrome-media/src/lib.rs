//! Bytes to pictures and back, with orientation, ICC, EXIF, 16 bits and limits.
//!
//! [`decode`] reads JPEG, PNG, WebP, TIFF, BMP, GIF and PNM into a [`Picture`]: upright, in CIELAB (D65), with alpha and
//! metadata beside it. [`encode`] writes sRGB pixels and that metadata as JPEG, PNG, WebP or TIFF. Bytes are judged by
//! their content, never by a file name, and limits are checked on the header before memory for pixels is taken.
//!
//! What is decided here once for everybody:
//! - Animations (GIF, WebP, APNG) give their first frame and a warning, TIFF files of several pages their first page;
//!   [`decode_page`] reads the others.
//! - A broken ICC profile or broken EXIF is left out with a warning; broken pixels are an error.
//! - A JPEG whose data ends before its last row is [`MediaError::Truncated`], though half of it might be shown; other damage
//!   is shown as libjpeg shows it, with a warning.
//! - JPEG has no alpha: it is dropped when one is written.
//!
//! ```
//! use autochrome_media::{DecodeOptions, EncodeOptions, Format, Pixels, Raster, decode, encode};
//!
//! let bytes = b"P5 2 1 255 \x00\xff"; // a PGM of one black and one white pixel
//! let picture = decode(bytes, &DecodeOptions::default())?;
//! assert!(picture.was_gray && picture.luma.data()[1] > 99.9);
//!
//! let raster = Raster::new(2, 1, Pixels::Rgb8(vec![0, 0, 0, 255, 250, 240]))?;
//! let png = encode(&raster, &picture.metadata, &EncodeOptions::new(Format::Png))?;
//! assert_eq!(Format::sniff(&png)?, Format::Png);
//! # Ok::<(), autochrome_media::MediaError>(())
//! ```

mod decode;
mod directory;
mod encode;
mod error;
mod exif;
mod file;
mod format;
mod frame;
mod icc;
mod iptc;
mod kind;
mod levels;
mod limits;
mod metadata;
mod negative;
mod open;
mod overview;
mod picture;
mod samples;
mod source_id;
mod spans;
mod xmp;

pub use decode::{
    DecodeOptions, Header, decode, decode_levels, decode_page, decode_reduced, page_count, probe, probe_page,
};
pub use encode::{
    Blend, EncodeOptions, Layer, OPEN_RASTER_THUMBNAIL_PX, encode, encode_bands, encode_jpeg_rgb8,
    encode_open_raster, join_pages,
};
pub use error::MediaError;
pub use file::{read_file, write_atomic};
pub use format::{Format, foreign_extension};
pub use frame::{Inner, find_frame};
pub use icc::srgb_profile;
pub use kind::{Coloring, Kind, Subject, Thumbnail, ToneCurve, recognize};
pub use levels::Levels;
pub use limits::Limits;
pub use metadata::{Density, Metadata};
pub use overview::Overview;
pub use picture::{Alpha, Depth, Picture, Pixels, Raster};
pub use source_id::SourceId;
