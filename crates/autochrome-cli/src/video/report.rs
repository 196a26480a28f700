//! What the user gets to see of a film that is being coloured.

use std::time::Instant;

use autochrome_film::{FilmOptions, FilmSummary, Progress, Scan, Source};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output;

/// Scenes that are named one by one.
const NAMED_SCENES: usize = 8;

/// A bar on a terminal, a summary at the end.
pub struct Report {
    bar: ProgressBar,
    started: Instant,
}

impl Report {
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let template = "{bar:32} {pos} of {len} frames, {per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, started: Instant::now() }
    }

    /// Frames that an earlier run had done count for the bar, not for its speed.
    pub fn progress(&self, progress: Progress) {
        if self.bar.position() == 0 && progress.frames > 1 {
            self.bar.set_position(progress.frames - 1);
            self.bar.reset_eta();
        }
        self.bar.set_length(progress.total.unwrap_or(progress.frames));
        self.bar.set_position(progress.frames);
    }

    /// Clears the bar.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// Tells what became of the film.
    pub fn summary(&self, summary: &FilmSummary, source: &Source, options: &FilmOptions) {
        let seconds = self.started.elapsed().as_secs_f64();
        let fresh = summary.frames - summary.resumed;
        let kept = match summary.kept_s.len() {
            0 => String::new(),
            count => format!(", {count} left in their own colours"),
        };
        let lines = match source.scan {
            Scan::Interlaced => ", deinterlaced",
            Scan::Telecined => ", telecined and put together again",
            Scan::Progressive | Scan::Unknown => "",
        };
        let earlier = if summary.resumed > 0 {
            format!(", {} from before", output::count(summary.resumed, "frame"))
        } else {
            String::new()
        };
        output::note(&format!(
            "{}{lines}, {}{kept}{earlier}, in {seconds:.1} s ({:.1} frames a second)",
            output::count(fresh, "frame"),
            output::count(summary.scenes, "scene"),
            fresh as f64 / seconds.max(1e-3)
        ));
        let numbers = |scenes: &mut dyn Iterator<Item = &u64>| {
            scenes.map(|scene| (scene + 1).to_string()).collect::<Vec<_>>().join(", ")
        };
        if !summary.left_scenes.is_empty() {
            let left = numbers(&mut summary.left_scenes.iter());
            output::note(&match summary.left_scenes.len() {
                1 => format!("left as it is: scene {left}"),
                _ => format!("left as they are: scenes {left}"),
            });
        }
        let missing: Vec<&u64> =
            options.keep_scenes.iter().filter(|scene| **scene >= summary.scenes).collect();
        if !missing.is_empty() {
            let missing = numbers(&mut missing.into_iter());
            output::note(&format!("there is no scene {missing} to leave; the film has {}", summary.scenes));
        }
        if !summary.kept_s.is_empty() {
            let mut times: Vec<String> = summary.kept_s.iter().take(NAMED_SCENES).map(|s| time(*s)).collect();
            if summary.kept_s.len() > NAMED_SCENES {
                times.push("...".to_owned());
            }
            output::note(&format!(
                "already in colour, from {}; --recolor colours them, too",
                times.join(", ")
            ));
        }
    }
}

/// A moment as players show it.
pub fn time(seconds: f64) -> String {
    let minutes = (seconds / 60.0).floor();
    format!("{:02}:{:04.1}", minutes, seconds - 60.0 * minutes)
}
