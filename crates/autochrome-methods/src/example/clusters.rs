//! k-means: what belongs together among points.

/// Rounds after which it is good enough.
const ROUNDS: usize = 20;

/// A label below `count` for each point of `dims` coordinates; the same seed gives the same labels.
///
/// # Source
/// Lloyd (1982) from starts that lie far apart: Arthur and Vassilvitskii, "k-means++" (2007).
pub(super) fn labels(points: &[f32], dims: usize, count: usize, random: &mut fastrand::Rng) -> Vec<usize> {
    let points: Vec<&[f32]> = points.chunks_exact(dims).collect();
    let Some(first) = points.get(random.usize(..points.len().max(1))) else { return Vec::new() };
    let mut centres = vec![first.to_vec()];
    let mut nearest: Vec<f32> = points.iter().map(|point| distance(point, first)).collect();
    while centres.len() < count {
        let total: f64 = nearest.iter().map(|&d| f64::from(d)).sum();
        if total <= 0.0 {
            break;
        }
        let mut left = random.f64() * total;
        let drawn = nearest.iter().position(|&d| {
            left -= f64::from(d);
            left < 0.0
        });
        let centre = points[drawn.unwrap_or(0)].to_vec();
        nearest.iter_mut().zip(&points).for_each(|(d, point)| *d = d.min(distance(point, &centre)));
        centres.push(centre);
    }
    let mut labels = vec![0; points.len()];
    for _ in 0..ROUNDS {
        let mut moved = false;
        for (label, point) in labels.iter_mut().zip(&points) {
            let best = (0..centres.len())
                .min_by(|&i, &j| distance(point, &centres[i]).total_cmp(&distance(point, &centres[j])))
                .unwrap_or(0);
            moved |= best != *label;
            *label = best;
        }
        if !moved {
            break;
        }
        let mut sums = vec![(vec![0.0_f64; dims], 0.0_f64); centres.len()];
        for (&label, point) in labels.iter().zip(&points) {
            sums[label].0.iter_mut().zip(*point).for_each(|(sum, &v)| *sum += f64::from(v));
            sums[label].1 += 1.0;
        }
        for (centre, (sum, n)) in centres.iter_mut().zip(sums) {
            if n > 0.0 {
                centre.iter_mut().zip(sum).for_each(|(c, s)| *c = (s / n) as f32);
            }
        }
    }
    labels
}

fn distance(one: &[f32], two: &[f32]) -> f32 {
    one.iter().zip(two).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heaps_are_told_apart() {
        let mut random = fastrand::Rng::with_seed(1);
        let heaps = [[0.0, 0.0], [50.0, 0.0], [0.0, 50.0]];
        let points: Vec<f32> = (0..300).flat_map(|i| heaps[i % 3].map(|c| c + random.f32())).collect();
        let labels = labels(&points, 2, 3, &mut random);
        assert!((0..300).all(|i| labels[i] == labels[i % 3]));
        assert!(labels[0] != labels[1] && labels[1] != labels[2] && labels[0] != labels[2]);
    }

    #[test]
    fn equal_points_have_one_label_whatever_is_asked() {
        let labels = labels(&[7.0; 20], 2, 4, &mut fastrand::Rng::with_seed(1));
        assert_eq!(labels, [0; 10]);
    }
}
