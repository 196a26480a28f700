//! Known colours spread over a picture: the least change of colour where luma changes least.

use std::collections::VecDeque;

use autochrome_color::{Chroma, Parallel as _, Plane, stop};

use super::Pair;
use super::affinity::Affinity;
use super::balance::balance;
use super::equations::Equations;
use super::groups::Groups;
use super::krylov::{Factors, Pool, add_all, add_scaled, dots, largest, ratio};
use super::multigrid::Coarse;
use crate::{GuidanceKind, MethodError};

/// Directions that a new one is made independent of.
const REMEMBERED: usize = 4;

/// Lengths of steps that say how fast they shrink.
const KNOWN: usize = 3;

/// Share of the squared residual below which a step was of no use.
const STUCK: f64 = 0.02;

/// Share of the tolerance to solve to from nothing: what settles slowly is larger then beside what the estimate sees.
const FROM_NOTHING: f32 = 2.0 / 3.0;

/// How exactly to solve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accuracy {
    /// Largest error that may be left anywhere, as a share of the strongest colour that is known; an estimate from how fast steps shrink.
    pub tolerance: f32,
    /// Steps after which the answer is taken as it is.
    pub most_steps: usize,
}

impl Default for Accuracy {
    /// A third of a hundredth of the strongest colour: less than an eye could see beside the exact answer.
    fn default() -> Self {
        Self { tolerance: 3e-3, most_steps: 60 }
    }
}

/// A picture, ready to have colours spread over it again and again.
///
/// What depends on luma alone is worked out once, and what depends on the marks only where they change.
pub(crate) struct Solver {
    equations: Equations,
    groups: Groups,
    coarse: Coarse,
    /// The places of the pixels that are marked in the equations as they stand, in order.
    known: Vec<usize>,
    /// The last answer, border included.
    last: Option<Vec<Pair>>,
    /// Room for steps, kept from one answer to the next.
    pool: Pool,
}

impl Solver {
    /// For a picture with this luma (L of CIELAB, D65, 0..=100), of at least one pixel.
    ///
    /// `pull` is how strongly what is not known is pulled towards 0, as a share of what neighbours weigh: colours fade over about
    /// √(¾ / pull) pixels.
    pub(crate) fn new(luma: &Plane, pull: f32) -> Self {
        let mut affinity = Affinity::new(luma);
        let groups = Groups::new(&affinity);
        let coarse = Coarse::new(balance(&mut affinity, &groups, pull));
        Self {
            known: Vec::new(),
            last: None,
            equations: Equations::new(affinity, pull),
            groups,
            coarse,
            pool: Pool::default(),
        }
    }

    /// Spreads the colours of the pixels that are `marked` over all others and leaves marked ones as they are: a and b of CIELAB (D65) at the size
    /// of the picture, and the number of steps it took.
    ///
    /// The search begins at the last answer, from which little is left to do where marks were only added or changed. Where one was
    /// taken away, that says what is no longer so, and is no better to begin at than a single colour.
    ///
    /// # Shapes
    /// `colors` and `marked` have the size of the picture.
    ///
    /// # Errors
    /// When nothing is marked, or a size differs.
    pub(crate) fn solve(
        &mut self,
        colors: &Chroma,
        marked: &[bool],
        accuracy: Accuracy,
    ) -> Result<(Chroma, usize), MethodError> {
        let affinity = self.equations.affinity();
        let (width, height) = affinity.size();
        if colors.size() != (width, height) || marked.len() != width * height {
            return Err(MethodError::GuidanceUnfit {
                kind: GuidanceKind::Marks,
                reason: format!("they are not {width} × {height} pixels, as the picture is"),
            });
        }
        let lines = marked.chunks(width).enumerate().flat_map(|(y, marked)| {
            let pair = move |x| [&colors.a, &colors.b].map(|plane| finite(plane.row(y)[x]));
            let columns = (0..width).filter(|&x| marked[x]);
            columns.map(move |x| Mark { place: affinity.place(x, y), color: pair(x) })
        });
        let marks: Vec<Mark> = lines.collect();
        if marks.is_empty() {
            return Err(MethodError::GuidanceUnfit {
                kind: GuidanceKind::Marks,
                reason: "nothing is marked; mark at least one pixel".to_owned(),
            });
        }
        let taken = self.mark(&marks);
        let last = self.last.take().filter(|_| !taken);
        let share = if last.is_some() { 1.0 } else { FROM_NOTHING };
        let accuracy = Accuracy { tolerance: share * accuracy.tolerance, ..accuracy };
        let mut values = last.unwrap_or_else(|| vec![mean(&marks); self.equations.affinity().len()]);
        marks.iter().for_each(|mark| values[mark.place] = mark.color);
        // In the pool from beginning to end: what is small need not change threads.
        let mut pool = std::mem::take(&mut self.pool);
        let steps = rayon::scope(|_| self.relax(&mut values, accuracy, &mut pool));
        self.pool = pool;
        // Every answer is a mean of what is marked and, where it is pulled there, of 0; what is left of errors is not to say otherwise.
        let nothing = self.equations.pulls().then_some([0.0; 2]);
        let said = marks.iter().map(|mark| mark.color).chain(nothing);
        let (low, high) = said.fold(([f32::MAX; 2], [f32::MIN; 2]), |(low, high), said| {
            (std::array::from_fn(|k| low[k].min(said[k])), std::array::from_fn(|k| high[k].max(said[k])))
        });
        let stride = self.equations.affinity().stride();
        let plane = |k: usize| {
            let mut plane = Plane::filled(width, height, 0.0);
            plane.data_mut().chunks_exact_mut(width).enumerate().parallel_for_each(|(y, row)| {
                let values = &values[(y + 1) * stride + 1..];
                row.iter_mut().zip(values).for_each(|(out, value)| *out = value[k].clamp(low[k], high[k]));
            });
            plane
        };
        let chroma = Chroma { a: plane(0), b: plane(1) };
        self.last = Some(values);
        Ok((chroma, steps))
    }

    /// Makes the equations those of other marks; whether any mark was taken away.
    fn mark(&mut self, marks: &[Mark]) -> bool {
        let known: Vec<usize> = marks.iter().map(|mark| mark.place).collect();
        let missing = |from: &[usize], places: &[usize]| -> Vec<usize> {
            places.iter().copied().filter(|place| from.binary_search(place).is_err()).collect()
        };
        let [added, taken] = [missing(&self.known, &known), missing(&known, &self.known)];
        self.known = known;
        for (places, known) in [(&added, true), (&taken, false)] {
            places.iter().for_each(|&place| self.equations.set_known(place, known));
        }
        let affinity = self.equations.affinity();
        let around = |&place: &usize| std::iter::once(place).chain(affinity.neighborhood(place));
        let touched = self.groups.groups_of(added.iter().chain(&taken).flat_map(around));
        if !touched.is_empty() {
            self.coarse.renew(touched, |graph, touched| {
                graph.renew(touched, &self.groups, &self.equations);
            });
        }
        !taken.is_empty()
    }

    /// Settles what is not marked; the number of steps it took.
    fn relax(&self, values: &mut [Pair], accuracy: Accuracy, pool: &mut Pool) -> usize {
        let enough = accuracy.tolerance * largest(values);
        let mut rest = pool.take(values.len());
        self.equations.residual(values, &mut rest);
        let mut past: VecDeque<Direction> = VecDeque::new();
        let (mut stuck, mut taken) = ([false; 2], accuracy.most_steps);
        let mut lengths = VecDeque::new();
        for step in 1..=accuracy.most_steps {
            if stop::requested() {
                break;
            }
            // Where the last direction was of no use, its image leads further: the residual would only bring it again.
            let mut source = None;
            if let Some(last) = past.back().filter(|_| stuck.contains(&true)) {
                let either = |(rest, image): (&Pair, &Pair)| {
                    std::array::from_fn(|k| if stuck[k] { image[k] } else { rest[k] })
                };
                source = Some(rest.iter().zip(&last.image).map(either).collect::<Vec<Pair>>());
            }
            let right = source.as_deref().unwrap_or(&rest);
            let (mut values_step, mut image) = self.coarse.cycle(&self.equations, &self.groups, right, pool);
            // Steps that the residual did not ask for say nothing of what is left.
            if stuck.contains(&true) {
                lengths.clear();
            } else {
                lengths.push_front(largest(&values_step));
                lengths.truncate(KNOWN);
                if left(&lengths) <= enough {
                    add_scaled(values, [1.0; 2], &values_step);
                    taken = step;
                    pool.recycle(values_step);
                    pool.recycle(image);
                    break;
                }
            }
            let overlaps: Vec<Factors> = past
                .iter()
                .map(|old| {
                    let [overlap] = dots([(&image, &old.image)]);
                    ratio(overlap, old.square).map(|overlap| -overlap)
                })
                .collect();
            let with = |part: fn(&Direction) -> &[Pair]| -> Vec<(Factors, &[Pair])> {
                overlaps.iter().copied().zip(past.iter().map(part)).collect()
            };
            add_all(&mut values_step, &with(|old| &old.step));
            add_all(&mut image, &with(|old| &old.image));
            let [along, square, before] = dots([(&rest, &image), (&image, &image), (&rest, &rest)]);
            let share = ratio(along, square);
            add_scaled(values, share, &values_step);
            add_scaled(&mut rest, share.map(|share| -share), &image);
            stuck = std::array::from_fn(|k| along[k] * share[k] < STUCK * before[k]);
            if past.len() == REMEMBERED
                && let Some(old) = past.pop_front()
            {
                pool.recycle(old.step);
                pool.recycle(old.image);
            }
            past.push_back(Direction { step: values_step, image, square });
        }
        let vectors = past.into_iter().flat_map(|old| [old.step, old.image]);
        vectors.chain([rest]).for_each(|used| pool.recycle(used));
        taken
    }
}

/// What is left to do after a step, from its length and those of the two before it, the last first: the sum of steps that go on shrinking as these
/// did, or the last one's length where that is more or too little is known.
///
/// # Source
/// Hairer, Wanner, "Solving Ordinary Differential Equations II", section IV.8, the stopping criterion of simplified Newton iterations.
fn left(lengths: &VecDeque<f32>) -> f32 {
    let last = lengths.front().copied().unwrap_or_default();
    let shrinking =
        lengths.iter().zip(lengths.iter().skip(1)).map(|(after, before)| after / before).fold(0.0, f32::max);
    if lengths.len() < KNOWN || shrinking >= 0.5 { last } else { last * shrinking / (1.0 - shrinking) }
}

/// A pixel whose colour is known.
struct Mark {
    place: usize,
    color: Pair,
}

/// A step that was taken.
struct Direction {
    step: Vec<Pair>,
    /// What the equations make of it; the images of all steps that are remembered are orthogonal.
    image: Vec<Pair>,
    /// The image's square.
    square: Factors,
}

/// The mean colour: nearer to most answers than none, and the whole answer when there is one colour only.
fn mean(marks: &[Mark]) -> Pair {
    let sum = |k: usize| marks.iter().map(|mark| f64::from(mark.color[k])).sum::<f64>();
    [0, 1].map(|k| (sum(k) / marks.len() as f64) as f32)
}

fn finite(value: f32) -> f32 {
    if value.is_finite() { value } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A picture with flat parts, soft and hard edges and noise.
    fn picture(width: usize, height: usize, seed: u32) -> Plane {
        let mut state = seed.wrapping_mul(2).wrapping_add(1);
        let sample = |i: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (x, y) = ((i % width) as f32, (i / width) as f32);
            let disc = (x - 0.4 * width as f32).hypot(y - 0.5 * height as f32) < 0.25 * width as f32;
            let base = if disc { 80.0 } else { 20.0 + 30.0 * x / width as f32 };
            base + (state >> 8) as f32 / 16_777_216.0 * if y < 0.5 * height as f32 { 6.0 } else { 0.5 }
        };
        Plane::from_vec(width, height, (0..width * height).map(sample).collect()).unwrap()
    }

    /// A few marks here and there.
    fn marks(width: usize, height: usize) -> (Chroma, Vec<bool>) {
        let mut colors = Chroma::neutral(width, height);
        let mut marked = vec![false; width * height];
        for (x, y, a, b) in
            [(0.1, 0.1, 60.0, 20.0), (0.4, 0.5, -30.0, -40.0), (0.9, 0.8, 5.0, 70.0), (0.7, 0.2, 0.0, 0.0)]
        {
            for step in 0..3 {
                let i = (y * height as f32) as usize * width + (x * width as f32) as usize + step;
                if let Some(mark) = marked.get_mut(i) {
                    *mark = true;
                    colors.a.data_mut()[i] = a;
                    colors.b.data_mut()[i] = b;
                }
            }
        }
        (colors, marked)
    }

    fn solve(luma: &Plane, colors: &Chroma, marked: &[bool]) -> Chroma {
        Solver::new(luma, 0.0).solve(colors, marked, Accuracy::default()).unwrap().0
    }

    /// Length of the difference as a share of the length of `right`.
    fn relative_error(ours: &Chroma, right: &Chroma) -> f64 {
        let both =
            |chroma: &Chroma| chroma.a.data().iter().chain(chroma.b.data()).map(|&v| f64::from(v)).collect();
        let (ours, right): (Vec<f64>, Vec<f64>) = (both(ours), both(right));
        let square = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
        (square(&mut ours.iter().zip(&right).map(|(o, r)| o - r)) / square(&mut right.iter().copied())).sqrt()
    }

    /// The published system, solved in double precision by Gaussian elimination within its band.
    fn exact(luma: &Plane, colors: &Chroma, marked: &[bool]) -> Chroma {
        let (width, height) = luma.size();
        let affinity = Affinity::new(luma);
        let (pixels, reach) = (width * height, width + 1);
        let band = 2 * reach + 1;
        // Row i holds the columns from i − reach to i + reach; pivots never run out, the matrix being diagonally dominant.
        let mut matrix = vec![0.0_f64; pixels * band];
        let mut right: Vec<[f64; 2]> = vec![[0.0; 2]; pixels];
        for i in 0..pixels {
            matrix[i * band + reach] = 1.0;
            if marked[i] {
                right[i] = [colors.a.data()[i], colors.b.data()[i]].map(f64::from);
                continue;
            }
            let place = affinity.place(i % width, i / width);
            let sum: f64 = affinity.row(place).map(|(_, _, weight)| f64::from(weight)).sum();
            for (_, other, weight) in affinity.row(place) {
                let (line, column) = (other / affinity.stride() - 1, other % affinity.stride() - 1);
                matrix[i * band + line * width + column + reach - i] -= f64::from(weight) / sum;
            }
        }
        for pivot in 0..pixels {
            for row in pivot + 1..pixels.min(pivot + reach + 1) {
                let factor = matrix[row * band + pivot + reach - row] / matrix[pivot * band + reach];
                if factor != 0.0 {
                    for column in pivot..pixels.min(pivot + reach + 1) {
                        matrix[row * band + column + reach - row] -=
                            factor * matrix[pivot * band + column + reach - pivot];
                    }
                    (0..2).for_each(|k| right[row][k] -= factor * right[pivot][k]);
                }
            }
        }
        for row in (0..pixels).rev() {
            for column in row + 1..pixels.min(row + reach + 1) {
                let factor = matrix[row * band + column + reach - row];
                (0..2).for_each(|k| right[row][k] -= factor * right[column][k]);
            }
            (0..2).for_each(|k| right[row][k] /= matrix[row * band + reach]);
        }
        let plane = |k: usize| {
            Plane::from_vec(width, height, right.iter().map(|pair| pair[k] as f32).collect()).unwrap()
        };
        Chroma { a: plane(0), b: plane(1) }
    }

    #[test]
    fn the_answer_is_that_of_a_direct_solver() {
        for (width, height, seed) in [(48, 36, 1), (33, 50, 2), (64, 20, 3)] {
            let luma = picture(width, height, seed);
            let (colors, marked) = marks(width, height);
            let accuracy = Accuracy { tolerance: 1e-6, ..Accuracy::default() };
            let (ours, steps) = Solver::new(&luma, 0.0).solve(&colors, &marked, accuracy).unwrap();
            let error = relative_error(&ours, &exact(&luma, &colors, &marked));
            assert!(error <= 1e-4, "{width} × {height}: {error} after {steps} steps");
        }
    }

    #[test]
    fn the_usual_accuracy_cannot_be_seen() {
        let luma = picture(60, 40, 7);
        let (colors, marked) = marks(60, 40);
        let (ours, right) = (solve(&luma, &colors, &marked), exact(&luma, &colors, &marked));
        let far = |ours: &Plane, right: &Plane| {
            ours.data().iter().zip(right.data()).map(|(o, r)| (o - r).abs()).fold(0.0, f32::max)
        };
        let worst = far(&ours.a, &right.a).max(far(&ours.b, &right.b));
        assert!(worst < 0.5, "a or b is off by {worst}");
    }

    #[test]
    fn marked_pixels_keep_their_colour_exactly() {
        let luma = picture(40, 30, 3);
        let (colors, marked) = marks(40, 30);
        let chroma = solve(&luma, &colors, &marked);
        for i in (0..marked.len()).filter(|&i| marked[i]) {
            assert_eq!((chroma.a.data()[i], chroma.b.data()[i]), (colors.a.data()[i], colors.b.data()[i]));
        }
    }

    #[test]
    fn nothing_marked_is_an_error_and_everything_marked_is_the_answer() {
        let luma = picture(20, 10, 5);
        let (width, height) = luma.size();
        let colors = Chroma { a: picture(20, 10, 1), b: picture(20, 10, 2) };
        let mut solver = Solver::new(&luma, 0.0);
        let error = solver.solve(&colors, &vec![false; width * height], Accuracy::default()).err().unwrap();
        assert_eq!(error.code(), "guidance-unfit");
        assert_eq!(solve(&luma, &colors, &vec![true; width * height]), colors);
    }

    #[test]
    fn another_size_is_an_error() {
        let mut solver = Solver::new(&picture(20, 10, 5), 0.0);
        let (colors, marked) = marks(20, 11);
        assert!(solver.solve(&colors, &marked, Accuracy::default()).is_err());
    }

    #[test]
    fn a_stroke_more_needs_fewer_steps_from_the_answer_before_it() {
        let luma = picture(96, 64, 9);
        let (mut colors, mut marked) = marks(96, 64);
        let mut solver = Solver::new(&luma, 0.0);
        let accuracy = Accuracy::default();
        solver.solve(&colors, &marked, accuracy).unwrap();
        (marked[40 * 96 + 10], colors.a.data_mut()[40 * 96 + 10]) = (true, 60.0);
        let (warm, warm_steps) = solver.solve(&colors, &marked, accuracy).unwrap();
        let (cold, cold_steps) = Solver::new(&luma, 0.0).solve(&colors, &marked, accuracy).unwrap();
        assert!(warm_steps <= cold_steps, "{warm_steps} and {cold_steps}");
        let error = relative_error(&warm, &cold);
        assert!(error < 0.01, "{error}");
    }

    #[test]
    fn what_is_left_is_the_rest_of_a_series_that_goes_on_as_it_did() {
        let left = |lengths: [f32; 3]| left(&VecDeque::from(lengths));
        assert!((left([1.0, 4.0, 16.0]) - 1.0 / 3.0).abs() < 1e-6);
        // The slower of the two counts, and a step that hardly shrank leaves as much as itself.
        assert!((left([1.0, 4.0, 10.0]) - 0.4 / 0.6).abs() < 1e-6);
        assert_eq!(left([1.0, 1.5, 16.0]), 1.0);
    }

    #[test]
    fn sixteen_times_the_pixels_need_less_than_twice_the_steps() {
        // Constant pieces behind soft borders, as pictures that were made larger have.
        let steps = |scale: usize| {
            let (width, height) = (60 * scale, 40 * scale);
            let sample = |i: usize| {
                let (x, y) = ((i % width) as f32 / scale as f32, (i / width) as f32 / scale as f32);
                let edge = |distance: f32| (0.5 + 0.25 * distance).clamp(0.0, 1.0);
                let disc = edge(12.0 - (x - 25.0).hypot(y - 20.0));
                20.0 + 50.0 * disc + 15.0 * edge(x - 40.0) + 10.0 * edge(y - 30.0)
            };
            let luma = Plane::from_vec(width, height, (0..width * height).map(sample).collect()).unwrap();
            let (colors, marked) = marks(width, height);
            Solver::new(&luma, 0.0).solve(&colors, &marked, Accuracy::default()).unwrap().1
        };
        let [small, large] = [2, 8].map(steps);
        assert!(large < 2 * small, "{large} steps after {small}");
    }

    #[test]
    fn the_answer_does_not_depend_on_the_number_of_threads() {
        let luma = picture(260, 180, 4);
        let (colors, marked) = marks(260, 180);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| solve(&luma, &colors, &marked))
        };
        assert_eq!(with(1), with(3));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn one_colour_everywhere_stays_that_colour(w in 1_usize..30, h in 1_usize..30, a in -80.0_f32..80.0, seed in any::<u32>()) {
            let luma = picture(w, h, seed);
            let colors = Chroma { a: Plane::filled(w, h, a), b: Plane::filled(w, h, -a / 2.0) };
            let mut marked = vec![false; w * h];
            marked[seed as usize % (w * h)] = true;
            let chroma = solve(&luma, &colors, &marked);
            let worst = chroma.a.data().iter().map(|v| (v - a).abs()).fold(0.0, f32::max);
            prop_assert!(worst <= 2e-3 * a.abs(), "off by {worst} of {a}");
        }

        #[test]
        fn colours_twice_as_strong_give_an_answer_twice_as_strong(w in 8_usize..30, h in 8_usize..30, seed in any::<u32>()) {
            let luma = picture(w, h, seed);
            let (colors, marked) = marks(w, h);
            let double = |chroma: &Chroma| {
                let plane = |plane: &Plane| Plane::from_vec(w, h, plane.data().iter().map(|v| 2.0 * v).collect()).unwrap();
                Chroma { a: plane(&chroma.a), b: plane(&chroma.b) }
            };
            // A power of two changes no digit.
            prop_assert_eq!(solve(&luma, &double(&colors), &marked), double(&solve(&luma, &colors, &marked)));
        }

        #[test]
        fn no_colour_is_stronger_than_those_that_were_marked(w in 8_usize..40, h in 8_usize..40, seed in any::<u32>()) {
            let (colors, marked) = marks(w, h);
            let chroma = solve(&picture(w, h, seed), &colors, &marked);
            prop_assert!(chroma.a.data().iter().all(|a| (-30.1..=60.1).contains(a)));
            prop_assert!(chroma.b.data().iter().all(|b| (-40.1..=70.1).contains(b)));
        }
    }
}
