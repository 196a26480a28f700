//! The ways Autochrome finds colour: one trait, one kind of guidance, one registry.
//!
//! A [`Method`] sees the luma of a picture and what a person said about its colours ([`Guidance`]), and answers
//! with chroma at whatever size it likes. It never sees a file, a byte of an encoded picture, a clock or the
//! environment; decoding, upsampling, tone and encoding are shared by all methods and live elsewhere.
//!
//! The [`registry`] lists every method. Command-line help, the API and the documentation are made from it, so a
//! new method is one file here and one line there.
//!
//! ```
//! use autochrome_color::Plane;
//! use autochrome_methods::{Guidance, Options, registry};
//!
//! let gray = registry::find("gray")?.open(None)?;
//! let luma = Plane::filled(640, 480, 50.0);
//! let answers = gray.colorize(&luma, &Guidance::default(), &Options::default())?;
//! assert!(answers[0].chroma.a.data().iter().all(|&a| a == 0.0));
//! # Ok::<(), autochrome_methods::MethodError>(())
//! ```

mod change;
mod conversion;
mod error;
mod example;
pub mod fixes;
mod gray;
mod guidance;
mod hues;
mod kinds;
mod method;
pub mod models;
mod mood;
mod neural;
mod notation;
mod options;
mod palette;
pub mod registry;
mod scribble;
mod sink;
pub mod words;

pub use error::MethodError;
pub use example::memory::{MOST_PICTURES, Memory};
pub use fixes::{Fix, Fixes, FoundParts, HueChange, Part};
pub use guidance::{Area, Guidance, Marks, Point, Recolor, Reference, Srgb, Stroke, SwatchPair};
pub use kinds::{GuidanceKind, GuidanceKinds};
pub use method::{Answer, Method, MethodInfo, Need, Paper, PlaceDescription, ReferenceSide, Suggestion};
pub use models::ModelSource;
pub use mood::Mood;
pub use options::{
    ChoiceSpec, DefaultValue, IntSpec, OptionInput, OptionSpec, OptionValue, Options, RealSpec, SwitchSpec,
};
pub use palette::{PaletteEntry, palette};
pub use scribble::ScribbleSession;
pub use sink::HashSink;
