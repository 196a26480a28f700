//! `autochrome train`: a thin call into `autochrome_train`, with a bar, and the processes that learn together with this one.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use autochrome_train::{Event, Recipe, Replicas, RunOptions, TrainError};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::TrainArguments;
use crate::exit::{Blame as _, Exit, Failure};
use crate::{interrupt, output};

/// Trains until the recipe's end or Ctrl-C.
pub fn run(arguments: &TrainArguments) -> Result<Exit, Failure> {
    let path = &arguments.recipe;
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display())).usage()?;
    let recipe = Recipe::parse(&text).with_context(|| path.display().to_string()).usage()?;
    let (replicas, others) = replicas(arguments)?;
    let options = RunOptions {
        data: arguments.data.clone(),
        validation: arguments.val.clone(),
        out: arguments.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(&recipe.id)),
        resume: arguments.resume,
        steps: arguments.steps,
        device: arguments.device.clone(),
        start: arguments.start.clone(),
        features: arguments.features.clone(),
        teachers: arguments.teacher.clone(),
        checkpoint_every: Duration::from_secs(60 * arguments.checkpoint_every),
        cache_bytes: arguments.cache << 20,
        data_note: arguments.data_note.clone(),
        date: today(),
        replicas,
    };
    interrupt::install()?;
    let progress = Progress::new(arguments.join.is_some());
    let result = autochrome_train::run(&recipe, &options, interrupt::flag(), |event| progress.show(&event));
    progress.bar.finish_and_clear();
    // Those that were started here end when nobody leads them any more: the listener, too, holds them as long as it is there.
    let out = options.out;
    drop(options.replicas);
    others.into_iter().for_each(|other| drop(other.join()));
    let summary = result.map_err(blame)?;
    if arguments.join.is_some() {
        return Ok(if interrupt::requested() { Exit::Interrupted } else { Exit::Success });
    }

    let out = out.display();
    output::line(&format!("{} steps, {} samples; weights and logs in {out}", summary.step, summary.samples))?;
    if summary.skipped > 0 {
        output::note(&format!("{} pictures could not be read and were left out", summary.skipped));
    }
    if interrupt::requested() {
        output::note("interrupted; the same command with --resume goes on");
        return Ok(Exit::Interrupted);
    }
    Ok(Exit::Success)
}

/// Which processes learn together, and what waits for those that were started here.
fn replicas(arguments: &TrainArguments) -> Result<(Replicas, Vec<JoinHandle<()>>), Failure> {
    if let Some(address) = &arguments.join {
        return Ok((Replicas::Join { address: address.clone() }, Vec::new()));
    }
    let count = arguments.replicas as usize;
    if count == 1 {
        return Ok((Replicas::One, Vec::new()));
    }
    let address = arguments.listen.as_deref().unwrap_or("127.0.0.1:0");
    let listener =
        TcpListener::bind(address).with_context(|| format!("cannot listen at {address}")).usage()?;
    let ended = Arc::new(AtomicBool::new(false));
    let mut others = Vec::new();
    if arguments.listen.is_none() {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = (cores / count).max(1);
        autochrome_train::use_threads(threads);
        let address = listener.local_addr().context("cannot listen").environment()?.to_string();
        for _ in 1..count {
            let mut child = command(arguments, &address, threads)
                .spawn()
                .context("cannot start a replica")
                .environment()?;
            let ended = Arc::clone(&ended);
            others.push(std::thread::spawn(move || {
                let _ = child.wait();
                ended.store(true, Ordering::Relaxed);
            }));
        }
    }
    Ok((Replicas::Lead { count, listener: Arc::new(listener), ended }, others))
}

/// The command that joins this one.
fn command(arguments: &TrainArguments, address: &str, threads: usize) -> Command {
    let program = std::env::current_exe().unwrap_or_else(|_| "autochrome".into());
    let mut command = Command::new(program);
    command.arg("train").arg(&arguments.recipe).arg("--data").arg(&arguments.data);
    command.args(["--join", address, "--device", &arguments.device, "--cache", &arguments.cache.to_string()]);
    if let Some(features) = &arguments.features {
        command.arg("--features").arg(features);
    }
    for teacher in &arguments.teacher {
        command.arg("--teacher").arg(teacher);
    }
    for variable in ["RAYON_NUM_THREADS", "OMP_NUM_THREADS"] {
        command.env(variable, threads.to_string());
    }
    command.stdin(Stdio::null());
    command
}

fn blame(error: TrainError) -> Failure {
    let exit = match &error {
        TrainError::Recipe(_) | TrainError::Checkpoint(_) | TrainError::Replica(_) => Exit::Usage,
        _ => Exit::Environment,
    };
    Failure { exit, error: error.into() }
}

/// A bar on a terminal, lines elsewhere.
struct Progress {
    bar: ProgressBar,
    /// Nothing is shown: the run that this one joins does.
    silent: bool,
}

impl Progress {
    fn new(silent: bool) -> Self {
        let target = if silent { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let template = "{bar:24} step {pos} of {len}, {eta} left  {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, silent }
    }

    fn show(&self, event: &Event) {
        if self.silent {
            return;
        }
        match event {
            Event::Started { step, steps, pictures } => {
                self.bar.set_length(*steps);
                self.bar.set_position(*step);
                // The time left is judged from this sitting alone.
                self.bar.reset_eta();
                self.line(&format!("{pictures} pictures, steps {step} to {steps}"));
            }
            Event::Progress { step, losses, images_per_s } => {
                let losses: Vec<String> =
                    losses.iter().map(|(name, value)| format!("{name} {value:.4}")).collect();
                let message = format!("{}  {images_per_s:.1} images/s", losses.join("  "));
                self.bar.set_position(*step);
                self.bar.set_message(message.clone());
                if self.bar.is_hidden() {
                    self.line(&format!("step {step}: {message}"));
                }
            }
            Event::Validated { step, scores, gray, truth, best } => {
                let best = if *best { ", the best so far" } else { "" };
                self.line(&format!(
                    "step {step}: PSNR {:.2} dB (gray {:.2}), CIEDE2000 {:.2} (gray {:.2}), CF {:.1} (truth {:.1}){best}",
                    scores.psnr_db, gray.psnr_db, scores.delta_e, gray.delta_e, scores.colourfulness, truth.colourfulness
                ));
            }
            Event::Checkpointed { .. } => {}
        }
    }

    fn line(&self, text: &str) {
        self.bar.suspend(|| output::note(text));
    }
}

/// The day, `YYYY-MM-DD`, in UTC.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (year, month, day) = civil(seconds / 86_400);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The date that lies `days` after 1970-01-01.
fn civil(mut days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(11_322), (2000, 12, 31));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(20_818), (2026, 12, 31));
    }
}
