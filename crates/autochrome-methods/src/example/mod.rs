//! Colour from reference pictures: "it should look like this".
//!
//! Every method here compares the picture with references by something that survives without colour (brightness, texture,
//! what a network sees) and takes the colours of what is alike. Most of them do so only where they are sure, and let
//! [`spread`] carry those colours to the rest.

mod clusters;
pub(crate) mod collection;
pub(crate) mod deep;
mod discriminant;
pub(crate) mod intrinsic;
pub(crate) mod irony;
mod local;
pub(crate) mod memory;
mod neighbors;
pub(crate) mod recalled;
mod spread;
pub(crate) mod superpixel;
mod texture;
mod vote;
pub(crate) mod welsh;

use autochrome_color::resize::{Filter, fit_within, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};

use crate::{Guidance, GuidanceKind, MethodError, MethodInfo, Need, Reference};

/// What every method here cannot begin without.
const NEEDS: &[Need] = &[Need {
    any_of: &[GuidanceKind::References],
    remedy: "give a picture in colour that shows something similar",
}];
/// Longer side of references for methods that look at them with a network, whose own size is a fraction of it.
const REFERENCE_PX: usize = 512;
/// Chroma in ab under which a pixel counts as gray: beyond what JPEG makes of a gray picture.
const GRAY_CHROMA: f32 = 4.0;
/// Share of pixels with colour under which a reference counts as gray.
const LEAST_COLOUR: f32 = 0.001;

/// A reference at a method's working size.
struct Exemplar {
    /// L of CIELAB, 0..=100.
    luma: Plane,
    /// a and b of CIELAB, at the size of `luma`.
    chroma: Chroma,
}

impl Exemplar {
    /// The reference with a longer side of at most `side_px`.
    fn new(reference: &Reference, side_px: usize) -> Self {
        let (width, height) = reference.luma.size();
        let (width, height) = fit_within(width, height, side_px);
        Self {
            luma: resize_plane(&reference.luma, width, height, Filter::Area),
            chroma: resize_chroma(&reference.chroma, width, height, Filter::Area),
        }
    }

    /// a and b of pixel `index`.
    fn ab(&self, index: usize) -> [f32; 2] {
        [self.chroma.a.data()[index], self.chroma.b.data()[index]]
    }

    /// L as it would be if it had the mean and the deviation of `picture`.
    ///
    /// # Source
    /// Hertzmann et al., "Image Analogies" (2001), section 3.4, as Welsh 2002 uses it.
    fn luma_like(&self, picture: &Plane) -> Plane {
        let (mean, deviation) = mean_and_deviation(self.luma.data());
        let (wanted_mean, wanted_deviation) = mean_and_deviation(picture.data());
        // A reference without contrast has none to give: its pixels stay together.
        let scale = if deviation > 1e-3 { wanted_deviation / deviation } else { 0.0 };
        let mut luma = self.luma.clone();
        luma.data_mut().iter_mut().for_each(|l| *l = (*l - mean) * scale + wanted_mean);
        luma
    }
}

/// The picture and its references at working size, after everything that can be wrong with them was looked for.
///
/// # Errors
/// When the picture is empty, there is no reference, or one is empty, in two sizes or gray.
fn prepare(
    method: &'static MethodInfo,
    luma: &Plane,
    guidance: &Guidance,
    side_px: usize,
) -> Result<(Plane, Vec<Exemplar>), MethodError> {
    check(method, luma, guidance)?;
    let (width, height) = fit_within(luma.width(), luma.height(), side_px);
    let exemplars = guidance.references.iter().map(|reference| Exemplar::new(reference, side_px)).collect();
    Ok((resize_plane(luma, width, height, Filter::Area), exemplars))
}

/// That there is a picture, that the method was given what it takes and needs, and that the references have colour.
fn check(method: &'static MethodInfo, luma: &Plane, guidance: &Guidance) -> Result<(), MethodError> {
    method.check(guidance)?;
    if luma.data().is_empty() {
        return Err(MethodError::EmptyPicture);
    }
    guidance.references.iter().try_for_each(check_reference)
}

fn check_reference(reference: &Reference) -> Result<(), MethodError> {
    let Reference { luma, chroma, name } = reference;
    let unfit = |reason| MethodError::GuidanceUnfit { kind: GuidanceKind::References, reason };
    if luma.data().is_empty() || luma.size() != chroma.a.size() || luma.size() != chroma.b.size() {
        return Err(unfit(format!("`{name}` has no pixels, or luma and chroma of two sizes")));
    }
    let ab = chroma.a.data().iter().zip(chroma.b.data());
    let coloured = ab.filter(|&(a, b)| a.hypot(*b) >= GRAY_CHROMA).count();
    if (coloured as f32) < LEAST_COLOUR * luma.data().len() as f32 || coloured == 0 {
        return Err(unfit(format!("`{name}` is gray itself; give a picture in colour")));
    }
    Ok(())
}

fn mean_and_deviation(values: &[f32]) -> (f32, f32) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    let variance = values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n;
    (mean as f32, variance.sqrt() as f32)
}

/// The centre of each cell of a grid of about `count` cells over a plane, moved at random within its cell.
///
/// The cells are the same for every seed, so that no part of a picture is left out.
fn jittered((width, height): (usize, usize), count: usize, random: &mut fastrand::Rng) -> Vec<usize> {
    let count = count.clamp(1, width * height);
    let columns = (count as f64 * width as f64 / height as f64).sqrt().round() as usize;
    let columns = columns.clamp(1, width);
    let rows = count.div_ceil(columns).clamp(1, height);
    let mut within = |cell: usize, cells: usize, side: usize| {
        let (from, to) = (cell * side / cells, (cell + 1) * side / cells);
        from + random.usize(..(to - from).max(1))
    };
    let mut places = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            let (x, y) = (within(column, columns, width), within(row, rows, height));
            places.push(y * width + x);
        }
    }
    places
}
