//! The equations of the pixels, and sweeps over them.

use autochrome_color::{Parallel as _, parallel, vectorized};

use super::Pair;
use super::affinity::{Affinity, STRIPE};
use super::groups::{ALONE, Groups};
use super::operator::{Operator, Rows};

/// The equations Σ w (u(r) − u(s)) + pull · u(r) = 0 of the pixels whose colour is not known.
pub(super) struct Equations {
    affinity: Affinity,
    /// 1 / Σ w of every pixel, with its pull; 0 where the colour is known and at the border.
    inverse: Vec<f32>,
    /// Pull towards 0 as a share of Σ w.
    pull: f32,
}

impl Equations {
    /// With no colour known, and every pixel pulled towards 0 by this share of its weights.
    pub(super) fn new(affinity: Affinity, pull: f32) -> Self {
        let mut equations = Self { inverse: Vec::new(), affinity, pull };
        equations.inverse =
            parallel::map_numbers(equations.affinity.len(), 4096, |place| equations.inverse_of(place));
        equations
    }

    fn inverse_of(&self, place: usize) -> f32 {
        let sum = self.affinity.sum(place);
        if sum > 0.0 { 1.0 / (sum * (1.0 + self.pull)) } else { 0.0 }
    }

    /// Says whether the colour of a pixel is known.
    pub(super) fn set_known(&mut self, place: usize, known: bool) {
        self.inverse[place] = if known { 0.0 } else { self.inverse_of(place) };
    }

    /// The weights.
    pub(super) fn affinity(&self) -> &Affinity {
        &self.affinity
    }

    /// Whether what is not known is pulled towards 0.
    pub(super) fn pulls(&self) -> bool {
        self.pull > 0.0
    }

    /// What is missing in each equation.
    pub(super) fn residual(&self, values: &[Pair], out: &mut [Pair]) {
        let stride = self.affinity.stride();
        let inner = stride..self.inverse.len() - stride;
        out[inner].chunks_mut(stride).enumerate().parallel_for_each(|(line, out)| {
            vectorized(
                #[inline(always)]
                || {
                    self.apply_line(line + 1, values, out);
                    out.iter_mut().for_each(|out| *out = out.map(|value| -value));
                },
            );
        });
    }

    /// The left-hand sides of a line, 0 where there is no equation.
    #[inline(always)]
    fn apply_line(&self, line: usize, values: &[Pair], out: &mut [Pair]) {
        let stride = self.affinity.stride();
        let (start, columns) = (line * stride, stride - 2);
        let out = &mut out[1..=columns];
        let inverse = &self.inverse[start + 1..][..columns];
        let centre = &values[start + 1..][..columns];
        for ((out, centre), &inverse) in out.iter_mut().zip(centre).zip(inverse) {
            let pull = if inverse == 0.0 { 0.0 } else { self.pull / ((1.0 + self.pull) * inverse) };
            *out = [pull * centre[0], pull * centre[1]];
        }
        for (k, first) in [0, 1, 2, stride, stride + 2, 2 * stride, 2 * stride + 1, 2 * stride + 2]
            .map(|offset| start + offset - stride)
            .into_iter()
            .enumerate()
        {
            let weights = &self.affinity.weights(k)[start + 1..][..columns];
            let others = &values[first..][..columns];
            for ((((out, centre), other), &weight), &inverse) in
                out.iter_mut().zip(centre).zip(others).zip(weights).zip(inverse)
            {
                let weight = if inverse == 0.0 { 0.0 } else { weight };
                out[0] += weight * (centre[0] - other[0]);
                out[1] += weight * (centre[1] - other[1]);
            }
        }
    }

    /// Adds what the neighbours on the line above (`first` 0) or below (`first` 5) say, `values` being that line.
    #[inline(always)]
    fn add_line(&self, line: usize, first: usize, values: &[Pair], sums: &mut [Pair]) {
        let start = line * self.affinity.stride() + 1;
        let columns = sums.len();
        let [one, two, three] = [0, 1, 2].map(|k| &self.affinity.weights(first + k)[start..][..columns]);
        let [left, middle, right] = [0, 1, 2].map(|shift| &values[shift..][..columns]);
        for i in 0..columns {
            for k in 0..2 {
                sums[i][k] += one[i] * left[i][k] + two[i] * middle[i][k] + three[i] * right[i][k];
            }
        }
    }

    /// Finishes Gauss-Seidel on a line from the `sums` of all but the neighbour that was just found, which is the one before in
    /// order.
    #[inline(always)]
    fn finish_line(&self, line: usize, forward: bool, room: &mut Room, out: &mut [Pair]) {
        let start = line * self.affinity.stride() + 1;
        let columns = room.sums.len();
        let inverse = &self.inverse[start..][..columns];
        let weights = &self.affinity.weights(if forward { 3 } else { 4 })[start..][..columns];
        for ((sum, share), (&inverse, &weight)) in
            room.sums.iter_mut().zip(&mut room.shares).zip(inverse.iter().zip(weights))
        {
            *sum = [sum[0] * inverse, sum[1] * inverse];
            *share = weight * inverse;
        }
        let mut last = [0.0; 2];
        let next = |(out, (sum, share)): (&mut Pair, (&Pair, &f32))| {
            last = [sum[0] + share * last[0], sum[1] + share * last[1]];
            *out = last;
        };
        let pixels = out[1..=columns].iter_mut().zip(room.sums.iter().zip(&room.shares));
        if forward { pixels.for_each(next) } else { pixels.rev().for_each(next) }
    }

    #[inline(always)]
    fn down_stripe(
        &self,
        first_line: usize,
        right: &[Pair],
        values: &mut [Pair],
        residual: &mut [Pair],
        room: &mut Room,
    ) {
        let stride = self.affinity.stride();
        let columns = stride - 2;
        let lines = values.len() / stride;
        room.resize(columns);
        for line in 0..lines {
            let start = (first_line + line) * stride;
            room.sums.copy_from_slice(&right[start + 1..][..columns]);
            let (before, here) = values.split_at_mut(line * stride);
            let here = &mut here[..stride];
            if line > 0 {
                self.add_line(first_line + line, 0, &before[(line - 1) * stride..], &mut room.sums);
            }
            self.finish_line(first_line + line, true, room, here);
            if line > 1 {
                // The line before misses what came after it; the first and the last line of a stripe need their neighbours.
                let line = line - 1;
                let start = (first_line + line) * stride + 1;
                let out = &mut residual[line * stride + 1..][..columns];
                let weights = &self.affinity.weights(4)[start..][..columns];
                let next = &before[line * stride + 2..][..columns];
                for ((out, next), &weight) in out.iter_mut().zip(next).zip(weights) {
                    *out = [weight * next[0], weight * next[1]];
                }
                self.add_line(first_line + line, 5, here, out);
                for (out, &inverse) in out.iter_mut().zip(&self.inverse[start..]) {
                    *out = if inverse == 0.0 { [0.0; 2] } else { *out };
                }
            }
        }
    }

    #[inline(always)]
    fn up_stripe(
        &self,
        first_line: usize,
        right: &[Pair],
        out: &mut [Pair],
        image: &mut [Pair],
        room: &mut Room,
    ) {
        let stride = self.affinity.stride();
        let columns = stride - 2;
        let lines = out.len() / stride;
        room.resize(columns);
        let old = std::mem::take(&mut room.old);
        for line in (0..lines).rev() {
            let start = (first_line + line) * stride + 1;
            // Of the values from before there is one line above the stripe.
            let (above, beside) = (&old[line * stride..][..stride], &old[(line + 1) * stride..][..stride]);
            room.sums.copy_from_slice(&right[start..][..columns]);
            self.add_line(first_line + line, 0, above, &mut room.sums);
            let weights = &self.affinity.weights(3)[start..][..columns];
            for ((sum, value), &weight) in room.sums.iter_mut().zip(beside).zip(weights) {
                *sum = [sum[0] + weight * value[0], sum[1] + weight * value[1]];
            }
            let (here, below) = out[line * stride..].split_at_mut(stride);
            let old_below = &old[(line + 2) * stride..][..stride];
            let below = if line + 1 < lines { &below[..stride] } else { old_below };
            self.add_line(first_line + line, 5, below, &mut room.sums);
            self.finish_line(first_line + line, false, room, here);
            if line + 2 < lines {
                // The line below misses what has changed since among those before it.
                let start = start + stride;
                for ((change, new), old) in room.changes.iter_mut().zip(&*here).zip(beside) {
                    *change = [new[0] - old[0], new[1] - old[1]];
                }
                room.sums.fill([0.0; 2]);
                self.add_line(first_line + line + 1, 0, &room.changes, &mut room.sums);
                let weights = &self.affinity.weights(3)[start..][..columns];
                let out = &mut image[(line + 1) * stride + 1..][..columns];
                let (right, inverse) = (&right[start..][..columns], &self.inverse[start..][..columns]);
                for i in 0..columns {
                    for k in 0..2 {
                        let missing = room.sums[i][k] + weights[i] * (below[i][k] - old_below[i][k]);
                        out[i][k] = if inverse[i] == 0.0 { 0.0 } else { right[i][k] - missing };
                    }
                }
            }
        }
        room.old = old;
    }

    /// Calls back with the first and the last line of every stripe.
    fn at_seams(&self, out: &mut [Pair], line: impl Fn(usize, &mut [Pair]) + Sync) {
        let stride = self.affinity.stride();
        let last = out.len() - stride;
        out[stride..last].chunks_mut(STRIPE * stride).enumerate().parallel_for_each(|(stripe, out)| {
            let lines = out.len() / stride;
            let seams = if lines > 1 { vec![0, lines - 1] } else { vec![0] };
            for seam in seams {
                line(1 + stripe * STRIPE + seam, &mut out[seam * stride..][..stride]);
            }
        });
    }
}

/// Room for what is worked out on the way, line by line.
#[derive(Default)]
struct Room {
    sums: Vec<Pair>,
    shares: Vec<f32>,
    changes: Vec<Pair>,
    old: Vec<Pair>,
}

impl Room {
    fn resize(&mut self, columns: usize) {
        self.sums.resize(columns, [0.0; 2]);
        self.shares.resize(columns, 0.0);
        self.changes.resize(columns + 2, [0.0; 2]);
    }
}

impl Rows for Equations {
    #[inline]
    fn for_each_neighbor(&self, place: usize, mut visit: impl FnMut(Option<usize>, f32)) {
        if self.inverse[place] != 0.0 {
            visit(None, self.pull * self.affinity.sum(place));
            for (_, other, weight) in self.affinity.row(place) {
                visit((self.inverse[other] != 0.0).then_some(other), weight);
            }
        }
    }
}

impl Operator for Equations {
    fn nodes(&self) -> usize {
        self.inverse.len()
    }

    fn sweep_down(&self, right: &[Pair], values: &mut [Pair], residual: &mut [Pair]) {
        let stride = self.affinity.stride();
        let inner = stride..self.nodes() - stride;
        let values_of = values[inner.clone()].chunks_mut(STRIPE * stride);
        let stripes = values_of.zip(residual[inner].chunks_mut(STRIPE * stride)).enumerate();
        stripes.parallel_for_each_with(Room::default, |room, (stripe, (values, residual))| {
            let first_line = 1 + stripe * STRIPE;
            vectorized(
                #[inline(always)]
                || self.down_stripe(first_line, right, values, residual, room),
            );
        });
        let values = &*values;
        self.at_seams(residual, |line, out| {
            self.apply_line(line, values, out);
            for (i, out) in out.iter_mut().enumerate() {
                let place = line * stride + i;
                *out = if self.inverse[place] == 0.0 {
                    [0.0; 2]
                } else {
                    [right[place][0] - out[0], right[place][1] - out[1]]
                };
            }
        });
    }

    fn sweep_up(
        &self,
        values: &mut [Pair],
        (groups, correction): (&Groups, &[Pair]),
        right: &[Pair],
        out: &mut [Pair],
        image: &mut [Pair],
    ) {
        let stride = self.affinity.stride();
        let inner = stride..self.nodes() - stride;
        let values = &*values;
        let out_of = out[inner.clone()].chunks_mut(STRIPE * stride);
        let stripes = out_of.zip(image[inner].chunks_mut(STRIPE * stride)).enumerate();
        stripes.parallel_for_each_with(Room::default, |room, (stripe, (out, image))| {
            let first_line = 1 + stripe * STRIPE;
            let start = (first_line - 1) * stride;
            let corrected = (start..start + out.len() + 2 * stride).map(|place| {
                let (value, group) = (values[place], groups.of(place));
                if self.inverse[place] == 0.0 || group == ALONE {
                    return value;
                }
                let more = correction[group as usize];
                [value[0] + more[0], value[1] + more[1]]
            });
            room.old.clear();
            room.old.extend(corrected);
            vectorized(
                #[inline(always)]
                || self.up_stripe(first_line, right, out, image, room),
            );
        });
        let out = &*out;
        self.at_seams(image, |line, image| self.apply_line(line, out, image));
    }
}
