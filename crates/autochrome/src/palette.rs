//! The few colours that a file is made of.

use autochrome_media::{DecodeOptions, decode, probe};
use autochrome_methods::{PaletteEntry, palette};

use crate::budget::picture_bytes;
use crate::{Error, Pipeline};

impl Pipeline {
    /// The colours of an encoded picture, the one that covers most of it first; none of a picture that is gray. Waits for memory
    /// first.
    ///
    /// # Errors
    /// When the file is no picture or beyond the limits.
    pub fn palette(&self, bytes: &[u8], count: usize) -> Result<Vec<PaletteEntry>, Error> {
        let limits = *self.limits();
        let header = probe(bytes, &limits)?;
        let _share = self.budget().take(picture_bytes(&header, true) + bytes.len() as u64);
        let picture = decode(bytes, &DecodeOptions { limits, keep_chroma: true })?;
        Ok(picture.chroma.map(|chroma| palette(&picture.luma, &chroma, count)).unwrap_or_default())
    }
}
