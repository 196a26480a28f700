//! What the server counts. Everything that tells of it is made of one table: the text for Prometheus here, and the instruments of
//! OpenTelemetry in `collector`.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use autochrome_jobs::State;

/// Upper bounds of the classes of time, in seconds.
pub const CLASSES_S: [f64; 8] = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

/// Counters since the start.
#[derive(Default)]
pub struct Metrics {
    /// Answers by class of status, 1xx first.
    responses: [AtomicU64; 5],
    /// Pictures of waiting requests.
    pictures: Times,
}

/// How long things took.
#[derive(Default)]
pub struct Times {
    /// How many by time; the last class has no bound.
    classes: [AtomicU64; CLASSES_S.len() + 1],
    total_us: AtomicU64,
    /// OpenTelemetry has no histogram that is asked for what it holds, so that one is told of every time.
    #[cfg(feature = "otel")]
    pub twin: std::sync::OnceLock<opentelemetry::metrics::Histogram<f64>>,
}

/// One thing that is counted.
pub struct Metric {
    /// Its name in Prometheus.
    pub name: &'static str,
    /// What it is.
    pub help: &'static str,
    /// Its unit, as UCUM writes it.
    #[cfg_attr(not(feature = "otel"), allow(dead_code, reason = "the text of Prometheus knows no units"))]
    pub unit: &'static str,
    /// Where its values come from.
    pub values: Values,
}

/// Where values come from.
pub enum Values {
    /// Grows.
    Counter(fn(&Counted<'_>) -> Vec<Sample>),
    /// Comes and goes.
    Gauge(fn(&Counted<'_>) -> Vec<Sample>),
    /// Times in classes.
    Histogram(fn(&Metrics) -> &Times),
}

/// A value, with the label that tells it from others of the same name.
pub struct Sample {
    /// Name and value of the label.
    pub label: Option<(&'static str, String)>,
    /// How much.
    pub value: i64,
}

/// What values are taken from.
pub struct Counted<'a> {
    /// What was counted.
    pub metrics: &'a Metrics,
    /// Requests in work or waiting.
    pub places_taken: usize,
    /// Bytes of bodies.
    pub arriving_bytes: u64,
    /// Jobs in each state, in the order of [`State::ALL`]; nothing where the queue does not tell.
    pub jobs: &'a dyn Fn() -> Option<[i64; 5]>,
}

/// Everything that is counted.
pub const TABLE: [Metric; 5] = [
    Metric {
        name: "autochrome_responses_total",
        help: "Answers by class of status.",
        unit: "{response}",
        values: Values::Counter(|counted| {
            let sample = |(class, count): (usize, &AtomicU64)| Sample {
                label: Some(("status", format!("{class}xx"))),
                value: whole(count.load(Ordering::Relaxed)),
            };
            (1..).zip(&counted.metrics.responses).map(sample).collect()
        }),
    },
    Metric {
        name: "autochrome_picture_seconds",
        help: "Time from a picture's bytes to the bytes of its answer.",
        unit: "s",
        values: Values::Histogram(|metrics| &metrics.pictures),
    },
    Metric {
        name: "autochrome_places_taken",
        help: "Requests in work or waiting.",
        unit: "{request}",
        values: Values::Gauge(|counted| alone(counted.places_taken as u64)),
    },
    Metric {
        name: "autochrome_arriving_bytes",
        help: "Bytes of bodies that are not done with.",
        unit: "By",
        values: Values::Gauge(|counted| alone(counted.arriving_bytes)),
    },
    Metric {
        name: "autochrome_jobs",
        help: "Jobs by state.",
        unit: "{job}",
        values: Values::Gauge(|counted| {
            let sample = |(state, value): (State, i64)| Sample {
                label: Some(("state", state.name().to_owned())),
                value,
            };
            (counted.jobs)()
                .into_iter()
                .flat_map(|jobs| State::ALL.into_iter().zip(jobs))
                .map(sample)
                .collect()
        }),
    },
];

fn alone(value: u64) -> Vec<Sample> {
    vec![Sample { label: None, value: whole(value) }]
}

fn whole(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, status: u16) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.responses[class].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a picture that took so long.
    pub fn painted(&self, total_ms: f64) {
        self.pictures.add(total_ms / 1e3);
    }
}

impl Times {
    fn add(&self, seconds: f64) {
        let class = CLASSES_S.iter().position(|bound| seconds <= *bound).unwrap_or(CLASSES_S.len());
        self.classes[class].fetch_add(1, Ordering::Relaxed);
        self.total_us.fetch_add((1e6 * seconds) as u64, Ordering::Relaxed);
        #[cfg(feature = "otel")]
        if let Some(twin) = self.twin.get() {
            twin.record(seconds, &[]);
        }
    }
}

/// What is counted, in the text format of Prometheus.
pub fn text(counted: &Counted<'_>) -> String {
    let mut text = String::new();
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{words}");
    };
    for Metric { name, help, values, .. } in &TABLE {
        let (kind, samples) = match values {
            Values::Counter(read) => ("counter", read(counted)),
            Values::Gauge(read) => ("gauge", read(counted)),
            Values::Histogram(_) => ("histogram", Vec::new()),
        };
        line(format_args!("# HELP {name} {help}"));
        line(format_args!("# TYPE {name} {kind}"));
        for Sample { label, value } in samples {
            match label {
                Some((label, of)) => line(format_args!("{name}{{{label}=\"{of}\"}} {value}")),
                None => line(format_args!("{name} {value}")),
            }
        }
        if let Values::Histogram(times) = values {
            let times = times(counted.metrics);
            let mut sum = 0;
            for (class, count) in times.classes.iter().enumerate() {
                sum += count.load(Ordering::Relaxed);
                let bound = CLASSES_S.get(class).map_or("+Inf".to_owned(), f64::to_string);
                line(format_args!("{name}_bucket{{le=\"{bound}\"}} {sum}"));
            }
            let seconds = times.total_us.load(Ordering::Relaxed) as f64 / 1e6;
            line(format_args!("{name}_sum {seconds}"));
            line(format_args!("{name}_count {sum}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(metrics: &Metrics) -> String {
        text(&Counted { metrics, places_taken: 3, arriving_bytes: 9, jobs: &|| Some([7, 0, 0, 0, 0]) })
    }

    #[test]
    fn classes_of_time_add_up() {
        let metrics = Metrics::default();
        [40.0, 60.0, 60.0, 99_999.0].iter().for_each(|ms| metrics.painted(*ms));
        metrics.answered(503);
        let text = told(&metrics);
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
        let text = told(&Metrics::default());
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
