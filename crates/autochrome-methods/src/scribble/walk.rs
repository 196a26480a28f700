//! Sweeps over the pixels for the stationary distribution of a walk along their weights.

use autochrome_color::{Parallel as _, parallel, vectorized};

use super::affinity::{Affinity, NEIGHBOURS, PLACES, STRIPE};
use super::balance::LEAST_SCALE;

/// Sweeps over a stripe before its neighbours' are looked at.
const TIMES: usize = 4;

/// A walk from pixel to pixel, each followed as often as its share of the weights says.
pub(super) struct Walk<'a> {
    affinity: &'a Affinity,
    /// 1 / Σ w of every pixel, 0 at the border.
    inverse: Vec<f32>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(affinity: &'a Affinity) -> Self {
        let inverse_of = |sum: f32| if sum > 0.0 { 1.0 / sum } else { 0.0 };
        let inverse = parallel::map_numbers(affinity.len(), 4096, |place| inverse_of(affinity.sum(place)));
        Self { affinity, inverse }
    }

    /// The scales with which all rows add up to 1.
    pub(super) fn start(&self) -> Vec<f32> {
        self.inverse.clone()
    }

    /// Improves the scale of every pixel from those around it.
    pub(super) fn sweep(&self, scale: &mut [f32]) {
        let stride = self.affinity.stride();
        let width = stride - 2;
        let before = scale.to_vec();
        let last = scale.len() - stride;
        scale[stride..last].chunks_mut(STRIPE * stride).enumerate().parallel_for_each_with(
            || (Vec::new(), vec![0.0; width], vec![0.0; width]),
            |(local, sums, shares), (stripe, scale)| {
                let start = stripe * STRIPE * stride;
                local.clear();
                local.extend_from_slice(&before[start..start + scale.len() + 2 * stride]);
                let lines = scale.len() / stride;
                vectorized(
                    #[inline(always)]
                    || {
                        for sweep in 0..TIMES {
                            let forward = sweep % 2 == 0;
                            for step in 0..lines {
                                let line = if forward { step } else { lines - 1 - step };
                                let around = &mut local[line * stride..][..3 * stride];
                                let line = stripe * STRIPE + line + 1;
                                self.line(line, forward, around, (sums, shares));
                            }
                        }
                    },
                );
                scale.copy_from_slice(&local[stride..stride + scale.len()]);
            },
        );
    }

    /// One sweep over a line, `around` being the scales of it and of the lines above and below.
    #[inline(always)]
    fn line(&self, line: usize, forward: bool, around: &mut [f32], (sums, shares): (&mut [f32], &mut [f32])) {
        let stride = self.affinity.stride();
        let columns = stride - 2;
        let start = line * stride + 1;
        let inverse = &self.inverse[start..][..columns];
        // The neighbour that is found just before is added last: all others can be added for many pixels at once.
        let previous = if forward { 3 } else { 4 };
        let inflow = |k: usize| {
            let (dx, dy) = PLACES[k];
            let step = dy * stride as isize + dx;
            let weights =
                &self.affinity.weights(NEIGHBOURS - 1 - k)[start.wrapping_add_signed(step)..][..columns];
            (weights, (stride + 1).wrapping_add_signed(step))
        };
        sums.fill(0.0);
        for k in (0..NEIGHBOURS).filter(|&k| k != previous) {
            let (weights, first) = inflow(k);
            for ((sum, &weight), &scale) in sums.iter_mut().zip(weights).zip(&around[first..]) {
                *sum += weight * scale;
            }
        }
        let (weights, _) = inflow(previous);
        for ((sum, share), (&weight, &inverse)) in
            sums.iter_mut().zip(&mut *shares).zip(weights.iter().zip(inverse))
        {
            *sum = (*sum * inverse).max(LEAST_SCALE);
            *share = weight * inverse;
        }
        let mut last = 0.0;
        let next = |(out, (sum, share)): (&mut f32, (&f32, &f32))| {
            last = sum + share * last;
            *out = last;
        };
        let pixels = around[stride + 1..][..columns].iter_mut().zip(sums.iter().zip(&*shares));
        if forward { pixels.for_each(next) } else { pixels.rev().for_each(next) }
    }
}
