//! LibTorch's own autograd and fused kernels, for training.
//!
//! burn differentiates by itself and treats LibTorch as a box of forward kernels: batch normalisation becomes a dozen
//! passes over memory, and the weight gradient of a depthwise convolution one small convolution per channel (nine
//! tenths of a step of the flagship). LibTorch records its own graph when a leaf asks for it, so training marks the
//! parameters as leaves, runs the same burn modules on the plain LibTorch device, and asks LibTorch for the gradients.
//! A kernel that would destroy in place a value the graph needs is caught by LibTorch itself.

#![allow(deprecated)] // burn deprecates LibTorch, which is still the fastest CPU training by far; see docs/decisions.

use burn::backend::LibTorch;
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn_tch::TchTensor;

/// Whether a tensor lives on the plain LibTorch device.
#[must_use]
pub fn is_native<const D: usize>(x: &Tensor<D>) -> bool {
    x.clone().try_into_primitive::<LibTorch>().is_ok()
}

fn unwrap<const D: usize>(x: Tensor<D>) -> Option<tch::Tensor> {
    x.try_into_primitive::<LibTorch>().ok().map(|x| x.tensor)
}

fn wrap<const D: usize>(x: tch::Tensor) -> Tensor<D> {
    Tensor::from_primitive::<LibTorch>(TchTensor::new(x))
}

/// Lays the channels of a picture side by side in memory, which convolutions on a CPU prefer; other devices keep theirs.
///
/// # Shapes
/// `[n, c, h, w]` in and out; only strides change.
#[must_use]
pub fn channels_last(x: Tensor<4>) -> Tensor<4> {
    match unwrap(x.clone()) {
        Some(x) => wrap(x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])),
        None => x,
    }
}

/// x where positive, `slope`·x elsewhere, by one kernel that leaves its input alone.
#[must_use]
pub fn leaky_relu(x: Tensor<4>, slope: f64) -> Tensor<4> {
    match unwrap(x.clone()) {
        // max(x, s·x) for 0 < s < 1; LibTorch's own leaky_relu has its slope fixed in these bindings.
        Some(x) => wrap(x.maximum(&(&x * slope))),
        None => x,
    }
}

/// Batch normalisation by one fused kernel: the output, the batch's mean and its variance.
#[must_use]
pub fn batch_norm(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
    let none = || None::<tch::Tensor>;
    match unwrap(x) {
        Some(x) => {
            let (y, mean, inverse_std) =
                x.native_batch_norm(unwrap(gamma), unwrap(beta), none(), none(), true, 0.1, epsilon);
            let variance = inverse_std.square().reciprocal() - epsilon;
            // The graph keeps the mean; callers may overwrite what they are given.
            (wrap(y), wrap(mean.copy()), wrap(variance))
        }
        None => unreachable!("the caller checks is_native"),
    }
}

/// The same values outside the graph.
#[must_use]
pub fn detach<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    match unwrap(x.clone()) {
        Some(x) => wrap(x.detach()),
        None => x.detach(),
    }
}

/// Runs `work` without recording a graph.
pub fn no_grad<R>(work: impl FnOnce() -> R) -> R {
    tch::no_grad(work)
}

/// Says of every parameter whether gradients are wanted: those whose path `wanted` accepts become leaves of the graph.
pub fn track<M: Module>(module: &M, wanted: impl Fn(&str) -> bool) {
    visit(module, |path, _, _, tensor| {
        let _ = tensor.set_requires_grad(wanted(path));
    });
}

/// Gradients of `loss` with respect to the tracked parameters of `module`; consumes the graph.
#[must_use]
pub fn gradients<M: Module>(loss: Tensor<1>, module: &M) -> GradientsParams {
    let mut gradients = GradientsParams::new();
    let Some(loss) = unwrap(loss) else { return gradients };
    let mut leaves = Vec::new();
    visit(module, |_, id, rank, tensor| {
        if tensor.requires_grad() {
            leaves.push((id, rank, tensor.shallow_clone()));
        }
    });
    let inputs: Vec<&tch::Tensor> = leaves.iter().map(|(_, _, tensor)| tensor).collect();
    let slopes = tch::Tensor::run_backward(&[loss.sum(loss.kind())], &inputs, false, false);
    for ((id, rank, _), slope) in leaves.iter().zip(slopes) {
        match rank {
            1 => gradients.register(*id, wrap::<1>(slope)),
            2 => gradients.register(*id, wrap::<2>(slope)),
            4 => gradients.register(*id, wrap::<4>(slope)),
            _ => unreachable!("networks here have vectors, matrices and kernels only"),
        }
    }
    gradients
}

fn visit<M: Module>(module: &M, act: impl FnMut(&str, ParamId, usize, &tch::Tensor)) {
    module.visit(&mut Visitor { path: Vec::new(), act });
}

struct Visitor<F> {
    path: Vec<String>,
    act: F,
}

impl<F: FnMut(&str, ParamId, usize, &tch::Tensor)> ModuleVisitor for Visitor<F> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        // Running statistics are visited like parameters, but nothing is ever learnt of them by descent.
        if self.path.last().is_some_and(|name| name.starts_with("running_")) {
            return;
        }
        if let Some(tensor) = unwrap(param.val()) {
            (self.act)(&self.path.join("."), param.id, D, &tensor);
        }
    }
}
