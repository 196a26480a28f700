//! How far the colour of a place may lie from what the network says, and which way: as the colours of such things spread.
//!
//! A network says one colour for a place. What else it could be is known from photographs: things of a class have usual colours
//! ([`Session::usual_colors`]), those about as light foremost, and a place is of several classes by their probabilities. The covariance
//! of that mixture says that skies range from blue to gray, and coats everywhere. It is small where things have one colour, so that what moves
//! colours by it leaves faces alone and changes what nobody can know.

use autochrome_color::Plane;
use autochrome_engine::{Segmentation, Session};

use super::suggestions::fitting;

/// Distance of luma from black and white, in units of L, from which on there is room for every colour.
const ROOM: f32 = 30.0;

/// A symmetric matrix over a and b: both diagonal entries, and the one beside them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Matrix {
    pub(super) aa: f32,
    pub(super) bb: f32,
    pub(super) ab: f32,
}

impl Matrix {
    pub(super) fn times(self, [a, b]: [f32; 2]) -> [f32; 2] {
        [self.aa * a + self.ab * b, self.ab * a + self.bb * b]
    }

    pub(super) fn scaled(self, factor: f32) -> Self {
        Self { aa: factor * self.aa, bb: factor * self.bb, ab: factor * self.ab }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { aa: self.aa + other.aa, bb: self.bb + other.bb, ab: self.ab + other.ab }
    }

    /// The square root of a matrix that has one.
    pub(super) fn root(self) -> Self {
        let determinant = (self.aa * self.bb - self.ab * self.ab).max(0.0).sqrt();
        let trace = (self.aa + self.bb + 2.0 * determinant).max(f32::MIN_POSITIVE).sqrt();
        Self { aa: (self.aa + determinant) / trace, bb: (self.bb + determinant) / trace, ab: self.ab / trace }
    }

    /// What gives `wanted` when this matrix is applied to it; nothing where it hardly moves anything.
    pub(super) fn solve(self, [a, b]: [f32; 2]) -> [f32; 2] {
        let determinant = self.aa * self.bb - self.ab * self.ab;
        if determinant < 1e-6 {
            return [0.0; 2];
        }
        [(self.bb * a - self.ab * b) / determinant, (self.aa * b - self.ab * a) / determinant]
    }
}

/// Covariances of the colours that the cells of a grid may have, in squared units of ab, less where it is too dark or too light for them.
pub(super) fn covariances(session: &Session, segmentation: &Segmentation, luma: &Plane) -> Vec<Matrix> {
    segmentation
        .probabilities()
        .vectors()
        .zip(luma.data())
        .map(|(probabilities, &luma)| {
            let (mut weight, mut mean, mut squares) = (0.0_f32, [0.0_f32; 2], Matrix::default());
            for (class, probability) in probabilities.iter().enumerate() {
                let colors = session.usual_colors(class);
                let fit: f32 = colors.iter().map(|color| fitting(color.share, color.lab[0] - luma)).sum();
                for color in colors {
                    let share =
                        probability * fitting(color.share, color.lab[0] - luma) / fit.max(f32::MIN_POSITIVE);
                    let [_, a, b] = color.lab;
                    weight += share;
                    mean = [mean[0] + share * a, mean[1] + share * b];
                    squares = squares.plus(Matrix { aa: a * a, bb: b * b, ab: a * b }.scaled(share));
                }
            }
            // Classes without usual colours count as gray and certain.
            let [a, b] = mean.map(|sum| sum / weight.max(f32::MIN_POSITIVE));
            squares.plus(Matrix { aa: a * a, bb: b * b, ab: a * b }.scaled(-weight)).scaled(room(luma))
        })
        .collect()
}

/// The same where nothing is known of things: a variance that all places share, less where there is no room.
pub(super) fn alike(luma: &Plane, variance: f32) -> Vec<Matrix> {
    let even = Matrix { aa: variance, bb: variance, ab: 0.0 };
    luma.data().iter().map(|&luma| even.scaled(room(luma))).collect()
}

/// How much room there is for colour, 0..=1: none in black and in white.
fn room(luma: f32) -> f32 {
    (luma.min(100.0 - luma) / ROOM).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_applied_twice_is_the_matrix_and_a_solution_solves() {
        let matrix = Matrix { aa: 90.0, bb: 40.0, ab: -35.0 };
        let root = matrix.root();
        for vector in [[1.0, 0.0], [0.3, -2.0]] {
            let (twice, once) = (root.times(root.times(vector)), matrix.times(vector));
            assert!((twice[0] - once[0]).abs() < 1e-3 && (twice[1] - once[1]).abs() < 1e-3);
            let back = matrix.solve(once);
            assert!((back[0] - vector[0]).abs() < 1e-4 && (back[1] - vector[1]).abs() < 1e-4);
        }
        assert_eq!(Matrix::default().solve([1.0, 1.0]), [0.0, 0.0]);
    }

    #[test]
    fn there_is_no_room_for_colour_in_black_and_white() {
        assert_eq!([0.0, 15.0, 50.0, 100.0].map(room), [0.0, 0.5, 1.0, 0.0]);
    }
}
