//! What the loop knows of a network in training.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use autochrome_data::Batch;
use autochrome_engine::{ModelCard, Session};
use autochrome_net::weights::{self, Tensors};
use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};

use crate::TrainError;
use crate::recipe::Stage;
use crate::replicas::Group;

/// Where in the run a step stands.
pub(crate) struct Moment<'a> {
    /// Steps before this one, over all stages.
    pub step: u64,
    /// The stage it belongs to.
    pub stage: &'a Stage,
    /// Learning rate of this step.
    pub rate: f64,
}

/// Named losses of one step, for the log.
pub(crate) type Losses = Vec<(&'static str, f32)>;

/// Losses of several parts of a batch.
#[derive(Default)]
pub(crate) struct MeanLosses {
    sums: Losses,
}

impl MeanLosses {
    /// Takes in a loss of one part, which must be a number.
    pub(crate) fn note(&mut self, name: &'static str, loss: &Tensor<1>, step: u64) -> Result<(), TrainError> {
        let value = finite(name, loss.clone().into_scalar(), step)?;
        match self.sums.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += value,
            None => self.sums.push((name, value)),
        }
        Ok(())
    }

    /// The means over all parts of the group.
    pub(crate) fn over(self, group: &mut Group) -> Result<Losses, TrainError> {
        let (names, mut values): (Vec<_>, Vec<_>) = self.sums.into_iter().unzip();
        group.sum(&mut values)?;
        Ok(names.into_iter().zip(values.into_iter().map(|sum| sum / group.parts() as f32)).collect())
    }
}

/// A network with its losses, optimisers and state.
pub(crate) trait Trainer {
    /// Learns from one batch: from these parts of it, and from those that the others of the group have.
    fn step(&mut self, parts: &[Batch], moment: &Moment<'_>, group: &mut Group)
    -> Result<Losses, TrainError>;

    /// The network as it would be shipped now, ready to answer.
    fn session(&self, card: ModelCard) -> Result<Session, TrainError>;

    /// The weights as they would be shipped now.
    fn weights(&self) -> Tensors;

    /// All state.
    fn state(&self) -> TrainerState;

    /// Goes on from there.
    fn restore(&mut self, state: &TrainerState) -> Result<(), TrainError>;
}

/// What a trainer is made of, by name: weights, optimiser, averages.
pub(crate) type TrainerState = BTreeMap<String, Tensors>;

/// One of them.
pub(crate) fn part<'a>(state: &'a TrainerState, name: &str) -> Result<&'a Tensors, TrainError> {
    state.get(name).ok_or_else(|| TrainError::Checkpoint(format!("the checkpoint has no {name}.safetensors")))
}

/// Modules whose fresh weights depend on the seed alone.
///
/// burn draws them from a generator that all users of a device share, and only when they are first asked for.
pub(crate) fn seeded<G: Module, D: Module>(
    seed: u64,
    device: &Device,
    init: impl FnOnce() -> (G, D),
) -> (G, D) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    device.seed(seed);
    let modules = init();
    // Reading the weights makes burn draw them, here and now.
    let _ = (weights::collect(&modules.0), weights::collect(&modules.1));
    modules
}

/// Planes of a batch as a tensor.
///
/// # Shapes
/// `n * channels * size_px²` values to `[n, channels, size_px, size_px]`.
pub(crate) fn tensor(values: Vec<f32>, n: usize, size_px: usize, device: &Device) -> Tensor<4> {
    let channels = values.len() / (n * size_px * size_px);
    Tensor::from_data(TensorData::new(values, [n, channels, size_px, size_px]), device)
}

/// Mean of `factor` × `factor` samples in every plane of side `size_px`.
pub(crate) fn shrink(values: &[f32], size_px: usize, factor: usize) -> Vec<f32> {
    let small = size_px / factor;
    let mut out = vec![0.0; values.len() / (factor * factor)];
    for (plane, out) in values.chunks_exact(size_px * size_px).zip(out.chunks_exact_mut(small * small)) {
        for (y, row) in plane.chunks_exact(size_px).enumerate() {
            let out = &mut out[y / factor * small..][..small];
            for (sum, samples) in out.iter_mut().zip(row.chunks_exact(factor)) {
                *sum += samples.iter().sum::<f32>();
            }
        }
        out.iter_mut().for_each(|sum| *sum /= (factor * factor) as f32);
    }
    out
}

/// Refuses a loss that is no number.
pub(crate) fn finite(loss: &'static str, value: f32, step: u64) -> Result<f32, TrainError> {
    if value.is_finite() { Ok(value) } else { Err(TrainError::NotANumber { step, loss, value }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_takes_the_mean_of_squares() {
        let values: Vec<f32> = (0..16).map(|i| i as f32).chain([8.0; 16]).collect();
        assert_eq!(shrink(&values, 4, 2), vec![2.5, 4.5, 10.5, 12.5, 8.0, 8.0, 8.0, 8.0]);
    }

    #[test]
    fn a_loss_that_is_no_number_stops_with_its_name() {
        let error = finite("l1", f32::NAN, 7).unwrap_err();
        assert_eq!(error.code(), "loss-not-a-number");
        assert!(error.to_string().contains("l1") && error.to_string().contains('7'));
    }
}
