//! Every painter over every picture.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use autochrome_engine::NetError;
use autochrome_methods::Guidance;

use crate::encoder::Encoder;
use crate::frechet::{self, Gaussian};
use crate::hints::{self, COUNTS, HintPoint};
use crate::locality::{self, Locality};
use crate::painter::Painter;
use crate::score::{self, Scores, Truth};
use crate::set::{EvaluationSet, Picture};
use crate::skin::{SOURCES, is_source};
use crate::statistics::Bootstrap;
use crate::summary::{self, Beside, Summary};
use crate::variety::{self, SuggestionHits, Variety};
use crate::{EvaluateError, memory, workers};

/// How to evaluate.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluateOptions {
    /// How many pictures to work on at once, at least 1; one thread each.
    pub jobs: usize,
    /// How intervals are found.
    pub bootstrap: Bootstrap,
    /// Most pictures for the hint curve, spread evenly; 0 leaves it out. Only sets with a truth have one.
    pub hint_pictures: usize,
    /// Seed of the hints' places.
    pub hint_seed: u64,
    /// How many answers to ask rows for that draw several, to see whether they differ and whether one is nearer; below 2 asks for none.
    pub variants: usize,
    /// At how many places of every picture to look at the colours that are suggested; 0 for none.
    pub suggestions: usize,
    /// Whether to compare whole sets by features of the built-in encoder: three passes of it a picture. Only sets with a truth
    /// are.
    pub frechet: bool,
    /// Sources that are a part of the set with a row of its own, beside the rest; a star at the end stands for anything.
    pub part: String,
    /// Sources with people, for the skin check; a star at the end stands for anything.
    pub skin_sources: Vec<String>,
}

/// Sources that came later to a set that had been measured on often.
const PART: &str = "new_*";

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self {
            jobs: 1,
            bootstrap: Bootstrap::default(),
            hint_pictures: usize::MAX,
            hint_seed: 1,
            variants: 0,
            suggestions: 0,
            frechet: false,
            part: PART.to_owned(),
            skin_sources: SOURCES.map(str::to_owned).to_vec(),
        }
    }
}

/// Everything that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// One row a painter; rows that painted nothing are in `failures` alone.
    pub rows: Vec<Row>,
    /// Names and first failure of painters that painted not one picture.
    pub failures: Vec<(String, String)>,
    /// What Fréchet distances were measured with, and how far apart two halves of the truth lie; `None` when none were.
    pub encoder: Option<(String, Frechet)>,
    /// How it was measured.
    pub options: EvaluateOptions,
}

/// A Fréchet distance on encoder features. It shrinks as n grows, so that only figures of equal n compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frechet {
    /// The squared distance of two normal distributions fitted to the pictures' features.
    pub distance: f64,
    /// Pictures on either side.
    pub n: usize,
}

/// What one painter got.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The painter's name.
    pub name: String,
    /// Position of the painter in the list that was given.
    pub painter: usize,
    /// Whether its pictures come from a folder.
    pub is_predictions: bool,
    /// Over the whole set.
    pub total: Summary,
    /// Over the sources of [`EvaluateOptions::part`] and over the rest; empty when one of them is.
    pub parts: Vec<(String, Summary)>,
    /// Over each source, in alphabetical order; empty names are pictures without a source.
    pub sources: Vec<(String, Summary)>,
    /// How far its pictures as a set lie from the truth.
    pub frechet: Option<Frechet>,
    /// The hint curve, for painters that take hints.
    pub hints: Option<Vec<HintPoint>>,
    /// Whether one hint stays where it was put, over the pictures of the hint curve.
    pub locality: Option<Locality>,
    /// Several answers, for painters that draw them.
    pub variety: Option<Variety>,
    /// Suggested colours, for painters that suggest some.
    pub suggestions: Option<SuggestionHits>,
    /// Every picture of the set in its order, or why it was not painted.
    pub pictures: Vec<Result<Scores, String>>,
    /// Peak memory of the whole process while this painter worked, in megabytes, where the system tells it.
    pub peak_mb: Option<f64>,
}

/// How far an evaluation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The painter at work.
    pub painter: &'a str,
    /// Whether it is its hint curve.
    pub hints: bool,
    /// Pictures it has finished.
    pub done: usize,
    /// Pictures it gets.
    pub of: usize,
}

/// Measures `painters` on `set`; rows stand in their order.
///
/// Scores are the same on any number of jobs; milliseconds and memory are not.
///
/// # Errors
/// [`EvaluateError::Stopped`] when `stop` was raised, [`EvaluateError::Option`] for an option out of range.
pub fn evaluate(
    set: &EvaluationSet,
    painters: &[Painter],
    options: &EvaluateOptions,
    stop: &AtomicBool,
    progress: impl Fn(Progress<'_>) + Sync,
) -> Result<Evaluation, EvaluateError> {
    if options.jobs == 0 {
        return Err(EvaluateError::Option { option: "jobs", reason: "must be at least 1" });
    }
    let encoder = if options.frechet && set.options().truth { Some(Encoder::builtin()?) } else { None };
    let mut run =
        Run { set, options, stop, encoder: encoder.as_ref(), truths: Vec::new(), progress: &progress };
    run.truths = run.true_features()?;
    let mut measured = Vec::new();
    for painter in painters {
        memory::reset_peak();
        let (pictures, features) = run.pictures(painter)?;
        let peak_mb = memory::peak_mb();
        let frechet = frechet_between(&features, &run.truths);
        // A painter without a row has no place for a curve either.
        let hints = if pictures.iter().any(Result::is_ok) { run.hints(painter)? } else { None };
        let (hints, locality) = hints.unzip();
        let variety = if pictures.iter().any(Result::is_ok) { run.variety(painter)? } else { (None, None) };
        measured.push((pictures, frechet, (hints.flatten(), locality.flatten()), variety, peak_mb));
    }

    let of =
        |wanted: fn(&Painter) -> bool| painters.iter().position(wanted).map(|i| measured[i].0.as_slice());
    let (gray, truth) = (of(Painter::is_gray), of(Painter::is_truth));
    let mut evaluation = Evaluation {
        rows: Vec::new(),
        failures: Vec::new(),
        encoder: encoder.as_ref().and_then(|encoder| Some((encoder.name(), between_halves(&run.truths)?))),
        options: options.clone(),
    };
    let is_part = |i: &usize| is_source(&set.pictures()[*i].source, std::slice::from_ref(&options.part));
    let (part, rest): (Vec<usize>, Vec<usize>) = (0..set.pictures().len()).partition(is_part);
    for (at, (painter, (pictures, frechet, (hints, locality), (variety, suggestions), peak_mb))) in
        painters.iter().zip(&measured).enumerate()
    {
        let summarise = |indices: &[usize]| {
            let beside: Vec<Beside<'_>> = indices
                .iter()
                .filter_map(|&i| {
                    let scores = pictures[i].as_ref().ok()?;
                    let gray = gray.and_then(|row| row[i].as_ref().ok());
                    let truth = truth.and_then(|row| row[i].as_ref().ok());
                    Some(Beside { scores, gray, truth })
                })
                .collect();
            summary::summarise(&beside, indices.len() - beside.len(), options.bootstrap)
        };
        let all: Vec<usize> = (0..pictures.len()).collect();
        let Some(total) = summarise(&all) else {
            let first = pictures.iter().find_map(|p| p.as_ref().err().cloned()).unwrap_or_default();
            evaluation.failures.push((painter.name().to_owned(), first));
            continue;
        };
        let groups = summary::by_source(set.pictures().iter().map(|p| p.source.as_str()));
        evaluation.rows.push(Row {
            name: painter.name().to_owned(),
            painter: at,
            is_predictions: painter.is_predictions(),
            total,
            parts: if part.is_empty() || rest.is_empty() {
                Vec::new()
            } else {
                [(&options.part[..], &part), ("the rest", &rest)]
                    .into_iter()
                    .filter_map(|(name, indices)| Some((name.to_owned(), summarise(indices)?)))
                    .collect()
            },
            sources: groups
                .into_iter()
                .filter_map(|(source, indices)| Some((source.to_owned(), summarise(&indices)?)))
                .collect(),
            frechet: *frechet,
            hints: hints.clone(),
            locality: *locality,
            variety: *variety,
            suggestions: *suggestions,
            pictures: pictures.clone(),
            peak_mb: *peak_mb,
        });
    }
    Ok(evaluation)
}

/// Features of every picture of a set, in its order, where they were made.
type SetFeatures = Vec<Option<Vec<f32>>>;

/// Scores or reasons, and features.
type Pictures = (Vec<Result<Scores, String>>, SetFeatures);

/// The distance between pictures and truths, over the pictures that were painted.
fn frechet_between(painted: &SetFeatures, truths: &SetFeatures) -> Option<Frechet> {
    let pairs = || painted.iter().zip(truths).filter_map(|(p, t)| Some((p.as_ref()?, t.as_ref()?)));
    let (one, two) = (Gaussian::fit(pairs().map(|p| p.0))?, Gaussian::fit(pairs().map(|p| p.1))?);
    Some(Frechet { distance: frechet::distance(&one, &two), n: pairs().count() })
}

/// The distance between every other picture of the truth and the rest: what chance alone makes of that many.
fn between_halves(truths: &SetFeatures) -> Option<Frechet> {
    let half = |first: usize| truths.iter().flatten().skip(first).step_by(2);
    let (one, two) = (Gaussian::fit(half(0))?, Gaussian::fit(half(1))?);
    Some(Frechet { distance: frechet::distance(&one, &two), n: half(1).count() })
}

/// The hint curve, and whether one hint stays where it was put.
type Hinted = (Option<Vec<HintPoint>>, Option<Locality>);

struct Run<'a, P> {
    set: &'a EvaluationSet,
    options: &'a EvaluateOptions,
    stop: &'a AtomicBool,
    encoder: Option<&'a Encoder>,
    truths: SetFeatures,
    progress: &'a P,
}

impl<P: Fn(Progress<'_>) + Sync> Run<'_, P> {
    fn pictures(&self, painter: &Painter) -> Result<Pictures, EvaluateError> {
        let (truth, none) = (self.set.options().truth, Guidance::default());
        let results = self.each(painter, false, self.set.pictures().len(), |i| {
            let picture = &self.set.pictures()[i];
            if !truth {
                let (luma, _) = picture.lab();
                let painted = painter.paint(picture, &luma, &none, false)?;
                return Ok((score::score_without_truth(&luma, &painted.rgb, painted.ms), None));
            }
            let people = is_source(&picture.source, &self.options.skin_sources);
            let reference = Truth::new(picture, self.set.class_weights(), people);
            let painted = painter.paint(picture, &reference.luma, &none, true)?;
            let features = if painter.is_truth() {
                self.truths[i].clone()
            } else {
                self.features(&painted.rgb, picture).map_err(|error| error.to_string())?
            };
            Ok((reference.score(&painted.rgb, painted.ms), features))
        })?;
        let split = |result| match result {
            Ok((scores, features)) => (Ok(scores), features),
            Err(reason) => (Err(reason), None),
        };
        Ok(results.into_iter().map(split).unzip())
    }

    fn true_features(&self) -> Result<SetFeatures, EvaluateError> {
        let pictures = self.set.pictures();
        let features = |i: usize| self.features(&pictures[i].rgb, &pictures[i]);
        let features = workers::each(pictures.len(), self.options.jobs, self.stop, features)?;
        Ok(features.into_iter().collect::<Result<_, _>>()?)
    }

    /// What the encoder sees; `None` without an encoder.
    fn features(&self, rgb: &[u8], picture: &Picture) -> Result<Option<Vec<f32>>, NetError> {
        self.encoder.map(|encoder| encoder.features(rgb, picture.width, picture.height)).transpose()
    }

    fn hints(&self, painter: &Painter) -> Result<Option<Hinted>, EvaluateError> {
        let all = self.set.pictures().len();
        let count = self.options.hint_pictures.min(all);
        if !self.set.options().truth || count == 0 || !painter.takes_points() {
            return Ok(None);
        }
        let curve = |i: usize| {
            let picture = &self.set.pictures()[i * all / count];
            let reference = Truth::new(picture, self.set.class_weights(), false);
            let reach = locality::hint_reach(painter, picture, &reference);
            (hints::curve(painter, picture, &reference, self.options.hint_seed), reach)
        };
        // Some networks take no hints though their method does; one picture tells.
        let refused = |curve: &[Option<f32>; COUNTS.len()]| curve[1..].iter().all(Option::is_none);
        if refused(&curve(0).0) {
            return Ok(None);
        }
        let (curves, reaches): (Vec<_>, Vec<_>) = self.each(painter, true, count, curve)?.into_iter().unzip();
        let bootstrap = self.options.bootstrap;
        Ok(Some((hints::summarise(&curves, bootstrap), locality::summarise(&reaches, bootstrap))))
    }

    /// Several answers and suggestions, as far as they are asked for and the painter has any.
    fn variety(&self, painter: &Painter) -> Result<(Option<Variety>, Option<SuggestionHits>), EvaluateError> {
        let &EvaluateOptions { variants, suggestions, hint_seed, bootstrap, .. } = self.options;
        let all = self.set.pictures();
        if !self.set.options().truth || all.is_empty() {
            return Ok((None, None));
        }
        let truth = |i: usize| Truth::new(&all[i], self.set.class_weights(), false);
        let answers = |i: usize| variety::answers(painter, &all[i], &truth(i), variants);
        let hits = |i: usize, count: usize| variety::hits(painter, &all[i], &truth(i), count, hint_seed);
        let mut measured = (None, None);
        // One picture tells whether the painter has any.
        if variants > 1 && answers(0).is_some() {
            let answers = self.each(painter, false, all.len(), answers)?;
            measured.0 = variety::summarise(&answers, variants, bootstrap);
        }
        if suggestions > 0 && !hits(0, 1).is_empty() {
            let hits = self.each(painter, false, all.len(), |i| hits(i, suggestions))?;
            measured.1 = variety::summarise_hits(&hits.concat());
        }
        Ok(measured)
    }

    fn each<T: Send>(
        &self,
        painter: &Painter,
        hints: bool,
        of: usize,
        work: impl Fn(usize) -> T + Sync,
    ) -> Result<Vec<T>, EvaluateError> {
        let done = AtomicUsize::new(0);
        workers::each(of, self.options.jobs, self.stop, |i| {
            let result = work(i);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            (self.progress)(Progress { painter: painter.name(), hints, done, of });
            result
        })
    }
}

#[cfg(test)]
mod tests {
    use autochrome::OrderDraft;
    use autochrome_methods::{ModelSource, registry};

    use super::*;
    use crate::SetOptions;
    use crate::example::{Folder, options};

    fn never() -> AtomicBool {
        AtomicBool::new(false)
    }

    fn set() -> EvaluationSet {
        Folder::new()
            .blobs("faces_x/1.png", 40, 40, 3)
            .blobs("sky/2.png", 50, 40, 4)
            .blobs("sky/3.png", 40, 60, 5)
            .load(options(32))
    }

    fn network() -> Painter {
        let weights = autochrome_engine::tests_support::tiny_weights();
        let method = registry::find("neural").unwrap().open(Some(ModelSource::Bytes(&weights))).unwrap();
        Painter::method("neural:tiny", method, OrderDraft::default())
    }

    fn scores_only(evaluation: &Evaluation) -> Vec<Vec<Scores>> {
        let without_clock = |s: &Scores| Scores { ms: 0.0, ..s.clone() };
        let row = |row: &Row| row.pictures.iter().map(|p| without_clock(p.as_ref().unwrap())).collect();
        evaluation.rows.iter().map(row).collect()
    }

    #[test]
    fn gray_and_truth_bound_everything() {
        let painters = [Painter::gray(), network(), Painter::truth()];
        let evaluation = evaluate(&set(), &painters, &EvaluateOptions::default(), &never(), |_| ()).unwrap();
        let [gray, network, truth] = &evaluation.rows[..] else { panic!() };
        let of = |row: &Row| row.total.against_truth.clone().unwrap();
        assert_eq!(of(gray).delta_e_to_gray.value, 1.0);
        assert_eq!((of(truth).delta_e.value, of(truth).delta_cf), (0.0, 0.0));
        assert_eq!((gray.total.colourfulness.value, gray.total.gray_share), (0.0, 1.0));
        assert!(of(network).delta_e.value > 0.0 && network.total.ms > 0.0);
        assert!(evaluation.rows.iter().all(|row| row.total.luma_change <= 1.0), "luma is sacred");
        assert_eq!(
            network.sources.iter().map(|(s, t)| (s.as_str(), t.n)).collect::<Vec<_>>(),
            [("faces_x", 1), ("sky", 2)]
        );
        assert!(network.hints.is_none(), "a U-Net takes no hints");
    }

    #[test]
    fn the_number_of_jobs_changes_no_score() {
        let run = |jobs| {
            let options = EvaluateOptions { jobs, ..EvaluateOptions::default() };
            evaluate(&set(), &[Painter::gray(), network()], &options, &never(), |_| ()).unwrap()
        };
        assert_eq!(scores_only(&run(1)), scores_only(&run(3)));
    }

    #[test]
    fn sets_are_compared_as_a_whole_where_that_is_wanted() {
        let painters = [Painter::gray(), Painter::truth()];
        let options = EvaluateOptions { frechet: true, jobs: 2, ..EvaluateOptions::default() };
        let evaluation = evaluate(&set(), &painters, &options, &never(), |_| ()).unwrap();
        let distance = |row: usize| evaluation.rows[row].frechet.unwrap();
        assert!(distance(0).distance > 0.01 && distance(0).n == 3, "{:?}", distance(0));
        assert!(distance(1).distance < 1e-6, "the truth is the truth: {:?}", distance(1));
        assert!(evaluation.encoder.is_none(), "three pictures have no two halves");
        let without = evaluate(&set(), &painters, &EvaluateOptions::default(), &never(), |_| ()).unwrap();
        assert_eq!((without.rows[0].frechet, scores_only(&without)), (None, scores_only(&evaluation)));
    }

    #[test]
    fn without_a_truth_there_are_only_figures_that_need_none() {
        let folder = Folder::new().blobs("1.png", 40, 50, 3);
        let set = folder.load(SetOptions { truth: false, ..options(32) });
        let evaluation = evaluate(&set, &[network()], &EvaluateOptions::default(), &never(), |_| ()).unwrap();
        assert!(evaluation.rows[0].total.against_truth.is_none());
        let change = evaluation.rows[0].total.luma_change;
        assert!(change > 0.0 && change <= 1.0, "luma is sacred: {change} steps");
        assert!(evaluation.rows[0].total.colourfulness.value.is_finite());
    }

    #[test]
    fn a_folder_that_lacks_pictures_is_measured_on_those_it_has() {
        let other = Folder::new().blobs("2.png", 50, 40, 4);
        let painters = [Painter::gray(), Painter::predictions("other", other.path()).unwrap()];
        let evaluation = evaluate(&set(), &painters, &EvaluateOptions::default(), &never(), |_| ()).unwrap();
        let row = &evaluation.rows[1];
        assert_eq!((row.total.n, row.total.failed, row.is_predictions), (1, 2, true));
        assert!(row.total.against_truth.as_ref().unwrap().delta_e.value < 1e-6, "it is the truth itself");
        let none = Folder::new().blobs("9.png", 20, 20, 1);
        let painters = [Painter::predictions("none", none.path()).unwrap()];
        let evaluation = evaluate(&set(), &painters, &EvaluateOptions::default(), &never(), |_| ()).unwrap();
        assert!(evaluation.rows.is_empty() && evaluation.failures[0].1.contains("no file is called 1"));
    }

    #[test]
    fn progress_is_told_and_a_stop_is_heeded() {
        let last = AtomicUsize::new(0);
        let note = |p: Progress<'_>| {
            last.fetch_max(p.done, Ordering::Relaxed);
        };
        evaluate(&set(), &[Painter::gray()], &EvaluateOptions::default(), &never(), note).unwrap();
        assert_eq!(last.into_inner(), 3);
        let stop = AtomicBool::new(true);
        let stopped = evaluate(&set(), &[Painter::gray()], &EvaluateOptions::default(), &stop, |_| ());
        assert_eq!(stopped.unwrap_err().code(), "stopped");
    }
}
