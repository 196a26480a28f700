//! Networks to train: burn modules, losses and devices of Autochrome.
//!
//! Their shapes, weights files and model cards are those of `autochrome-engine`, which answers with what was trained here
//! without burn. [`backend`] lets a module answer while it is being trained.

pub mod backend;
pub mod device;
pub mod layers;
pub mod losses;
pub mod models;
#[cfg(feature = "libtorch")]
pub mod native;
pub mod norm;
pub mod weights;

pub use autochrome_engine::NetError;
pub use models::Init;
