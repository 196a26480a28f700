//! The colours of references for those of a picture: one distribution in the plane of a and b turned into another.

use autochrome_color::Chroma;

use crate::{GuidanceKind, MethodError, Reference};

/// Directions that distributions are compared along, spread over half a circle, in each round.
const DIRECTIONS: usize = 4;

/// Rounds, each with other directions.
const ROUNDS: usize = 5;

/// Points of a distribution's curve.
const QUANTILES: usize = 65;

/// Samples that stand for a picture.
const SAMPLES: usize = 20_000;

/// A step along one direction: where the quantiles of one distribution lie, and those of the other.
struct Step {
    direction: [f32; 2],
    from: Vec<f32>,
    to: Vec<f32>,
}

/// A map of a and b after which the picture's colours are distributed like those of the references.
///
/// # Source
/// Pitié, Kokaram, Dahyot, "N-dimensional probability density function transfer and its application to colour transfer", ICCV 2005,
/// on a and b alone, with directions that are evenly spread instead of random.
pub(super) struct Transfer {
    steps: Vec<Step>,
}

impl Transfer {
    /// From the colours of a picture to those of all references together, each counting the same.
    ///
    /// # Errors
    /// When a reference has no pixels.
    pub(super) fn new(colors: &Chroma, references: &[Reference]) -> Result<Self, MethodError> {
        let mut wanted = Vec::new();
        for reference in references {
            let samples = samples(&reference.chroma, SAMPLES / references.len().max(1));
            if samples.is_empty() {
                let reason = format!("{} has no pixels", reference.name);
                return Err(MethodError::GuidanceUnfit { kind: GuidanceKind::References, reason });
            }
            wanted.extend(samples);
        }
        let mut points = samples(colors, SAMPLES);
        let mut steps = Vec::new();
        for round in 0..ROUNDS {
            for direction in 0..DIRECTIONS {
                let turn = (direction as f32 + round as f32 / ROUNDS as f32) / DIRECTIONS as f32;
                let (sin, cos) = (turn * std::f32::consts::PI).sin_cos();
                let along = |[a, b]: &[f32; 2]| a * cos + b * sin;
                let from = quantiles(points.iter().map(along).collect());
                let to = quantiles(wanted.iter().map(along).collect());
                let step = Step { direction: [cos, sin], from, to };
                points.iter_mut().for_each(|point| *point = step.apply(*point));
                steps.push(step);
            }
        }
        Ok(Self { steps })
    }

    /// a and b of what a colour becomes.
    pub(super) fn apply(&self, ab: [f32; 2]) -> [f32; 2] {
        self.steps.iter().fold(ab, |ab, step| step.apply(ab))
    }
}

impl Step {
    fn apply(&self, [a, b]: [f32; 2]) -> [f32; 2] {
        let [cos, sin] = self.direction;
        let along = a * cos + b * sin;
        let shift = self.map(along) - along;
        [a + shift * cos, b + shift * sin]
    }

    /// The place that has as much below it in the other distribution.
    fn map(&self, along: f32) -> f32 {
        let (first, last) = (0, self.from.len() - 1);
        // Beyond both ends distances stay as they are.
        if along <= self.from[first] {
            return along - self.from[first] + self.to[first];
        }
        if along >= self.from[last] {
            return along - self.from[last] + self.to[last];
        }
        let above = self.from.partition_point(|&quantile| quantile <= along).clamp(1, last);
        let (low, high) = (self.from[above - 1], self.from[above]);
        let share = if high > low { (along - low) / (high - low) } else { 0.5 };
        self.to[above - 1] + share * (self.to[above] - self.to[above - 1])
    }
}

/// The values with equal shares of all between them, each more than the one before, if only by a little.
fn quantiles(mut values: Vec<f32>) -> Vec<f32> {
    values.sort_by(f32::total_cmp);
    let last = values.len() - 1;
    let at = |step: usize| values[(step * last + (QUANTILES - 1) / 2) / (QUANTILES - 1)] + step as f32 * 1e-3;
    (0..QUANTILES).map(at).collect()
}

/// At most `most` colours, evenly spread over the picture.
fn samples(chroma: &Chroma, most: usize) -> Vec<[f32; 2]> {
    let pairs = chroma.a.data().iter().zip(chroma.b.data());
    let step = chroma.a.data().len().div_ceil(most.max(1)).max(1);
    pairs.step_by(step).map(|(&a, &b)| [a, b].map(|v| if v.is_finite() { v } else { 0.0 })).collect()
}

#[cfg(test)]
mod tests {
    use autochrome_color::Plane;

    use super::*;

    fn cloud(middle: [f32; 2], spread: [f32; 2]) -> Chroma {
        let wave = |i: usize, step: f32| (i as f32 * step).sin();
        let plane = |k: usize, step: f32| {
            Plane::from_vec(40, 40, (0..1600).map(|i| middle[k] + spread[k] * wave(i, step)).collect())
                .unwrap()
        };
        Chroma { a: plane(0, 0.37), b: plane(1, 0.73) }
    }

    fn reference(chroma: Chroma) -> Reference {
        Reference { luma: Plane::filled(40, 40, 50.0), chroma, name: "a.png".to_owned() }
    }

    #[test]
    fn afterwards_the_distribution_is_that_of_the_reference() {
        let colors = cloud([10.0, -20.0], [5.0, 8.0]);
        let wanted = cloud([-30.0, 25.0], [15.0, 2.0]);
        let transfer = Transfer::new(&colors, &[reference(wanted.clone())]).unwrap();
        let moved: Vec<[f32; 2]> = samples(&colors, 2000).into_iter().map(|ab| transfer.apply(ab)).collect();
        let wanted = samples(&wanted, 2000);
        let moments = |points: &[[f32; 2]], k: usize| {
            let mean = points.iter().map(|p| p[k]).sum::<f32>() / points.len() as f32;
            let variance = points.iter().map(|p| (p[k] - mean).powi(2)).sum::<f32>() / points.len() as f32;
            (mean, variance.sqrt())
        };
        for k in 0..2 {
            let (ours, right) = (moments(&moved, k), moments(&wanted, k));
            assert!(
                (ours.0 - right.0).abs() < 0.5 && (ours.1 - right.1).abs() < 1.0,
                "{ours:?} for {right:?}"
            );
        }
    }

    #[test]
    fn a_picture_as_its_own_reference_stays_as_it_is() {
        let colors = cloud([10.0, -20.0], [5.0, 8.0]);
        let transfer = Transfer::new(&colors, &[reference(colors.clone())]).unwrap();
        for ab in samples(&colors, 50) {
            let moved = transfer.apply(ab);
            assert!(
                (ab[0] - moved[0]).abs() < 0.3 && (ab[1] - moved[1]).abs() < 0.3,
                "{ab:?} became {moved:?}"
            );
        }
    }

    #[test]
    fn a_gray_reference_takes_colours_away() {
        let gray = reference(Chroma::neutral(10, 10));
        let transfer = Transfer::new(&cloud([10.0, -20.0], [5.0, 8.0]), &[gray]).unwrap();
        let [a, b] = transfer.apply([12.0, -25.0]);
        assert!(a.abs() < 1.0 && b.abs() < 1.0, "{a}, {b}");
    }
}
