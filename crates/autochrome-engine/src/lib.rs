//! Trained networks at work: weights, model cards, graphs, ONNX and the CPU engine of Autochrome.
//!
//! A network sees luma and returns chroma; it never sees a file, a picture format or a resolution other than its own
//! working size. [`Session`] is a network ready to answer, computed by a [`Backend`]: the [`engine`] here, ONNX Runtime,
//! or a module that is being trained (`autochrome-net`).

mod backend;
pub mod card;
pub mod engine;
mod error;
mod features;
mod float16;
pub mod foreign;
mod frame;
pub mod graph;
pub mod networks;
mod recent;
mod segmentation;
mod session;
#[doc(hidden)]
pub mod tests_support;
mod vividness;
pub mod weights;

pub use backend::{Backend, Question, Sides, ab_chroma, rgb_chroma, scale_luma};
pub use card::ModelCard;
pub use error::NetError;
pub use features::Features;
pub use recent::Recent;
pub use segmentation::{Segmentation, UsualColor};
pub use session::{Hint, PredictOptions, Session, View};
