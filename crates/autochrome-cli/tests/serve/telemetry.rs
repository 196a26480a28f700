//! What `autochrome serve` and `autochrome worker` send to a collector of OpenTelemetry.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::metrics::v1::{metric, number_data_point};
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode};
use prost::Message as _;

use crate::client::{CAMERA, Client, FORM, PNG, form};
use crate::{autochrome, listening};

/// The trace that a caller says its request belongs to, and the span in it.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// Paths and bodies of requests.
type Received = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Takes what is sent.
pub struct Collector {
    pub address: String,
    received: Received,
}

impl Collector {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received = Received::default();
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || {
                    let mut stream = BufReader::new(stream.unwrap());
                    while let Some(request) = read(&mut stream) {
                        kept.lock().unwrap().push(request);
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                        if stream.get_mut().write_all(answer).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { address, received }
    }

    fn bodies(&self, path: &str) -> Vec<Vec<u8>> {
        let received = self.received.lock().unwrap();
        received.iter().filter(|(to, _)| to == path).map(|(_, body)| body.clone()).collect()
    }

    /// Every span, with the service that sent it.
    pub fn spans(&self) -> Vec<(String, Span)> {
        let mut spans = Vec::new();
        for body in self.bodies("/v1/traces") {
            for of in ExportTraceServiceRequest::decode(body.as_slice()).unwrap().resource_spans {
                let service = texts(&of.resource.unwrap().attributes)["service.name"].clone();
                let sent = of.scope_spans.into_iter().flat_map(|scope| scope.spans);
                spans.extend(sent.map(|span| (service.clone(), span)));
            }
        }
        spans
    }

    /// The span of this name, which is there once.
    #[track_caller]
    pub fn span(&self, name: &str) -> (String, Span) {
        let spans = self.spans();
        let of_name: Vec<_> = spans.iter().filter(|(_, span)| span.name == name).collect();
        let names: Vec<&str> = spans.iter().map(|(_, span)| span.name.as_str()).collect();
        assert_eq!(of_name.len(), 1, "{name} among {names:?}");
        of_name[0].clone()
    }
}

/// A request's path and body; `None` at the end of the connection.
fn read(stream: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let (mut head, mut length) = (String::new(), 0);
    stream.read_line(&mut head).ok().filter(|bytes| *bytes > 0)?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((head.split(' ').nth(1)?.to_owned(), body))
}

/// Attributes as text.
pub fn texts(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let attributes = attributes.iter().map(|of| {
        let value = of.value.as_ref().and_then(|value| value.value.as_ref()).unwrap();
        (of.key.clone(), text(value))
    });
    attributes.collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A server that sends to `collector`.
fn server(folder: &Path, collector: &str) -> (Child, Client) {
    let mut command = autochrome(folder, &["serve", "--bind", "127.0.0.1:0", "--log", "off"]);
    listening(watched(&mut command, collector))
}

fn watched<'a>(command: &'a mut Command, collector: &str) -> &'a mut Command {
    let group = "deployment.environment.name=test";
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector).env("OTEL_RESOURCE_ATTRIBUTES", group)
}

/// Asks a process to end, which sends what is left; how long that took.
pub fn end(child: &mut Child) -> Duration {
    let begun = Instant::now();
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success() && child.wait().unwrap().success());
    begun.elapsed()
}

#[test]
fn a_job_and_the_request_that_made_it_are_one_trace() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let (mut child, client) = server(folder.path(), &collector.address);
    let body = form(&[("image", CAMERA), ("options", br#"{"method":"gray"}"#)]);
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let id = client.job(&[FORM, ("traceparent", &parent)], &body);
    assert_eq!(client.over(&id)["state"], "done");
    end(&mut child);

    let (service, request) = collector.span("POST /v1/jobs");
    assert_eq!(service, "autochrome-server");
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.into(), PARENT.into()));
    assert_eq!(request.kind(), SpanKind::Server);
    let about = texts(&request.attributes);
    for (key, value) in
        [("http.request.method", "POST"), ("http.route", "/v1/jobs"), ("http.response.status_code", "202")]
    {
        assert_eq!(about[key], value, "{about:?}");
    }
    let (_, job) = collector.span("job image");
    assert_eq!((&job.trace_id, &job.parent_span_id), (&request.trace_id, &request.span_id));
    let about = texts(&job.attributes);
    for (key, value) in [
        ("autochrome.job.id", id.as_str()),
        ("autochrome.job.kind", "image"),
        ("autochrome.job.attempt", "1"),
        ("autochrome.job.outcome", "done"),
    ] {
        assert_eq!(about[key], value, "{about:?}");
    }
    assert!(job.end_time_unix_nano > job.start_time_unix_nano);
}

#[test]
fn a_job_that_fails_says_why() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let (mut child, client) = server(folder.path(), &collector.address);
    let id = client.job(&[PNG], &CAMERA[..CAMERA.len() / 2]);
    assert_eq!(client.over(&id)["state"], "failed");
    end(&mut child);
    let (_, job) = collector.span("job image");
    let about = texts(&job.attributes);
    assert_eq!((&*about["autochrome.job.outcome"], &*about["error.type"]), ("failed", "truncated-file"));
    assert_eq!(job.status.as_ref().unwrap().code(), StatusCode::Error);
    // What the log warns of lies in the span, with its figures and without a name.
    let warned = job.events.iter().find(|event| event.name == "a job failed").unwrap();
    assert_eq!(texts(&warned.attributes)["code"], "truncated-file");
}

#[test]
fn what_prometheus_is_told_the_collector_is_told() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let (mut child, client) = server(folder.path(), &collector.address);
    let body = form(&[("image", CAMERA), ("options", br#"{"method":"gray"}"#)]);
    assert_eq!(client.post("/v1/colorize", &[FORM], &body).status, 200);
    let id = client.job(&[FORM], &body);
    assert_eq!(client.over(&id)["state"], "done");
    let prometheus = String::from_utf8(client.get("/metrics").body).unwrap();
    end(&mut child);

    let last = collector.bodies("/v1/metrics").pop().expect("metrics are sent");
    let sent = ExportMetricsServiceRequest::decode(last.as_slice()).unwrap();
    let about = texts(&sent.resource_metrics[0].resource.as_ref().unwrap().attributes);
    assert_eq!(about["deployment.environment.name"], "test");
    assert!(!about["service.instance.id"].is_empty());
    let scopes = sent.resource_metrics.into_iter().flat_map(|of| of.scope_metrics);
    let metrics: BTreeMap<String, metric::Data> =
        scopes.flat_map(|of| of.metrics).map(|of| (of.name, of.data.unwrap())).collect();
    for line in prometheus.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap().trim_end_matches("_total");
        assert!(metrics.contains_key(name), "{name} is not among {:?}", metrics.keys());
    }
    let metric::Data::Sum(answers) = &metrics["autochrome_responses"] else { panic!("answers are a sum") };
    let good = answers.data_points.iter().find(|point| texts(&point.attributes)["status"] == "2xx").unwrap();
    let Some(number_data_point::Value::AsInt(good)) = good.value else { panic!("a whole number") };
    // Those of `client.over` are as many as it took.
    assert!(answers.is_monotonic && good >= 4, "{good}");
    let metric::Data::Gauge(jobs) = &metrics["autochrome_jobs"] else { panic!("jobs are a gauge") };
    let done = jobs.data_points.iter().find(|point| texts(&point.attributes)["state"] == "done").unwrap();
    assert_eq!(done.value, Some(number_data_point::Value::AsInt(1)));
    let metric::Data::Histogram(times) = &metrics["autochrome_picture_seconds"] else { panic!("times") };
    let point = &times.data_points[0];
    assert_eq!(
        (point.count, point.explicit_bounds.first(), point.explicit_bounds.len()),
        (1, Some(&0.05), 8)
    );
}

#[test]
fn a_collector_that_is_away_delays_nobody_and_is_told_of_once() {
    // One refuses connections, the other takes them and says nothing.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [closed, silent.local_addr().unwrap()] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = autochrome(folder.path(), &["serve", "--bind", "127.0.0.1:0", "--log", "json"]);
        watched(&mut command, &format!("http://{address}")).env("OTEL_BSP_SCHEDULE_DELAY", "50");
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut words = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        words.read_line(&mut line).unwrap();
        let client = Client {
            address: line.split_once("http://").unwrap().1.split(';').next().unwrap().parse().unwrap(),
        };
        let begun = Instant::now();
        for _ in 0..20 {
            assert_eq!(client.get("/healthz").status, 200);
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let took = end(&mut child);
        // Five seconds for what is left, and what the end takes anyway.
        assert!(took < Duration::from_secs(9), "{took:?}");
        let mut rest = String::new();
        words.read_to_string(&mut rest).unwrap();
        let told = rest.matches("the collector does not take spans and metrics").count();
        assert!(told == usize::from(address == closed), "{told} times in\n{rest}");
        assert!(!rest.contains(&address.port().to_string()), "addresses may have passwords\n{rest}");
        assert_eq!(rest.contains("refused"), address == closed, "{rest}");
    }
}

#[test]
fn without_a_collector_nothing_is_sent_and_none_of_another_protocol_is_tried() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    for (name, value) in [("OTEL_SDK_DISABLED", "true"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")] {
        let mut command = autochrome(folder.path(), &["serve", "--bind", "127.0.0.1:0", "--log", "off"]);
        let (mut child, client) = listening(watched(&mut command, &collector.address).env(name, value));
        assert_eq!(client.get("/healthz").status, 200);
        end(&mut child);
    }
    assert!(collector.received.lock().unwrap().is_empty());
}
