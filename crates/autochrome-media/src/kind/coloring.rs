//! Whether colours are those of things, or one for each lightness as in sepia prints and on blue paper.

use super::{Coloring, Thumbnail};

/// Steps of lightness that have a colour of their own.
const STEPS: usize = 16;

/// How far a sample may lie, in a and b, from the usual colour of its lightness and still belong to it: paper has stains, JPEG blurs.
const NEAR: f32 = 8.0;

/// Largest share of samples that lie farther off in a picture that is not in colour. Of 44 historical photographs none has
/// more than 4.0 percent, of 887 colour pictures 2.1 percent have less than this.
const FAR_SHARE: f32 = 0.045;

/// How far the usual colour of a lightness may lie from the line between gray and the mean colour, in a and b: a tone is stronger here and
/// weaker there and stays one hue, but a poster may have one flat colour for each lightness.
const BESIDE: f32 = 15.0;

/// Least mean colour, in a and b, that is called a tone; a scanner's cast has up to 4.
const TONE: f32 = 6.0;

/// Least share of the samples that a step needs for a colour of its own.
const COUNTED: f32 = 0.002;

/// Hues of old paper and sepia, in degrees of a and b.
const SEPIA: std::ops::RangeInclusive<f32> = 30.0..=115.0;
/// Hues of cyanotypes.
const CYANOTYPE: std::ops::RangeInclusive<f32> = 200.0..=300.0;

/// The colour that a toned picture has at each lightness.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToneCurve {
    /// a and b at the middle of each step of L.
    steps: [[f32; 2]; STEPS],
}

impl ToneCurve {
    /// The usual colour of each lightness.
    pub(super) fn of(thumbnail: &Thumbnail) -> Self {
        let own = medians(thumbnail);
        // A lightness that hardly occurs has the colour of the nearest that does.
        let nearest = |step: usize| {
            let known = (0..STEPS).filter(|&other| own[other].is_some());
            known.min_by_key(|other| other.abs_diff(step)).and_then(|other| own[other]).unwrap_or([0.0; 2])
        };
        Self { steps: std::array::from_fn(nearest) }
    }

    /// a and b at a lightness, 0..=100.
    #[must_use]
    pub fn at(&self, l: f32) -> [f32; 2] {
        let place = (l / 100.0 * STEPS as f32 - 0.5).clamp(0.0, (STEPS - 1) as f32);
        let (below, share) = (place as usize, place.fract());
        let above = (below + 1).min(STEPS - 1);
        [0, 1].map(|i| self.steps[below][i] * (1.0 - share) + self.steps[above][i] * share)
    }
}

/// Which colours a picture has.
pub(super) fn of(thumbnail: &Thumbnail) -> Coloring {
    let samples = samples(thumbnail);
    let count = samples.clone().count().max(1) as f32;
    let sum =
        samples.clone().fold([0.0_f64; 2], |[a, b], (_, own)| [a + f64::from(own[0]), b + f64::from(own[1])]);
    let mean = sum.map(|sum| sum as f32 / count);
    // What is not near to the usual colour of its lightness, or has a lightness whose usual colour is of another hue.
    let usual =
        medians(thumbnail).map(|usual| usual.filter(|usual| distance_from_hue(*usual, mean) <= BESIDE));
    let is_far = |(step, [a, b]): (usize, [f32; 2])| {
        usual[step].is_none_or(|[usual_a, usual_b]| (a - usual_a).hypot(b - usual_b) > NEAR)
    };
    if samples.filter(|sample| is_far(*sample)).count() as f32 > FAR_SHARE * count {
        return Coloring::Color;
    }
    let hue = mean[1].atan2(mean[0]).to_degrees().rem_euclid(360.0);
    match mean[0].hypot(mean[1]) {
        strength if strength < TONE => Coloring::Gray,
        _ if SEPIA.contains(&hue) => Coloring::Sepia,
        _ if CYANOTYPE.contains(&hue) => Coloring::Cyanotype,
        _ => Coloring::Toned,
    }
}

/// How far `color` lies from the line that goes from gray through `mean` and on.
fn distance_from_hue(color: [f32; 2], mean: [f32; 2]) -> f32 {
    let strength = mean[0].hypot(mean[1]);
    let [a, b] = color;
    if strength < 1.0 {
        return a.hypot(b);
    }
    let along = (a * mean[0] + b * mean[1]) / strength;
    let across = (a * mean[1] - b * mean[0]) / strength;
    across.hypot(along.min(0.0))
}

/// Step of lightness, a and b of every sample.
fn samples(Thumbnail { luma, chroma }: &Thumbnail) -> impl Iterator<Item = (usize, [f32; 2])> + Clone {
    let step = |l: f32| ((l / 100.0 * STEPS as f32).max(0.0) as usize).min(STEPS - 1);
    let ab = chroma.a.data().iter().zip(chroma.b.data());
    luma.data().iter().zip(ab).map(move |(&l, (&a, &b))| (step(l), [a, b]))
}

/// The median of a and of b at each step of lightness that occurs.
fn medians(thumbnail: &Thumbnail) -> [Option<[f32; 2]>; STEPS] {
    let mut by_step: [[Vec<f32>; 2]; STEPS] = Default::default();
    for (step, ab) in samples(thumbnail) {
        for (values, value) in by_step[step].iter_mut().zip(ab) {
            values.push(value);
        }
    }
    let least = (COUNTED * thumbnail.luma.data().len() as f32).ceil() as usize;
    by_step.map(|values| {
        (values[0].len() >= least.max(1)).then(|| {
            values.map(|mut values| {
                let middle = values.len() / 2;
                *values.select_nth_unstable_by(middle, f32::total_cmp).1
            })
        })
    })
}
