//! Means over areas, along one direction.

/// Which old samples each new one covers, and how much of it each of them is.
pub(crate) struct Spans {
    spans: Vec<(usize, Vec<f32>)>,
}

impl Spans {
    pub(crate) fn new(old: usize, new: usize) -> Self {
        let scale = old as f64 / new as f64;
        let span = |i: usize| {
            let (start, end) = (i as f64 * scale, ((i + 1) as f64 * scale).min(old as f64));
            let (first, last) = (start as usize, (end.ceil() as usize).clamp(start as usize + 1, old));
            let share = |j: usize| ((end.min((j + 1) as f64) - start.max(j as f64)) / scale) as f32;
            (first, (first..last).map(share).collect())
        };
        Self { spans: (0..new).map(span).collect() }
    }

    pub(crate) fn of(&self, i: usize) -> (usize, &[f32]) {
        let (first, weights) = &self.spans[i];
        (*first, weights)
    }

    /// Adds the means over a line of old samples, times `weight`.
    pub(crate) fn add(&self, line: &[f32], weight: f32, sums: &mut [f32]) {
        for (sum, (first, weights)) in sums.iter_mut().zip(&self.spans) {
            let mean: f32 = weights.iter().zip(&line[*first..]).map(|(share, value)| share * value).sum();
            *sum += weight * mean;
        }
    }
}
