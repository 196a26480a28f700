//! Give colour to grayscale photographs, offline, on an ordinary CPU.
//!
//! ```
//! use autochrome::{Colorizer, DecodeOptions, EncodeOptions, Format};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir();
//! # let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/photos/camera.png");
//! let bytes = std::fs::read(photo)?;
//! let picture = autochrome::decode(&bytes, &DecodeOptions::default())?;
//! let coloured = Colorizer::builtin()?.saturation(1.2).colorize(&picture)?;
//! let png = coloured.encode(&EncodeOptions::new(Format::Png))?;
//! autochrome::write_atomic(&folder.join("camera.color.png"), &png, true)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What happens
//!
//! [`decode`] makes a [`Picture`] of bytes: its luma (L of CIELAB, D65) at full resolution, and the metadata to keep. A
//! [method](Method) sees the luma alone and answers with chroma at a size of its own. [`Colorizer`] puts that over the
//! untouched luma, and [`Colored::encode`] makes bytes again. [`Colorizer::run`] does all of it and says how long each
//! stage took.
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

mod collage;
mod colored;
mod colorizer;
mod error;
mod pipeline;
mod scribbles;

pub use autochrome_color::filters::{self, Look};
pub use autochrome_color::{Chroma, Control, Plane, Tone, tone};
pub use autochrome_media::{
    Alpha, DecodeOptions, Depth, EncodeOptions, Format, Header, Limits, MediaError, Metadata, Picture,
    Pixels, Raster, decode, encode, probe, read_file, write_atomic,
};
pub use autochrome_methods::{
    Answer, Area, ChoiceSpec, DefaultValue, Guidance, GuidanceKind, GuidanceKinds, IntSpec, Marks, Method,
    MethodError, MethodInfo, ModelSource, Need, OptionInput, OptionSpec, OptionValue, Options, PaletteEntry,
    Paper, Point, RealSpec, Recolor, Reference, ReferenceSide, ScribbleSession, Srgb, Stroke, SwatchPair,
    SwitchSpec, models, palette, registry,
};
pub use autochrome_net::{ModelCard, NetError};
pub use colored::Colored;
pub use colorizer::Colorizer;
pub use error::{Blame, Error};
pub use pipeline::{Request, Response, Stages};
pub use scribbles::{Scribbles, overlay};
