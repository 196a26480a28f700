//! Training data: pictures of a folder or a manifest become batches of luma, true colour and simulated hints.
//!
//! ```no_run
//! use autochrome_data::{AugmentOptions, CropOptions, HintOptions, Index, Loader, LoaderOptions};
//!
//! let index = Index::open("films", "train")?;
//! let options = LoaderOptions {
//!     crop: CropOptions::resized(128),
//!     hints: HintOptions::zhang(0.5),
//!     augment: AugmentOptions::old_photographs(0.3),
//!     batch: 16,
//!     ..LoaderOptions::default()
//! };
//! let mut loader = Loader::new(index, options)?;
//! let batch = loader.next_batch()?;
//! assert_eq!(batch.ab.len(), 16 * 2 * 128 * 128);
//! # Ok::<(), autochrome_data::Error>(())
//! ```
//!
//! Everything random is a pure function of the seed and the number of the sample: a run that continues with
//! [`LoaderOptions::start_sample`] sees what an uninterrupted one would have seen, on any number of threads.
//! Tensors are no business of this crate: a [`Batch`] is plain `f32` in NCHW order.

mod augment;
mod batch;
mod cache;
mod crop;
mod error;
mod hints;
mod index;
mod lab;
mod loader;
mod picture;
mod random;

pub use augment::AugmentOptions;
pub use batch::{Batch, Sample, centre_sample};
pub use cache::Skipped;
pub use crop::{CropManner, CropOptions};
pub use error::{Error, Result};
pub use hints::{HintOptions, Patch, reveal};
pub use index::{EXTENSIONS, Index, MANIFEST_NAME};
pub use loader::{Loader, LoaderOptions};
