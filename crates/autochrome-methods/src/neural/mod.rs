//! A trained network, with or without colour hints.

mod agreement;
mod draws;
mod ensemble;
mod mood;
mod parts;
pub(crate) mod region;
mod suggestions;
mod uncertainty;

use std::sync::Arc;

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::{Chroma, Plane};
use autochrome_engine::{Features, Hint, PredictOptions, Recent, Segmentation, Session, View};

use crate::example::recalled::Recalled;
use crate::fixes::{FoundParts, Part};
use crate::scribble::keep_marked_colors;
use crate::words::Wish;
use crate::{
    Answer, DefaultValue, Guidance, GuidanceKind, IntSpec, Memory, Method, MethodError, MethodInfo,
    ModelSource, OptionSpec, Options, Paper, PlaceDescription, Point, RealSpec, SwitchSpec,
};
use region::{Region, Scene};

static SIZE: IntSpec = IntSpec {
    id: "size",
    help: "Working size in pixels, the geometric mean of both sides: larger sees details, smaller sees the whole",
    min: 16,
    max: 2048,
    unit: "px",
    default: DefaultValue::Card,
};

static TEMPERATURE: RealSpec = RealSpec {
    id: "temperature",
    help: "How to choose among likely colours: lower is more vivid, 1 is their mean; networks with colour classes only",
    min: 0.01,
    max: 1.0,
    step: Some(0.01),
    unit: "",
    default: DefaultValue::Card,
};

static FLIP: SwitchSpec = SwitchSpec {
    id: "flip",
    help: "Average with the answer for the mirror image; takes twice the time",
    default: DefaultValue::Card,
};

static ENSEMBLE: SwitchSpec = SwitchSpec {
    id: "ensemble",
    help: "Average with the answers at a smaller and a larger size, by how sure each is; takes four times the work",
    default: DefaultValue::Is(false),
};

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "neural",
    name: "Neural network",
    summary: "Colours with a trained network: by itself, or from hints and words",
    paper: Some(Paper {
        title: "Coloring of Grayscale Images using Generative Adversarial Network",
        authors: "Pandey, Rana",
        year: None,
    }),
    needs: &[],
    takes: &[
        GuidanceKind::Points,
        GuidanceKind::Words,
        GuidanceKind::Seed,
        GuidanceKind::Mood,
        GuidanceKind::Memory,
    ],
    options: &[
        OptionSpec::Int(&SIZE),
        OptionSpec::Real(&TEMPERATURE),
        OptionSpec::Switch(&FLIP),
        OptionSpec::Switch(&ENSEMBLE),
    ],
    uses_model: true,
    reference_side: None,
};

/// Pictures whose automatic answers are kept, of a megabyte each at the usual working size.
const KEPT: usize = 4;

/// Most pixels of a working size whose answers are kept.
const KEPT_PIXELS: usize = 512 * 512;

/// The method `neural`.
struct Neural {
    session: Session,
    /// What was seen of pictures without hints: spot after spot asks for the same.
    kept: Recent<Seen>,
}

/// What the network makes of a picture by itself.
struct Seen {
    view: View,
    asked: Asked,
    /// The automatic answer, its surfaces agreed.
    own: Chroma,
    /// What a memory of other pictures says of it.
    told: Option<Recalled>,
    /// The same, each thing as a whole.
    recalled: Option<Recalled>,
    /// The answer with that.
    chroma: Chroma,
    /// What lies where, for a model that tells things apart.
    segmentation: Option<Segmentation>,
}

/// How the network was asked.
#[derive(Clone, Copy, PartialEq)]
struct Asked {
    predict: PredictOptions,
    /// Whether answers at other sizes count, too.
    ensemble: bool,
}

/// The method with these weights, or the default model's.
pub(crate) fn open(model: Option<ModelSource<'_>>) -> Result<Box<dyn Method>, MethodError> {
    Ok(Box::new(Neural { session: ModelSource::open(model)?, kept: Recent::new(KEPT) }))
}

impl Method for Neural {
    fn info(&self) -> &'static MethodInfo {
        &INFO
    }

    fn model(&self) -> Option<&str> {
        Some(&self.session.card().id)
    }

    fn colorize(
        &self,
        luma: &Plane,
        guidance: &Guidance,
        options: &Options,
    ) -> Result<Vec<Answer>, MethodError> {
        INFO.check(guidance)?;
        if luma.data().is_empty() {
            return Err(MethodError::EmptyPicture);
        }
        let ask = question(options);
        let recall = |memory: &Memory| memory.recall(&self.session, luma);
        let recalled = guidance.memory.as_ref().map(recall).transpose()?;
        let said: Vec<Hint> = guidance.points.iter().map(|point| hint(point, luma.size())).collect();
        let seen = self.see(luma, recalled, ask)?;
        let (picture, luma, mut chroma) = (luma, seen.view.luma(), seen.chroma.clone());
        let Some(segmentation) = &seen.segmentation else {
            if !guidance.words.is_empty() {
                let id = &self.session.card().id;
                let reason = format!("the model `{id}` tells no things apart; give points of colour");
                return Err(MethodError::GuidanceUnfit { kind: GuidanceKind::Words, reason });
            }
            if !said.is_empty() {
                chroma = self.follow(picture, &seen, &said, guidance)?;
            }
            if let Some(mood) = &guidance.mood {
                mood::steer(&self.session, None, luma, mood, &mut chroma);
            }
            return Ok(vec![chroma.into()]);
        };
        let scene = Scene::new(segmentation, luma, &chroma);
        // What is said later holds: drawn colours, then the mood, then words, then spots.
        if let Some(seed) = guidance.seed {
            draws::drift(&self.session, segmentation, luma, seed, &mut chroma);
            let drawn = draws::draw(&self.session, segmentation, luma, seed);
            drawn.iter().try_for_each(|(part, color)| part.paint(luma, *color, &mut chroma))?;
        }
        if let Some(mood) = &guidance.mood {
            mood::steer(&self.session, Some(segmentation), luma, mood, &mut chroma);
        }
        let mut notes = Vec::new();
        for Wish { thing, color } in &guidance.words {
            match Region::of_thing(&scene, thing) {
                Some(region) => region.paint(luma, *color, &mut chroma)?,
                None => notes.push(format!("no {} was found in the picture", thing.name)),
            }
        }
        if !said.is_empty() {
            let mut hinted = self.follow(picture, &seen, &said, guidance)?;
            let mut reached = Region::nowhere(segmentation);
            let reach = |point: &Point| Region::around(&scene, [point.x, point.y]);
            guidance.points.iter().for_each(|point| reached.join(&reach(point)));
            reached.limit(luma, &chroma, &mut hinted)?;
            chroma = hinted;
        }
        Ok(vec![Answer { notes, ..chroma.into() }])
    }

    fn describe_place(
        &self,
        luma: &Plane,
        place: [f32; 2],
        options: &Options,
    ) -> Result<PlaceDescription, MethodError> {
        if luma.data().is_empty() {
            return Err(MethodError::EmptyPicture);
        }
        let ask = question(options);
        let seen = self.see(luma, None, ask)?;
        let (luma, chroma) = (seen.view.luma(), &seen.chroma);
        let Some(segmentation) = &seen.segmentation else {
            return Err(MethodError::NoDescription { method: INFO.id });
        };
        let cell = region::cell_at(place, segmentation.size());
        let (class, probability) = region::most_likely(segmentation.probabilities().vector(cell));
        let (width, height) = chroma.size();
        let here = region::cell_at(place, (width, height));
        let lightness = resize_plane(luma, width, height, Filter::Area).data()[here];
        let own = [&chroma.a, &chroma.b].map(|plane| plane.data()[here]);
        Ok(PlaceDescription {
            thing: segmentation.classes()[class].clone(),
            probability,
            reach: Region::around(&Scene::new(segmentation, luma, chroma), place).into_plane(),
            colors: suggestions::likeliest(&self.session, segmentation, cell, lightness, own),
        })
    }

    fn find_parts(&self, luma: &Plane, parts: &[Part], options: &Options) -> Result<FoundParts, MethodError> {
        if luma.data().is_empty() {
            return Err(MethodError::EmptyPicture);
        }
        let ask = question(options);
        let seen = self.see(luma, None, ask)?;
        let Some(segmentation) = &seen.segmentation else {
            return Err(MethodError::NoDescription { method: INFO.id });
        };
        parts::find(segmentation, seen.view.luma(), seen.chroma.clone(), parts)
    }

    fn features(&self, luma: &Plane, options: &Options) -> Result<Vec<Features>, MethodError> {
        if luma.data().is_empty() {
            return Err(MethodError::EmptyPicture);
        }
        Ok(self.session.features(luma, question(options).predict.size_px)?)
    }
}

/// Where parts of a picture are, by the network of `session`, for other methods that have one.
pub(crate) fn find_parts(
    session: &Session,
    method: &'static str,
    luma: &Plane,
    parts: &[Part],
    ask: &PredictOptions,
) -> Result<FoundParts, MethodError> {
    if luma.data().is_empty() {
        return Err(MethodError::EmptyPicture);
    }
    let view = session.view(luma, ask.size_px)?;
    let asked = Asked { predict: *ask, ensemble: false };
    let (chroma, Some(segmentation)) = answer(session, luma, &view, &asked)? else {
        return Err(MethodError::NoDescription { method });
    };
    parts::find(&segmentation, view.luma(), chroma, parts)
}

/// The network's answer to a picture of which `view` is what it sees, its surfaces agreed, and what lies where.
fn answer(
    session: &Session,
    luma: &Plane,
    view: &View,
    Asked { predict, ensemble }: &Asked,
) -> Result<(Chroma, Option<Segmentation>), MethodError> {
    let (mut chroma, segmentation) = session.predict_and_segment(view, &[], predict)?;
    if *ensemble {
        ensemble::join(session, luma, &[], predict, &mut chroma)?;
    }
    if let Some(segmentation) = &segmentation {
        agreement::agree(session, segmentation, view.luma(), &mut chroma);
    }
    Ok((chroma, segmentation))
}

/// How to ask the network.
fn question(options: &Options) -> Asked {
    let predict = PredictOptions {
        size_px: options.given_int(&SIZE).map(|size_px| size_px as usize),
        temperature: options.given_real(&TEMPERATURE).map(|temperature| temperature as f32),
        flip: options.given_switch(&FLIP),
    };
    Asked { predict, ensemble: options.given_switch(&ENSEMBLE).unwrap_or(false) }
}

impl Neural {
    /// What the network makes of a picture that nobody said anything of but a memory; kept for a while.
    fn see(&self, luma: &Plane, told: Option<Recalled>, asked: Asked) -> Result<Arc<Seen>, MethodError> {
        let view = self.session.view(luma, asked.predict.size_px)?;
        let is_this = |seen: &Seen| seen.asked == asked && seen.told == told && seen.view == view;
        if let Some(seen) = self.kept.find(is_this) {
            return Ok(seen);
        }
        let (own, segmentation) = answer(&self.session, luma, &view, &asked)?;
        let mut chroma = own.clone();
        let recalled = told.clone().map(|told| told.evened(segmentation.as_ref(), view.luma()));
        if let Some(recalled) = &recalled {
            recalled.blend(view.luma(), None, &mut chroma);
        }
        let seen = Arc::new(Seen { view, asked, own, told, recalled, chroma, segmentation });
        // What several sizes see is not all in the view.
        if !asked.ensemble && seen.view.luma().data().len() <= KEPT_PIXELS {
            self.kept.keep(Arc::clone(&seen));
        }
        Ok(seen)
    }

    /// What the network makes of points of colour, over what is remembered.
    fn follow(
        &self,
        luma: &Plane,
        seen: &Seen,
        said: &[Hint],
        guidance: &Guidance,
    ) -> Result<Chroma, MethodError> {
        let Asked { predict, ensemble } = &seen.asked;
        let mut chroma = self.session.predict_view(&seen.view, said, predict)?;
        if *ensemble {
            ensemble::join(&self.session, luma, said, predict, &mut chroma)?;
        }
        if let Some(segmentation) = &seen.segmentation {
            agreement::agree(&self.session, segmentation, seen.view.luma(), &mut chroma);
        }
        if let Some(recalled) = &seen.recalled {
            recalled.blend(seen.view.luma(), Some(&seen.own), &mut chroma);
        }
        keep_marked_colors(seen.view.luma(), guidance, &mut chroma)?;
        Ok(chroma)
    }
}

/// A point as the network takes it: square, relative to the shorter side, colour without lightness.
pub(crate) fn hint(point: &Point, (width, height): (usize, usize)) -> Hint {
    let longer_to_shorter = width.max(height) as f32 / width.min(height).max(1) as f32;
    let [_, a, b] = point.color.to_lab();
    Hint { x: point.x, y: point.y, side: 2.0 * point.radius * longer_to_shorter, ab: [a, b] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Srgb;

    #[test]
    fn a_point_keeps_its_place_and_its_colour() {
        let color = Srgb { red: 255, green: 0, blue: 0 };
        let hint = hint(&Point { x: 0.25, y: 0.75, radius: 0.05, color }, (200, 100));
        assert_eq!((hint.x, hint.y), (0.25, 0.75));
        assert!((hint.side - 0.2).abs() < 1e-6, "a tenth of 200 is a fifth of 100, not {}", hint.side);
        assert!((hint.ab[0] - 80.1).abs() < 0.2 && (hint.ab[1] - 67.2).abs() < 0.2, "{:?}", hint.ab);
    }

    fn tiny() -> Box<dyn Method> {
        open(Some(ModelSource::Bytes(&autochrome_engine::tests_support::tiny_weights()))).unwrap()
    }

    #[test]
    fn options_reach_the_network() {
        let luma = Plane::from_vec(64, 64, (0..4096).map(|i| (i % 97) as f32).collect()).unwrap();
        let answer = |set: &[(&str, &str)]| {
            let mut options = Options::default();
            set.iter().for_each(|(id, value)| options.set(&INFO, id, *value).unwrap());
            tiny().colorize(&luma, &Guidance::default(), &options).unwrap().remove(0).chroma
        };
        assert_eq!(answer(&[]).size(), (64, 64), "the card's size");
        assert_eq!(answer(&[("size", "32")]).size(), (32, 32));
        assert_ne!(answer(&[]), answer(&[("flip", "on")]));
        assert_eq!(tiny().model(), Some("tiny"));
    }

    #[test]
    fn a_point_for_a_network_without_hints_is_refused() {
        let mut guidance = Guidance::default();
        let color = Srgb { red: 1, green: 2, blue: 3 };
        guidance.points.push(Point { x: 0.5, y: 0.5, radius: 0.1, color });
        let error = tiny().colorize(&Plane::filled(8, 8, 50.0), &guidance, &Options::default()).unwrap_err();
        assert_eq!(error.code(), "bad-network-input");
    }

    #[test]
    fn a_picture_that_was_seen_before_gets_the_answer_of_one_that_was_not() {
        let luma = Plane::from_vec(96, 64, (0..6144).map(|i| (i % 97) as f32).collect()).unwrap();
        let spots = |x: f32| {
            let color = Srgb { red: 200, green: 40, blue: 30 };
            Guidance { points: vec![Point { x, y: 0.5, radius: 0.05, color }], ..Guidance::default() }
        };
        let answer = |method: &dyn Method, guidance: &Guidance| {
            method.colorize(&luma, guidance, &Options::default()).unwrap().remove(0).chroma
        };
        let fresh = || open(None).unwrap();
        let method = fresh();
        for guidance in [Guidance::default(), spots(0.3), spots(0.6), Guidance::default()] {
            assert_eq!(answer(&*method, &guidance), answer(&*fresh(), &guidance));
        }
    }

    #[test]
    fn damaged_weights_are_refused() {
        let error = open(Some(ModelSource::Bytes(b"not weights"))).err().unwrap();
        assert_eq!(error.code(), "bad-weights");
    }
}
