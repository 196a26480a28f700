//! `autochrome dataset`: a call into `autochrome_dataset`, with a bar for each source.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use autochrome_dataset::{BuildOptions, DatasetError, Event, Format, Reason, Rules, Summary};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::{DatasetArguments, DatasetBuildArguments, DatasetCommand, DatasetFormat};
use crate::exit::{Exit, Failure};
use crate::{interrupt, output};

/// Builds, inspects or verifies.
pub fn run(arguments: &DatasetArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        DatasetCommand::Build(arguments) => build(arguments),
        DatasetCommand::Inspect { dir } => inspect(dir),
        DatasetCommand::Verify { dir } => verify(dir),
    }
}

fn build(arguments: &DatasetBuildArguments) -> Result<Exit, Failure> {
    let allowed = |reason: &Reason| arguments.allow.iter().any(|name| name == reason.name());
    let cores = available_parallelism().map_or(1, usize::from);
    let options = BuildOptions {
        sources: arguments.sources.clone(),
        out: arguments.out.clone(),
        rules: Rules {
            sampling: arguments.every,
            min_difference: arguments.min_difference,
            min_side_px: arguments.min_side,
            max_frames: arguments.max_frames,
            format: match arguments.format {
                DatasetFormat::Jpeg => Format::Jpeg(arguments.quality),
                DatasetFormat::Png => Format::Png,
            },
            allow: Reason::ALL.into_iter().filter(allowed).collect(),
        },
        val_fraction: arguments.val_fraction,
        seed: arguments.seed,
        resume: arguments.resume,
        // FFmpeg has threads of its own: more sources at once than this only take memory.
        jobs: arguments.jobs.map_or_else(|| cores.min(4), usize::from),
    };
    interrupt::install()?;
    let bars = Bars::new();
    let result = autochrome_dataset::build(
        &options,
        interrupt::flag(),
        &|write| interrupt::undisturbed(write),
        &|event| bars.show(&event),
    );
    bars.all.clear().ok();
    match result {
        Err(DatasetError::Stopped) => {
            output::note("interrupted; the same command with --resume goes on");
            Ok(Exit::Interrupted)
        }
        Err(error) => Err(blame(error)),
        Ok(summary) => print_summary(&summary, &options),
    }
}

fn print_summary(summary: &Summary, options: &BuildOptions) -> Result<Exit, Failure> {
    let Summary { pictures, validation, duplicates, sources, .. } = summary;
    let out = options.out.display();
    output::line(&format!(
        "{pictures} pictures of {sources} sources in {out}: {} to train, {validation} to validate; \
         {duplicates} were in another source too",
        pictures - validation
    ))?;
    output::line(&format!("what was dropped and why: {}", options.out.join("report.html").display()))?;
    summary.notes.iter().for_each(|(source, note)| output::note(&format!("{source}: {note}")));
    for (source, fault) in &summary.faults {
        output::note(&format!("{source} is damaged or unreadable, what could be read was taken: {fault}"));
    }
    if *pictures > 0 && *validation == 0 && options.val_fraction > 0.0 {
        output::note("there is only one film, and films are never split: all of it is to train");
    }
    if *pictures == 0 {
        output::note(
            "nothing was kept; the report says why, and --min-side, --min-difference and --allow let more in",
        );
        return Ok(Exit::SomeFailed);
    }
    Ok(if summary.faults.is_empty() { Exit::Success } else { Exit::SomeFailed })
}

fn inspect(dir: &Path) -> Result<Exit, Failure> {
    let report = autochrome_dataset::write_report(dir).map_err(blame)?;
    output::line(&report.display().to_string())?;
    Ok(Exit::Success)
}

fn verify(dir: &Path) -> Result<Exit, Failure> {
    interrupt::install()?;
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let result = autochrome_dataset::verify(dir, interrupt::flag(), &|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let (count, findings) = match result {
        Err(DatasetError::Stopped) => return Ok(Exit::Interrupted),
        result => result.map_err(blame)?,
    };
    for finding in &findings {
        output::line(&finding.to_string())?;
    }
    output::line(&format!("{count} pictures, {} findings", findings.len()))?;
    Ok(if findings.is_empty() { Exit::Success } else { Exit::SomeFailed })
}

fn blame(error: DatasetError) -> Failure {
    let exit = match &error {
        DatasetError::Source { .. }
        | DatasetError::Exists { .. }
        | DatasetError::Changed { .. }
        | DatasetError::NotADataset { .. }
        | DatasetError::Option { .. } => Exit::Usage,
        _ => Exit::Environment,
    };
    Failure { exit, error: error.into() }
}

/// Parts that a bar counts of a second of film, or of one picture.
const PARTS: f64 = 1000.0;

/// One bar for each source that is worked on, and one for all; lines where there is no terminal.
struct Bars {
    all: MultiProgress,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    names: Vec<String>,
    bars: HashMap<usize, ProgressBar>,
    total: Option<ProgressBar>,
}

impl Bars {
    fn new() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self { all, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, event: &Event<'_>) {
        let mut state = self.state();
        match event {
            Event::Sources { names } => {
                state.names = names.iter().map(|name| (*name).to_owned()).collect();
                let bar = self.all.add(ProgressBar::new(names.len() as u64));
                if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos} of {len} sources {msg}") {
                    bar.set_style(style);
                }
                state.total = Some(bar);
            }
            Event::Opened { source, duration_s, pictures } => {
                let bar = self.bar(&state.names[*source], *duration_s, *pictures);
                state.bars.insert(*source, bar);
            }
            Event::At { source, position_s } => {
                if let Some(bar) = state.bars.get(source) {
                    bar.set_position((*position_s * PARTS) as u64);
                }
            }
            Event::Kept { source, kept } => {
                if let Some(bar) = state.bars.get(source) {
                    bar.set_message(format!("{kept} kept"));
                }
            }
            Event::Closed { source, closed } => {
                if let Some(bar) = state.bars.remove(source) {
                    bar.finish_and_clear();
                }
                if let Some(total) = &state.total {
                    total.inc(1);
                }
                if self.all.is_hidden() {
                    let fault = closed.faults.first().map_or("", |_| ", damaged");
                    output::note(&format!("{}: {} frames read{fault}", state.names[*source], closed.frames));
                }
            }
            Event::Merging => {
                if let Some(total) = &state.total {
                    total.set_message("looking for duplicates between them");
                }
            }
        }
    }

    fn bar(&self, name: &str, duration_s: Option<f64>, pictures: u64) -> ProgressBar {
        let (length, place) = match (duration_s, pictures) {
            (None, 0) => (None, "{elapsed}"),
            (Some(seconds), _) => (Some((seconds * PARTS) as u64), "{percent:>3} %, {eta} left"),
            (None, pictures) => (Some((pictures as f64 * PARTS) as u64), "{percent:>3} %, {eta} left"),
        };
        let bar = match length {
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::no_length(),
        };
        let bar = self.all.insert_from_back(1, bar);
        if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:24}} {place}  {{prefix}}  {{msg}}")) {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        bar
    }
}
