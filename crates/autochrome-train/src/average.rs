//! Averaged weights: what a run ships is the mean of where its last steps have been.
//!
//! Source: Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging" (1992), with exponential weights;
//! for generators of GANs, Yazıcı et al., "The Unusual Effectiveness of Averaging in GAN Training" (2019).

use autochrome_net::weights::{self, Tensors};
use burn::module::Module;

use crate::TrainError;
use crate::trainer::{self, TrainerState};

/// The averaged weights follow the live ones every so many steps.
const EVERY: u64 = 8;

/// The name of the averaged weights in a trainer's state.
const NAME: &str = "averaged";

/// An exponential moving average of a module's weights.
pub(crate) struct Average {
    tensors: Tensors,
    decay: f64,
}

impl Average {
    /// An average that begins at `module` and forgets with `decay` a step.
    pub(crate) fn new<M: Module>(module: &M, decay: f64) -> Self {
        Self { tensors: weights::collect(module), decay }
    }

    /// Takes in what `module` has become after step number `step`.
    pub(crate) fn follow<M: Module>(&mut self, module: &M, step: u64) {
        if !(step + 1).is_multiple_of(EVERY) {
            return;
        }
        // Early on the average follows closely, or it would remember the random start for thousands of steps.
        let updates = ((step + 1) / EVERY) as f64;
        let decay = self.decay.powi(EVERY as i32).min(updates / (9.0 + updates)) as f32;
        for (path, live) in weights::collect(module) {
            if let Some(average) = self.tensors.get_mut(&path) {
                for (average, live) in average.values.iter_mut().zip(&live.values) {
                    *average = decay * *average + (1.0 - decay) * live;
                }
            }
        }
    }

    pub(crate) fn tensors(&self) -> &Tensors {
        &self.tensors
    }

    /// Adds the average to a trainer's state.
    pub(crate) fn put(&self, state: &mut TrainerState) {
        state.insert(NAME.to_owned(), self.tensors.clone());
    }

    /// Takes back what [`Average::put`] added.
    pub(crate) fn take(&mut self, state: &TrainerState) -> Result<(), TrainError> {
        self.tensors = trainer::part(state, NAME)?.clone();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use burn::nn::LinearConfig;
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn the_average_lies_between_its_start_and_what_it_follows_and_ends_there() {
        let device = Device::flex();
        let [start, goal] = [1, 2].map(|seed| {
            device.seed(seed);
            LinearConfig::new(2, 2).init(&device)
        });
        let value = |tensors: &Tensors| tensors.values().next().map(|t| t.values[0]).unwrap();
        let [low, high] = [&start, &goal].map(|module| value(&weights::collect(module)));
        let mut average = Average::new(&start, 0.99);
        average.follow(&goal, 0);
        assert_eq!(value(average.tensors()), low, "only every eighth step counts");
        average.follow(&goal, 7);
        let share = (value(average.tensors()) - low) / (high - low);
        assert!((0.05..0.95).contains(&share), "{share}");
        for step in 8..8000 {
            average.follow(&goal, step);
        }
        assert!((value(average.tensors()) - high).abs() < 1e-4);
    }
}
