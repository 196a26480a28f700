//! What each command means, one file a command.

pub mod colorize;
pub mod completions;
pub mod dataset;
pub mod evaluate;
pub mod filters;
pub mod keys;
pub mod man;
pub mod memory;
pub mod methods;
pub mod models;
pub mod serve;
#[cfg(feature = "train")]
pub mod train;
pub mod video;
