//! LibTorch's own autograd and fused kernels, for training.
//!
//! burn differentiates by itself and treats LibTorch as a box of forward kernels: batch normalisation becomes a dozen
//! passes over memory, and the weight gradient of a depthwise convolution one small convolution per channel (nine
//! tenths of a step of the flagship). LibTorch records its own graph when a leaf asks for it, so training marks the
//! parameters as leaves, runs the same burn modules on the plain LibTorch device, and asks LibTorch for the gradients.
//! A kernel that would destroy in place a value the graph needs is caught by LibTorch itself.

#![allow(deprecated)] // burn deprecates LibTorch, which is still the fastest CPU training by far; see docs/decisions.

use std::sync::atomic::{AtomicBool, Ordering};

use burn::backend::LibTorch;
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
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

static HALF: AtomicBool = AtomicBool::new(false);

/// Lets convolutions on LibTorch compute in bfloat16, from now on and in the whole process.
///
/// Weights, normalisation, losses and optimiser stay in single precision: mixed precision as in Micikevicius et al.
/// 2018, without scaled losses, since bfloat16 has the range of single precision. It pays on CPUs with AVX512-BF16 or
/// AMX and is slow on others.
pub fn use_half_precision(on: bool) {
    HALF.store(on, Ordering::Relaxed);
}

/// A convolution in half precision, where that is wanted and `x` lives on LibTorch.
pub(crate) fn convolve_half(conv: &Conv2d, x: &Tensor<4>) -> Option<Tensor<4>> {
    if !HALF.load(Ordering::Relaxed) || !matches!(conv.padding, PaddingConfig2d::Same) {
        return None;
    }
    let bias = conv.bias.as_ref().and_then(|bias| unwrap(bias.val()));
    Some(wrap(convolve_same(conv, unwrap(x.clone())?, unwrap(conv.weight.val())?, bias)))
}

/// A convolution and the normalisation by given statistics behind it, in one pass: both are linear, so that the weights can take what the
/// normalisation would do to the result.
pub(crate) fn convolve_normalised(
    conv: &Conv2d,
    x: Tensor<4>,
    [gamma, beta, mean, variance]: [Tensor<1>; 4],
    epsilon: f64,
) -> Tensor<4> {
    let parts = (unwrap(x), unwrap(conv.weight.val()), [gamma, beta, mean, variance].map(unwrap));
    let (Some(x), Some(weight), [Some(gamma), Some(beta), Some(mean), Some(variance)]) = parts else {
        unreachable!("the caller checks is_native")
    };
    let scale = gamma * (variance + epsilon).rsqrt();
    let bias = beta - mean * &scale;
    wrap(convolve_same(conv, x, weight * scale.reshape([-1i64, 1, 1, 1]), Some(bias)))
}

/// A convolution with "same" padding, with the shape of `conv` and other weights.
fn convolve_same(
    conv: &Conv2d,
    x: tch::Tensor,
    weight: tch::Tensor,
    bias: Option<tch::Tensor>,
) -> tch::Tensor {
    let [.., height, width] = x.size()[..] else { unreachable!("pictures have four dimensions") };
    let vertical = same_padding(height as usize, conv.kernel_size[0], conv.stride[0]);
    let horizontal = same_padding(width as usize, conv.kernel_size[1], conv.stride[1]);
    // oneDNN has no fast way back through depthwise convolutions that step, in half precision: one took a hundred times as long.
    let steps = conv.groups > 1 && conv.stride != [1, 1];
    let half = HALF.load(Ordering::Relaxed) && !steps;
    let kind = if half { tch::Kind::BFloat16 } else { tch::Kind::Float };
    let (mut x, weight, bias) = (x.to_kind(kind), weight.to_kind(kind), bias.map(|bias| bias.to_kind(kind)));
    let mut padding = [vertical.0 as i64, horizontal.0 as i64];
    if vertical.0 != vertical.1 || horizontal.0 != horizontal.1 {
        let sides = [0, 0, horizontal.0, horizontal.1, vertical.0, vertical.1].map(|side| side as i64);
        // Padded as rows of places: as planes, it and everything behind it would come out plane by plane.
        x = x.permute([0, 2, 3, 1]).constant_pad_nd(sides).permute([0, 3, 1, 2]);
        padding = [0, 0];
    }
    let stride = conv.stride.map(|step| step as i64);
    x.conv2d(&weight, bias, stride, padding, [1i64, 1], conv.groups as i64)
}

/// x between 0 and 6, by a kernel whose way back is one pass as well; that of a clamp is four.
#[must_use]
pub fn relu6(x: Tensor<4>) -> Tensor<4> {
    match unwrap(x.clone()) {
        Some(x) => wrap(x.relu6()),
        None => x.clamp(0.0, 6.0),
    }
}

/// Zeros before and after a side, so that there is one output for every `stride` inputs; an odd one goes to the end.
fn same_padding(size: usize, kernel: usize, stride: usize) -> (usize, usize) {
    let total = ((size.div_ceil(stride) - 1) * stride + kernel).saturating_sub(size);
    (total / 2, total - total / 2)
}

/// In single precision, whatever it was.
#[must_use]
pub fn single_precision(x: Tensor<4>) -> Tensor<4> {
    match unwrap(x.clone()) {
        Some(x) => wrap(x.to_kind(tch::Kind::Float)),
        None => x,
    }
}

/// In the precision of `like`.
#[must_use]
pub fn precision_of(like: &Tensor<4>, x: Tensor<4>) -> Tensor<4> {
    match (unwrap(like.clone()), unwrap(x.clone())) {
        (Some(like), Some(x)) => wrap(x.to_kind(like.kind())),
        _ => x,
    }
}

/// x where positive, `slope`·x elsewhere, by one kernel that leaves its input alone.
#[must_use]
pub fn leaky_relu(x: Tensor<4>, slope: f64) -> Tensor<4> {
    match unwrap(x.clone()) {
        // s·x + (1 − s)·relu(x), whose way back is one comparison where that of a maximum is four; LibTorch's own has its slope fixed in
        // these bindings.
        Some(x) => wrap(&x * slope + x.relu() * (1.0 - slope)),
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

/// Batch normalisation by given statistics, for `x` of any precision.
#[must_use]
pub fn batch_norm_fixed(
    x: Tensor<4>,
    [gamma, beta, mean, variance]: [Tensor<1>; 4],
    epsilon: f64,
) -> Tensor<4> {
    match unwrap(x) {
        Some(x) => {
            let (y, _, _) = x.native_batch_norm(
                unwrap(gamma),
                unwrap(beta),
                unwrap(mean),
                unwrap(variance),
                false,
                0.1,
                epsilon,
            );
            wrap(y)
        }
        None => unreachable!("the caller checks is_native"),
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
