//! Pictures that say something about the colours of others: references, and strokes that were painted in another program.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use autochrome_media::{DecodeOptions, Header, Limits, Picture, decode, decode_reduced, probe, read_file};
use autochrome_methods::{GuidanceKind, GuidanceKinds, Memory, MethodError, Mood, Reference};

use crate::budget::{picture_bytes, reduced_bytes};
use crate::{Error, Order, OrderDraft, Pipeline, Scribbles};

/// A file that goes with an order, for every picture that the order is carried out on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuidanceFile {
    /// What messages call it, such as its name.
    pub name: String,
    /// Where its bytes are.
    pub content: Content,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// In memory.
    Bytes(Vec<u8>),
    /// On disk; they are read when they are needed and not kept, so that there may be many such files.
    Path(PathBuf),
}

impl GuidanceFile {
    /// A file in memory.
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), content: Content::Bytes(bytes) }
    }

    /// A file on disk, called by its path.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self { name: path.display().to_string(), content: Content::Path(path.to_owned()) }
    }

    /// Reads its header only.
    ///
    /// # Errors
    /// [`Error::GuidanceFile`] when it cannot be read, is no picture, or is too large.
    pub fn probe(&self, limits: &Limits) -> Result<Header, Error> {
        let probe = || Ok(probe(&self.bytes(limits)?, limits)?);
        probe().map_err(|error| in_file(self, error))
    }

    /// The memory in it.
    ///
    /// # Errors
    /// [`Error::GuidanceFile`] when it cannot be read or is no memory.
    pub fn memory(&self) -> Result<Memory, Error> {
        let read = || Ok(Memory::from_bytes(&self.bytes(&Limits::default())?)?);
        read().map_err(|error| in_file(self, error))
    }

    /// Its bytes, as far as limits allow.
    ///
    /// # Errors
    /// When the file cannot be read or is too large.
    pub fn bytes(&self, limits: &Limits) -> Result<Cow<'_, [u8]>, Error> {
        match &self.content {
            Content::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            Content::Path(path) => Ok(Cow::Owned(read_file(path, limits)?)),
        }
    }
}

/// Longer side, in pixels, at which the mood of a picture is taken.
const MOOD_PX: usize = 256;

/// Files that say more than an [`OrderDraft`] can.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuidanceFiles {
    /// Strokes: a picture that is transparent but for them, or a copy of the picture painted over.
    pub scribbles: Option<GuidanceFile>,
    /// Pictures to take colours from.
    pub references: Vec<GuidanceFile>,
    /// A picture in colour whose mean colour and strength of colours are wanted.
    pub mood: Option<GuidanceFile>,
    /// The file of a memory, as [`Memory::to_bytes`] makes it.
    pub memory: Option<GuidanceFile>,
}

impl GuidanceFiles {
    /// The kinds of guidance in them.
    #[must_use]
    pub fn kinds(&self) -> GuidanceKinds {
        let scribbles = self.scribbles.as_ref().map(|_| GuidanceKind::Marks);
        let references = self.references.first().map(|_| GuidanceKind::References);
        let mood = self.mood.as_ref().map(|_| GuidanceKind::Mood);
        let memory = self.memory.as_ref().map(|_| GuidanceKind::Memory);
        scribbles.into_iter().chain(references).chain(mood).chain(memory).collect()
    }

    /// The pictures among them.
    pub fn pictures(&self) -> impl Iterator<Item = &GuidanceFile> {
        self.scribbles.iter().chain(&self.references).chain(&self.mood)
    }
}

impl Pipeline {
    /// The order that a draft and files make together. Files are read within the pipeline's limits and memory, one after the other,
    /// and no more of them is kept than the method looks at.
    ///
    /// # Errors
    /// As [`Order::new`], and [`Error::GuidanceFile`] when a file is no picture or has nothing to say.
    pub fn order(&self, mut draft: OrderDraft, files: &GuidanceFiles) -> Result<Order, Error> {
        let info = draft.check(files.kinds())?;
        if let Some(file) = &files.scribbles {
            let scribbles = self.read(file, None)?;
            draft.scribbles = Some(Scribbles::new(scribbles));
        }
        let side_px = draft.reference_px(info)?;
        for file in &files.references {
            draft.guidance.references.push(self.reference(file, side_px)?);
        }
        if let Some(file) = &files.mood {
            let picture = self.reference(file, Some(MOOD_PX))?;
            draft.guidance.mood = Some(Mood::of(&picture.chroma));
        }
        if let Some(file) = &files.memory {
            draft.guidance.memory = Some(file.memory()?);
        }
        Order::with_method(info, draft)
    }

    pub(crate) fn reference(&self, file: &GuidanceFile, side_px: Option<usize>) -> Result<Reference, Error> {
        let Picture { luma, chroma, .. } = self.read(file, side_px)?;
        let chroma = chroma.ok_or_else(|| {
            let (kind, reason) = (GuidanceKind::References, "it has no colours to take".to_owned());
            in_file(file, MethodError::GuidanceUnfit { kind, reason }.into())
        })?;
        Ok(Reference { luma, chroma, name: file.name.clone() })
    }

    /// Decodes a file, with a longer side of at most `side_px`; waits for memory first.
    pub(crate) fn read(&self, file: &GuidanceFile, side_px: Option<usize>) -> Result<Picture, Error> {
        let limits = *self.limits();
        let options = DecodeOptions { limits, keep_chroma: true };
        let read = || {
            let bytes = file.bytes(&limits)?;
            let header = probe(&bytes, &limits)?;
            let pixels = match side_px {
                Some(_) => reduced_bytes(&header),
                None => picture_bytes(&header, true),
            };
            let _share = self.budget().take(pixels + bytes.len() as u64);
            Ok(match side_px {
                Some(side_px) => decode_reduced(&bytes, &options, side_px)?,
                None => decode(&bytes, &options)?,
            })
        };
        read().map_err(|error| in_file(file, error))
    }
}

pub(crate) fn in_file(file: &GuidanceFile, source: Error) -> Error {
    Error::GuidanceFile { name: file.name.clone(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use autochrome_media::{EncodeOptions, Format, Metadata, Pixels, Raster, encode};

    use super::*;

    fn png(width: u32, height: u32, rgb: [u8; 3]) -> Vec<u8> {
        let pixels = Pixels::Rgb8(rgb.repeat((width * height) as usize));
        let raster = Raster::new(width, height, pixels).unwrap();
        encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Png)).unwrap()
    }

    fn references(files: Vec<Vec<u8>>) -> GuidanceFiles {
        let file = |bytes| GuidanceFile::from_bytes("ref.png", bytes);
        GuidanceFiles { references: files.into_iter().map(file).collect(), ..GuidanceFiles::default() }
    }

    #[test]
    fn a_reference_chooses_a_method_and_is_kept_no_larger_than_that_looks_at() {
        let files = references(vec![png(4000, 30, [200, 40, 40])]);
        let order = Pipeline::new().order(OrderDraft::default(), &files).unwrap();
        assert!(order.method().takes.contains(&GuidanceKind::References));
        let side_px = OrderDraft::default().reference_px(order.method()).unwrap().unwrap();
        assert!(side_px < 4000);
        assert_eq!(order.question.guidance.references[0].luma.width(), side_px);
    }

    #[test]
    fn a_file_that_says_nothing_is_named() {
        let pipeline = Pipeline::new();
        for (bytes, code) in
            [(b"no picture".to_vec(), "not-a-picture"), (png(8, 8, [9; 3]), "guidance-unfit")]
        {
            let error = pipeline.order(OrderDraft::default(), &references(vec![bytes])).unwrap_err();
            assert!(error.to_string().contains("ref.png"), "{error}");
            assert_eq!((error.code(), error.blame()), (code, crate::Blame::Request));
        }
    }

    #[test]
    fn a_picture_gives_its_mood_to_the_network() {
        let file = GuidanceFile::from_bytes("mood.png", png(40, 30, [200, 40, 40]));
        let files = GuidanceFiles { mood: Some(file), ..GuidanceFiles::default() };
        let order = Pipeline::new().order(OrderDraft::default(), &files).unwrap();
        assert_eq!(order.method().id, "neural");
        let mood = order.question.guidance.mood.unwrap();
        assert!(mood.mean.unwrap()[0] > 50.0 && mood.chroma.unwrap() > 60.0, "{mood:?}");
    }

    #[test]
    fn a_wrong_draft_is_refused_before_files_are_read() {
        let draft = OrderDraft { quality: 0, ..OrderDraft::default() };
        let error = Pipeline::new().order(draft, &references(vec![b"no picture".to_vec()])).unwrap_err();
        assert_eq!(error.code(), "option-out-of-range");
    }
}
