//! The few directions of a feature space that tell classes apart.
//!
//! # Source
//! Irony, Cohen-Or, Lischinski (2005), section 3.1: directions in which a class varies within itself are scaled down,
//! then those in which classes differ are kept; together Fisher's linear discriminant.

/// A linear map to fewer dimensions.
pub(super) struct Projection {
    from: usize,
    /// Direction by direction.
    directions: Vec<f32>,
}

/// Share of the mean variance that is added to every direction, so that one that never varies does not count for all.
const RIDGE: f64 = 1e-2;

impl Projection {
    /// The `to` directions that separate `labels` best; `points` has `from` coordinates a label, point by point.
    pub fn separate(points: &[f32], from: usize, labels: &[usize], to: usize) -> Self {
        let classes = labels.iter().max().map_or(0, |most| most + 1);
        let (mut means, mut counts) = (vec![vec![0.0; from]; classes], vec![0.0_f64; classes]);
        for (point, &label) in points.chunks_exact(from).zip(labels) {
            counts[label] += 1.0;
            means[label].iter_mut().zip(point).for_each(|(sum, &v)| *sum += f64::from(v));
        }
        for (mean, count) in means.iter_mut().zip(&counts) {
            mean.iter_mut().for_each(|sum| *sum /= count.max(1.0));
        }

        let mut within = Symmetric::zeros(from);
        for (point, &label) in points.chunks_exact(from).zip(labels) {
            let step: Vec<f64> = point.iter().zip(&means[label]).map(|(&v, m)| f64::from(v) - m).collect();
            within.add_square(&step, 1.0 / labels.len() as f64);
        }
        let ridge = RIDGE * within.trace() / from as f64 + 1e-9;
        (0..from).for_each(|i| within.values[i * from + i] += ridge);
        let (variances, mut whitened) = within.eigen();
        for (direction, variance) in whitened.chunks_exact_mut(from).zip(&variances) {
            direction.iter_mut().for_each(|v| *v /= variance.max(ridge).sqrt());
        }

        let total: f64 = counts.iter().sum();
        let mut centre = vec![0.0; from];
        for (mean, count) in means.iter().zip(&counts) {
            centre.iter_mut().zip(mean).for_each(|(sum, m)| *sum += m * count / total.max(1.0));
        }
        let mut between = Symmetric::zeros(from);
        for (mean, count) in means.iter().zip(&counts) {
            let step: Vec<f64> = mean.iter().zip(&centre).map(|(m, c)| m - c).collect();
            let step: Vec<f64> = whitened.chunks_exact(from).map(|d| dot(d, &step)).collect();
            between.add_square(&step, count / total.max(1.0));
        }
        let (_, best) = between.eigen();
        let mut directions = Vec::with_capacity(to * from);
        for mix in best.chunks_exact(from).take(to) {
            for i in 0..from {
                let column: f64 = mix.iter().zip(whitened.chunks_exact(from)).map(|(m, d)| m * d[i]).sum();
                directions.push(column as f32);
            }
        }
        Self { from, directions }
    }

    /// Number of dimensions that are left.
    pub fn dims(&self) -> usize {
        self.directions.len() / self.from
    }

    /// Points in the smaller space, point by point.
    pub fn apply(&self, points: &[f32]) -> Vec<f32> {
        let mut projected = Vec::with_capacity(points.len() / self.from * self.dims());
        for point in points.chunks_exact(self.from) {
            let along = |d: &[f32]| d.iter().zip(point).map(|(d, v)| d * v).sum::<f32>();
            projected.extend(self.directions.chunks_exact(self.from).map(along));
        }
        projected
    }
}

fn dot(one: &[f64], two: &[f64]) -> f64 {
    one.iter().zip(two).map(|(a, b)| a * b).sum()
}

/// A symmetric matrix, row by row.
struct Symmetric {
    side: usize,
    values: Vec<f64>,
}

impl Symmetric {
    fn zeros(side: usize) -> Self {
        Self { side, values: vec![0.0; side * side] }
    }

    fn trace(&self) -> f64 {
        self.values.iter().step_by(self.side + 1).sum()
    }

    /// Adds weight · v vᵀ.
    fn add_square(&mut self, v: &[f64], weight: f64) {
        for (row, &x) in self.values.chunks_exact_mut(self.side).zip(v) {
            row.iter_mut().zip(v).for_each(|(sum, y)| *sum += weight * x * y);
        }
    }

    /// Eigenvalues, the largest first, and their vectors row by row, by Jacobi's rotations.
    fn eigen(mut self) -> (Vec<f64>, Vec<f64>) {
        let n = self.side;
        let mut vectors = vec![0.0; n * n];
        vectors.iter_mut().step_by(n + 1).for_each(|v| *v = 1.0);
        let scale = self.trace().abs().max(f64::MIN_POSITIVE);
        for _sweep in 0..30 {
            let mut largest = 0.0_f64;
            for p in 0..n {
                for q in p + 1..n {
                    let off = self.values[p * n + q];
                    largest = largest.max(off.abs());
                    if off.abs() > 1e-14 * scale {
                        self.rotate(&mut vectors, p, q);
                    }
                }
            }
            if largest <= 1e-12 * scale {
                break;
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&i, &j| self.values[j * n + j].total_cmp(&self.values[i * n + i]));
        let values = order.iter().map(|&i| self.values[i * n + i]).collect();
        (values, order.iter().flat_map(|&i| vectors[i * n..][..n].to_vec()).collect())
    }

    /// Turns axes `p` and `q` so that they no longer mix.
    fn rotate(&mut self, vectors: &mut [f64], p: usize, q: usize) {
        let n = self.side;
        let m = &mut self.values;
        let theta = (m[q * n + q] - m[p * n + p]) / (2.0 * m[p * n + q]);
        let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
        let c = 1.0 / (t * t + 1.0).sqrt();
        let s = t * c;
        for k in 0..n {
            let (x, y) = (m[k * n + p], m[k * n + q]);
            (m[k * n + p], m[k * n + q]) = (c * x - s * y, s * x + c * y);
        }
        for k in 0..n {
            let (x, y) = (m[p * n + k], m[q * n + k]);
            (m[p * n + k], m[q * n + k]) = (c * x - s * y, s * x + c * y);
            let (x, y) = (vectors[p * n + k], vectors[q * n + k]);
            (vectors[p * n + k], vectors[q * n + k]) = (c * x - s * y, s * x + c * y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_are_only_scaled_by_their_matrix() {
        let values = vec![4.0, 1.0, -2.0, 1.0, 2.0, 0.5, -2.0, 0.5, 3.0];
        let (eigenvalues, vectors) = Symmetric { side: 3, values: values.clone() }.eigen();
        assert!(
            eigenvalues.is_sorted_by(|a, b| a >= b) && (eigenvalues.iter().sum::<f64>() - 9.0).abs() < 1e-9
        );
        for (value, vector) in eigenvalues.iter().zip(vectors.chunks(3)) {
            for (row, v) in values.chunks(3).zip(vector) {
                assert!((dot(row, vector) - value * v).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn noise_is_left_out_and_what_separates_is_kept() {
        // Two classes that differ in the second coordinate only, under loud noise in the first.
        let mut random = fastrand::Rng::with_seed(3);
        let (mut points, mut labels) = (Vec::new(), Vec::new());
        for i in 0..400 {
            points.extend([100.0 * random.f32(), (i % 2) as f32 + 0.1 * random.f32(), 0.0]);
            labels.push(i % 2);
        }
        let projection = Projection::separate(&points, 3, &labels, 1);
        let along = projection.apply(&points);
        let mean = |class: usize| {
            let of: Vec<f32> =
                along.iter().zip(&labels).filter(|(_, l)| **l == class).map(|(v, _)| *v).collect();
            super::super::mean_and_deviation(&of)
        };
        let ((zero, spread), (one, _)) = (mean(0), mean(1));
        assert!((zero - one).abs() > 5.0 * spread, "{zero} and {one}, each ± {spread}");
    }
}
