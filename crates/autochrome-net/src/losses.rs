//! What training minimises.

use burn::tensor::activation::{log_sigmoid, log_softmax};
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn::tensor::{Int, Tensor};

use crate::models::chroma_net::AB_SCALE;

/// Binary cross-entropy of logits against one constant label, averaged over all patches.
fn bce(logits: Tensor<4>, real: bool) -> Tensor<1> {
    // -log σ(x) for real and -log(1 - σ(x)) = -log σ(-x) for fake, stable for any logit.
    let signed = if real { logits } else { logits.mul_scalar(-1.0) };
    log_sigmoid(signed).mean().neg()
}

// burn overwrites a tensor that nobody else holds; LibTorch's graph, see `native`, may still need it. The next two
// functions, and `cross_entropy`, hold on to their arguments until the result is there.

/// |x|.
fn abs(x: Tensor<4>) -> Tensor<4> {
    let held = x.clone();
    let y = x.abs();
    drop(held);
    y
}

/// a − b.
fn difference(a: Tensor<4>, b: Tensor<4>) -> Tensor<4> {
    let held = (a.clone(), b.clone());
    let d = a.sub(b);
    drop(held);
    d
}

/// The discriminator's loss, halved to slow it against the generator.
///
/// # Source
/// Pandey and Rana, equation 8; Isola 2016, section 3.3.
#[must_use]
pub fn discriminator(real: Tensor<4>, fake: Tensor<4>) -> Tensor<1> {
    bce(real, true).add(bce(fake, false)).mul_scalar(0.5)
}

/// The generator's adversarial loss in its minimax form, log(1 − D(x, G(x))).
///
/// # Source
/// Pandey and Rana, equation 1.
#[must_use]
pub fn generator_minimax(fake: Tensor<4>) -> Tensor<1> {
    bce(fake, false).neg()
}

/// The generator's adversarial loss in its non-saturating form, −log D(x, G(x)).
///
/// # Source
/// Pandey and Rana, equation 4; Goodfellow 2014.
#[must_use]
pub fn generator_non_saturating(fake: Tensor<4>) -> Tensor<1> {
    bce(fake, true)
}

/// −log σ(upper − lower): the loss of a discriminator when `upper` is the truth's and `lower` the generated picture's, of the generator
/// the other way round.
///
/// Both are of the same gray picture, so that what it shows takes no part in the difference, and its colours alone do.
///
/// # Source
/// Jolicoeur-Martineau, "The relativistic discriminator: a key element missing from standard GAN" (2018), equations 3 and 4.
#[must_use]
pub fn relativistic(upper: Tensor<4>, lower: Tensor<4>) -> Tensor<1> {
    bce(difference(upper, lower), true)
}

/// Mean absolute difference.
///
/// # Source
/// Pandey and Rana, equation 6.
#[must_use]
pub fn l1(a: Tensor<4>, b: Tensor<4>) -> Tensor<1> {
    abs(difference(a, b)).mean()
}

/// Huber loss: quadratic below `delta`, linear above, continuous in value and slope.
#[must_use]
pub fn huber(a: Tensor<4>, b: Tensor<4>, delta: f32) -> Tensor<1> {
    let error = abs(difference(a, b));
    let inside = error.clone().clamp_max(delta);
    // inside²/2 + delta·(error - inside), divided by delta so that the slope tends to 1.
    let square = inside.clone().mul(inside.clone()).mul_scalar(0.5 / delta);
    let linear = error.clone().sub(inside.clone());
    square.add(linear).mean()
}

/// Mean difference of colours as people see it: the distance in DIN99o, whose lengths are nearly those of CIEDE2000 at equal lightness, rounded
/// off below 1, which nobody notices.
///
/// CIELAB's own distance counts an error between two strong colours, where it is hard to see, like one between grays, where it is not.
///
/// # Shapes
/// a and b divided by [`AB_SCALE`], `[n, 2, h, w]` both.
#[must_use]
pub fn perceived(one: &Tensor<4>, two: &Tensor<4>) -> Tensor<1> {
    let step = difference(din99o(one), din99o(two));
    let square = step.clone().mul(step.clone()).sum_dim(1).add_scalar(1.0);
    let length = square.clone().sqrt();
    length.clone().sub_scalar(1.0).mean()
}

/// a and b of DIN99o, but for a turn that lengths do not see.
///
/// # Source
/// DIN 6176:2018; Cui, Luo, Rigg, Roesler, Witt, "Uniform colour spaces based on the DIN99 colour-difference formula" (2002).
fn din99o(ab: &Tensor<4>) -> Tensor<4> {
    let (sin, cos) = 26_f32.to_radians().sin_cos();
    let scaled = ab.clone().mul_scalar(AB_SCALE);
    let (a, b) = (channel(&scaled, 0), channel(&scaled, 1));
    let e = a.clone().mul_scalar(cos).add(b.clone().mul_scalar(sin));
    let f = b.clone().mul_scalar(cos).sub(a.clone().mul_scalar(sin)).mul_scalar(0.83);
    // A hundredth keeps the root's slope finite at gray.
    let square = e.clone().mul(e.clone()).add(f.clone().mul(f.clone())).add_scalar(0.01);
    let chroma = square.clone().sqrt();
    let grown = chroma.clone().mul_scalar(0.075).add_scalar(1.0);
    let shrunk = grown.clone().log().div_scalar(0.0435);
    let share = shrunk.clone().div(chroma.clone());
    Tensor::cat(vec![e.clone().mul(share.clone()), f.clone().mul(share.clone())], 1)
}

/// How colourful pictures are, in CIELAB: the spread of their colours and three tenths of how far their mean is from gray, mean over pictures.
///
/// # Shapes
/// a and b divided by [`AB_SCALE`], `[n, 2, h, w]`.
///
/// # Source
/// Hasler and Süsstrunk, "Measuring colourfulness in natural images" (2003), equation 10, which has the same form in CIELAB.
#[must_use]
pub fn colourfulness(ab: &Tensor<4>) -> Tensor<1> {
    let scaled = ab.clone().mul_scalar(AB_SCALE);
    let mean = scaled.clone().mean_dim(2).mean_dim(3);
    let away = difference(scaled.clone(), mean.clone());
    let square = |x: &Tensor<4>| x.clone().mul(x.clone()).sum_dim(1);
    let (spread, shift) =
        (square(&away).mean_dim(2).mean_dim(3).add_scalar(0.01), square(&mean).add_scalar(0.01));
    let (spread_root, shift_root) = (spread.clone().sqrt(), shift.clone().sqrt());
    spread_root.clone().add(shift_root.clone().mul_scalar(0.3)).mean()
}

fn channel(x: &Tensor<4>, k: usize) -> Tensor<4> {
    let [n, _, h, w] = x.dims();
    x.clone().slice([0..n, k..k + 1, 0..h, 0..w])
}

/// Mean absolute difference of horizontal and vertical gradients: sharp colour edges where the truth has them.
#[must_use]
pub fn gradient(a: Tensor<4>, b: Tensor<4>) -> Tensor<1> {
    let error = difference(a, b);
    let [n, c, h, w] = error.dims();
    let right =
        error.clone().slice([0..n, 0..c, 0..h, 1..w]).sub(error.clone().slice([0..n, 0..c, 0..h, 0..w - 1]));
    let down = error.clone().slice([0..n, 0..c, 1..h, 0..w]).sub(error.slice([0..n, 0..c, 0..h - 1, 0..w]));
    abs(right).mean().add(abs(down).mean())
}

/// The same between means over cells of 4, 8 and 16 samples a side, summed: a lawn that is green on one side and gray on the
/// other differs from the truth in few samples' gradients, but in those of most cells.
///
/// # Shapes
/// `[n, c, h, w]` both, h and w at least 32.
#[must_use]
pub fn far_gradient(a: &Tensor<4>, b: &Tensor<4>) -> Tensor<1> {
    let cells = |x: &Tensor<4>, side| {
        let options = AvgPoolOptions::new([side, side]).with_stride([side, side]);
        avg_pool2d(x.clone(), options)
    };
    let at = |side| gradient(cells(a, side), cells(b, side));
    at(4).add(at(8)).add(at(16))
}

/// Mean absolute difference of features, as a share of those of the truth, mean over scales.
///
/// # Shapes
/// `[n, c, h, w]` at each scale, `truth` outside the graph.
///
/// # Source
/// Johnson, Alahi, Fei-Fei, "Perceptual Losses for Real-Time Style Transfer and Super-Resolution" (2016), section 3.1.
#[must_use]
pub fn features(ours: &[Tensor<4>], truth: &[Tensor<4>]) -> Tensor<1> {
    let scales = ours
        .iter()
        .zip(truth)
        .map(|(ours, truth)| l1(ours.clone(), truth.clone()).div(abs(truth.clone()).mean()));
    let sum = scales.reduce(Tensor::add).unwrap_or_else(|| unreachable!("there are scales"));
    sum.div_scalar(ours.len() as f32)
}

/// Cross-entropy of classes against soft targets given as five classes and their shares.
///
/// `shares` sum to the weight of the sample, so that rebalancing is folded into them.
///
/// # Shapes
/// Logits `[n, q, h, w]`, classes and shares `[n, 5, h, w]`.
///
/// # Source
/// Zhang 2016, equation 2.
#[must_use]
pub fn soft_cross_entropy(logits: Tensor<4>, classes: Tensor<4, Int>, shares: Tensor<4>) -> Tensor<1> {
    log_softmax(logits, 1).gather(1, classes).mul(shares).sum_dim(1).mean().neg()
}

/// Cross-entropy of classes against the probabilities that others give them.
///
/// # Shapes
/// `[n, q, h, w]` both.
#[must_use]
pub fn cross_entropy(logits: Tensor<4>, probabilities: Tensor<4>) -> Tensor<1> {
    let held = log_softmax(logits, 1);
    held.clone().mul(probabilities).sum_dim(1).mean().neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};

    fn tensor(values: &[f32]) -> Tensor<4> {
        Tensor::from_data(TensorData::new(values.to_vec(), [1, 1, 1, values.len()]), &Device::flex())
    }

    fn scalar(t: Tensor<1>) -> f32 {
        t.into_scalar::<f32>()
    }

    #[test]
    fn a_half_gray_lawn_has_a_far_gradient_and_a_lawn_of_another_green_has_none() {
        let lawn = |left: f32, right: f32| {
            let values = (0..32 * 32).map(|i| if i % 32 < 16 { left } else { right }).collect::<Vec<_>>();
            Tensor::<4>::from_data(TensorData::new(values, [1, 1, 32, 32]), &Device::flex())
        };
        let truth = lawn(0.3, 0.3);
        assert!(scalar(far_gradient(&lawn(0.2, 0.2), &truth)) < 1e-6);
        // One of 7, of 3 and of 1 steps from cell to cell.
        let patchy = scalar(far_gradient(&lawn(0.3, 0.0), &truth));
        assert!((patchy - 0.3 * (1.0 / 7.0 + 1.0 / 3.0 + 1.0)).abs() < 1e-5, "{patchy}");
    }

    #[test]
    fn an_undecided_discriminator_costs_log_two() {
        let loss = scalar(discriminator(tensor(&[0.0]), tensor(&[0.0])));
        assert!((loss - 2f32.ln()).abs() < 1e-6, "{loss}");
    }

    #[test]
    fn a_relativistic_loss_looks_at_the_difference_alone() {
        let loss = |upper: f32, lower: f32| scalar(relativistic(tensor(&[upper]), tensor(&[lower])));
        assert!((loss(3.0, 3.0) - 2f32.ln()).abs() < 1e-6 && (loss(5.0, 4.0) - loss(1.0, 0.0)).abs() < 1e-6);
        assert!(loss(1.0, 0.0) < loss(0.0, 0.0) && loss(0.0, 0.0) < loss(0.0, 1.0));
    }

    #[test]
    fn features_differ_by_a_share_of_the_truths_at_each_scale() {
        let loss = scalar(features(
            &[tensor(&[1.0, 3.0]), tensor(&[40.0])],
            &[tensor(&[2.0, 2.0]), tensor(&[-20.0])],
        ));
        assert!((loss - f32::midpoint(0.5, 3.0)).abs() < 1e-6, "{loss}");
    }

    #[test]
    fn both_generator_losses_fall_when_the_discriminator_is_fooled() {
        for loss in [generator_minimax, generator_non_saturating] {
            assert!(scalar(loss(tensor(&[2.0]))) < scalar(loss(tensor(&[-2.0]))));
        }
    }

    #[test]
    fn the_non_saturating_form_pulls_harder_when_losing() {
        let slope =
            |loss: fn(Tensor<4>) -> Tensor<1>| scalar(loss(tensor(&[-8.0]))) - scalar(loss(tensor(&[-7.0])));
        assert!(slope(generator_non_saturating) > 0.9);
        assert!(slope(generator_minimax) < 0.01);
    }

    #[test]
    fn huber_is_quadratic_inside_and_linear_outside() {
        let zero = tensor(&[0.0]);
        assert!((scalar(huber(tensor(&[0.5]), zero.clone(), 1.0)) - 0.125).abs() < 1e-6);
        assert!((scalar(huber(tensor(&[3.0]), zero, 1.0)) - 2.5).abs() < 1e-6);
    }

    fn colors(ab: [f32; 2]) -> Tensor<4> {
        let values = ab.map(|v| v / AB_SCALE).to_vec();
        Tensor::from_data(TensorData::new(values, [1, 2, 1, 1]), &Device::flex())
    }

    #[test]
    fn a_perceived_difference_is_nearly_ciede2000() {
        let lab = |[a, b]: [f32; 2]| [55.0, a, b];
        let some = [
            [0.0, 0.0],
            [3.0, 2.0],
            [12.0, 18.0],
            [-20.0, 25.0],
            [5.0, -35.0],
            [45.0, 30.0],
            [-2.0, -9.0],
            [10.0, 60.0],
        ];
        for one in some {
            for two in some {
                let right = autochrome_color::delta_e::ciede2000(lab(one), lab(two));
                let ours = scalar(perceived(&colors(one), &colors(two)));
                let low = (0.6 * right - 1.0).max(0.0);
                assert!((low..=1.5 * right + 1e-4).contains(&ours), "{one:?} {two:?}: {ours} for {right}");
            }
        }
    }

    #[test]
    fn colourfulness_is_spread_and_a_part_of_the_mean() {
        let device = Device::flex();
        let of = |values: [f32; 4]| {
            let values = values.map(|v| v / AB_SCALE).to_vec();
            scalar(colourfulness(&Tensor::from_data(TensorData::new(values, [1, 2, 1, 2]), &device)))
        };
        // Two pixels: a, a, b, b. One colour everywhere spreads by nothing but the hundredth.
        assert!((of([30.0, 30.0, 40.0, 40.0]) - (15.0 + 0.1)).abs() < 1e-3);
        assert!((of([30.0, -30.0, 40.0, -40.0]) - (50.0 + 0.03)).abs() < 1e-3);
    }

    #[test]
    fn soft_cross_entropy_of_uniform_logits_is_log_q() {
        let device = Device::flex();
        let logits = Tensor::<4>::zeros([1, 8, 1, 1], &device);
        let classes =
            Tensor::<4, Int>::from_data(TensorData::new(vec![0i64, 1, 2, 3, 4], [1, 5, 1, 1]), &device);
        let shares = Tensor::<4>::full([1, 5, 1, 1], 0.2, &device);
        let loss = scalar(soft_cross_entropy(logits, classes, shares));
        assert!((loss - 8f32.ln()).abs() < 1e-5, "{loss}");
    }

    #[test]
    fn cross_entropy_is_least_where_both_say_the_same() {
        let device = Device::flex();
        let of = |values: [f32; 2]| {
            Tensor::<4>::from_data(TensorData::new(values.to_vec(), [1, 2, 1, 1]), &device)
        };
        let loss = |p: f32| scalar(cross_entropy(of([p.ln(), (1.0 - p).ln()]), of([0.7, 0.3])));
        assert!(loss(0.7) < loss(0.6) && loss(0.7) < loss(0.8));
    }
}
