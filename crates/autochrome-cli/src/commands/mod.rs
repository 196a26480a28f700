//! What each command means, one file a command.

pub mod colorize;
pub mod completions;
#[cfg(feature = "dataset")]
pub mod dataset;
#[cfg(feature = "evaluate")]
pub mod evaluate;
pub mod filters;
#[cfg(feature = "serve")]
pub mod jobs;
#[cfg(feature = "serve")]
pub mod keys;
pub mod man;
pub mod memory;
pub mod methods;
pub mod models;
#[cfg(feature = "serve")]
pub mod serve;
#[cfg(feature = "train")]
pub mod train;
pub mod video;
#[cfg(feature = "serve")]
pub mod worker;
