//! What lies where in a picture.

use crate::networks::segmentation::PREFIX;
use crate::weights::Tensors;
use crate::{Features, ModelCard, NetError};

/// A colour that things of a class often have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UsualColor {
    /// L, a and b of CIELAB (D65).
    pub lab: [f32; 3],
    /// Share of the things of that class that have it, 0..=1.
    pub share: f32,
}

/// A grid over a picture, and for every cell how likely each class of thing is to lie there.
#[derive(Clone, Debug, PartialEq)]
pub struct Segmentation {
    classes: Vec<String>,
    hidden: Features,
    probabilities: Features,
}

impl Segmentation {
    pub(crate) fn new(classes: &[String], hidden: Features, mut scores: Features) -> Self {
        scores.vectors_mut().for_each(softmax);
        Self { classes: classes.to_vec(), hidden, probabilities: scores }
    }

    /// The names of the classes, in the order of [`Segmentation::probabilities`].
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Columns and rows of the grid.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        self.probabilities.size()
    }

    /// Probabilities of all classes in every cell, which add up to 1.
    #[must_use]
    pub fn probabilities(&self) -> &Features {
        &self.probabilities
    }

    /// What the head sees before it names it: cells of one thing are alike.
    #[must_use]
    pub fn hidden(&self) -> &Features {
        &self.hidden
    }
}

/// The table beside the head: for every class rows of L, a, b and share, which are zero where there are no more.
pub(crate) fn usual_colors(card: &ModelCard, tensors: &Tensors) -> Result<Vec<Vec<UsualColor>>, NetError> {
    let Some(table) = tensors.get(&format!("{PREFIX}.colors")) else { return Ok(Vec::new()) };
    let &[classes, rows, 4] = table.shape.as_slice() else {
        return Err(NetError::Weights(format!("the table of usual colours is {:?}", table.shape)));
    };
    if classes != card.things.len() {
        return Err(NetError::Weights(format!(
            "{classes} classes have colours, {} are told apart",
            card.things.len()
        )));
    }
    let color = |row: &[f32]| UsualColor { lab: [row[0], row[1], row[2]], share: row[3] };
    let of_class = |rows: &[f32]| rows.chunks_exact(4).map(color).filter(|color| color.share > 0.0).collect();
    Ok(table.values.chunks_exact((4 * rows).max(1)).map(of_class).collect())
}

fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - most).exp());
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}
