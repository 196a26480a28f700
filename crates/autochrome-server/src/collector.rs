//! Spans and metrics for a collector of OpenTelemetry (feature `otel`), which the variables of its specification name.
//!
//! Threads of their own send what was noted, in groups; what finds no room until then is dropped. So a collector that is slow or away
//! delays no request, and the log says once that it is away and once that it answers again.

use std::env;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::metrics::AsyncInstrument;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{Key, KeyValue, global};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata, Subscriber, info, warn};
use tracing_subscriber::filter::{FilterFn, LevelFilter};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

use crate::app::App;
use crate::metrics::{CLASSES_S, Counted, Metric, Sample, TABLE, Values};
use crate::trace;

/// What the SDK calls us where nobody says a name.
const SERVICE_NAME: &str = "service.name";
/// What tells processes of one name apart.
const INSTANCE: &str = "service.instance.id";

/// How long what is left may take when the process ends.
const FLUSH: Duration = Duration::from_secs(5);

/// How long the collector may take over a group, unless `OTEL_EXPORTER_OTLP_TIMEOUT` says another time in milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// What sends; dropping it sends what is left, for [`FLUSH`] at most.
pub struct Sending {
    spans: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
}

/// Whether a signal is wanted: there is a collector, and nobody says that there be none.
fn is_wanted(signal: &str) -> bool {
    let said = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let is = |name: &str, value: &str| said(name).is_some_and(|said| said.eq_ignore_ascii_case(value));
    let names = ["OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")];
    names.iter().any(|name| said(name).is_some())
        && !is("OTEL_SDK_DISABLED", "true")
        && !is(&format!("OTEL_{signal}_EXPORTER"), "none")
}

impl Sending {
    /// Begins to send what the environment asks for, under the name `service` unless that has another; `None` when it asks for
    /// nothing.
    ///
    /// # Errors
    /// In words, when what it asks for cannot be done.
    pub fn start(service: &'static str) -> Result<Option<Self>, String> {
        let (traces, metrics) = (is_wanted("TRACES"), is_wanted("METRICS"));
        if !traces && !metrics {
            return Ok(None);
        }
        let protocol = env::var("OTEL_EXPORTER_OTLP_PROTOCOL").unwrap_or_default();
        if !["", "http/protobuf"].contains(&protocol.as_str()) {
            return Err(format!(
                "OTEL_EXPORTER_OTLP_PROTOCOL is {protocol}; this program speaks http/protobuf"
            ));
        }
        let client = Collector::new()?;
        let resource = resource(service);
        let refused = |error: opentelemetry_otlp::ExporterBuildError| error.to_string();
        let spans = || {
            let exporter = SpanExporter::builder().with_http().with_http_client(client.clone()).build();
            let provider = SdkTracerProvider::builder().with_resource(resource.clone());
            exporter.map(|exporter| provider.with_batch_exporter(exporter).build()).map_err(refused)
        };
        let counts = || {
            let exporter = MetricExporter::builder().with_http().with_http_client(client.clone()).build();
            let provider = SdkMeterProvider::builder().with_resource(resource.clone());
            exporter.map(|exporter| provider.with_periodic_exporter(exporter).build()).map_err(refused)
        };
        let spans = traces.then(spans).transpose()?;
        let metrics = metrics.then(counts).transpose()?;
        if let Some(metrics) = &metrics {
            global::set_meter_provider(metrics.clone());
        }
        Ok(Some(Self { spans, metrics }))
    }

    /// What passes spans on: those of `trace`, and in them what the log warns of.
    pub fn layer<S>(&self) -> Option<impl tracing_subscriber::Layer<S> + Send + Sync + use<S>>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let tracer = self.spans.as_ref()?.tracer("autochrome");
        let ours = |of: &Metadata<'_>| {
            if of.is_span() {
                of.target() == trace::TARGET
            } else {
                *of.level() <= Level::WARN && of.target().starts_with("autochrome")
            }
        };
        // Without the hint everything that libraries trace would be looked at.
        let ours = FilterFn::new(ours).with_max_level_hint(LevelFilter::INFO);
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false);
        Some(layer.with_filter(ours))
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        let (spans, metrics) = (self.spans.take(), self.metrics.take());
        let (done, is_done) = mpsc::channel();
        // What cannot be sent by then is nobody's loss but the collector's.
        thread::spawn(move || {
            let _ = spans.map(|spans| spans.shutdown_with_timeout(FLUSH));
            let _ = metrics.map(|metrics| metrics.shutdown_with_timeout(FLUSH));
            let _ = done.send(());
        });
        let _ = is_done.recv_timeout(FLUSH);
    }
}

/// Who sends.
fn resource(service: &'static str) -> Resource {
    let around = Resource::builder().build();
    let is_named = around
        .get(&Key::from_static_str(SERVICE_NAME))
        .is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    let mut known = vec![KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))];
    if !is_named {
        known.push(KeyValue::new(SERVICE_NAME, service));
    }
    if around.get(&Key::from_static_str(INSTANCE)).is_none() {
        let mut random = [0; 8];
        // Without random numbers processes are told apart by what the collector adds.
        if getrandom::fill(&mut random).is_ok() {
            known.push(KeyValue::new(INSTANCE, hex::encode(random)));
        }
    }
    Resource::builder().with_attributes(known).build()
}

/// The way to the collector.
#[derive(Clone, Debug)]
struct Collector {
    client: reqwest::blocking::Client,
    is_away: Arc<AtomicBool>,
}

impl Collector {
    fn new() -> Result<Self, String> {
        // TLS without a default is a panic; one that is set already serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let timeout = env::var("OTEL_EXPORTER_OTLP_TIMEOUT").ok().and_then(|ms| ms.parse().ok());
        let client = reqwest::blocking::Client::builder()
            .timeout(timeout.map_or(PATIENCE, Duration::from_millis))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client, is_away: Arc::default() })
    }

    /// Tells once that the collector no longer takes what it is sent, and once that it does again.
    fn note(&self, refused: Option<String>) {
        if self.is_away.swap(refused.is_some(), Ordering::Relaxed) == refused.is_some() {
            return;
        }
        match refused {
            Some(why) => {
                warn!(why, "the collector does not take spans and metrics; they are dropped until it does")
            }
            None => info!("the collector takes spans and metrics again"),
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.client.send_bytes(request).await;
        self.note(match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answers {}", answer.status())),
            Err(error) => Some(why(error)),
        });
        answer
    }
}

/// What went wrong, without the address: that may have a password, and stands in the words of the outermost error alone.
fn why(error: &HttpError) -> String {
    if error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout) {
        return "it does not answer in time".to_owned();
    }
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.last().map_or_else(|| "it cannot be asked".to_owned(), ToString::to_string)
}

/// Has the collector told what `app` counts, where one is told anything; keeps `app` for as long as the process lives.
pub fn observe(app: &Arc<App>) {
    let meter = global::meter("autochrome");
    for Metric { name, help, unit, values } in &TABLE {
        // Whoever makes Prometheus of it adds the end again.
        let name = name.trim_end_matches("_total");
        match *values {
            Values::Counter(read) => {
                let counter = meter.u64_observable_counter(name).with_description(*help).with_unit(*unit);
                let tell = |value: i64| u64::try_from(value).unwrap_or(0);
                let app = Arc::clone(app);
                counter.with_callback(move |told| observe_all(&app, read, told, tell)).build();
            }
            Values::Gauge(read) => {
                let gauge = meter.i64_observable_gauge(name).with_description(*help).with_unit(*unit);
                let app = Arc::clone(app);
                gauge.with_callback(move |told| observe_all(&app, read, told, |value| value)).build();
            }
            Values::Histogram(times) => {
                let histogram = meter.f64_histogram(name).with_description(*help).with_unit(*unit);
                let _ = times(&app.metrics).twin.set(histogram.with_boundaries(CLASSES_S.to_vec()).build());
            }
        }
    }
}

fn observe_all<T>(
    app: &App,
    read: fn(&Counted<'_>) -> Vec<Sample>,
    told: &dyn AsyncInstrument<T>,
    number: impl Fn(i64) -> T,
) {
    let counted = Counted {
        metrics: &app.metrics,
        places_taken: app.pool.taken(),
        arriving_bytes: app.arrivals.bytes(),
        jobs: &|| app.jobs.queue().count().ok(),
    };
    for Sample { label, value } in read(&counted) {
        let label = label.map(|(name, of)| KeyValue::new(name, of));
        told.observe(number(value), label.as_slice());
    }
}
