//! A picture that is coloured again and again, while somebody paints on it: read once.

use std::sync::{Arc, Mutex, PoisonError};

use autochrome_media::{Kind, Overview, Picture};

use crate::prepared::shrunk;

/// Sizes of the picture that are kept beside the whole: that of a preview, and that of a quicker one.
const SIZES: usize = 2;

/// A picture with what is worked out about it once.
#[derive(Debug)]
pub struct OpenedPicture {
    pub(crate) bytes: Vec<u8>,
    /// Digest of the bytes.
    pub(crate) digest: [u8; 32],
    /// Without chroma.
    pub(crate) picture: Picture,
    pub(crate) overview: Arc<Overview>,
    kind: Kind,
    small: Mutex<Vec<(u32, Arc<Picture>)>>,
}

impl OpenedPicture {
    pub(crate) fn new(bytes: Vec<u8>, digest: [u8; 32], picture: Picture) -> Self {
        let overview = Overview::of(&picture.luma);
        let kind = picture.kind_by(&overview);
        Self { bytes, digest, picture, overview: Arc::new(overview), kind, small: Mutex::default() }
    }

    /// Columns and rows, upright.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        self.picture.luma.size()
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
