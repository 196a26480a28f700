//! Frames of films through the `ffmpeg` and `ffprobe` processes.
//!
//! This is the only crate that starts processes. They get argument vectors, never a shell; frames come through a pipe, never
//! through temporary files; and a film may name no other file and no network address. What is decided here once:
//!
//! - Frames are upright, have square pixels, and are sRGB-coded full-range RGB: rotation, pixel aspect, colour matrix and range
//!   of the film are honoured. A film that names no matrix is taken as BT.709 when it is HD, else as BT.601.
//! - Interlaced frames are deinterlaced. HDR (PQ, HLG) is tone-mapped to BT.709 where FFmpeg has zscale, else refused.
//! - Time is the film's own time stamps, so that a variable frame rate is no special case.
//!
//! ```no_run
//! use autochrome_film::{Every, Ffmpeg, FrameOptions, Frames, probe};
//!
//! let ffmpeg = Ffmpeg::find()?;
//! let film = probe(&ffmpeg, "holiday.mp4".as_ref())?;
//! let mut frames = Frames::open(&ffmpeg, &film, FrameOptions::new(Every::Seconds(1.0)))?;
//! while let Some(moment) = frames.next_moment()? {
//!     if let Some(picture) = moment.picture {
//!         println!("{:.3} s: {} × {}", moment.timestamp_s, picture.width, picture.height);
//!     }
//! }
//! # Ok::<(), autochrome_film::FilmError>(())
//! ```

mod cuts;
mod error;
mod ffmpeg;
mod frames;
mod graph;
mod nut;
mod probe;

pub use cuts::CutDetector;
pub use error::{FilmError, Result};
pub use ffmpeg::Ffmpeg;
pub use frames::{Ending, Frame, FrameOptions, Frames, Moment};
pub use graph::{Every, SMALL_HEIGHT, SMALL_WIDTH};
pub use probe::{Film, Scan, probe};
