//! Colour science for Autochrome: CIELAB, gamut bins, CIEDE2000, metrics, chroma upsampling.
//!
//! Everything here is pure arithmetic on samples in memory. Luma is L of CIELAB (D65, 0..=100), chroma its a and b, planes are
//! `f32` row by row, finished pictures interleaved sRGB of 8 or 16 bits.
//!
//! | module | what it answers |
//! |---|---|
//! | [`srgb`], [`lab`] | how bytes become luma and chroma, and back |
//! | [`resize`] | how a plane gets another size |
//! | [`upsample`], [`tone`], [`gamut`], [`render`] | how a method's small chroma becomes a finished picture |
//! | [`bins`] | how a network that classifies colours names them |
//! | [`delta_e`], [`metrics`] | how far a result lies from the truth |
//! | [`parallel`] | how work is spread over the cores |
//! | [`stop`] | whether work is still wanted |

pub mod bins;
mod control;
pub mod delta_e;
pub mod filters;
pub mod gamut;
pub mod lab;
pub mod metrics;
pub mod parallel;
mod plane;
pub mod render;
pub mod resample;
pub mod resize;
pub mod srgb;
pub mod stop;
pub mod tone;
pub mod upsample;
mod vectors;

pub use control::Control;
pub use parallel::Parallel;
pub use plane::{Chroma, Plane};
pub use tone::Tone;
pub use vectors::vectorized;
