//! How far two sets of pictures lie apart as a whole, not picture by picture.

/// A normal distribution of feature vectors.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gaussian {
    mean: Vec<f64>,
    /// Row by row.
    covariance: Vec<f64>,
}

impl Gaussian {
    /// Fitted to vectors of one length, covariance with n − 1; `None` for fewer than two.
    pub fn fit<'a>(vectors: impl Iterator<Item = &'a Vec<f32>> + Clone) -> Option<Self> {
        let n = vectors.clone().count();
        let d = vectors.clone().next()?.len();
        if n < 2 {
            return None;
        }
        let mut mean = vec![0.0; d];
        for vector in vectors.clone() {
            mean.iter_mut().zip(vector).for_each(|(sum, &v)| *sum += f64::from(v) / n as f64);
        }
        let mut covariance = vec![0.0; d * d];
        for vector in vectors {
            let away: Vec<f64> = vector.iter().zip(&mean).map(|(&v, mean)| f64::from(v) - mean).collect();
            for (row, x) in covariance.chunks_exact_mut(d).zip(&away) {
                row.iter_mut().zip(&away).for_each(|(sum, y)| *sum += x * y / (n - 1) as f64);
            }
        }
        Some(Self { mean, covariance })
    }
}

/// |m₁ − m₂|² + tr(C₁ + C₂ − 2 (C₁C₂)^½), the squared Fréchet distance, as everybody prints it.
///
/// # Panics
/// When the distributions differ in dimension.
///
/// # Source
/// Dowson, Landau, "The Fréchet distance between multivariate normal distributions", 1982; over features of a network since
/// Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter, "GANs trained by a two time-scale update rule", 2017.
pub(crate) fn distance(one: &Gaussian, two: &Gaussian) -> f64 {
    let d = one.mean.len();
    assert_eq!(d, two.mean.len(), "two distributions of one dimension");
    let apart: f64 = one.mean.iter().zip(&two.mean).map(|(x, y)| (x - y).powi(2)).sum();
    let trace = |matrix: &[f64]| matrix.iter().step_by(d + 1).sum::<f64>();
    // C₁C₂ has the eigenvalues of C₁^½ C₂ C₁^½, which is symmetric.
    let root = square_root(&one.covariance, d);
    let product = multiply(&multiply(&root, &two.covariance, d), &root, d);
    let (values, _) = eigen(product, d);
    let shared: f64 = values.iter().map(|value| value.max(0.0).sqrt()).sum();
    (apart + trace(&one.covariance) + trace(&two.covariance) - 2.0 * shared).max(0.0)
}

/// The symmetric root of a symmetric matrix without negative eigenvalues.
fn square_root(matrix: &[f64], d: usize) -> Vec<f64> {
    let (values, vectors) = eigen(matrix.to_vec(), d);
    let mut root = vec![0.0; d * d];
    for (value, vector) in values.iter().zip(vectors.chunks_exact(d.max(1))) {
        let scale = value.max(0.0).sqrt();
        for (row, x) in root.chunks_exact_mut(d).zip(vector) {
            row.iter_mut().zip(vector).for_each(|(sum, y)| *sum += scale * x * y);
        }
    }
    root
}

fn multiply(one: &[f64], two: &[f64], d: usize) -> Vec<f64> {
    let mut product = vec![0.0; d * d];
    for (sums, row) in product.chunks_exact_mut(d).zip(one.chunks_exact(d)) {
        for (x, other) in row.iter().zip(two.chunks_exact(d)) {
            sums.iter_mut().zip(other).for_each(|(sum, y)| *sum += x * y);
        }
    }
    product
}

/// Eigenvalues of a symmetric matrix, and its eigenvectors as rows in the same order.
///
/// # Source
/// Jacobi's cyclic rotations, as in Golub and Van Loan, "Matrix computations", section 8.5.
fn eigen(mut matrix: Vec<f64>, d: usize) -> (Vec<f64>, Vec<f64>) {
    /// Sweeps converge quadratically: a dozen is more than any matrix here has needed.
    const SWEEPS: usize = 30;
    let mut vectors: Vec<f64> = (0..d * d).map(|i| if i % (d + 1) == 0 { 1.0 } else { 0.0 }).collect();
    let whole: f64 = matrix.iter().map(|v| v * v).sum();
    for _ in 0..SWEEPS {
        let off: f64 = matrix.iter().enumerate().filter(|(i, _)| i % (d + 1) != 0).map(|(_, v)| v * v).sum();
        if off <= 1e-28 * whole {
            break;
        }
        for p in 0..d {
            for q in p + 1..d {
                rotate(&mut matrix, &mut vectors, d, p, q);
            }
        }
    }
    (matrix.iter().step_by(d + 1).copied().collect(), vectors)
}

/// One rotation of rows and columns `p` and `q`, after which they have nothing in common.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], d: usize, p: usize, q: usize) {
    let common = matrix[p * d + q];
    if common == 0.0 {
        return;
    }
    let tau = (matrix[q * d + q] - matrix[p * d + p]) / (2.0 * common);
    let tangent = tau.signum() / (tau.abs() + tau.hypot(1.0));
    let cosine = tangent.hypot(1.0).recip();
    let sine = tangent * cosine;
    let turn = |values: &mut [f64], i: usize, j: usize| {
        let (x, y) = (values[i], values[j]);
        (values[i], values[j]) = (cosine * x - sine * y, sine * x + cosine * y);
    };
    for k in 0..d {
        turn(matrix, k * d + p, k * d + q);
    }
    for k in 0..d {
        turn(matrix, p * d + k, q * d + k);
        turn(vectors, p * d + k, q * d + k);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors that `tools/reference/evaluate_frechet.py` draws.
    fn vectors(n: u32, d: u32, seed: u32) -> Vec<Vec<f32>> {
        let noise = |i: u32, j: u32| {
            let mut hash =
                i.wrapping_mul(73_856_093) ^ j.wrapping_mul(19_349_663) ^ seed.wrapping_mul(83_492_791);
            hash = (hash ^ hash >> 15).wrapping_mul(2_654_435_761);
            (hash >> 16) as f32 / 65536.0
        };
        let sample = |i: u32, j: u32| noise(i, j) + 0.5 * noise(i, (j + 1) % d) + 0.125 * seed as f32;
        (0..n).map(|i| (0..d).map(|j| sample(i, j)).collect()).collect()
    }

    fn distance_between(one: &[Vec<f32>], two: &[Vec<f32>]) -> f64 {
        distance(&Gaussian::fit(one.iter()).unwrap(), &Gaussian::fit(two.iter()).unwrap())
    }

    #[test]
    fn distances_agree_with_scipy() {
        let mut rows = 0;
        for line in include_str!("../testdata/frechet.tsv").lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let whole = |i: usize| fields[i].parse::<u32>().unwrap();
            let wanted: f64 = fields[4].parse().unwrap();
            let got =
                distance_between(&vectors(whole(0), whole(2), 1), &vectors(whole(1), whole(2), whole(3)));
            assert!((got - wanted).abs() < 1e-6 * (1.0 + wanted), "{got} for {line}");
            rows += 1;
        }
        assert_eq!(rows, 5);
    }

    #[test]
    fn a_set_lies_nowhere_from_itself_and_a_shift_counts_squared() {
        let one = vectors(200, 16, 1);
        assert!(distance_between(&one, &one) < 1e-9);
        let shifted: Vec<Vec<f32>> = one.iter().map(|v| v.iter().map(|x| x + 0.5).collect()).collect();
        assert!((distance_between(&one, &shifted) - 16.0 * 0.25).abs() < 1e-5);
    }

    #[test]
    fn eigenvectors_build_their_matrix_again() {
        let d = 24;
        let covariance = Gaussian::fit(vectors(60, d as u32, 5).iter()).unwrap().covariance;
        let root = square_root(&covariance, d);
        let again = multiply(&root, &root, d);
        let error = again.iter().zip(&covariance).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
        assert!(error < 1e-12, "{error}");
    }

    #[test]
    fn one_vector_is_no_distribution() {
        assert_eq!(Gaussian::fit(vectors(1, 4, 1).iter()), None);
        assert_eq!(Gaussian::fit(std::iter::empty()), None);
    }
}
