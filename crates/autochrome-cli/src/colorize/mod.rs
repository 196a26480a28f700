//! From inputs as typed to coloured files: find, name, colour, report.

pub mod guidance;
pub mod inputs;
pub mod outputs;
pub mod report;
pub mod shard;
pub mod worker;
