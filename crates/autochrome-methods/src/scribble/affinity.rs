//! How much neighbouring pixels want to share a colour.

use autochrome_color::{Parallel as _, Plane, srgb};

use super::operator::{Coupling, Couplings, Rows};

/// Lines of the picture that one task works on; fixed, so that the answer does not depend on the number of threads.
pub(super) const STRIPE: usize = 32;

/// Number of neighbours in a 3 × 3 window.
pub(super) const NEIGHBOURS: usize = 8;

/// The weights of every pixel's eight neighbours, stored with a border of one pixel that nothing is coupled to.
///
/// The weight of neighbour s in the row of pixel r is exp(−(Y(r) − Y(s))² / σ²(r)), where Y is the luma of YIQ in 0..=1 and σ²
/// 0.6 times the variance of Y in the window around r, so large at least that the most similar neighbour has 0.01, and at
/// least 2·10⁻⁶. The published rows are divided by their sums, which changes nothing about where Σ w (u(r) − u(s)) is 0.
///
/// # Source
/// Levin, Lischinski, Weiss, "Colorization using Optimization", SIGGRAPH 2004, equation 2, with the constants of the authors'
/// released `getVolColor`/`getColorExact`.
pub(super) struct Affinity {
    width: usize,
    height: usize,
    /// Those of the first neighbour, of the second, and so on: lines of like things are what processors are fast at.
    weights: [Vec<f32>; NEIGHBOURS],
}

impl Affinity {
    /// The weights of a picture with this luma (L of CIELAB, D65, 0..=100).
    pub(super) fn new(luma: &Plane) -> Self {
        let (width, height) = luma.size();
        let stride = width + 2;
        let mut gray = vec![0.0_f32; stride * (height + 2)];
        gray[stride..].chunks_mut(stride).zip(luma.data().chunks(width)).parallel_for_each(|(gray, luma)| {
            gray[1..].iter_mut().zip(luma).for_each(|(gray, &luma)| *gray = yiq(luma));
        });
        let mut weights: [Vec<f32>; NEIGHBOURS] = std::array::from_fn(|_| vec![0.0; gray.len()]);
        lines(&mut weights, stride).into_iter().skip(1).take(height).enumerate().parallel_for_each(
            |(y, mut rows)| {
                for x in 0..width {
                    let centre = (y + 1) * stride + x + 1;
                    let mut window = [0.0; NEIGHBOURS];
                    let mut inside = [true; NEIGHBOURS];
                    for (k, (dx, dy)) in PLACES.into_iter().enumerate() {
                        let column = (x + 1).wrapping_add_signed(dx);
                        let line = (y + 1).wrapping_add_signed(dy);
                        inside[k] = (1..=width).contains(&column) && (1..=height).contains(&line);
                        window[k] = gray[line * stride + column];
                    }
                    let weights = row_weights(gray[centre], window, inside);
                    (0..NEIGHBOURS).for_each(|k| rows[k][x + 1] = weights[k]);
                }
            },
        );
        Self { width, height, weights }
    }

    /// Multiplies the weights of each pixel.
    pub(super) fn scale(&mut self, scale: &[f32]) {
        self.weights.iter_mut().parallel_for_each(|weights| {
            weights.iter_mut().zip(scale).for_each(|(weight, scale)| *weight *= scale);
        });
    }

    /// Pixels in a row, border included.
    pub(super) fn stride(&self) -> usize {
        self.width + 2
    }

    /// Where pixel (x, y) of the picture is stored.
    pub(super) fn place(&self, x: usize, y: usize) -> usize {
        (y + 1) * self.stride() + x + 1
    }

    /// Columns and rows of the picture.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Pixels, border included.
    pub(super) fn len(&self) -> usize {
        self.weights[0].len()
    }

    /// The neighbours of a pixel of the picture: which of eight, where, and with what weight; none for a pixel of the border.
    pub(super) fn row(&self, place: usize) -> impl Iterator<Item = (usize, usize, f32)> {
        let weights =
            (0..NEIGHBOURS).map(move |k| (k, self.weights[k][place])).filter(|&(_, weight)| weight > 0.0);
        weights.map(move |(k, weight)| (k, self.neighbour(place, k), weight))
    }

    /// The places around a pixel of the picture.
    pub(super) fn neighborhood(&self, place: usize) -> impl Iterator<Item = usize> {
        (0..NEIGHBOURS).map(move |k| self.neighbour(place, k))
    }

    /// The weights of neighbour `k` by the places of the pixels that follow it.
    pub(super) fn weights(&self, k: usize) -> &[f32] {
        &self.weights[k]
    }

    /// Sum of a pixel's weights.
    pub(super) fn sum(&self, place: usize) -> f32 {
        (0..NEIGHBOURS).map(|k| self.weights[k][place]).sum()
    }
}

impl Couplings for Affinity {
    fn nodes(&self) -> usize {
        self.len()
    }

    fn run(&self) -> usize {
        STRIPE * self.stride()
    }

    fn couplings(&self, node: usize) -> impl Iterator<Item = Coupling> {
        // Neighbour k sees this pixel in the opposite direction.
        let theirs = |k: usize, other: usize| self.weights[NEIGHBOURS - 1 - k][other];
        self.row(node).map(move |(k, other, ours)| Coupling {
            number: k,
            other,
            ours,
            theirs: theirs(k, other),
        })
    }

    fn neighbour(&self, node: usize, number: usize) -> usize {
        let (dx, dy) = PLACES[number];
        node.wrapping_add_signed(dy * self.stride() as isize + dx)
    }
}

/// Weights with a pull towards known colours.
pub(super) struct Pulled<'a> {
    pub(super) affinity: &'a Affinity,
    /// As a share of a pixel's weights.
    pub(super) pull: f32,
}

impl Rows for Pulled<'_> {
    #[inline]
    fn for_each_neighbor(&self, place: usize, mut visit: impl FnMut(Option<usize>, f32)) {
        visit(None, self.pull * self.affinity.sum(place));
        self.affinity.row(place).for_each(|(_, other, weight)| visit(Some(other), weight));
    }
}

/// The lines of several planes, line by line.
fn lines(planes: &mut [Vec<f32>; NEIGHBOURS], stride: usize) -> Vec<Vec<&mut [f32]>> {
    let mut planes = planes.each_mut().map(|plane| plane.chunks_exact_mut(stride));
    let lines = planes[0].len();
    (0..lines).map(|_| planes.iter_mut().filter_map(Iterator::next).collect()).collect()
}

/// Where the neighbours are; the opposite of neighbour k is neighbour 7 − k.
pub(super) const PLACES: [(isize, isize); NEIGHBOURS] =
    [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)];

/// Y of YIQ, 0..=1, of a gray with this L of CIELAB: the encoded value of sRGB.
fn yiq(l: f32) -> f32 {
    let l = if l > 0.0 { l.min(100.0) } else { 0.0 };
    let linear = if l > 8.0 { ((l + 16.0) / 116.0).powi(3) } else { l * (27.0 / 24_389.0) };
    srgb::from_linear(linear)
}

/// The weights of one window; 0 for what lies outside of the picture.
fn row_weights(centre: f32, window: [f32; NEIGHBOURS], inside: [bool; NEIGHBOURS]) -> [f32; NEIGHBOURS] {
    let mask = inside.map(|inside| f32::from(u8::from(inside)));
    let difference: [f32; NEIGHBOURS] = std::array::from_fn(|k| mask[k] * (window[k] - centre));
    let count = 1.0 + mask.iter().sum::<f32>();
    // Relative to the centre, whose own difference is 0.
    let mean = difference.iter().sum::<f32>() / count;
    let squares: f32 = (0..NEIGHBOURS).map(|k| mask[k] * (difference[k] - mean).powi(2)).sum();
    let variance = (squares + mean * mean) / count;
    let nearest =
        (0..NEIGHBOURS).filter(|&k| inside[k]).map(|k| difference[k].powi(2)).fold(f32::MAX, f32::min);
    // −ln 0.01: the most similar neighbour keeps a weight of 0.01.
    let least = if nearest < f32::MAX { nearest / 4.605_170_2 } else { 0.0 };
    let sigma = (0.6 * variance).max(least).max(0.000_002);
    std::array::from_fn(|k| mask[k] * (-difference[k].powi(2) / sigma).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The authors' code for one window, in double precision and as they wrote it.
    fn published(centre: f64, neighbours: &[f64]) -> Vec<f64> {
        let mut values = neighbours.to_vec();
        values.push(centre);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let c_var = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
        let mut csig = c_var * 0.6;
        let mgv = neighbours.iter().map(|v| (v - centre).powi(2)).fold(f64::MAX, f64::min);
        if csig < -mgv / 0.01_f64.ln() {
            csig = -mgv / 0.01_f64.ln();
        }
        if csig < 0.000_002 {
            csig = 0.000_002;
        }
        let weights: Vec<f64> = neighbours.iter().map(|v| (-(v - centre).powi(2) / csig).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|w| w / sum).collect()
    }

    #[test]
    fn weights_are_those_of_the_authors_code() {
        let windows = [
            [0.5, 0.51, 0.49, 0.5, 0.52, 0.48, 0.5, 0.53],
            [0.1, 0.9, 0.1, 0.1, 0.9, 0.1, 0.1, 0.9],
            [0.2; 8],
            [0.7, 0.2, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7],
        ];
        for window in windows {
            for centre in [0.2_f32, 0.5, 0.71] {
                let ours = row_weights(centre, window, [true; NEIGHBOURS]);
                let sum: f32 = ours.iter().sum();
                let theirs = published(f64::from(centre), &window.map(f64::from));
                for (ours, theirs) in ours.iter().zip(theirs) {
                    assert!((f64::from(ours / sum) - theirs).abs() < 2e-5, "{centre} in {window:?}");
                }
            }
        }
    }

    #[test]
    fn a_corner_has_three_neighbours() {
        let luma = Plane::from_vec(3, 2, vec![10.0, 20.0, 30.0, 40.0, 50.0, 60.0]).unwrap();
        let affinity = Affinity::new(&luma);
        assert_eq!(affinity.row(affinity.place(0, 0)).count(), 3);
        assert_eq!(affinity.row(affinity.place(1, 1)).count(), 5);
        let places: Vec<usize> = affinity.row(affinity.place(2, 1)).map(|(_, place, _)| place).collect();
        assert_eq!(places, [affinity.place(1, 0), affinity.place(2, 0), affinity.place(1, 1)]);
    }

    #[test]
    fn gray_is_the_encoded_value() {
        assert!((yiq(100.0) - 1.0).abs() < 1e-6 && yiq(0.0).abs() < 1e-6);
        // L of sRGB gray 119 is 50.03.
        assert!((yiq(50.034) - 119.0 / 255.0).abs() < 1e-4);
    }
}
