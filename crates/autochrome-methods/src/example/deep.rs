//! Matching by what the flagship's encoder sees; the matches become hints for the same network.
//!
//! Hand-made features know bright and rough; an encoder that was trained on a million photographs knows grass from fur. Where
//! a place of the picture and a place of a reference find one another, the reference's colour is put down as a hint, and the
//! network that learnt to carry hints through a picture does the rest, in the colours it finds likely where nothing matches.

use autochrome_color::Plane;
use autochrome_color::resize::{Filter, resize_plane};
use autochrome_engine::{Features, Hint, PredictOptions, Session};

use super::neighbors::{Cloud, Neighbor};
use super::recalled::Recalled;
use super::vote::{self, Ballot};
use super::{NEEDS, check};
use crate::fixes::{FoundParts, Part};
use crate::neural::hint;
use crate::{
    Answer, DefaultValue, Guidance, GuidanceKind, IntSpec, Method, MethodError, MethodInfo, ModelSource,
    OptionSpec, Options, RealSpec, Reference, ReferenceSide,
};

static POINTS: IntSpec = IntSpec {
    id: "points",
    help: "Most places whose colours are taken from the references",
    min: 1,
    max: 1000,
    unit: "",
    default: DefaultValue::Is(MOST_POINTS),
};

static BELIEF: RealSpec = RealSpec {
    id: "trust",
    help: "Which matches are believed: 1 believes all, 0 none",
    min: 0.0,
    max: 1.0,
    step: Some(0.05),
    unit: "",
    default: DefaultValue::Is(TRUST),
};

/// What holds when nothing is set.
pub(super) const MOST_POINTS: u32 = 80;
pub(super) const TRUST: f64 = 0.4;

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "deep",
    name: "Deep (reference)",
    summary: "Matches references by the features of a network, and gives it their colours as hints",
    paper: None,
    needs: NEEDS,
    takes: &[GuidanceKind::References, GuidanceKind::Points],
    options: &[OptionSpec::Int(&POINTS), OptionSpec::Real(&BELIEF)],
    uses_model: true,
    reference_side: Some(ReferenceSide::Px(super::REFERENCE_PX)),
};

/// The encoder's scales that are compared, counted from the coarsest, and how much each counts.
const SCALES: [f32; 3] = [0.3, 0.4, 0.3];
/// Size at which pictures are shown to the encoder.
const LOOK_PX: usize = 224;
/// Nearest places that vote for a colour.
const NEAREST: usize = 8;
/// How much farther a vote may be than the nearest, in squared distance; distances lie within 0..=4.
const SOFTNESS: f32 = 0.08;

/// The method `deep`.
struct Deep {
    session: Session,
}

/// The method with these weights, or the default model's.
pub(crate) fn open(model: Option<ModelSource<'_>>) -> Result<Box<dyn Method>, MethodError> {
    Ok(Box::new(Deep { session: ModelSource::open(model)? }))
}

impl Method for Deep {
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
        check(&INFO, luma, guidance)?;
        let most = options.int(&POINTS) as usize;
        let trust = options.real(&BELIEF) as f32;
        let picture = Seen::new(&self.session, luma)?;
        let references: Vec<&Reference> = guidance.references.iter().collect();
        let found = Found::new(&self.session, &picture, &references, most, trust)?;
        let said: Vec<Hint> = guidance.points.iter().map(|point| hint(point, luma.size())).collect();
        Ok(vec![found.answer(&self.session, luma, &said)?])
    }

    fn find_parts(&self, luma: &Plane, parts: &[Part], _: &Options) -> Result<FoundParts, MethodError> {
        crate::neural::find_parts(&self.session, INFO.id, luma, parts, &PredictOptions::default())
    }

    fn features(&self, luma: &Plane, _: &Options) -> Result<Vec<Features>, MethodError> {
        if luma.data().is_empty() {
            return Err(MethodError::EmptyPicture);
        }
        Ok(self.session.features(luma, Some(LOOK_PX))?)
    }
}

/// What the encoder sees in a picture, from coarse to fine.
#[derive(Debug)]
pub(super) struct Seen {
    scales: Vec<Features>,
}

impl Seen {
    pub fn new(session: &Session, luma: &Plane) -> Result<Self, MethodError> {
        let mut scales = session.features(luma, Some(LOOK_PX))?;
        scales.reverse();
        scales.truncate(SCALES.len());
        Ok(Self { scales })
    }

    /// The same of scales that were kept, from coarse to fine.
    pub fn from_scales(scales: Vec<Features>) -> Self {
        Self { scales }
    }

    /// From coarse to fine.
    pub fn scales(&self) -> &[Features] {
        &self.scales
    }

    /// The finest of the scales, whose cells are matched.
    pub fn grid(&self) -> &Features {
        &self.scales[self.scales.len() - 1]
    }
}

/// Vectors of one length for the cells of several pictures, so that distances compare.
///
/// Every scale is whitened over all pictures, scaled to length 1 and weighed; coarse cells are interpolated.
fn descriptors(pictures: &[&Seen]) -> (usize, Vec<Vec<f32>>) {
    let scales = pictures.iter().map(|seen| seen.scales.len()).min().unwrap_or(0);
    let mut descriptors: Vec<Vec<Vec<f32>>> =
        pictures.iter().map(|seen| vec![Vec::new(); seen.grid().vectors().len()]).collect();
    for (scale, share) in SCALES.iter().enumerate().take(scales) {
        let moments = moments(pictures.iter().map(|seen| &seen.scales[scale]));
        for (seen, cells) in pictures.iter().zip(&mut descriptors) {
            for (cell, descriptor) in cells.iter_mut().enumerate() {
                let [left, top, right, bottom] = seen.grid().area(cell);
                let mut vector = sample(&seen.scales[scale], 0.5 * (left + right), 0.5 * (top + bottom));
                for (v, (mean, deviation)) in vector.iter_mut().zip(&moments) {
                    *v = (*v - mean) / deviation;
                }
                let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-6);
                let weight = share.sqrt() / length;
                descriptor.extend(vector.iter().map(|v| v * weight));
            }
        }
    }
    let dims = descriptors.iter().flatten().next().map_or(0, Vec::len);
    (dims, descriptors.into_iter().map(|cells| cells.concat()).collect())
}

/// Mean and deviation of each channel over all cells.
fn moments<'a>(pictures: impl Iterator<Item = &'a Features>) -> Vec<(f32, f32)> {
    let mut sums: Vec<(f64, f64)> = Vec::new();
    let mut n = 0.0;
    for vector in pictures.flat_map(Features::vectors) {
        sums.resize(vector.len(), (0.0, 0.0));
        for (sum, &v) in sums.iter_mut().zip(vector) {
            sum.0 += f64::from(v);
            sum.1 += f64::from(v) * f64::from(v);
        }
        n += 1.0;
    }
    let moments = sums.into_iter().map(|(sum, squares)| {
        let mean = sum / n;
        (mean as f32, ((squares / n - mean * mean).max(0.0).sqrt() as f32).max(1e-3))
    });
    moments.collect()
}

/// The vector at a place, x and y in 0..=1, interpolated between cells.
fn sample(features: &Features, x: f32, y: f32) -> Vec<f32> {
    let (width, height) = features.size();
    let [_, _, cell_width, cell_height] = features.area(0);
    let between = |at: f32, cell: f32, count: usize| {
        let at = (at / cell - 0.5).clamp(0.0, (count - 1) as f32);
        (at as usize, (at as usize + 1).min(count - 1), at.fract())
    };
    let (left, right, across) = between(x, cell_width, width);
    let (top, bottom, down) = between(y, cell_height, height);
    let vector = |x: usize, y: usize| features.vector(y * width + x);
    let corners = [
        (vector(left, top), (1.0 - across) * (1.0 - down)),
        (vector(right, top), across * (1.0 - down)),
        (vector(left, bottom), (1.0 - across) * down),
        (vector(right, bottom), across * down),
    ];
    let mut mixed = vec![0.0; features.channels()];
    for (corner, weight) in corners {
        mixed.iter_mut().zip(corner).for_each(|(sum, v)| *sum += weight * v);
    }
    mixed
}

/// A place of the picture and the colour that references give it.
pub(super) struct Match {
    pub cell: usize,
    pub ab: [f32; 2],
    /// How alike the most alike place is: the cosine of the angle between their vectors.
    pub likeness: f32,
    /// Share of the most alike places that agree on the colour.
    pub support: f32,
    /// 1 where that place would choose this one in turn, less the farther away it would choose.
    pub mutual: f32,
}

impl Match {
    /// How sure the colour is, 0..=1.
    fn confidence(&self) -> f32 {
        self.support * self.likeness * (0.5 + 0.5 * self.mutual)
    }
}

/// What references say of a picture.
pub(super) struct Found {
    hints: Vec<Hint>,
    recalled: Recalled,
}

impl Found {
    /// Hints where the picture and the references show the same, at most `most` and spread over the picture, and what is alike beyond doubt.
    pub fn new(
        session: &Session,
        picture: &Seen,
        references: &[&Reference],
        most: usize,
        trust: f32,
    ) -> Result<Self, MethodError> {
        let mut seen = Vec::with_capacity(references.len());
        for reference in references {
            seen.push(Seen::new(session, &reference.luma)?);
        }
        let colors: Vec<Vec<[f32; 2]>> = seen
            .iter()
            .zip(references)
            .map(|(seen, reference)| cell_colors(seen.grid(), reference))
            .collect();
        let among: Vec<(&Seen, &[[f32; 2]])> = seen.iter().zip(colors.iter().map(Vec::as_slice)).collect();
        let found = matches(picture, &among);
        let recalled = Recalled::new(picture.grid().size(), &found);
        Ok(Self { hints: chosen(picture.grid(), found, most, trust), recalled })
    }

    /// The network's answer with that, and with what a person says, which holds.
    ///
    /// The strength of colours that the model's card asks for changes guesses alone: hints are shown as they are.
    pub fn answer(&self, session: &Session, luma: &Plane, said: &[Hint]) -> Result<Answer, MethodError> {
        let options = PredictOptions::default();
        let view = session.view(luma, options.size_px)?;
        let (mut chroma, segmentation) = session.predict_and_segment(&view, &self.hints, &options)?;
        let recalled = self.recalled.clone().evened(segmentation.as_ref(), luma);
        let own = (!said.is_empty()).then(|| chroma.clone());
        if own.is_some() {
            chroma = session.predict_view(&view, &[&self.hints, said].concat(), &options)?;
        }
        recalled.blend(luma, own.as_ref(), &mut chroma);
        Ok(chroma.into())
    }
}

/// A match for every cell of the picture's grid, with references of which it is known what was seen and which colours the cells
/// of its finest scale have.
pub(super) fn matches(picture: &Seen, references: &[(&Seen, &[[f32; 2]])]) -> Vec<Match> {
    let pictures: Vec<&Seen> =
        std::iter::once(picture).chain(references.iter().map(|(seen, _)| *seen)).collect();
    let (dims, mut vectors) = descriptors(&pictures);
    let queries = vectors.remove(0);
    let points = vectors.concat();
    let colours: Vec<[f32; 2]> = references.iter().flat_map(|(_, colors)| colors.iter().copied()).collect();
    let found = Cloud::new(&points, dims).nearest(&queries, NEAREST);
    let back = Cloud::new(&queries, dims).nearest(&points, 1);
    found
        .iter()
        .enumerate()
        .map(|(cell, nearest)| vote_color(picture.grid(), cell, nearest, &back, &colours))
        .collect()
}

/// Mean a and b of a reference under each cell of its grid.
pub(super) fn cell_colors(grid: &Features, reference: &Reference) -> Vec<[f32; 2]> {
    let (width, height) = grid.size();
    // Two samples a cell and side: the mean over a cell is that of four of them, whatever the cells' share of the picture.
    let [_, _, cell_width, cell_height] = grid.area(0);
    let (columns, rows) = ((2.0 / cell_width).round() as usize, (2.0 / cell_height).round() as usize);
    let (columns, rows) = (columns.max(1), rows.max(1));
    let small =
        [&reference.chroma.a, &reference.chroma.b].map(|p| resize_plane(p, columns, rows, Filter::Area));
    (0..width * height)
        .map(|cell| {
            let (x, y) = (cell % width, cell / width);
            let mean = |plane: &Plane| {
                let at =
                    |i: usize| plane.row((2 * y + i / 2).min(rows - 1))[(2 * x + i % 2).min(columns - 1)];
                (0..4).map(at).sum::<f32>() / 4.0
            };
            [mean(&small[0]), mean(&small[1])]
        })
        .collect()
}

/// The colour that the nearest places agree on.
fn vote_color(
    grid: &Features,
    cell: usize,
    nearest: &[Neighbor],
    back: &[Vec<Neighbor>],
    colours: &[[f32; 2]],
) -> Match {
    let Some(first) = nearest.first() else {
        return Match { cell, ab: [0.0; 2], likeness: 0.0, support: 0.0, mutual: 0.0 };
    };
    let ballots: Vec<Ballot> = nearest
        .iter()
        .map(|n| Ballot { ab: colours[n.index], weight: ((first.distance - n.distance) / SOFTNESS).exp() })
        .collect();
    let (ab, support) = vote::count(&ballots);
    let width = grid.size().0.max(1);
    let returned = back[first.index].first().map_or(cell, |n| n.index);
    let apart = |one: usize, two: usize| one.abs_diff(two) as f32;
    let away = apart(returned % width, cell % width).hypot(apart(returned / width, cell / width));
    let mutual = 1.0 / (1.0 + away / 4.0);
    // Half the squared distance of unit vectors is one minus their cosine.
    let likeness = (1.0 - 0.5 * first.distance).max(0.0);
    Match { cell, ab, likeness, support, mutual }
}

/// The surest matches, no two too near to one another.
fn chosen(grid: &Features, mut matches: Vec<Match>, most: usize, trust: f32) -> Vec<Hint> {
    let (width, height) = grid.size();
    let spacing = (0.7 * ((width * height) as f32 / most as f32).sqrt()).max(1.0);
    matches.sort_by(|one, two| two.confidence().total_cmp(&one.confidence()).then(one.cell.cmp(&two.cell)));
    let mut hints = Vec::new();
    let mut taken: Vec<(f32, f32)> = Vec::new();
    for found in matches.iter().take_while(|found| found.confidence() >= 1.0 - trust) {
        let place = ((found.cell % width) as f32, (found.cell / width) as f32);
        if hints.len() == most {
            break;
        }
        if taken.iter().any(|other| (place.0 - other.0).hypot(place.1 - other.1) < spacing) {
            continue;
        }
        taken.push(place);
        let [left, top, right, bottom] = grid.area(found.cell);
        hints.push(Hint { x: 0.5 * (left + right), y: 0.5 * (top + bottom), side: SIDE, ab: found.ab });
    }
    hints
}

/// Side of a hint, as a share of the shorter side.
const SIDE: f32 = 0.02;
