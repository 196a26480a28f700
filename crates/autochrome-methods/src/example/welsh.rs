//! Welsh, Ashikhmin, Mueller 2002: each pixel takes the colour of a reference's pixel that is as bright and as rough.

use autochrome_color::{Chroma, Plane, parallel};

use super::local::{self, plane_of};
use super::neighbors::Cloud;
use super::{Exemplar, NEEDS, jittered, prepare};
use crate::{
    Answer, Area, DefaultValue, Guidance, GuidanceKind, IntSpec, Method, MethodError, MethodInfo, OptionSpec,
    Options, Paper, ReferenceSide, SwatchPair,
};

static SIZE: IntSpec = IntSpec {
    id: "size",
    help: "Longer side, in pixels, at which pixels are compared",
    min: 16,
    max: 2048,
    unit: "px",
    default: DefaultValue::Is(512),
};

static SAMPLES: IntSpec = IntSpec {
    id: "samples",
    help: "Places of each reference, or of each swatch, that colours are taken from",
    min: 1,
    max: 5000,
    unit: "",
    default: DefaultValue::Is(200),
};

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "welsh",
    name: "Welsh (reference)",
    summary: "Takes colours from reference pixels of similar brightness and texture; swatches match parts",
    paper: Some(Paper {
        title: "Transferring Color to Greyscale Images",
        authors: "Welsh, Ashikhmin, Mueller",
        year: Some(2002),
    }),
    needs: NEEDS,
    takes: &[GuidanceKind::References, GuidanceKind::Swatches, GuidanceKind::Seed],
    options: &[OptionSpec::Int(&SIZE), OptionSpec::Int(&SAMPLES)],
    uses_model: false,
    reference_side: Some(ReferenceSide::Option(&SIZE)),
};

/// Half the side of the window that deviations are taken over: 5×5.
const WINDOW_RADIUS_PX: usize = 2;

/// The method `welsh`.
pub(crate) struct Welsh;

impl Method for Welsh {
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
        let samples = options.int(&SAMPLES) as usize;
        let (picture, exemplars) = prepare(&INFO, luma, guidance, side_px)?;
        let mut random = fastrand::Rng::with_seed(guidance.seed.unwrap_or(0));
        let chroma = if guidance.swatches.is_empty() {
            let mut palette = Palette::default();
            for exemplar in &exemplars {
                let remapped = exemplar.luma_like(&picture);
                let places = jittered(remapped.size(), samples, &mut random);
                palette.add(exemplar, &remapped, &places);
            }
            palette.paint(&picture)
        } else {
            by_swatches(&picture, &exemplars, &guidance.swatches, samples, &mut random)?
        };
        Ok(vec![chroma.into()])
    }
}

/// Samples of references: what they are found by, and their colours.
#[derive(Default)]
struct Palette {
    /// Brightness and deviation, sorted by brightness.
    samples: Vec<([f32; 2], [f32; 2])>,
}

impl Palette {
    fn add(&mut self, exemplar: &Exemplar, remapped: &Plane, places: &[usize]) {
        let deviations = local::deviation(remapped, WINDOW_RADIUS_PX);
        self.samples
            .extend(places.iter().map(|&i| ([remapped.data()[i], deviations.data()[i]], exemplar.ab(i))));
        self.samples.sort_by(|one, two| one.0[0].total_cmp(&two.0[0]));
    }

    /// The colour of the sample with the smallest ½ |ΔL| + ½ |Δσ|.
    fn nearest(&self, [l, deviation]: [f32; 2]) -> [f32; 2] {
        // From the sample of the same brightness outwards, until brightness alone is too far.
        let start = self.samples.partition_point(|(at, _)| at[0] < l);
        let (mut left, mut right) = (start, start);
        let (mut best, mut nearest) = (f32::INFINITY, [0.0; 2]);
        loop {
            let below = left.checked_sub(1).map(|i| l - self.samples[i].0[0]).filter(|d| *d < best);
            let above = self.samples.get(right).map(|s| s.0[0] - l).filter(|d| *d < best);
            let (distance, (at, ab)) = match (below, above) {
                (Some(below), above) if above.is_none_or(|above| below <= above) => {
                    left -= 1;
                    (below, self.samples[left])
                }
                (_, Some(above)) => {
                    right += 1;
                    (above, self.samples[right - 1])
                }
                _ => return nearest,
            };
            let distance = distance + (deviation - at[1]).abs();
            if distance < best {
                (best, nearest) = (distance, ab);
            }
        }
    }

    fn paint(&self, picture: &Plane) -> Chroma {
        let deviations = local::deviation(picture, WINDOW_RADIUS_PX);
        let (luma, deviations) = (picture.data(), deviations.data());
        let found = parallel::map_numbers(luma.len(), 1024, |i| self.nearest([luma[i], deviations[i]]));
        chroma_of(picture.size(), &found)
    }
}

fn chroma_of(size: (usize, usize), colours: &[[f32; 2]]) -> Chroma {
    let plane = |i: usize| plane_of(size, colours.iter().map(|ab| ab[i]).collect());
    Chroma { a: plane(0), b: plane(1) }
}

/// Swatches of the picture take their colours from those of the references; every other pixel takes them from the pixel of
/// a swatch whose neighbourhood looks most alike.
fn by_swatches(
    picture: &Plane,
    exemplars: &[Exemplar],
    swatches: &[SwatchPair],
    samples: usize,
    random: &mut fastrand::Rng,
) -> Result<Chroma, MethodError> {
    let unfit = |reason: String| MethodError::GuidanceUnfit { kind: GuidanceKind::Swatches, reason };
    let (mut neighbourhoods, mut colours) = (Vec::new(), Vec::new());
    let mut painted = Vec::new();
    for swatch in swatches {
        let exemplar = exemplars.get(swatch.reference).ok_or_else(|| {
            unfit(format!("swatch of reference {}, but there are {}", swatch.reference + 1, exemplars.len()))
        })?;
        let (from, to) = (
            Pixels::of(swatch.area, exemplar.luma.size()).map_err(unfit)?,
            Pixels::of(swatch.picture, picture.size()).map_err(unfit)?,
        );
        let (source, target) = (from.cut(exemplar), to.cut_plane(picture));
        let remapped = source.luma_like(&target);
        let mut palette = Palette::default();
        palette.add(&source, &remapped, &jittered(remapped.size(), samples, random));
        let chroma = palette.paint(&target);
        for place in jittered(target.size(), samples, random) {
            let (x, y) = (to.left + place % to.width, to.top + place / to.width);
            neighbourhoods.extend(neighbourhood(picture, x, y));
            colours.push([chroma.a.data()[place], chroma.b.data()[place]]);
        }
        painted.push((to, chroma));
    }

    let (width, height) = picture.size();
    let cloud = Cloud::new(&neighbourhoods, NEIGHBOURHOOD);
    let rows: Vec<Vec<[f32; 2]>> = (0..height)
        .map(|y| {
            let queries: Vec<f32> = (0..width).flat_map(|x| neighbourhood(picture, x, y)).collect();
            cloud.nearest(&queries, 1).iter().map(|found| colours[found[0].index]).collect()
        })
        .collect();
    let mut chroma = chroma_of((width, height), &rows.concat());
    for (to, inside) in painted {
        for (plane, inside) in [(&mut chroma.a, inside.a), (&mut chroma.b, inside.b)] {
            for y in 0..to.height {
                plane.data_mut()[(to.top + y) * width + to.left..][..to.width].copy_from_slice(inside.row(y));
            }
        }
    }
    Ok(chroma)
}

/// Pixels of a neighbourhood: 5×5.
const NEIGHBOURHOOD: usize = (2 * WINDOW_RADIUS_PX + 1) * (2 * WINDOW_RADIUS_PX + 1);

/// L around a pixel; the picture's edge is repeated.
fn neighbourhood(plane: &Plane, x: usize, y: usize) -> [f32; NEIGHBOURHOOD] {
    const SIDE: usize = 2 * WINDOW_RADIUS_PX + 1;
    std::array::from_fn(|i| {
        let near =
            |at: usize, step: usize, side: usize| (at + step).saturating_sub(WINDOW_RADIUS_PX).min(side - 1);
        plane.row(near(y, i / SIDE, plane.height()))[near(x, i % SIDE, plane.width())]
    })
}

/// A rectangle in pixels, never empty.
#[derive(Clone, Copy)]
struct Pixels {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Pixels {
    fn of(area: Area, (width, height): (usize, usize)) -> Result<Self, String> {
        let Area { x, y, width: w, height: h } = area;
        let inside = |from: f32, size: f32| from >= 0.0 && size > 0.0 && from + size <= 1.0 + 1e-4;
        if !(inside(x, w) && inside(y, h)) {
            return Err(format!(
                "a swatch lies at {x}, {y} and is {w} wide and {h} high; give shares of the sides, 0 to 1"
            ));
        }
        let span = |from: f32, size: f32, side: usize| {
            let start = ((from * side as f32).round() as usize).min(side - 1);
            (start, (((from + size) * side as f32).round() as usize).clamp(start + 1, side) - start)
        };
        let ((left, width), (top, height)) = (span(x, w, width), span(y, h, height));
        Ok(Self { left, top, width, height })
    }

    fn cut_plane(self, plane: &Plane) -> Plane {
        let rows = (self.top..self.top + self.height).flat_map(|y| &plane.row(y)[self.left..][..self.width]);
        plane_of((self.width, self.height), rows.copied().collect())
    }

    fn cut(self, exemplar: &Exemplar) -> Exemplar {
        Exemplar {
            luma: self.cut_plane(&exemplar.luma),
            chroma: Chroma { a: self.cut_plane(&exemplar.chroma.a), b: self.cut_plane(&exemplar.chroma.b) },
        }
    }
}
