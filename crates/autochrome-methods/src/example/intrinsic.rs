//! Liu et al. 2008: light is taken off the picture and the references, what is left is matched, and the colours are lit anew.
//!
//! Several photographs of one place differ in their light more than in what they show. Reflectance is what they share.

use autochrome_color::{Plane, parallel};

use super::local::{self, plane_of};
use super::neighbors::Cloud;
use super::spread::{Known, confident, of_the_surest, spread};
use super::vote::{self, Ballot};
use super::{Exemplar, NEEDS, jittered, mean_and_deviation, prepare};
use crate::{
    Answer, DefaultValue, Guidance, GuidanceKind, IntSpec, Method, MethodError, MethodInfo, OptionSpec,
    Options, Paper, RealSpec, ReferenceSide,
};

static SIZE: IntSpec = IntSpec {
    id: "size",
    help: "Longer side, in pixels, at which reflectances are compared",
    min: 32,
    max: 1024,
    unit: "px",
    default: DefaultValue::Is(320),
};

static PLACE: RealSpec = RealSpec {
    id: "place",
    help: "How much the place within the picture counts: 0 for references that show another view, 3 for the same view",
    min: 0.0,
    max: 10.0,
    step: Some(0.1),
    unit: "",
    default: DefaultValue::Is(1.0),
};

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "intrinsic",
    name: "Intrinsic (references)",
    summary: "Separates reflectance from light, and takes its colours from several references of one scene",
    paper: Some(Paper {
        title: "Intrinsic Colorization",
        authors: "Liu, Wan, Qu, Wong, Lin, Leung, Heng",
        year: Some(2008),
    }),
    needs: NEEDS,
    takes: &[GuidanceKind::References, GuidanceKind::Seed],
    options: &[OptionSpec::Int(&SIZE), OptionSpec::Real(&PLACE)],
    uses_model: false,
    reference_side: Some(ReferenceSide::Option(&SIZE)),
};

/// Pixels of all references together that pixels of the picture are compared with.
const SAMPLES: usize = 4000;
/// Nearest samples of each reference that vote.
const NEAREST: usize = 8;
/// Share of the surest pixels whose colours are spread, and the square from which one at most is taken.
const SURE: f32 = 0.4;
const CELL_PX: usize = 4;
/// Widths of the light's smoothness as shares of the longer side.
const SCALES: [f32; 3] = [0.03, 0.1, 0.3];
/// How much each feature counts: reflectance, its mean, its fine and coarse roughness, light, column, row.
const WEIGHTS: [f32; FEATURES] = [0.5, 1.0, 0.7, 1.0, 0.7, 0.3, 0.7];
const FEATURES: usize = 7;
/// From which of them on place counts.
const COLUMN: usize = 5;
/// Most that a colour gains when it is lit anew.
const BRIGHTEST: f32 = 2.0;

/// The method `intrinsic`.
pub(crate) struct Intrinsic;

impl Method for Intrinsic {
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
        let place = options.real(&PLACE) as f32;
        let (picture, exemplars) = prepare(&INFO, luma, guidance, side_px)?;
        let mut random = fastrand::Rng::with_seed(guidance.seed.unwrap_or(0));
        let queries = features(&picture, place);
        let each = (SAMPLES / exemplars.len()).max(1);
        let proposals: Vec<Vec<Ballot>> = exemplars
            .iter()
            .map(|exemplar| votes_of(exemplar, &picture, &queries, place, each, &mut random))
            .collect();
        // References that agree outvote the one whose light was misjudged.
        let votes: Vec<([f32; 2], f32)> = parallel::map_numbers(picture.data().len(), 1024, |i| {
            let ballots: Vec<Ballot> = proposals.iter().map(|of_one| of_one[i]).collect();
            let (ab, support) = vote::count(&ballots);
            (ab, support * ballots.iter().fold(0.0, |most, ballot| ballot.weight.max(most)))
        });
        let confidence = plane_of(picture.size(), votes.iter().map(|vote| vote.1).collect());
        // What a few pixels say together is worth more than what one says.
        let confidence = local::mean(&confidence, 1);
        let sure = confident(&confidence, CELL_PX, of_the_surest(&confidence, SURE));
        let known: Vec<Known> = sure.into_iter().map(|index| Known { index, ab: votes[index].0 }).collect();
        Ok(vec![spread(&picture, &known)?.into()])
    }
}

/// One reference's colour for each pixel, lit as the pixel is; its weight is 0..=1.
fn votes_of(
    exemplar: &Exemplar,
    picture: &Plane,
    queries: &[f32],
    place: f32,
    samples: usize,
    random: &mut fastrand::Rng,
) -> Vec<Ballot> {
    let features = features(&exemplar.luma, place);
    let drawn = jittered(exemplar.luma.size(), samples, random);
    let points: Vec<f32> =
        drawn.iter().flat_map(|&i| features[i * FEATURES..][..FEATURES].to_vec()).collect();
    let found = Cloud::new(&points, FEATURES).nearest(queries, NEAREST);
    let propose = |i: usize| {
        let (nearest, l) = (&found[i], picture.data()[i]);
        let ballots: Vec<Ballot> = nearest
            .iter()
            .map(|n| {
                let index = drawn[n.index];
                let light = lit(exemplar.luma.data()[index], l);
                Ballot { ab: exemplar.ab(index).map(|v| v * light), weight: (-n.distance).exp() }
            })
            .collect();
        let (ab, support) = vote::count(&ballots);
        Ballot { ab, weight: support * ballots.first().map_or(0.0, |nearest| nearest.weight) }
    };
    parallel::map_numbers(found.len(), 1024, propose)
}

/// What a and b are multiplied by when the light on a surface changes so that its L goes from `from` to `to`.
///
/// Light multiplies X, Y and Z alike, and CIELAB takes their cube roots: L + 16, a and b all grow by one factor.
fn lit(from: f32, to: f32) -> f32 {
    ((to + 16.0) / (from + 16.0)).clamp(0.0, BRIGHTEST)
}

/// What a pixel is recognised by, pixel by pixel, each on a scale of its own picture.
fn features(luma: &Plane, place: f32) -> Vec<f32> {
    let size = luma.size();
    // L + 16 is the cube root of luminance: its logarithm is that of luminance on another scale.
    let log = plane_of(size, luma.data().iter().map(|l| 3.0 * (l.max(0.0) + 16.0).ln()).collect());
    let reflectance = reflectance(&log);
    let light = plane_of(size, log.data().iter().zip(reflectance.data()).map(|(v, r)| v - r).collect());
    let coarse = (size.0.max(size.1) / 40).max(2);
    let planes = [
        local::mean(&reflectance, 2),
        local::deviation(&reflectance, 2),
        local::mean(&local::deviation(&reflectance, 2), coarse),
        light,
    ];
    let planes: Vec<&Plane> = std::iter::once(&reflectance).chain(&planes).collect();
    let scales: Vec<(f32, f32)> = planes.iter().map(|plane| mean_and_deviation(plane.data())).collect();
    let mut features = Vec::with_capacity(luma.data().len() * FEATURES);
    for i in 0..luma.data().len() {
        for ((plane, (mean, deviation)), weight) in planes.iter().zip(&scales).zip(WEIGHTS) {
            features.push(weight * (plane.data()[i] - mean) / deviation.max(1e-3));
        }
        // Uniform over -√3..√3, which has a deviation of 1 too.
        let at = |i: usize, side: usize| 3.0_f32.sqrt() * (2.0 * (i as f32 + 0.5) / side as f32 - 1.0);
        features.push(place * WEIGHTS[COLUMN] * at(i % size.0, size.0));
        features.push(place * WEIGHTS[COLUMN + 1] * at(i / size.0, size.1));
    }
    features
}

/// The part of log luminance that is not smooth: light changes slowly, surfaces end suddenly.
///
/// # Source
/// Jobson, Rahman, Woodell, "A multiscale retinex" (1997), with three passes of a mean for each Gaussian.
fn reflectance(log: &Plane) -> Plane {
    let longer = log.width().max(log.height()) as f32;
    let mut reflectance = vec![0.0_f32; log.data().len()];
    for scale in SCALES {
        let radius = ((scale * longer) as usize).max(1);
        let smooth = (0..3).fold(log.clone(), |plane, _| local::mean(&plane, radius));
        for (sum, (v, s)) in reflectance.iter_mut().zip(log.data().iter().zip(smooth.data())) {
            *sum += (v - s) / SCALES.len() as f32;
        }
    }
    plane_of(log.size(), reflectance)
}

#[cfg(test)]
mod tests {
    use autochrome_color::lab::{lab_to_xyz, xyz_to_lab};

    use super::*;

    #[test]
    fn light_scales_chroma_as_it_does_in_linear_light() {
        let lab = [60.0, 20.0, 35.0];
        let [l, a, b] = xyz_to_lab(lab_to_xyz(lab).map(|v| 0.4 * v));
        let light = lit(60.0, l);
        assert!((a - 20.0 * light).abs() < 0.05 && (b - 35.0 * light).abs() < 0.05, "{a} {b} at {light}");
    }

    #[test]
    fn a_slope_of_light_over_a_surface_is_no_reflectance() {
        let surface = |i: usize| if (i % 128 / 16 + i / 128 / 16).is_multiple_of(2) { 0.0_f32 } else { 1.0 };
        let plane = |light: f32| {
            let value = |i: usize| surface(i) + light * (i % 128) as f32 / 128.0;
            Plane::from_vec(128, 128, (0..128 * 128).map(value).collect()).unwrap()
        };
        let (flat, sloped) = (reflectance(&plane(0.0)), reflectance(&plane(1.0)));
        // Away from the edges, where the mean sees one side only.
        let middle = |i: &usize| (32..96).contains(&(i % 128));
        let worst = (0..128 * 128)
            .filter(middle)
            .map(|i| (flat.data()[i] - sloped.data()[i]).abs())
            .fold(0.0, f32::max);
        assert!(worst < 0.1, "{worst} of a slope of 1");
    }
}
