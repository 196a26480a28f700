//! What a trainer gets: squares of luma, true colour and hints, one after the other.

use std::path::Path;

use crate::crop;
use crate::error::{Error, Result};
use crate::lab;
use crate::picture::Picture;

/// Squares of one size, side by side in NCHW order.
///
/// With n = `n` and s = `size_px`; L is 0..=100 and ab is that of CIELAB (D65).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Number of samples.
    pub n: usize,
    /// Side of every sample in pixels.
    pub size_px: usize,
    /// What a network sees, possibly degraded: [n, 1, s, s].
    pub luma: Vec<f32>,
    /// The luma that belongs to the true colours: [n, 1, s, s].
    pub luma_clean: Vec<f32>,
    /// The true colours: [n, 2, s, s].
    pub ab: Vec<f32>,
    /// The colours that hints show, 0 elsewhere: [n, 2, s, s].
    pub hint_ab: Vec<f32>,
    /// 1 where there is a hint, 0 elsewhere: [n, 1, s, s].
    pub hint_mask: Vec<f32>,
    /// For each sample the picture in the index that it was cut from.
    pub indices: Vec<usize>,
    /// Number of the first sample since the start of training, over all epochs.
    pub first_sample: u64,
}

/// One square picture without hints: for validation.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Side in pixels.
    pub size_px: usize,
    /// L of CIELAB, 0..=100: [1, s, s].
    pub luma: Vec<f32>,
    /// ab of CIELAB (D65): [2, s, s].
    pub ab: Vec<f32>,
}

/// The slices of one sample inside a batch.
pub(crate) struct Slot<'a> {
    pub luma: &'a mut [f32],
    pub luma_clean: &'a mut [f32],
    pub ab: &'a mut [f32],
    pub hint_ab: &'a mut [f32],
    pub hint_mask: &'a mut [f32],
}

impl Batch {
    /// A batch of zeros.
    pub(crate) fn zeros(n: usize, size_px: usize, first_sample: u64) -> Self {
        let plane = n * size_px * size_px;
        Self {
            n,
            size_px,
            luma: vec![0.0; plane],
            luma_clean: vec![0.0; plane],
            ab: vec![0.0; 2 * plane],
            hint_ab: vec![0.0; 2 * plane],
            hint_mask: vec![0.0; plane],
            indices: Vec::with_capacity(n),
            first_sample,
        }
    }

    /// Puts samples of one size together, without hints and undegraded; `indices` are their positions.
    ///
    /// # Errors
    /// [`Error::Option`] when the samples differ in size.
    pub fn from_samples(samples: &[Sample]) -> Result<Self> {
        let size_px = samples.first().map_or(0, |sample| sample.size_px);
        if samples.iter().any(|sample| sample.size_px != size_px) {
            return Err(Error::Option { option: "samples", reason: "must all have one size".to_owned() });
        }
        let mut batch = Self::zeros(samples.len(), size_px, 0);
        for (i, sample) in samples.iter().enumerate() {
            let slot = batch.slot(i);
            slot.luma.copy_from_slice(&sample.luma);
            slot.luma_clean.copy_from_slice(&sample.luma);
            slot.ab.copy_from_slice(&sample.ab);
            batch.indices.push(i);
        }
        Ok(batch)
    }

    /// The same samples as `parts` batches of equal size, in order; samples that are left over are left out.
    #[must_use]
    pub fn split(&self, parts: usize) -> Vec<Self> {
        let n = self.n / parts.max(1);
        let plane = self.size_px * self.size_px;
        let part = |i: usize| {
            let cut = |values: &[f32], channels: usize| {
                values[channels * i * n * plane..][..channels * n * plane].to_vec()
            };
            Self {
                n,
                size_px: self.size_px,
                luma: cut(&self.luma, 1),
                luma_clean: cut(&self.luma_clean, 1),
                ab: cut(&self.ab, 2),
                hint_ab: cut(&self.hint_ab, 2),
                hint_mask: cut(&self.hint_mask, 1),
                indices: self.indices[i * n..][..n].to_vec(),
                first_sample: self.first_sample + (i * n) as u64,
            }
        };
        (0..parts).map(part).collect()
    }

    /// Number of the sample after the last: where a loader continues from this batch on.
    #[must_use]
    pub fn next_sample(&self) -> u64 {
        self.first_sample + self.n as u64
    }

    pub(crate) fn slot(&mut self, i: usize) -> Slot<'_> {
        let plane = self.size_px * self.size_px;
        let one = i * plane..(i + 1) * plane;
        let two = 2 * i * plane..2 * (i + 1) * plane;
        Slot {
            luma: &mut self.luma[one.clone()],
            luma_clean: &mut self.luma_clean[one.clone()],
            ab: &mut self.ab[two.clone()],
            hint_ab: &mut self.hint_ab[two],
            hint_mask: &mut self.hint_mask[one],
        }
    }
}

/// The middle of a picture for validation: its short side resized to `size_px`, the square in the middle, as Lab.
///
/// # Errors
/// [`Error::Io`] or [`Error::Picture`] when the file cannot be decoded, [`Error::Option`] for a size of 0.
pub fn centre_sample(path: impl AsRef<Path>, size_px: usize) -> Result<Sample> {
    if !(1..=8192).contains(&size_px) {
        return Err(Error::Option { option: "size_px", reason: "must lie in 1..=8192".to_owned() });
    }
    let square = crop::centre(&Picture::read(path.as_ref())?, size_px);
    let mut sample =
        Sample { size_px, luma: vec![0.0; size_px * size_px], ab: vec![0.0; 2 * size_px * size_px] };
    lab::convert(&square, &mut sample.luma, &mut sample.ab);
    Ok(sample)
}
