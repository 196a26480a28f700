//! What lies where in a picture.

use crate::Features;

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

fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - most).exp());
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}
