//! What the user gets to see: a line a picture, a bar on a terminal, a summary at the end.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use autochrome::Method;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::inputs::Missing;
use super::outputs::{Task, is_dash};
use super::worker::{Done, Outcome, Problem};
use crate::exit::{Exit, Failure};
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
    failed: usize,
}

/// One line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    input: &'a Path,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collage: Option<&'a Path>,
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
    ms: Milliseconds,
    warnings: &'a [String],
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
    /// A report on `total` inputs.
    pub fn new(total: usize, json: bool) -> Self {
        // One picture is done before a bar could say anything; elsewhere than on a terminal bars hide by themselves.
        let target = if total > 1 { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:32} {pos} of {len} pictures, {per_sec}, {eta} left")
        {
            bar.set_style(style);
        }
        Self { json, method: "", model: None, bar, started: Instant::now(), done: 0, skipped: 0, failed: 0 }
    }

    /// Names method and model of the pictures to come.
    pub fn with(&mut self, method: &dyn Method) {
        self.method = method.info().id;
        self.model = method.model().map(str::to_owned);
    }

    /// An input that meant no picture.
    pub fn missing(&mut self, missing: &Missing) -> Result<(), Failure> {
        let problem = Problem { code: "no-such-input", message: missing.reason.clone(), fatal: None };
        self.failed(&missing.path, &problem)
    }

    /// The outcome of a task.
    pub fn outcome(&mut self, task: &Task, outcome: &Outcome) -> Result<(), Failure> {
        match outcome {
            Outcome::Done(done) => self.done(task, done),
            Outcome::Skipped => self.skipped(task),
            Outcome::Failed(problem) => self.failed(&task.input, problem),
        }
    }

    fn done(&mut self, task: &Task, done: &Done) -> Result<(), Failure> {
        self.done += 1;
        self.bar.inc(1);
        let Done { finished, read_ms, write_ms } = done;
        if self.json {
            let stages = finished.stages;
            let ms = Milliseconds {
                read: tenths(*read_ms),
                decode: tenths(stages.decode_ms),
                colorize: tenths(stages.colorize_ms),
                render: tenths(stages.render_ms),
                encode: tenths(stages.encode_ms),
                collage: tenths(stages.collage_ms),
                write: tenths(*write_ms),
            };
            let (width, height) = finished.size;
            let (method, model) = (self.method, self.model.as_deref());
            let facts = Some(Facts { width, height, method, model, ms, warnings: &finished.warnings });
            return self.line(&task.input, "done", Some(task), facts, None);
        }
        for warning in &finished.warnings {
            self.note(&format!("{}: {warning}", task.input.display()));
        }
        if is_dash(&task.output) {
            return Ok(());
        }
        let mut line = format!("{} -> {}", task.input.display(), task.output.display());
        if let Some(collage) = &task.collage {
            let _ = write!(line, ", {}", collage.display());
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
        let total = self.done + self.skipped + self.failed;
        if total > 1 || interrupted {
            output::note(&self.summary());
        }
        if interrupted {
            output::note("interrupted; the same command with --resume goes on");
            Exit::Interrupted
        } else if self.failed > 0 {
            Exit::SomeFailed
        } else {
            Exit::Success
        }
    }

    fn summary(&self) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        let mut summary = format!("{} coloured", self.done);
        for (count, what) in [(self.skipped, "skipped"), (self.failed, "failed")] {
            if count > 0 {
                let _ = write!(summary, ", {count} {what}");
            }
        }
        let _ = write!(summary, " in {seconds:.1} s");
        summary
    }

    fn line(
        &self,
        input: &Path,
        status: &'static str,
        task: Option<&Task>,
        facts: Option<Facts<'_>>,
        error: Option<ErrorFacts<'_>>,
    ) -> Result<(), Failure> {
        let output = task.map(|task| task.output.as_path());
        let collage = task.and_then(|task| task.collage.as_deref());
        let line = Line { input, status, output, collage, facts, error };
        // Names that are not UTF-8 cannot stand in JSON; they are shown as well as they can be.
        let text = serde_json::to_string(&line).unwrap_or_else(|_| {
            serde_json::json!({"input": input.to_string_lossy(), "status": status}).to_string()
        });
        self.bar.suspend(|| output::line(&text))
    }

    fn note(&self, text: &str) {
        self.bar.suspend(|| output::note(text));
    }
}

/// A tenth of a millisecond is as fine as the clock is worth.
fn tenths(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}
