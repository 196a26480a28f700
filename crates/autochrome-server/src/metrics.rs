//! What the server counts, in the text format of Prometheus.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// Upper bounds of the classes of time, in milliseconds.
const CLASSES_MS: [f64; 8] = [50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0];

/// Counters since the start.
#[derive(Default)]
pub struct Metrics {
    /// Answers by class of status, 1xx first.
    responses: [AtomicU64; 5],
    /// Pictures of waiting requests by time; the last class has no bound.
    pictures: [AtomicU64; CLASSES_MS.len() + 1],
    total_us: AtomicU64,
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, status: u16) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.responses[class].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a picture that took so long.
    pub fn painted(&self, total_ms: f64) {
        let class = CLASSES_MS.iter().position(|bound| total_ms <= *bound).unwrap_or(CLASSES_MS.len());
        self.pictures[class].fetch_add(1, Ordering::Relaxed);
        self.total_us.fetch_add((1e3 * total_ms) as u64, Ordering::Relaxed);
    }

    /// The counters as text; places that are taken, and jobs by state, come from elsewhere.
    pub fn text(&self, places_taken: usize, arriving_bytes: u64, jobs: &[(&str, i64)]) -> String {
        let mut text = String::new();
        let mut line = |words: std::fmt::Arguments<'_>| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{words}");
        };
        line(format_args!("# HELP autochrome_responses_total Answers by class of status."));
        line(format_args!("# TYPE autochrome_responses_total counter"));
        for (class, count) in self.responses.iter().enumerate() {
            let count = count.load(Ordering::Relaxed);
            line(format_args!("autochrome_responses_total{{status=\"{}xx\"}} {count}", class + 1));
        }
        line(format_args!(
            "# HELP autochrome_picture_seconds Time from a picture's bytes to the bytes of its answer."
        ));
        line(format_args!("# TYPE autochrome_picture_seconds histogram"));
        let mut sum = 0;
        for (class, count) in self.pictures.iter().enumerate() {
            sum += count.load(Ordering::Relaxed);
            let bound = CLASSES_MS.get(class).map_or("+Inf".to_owned(), |ms| (ms / 1e3).to_string());
            line(format_args!("autochrome_picture_seconds_bucket{{le=\"{bound}\"}} {sum}"));
        }
        let seconds = self.total_us.load(Ordering::Relaxed) as f64 / 1e6;
        line(format_args!("autochrome_picture_seconds_sum {seconds}"));
        line(format_args!("autochrome_picture_seconds_count {sum}"));
        line(format_args!("# HELP autochrome_places_taken Requests in work or waiting."));
        line(format_args!("# TYPE autochrome_places_taken gauge"));
        line(format_args!("autochrome_places_taken {places_taken}"));
        line(format_args!("# HELP autochrome_arriving_bytes Bytes of bodies that are not done with."));
        line(format_args!("# TYPE autochrome_arriving_bytes gauge"));
        line(format_args!("autochrome_arriving_bytes {arriving_bytes}"));
        line(format_args!("# HELP autochrome_jobs Jobs by state."));
        line(format_args!("# TYPE autochrome_jobs gauge"));
        for (state, count) in jobs {
            line(format_args!("autochrome_jobs{{state=\"{state}\"}} {count}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_time_add_up() {
        let metrics = Metrics::default();
        [40.0, 60.0, 60.0, 99_999.0].iter().for_each(|ms| metrics.painted(*ms));
        metrics.answered(503);
        let text = metrics.text(3, 9, &[("queued", 7)]);
        for line in [
            "autochrome_picture_seconds_bucket{le=\"0.05\"} 1",
            "autochrome_picture_seconds_bucket{le=\"0.1\"} 3",
            "autochrome_picture_seconds_bucket{le=\"10\"} 3",
            "autochrome_picture_seconds_bucket{le=\"+Inf\"} 4",
            "autochrome_picture_seconds_count 4",
            "autochrome_responses_total{status=\"5xx\"} 1",
            "autochrome_places_taken 3",
            "autochrome_arriving_bytes 9",
            "autochrome_jobs{state=\"queued\"} 7",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn the_dashboard_shows_what_is_counted() {
        let dashboard = include_str!("../../../deploy/grafana/autochrome.json");
        let dashboard: serde_json::Value = serde_json::from_str(dashboard).unwrap();
        let text = Metrics::default().text(0, 0, &[("queued", 0)]);
        let panels = dashboard["panels"].as_array().unwrap();
        assert_eq!(panels.len(), 6);
        for target in panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap()) {
            let query = target["expr"].as_str().unwrap();
            let names = query.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
            let names: Vec<&str> = names.filter(|name| name.starts_with("autochrome_")).collect();
            assert_eq!(names.len(), 1, "{query}");
            let is_counted = |line: &str| {
                line.starts_with(&format!("{}{{", names[0])) || line.starts_with(&format!("{} ", names[0]))
            };
            assert!(text.lines().any(is_counted), "{} is not counted", names[0]);
        }
    }
}
