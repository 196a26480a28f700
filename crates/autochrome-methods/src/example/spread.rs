//! From colours at a few places to colours everywhere.

use autochrome_color::{Chroma, Plane};

use super::local::plane_of;

/// A pixel whose colour is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Known {
    /// Place in the plane, row by row.
    pub index: usize,
    /// a and b of CIELAB.
    pub ab: [f32; 2],
}

/// The most confident pixel of every cell of `cell_px`², where its confidence is among the best `share` of all pixels.
pub(super) fn confident(confidence: &Plane, cell_px: usize, share: f32) -> Vec<usize> {
    let (width, height) = confidence.size();
    let mut sorted = confidence.data().to_vec();
    sorted.sort_by(f32::total_cmp);
    let Some(&least) = sorted.get(((1.0 - share) * sorted.len() as f32) as usize) else { return Vec::new() };
    let mut chosen = Vec::new();
    for top in (0..height).step_by(cell_px.max(1)) {
        for left in (0..width).step_by(cell_px.max(1)) {
            let cell = (top..(top + cell_px).min(height))
                .flat_map(|y| (left..(left + cell_px).min(width)).map(move |x| y * width + x));
            let best = cell.fold(None, |best: Option<usize>, i| match best {
                Some(b) if confidence.data()[b] >= confidence.data()[i] => best,
                _ => Some(i),
            });
            chosen.extend(best.filter(|&i| confidence.data()[i] >= least && confidence.data()[i] > 0.0));
        }
    }
    chosen
}

/// Chroma at the size of `luma` that has the known colours at their places and changes where luma does.
pub(super) fn spread(luma: &Plane, known: &[Known]) -> Chroma {
    let n = luma.data().len();
    let mut planes = [vec![0.0_f32; n], vec![0.0; n], vec![0.0; n]];
    for known in known {
        planes[0][known.index] += known.ab[0];
        planes[1][known.index] += known.ab[1];
        planes[2][known.index] += 1.0;
    }
    for pass in 0..3 {
        let sigma = 0.15 * luma.width().max(luma.height()) as f32 * 0.5_f32.powi(pass);
        planes.iter_mut().for_each(|plane| recursive(luma, plane, sigma));
    }
    let [a, b, weight] = planes;
    let divide = |plane: Vec<f32>| plane.iter().zip(&weight).map(|(v, w)| v / w.max(1e-20)).collect();
    Chroma { a: plane_of(luma.size(), divide(a)), b: plane_of(luma.size(), divide(b)) }
}

fn recursive(luma: &Plane, plane: &mut [f32], sigma: f32) {
    let (width, height) = luma.size();
    let keep = |l: f32, other: f32| (-(std::f32::consts::SQRT_2 / sigma) * (1.0 + sigma * (l - other).abs() / 6.0)).exp();
    let l = luma.data();
    let mut step = |from: usize, to: usize| {
        let k = keep(l[from], l[to]);
        plane[to] += k * (plane[from] - plane[to]);
    };
    for y in 0..height {
        (1..width).for_each(|x| step(y * width + x - 1, y * width + x));
        (1..width).rev().for_each(|x| step(y * width + x, y * width + x - 1));
    }
    for x in 0..width {
        (1..height).for_each(|y| step((y - 1) * width + x, y * width + x));
        (1..height).rev().for_each(|y| step(y * width + x, (y - 1) * width + x));
    }
}
