//! Gupta et al. 2012: superpixels are matched by a cascade of features, neighbours vote, their centres colour the rest.

mod descriptor;
mod gabor;
mod slic;

use autochrome_color::{Plane, parallel};

use super::spread::{Known, spread};
use super::vote::{self, Ballot};
use super::{Exemplar, NEEDS, prepare};
use crate::{
    Answer, DefaultValue, Guidance, GuidanceKind, IntSpec, Method, MethodError, MethodInfo, OptionSpec,
    Options, Paper, ReferenceSide,
};
use descriptor::{Descriptors, KINDS, WEIGHTS, normalise};
use slic::Superpixels;

static SIZE: IntSpec = IntSpec {
    id: "size",
    help: "Longer side, in pixels, at which superpixels are compared",
    min: 32,
    max: 1024,
    unit: "px",
    default: DefaultValue::Is(320),
};

static AREA: IntSpec = IntSpec {
    id: "area",
    help: "Pixels of a superpixel",
    min: 10,
    max: 1000,
    unit: "px",
    default: DefaultValue::Is(40),
};

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "superpixel",
    name: "Superpixels (reference)",
    summary: "Matches small areas by texture, shape and brightness, lets neighbours vote, and spreads their colours",
    paper: Some(Paper {
        title: "Image Colorization Using Similar Images",
        authors: "Gupta, Chia, Rajan, Ng, Huang",
        year: Some(2012),
    }),
    needs: NEEDS,
    takes: &[GuidanceKind::References],
    options: &[OptionSpec::Int(&SIZE), OptionSpec::Int(&AREA)],
    uses_model: false,
    reference_side: Some(ReferenceSide::Option(&SIZE)),
};

/// What every step of the cascade leaves over.
const KEEP: f32 = 0.5;
/// Matches of a superpixel that vote.
const MATCHES: usize = 5;
/// Votes with less support than this are not spread.
const LEAST_SUPPORT: f32 = 0.35;

/// The method `superpixel`.
pub(crate) struct Superpixel;

impl Method for Superpixel {
    fn info(&self) -> &'static MethodInfo {
        &INFO
    }

    fn colorize(
        &self,
        luma: &Plane,
        guidance: &Guidance,
        options: &Options,
    ) -> Result<Vec<Answer>, MethodError> {
        let side_px = options.int(&SIZE) as usize;
        let area_px = options.int(&AREA) as f32;
        let (picture, exemplars) = prepare(&INFO, luma, guidance, side_px)?;
        let superpixels = Superpixels::cut(&picture, area_px);
        let mut descriptors = Descriptors::of(&picture, &superpixels);
        let mut sources: Vec<Source> =
            exemplars.iter().map(|exemplar| Source::new(exemplar, &picture, area_px)).collect();
        let mut all: Vec<&mut Descriptors> = vec![&mut descriptors];
        all.extend(sources.iter_mut().map(|source| &mut source.descriptors));
        normalise(&mut all);

        let proposals: Vec<Vec<Ballot>> =
            parallel::map_numbers(superpixels.len(), 1, |i| matches(&descriptors, i, &sources));
        let width = picture.width();
        let known: Vec<Known> = (0..superpixels.len())
            .filter_map(|i| {
                let (ab, support) = vote::count(&ballots(&descriptors, &superpixels, &proposals, i));
                let [x, y] = superpixels.centres[i];
                let index = y.round() as usize * width + x.round() as usize;
                (support >= LEAST_SUPPORT).then_some(Known { index, ab })
            })
            .collect();
        Ok(vec![spread(&picture, &known)?.into()])
    }
}

/// The superpixels of a reference.
struct Source {
    descriptors: Descriptors,
    /// Mean a and b of each superpixel.
    colours: Vec<[f32; 2]>,
}

impl Source {
    fn new(exemplar: &Exemplar, picture: &Plane, area_px: f32) -> Self {
        let luma = exemplar.luma_like(picture);
        let superpixels = Superpixels::cut(&luma, area_px);
        let [a, b] = [&exemplar.chroma.a, &exemplar.chroma.b].map(|plane| superpixels.means(plane.data()));
        let colours = a.into_iter().zip(b).map(|(a, b)| [a, b]).collect();
        Self { descriptors: Descriptors::of(&luma, &superpixels), colours }
    }
}

/// The best matches of superpixel `i`: each kind of features halves what the ones before it left.
fn matches(descriptors: &Descriptors, i: usize, sources: &[Source]) -> Vec<Ballot> {
    let mut left: Vec<(usize, usize, f32)> = sources
        .iter()
        .enumerate()
        .flat_map(|(number, source)| (0..source.colours.len()).map(move |j| (number, j, 0.0)))
        .collect();
    for (kind, weight) in WEIGHTS.iter().enumerate() {
        let mut scored: Vec<(f32, (usize, usize, f32))> = left
            .iter()
            .map(|&(number, j, cost)| {
                let distance = descriptors.distance(kind, i, &sources[number].descriptors, j);
                (distance, (number, j, cost + weight * distance))
            })
            .collect();
        let keep = ((scored.len() as f32 * KEEP) as usize).max(MATCHES).min(scored.len());
        if keep < scored.len() {
            scored.select_nth_unstable_by(keep - 1, |one, two| {
                one.0.total_cmp(&two.0).then((one.1.0, one.1.1).cmp(&(two.1.0, two.1.1)))
            });
            scored.truncate(keep);
        }
        left = scored.into_iter().map(|(_, candidate)| candidate).collect();
    }
    left.sort_by(|one, two| one.2.total_cmp(&two.2).then((one.0, one.1).cmp(&(two.0, two.1))));
    left.truncate(MATCHES);
    left.iter()
        .map(|&(number, j, cost)| Ballot { ab: sources[number].colours[j], weight: similarity(cost) })
        .collect()
}

/// What superpixel `i` and those around it propose; they count as far as they look like it.
fn ballots(
    descriptors: &Descriptors,
    superpixels: &Superpixels,
    proposals: &[Vec<Ballot>],
    i: usize,
) -> Vec<Ballot> {
    let mut ballots = proposals[i].clone();
    for &other in &superpixels.neighbours[i] {
        let cost =
            (0..KINDS).map(|kind| WEIGHTS[kind] * descriptors.distance(kind, i, descriptors, other)).sum();
        let like = similarity(cost);
        ballots.extend(proposals[other].iter().map(|b| Ballot { weight: like * b.weight, ..*b }));
    }
    ballots
}

/// 1 for a cost of nothing, towards 0 for superpixels that are as unlike as any two; costs have a mean of 1.
fn similarity(cost: f32) -> f32 {
    (-4.0 * cost).exp()
}
