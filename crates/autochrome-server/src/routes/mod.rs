//! One file a resource.

pub mod colorize;
pub mod docs;
pub mod events;
pub mod films;
pub mod health;
pub mod inspect;
pub mod jobs;
pub mod looks;
pub mod memories;
pub mod palette;
pub mod pictures;
pub mod registry;
pub mod suggest;
