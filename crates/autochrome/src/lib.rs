//! Give colour to grayscale photographs, offline, on an ordinary CPU.
//!
//! ```
//! use autochrome::{Colorizer, Picture};
//!
//! # let folder = std::env::temp_dir().join(format!("autochrome-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/photos/camera.png");
//! # std::fs::copy(photo, folder.join("grandma.png"))?;
//! # std::env::set_current_dir(&folder)?;
//! let picture = Picture::open("grandma.png")?;
//! let coloured = Colorizer::builtin()?.saturation(1.2).colorize(&picture)?;
//! coloured.save("grandma.color.png")?;
//! # let _ = std::fs::remove_dir_all(&folder);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What happens
//!
//! [`Picture::open`] or [`decode`] makes a [`Picture`] of a file or of bytes: its luma (L of CIELAB, D65) at full resolution, and
//! the metadata to keep. A [method](Method) sees the luma alone and answers with chroma at a size of its own. [`Colorizer`] puts
//! that over the untouched luma, and [`Colored::save`] or [`Colored::encode`] makes a file or bytes again.
//!
//! # Many pictures
//!
//! An [`Order`] is all that is to be done with a picture, checked once; the command line and the HTTP interface make orders, too.
//! A [`Pipeline`] carries orders out from bytes to bytes, on as many threads as you like: it opens methods once, bounds the memory of all
//! pictures together, gives several answers, and says how long each stage took. With the feature `serde` an order can be written
//! and read as JSON (`autochrome::document`).
//!
//! # Choosing
//!
//! [`Colorizer::builtin`] takes the default method and model. [`Colorizer::open`] takes any method of the
//! [registry](registry::methods) and weights of your own, [`Colorizer::with_method`] a [`Method`] that you wrote.
//!
//! [`Colorizer::tone`] adjusts the colours that a method found, [`Colorizer::look`] puts one of the [filters](filters::all)
//! over the finished picture.
//!
//! # Errors
//!
//! Every [`Error`] says whose fault it is ([`Error::blame`]) and what to do, and has a [code](Error::code) that stays the
//! same over versions. No input makes this crate panic.

mod bands;
mod budget;
mod collage;
mod colored;
mod colorizer;
#[cfg(feature = "serde")]
pub mod document;
mod error;
#[cfg(feature = "film")]
pub mod film;
mod framing;
mod guidance_files;
mod layers;
mod memories;
mod model;
mod opened;
mod order;
mod paint;
mod palette;
mod pipeline;
mod prepared;
mod remembered;
mod save;
mod scribbles;
mod wash;

pub use autochrome_color::filters::{self, Look};
pub use autochrome_color::{Chroma, Control, Plane, Tone, tone};
pub use autochrome_engine::{Features, ModelCard, NetError};
pub use autochrome_errors::{Blame, Category, Code};
pub use autochrome_media::{
    Alpha, Coloring, DecodeOptions, Depth, EncodeOptions, Format, Header, Inner, Kind, Limits, MediaError,
    Metadata, Picture, Pixels, Raster, SourceId, Subject, Thumbnail, decode, encode, foreign_extension,
    join_pages, page_count, probe, read_file, srgb_profile, write_atomic,
};
pub use autochrome_methods::{
    Answer, Area, ChoiceSpec, DefaultValue, Fix, Fixes, FoundParts, Guidance, GuidanceKind, GuidanceKinds,
    HashSink, HueChange, IntSpec, Marks, Memory, Method, MethodError, MethodInfo, ModelSource, Mood, Need,
    OptionInput, OptionSpec, OptionValue, Options, PaletteEntry, Paper, Part, PlaceDescription, Point,
    RealSpec, Recolor, Reference, ReferenceSide, ScribbleSession, Srgb, Stroke, Suggestion, SwatchPair,
    SwitchSpec, fixes, models, palette, registry, words,
};
pub use budget::{Budget, Share};
pub use colored::Colored;
pub use colorizer::Colorizer;
pub use error::Error;
pub use guidance_files::{Content, GuidanceFile, GuidanceFiles};
pub use memories::Memories;
pub use model::{Model, Weights};
pub use opened::OpenedPicture;
pub use order::{Extra, MOST_VARIANTS, Order, OrderDraft, Pages, Setting};
pub use paint::{Painted, PaintedAnswer};
pub use pipeline::{
    FailedPage, FileType, Finished, HearPreview, Inspection, Pipeline, ResultFile, Stages, Watch,
};
pub use prepared::{Prepared, Variant};
pub use scribbles::Scribbles;
