//! Films through the `ffmpeg` and `ffprobe` processes: their frames as pictures, and whole films in colour.
//!
//! The processes get argument vectors, never a shell; frames come through a pipe, never
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

mod codec;
mod codes;
mod colorist;
mod colorize;
mod complaints;
mod container;
mod cuts;
mod encoder;
mod error;
mod ffmpeg;
mod follow;
mod frames;
mod graph;
mod join;
mod key;
mod layout;
mod motion;
mod nut;
mod nut_write;
mod paint;
mod parts;
mod plan;
mod planes;
mod probe;
mod reader;
mod scenes;
mod segments;
mod shot;
mod small;
mod source;
mod spans;
mod spread;
mod telecine;

pub use codec::Codec;
pub use colorist::{Colorist, ColoristError, KEYFRAME_PX, KeyColors, Keyframe, NETWORK_TRUST};
pub use colorize::{FilmOptions, FilmSummary, Progress, colorize};
pub use container::{Container, Fate};
pub use cuts::CutDetector;
pub use error::{FilmError, Result};
pub use ffmpeg::Ffmpeg;
pub use follow::{Spot, Track, follow};
pub use frames::{Ending, Frame, FrameOptions, Frames, Moment};
pub use graph::{Every, SMALL_HEIGHT, SMALL_WIDTH};
pub use layout::{Layout, Request, Sampling};
pub use parts::{Existing, parts_folder};
pub use probe::{Film, Scan, probe};
pub use reader::Range;
pub use scenes::{SceneFrame, SceneOptions, scenes, still};
pub use segments::{ColoredSegment, Outline, Segment, colorize_segment, join_segments, segments};
pub use source::{ColorTags, Kind, Other, Source};
