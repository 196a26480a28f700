//! What the user gets to see: a line a picture, a bar on a terminal, a summary at the end.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use autochrome::{Kind, Method, Subject};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::inputs::{Missing, OTHER};
use super::outputs::{Task, is_dash};
use super::worker::{Done, Outcome, Problem, without_pages};
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Counts and shows outcomes.
pub struct Report {
    json: bool,
    method: &'static str,
    model: Option<String>,
    bar: ProgressBar,
    started: Instant,
    done: usize,
    skipped: usize,
    in_color: usize,
    negatives: usize,
    incomplete: usize,
    failed: usize,
    passed: BTreeMap<&'static str, usize>,
}

/// One line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    /// Names that are not UTF-8 cannot stand in JSON; they are shown as well as they can be.
    input: Cow<'a, str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collage: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color_layer: Option<Cow<'a, str>>,
    /// Results of pages after the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    further: Vec<Cow<'a, str>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    facts: Option<Facts<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorFacts<'a>>,
}

#[derive(Serialize)]
struct Facts<'a> {
    width: u32,
    height: u32,
    method: &'a str,
    model: Option<&'a str>,
    kind: KindFacts,
    ms: Milliseconds,
    warnings: &'a [String],
    /// Pages that have no result.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed_pages: Vec<FailedPageFacts<'a>>,
}

#[derive(Serialize)]
struct FailedPageFacts<'a> {
    page: usize,
    #[serde(flatten)]
    error: ErrorFacts<'a>,
}

#[derive(Serialize)]
struct KindFacts {
    coloring: &'static str,
    subject: &'static str,
    faded: bool,
}

#[derive(Serialize)]
struct Milliseconds {
    read: f64,
    decode: f64,
    colorize: f64,
    render: f64,
    encode: f64,
    collage: f64,
    write: f64,
}

#[derive(Serialize)]
struct ErrorFacts<'a> {
    code: &'a str,
    message: &'a str,
}

impl Report {
    /// A report on `total` inputs, and on files that were passed over.
    pub fn new(total: usize, passed: BTreeMap<&'static str, usize>, json: bool) -> Self {
        // One picture is done before a bar could say anything; elsewhere than on a terminal bars hide by themselves.
        let target = if total > 1 { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:32} {pos} of {len} pictures, {per_sec}, {eta} left")
        {
            bar.set_style(style);
        }
        Self {
            json,
            method: "",
            model: None,
            bar,
            started: Instant::now(),
            done: 0,
            skipped: 0,
            in_color: 0,
            negatives: 0,
            incomplete: 0,
            failed: 0,
            passed,
        }
    }

    /// Names method and model of the pictures to come.
    pub fn with(&mut self, method: &dyn Method) {
        self.method = method.info().id;
        self.model = method.model().map(str::to_owned);
    }

    /// An input that meant no picture.
    pub fn missing(&mut self, missing: &Missing) -> Result<(), Failure> {
        let problem = Problem { code: missing.code, message: missing.reason.clone(), fatal: None };
        self.failed(&missing.path, &problem)
    }

    /// The outcome of a task.
    pub fn outcome(&mut self, task: &Task, outcome: &Outcome) -> Result<(), Failure> {
        match outcome {
            Outcome::Done(done) => self.done(task, done),
            Outcome::Skipped => self.skipped(task),
            Outcome::InColor => self.in_color(task),
            Outcome::Failed(problem) => self.failed(&task.input, problem),
        }
    }

    fn done(&mut self, task: &Task, done: &Done) -> Result<(), Failure> {
        self.done += 1;
        self.bar.inc(1);
        let Done { finished, read_ms, write_ms, inverted } = done;
        self.incomplete += usize::from(!finished.failed.is_empty());
        let whole = without_pages(task, &finished.failed);
        let task = whole.as_ref().unwrap_or(task);
        for failed in &finished.failed {
            self.note(&format!("{}: {}", task.input.display(), failed.message));
        }
        self.negatives += usize::from(finished.kind.subject == Subject::Negative && !inverted);
        if self.json {
            let stages = finished.stages;
            let ms = Milliseconds {
                read: round_to_tenths(*read_ms),
                decode: round_to_tenths(stages.decode_ms),
                colorize: round_to_tenths(stages.colorize_ms),
                render: round_to_tenths(stages.render_ms),
                encode: round_to_tenths(stages.encode_ms),
                collage: round_to_tenths(stages.collage_ms),
                write: round_to_tenths(*write_ms),
            };
            let (width, height) = finished.size;
            let (method, model) = (self.method, self.model.as_deref());
            let Kind { coloring, subject, faded } = finished.kind;
            let kind = KindFacts { coloring: coloring.id(), subject: subject.id(), faded };
            let failed_pages = finished.failed.iter().map(|failed| FailedPageFacts {
                page: failed.page,
                error: ErrorFacts { code: failed.code, message: &failed.message },
            });
            let (failed_pages, warnings) = (failed_pages.collect(), &finished.warnings[..]);
            let facts = Some(Facts { width, height, method, model, kind, ms, warnings, failed_pages });
            return self.line(&task.input, "done", Some(task), facts, None);
        }
        for warning in &finished.warnings {
            self.note(&format!("{}: {warning}", task.input.display()));
        }
        if is_dash(&task.output) {
            return Ok(());
        }
        let mut line = format!("{} -> {}", task.input.display(), task.output.display());
        for beside in [&task.collage, &task.layers, &task.color_layer].into_iter().flatten() {
            let _ = write!(line, ", {}", beside.display());
        }
        if let Some((last, _)) = task.further.last() {
            let _ = write!(line, " to {}", last.display());
        }
        self.bar.suspend(|| output::line(&line))
    }

    fn skipped(&mut self, task: &Task) -> Result<(), Failure> {
        self.skipped += 1;
        self.bar.inc(1);
        if self.json {
            return self.line(&task.input, "skipped", Some(task), None, None);
        }
        Ok(())
    }

    fn in_color(&mut self, task: &Task) -> Result<(), Failure> {
        self.in_color += 1;
        self.bar.inc(1);
        if self.json {
            return self.line(&task.input, "in-color", None, None, None);
        }
        Ok(())
    }

    fn failed(&mut self, input: &Path, problem: &Problem) -> Result<(), Failure> {
        self.failed += 1;
        self.bar.inc(1);
        // Messages about a file may begin with its name already.
        let name = input.display().to_string();
        if problem.message.starts_with(&name) {
            self.note(&problem.message);
        } else {
            self.note(&format!("{name}: {}", problem.message));
        }
        if self.json {
            let error = Some(ErrorFacts { code: problem.code, message: &problem.message });
            return self.line(input, "failed", None, None, error);
        }
        Ok(())
    }

    /// The last word, and the exit code that fits it.
    pub fn finish(self, interrupted: bool) -> Exit {
        self.bar.finish_and_clear();
        let total = self.done + self.skipped + self.in_color + self.failed;
        if total > 1 || interrupted || !self.passed.is_empty() || self.in_color > 0 {
            output::note(&self.summary());
        }
        if let Some(passed) = self.passed_over() {
            output::note(&passed);
        }
        if self.in_color > 0 {
            output::note("pictures that are in colour already were left alone; --recolor colours them too");
        }
        if self.negatives > 0 && total > 1 {
            output::note(&match self.negatives {
                1 => "1 looks like a negative; --invert makes a positive of it".to_owned(),
                several => format!("{several} look like negatives; --invert makes positives of them"),
            });
        }
        if interrupted {
            output::note("interrupted; the same command with --resume goes on");
            Exit::Interrupted
        } else if self.failed + self.incomplete > 0 {
            Exit::SomeFailed
        } else {
            Exit::Success
        }
    }

    fn summary(&self) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        let mut summary = format!("{} coloured", self.done);
        for (count, what) in
            [(self.skipped, "skipped"), (self.in_color, "in colour already"), (self.failed, "failed")]
        {
            if count > 0 {
                let _ = write!(summary, ", {count} {what}");
            }
        }
        if self.incomplete > 0 {
            let _ = write!(summary, ", {} of them without damaged pages", self.incomplete);
        }
        let _ = write!(summary, " in {seconds:.1} s");
        summary
    }

    /// `12 files skipped: 9 HEIC, 3 PDF`, the most frequent kind first.
    fn passed_over(&self) -> Option<String> {
        let all: usize = self.passed.values().sum();
        let mut kinds: Vec<(&str, usize)> = self.passed.iter().map(|(kind, count)| (*kind, *count)).collect();
        kinds.sort_by_key(|(kind, count)| (*kind == OTHER, std::cmp::Reverse(*count)));
        let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let files = if all == 1 { "file" } else { "files" };
        (all > 0).then(|| format!("{all} {files} skipped: {}", kinds.join(", ")))
    }

    fn line(
        &self,
        input: &Path,
        status: &'static str,
        task: Option<&Task>,
        facts: Option<Facts<'_>>,
        error: Option<ErrorFacts<'_>>,
    ) -> Result<(), Failure> {
        let output = task.map(|task| task.output.to_string_lossy());
        let named = |path: fn(&Task) -> Option<&Path>| task.and_then(path).map(Path::to_string_lossy);
        let collage = named(|task| task.collage.as_deref());
        let layers = named(|task| task.layers.as_deref());
        let color_layer = named(|task| task.color_layer.as_deref());
        let further = task.into_iter().flat_map(|task| &task.further).map(|(path, _)| path.to_string_lossy());
        let further = further.collect();
        let line = Line {
            input: input.to_string_lossy(),
            status,
            output,
            collage,
            layers,
            color_layer,
            further,
            facts,
            error,
        };
        let text = serde_json::to_string(&line).context("cannot describe a result").environment()?;
        self.bar.suspend(|| output::line(&text))
    }

    fn note(&self, text: &str) {
        self.bar.suspend(|| output::note(text));
    }
}

/// A tenth of a millisecond is as fine as the clock is worth.
fn round_to_tenths(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}
