//! One picture and the strokes on it, while somebody paints.

use autochrome_color::Plane;
use autochrome_color::resize::{Filter, resize_plane};

use super::canvas::Canvas;
use super::solver::{Accuracy, Solver};
use super::{GAP, INFO, MEGAPIXELS, SKETCH, sketch};
use crate::{Answer, Guidance, GuidanceKind, MethodError, Options};

/// A picture that is coloured again and again from strokes, spots and marks that are added, changed and taken away.
///
/// What depends on luma alone is worked out with the first stroke; what depends on marks is brought up to date where they
/// changed; and each answer is where the search for the next begins, so that a stroke more costs a share of the first. An answer
/// is the one that the method would give from nothing, but for what both leave unsolved: they meet the same tolerance.
///
/// ```
/// use autochrome_color::Plane;
/// use autochrome_methods::{Guidance, Options, Point, ScribbleSession, Srgb};
///
/// let mut session = ScribbleSession::new(&Plane::filled(64, 48, 50.0), &Options::default())?;
/// let mut guidance = Guidance::default();
/// for (x, color) in [(0.2, Srgb { red: 200, green: 40, blue: 30 }), (0.8, Srgb { red: 30, green: 60, blue: 190 })] {
///     guidance.points.push(Point { x, y: 0.5, radius: 0.02, color });
///     let answer = session.colorize(&guidance)?;
///     assert_eq!(answer.chroma.size(), (64, 48));
/// }
/// # Ok::<(), autochrome_methods::MethodError>(())
/// ```
pub struct ScribbleSession {
    /// L at the working size.
    luma: Plane,
    /// For line drawings, the widest gap that keeps colours in.
    sketch: Option<f32>,
    solver: Option<Solver>,
    steps: usize,
}

impl ScribbleSession {
    /// For a picture with this luma (L of CIELAB, D65, 0..=100) and options of the method `scribble`.
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub fn new(luma: &Plane, options: &Options) -> Result<Self, MethodError> {
        if luma.data().is_empty() {
            return Err(MethodError::EmptyPicture);
        }
        let sketch = options.switch(&SKETCH).then(|| options.real(&GAP) as f32);
        // Regions have sharp borders, and filling them is cheap: drawings keep their size.
        let (width, height) = match sketch {
            Some(_) => luma.size(),
            None => working_size(luma.size(), options.real(&MEGAPIXELS)),
        };
        let luma = if luma.size() == (width, height) {
            luma.clone()
        } else {
            resize_plane(luma, width, height, Filter::Area)
        };
        Ok(Self { luma, sketch, solver: None, steps: 0 })
    }

    /// Colours the picture from all that is said by now.
    ///
    /// # Errors
    /// When nothing is said, nothing of it lies within the picture, or it is of kinds that the method does not take.
    pub fn colorize(&mut self, guidance: &Guidance) -> Result<Answer, MethodError> {
        INFO.check(guidance)?;
        let canvas = Canvas::new(guidance, self.luma.size());
        if !canvas.is_marked() {
            let reason =
                "all of them lie outside of the picture; places are shares of its width and height, 0 to 1";
            let kind = guidance.kinds().iter().next().unwrap_or(GuidanceKind::Strokes);
            return Err(MethodError::GuidanceUnfit { kind, reason: reason.to_owned() });
        }
        if let Some(gap) = self.sketch {
            return Ok(sketch::fill(&self.luma, &canvas, gap));
        }
        let solver = self.solver.get_or_insert_with(|| Solver::new(&self.luma, 0.0));
        let (chroma, steps) = solver.solve(&canvas.colors, &canvas.marked, Accuracy::default())?;
        self.steps = steps;
        Ok(chroma.into())
    }

    /// How many steps of the solver the last answer took; 0 before the first and for drawings.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }
}

/// The size of at most so many megapixels.
fn working_size((width, height): (usize, usize), megapixels: f64) -> (usize, usize) {
    let share = (megapixels * 1e6 / (width as f64 * height as f64)).sqrt();
    if share >= 1.0 {
        return (width, height);
    }
    let scaled = |side: usize| ((side as f64 * share).round() as usize).max(1);
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Point, Srgb};

    /// Bands of luma with soft borders and a little noise.
    fn bands(width: usize, height: usize) -> Plane {
        let sample = |i: usize| {
            let wave = (i % width) as f32 / width as f32 * 12.0 + (i / width) as f32 / height as f32 * 5.0;
            50.0 + 30.0 * wave.sin() + ((i * 7919) % 101) as f32 * 0.02
        };
        Plane::from_vec(width, height, (0..width * height).map(sample).collect()).unwrap()
    }

    fn spots(count: usize) -> Guidance {
        let point = |i: usize| Point {
            x: (0.1 + 0.37 * i as f32).fract(),
            y: (0.2 + 0.59 * i as f32).fract(),
            radius: 0.01,
            color: Srgb { red: (i * 83 % 256) as u8, green: 90, blue: (255 - i * 41 % 256) as u8 },
        };
        Guidance { points: (0..count).map(point).collect(), ..Guidance::default() }
    }

    fn worst(one: &Answer, other: &Answer) -> f32 {
        let far = |one: &Plane, other: &Plane| {
            one.data().iter().zip(other.data()).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max)
        };
        far(&one.chroma.a, &other.chroma.a).max(far(&one.chroma.b, &other.chroma.b))
    }

    fn from_nothing(luma: &Plane, guidance: &Guidance) -> (Answer, usize) {
        let mut session = ScribbleSession::new(luma, &Options::default()).unwrap();
        (session.colorize(guidance).unwrap(), session.steps())
    }

    #[test]
    fn strokes_added_changed_and_taken_away_give_the_answer_from_nothing_in_no_more_steps() {
        let luma = bands(240, 160);
        let mut session = ScribbleSession::new(&luma, &Options::default()).unwrap();
        session.colorize(&spots(6)).unwrap();
        let mut changed = spots(7);
        changed.points[6].color = Srgb { red: 240, green: 220, blue: 30 };
        for guidance in [spots(7), changed, spots(5)] {
            let warm = session.colorize(&guidance).unwrap();
            let (cold, steps) = from_nothing(&luma, &guidance);
            let far = worst(&warm, &cold);
            assert!(far < 1.0, "a or b is off by {far}");
            assert!(session.steps() <= steps, "{} and {steps} steps", session.steps());
        }
        // The same again: nothing is left to do.
        session.colorize(&spots(5)).unwrap();
        assert_eq!(session.steps(), 1);
    }

    #[test]
    fn equations_after_many_changes_are_those_from_nothing() {
        let luma = bands(120, 80);
        let solve = |solver: &mut Solver, guidance: &Guidance| {
            let Canvas { colors, marked, .. } = Canvas::new(guidance, luma.size());
            solver.solve(&colors, &marked, Accuracy::default()).unwrap().0
        };
        let mut solver = Solver::new(&luma, 0.0);
        for count in [9, 2, 6] {
            solve(&mut solver, &spots(count));
        }
        assert_eq!(solve(&mut solver, &spots(4)), solve(&mut Solver::new(&luma, 0.0), &spots(4)));
    }

    #[test]
    fn an_answer_that_could_not_be_given_leaves_the_session_as_it_was() {
        let mut session = ScribbleSession::new(&bands(60, 40), &Options::default()).unwrap();
        let before = session.colorize(&spots(3)).unwrap();
        assert_eq!(session.colorize(&Guidance::default()).unwrap_err().code(), "guidance-missing");
        assert!(worst(&session.colorize(&spots(3)).unwrap(), &before) < 0.5);
    }

    #[test]
    fn large_pictures_are_worked_on_at_a_size_that_fits() {
        assert_eq!(working_size((4000, 3000), 1.0), (1155, 866));
        assert_eq!(working_size((40, 30), 1.0), (40, 30));
    }
}
