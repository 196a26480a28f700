//! Training: a recipe, a folder of colour pictures, and time become weights.
//!
//! [`run`] follows a [`Recipe`] step by step and writes into one folder: `log.tsv`, `validation.tsv`, `curves.svg`,
//! `samples/`, `checkpoint/`, and the weights `best.safetensors` and `latest.safetensors`. A run that was stopped,
//! even by force, continues from its last checkpoint to the same losses as one that was not. Several processes can
//! [learn together](Replicas), each from its part of every batch.

mod average;
mod checkpoint;
mod chroma;
mod curves;
mod error;
mod learner;
mod log;
mod optimizer;
mod pix2pix;
mod prior;
mod recipe;
mod replicas;
mod run;
mod samples;
mod teachers;
mod trainer;
mod training_device;
mod validate;

pub use autochrome_net::device::{DeviceError, use_threads};
pub use error::TrainError;
pub use recipe::Recipe;
pub use replicas::Replicas;
pub use run::{Event, RunOptions, Summary, run};
pub use validate::{Scores, ValidationSet};
