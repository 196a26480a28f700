//! Batch normalisation that is told which statistics to use.
//!
//! burn's own layer decides by the device it runs on. The paper normalises with the statistics of the *test* batch
//! (instance normalisation at batch 1), which is a third way, so the choice is an argument here.

use burn::module::{Module, Param, RunningState};
use burn::nn::Initializer;
#[cfg(feature = "libtorch")]
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};

/// Which mean and variance a [`Norm`] divides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistics {
    /// Those of the batch, and the running ones move towards them: training.
    Learn,
    /// Those of the batch alone: the paper's inference, instance normalisation at batch 1.
    Batch,
    /// The running ones: ordinary inference.
    Running,
}

/// Batch normalisation over the channels of `[n, c, h, w]`.
///
/// # Source
/// Ioffe and Szegedy 2015, "Batch Normalization".
#[derive(Module, Debug)]
pub struct Norm {
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
    running_mean: RunningState<Tensor<1>>,
    running_var: RunningState<Tensor<1>>,
    momentum: f64,
    epsilon: f64,
}

impl Norm {
    /// A layer for `channels` channels: γ drawn around 1 with deviation `gamma_std`, β 0.
    #[must_use]
    pub fn new(channels: usize, gamma_std: f64, momentum: f64, epsilon: f64, device: &Device) -> Self {
        let gamma = if gamma_std > 0.0 {
            Initializer::Normal { mean: 1.0, std: gamma_std }
        } else {
            Initializer::Ones
        };
        Self {
            gamma: gamma.init([channels], device),
            beta: Initializer::Zeros.init([channels], device),
            running_mean: RunningState::new(Tensor::zeros([channels], device)),
            running_var: RunningState::new(Tensor::ones([channels], device)),
            momentum,
            epsilon,
        }
    }

    /// γ·(x − mean)/√(variance + ε) + β.
    ///
    /// # Shapes
    /// `[n, c, h, w]` in and out.
    #[must_use]
    pub fn forward(&self, x: Tensor<4>, statistics: Statistics) -> Tensor<4> {
        let (gamma, beta) = (self.gamma.val(), self.beta.val());
        if statistics == Statistics::Running {
            let (mean, variance) = (self.running_mean.value_sync(), self.running_var.value_sync());
            #[cfg(feature = "libtorch")]
            if crate::native::is_native(&x) {
                return crate::native::batch_norm_fixed(x, [gamma, beta, mean, variance], self.epsilon);
            }
            return burn::tensor::module::batch_norm(x, gamma, beta, mean, variance, self.epsilon);
        }
        let (y, mean, variance) = batch_norm(x, gamma, beta, self.epsilon);
        if statistics == Statistics::Learn {
            follow(&self.running_mean, mean, self.momentum);
            follow(&self.running_var, variance, self.momentum);
        }
        y
    }

    /// A convolution and this behind it, with running statistics, on LibTorch.
    #[cfg(feature = "libtorch")]
    pub(crate) fn after(&self, conv: &Conv2d, x: Tensor<4>) -> Tensor<4> {
        let (mean, variance) = (self.running_mean.value_sync(), self.running_var.value_sync());
        let parts = [self.gamma.val(), self.beta.val(), mean, variance];
        crate::native::convolve_normalised(conv, x, parts, self.epsilon)
    }
}

fn follow(running: &RunningState<Tensor<1>>, seen: Tensor<1>, momentum: f64) {
    let old = running.value_sync();
    running.update(old.mul_scalar(1.0 - momentum).add(seen.detach().mul_scalar(momentum)).detach());
    // An update waits to be merged with those of other threads until somebody asks; a checkpoint does not ask.
    let _ = running.value_sync();
}

fn batch_norm(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
    #[cfg(feature = "libtorch")]
    if crate::native::is_native(&x) {
        return crate::native::batch_norm(x, gamma, beta, epsilon);
    }
    let result = burn::tensor::module::batch_norm_train(x, gamma, beta, epsilon);
    (result.output, result.mean, result.variance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Distribution;

    #[test]
    fn batch_statistics_whiten_the_batch_and_leave_the_running_ones_alone() {
        let device = Device::flex();
        let norm = Norm::new(3, 0.0, 0.1, 1e-5, &device);
        let x = Tensor::<4>::random([2, 3, 8, 8], Distribution::Normal(5.0, 2.0), &device);
        let y = norm.forward(x, Statistics::Batch);
        let mean = y.clone().mean().into_scalar::<f32>();
        let variance = y.clone().mul(y).mean().into_scalar::<f32>();
        assert!(mean.abs() < 1e-4 && (variance - 1.0).abs() < 1e-3, "{mean} {variance}");
        let running = norm.running_mean.value_sync().into_data().try_to_vec::<f32>().unwrap();
        assert_eq!(running, vec![0.0; 3]);
    }

    #[test]
    fn learning_moves_the_running_mean_by_the_momentum() {
        let device = Device::flex();
        let norm = Norm::new(1, 0.0, 0.1, 1e-5, &device);
        let _ = norm.forward(Tensor::<4>::full([1, 1, 4, 4], 5.0, &device), Statistics::Learn);
        let running = norm.running_mean.value_sync().into_data().try_to_vec::<f32>().unwrap();
        assert!((running[0] - 0.5).abs() < 1e-5, "{running:?}");
    }
}
