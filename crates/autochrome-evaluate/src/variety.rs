//! Several answers: how much they differ, whether each may be true, and what choosing among them gains; and suggested colours.

use autochrome_color::delta_e::{ciede2000, ciede2000_plane};
use autochrome_color::lab::rgb8_to_lab;
use autochrome_color::{Chroma, Plane};
use fastrand::Rng;

use crate::hints::fnv1a;
use crate::painter::Painter;
use crate::score::Truth;
use crate::set::Picture;
use crate::statistics::{Bootstrap, Estimate, mean};

/// Two colours nearer than this, by CIEDE2000, count as the same suggestion.
const HIT: f32 = 10.0;

/// What several answers of one row are worth, means over pictures, CIEDE2000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variety {
    /// Pictures.
    pub n: usize,
    /// How many answers were asked for.
    pub count: usize,
    /// Between any two answers; a picture with fewer answers counts its first one again.
    pub pairwise: Estimate,
    /// The first answer to the truth.
    pub single: Estimate,
    /// The worst of the places among the answers, as a share of the first.
    pub worst: Estimate,
    /// The best answer of every picture, as a share of the first.
    pub best: Estimate,
}

/// What became of one picture: every answer's error, and the mean difference of two of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answers {
    errors: Vec<f64>,
    pairwise: f64,
}

/// How often true colours are among those that are suggested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SuggestionHits {
    /// Places that were asked about.
    pub n: usize,
    /// Share of them where the likeliest suggestion is right, 0..=1.
    pub first: f64,
    /// Share where any of the suggestions is.
    pub any: f64,
    /// Suggestions to a place, the mean.
    pub count: f64,
}

/// One place: whether the likeliest suggestion is right, whether any is, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hit {
    first: bool,
    any: bool,
    count: usize,
}

/// `None` where the painter has one answer alone, or fails.
pub(crate) fn answers(
    painter: &Painter,
    picture: &Picture,
    reference: &Truth<'_>,
    count: usize,
) -> Option<Answers> {
    let painted = painter.variants(picture, &reference.luma, count)?.ok()?;
    let mut painted: Vec<(Plane, Chroma)> =
        painted.iter().map(|rgb| rgb8_to_lab(rgb, picture.width, picture.height)).collect();
    while painted.len() < count {
        painted.push(painted.first()?.clone());
    }
    let between = |one: &(Plane, Chroma), two: (&Plane, &Chroma)| {
        mean(ciede2000_plane(&one.0, &one.1, two.0, two.1).data().iter().map(|&d| f64::from(d)))
    };
    let errors = painted.iter().map(|answer| between(answer, (&reference.luma, &reference.chroma))).collect();
    let pairs = (0..count).flat_map(|i| (i + 1..count).map(move |j| (i, j)));
    let pairwise = mean(pairs.map(|(i, j)| between(&painted[i], (&painted[j].0, &painted[j].1))));
    Some(Answers { errors, pairwise })
}

/// Means over the pictures that have answers.
pub(crate) fn summarise(all: &[Option<Answers>], count: usize, bootstrap: Bootstrap) -> Option<Variety> {
    let all: Vec<&Answers> = all.iter().flatten().collect();
    let estimate = |of: &dyn Fn(&[&Answers]) -> f64| {
        bootstrap.estimate(all.len(), |picked| of(&picked.iter().map(|&i| all[i]).collect::<Vec<_>>()))
    };
    let place = |all: &[&Answers], place: usize| mean(all.iter().map(|answers| answers.errors[place]));
    let best = |answers: &Answers| answers.errors.iter().copied().fold(f64::INFINITY, f64::min);
    (!all.is_empty()).then(|| Variety {
        n: all.len(),
        count,
        pairwise: estimate(&|all| mean(all.iter().map(|answers| answers.pairwise))),
        single: estimate(&|all| place(all, 0)),
        worst: estimate(&|all| {
            (1..count).map(|at| place(all, at)).fold(0.0, f64::max) / place(all, 0).max(f64::MIN_POSITIVE)
        }),
        best: estimate(&|all| {
            mean(all.iter().map(|answers| best(answers))) / place(all, 0).max(f64::MIN_POSITIVE)
        }),
    })
}

/// What is suggested at `count` places of a picture, which depend on its name and the seed alone; none where the painter suggests
/// nothing.
pub(crate) fn hits(
    painter: &Painter,
    picture: &Picture,
    reference: &Truth<'_>,
    count: usize,
    seed: u64,
) -> Vec<Hit> {
    let mut rng = Rng::with_seed(seed ^ fnv1a(picture.name.as_bytes()));
    let (width, height) = (picture.width, picture.height);
    let hit = |_| {
        let (x, y) = (rng.usize(..width), rng.usize(..height));
        let place = [(x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32];
        let described = painter.describe(&reference.luma, place)?.ok()?;
        let at = |plane: &Plane| plane.row(y)[x];
        let [l, a, b] = [&reference.luma, &reference.chroma.a, &reference.chroma.b].map(at);
        // Luma is known: a suggestion says a and b.
        let is_right = |color: &autochrome::Suggestion| {
            let (_, ab) = rgb8_to_lab(&[color.color.red, color.color.green, color.color.blue], 1, 1);
            ciede2000([l, ab.a.data()[0], ab.b.data()[0]], [l, a, b]) < HIT
        };
        Some(Hit {
            first: described.colors.first().is_some_and(is_right),
            any: described.colors.iter().any(is_right),
            count: described.colors.len(),
        })
    };
    (0..count).filter_map(hit).collect()
}

/// Shares over all places.
pub(crate) fn summarise_hits(hits: &[Hit]) -> Option<SuggestionHits> {
    let share = |of: fn(&Hit) -> bool| mean(hits.iter().map(|hit| f64::from(u8::from(of(hit)))));
    (!hits.is_empty()).then(|| SuggestionHits {
        n: hits.len(),
        first: share(|hit| hit.first),
        any: share(|hit| hit.any),
        count: mean(hits.iter().map(|hit| hit.count as f64)),
    })
}

#[cfg(test)]
mod tests {
    use autochrome::{
        Answer, Guidance, GuidanceKind, Method, MethodError, MethodInfo, Options, OrderDraft,
        PlaceDescription, Srgb, Suggestion,
    };

    use super::*;
    use crate::example::{Folder, options};

    static INFO: MethodInfo = MethodInfo {
        id: "tints",
        name: "Tints",
        summary: "Paints everything in one tint, another one for every seed",
        paper: None,
        needs: &[],
        takes: &[GuidanceKind::Seed],
        options: &[],
        uses_model: false,
        reference_side: None,
    };

    struct Tints {
        step: f32,
    }

    impl Method for Tints {
        fn info(&self) -> &'static MethodInfo {
            &INFO
        }

        fn colorize(&self, _: &Plane, guidance: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
            let a = self.step * guidance.seed.unwrap_or(0) as f32;
            Ok(vec![Chroma { a: Plane::filled(1, 1, a), b: Plane::filled(1, 1, 0.0) }.into()])
        }

        fn describe_place(
            &self,
            luma: &Plane,
            _: [f32; 2],
            _: &Options,
        ) -> Result<PlaceDescription, MethodError> {
            let gray = |value: u8| Srgb { red: value, green: value, blue: value };
            let wrong = Srgb { red: 255, green: 0, blue: 0 };
            let suggestion = |color| Suggestion { color, probability: 0.5 };
            let colors = vec![suggestion(wrong), suggestion(gray(luma.data()[0] as u8))];
            Ok(PlaceDescription { thing: String::new(), probability: 1.0, reach: Plane::default(), colors })
        }
    }

    fn with<T>(step: f32, work: impl Fn(&Painter, &Picture, &Truth<'_>) -> T) -> T {
        let set = Folder::new().blobs("a.png", 40, 40, 5).load(options(32));
        let picture = &set.pictures()[0];
        let reference = Truth::new(picture, set.class_weights(), false);
        work(&Painter::method("tints", Box::new(Tints { step }), OrderDraft::default()), picture, &reference)
    }

    #[test]
    fn answers_that_differ_are_told_from_one_answer_again_and_again() {
        let variety = |step| {
            with(step, |painter, picture, reference| {
                summarise(&[answers(painter, picture, reference, 4), None], 4, Bootstrap::default()).unwrap()
            })
        };
        let (many, one) = (variety(10.0), variety(0.0));
        assert_eq!((many.n, many.count, one.pairwise.value), (1, 4, 0.0));
        assert!(many.pairwise.value > 5.0, "{many:?}");
        assert_eq!((one.worst.value, one.best.value), (1.0, 1.0));
        assert!(many.best.value <= 1.0 && many.worst.value >= many.best.value);
    }

    #[test]
    fn a_suggestion_is_right_where_it_is_near_the_true_colour() {
        let hits = with(0.0, |painter, picture, reference| {
            assert_eq!(hits(painter, picture, reference, 3, 1).len(), 3);
            let weights = [1.0; autochrome_color::bins::BINS];
            let mut gray = Truth::new(picture, &weights, false);
            gray.chroma = Chroma::neutral(picture.width, picture.height);
            summarise_hits(&hits(painter, picture, &gray, 20, 1)).unwrap()
        });
        assert_eq!((hits.n, hits.first, hits.any, hits.count), (20, 0.0, 1.0, 2.0));
        assert!(summarise_hits(&[]).is_none());
    }
}
