//! Films by orders: what is done with a picture, done with the keyframes of a film.
//!
//! `autochrome_film` reads, spreads and writes; here an [`Order`] finds the colours of keyframes, with what was said about single
//! moments: spots that follow their scene, references for a scene, keyframes that a person retouched.

mod guidance;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use autochrome_color::resize::{Filter, resize_chroma, resize_plane};
use autochrome_color::{Plane, Tone};
use autochrome_film::{Colorist, ColoristError, KeyColors, Keyframe, NETWORK_TRUST, Track};
use autochrome_media::{Depth, Format, Metadata, Picture};
use autochrome_methods::{Method, Point};

pub use guidance::FilmGuidance;

use crate::{Error, GuidanceFile, Order, Pipeline};

/// Likeness, -1..=1, under which a retouched keyframe is taken for one of another frame.
const ALIKE: f32 = 0.5;
/// The same colours as before, where they were changed rather than found, need no agreement.
const RECOLOR_TRUST: f32 = 1.0;

/// Finds the colours of keyframes by orders.
pub struct FilmColorist<'a> {
    pipeline: &'a Pipeline,
    whole: Work,
    scenes: Vec<(std::ops::Range<u64>, Work)>,
    spots: Vec<FilmSpot>,
    retouched: BTreeMap<u64, PathBuf>,
    /// The scene that has had a retouched keyframe.
    retouched_scene: Mutex<Option<u64>>,
    warnings: Mutex<Vec<String>>,
    /// What could not be done in any keyframe so far; nothing before the first.
    nowhere: Mutex<Option<Vec<String>>>,
}

/// A spot of known colour that follows its scene.
#[derive(Clone, Debug)]
pub struct FilmSpot {
    /// Its colour and size; its place is that of the track.
    pub point: Point,
    /// Where it is.
    pub track: Track,
}

/// An order with its method.
struct Work {
    order: Order,
    method: Arc<dyn Method>,
}

impl Work {
    fn open(pipeline: &Pipeline, order: Order) -> Result<Self, Error> {
        Ok(Self { method: pipeline.open(&order)?, order })
    }
}

impl Order {
    /// The adjustments of the colours that were ordered.
    #[must_use]
    pub fn tone(&self) -> &Tone {
        &self.finish.tone
    }

    /// The same with more spots of known colour.
    fn with_points(&self, points: impl Iterator<Item = Point>) -> Self {
        let mut order = self.clone();
        order.question.guidance.points.extend(points);
        order
    }
}

impl<'a> FilmColorist<'a> {
    /// All keyframes by one order.
    ///
    /// # Errors
    /// When its method cannot be opened.
    pub fn new(pipeline: &'a Pipeline, order: Order) -> Result<Self, Error> {
        Ok(Self {
            pipeline,
            whole: Work::open(pipeline, order)?,
            scenes: Vec::new(),
            spots: Vec::new(),
            retouched: BTreeMap::new(),
            retouched_scene: Mutex::default(),
            warnings: Mutex::default(),
            nowhere: Mutex::default(),
        })
    }

    /// The frames of one scene by another order.
    ///
    /// # Errors
    /// When its method cannot be opened.
    pub fn scene(&mut self, frames: std::ops::Range<u64>, order: Order) -> Result<(), Error> {
        let work = Work::open(self.pipeline, order)?;
        self.scenes.push((frames, work));
        Ok(())
    }

    /// A spot that follows its scene.
    pub fn add_spot(&mut self, spot: FilmSpot) {
        self.spots.push(spot);
    }

    /// Pictures in colour of single frames, by their numbers.
    pub fn retouched(&mut self, pictures: BTreeMap<u64, PathBuf>) {
        self.retouched = pictures;
    }

    /// The order of the whole film.
    #[must_use]
    pub fn order(&self) -> &Order {
        &self.whole.order
    }

    /// The method of the whole film, and its model.
    #[must_use]
    pub fn method(&self) -> &dyn Method {
        self.whole.method.as_ref()
    }

    /// What had to be left out or looks wrong, one plain sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let nowhere = self.nowhere.lock().unwrap_or_else(PoisonError::into_inner);
        warnings.extend(
            nowhere.iter().flatten().map(|note| format!("in every keyframe that was looked at: {note}")),
        );
        warnings
    }

    /// Hears what could not be done in a keyframe: what is not seen in one scene may well be in another, and only what is nowhere is told.
    fn note(&self, notes: &[String]) {
        let mut nowhere = self.nowhere.lock().unwrap_or_else(PoisonError::into_inner);
        match nowhere.as_mut() {
            Some(nowhere) => nowhere.retain(|note| notes.contains(note)),
            None => *nowhere = Some(notes.to_vec()),
        }
    }

    /// The colours that a person gave a frame.
    fn painted_colors(&self, key: &Keyframe, path: &std::path::Path) -> Result<KeyColors, Error> {
        let picture = self.pipeline.read(&GuidanceFile::at(path), None)?;
        let (width, height) = key.luma.size();
        if correlation(&picture.luma, &key.luma) < ALIKE {
            let warning = format!(
                "{} does not look like frame {}; is it from another film or another cut of it?",
                path.display(),
                key.number
            );
            self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
        }
        let chroma = picture.chroma.unwrap_or_else(|| autochrome_color::Chroma::neutral(1, 1));
        *self.retouched_scene.lock().unwrap_or_else(PoisonError::into_inner) = Some(key.scene);
        Ok(KeyColors { chroma: resize_chroma(&chroma, width, height, Filter::Area), trust: 1.0 })
    }

    fn by_order(&self, key: &Keyframe) -> Result<KeyColors, Error> {
        let scene = self.scenes.iter().find(|(frames, _)| frames.contains(&key.number));
        let work = scene.map_or(&self.whole, |(_, work)| work);
        let mut points = self.spots.iter().filter_map(|spot| {
            let [x, y] = spot.track.place(key.number)?;
            Some(Point { x, y, ..spot.point.clone() })
        });
        let with_points;
        let order = match points.next() {
            Some(first) => {
                with_points = work.order.with_points(std::iter::once(first).chain(points));
                &with_points
            }
            None => &work.order,
        };
        let picture = Picture {
            luma: key.luma.clone(),
            chroma: key.chroma.clone(),
            alpha: None,
            depth: Depth::Eight,
            format: Format::Png,
            metadata: Metadata::default(),
            was_gray: key.chroma.is_none(),
            warnings: Vec::new(),
            thumbnail: None,
        };
        let variants = order.check(&picture)?.answers(work.method.as_ref())?;
        let answer = variants.into_iter().next().ok_or(Error::NoAnswer(work.order.method().id))?;
        if scene.is_none() {
            self.note(&answer.answer.notes);
        }
        let retouched = *self.retouched_scene.lock().unwrap_or_else(PoisonError::into_inner);
        let trust = if work.order.recolors() {
            RECOLOR_TRUST
        } else if retouched == Some(key.scene) {
            // What a person chose holds wherever it is seen again.
            0.0
        } else {
            NETWORK_TRUST
        };
        Ok(KeyColors { chroma: answer.answer.chroma.clone(), trust })
    }
}

impl Colorist for FilmColorist<'_> {
    fn colors(&self, key: &Keyframe) -> Result<KeyColors, ColoristError> {
        let colors = match self.retouched.get(&key.number) {
            Some(path) => self.painted_colors(key, path),
            None => self.by_order(key),
        };
        Ok(colors?)
    }

    fn is_required_keyframe(&self, number: u64) -> bool {
        self.retouched.contains_key(&number) || self.spots.iter().any(|spot| spot.track.frame == number)
    }

    fn needs_colors(&self) -> bool {
        self.whole.order.recolors()
    }
}

/// Correlation of two planes at the size of the second.
fn correlation(one: &Plane, other: &Plane) -> f32 {
    let one = resize_plane(one, other.width(), other.height(), Filter::Area);
    let mean = |plane: &Plane| plane.data().iter().sum::<f32>() / plane.data().len().max(1) as f32;
    let (mean_one, mean_other) = (mean(&one), mean(other));
    let [mut both, mut squares_one, mut squares_other] = [0.0_f32; 3];
    for (a, b) in one.data().iter().zip(other.data()) {
        let (a, b) = (a - mean_one, b - mean_other);
        both += a * b;
        squares_one += a * a;
        squares_other += b * b;
    }
    let product = (squares_one * squares_other).sqrt();
    // A plane of one value is like any other such.
    if product < 1e-3 { 1.0 } else { both / product }
}

#[cfg(test)]
mod tests {
    use autochrome_color::Plane;

    use super::*;
    use crate::OrderDraft;

    fn key(number: u64, scene: u64) -> Keyframe {
        let luma = Plane::from_vec(48, 32, (0..48 * 32).map(|i| (i * 7 % 97) as f32).collect()).unwrap();
        Keyframe { number, timestamp_s: 0.0, scene, luma, chroma: None }
    }

    fn gray() -> Order {
        Order::new(OrderDraft { method: Some("gray".into()), ..OrderDraft::default() }).unwrap()
    }

    #[test]
    fn a_retouched_keyframe_speaks_for_its_scene() {
        let folder = std::env::temp_dir().join(format!("autochrome-film-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("ref_000005.png");
        let pixels = autochrome_media::Pixels::Rgb8([200, 40, 40].repeat(48 * 32));
        let raster = autochrome_media::Raster::new(48, 32, pixels).unwrap();
        let options = autochrome_media::EncodeOptions::new(Format::Png);
        std::fs::write(&path, autochrome_media::encode(&raster, &Metadata::default(), &options).unwrap())
            .unwrap();

        let pipeline = Pipeline::new();
        let mut colorist = FilmColorist::new(&pipeline, gray()).unwrap();
        colorist.retouched([(5, path)].into());
        assert_eq!(colorist.colors(&key(0, 0)).unwrap().trust, NETWORK_TRUST);
        let by_hand = colorist.colors(&key(5, 0)).unwrap();
        assert!(
            by_hand.trust == 1.0 && by_hand.chroma.a.data()[0] > 40.0 && colorist.is_required_keyframe(5)
        );
        assert_eq!(colorist.colors(&key(29, 0)).unwrap().trust, 0.0, "the same scene");
        assert_eq!(colorist.colors(&key(60, 1)).unwrap().trust, NETWORK_TRUST, "the next one");
        let _ = std::fs::remove_dir_all(folder);
    }

    #[test]
    fn what_is_found_in_no_keyframe_is_told() {
        let pipeline = Pipeline::new();
        let colorist = FilmColorist::new(&pipeline, gray()).unwrap();
        assert!(colorist.warnings().is_empty());
        let notes = |things: &[&str]| things.iter().map(|thing| format!("no {thing}")).collect::<Vec<_>>();
        colorist.note(&notes(&["dress", "car"]));
        colorist.note(&notes(&["sky", "dress"]));
        assert_eq!(colorist.warnings(), ["in every keyframe that was looked at: no dress"]);
        colorist.note(&[]);
        assert!(colorist.warnings().is_empty());
    }

    #[test]
    fn likeness_tells_pictures_apart() {
        let one = key(0, 0).luma;
        let turned = Plane::from_vec(48, 32, one.data().iter().rev().copied().collect()).unwrap();
        let brighter = Plane::from_vec(48, 32, one.data().iter().map(|l| 20.0 + l / 2.0).collect()).unwrap();
        assert!(correlation(&brighter, &one) > 0.99 && correlation(&turned, &one) < ALIKE);
    }
}
