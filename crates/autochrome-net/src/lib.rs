//! Networks, losses, weights and inference sessions of Autochrome.
//!
//! A network sees luma and returns chroma; it never sees a file, a picture format or a resolution other than its own
//! working size. Networks are defined once, in [`models`], and used for inference by [`Session`] and for training by
//! the `autochrome-train` crate.

pub mod card;
pub mod device;
pub mod engine;
mod error;
mod features;
pub mod foreign;
mod frame;
pub mod graph;
pub mod layers;
pub mod losses;
pub mod models;
#[cfg(feature = "libtorch")]
pub mod native;
pub mod norm;
mod session;
mod vividness;
pub mod weights;

pub use card::ModelCard;
pub use error::NetError;
pub use features::Features;
pub use session::{Hint, PredictOptions, Session, scale_luma};
