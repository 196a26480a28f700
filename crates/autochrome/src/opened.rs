//! A picture that is coloured again and again, while somebody paints on it: read once.

use std::sync::{Arc, Mutex, PoisonError};

use autochrome_color::Chroma;
use autochrome_media::{Kind, Picture};

use crate::prepared::shrunk;

/// Sizes of the picture that are kept beside the whole: that of a preview, and that of a quicker one.
const SIZES: usize = 2;

/// Mean chroma, in units of CIELAB, below which a picture is gray to the eye: JPEG gives grays a little colour.
const GRAY: f32 = 1.5;

/// Share of the squared chroma that one hue must explain in a picture of one tone.
const ONE_TONE: f32 = 0.97;

/// What colours a picture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tint {
    /// None that an eye would see.
    Gray,
    /// One hue, as sepia prints have.
    Toned,
    /// Several.
    Colored,
}

impl Tint {
    /// Its name for programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Gray => "gray",
            Self::Toned => "toned",
            Self::Colored => "color",
        }
    }

    /// That of a picture with this chroma, if it has any.
    pub(crate) fn of(chroma: Option<&Chroma>) -> Self {
        let Some(Chroma { a, b }) = chroma else { return Self::Gray };
        // Every 16th sample says as much as all.
        let pairs = || a.data().iter().zip(b.data()).step_by(16).map(|(a, b)| (f64::from(*a), f64::from(*b)));
        let count = pairs().count().max(1) as f64;
        let (mut length, mut sums) = (0.0, [0.0; 3]);
        for (a, b) in pairs() {
            length += a.hypot(b);
            sums = [sums[0] + a * a, sums[1] + b * b, sums[2] + a * b];
        }
        if length / count < f64::from(GRAY) {
            return Self::Gray;
        }
        // The larger eigenvalue of the second moments: how much lies along one line through gray.
        let [aa, bb, ab] = sums;
        let along = (aa + bb) / 2.0 + ((aa - bb) / 2.0).hypot(ab);
        if along >= f64::from(ONE_TONE) * (aa + bb) { Self::Toned } else { Self::Colored }
    }
}

/// A picture with what is worked out about it once.
#[derive(Debug)]
pub struct OpenedPicture {
    pub(crate) bytes: Vec<u8>,
    /// Digest of the bytes.
    pub(crate) digest: [u8; 32],
    /// Without chroma.
    pub(crate) picture: Picture,
    tint: Tint,
    kind: Kind,
    small: Mutex<Vec<(u32, Arc<Picture>)>>,
}

impl OpenedPicture {
    pub(crate) fn new(bytes: Vec<u8>, digest: [u8; 32], mut picture: Picture) -> Self {
        let kind = picture.kind();
        let tint = Tint::of(picture.chroma.take().as_ref());
        Self { bytes, digest, picture, tint, kind, small: Mutex::default() }
    }

    /// Columns and rows, upright.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        self.picture.luma.size()
    }

    /// What colours it came with.
    #[must_use]
    pub fn tint(&self) -> Tint {
        self.tint
    }

    /// What kind of picture it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The content of its file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes of memory that it takes, with the smaller copies.
    #[must_use]
    pub fn cost_bytes(&self) -> usize {
        let alpha = self.picture.alpha.as_ref().map_or(0, |alpha| alpha.len());
        self.bytes.len() + 5 * self.picture.luma.data().len() + alpha
    }

    /// The picture with a longer side of `side_px`, which is less than it has.
    pub(crate) fn small(&self, side_px: u32) -> Arc<Picture> {
        let known = |small: &[(u32, Arc<Picture>)]| {
            small.iter().find(|(side, _)| *side == side_px).map(|(_, picture)| Arc::clone(picture))
        };
        if let Some(found) = known(&self.small.lock().unwrap_or_else(PoisonError::into_inner)) {
            return found;
        }
        let made = Arc::new(shrunk(&self.picture, side_px as usize));
        let mut small = self.small.lock().unwrap_or_else(PoisonError::into_inner);
        if small.len() == SIZES {
            small.remove(0);
        }
        small.push((side_px, Arc::clone(&made)));
        made
    }
}

#[cfg(test)]
mod tests {
    use autochrome_color::Plane;

    use super::*;

    fn tint(pair: impl Fn(usize) -> [f32; 2]) -> Tint {
        let plane = |k: usize| Plane::from_vec(64, 64, (0..4096).map(|i| pair(i)[k]).collect()).unwrap();
        Tint::of(Some(&Chroma { a: plane(0), b: plane(1) }))
    }

    #[test]
    fn gray_sepia_and_colour_are_told_apart() {
        assert_eq!(Tint::of(None), Tint::Gray);
        assert_eq!(tint(|i| [(i % 3) as f32 - 1.0, 0.5]), Tint::Gray, "what JPEG leaves");
        assert_eq!(tint(|i| [4.0 + (i % 5) as f32, 12.0 + (i % 5) as f32 * 2.5]), Tint::Toned);
        assert_eq!(tint(|i| if i % 64 < 32 { [40.0, 20.0] } else { [-20.0, 30.0] }), Tint::Colored);
    }
}
