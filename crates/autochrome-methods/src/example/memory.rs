//! Pictures that are remembered: one film, one artist, one family's snapshots in colour.
//!
//! A handful of pictures is looked at once by the encoder, and what it saw is kept with the colours that were there. A new picture is
//! compared with all of them as a whole; every place of it is matched with places of the most alike ones as [`deep`](super::deep) does, and
//! takes their colour as far as they are alike, with what is around them.
//!
//! Source: after Yoo, Bahng, Chung, Lee, Chang, Choo, "Coloring With Limited Data: Few-Shot Colorization via Memory-Augmented Networks"
//! (2019), with the encoder's own features as keys in place of a trained memory.

mod file;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use autochrome_color::Plane;
use autochrome_engine::{Features, Session};

use super::collection::{PARTS, mean, whiten};
use super::deep::{Seen, cell_colors, matches};
use super::recalled::Recalled;
use crate::{GuidanceKind, MethodError, ModelSource, Reference};

/// Remembered pictures whose places are compared with a picture's: the most alike ones.
const TOGETHER: usize = 4;

/// Most pictures in one memory: a handful is meant, and each takes 0.3 MB.
pub const MOST_PICTURES: usize = 200;

/// Pictures that are remembered, by what a model's encoder saw in them.
///
/// Copies share their content.
#[derive(Clone, Debug)]
pub struct Memory(Arc<Content>);

#[derive(Debug)]
struct Content {
    /// Id of the model whose encoder looked.
    model: String,
    pictures: Vec<Remembered>,
}

/// One picture.
#[derive(Debug)]
struct Remembered {
    name: String,
    seen: Seen,
    /// a and b under every cell of the finest scale.
    colors: Vec<[f32; 2]>,
}

impl Memory {
    /// Looks at pictures with a model, or the default one.
    ///
    /// # Errors
    /// When the model cannot be used or has no encoder, and without pictures or with more than [`MOST_PICTURES`].
    pub fn of(model: Option<ModelSource<'_>>, pictures: &[Reference]) -> Result<Self, MethodError> {
        if pictures.is_empty() || pictures.len() > MOST_PICTURES {
            let reason = format!("a memory has 1 to {MOST_PICTURES} pictures, not {}", pictures.len());
            return Err(unfit(reason));
        }
        let session = ModelSource::open(model)?;
        let look = |picture: &Reference| {
            let seen = Seen::new(&session, &picture.luma)?;
            let colors = cell_colors(seen.grid(), picture);
            Ok(Remembered { name: picture.name.clone(), seen, colors })
        };
        let pictures = pictures.iter().map(look).collect::<Result<_, MethodError>>()?;
        Ok(Self(Arc::new(Content { model: session.card().id.clone(), pictures })))
    }

    /// The content of a file that [`Memory::to_bytes`] made.
    ///
    /// # Errors
    /// [`MethodError::GuidanceUnfit`] when it is none, or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MethodError> {
        file::read(bytes).map(|content| Self(Arc::new(content)))
    }

    /// A file of it, which the same version of the format reads on every machine.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        file::write(&self.0)
    }

    /// Id of the model that it was made with and can be used with.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.0.model
    }

    /// What the pictures are called.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.pictures.iter().map(|picture| picture.name.as_str())
    }

    /// Finds out whether it can be used with the model of this id.
    ///
    /// # Errors
    /// [`MethodError::GuidanceUnfit`] when it was made with another one.
    pub fn check_model(&self, id: &str) -> Result<(), MethodError> {
        let model = &self.0.model;
        if id == model {
            return Ok(());
        }
        Err(unfit(format!(
            "it was made with the model `{model}`, not `{id}`; make it anew, or name that model"
        )))
    }

    /// Colours for the places of a picture, and how much each counts.
    pub(crate) fn recall(&self, session: &Session, luma: &Plane) -> Result<Recalled, MethodError> {
        self.check_model(&session.card().id)?;
        let picture = Seen::new(session, luma)?;
        let alike = self.most_alike(&picture);
        let alike: Vec<(&Seen, &[[f32; 2]])> =
            alike.iter().map(|picture| (&picture.seen, picture.colors.as_slice())).collect();
        Ok(Recalled::new(picture.grid().size(), &matches(&picture, &alike)))
    }

    /// The remembered pictures that show most of the same.
    fn most_alike(&self, picture: &Seen) -> Vec<&Remembered> {
        let mut pooled = vec![pool(picture)];
        pooled.extend(self.0.pictures.iter().map(|remembered| pool(&remembered.seen)));
        whiten(&mut pooled);
        let likeness = |i: usize| pooled[0].iter().zip(&pooled[i + 1]).map(|(a, b)| a * b).sum::<f32>();
        let mut order: Vec<(f32, usize)> = (0..self.0.pictures.len()).map(|i| (likeness(i), i)).collect();
        order.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
        order.into_iter().take(TOGETHER).map(|(_, i)| &self.0.pictures[i]).collect()
    }
}

/// What the two coarsest scales say of a picture and of its quarters.
fn pool(seen: &Seen) -> Vec<f32> {
    let coarse = seen.scales().iter().take(2);
    coarse.flat_map(|features| (0..=PARTS * PARTS).flat_map(|part| mean(features, part))).collect()
}

fn unfit(reason: String) -> MethodError {
    MethodError::GuidanceUnfit { kind: GuidanceKind::Memory, reason }
}

/// Names, and every number by its bits.
type PictureBits<'a> = (&'a str, Vec<(usize, (usize, usize), Vec<u32>)>, Vec<[u32; 2]>);

impl Remembered {
    fn bits(&self) -> PictureBits<'_> {
        let scale = |features: &Features| {
            let values = features.vectors().flatten().map(|value| value.to_bits()).collect();
            (features.channels(), features.size(), values)
        };
        let scales = self.seen.scales().iter().map(scale).collect();
        (&self.name, scales, self.colors.iter().map(|color| color.map(f32::to_bits)).collect())
    }
}

impl PartialEq for Memory {
    fn eq(&self, other: &Self) -> bool {
        let pictures = || self.0.pictures.iter().zip(&other.0.pictures);
        Arc::ptr_eq(&self.0, &other.0)
            || self.0.model == other.0.model
                && self.0.pictures.len() == other.0.pictures.len()
                && pictures().all(|(one, two)| one.bits() == two.bits())
    }
}

impl Eq for Memory {}

impl Hash for Memory {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.model.hash(state);
        self.0.pictures.iter().for_each(|picture| picture.bits().hash(state));
    }
}

#[cfg(test)]
mod tests {
    use autochrome_color::{Chroma, lab};

    use super::*;
    use crate::{Guidance, Options};

    /// A scene with a round thing on a ground, of these colours, at this place.
    fn scene(thing: [u8; 3], ground: [u8; 3], left: usize) -> Reference {
        let inside = |x: usize, y: usize| x.abs_diff(left).pow(2) + y.abs_diff(48).pow(2) < 900;
        let shade = |x: usize, y: usize| 0.75 + 0.25 * ((x * 7 + y * 13) % 16) as f32 / 16.0;
        let pixel = |i: usize| {
            let (x, y) = (i % 128, i / 128);
            let color = if inside(x, y) { thing } else { ground };
            color.map(|value| (f32::from(value) * shade(x, y)) as u8)
        };
        let rgb: Vec<u8> = (0..128 * 96).flat_map(pixel).collect();
        let (luma, chroma) = lab::rgb8_to_lab(&rgb, 128, 96);
        Reference { luma, chroma, name: "scene.png".to_owned() }
    }

    #[test]
    fn a_memory_comes_back_from_its_file_and_a_damaged_file_is_refused() {
        let memory = Memory::of(None, &[scene([200, 40, 40], [60, 90, 150], 40)]).unwrap();
        let bytes = memory.to_bytes();
        let again = Memory::from_bytes(&bytes).unwrap();
        assert!(again == memory && again.names().eq(["scene.png"]) && again.model() == "flagship");
        for damaged in [&b""[..], b"autochrome memory 9\n", &bytes[..bytes.len() - 3], &bytes[..60]] {
            assert_eq!(Memory::from_bytes(damaged).unwrap_err().code(), "guidance-unfit");
        }
        let longer = [&bytes[..], b"x"].concat();
        assert!(Memory::from_bytes(&longer).is_err());
        assert!(Memory::of(None, &[]).is_err());
    }

    #[test]
    fn what_looks_like_a_remembered_picture_gets_its_colours() {
        let (red, blue) = ([200, 40, 40], [60, 90, 150]);
        let memory = Memory::of(None, &[scene(red, blue, 40), scene(red, blue, 60)]).unwrap();
        let other = scene(red, blue, 52);
        let method = crate::registry::find("neural").unwrap().open(None).unwrap();
        let error = |memory: Option<Memory>| {
            let guidance = Guidance { memory, ..Guidance::default() };
            let answer =
                method.colorize(&other.luma, &guidance, &Options::default()).unwrap().remove(0).chroma;
            let (width, height) = answer.size();
            let truth = autochrome_color::resize::resize_chroma(
                &other.chroma,
                width,
                height,
                autochrome_color::resize::Filter::Area,
            );
            let far = |one: &Chroma, two: &Chroma| -> f32 {
                let planes = one.a.data().iter().zip(two.a.data()).zip(one.b.data().iter().zip(two.b.data()));
                planes.map(|((a, c), (b, d))| (a - c).hypot(b - d)).sum::<f32>() / one.a.data().len() as f32
            };
            far(&answer, &truth)
        };
        let (without, with) = (error(None), error(Some(memory)));
        assert!(with < 0.4 * without, "{with} of {without}");
    }

    #[test]
    fn a_memory_of_another_model_is_refused() {
        let memory = Memory::of(None, &[scene([200, 40, 40], [60, 90, 150], 40)]).unwrap();
        let bytes = autochrome_engine::tests_support::tiny_weights();
        let method = crate::registry::find("neural").unwrap().open(Some(ModelSource::Bytes(&bytes))).unwrap();
        let guidance = Guidance { memory: Some(memory), ..Guidance::default() };
        let error =
            method.colorize(&Plane::filled(32, 32, 50.0), &guidance, &Options::default()).unwrap_err();
        assert!(error.to_string().contains("made with the model `flagship`"), "{error}");
    }
}
