//! Superpixels: small connected areas of like brightness.
//!
//! # Source
//! Achanta et al., "SLIC Superpixels" (2012), on L alone.

use std::collections::VecDeque;

use autochrome_color::Plane;

/// How far a step in L weighs against a step in place: larger is rounder.
const COMPACTNESS: f32 = 6.0;
const ROUNDS: usize = 6;
/// Areas smaller than this share of the wanted one join a neighbour.
const LEAST_AREA: f32 = 0.25;

/// A picture cut into superpixels.
pub(super) struct Superpixels {
    /// The superpixel of each pixel.
    pub labels: Vec<usize>,
    /// Mean column and row of each superpixel.
    pub centres: Vec<[f32; 2]>,
    /// The superpixels that touch each superpixel, in ascending order.
    pub neighbours: Vec<Vec<usize>>,
}

impl Superpixels {
    /// Superpixels of about `area_px` pixels.
    pub fn cut(luma: &Plane, area_px: f32) -> Self {
        let step = area_px.sqrt().max(1.0);
        let labels = connect(&assign(luma, step), luma, (LEAST_AREA * area_px) as usize);
        let count = labels.iter().max().map_or(0, |most| most + 1);
        let width = luma.width();
        let mut sums = vec![[0.0_f32; 3]; count];
        let mut neighbours = vec![Vec::new(); count];
        for (i, &label) in labels.iter().enumerate() {
            let (x, y) = (i % width, i / width);
            [x as f32, y as f32, 1.0].iter().zip(&mut sums[label]).for_each(|(v, sum)| *sum += v);
            let right = (x + 1 < width).then_some(i + 1);
            for other in [right, Some(i + width).filter(|&below| below < labels.len())].into_iter().flatten()
            {
                if labels[other] != label {
                    neighbours[label].push(labels[other]);
                    neighbours[labels[other]].push(label);
                }
            }
        }
        for list in &mut neighbours {
            list.sort_unstable();
            list.dedup();
        }
        let centres = sums.iter().map(|[x, y, n]| [x / n, y / n]).collect();
        Self { labels, centres, neighbours }
    }

    /// Number of superpixels.
    pub fn len(&self) -> usize {
        self.centres.len()
    }

    /// The mean of `values`, one a pixel, over each superpixel.
    pub fn means(&self, values: &[f32]) -> Vec<f32> {
        let mut sums = vec![(0.0_f32, 0.0_f32); self.len()];
        for (&label, value) in self.labels.iter().zip(values) {
            sums[label].0 += value;
            sums[label].1 += 1.0;
        }
        sums.iter().map(|(sum, n)| sum / n).collect()
    }
}

/// k-means over place and L; each centre looks no farther than two steps.
fn assign(luma: &Plane, step: f32) -> Vec<usize> {
    let (width, height) = luma.size();
    let cells = |side: usize| ((side as f32 / step).round() as usize).max(1);
    let (columns, rows) = (cells(width), cells(height));
    let mut centres: Vec<[f32; 3]> = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let x = (column as f32 + 0.5) * width as f32 / columns as f32;
            let y = (row as f32 + 0.5) * height as f32 / rows as f32;
            centres.push([x, y, luma.row((y as usize).min(height - 1))[(x as usize).min(width - 1)]]);
        }
    }
    let weight = (COMPACTNESS / step).powi(2);
    let mut labels = vec![0; width * height];
    for _ in 0..ROUNDS {
        let mut nearest = vec![f32::INFINITY; width * height];
        for (label, &[cx, cy, cl]) in centres.iter().enumerate() {
            let reach = |centre: f32, side: usize| {
                let from = (centre - 2.0 * step).max(0.0) as usize;
                from..((centre + 2.0 * step).ceil() as usize + 1).min(side)
            };
            for y in reach(cy, height) {
                for x in reach(cx, width) {
                    let i = y * width + x;
                    let (dx, dy, dl) = (x as f32 - cx, y as f32 - cy, luma.data()[i] - cl);
                    let distance = dl * dl + weight * (dx * dx + dy * dy);
                    if distance < nearest[i] {
                        (nearest[i], labels[i]) = (distance, label);
                    }
                }
            }
        }
        let mut sums = vec![[0.0_f32; 4]; centres.len()];
        for (i, &label) in labels.iter().enumerate() {
            let sample = [(i % width) as f32, (i / width) as f32, luma.data()[i], 1.0];
            sums[label].iter_mut().zip(sample).for_each(|(sum, v)| *sum += v);
        }
        for (centre, [x, y, l, n]) in centres.iter_mut().zip(sums) {
            if n > 0.0 {
                *centre = [x / n, y / n, l / n];
            }
        }
    }
    labels
}

/// Labels from 0 on without gaps, one a connected area; areas of fewer than `least` pixels join one that they touch.
fn connect(labels: &[usize], luma: &Plane, least: usize) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let (width, height) = luma.size();
    let mut connected = vec![NONE; labels.len()];
    let (mut next, mut queue, mut area) = (0, VecDeque::new(), Vec::new());
    for start in 0..labels.len() {
        if connected[start] != NONE {
            continue;
        }
        area.clear();
        let mut touched = None;
        connected[start] = next;
        queue.push_back(start);
        while let Some(i) = queue.pop_front() {
            area.push(i);
            let (x, y) = (i % width, i / width);
            let around = [
                (x > 0).then(|| i - 1),
                (x + 1 < width).then_some(i + 1),
                (y > 0).then(|| i - width),
                (y + 1 < height).then_some(i + width),
            ];
            for other in around.into_iter().flatten() {
                if connected[other] == NONE && labels[other] == labels[start] {
                    connected[other] = next;
                    queue.push_back(other);
                } else if connected[other] != NONE && connected[other] != next {
                    touched = Some(connected[other]);
                }
            }
        }
        match touched.filter(|_| area.len() < least) {
            Some(neighbour) => area.iter().for_each(|&i| connected[i] = neighbour),
            None => next += 1,
        }
    }
    connected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halves() -> Plane {
        Plane::from_vec(48, 30, (0..48 * 30).map(|i| if i % 48 < 21 { 20.0 } else { 80.0 }).collect())
            .unwrap()
    }

    #[test]
    fn superpixels_have_the_wanted_size_and_end_at_edges() {
        let luma = halves();
        let cut = Superpixels::cut(&luma, 40.0);
        let area = luma.data().len() as f32 / cut.len() as f32;
        assert!((25.0..60.0).contains(&area), "{area} px");
        let mut bright = vec![None; cut.len()];
        for (i, &label) in cut.labels.iter().enumerate() {
            let is_bright = luma.data()[i] > 50.0;
            assert_eq!(*bright[label].get_or_insert(is_bright), is_bright, "{label} lies on both sides");
        }
    }

    #[test]
    fn neighbours_know_one_another_and_every_label_is_used() {
        let cut = Superpixels::cut(&halves(), 40.0);
        for (label, list) in cut.neighbours.iter().enumerate() {
            assert!(!list.is_empty() && list.iter().all(|&other| cut.neighbours[other].contains(&label)));
            assert!(cut.labels.contains(&label));
        }
    }

    #[test]
    fn a_picture_smaller_than_a_superpixel_is_one() {
        for (width, height) in [(1, 1), (3, 2)] {
            assert_eq!(Superpixels::cut(&Plane::filled(width, height, 50.0), 40.0).len(), 1);
        }
    }
}
