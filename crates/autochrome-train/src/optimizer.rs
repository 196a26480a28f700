//! Adam and AdamW over a module, with their state by path.
//!
//! burn's own module optimiser wants burn's own autodiff tensors, which LibTorch's graph does not have, and keys its
//! state by ids that differ between processes.

use std::collections::HashMap;

use autochrome_net::weights::{NamedTensor, Tensors};
use burn::module::{Module, ModuleMapper, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};

/// Added to the root of the second moment; PyTorch's default.
const EPSILON: f32 = 1e-8;

/// Adam with decoupled weight decay; with no decay it is plain Adam.
///
/// # Source
/// Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2.
#[derive(Debug)]
pub(crate) struct AdamW {
    beta_1: f32,
    beta_2: f32,
    /// Applied to convolution kernels only: biases and normalisation have no reason to be small.
    weight_decay: f32,
    moments: HashMap<String, Moments>,
}

/// State of one parameter, flattened.
#[derive(Clone, Debug)]
struct Moments {
    steps: i32,
    first: Tensor<1>,
    second: Tensor<1>,
}

impl AdamW {
    pub(crate) fn new(beta_1: f32, beta_2: f32, weight_decay: f32) -> Self {
        Self { beta_1, beta_2, weight_decay, moments: HashMap::new() }
    }

    /// The module after one step; parameters without a gradient stay as they are. `rate` gives a path's learning rate.
    pub(crate) fn step<M: Module>(
        &mut self,
        module: M,
        gradients: GradientsParams,
        rate: impl Fn(&str) -> f64,
    ) -> M {
        module.map(&mut Step { adam: self, gradients, rate: &rate, path: Vec::new() })
    }

    /// All state, for a checkpoint.
    pub(crate) fn state(&self) -> Tensors {
        let mut state = Tensors::new();
        for (path, moments) in &self.moments {
            let mut put = |what: &str, values: Vec<f32>| {
                state.insert(format!("{path}/{what}"), NamedTensor { shape: vec![values.len()], values });
            };
            put("steps", vec![moments.steps as f32]);
            for (what, tensor) in [("first", &moments.first), ("second", &moments.second)] {
                put(what, tensor.clone().into_data().try_to_vec().unwrap_or_default());
            }
        }
        state
    }

    /// Takes back what [`AdamW::state`] gave.
    pub(crate) fn restore(&mut self, state: &Tensors, device: &Device) {
        self.moments.clear();
        for (name, steps) in state {
            let Some(path) = name.strip_suffix("/steps") else { continue };
            let tensor = |what: &str| {
                let values =
                    state.get(&format!("{path}/{what}")).map(|t| t.values.clone()).unwrap_or_default();
                let shape = [values.len()];
                Tensor::<1>::from_data(TensorData::new(values, shape), device)
            };
            let steps = steps.values.first().copied().unwrap_or_default() as i32;
            let moments = Moments { steps, first: tensor("first"), second: tensor("second") };
            self.moments.insert(path.to_owned(), moments);
        }
    }

    fn update(
        &mut self,
        path: &str,
        value: Tensor<1>,
        slope: Tensor<1>,
        rate: f64,
        decay: bool,
    ) -> Tensor<1> {
        let (beta_1, beta_2) = (self.beta_1, self.beta_2);
        let moments = self.moments.entry(path.to_owned()).or_insert_with(|| Moments {
            steps: 0,
            first: slope.zeros_like(),
            second: slope.zeros_like(),
        });
        moments.steps += 1;
        moments.first = moments.first.clone().mul_scalar(beta_1).add(slope.clone().mul_scalar(1.0 - beta_1));
        let square = slope.clone().mul(slope).mul_scalar(1.0 - beta_2);
        moments.second = moments.second.clone().mul_scalar(beta_2).add(square);
        let correction_1 = 1.0 - beta_1.powi(moments.steps);
        let correction_2 = 1.0 - beta_2.powi(moments.steps);
        let root = moments.second.clone().div_scalar(correction_2).sqrt().add_scalar(EPSILON);
        let direction = moments.first.clone().div_scalar(correction_1).div(root);
        let rate = rate as f32;
        let kept = if decay { 1.0 - rate * self.weight_decay } else { 1.0 };
        value.mul_scalar(kept).sub(direction.mul_scalar(rate))
    }
}

struct Step<'a> {
    adam: &'a mut AdamW,
    gradients: GradientsParams,
    rate: &'a dyn Fn(&str) -> f64,
    path: Vec<String>,
}

impl ModuleMapper for Step<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(slope) = self.gradients.remove::<D>(param.id) else { return param };
        let path = self.path.join(".");
        let (id, tensor, mapper) = param.consume();
        let autodiff = tensor.is_autodiff();
        let shape = tensor.shape();
        let count = shape.num_elements();
        let plain = if autodiff { tensor.inner() } else { tensor };
        let rate = (self.rate)(&path);
        let value = self.adam.update(&path, plain.reshape([count]), slope.reshape([count]), rate, D == 4);
        let value = value.reshape(shape);
        let value = if autodiff { Tensor::from_inner(value).require_grad() } else { value };
        Param::from_mapped_value(id, value, mapper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_the_learning_rate_against_the_slope() {
        let device = Device::flex();
        let one = |v: f32| Tensor::<1>::from_floats([v], &device);
        let mut adam = AdamW::new(0.9, 0.999, 0.0);
        let value = adam.update("w", one(1.0), one(123.0), 0.1, true).into_scalar::<f32>();
        assert!((value - 0.9).abs() < 1e-5, "{value}");
    }

    #[test]
    fn two_steps_agree_with_pytorch() {
        // torch.optim.AdamW([1.0], lr=0.1, betas=(0.5, 0.999), weight_decay=0.1), gradients 0.5 then -1.
        let device = Device::flex();
        let one = |v: f32| Tensor::<1>::from_floats([v], &device);
        let mut adam = AdamW::new(0.5, 0.999, 0.1);
        let first = adam.update("w", one(1.0), one(0.5), 0.1, true);
        let second = adam.update("w", first, one(-1.0), 0.1, true).into_scalar::<f32>();
        assert!((second - 0.944_336).abs() < 1e-5, "{second}");
    }

    #[test]
    fn restored_state_continues_to_the_same_values() {
        let device = Device::flex();
        let one = |v: f32| Tensor::<1>::from_floats([v], &device);
        let mut adam = AdamW::new(0.9, 0.999, 0.01);
        let value = adam.update("w", one(1.0), one(0.3), 0.1, true);
        let mut again = AdamW::new(0.9, 0.999, 0.01);
        again.restore(&adam.state(), &device);
        let a = adam.update("w", value.clone(), one(-0.2), 0.1, true).into_scalar::<f32>();
        let b = again.update("w", value, one(-0.2), 0.1, true).into_scalar::<f32>();
        assert_eq!(a.to_bits(), b.to_bits());
    }
}
