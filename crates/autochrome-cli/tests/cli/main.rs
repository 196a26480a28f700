//! The program as a user meets it: every test runs the binary in a fresh folder of its own.

mod util;

mod contract;
mod folders;
mod interrupt;
mod listing;
mod naming;
mod photos;
mod pipes;
mod train;
