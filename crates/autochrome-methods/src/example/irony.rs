//! Irony, Cohen-Or, Lischinski 2005: pixels are classified by their texture, neighbours vote, the sure ones colour the rest.

use autochrome_color::{Plane, parallel};

use super::discriminant::Projection;
use super::local::plane_of;
use super::neighbors::{Cloud, Neighbor};
use super::spread::{Known, confident, spread};
use super::texture::{COEFFICIENTS, cosines};
use super::{Exemplar, NEEDS, clusters, jittered, prepare};
use crate::{
    Answer, DefaultValue, Guidance, GuidanceKind, IntSpec, Method, MethodError, MethodInfo, OptionSpec,
    Options, Paper, ReferenceSide,
};

static SIZE: IntSpec = IntSpec {
    id: "size",
    help: "Longer side, in pixels, at which textures are compared",
    min: 32,
    max: 1024,
    unit: "px",
    default: DefaultValue::Is(320),
};

static CLASSES: IntSpec = IntSpec {
    id: "classes",
    help: "Into how many parts of like colour the references are cut",
    min: 2,
    max: 32,
    unit: "",
    default: DefaultValue::Is(8),
};

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "irony",
    name: "Irony (reference)",
    summary: "Classifies pixels by texture, lets neighbours vote, and spreads the colours that they agree on",
    paper: Some(Paper {
        title: "Colorization by Example",
        authors: "Irony, Cohen-Or, Lischinski",
        year: Some(2005),
    }),
    needs: NEEDS,
    takes: &[GuidanceKind::References, GuidanceKind::Seed],
    options: &[OptionSpec::Int(&SIZE), OptionSpec::Int(&CLASSES)],
    uses_model: false,
    reference_side: Some(ReferenceSide::Option(&SIZE)),
};

/// Pixels of the references that pixels of the picture are compared with.
const SAMPLES: usize = 4000;
/// Most dimensions in which they are compared; classes minus one are all that can tell classes apart.
const DIMS: usize = 8;
/// Nearest samples that vote for a pixel's class.
const NEAREST: usize = 9;
/// Half the side of the square of pixels that vote together.
const VOTE_RADIUS_PX: usize = 3;
/// Confidence from which a pixel's colour is spread. A share of the surest pixels would be all sky in many a picture.
const SURE: f32 = 0.8;
/// At most one sure pixel is taken from a square of this side.
const CELL_PX: usize = 4;

/// The method `irony`.
pub(crate) struct Irony;

impl Method for Irony {
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
        let classes = options.int(&CLASSES) as usize;
        let (picture, exemplars) = prepare(&INFO, luma, guidance, side_px)?;
        let mut random = fastrand::Rng::with_seed(guidance.seed.unwrap_or(0));
        let samples = Samples::draw(&picture, &exemplars, classes, &mut random);
        let found = samples.classify(&picture);
        let voted = vote(&picture, &exemplars, &samples, &found);
        let confidence = plane_of(picture.size(), voted.iter().map(|v| v.confidence).collect());
        let sure = confident(&confidence, CELL_PX, SURE);
        let known: Vec<Known> = sure.into_iter().map(|index| Known { index, ab: voted[index].ab }).collect();
        Ok(vec![spread(&picture, &known)?.into()])
    }
}

/// Places in references with their classes, in a space where like textures lie together.
struct Samples {
    /// Which reference, and which of its pixels.
    places: Vec<(usize, usize)>,
    labels: Vec<usize>,
    classes: usize,
    projection: Projection,
    cloud: Cloud,
}

impl Samples {
    fn draw(picture: &Plane, exemplars: &[Exemplar], classes: usize, random: &mut fastrand::Rng) -> Self {
        let each = SAMPLES / exemplars.len();
        let (mut places, mut colours, mut textures) = (Vec::new(), Vec::new(), Vec::new());
        for (number, exemplar) in exemplars.iter().enumerate() {
            let luma = exemplar.luma_like(picture);
            let drawn = jittered(luma.size(), each.max(1), random);
            colours.extend(drawn.iter().flat_map(|&index| exemplar.ab(index)));
            places.extend(drawn.iter().map(|&index| (number, index)));
            textures.extend(cosines(&luma, &drawn));
        }
        let labels = clusters::labels(&colours, 2, classes, random);
        let projection = Projection::separate(&textures, COEFFICIENTS, &labels, (classes - 1).clamp(1, DIMS));
        let cloud = Cloud::new(&projection.apply(&textures), projection.dims());
        Self { places, labels, classes, projection, cloud }
    }

    /// For each pixel, what its texture says.
    fn classify(&self, picture: &Plane) -> Vec<Found> {
        let textures = cosines(picture, &(0..picture.data().len()).collect::<Vec<_>>());
        let nearest = self.cloud.nearest(&self.projection.apply(&textures), NEAREST);
        // What is far depends on the pictures: as far as the nearest sample of a pixel in the middle of the field.
        let mut distances: Vec<f32> =
            nearest.iter().filter_map(|n| Some(n.first()?.distance.sqrt())).collect();
        distances.sort_by(f32::total_cmp);
        let scale = distances.get(distances.len() / 2).map_or(1.0, |middle| middle.max(1e-6));
        nearest.into_iter().map(|nearest| self.found(&nearest, scale)).collect()
    }

    fn found(&self, nearest: &[Neighbor], scale: f32) -> Found {
        let mut votes = vec![0_usize; self.classes];
        nearest.iter().for_each(|n| votes[self.labels[n.index]] += 1);
        // The first of the most voted: equal votes go to the nearer sample.
        let most = votes.iter().max().copied().unwrap_or(0);
        let best = nearest.iter().find(|n| votes[self.labels[n.index]] == most);
        best.map_or(Found::default(), |n| Found {
            label: self.labels[n.index],
            sample: n.index,
            // Never nothing, or a picture unlike all references would get no colour at all.
            likeness: (-n.distance.sqrt() / scale).exp().max(1e-6),
        })
    }
}

/// What the texture of a pixel says.
#[derive(Clone, Copy, Default)]
struct Found {
    label: usize,
    sample: usize,
    /// 1 for the same texture, towards 0 for another.
    likeness: f32,
}

/// What the pixels around a pixel agreed on.
#[derive(Clone, Copy)]
struct Voted {
    ab: [f32; 2],
    confidence: f32,
}

/// The class that weighs most among the neighbours of each pixel, and the colour that they see at its place: each looks
/// from its own match in the reference as far and in the same direction.
fn vote(picture: &Plane, exemplars: &[Exemplar], samples: &Samples, found: &[Found]) -> Vec<Voted> {
    let (width, height) = picture.size();
    let at = |i: usize| {
        let (x, y) = (i % width, i / width);
        let near =
            |at: usize, side: usize| at.saturating_sub(VOTE_RADIUS_PX)..(at + VOTE_RADIUS_PX + 1).min(side);
        let neighbours = || {
            near(y, height)
                .flat_map(move |y| near(x, width).map(move |x| (x, y)))
                .map(|(nx, ny)| (nx, ny, found[ny * width + nx]))
        };
        let mut weights = vec![0.0_f32; samples.classes];
        neighbours().for_each(|(_, _, found)| weights[found.label] += found.likeness);
        let total: f32 = weights.iter().sum();
        let label = (0..weights.len()).fold(0, |best, i| if weights[i] > weights[best] { i } else { best });
        let (mut sum, mut weight) = ([0.0; 2], 0.0);
        for (nx, ny, found) in neighbours().filter(|(_, _, found)| found.label == label) {
            let (reference, place) = samples.places[found.sample];
            let exemplar = &exemplars[reference];
            let (w, h) = exemplar.luma.size();
            let look =
                |from: usize, to: usize, at: usize, side: usize| (from + to).saturating_sub(at).min(side - 1);
            let (rx, ry) = (look(place % w, x, nx, w), look(place / w, y, ny, h));
            let ab = exemplar.ab(ry * w + rx);
            sum[0] += found.likeness * ab[0];
            sum[1] += found.likeness * ab[1];
            weight += found.likeness;
        }
        if weight <= 0.0 {
            return Voted { ab: [0.0; 2], confidence: 0.0 };
        }
        Voted { ab: sum.map(|v| v / weight), confidence: weight / total }
    };
    parallel::map_numbers(width * height, 256, at)
}
