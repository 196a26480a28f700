//! Who finds the colours of keyframes: the one thing about films that this crate leaves to others.

use autochrome_color::{Chroma, Plane};

/// A frame whose colours are wanted.
#[derive(Clone, Debug)]
pub struct Keyframe {
    /// Its number, from 0.
    pub number: u64,
    /// Seconds from the film's first moment.
    pub timestamp_s: f64,
    /// Number of its scene, from 0.
    pub scene: u64,
    /// L of CIELAB (D65), 0..=100, with square pixels, at most [`KEYFRAME_PX`] along a side.
    pub luma: Plane,
    /// a and b of CIELAB (D65) that the film has already, at the size of `luma`, where [`Colorist::needs_colors`] asks for them.
    pub chroma: Option<Chroma>,
}

/// Longer side of keyframes.
pub const KEYFRAME_PX: usize = 768;

/// The colours of a keyframe.
#[derive(Clone, Debug)]
pub struct KeyColors {
    /// a and b of CIELAB (D65), of any size, stretched over the frame.
    pub chroma: Chroma,
    /// How much these colours count against those that the scene has had so far, 0..=1, where the same thing is seen again.
    pub trust: f32,
}

/// The share of a network's colours in a keyframe, where its scene has colours already: one scene, one set of colours.
pub const NETWORK_TRUST: f32 = 0.3;

/// Why there are no colours.
pub type ColoristError = Box<dyn std::error::Error + Send + Sync>;

/// Finds the colours of keyframes.
pub trait Colorist: Sync {
    /// The colours of a keyframe; they come in order.
    ///
    /// # Errors
    /// When there are none; the film ends there.
    fn colors(&self, key: &Keyframe) -> Result<KeyColors, ColoristError>;

    /// Whether a frame must be a keyframe, besides those that are chosen anyway.
    fn is_required_keyframe(&self, _number: u64) -> bool {
        false
    }

    /// Whether keyframes must come with the colours that they have.
    fn needs_colors(&self) -> bool {
        false
    }
}
