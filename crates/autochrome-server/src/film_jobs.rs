//! Films that are coloured while nobody waits. What is finished of one lies on the disk, so that a server that is killed goes on
//! from there when it starts again; where machines share the queue, all of them work on it (`film_segments`).

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use autochrome::document::FilmDocument;
use autochrome::film::FilmColorist;
use autochrome::{EncodeOptions, Error, Format, Metadata, Pixels, Raster, Tone, encode};
use autochrome_color::render::render8;
use autochrome_color::resize::{Filter, fit_within, resize_plane};
use autochrome_film::{
    Colorist, ColoristError, Existing, FilmError, FilmOptions, FilmSummary, Frame, KeyColors, Keyframe,
    Progress, colorize, parts_folder,
};
use autochrome_jobs::{Kind, Lease, Part, QueueError, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::archive;
use crate::film_segments::Gathered;
use crate::films::{Film, Films, film_problem};
use crate::intake;
use crate::jobs::{Jobs, now_ms};
use crate::problem::Problem;
use crate::studio::Studio;
use crate::trace;

/// How often a frame is shown at most.
const SHOW: Duration = Duration::from_secs(2);
/// Longer side of a frame that is shown.
const SHOWN_PX: usize = 480;

/// Colours films, one after the other.
pub struct FilmWorker {
    /// Where they wait.
    pub jobs: Arc<Jobs>,
    /// Where they lie.
    pub films: Arc<Films>,
    /// What finds their colours.
    pub studio: Arc<Studio>,
    /// Jobs of films that were fetched to work on segments of them, by the films' ids.
    pub(crate) copies: Mutex<HashMap<String, String>>,
}

/// How far a film is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[schema(as = FilmProgress)]
pub struct FilmNews {
    /// Id of the film, as `/v1/films` gave it.
    pub film: String,
    /// Frames that are done.
    pub frames: u64,
    /// Frames of the film, where it says how many it has.
    pub total: Option<u64>,
    /// Frames a second, of those that were done since the server last began with the film.
    pub fps: Option<f64>,
    /// Seconds until it is done.
    pub eta_s: Option<f64>,
    /// Scenes, once all are known.
    pub scenes: Option<u64>,
    /// What is worth knowing of the result, one sentence each, once it is done.
    pub notes: Vec<String>,
}

/// How a job went on.
pub(crate) enum Outcome {
    Done {
        name: String,
        media_type: &'static str,
        bytes: i64,
        /// What is told of a film at last.
        news: Option<FilmNews>,
    },
    Failed(Problem),
    /// Nobody wants it any more, or the server goes down.
    Stopped,
}

/// What went wrong with a film.
pub(crate) enum Trouble {
    Film(Error),
    Queue(QueueError),
    /// A segment failed: code and words.
    Segment(String, String),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Film(error)
    }
}

impl From<FilmError> for Trouble {
    fn from(error: FilmError) -> Self {
        Self::Film(error.into())
    }
}

/// A film in work.
#[derive(Default)]
pub(crate) struct Reached {
    /// How far it is, and how many frames are safe.
    pub news: Mutex<(FilmNews, u64)>,
    /// Its segments, where it has some.
    pub gathered: OnceLock<Gathered>,
}

/// What a job of a film is about.
pub(crate) struct Given<'a> {
    pub lease: &'a Lease,
    /// What its sender calls the film.
    pub name: &'a str,
    pub film: &'a Film,
    pub document: &'a FilmDocument,
    /// Files that came with it.
    pub files: Vec<(String, Part)>,
    /// Where the result is to be made.
    pub output: &'a std::path::Path,
}

impl FilmWorker {
    /// One that has not begun.
    pub fn new(jobs: &Arc<Jobs>, films: &Arc<Films>, studio: &Arc<Studio>) -> Self {
        Self {
            jobs: Arc::clone(jobs),
            films: Arc::clone(films),
            studio: Arc::clone(studio),
            copies: Mutex::default(),
        }
    }

    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(self) -> std::io::Result<thread::JoinHandle<()>> {
        thread::Builder::new().name("films".to_owned()).spawn(move || self.work())
    }

    fn work(&self) {
        while !self.jobs.is_stopping() {
            match self.jobs.queue().lease(&Kind::FILMS, now_ms()) {
                Ok(Some(lease)) if lease.kind == Kind::Segment => self.one_segment(&lease, None),
                Ok(Some(lease)) => self.one(&lease),
                // It has waited already.
                Ok(None) if self.jobs.queue().waits() => self.drop_unused_copies(),
                _ => self.jobs.wait_for_film(),
            }
        }
    }

    /// Works on one film, and renews its lease meanwhile.
    fn one(&self, lease: &Lease) {
        let _traced = trace::job(lease).entered();
        let (stop, reached) = (Arc::new(AtomicBool::new(false)), Reached::default());
        let told_safe = AtomicU64::new(0);
        let is_lost = || {
            self.count_segments(lease, &reached);
            let (now, safe) = reached.news.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let told = self.report_progress(lease, &now);
            if told_safe.swap(safe, Ordering::Relaxed) < safe {
                // A film that goes on is not what brings the server down.
                let _ = self.jobs.queue().advance(lease);
            }
            matches!(told, Err(QueueError::LeaseLost)) || self.jobs.is_stopping()
        };
        let done = self.jobs.hold(&stop, &is_lost, || self.film(lease, &stop, &reached));
        self.end(lease, done);
        if reached.gathered.get().is_some() {
            self.forget_segments(&lease.job);
            self.films.delete_job(&lease.job);
        }
    }

    /// Says what became of a job.
    pub(crate) fn end(&self, lease: &Lease, done: thread::Result<Result<Outcome, QueueError>>) {
        let queue = self.jobs.queue();
        let told = match done {
            Ok(Ok(Outcome::Done { name, media_type, bytes, news })) => news
                .map_or(Ok(()), |news| self.report_progress(lease, &news))
                .and_then(|()| queue.store_result_file(lease, &name, media_type, bytes))
                .and_then(|()| self.jobs.finish(lease, media_type)),
            Ok(Ok(Outcome::Failed(Problem { code, detail, .. }))) => self.jobs.fail(lease, code, &detail),
            Ok(Ok(Outcome::Stopped)) => self.jobs.release(lease),
            Ok(Err(error)) => Err(error),
            Err(_) => {
                let Problem { code, detail, .. } = Problem::defect();
                self.jobs.fail(lease, code, &detail)
            }
        };
        // A job that somebody cancelled meanwhile needs nothing more.
        self.jobs.release_for_later(lease, &told);
        if told.is_err_and(|error| error.is_passing()) {
            // What failed just now would fail again at once.
            self.jobs.wait_for_film();
        }
    }

    fn report_progress(&self, lease: &Lease, news: &FilmNews) -> Result<(), QueueError> {
        let share = news.total.map_or(0.0, |total| news.frames as f64 / total.max(1) as f64);
        let detail = serde_json::to_string(news).unwrap_or_default();
        self.jobs.queue().heartbeat(lease, share, Some(&detail), now_ms())
    }

    /// What a job is about; one without anything left is over, and ends as its file says.
    pub(crate) fn next(&self, lease: &Lease) -> Result<Part, QueueError> {
        if let Some((_, part)) = self.jobs.queue().next_picture(lease)? {
            return Ok(part);
        }
        match self.jobs.queue().files(&lease.job)?.into_iter().next().map(|file| file.outcome) {
            // Killed between the result and the end of the job.
            Some(Ok((media_type, _))) => self.jobs.finish(lease, &media_type)?,
            Some(Err((code, detail))) => self.jobs.fail(lease, &code, &detail)?,
            None => {
                let Problem { code, detail, .. } = Problem::defect();
                self.jobs.fail(lease, code, &detail)?;
            }
        }
        Err(QueueError::LeaseLost)
    }

    /// The film of a job, or why the job fails.
    ///
    /// # Errors
    /// For what is this worker's trouble and passes, as a full disk or a store that does not answer.
    pub(crate) fn find_film(&self, id: &str) -> Result<Result<Arc<Film>, Problem>, QueueError> {
        match self.films.get(id) {
            Err(problem) if problem.retry_after_s.is_some() => Err(QueueError::Store(problem.detail)),
            found => Ok(found),
        }
    }

    /// Colours the film of a job.
    fn film(&self, lease: &Lease, stop: &Arc<AtomicBool>, reached: &Reached) -> Result<Outcome, QueueError> {
        let Part { name, bytes: id } = self.next(lease)?;
        let files = self.jobs.queue().extras(lease)?;
        let film = match self.find_film(&String::from_utf8_lossy(&id))? {
            Ok(film) => film,
            Err(problem) => return Ok(Outcome::Failed(problem)),
        };
        let Ok(document) = serde_json::from_str::<FilmDocument>(&lease.options) else {
            return Ok(Outcome::Failed(Problem::defect()));
        };
        reached.news.lock().unwrap_or_else(PoisonError::into_inner).0.film.clone_from(&film.id);
        let extension = document.extension(film.source.layout().depth);
        let folder = self.films.job_folder(&lease.job);
        let output = folder.join(format!("result.{extension}"));
        let given = Given { lease, name: &name, film: &film, document: &document, files, output: &output };
        let done = match self.jobs.store() {
            Some(store) => self.gather(store.as_ref(), given, stop, reached),
            None => self.whole(given, stop, reached).map_err(Trouble::Film),
        };
        Ok(match done {
            Ok(news) => {
                self.films.touch(&film.id);
                let bytes = output.metadata().map_or(0, |file| i64::try_from(file.len()).unwrap_or(i64::MAX));
                self.films.share_result(&lease.job, &film.id, &output)?;
                let name = archive::name(&name, extension, &[]);
                Outcome::Done { name, media_type: media_type(extension), bytes, news: Some(news) }
            }
            Err(Trouble::Queue(error)) => return Err(error),
            Err(Trouble::Segment(code, detail)) => {
                self.jobs.fail(lease, &code, &detail)?;
                return Err(QueueError::LeaseLost);
            }
            Err(Trouble::Film(error)) => failed(error, stop, &film, &output),
        })
    }

    /// Makes a film alone, from where it was left.
    fn whole(&self, given: Given<'_>, stop: &AtomicBool, reached: &Reached) -> Result<FilmNews, Error> {
        let Given { lease, name, film, document, files, output } = given;
        let folder = self.films.job_folder(&lease.job);
        fs::create_dir_all(&folder).map_err(|source| FilmError::Io { path: folder, source })?;
        let news = || reached.news.lock().unwrap_or_else(PoisonError::into_inner);
        // Killed between the last frame and the news of it.
        if output.is_file() && !parts_folder(output).exists() {
            return Ok(news().0.clone());
        }
        let ffmpeg = self.films.ffmpeg()?;
        let guidance = self.studio.film(document, intake::from_parts(files))?;
        let range = document.range()?;
        let colorist = guidance.colorist(self.studio.pipeline(), &ffmpeg, &film.source, range, stop)?;
        let options = document.options(lease.options.clone())?;
        let previewer = Previewer::new(self, Some(lease), name, &colorist, options.tone);
        let begun = Begun::new(&film.id);
        let hear = |at: Progress| *news() = begun.news(at);
        let run =
            |options: &FilmOptions| colorize(&ffmpeg, &film.source, output, options, &previewer, stop, &hear);
        let summary = match run(&options) {
            // Parts that another version of this program made.
            Err(FilmError::OtherParts { .. }) => {
                run(&FilmOptions { existing: Existing::Replace, ..options.clone() })?
            }
            done => done?,
        };
        let last = news().0.clone();
        Ok(FilmNews { notes: notes(film, &summary, &options, &colorist), ..last.finish(&summary) })
    }
}

/// Forgets films that nobody used for the time `keep`, and what jobs left that are over without a result.
pub fn sweep(jobs: &Jobs, films: &Films, keep: Duration) {
    let queue = jobs.queue();
    // A queue that does not answer says nothing about what may go.
    let Ok(in_use) = queue.in_use(Kind::Video) else { return };
    let has_result = |job: &str| match queue.get(job) {
        Ok(job) => !matches!(job.state, State::Failed | State::Cancelled),
        Err(QueueError::Unknown) => false,
        Err(_) => true,
    };
    films.delete_unused(keep, &in_use, &has_result);
}

/// What becomes of a job whose work ended so.
pub(crate) fn failed(error: Error, stop: &AtomicBool, film: &Film, output: &std::path::Path) -> Outcome {
    match error {
        Error::Film(FilmError::Stopped) | Error::Stopped => Outcome::Stopped,
        _ if stop.load(Ordering::Relaxed) => Outcome::Stopped,
        Error::Film(error) => {
            let problem = film_problem(error, &film.source.path, &film.name);
            Outcome::Failed(Problem { detail: without(&problem.detail, output), ..problem })
        }
        error => Outcome::Failed(error.into()),
    }
}

/// Words without where the result lies on this machine.
fn without(detail: &str, output: &std::path::Path) -> String {
    detail.replace(&output.display().to_string(), "the result")
}

/// The media type of a film by the ending of its name.
pub fn media_type(extension: &str) -> &'static str {
    match extension {
        "mov" => "video/quicktime",
        "mkv" => "video/x-matroska",
        "webm" => "video/webm",
        _ => "video/mp4",
    }
}

/// The file that is the result of a job of this media type.
pub fn result_path(films: &Films, job: &str, media_type: &str) -> PathBuf {
    let extension = ["mov", "mkv", "webm"].into_iter().find(|known| self::media_type(known) == media_type);
    films.job_folder(job).join(format!("result.{}", extension.unwrap_or("mp4")))
}

/// What is worth knowing of a result.
pub(crate) fn notes(
    film: &Film,
    summary: &FilmSummary,
    options: &FilmOptions,
    colorist: &FilmColorist<'_>,
) -> Vec<String> {
    let mut notes = source_notes(film);
    notes.extend(colorist.warnings());
    if !summary.kept_s.is_empty() {
        notes.push(format!("{} scenes are in colour already and stay as they are", summary.kept_s.len()));
    }
    let missing = options.keep_scenes.iter().filter(|scene| **scene >= summary.scenes).count();
    if missing > 0 {
        notes
            .push(format!("{missing} of the scenes to leave are not there; the film has {}", summary.scenes));
    }
    if let Some(damage) = &summary.damage {
        notes.push(format!("the film is damaged, what could be read is done ({damage})"));
    }
    notes
}

/// What is done with a film that is not as most are.
pub fn source_notes(film: &Film) -> Vec<String> {
    let source = &film.source;
    let mut about: Vec<&str> = source.treatment().into_iter().collect();
    if source.turned {
        about.push("the film is stored turned; it is written upright");
    }
    if source.hdr() {
        about.push("the film is HDR; colours are found as if it were not, and may be too weak");
    }
    about.into_iter().map(str::to_owned).collect()
}

impl FilmNews {
    pub(crate) fn finish(self, summary: &FilmSummary) -> Self {
        let scenes = Some(summary.scenes);
        Self { frames: summary.frames, total: Some(summary.frames), eta_s: Some(0.0), scenes, ..self }
    }
}

/// When the work began, and with which frame.
pub(crate) struct Begun {
    film: String,
    first: Mutex<Option<(Instant, u64)>>,
}

impl Begun {
    pub fn new(film: &str) -> Self {
        Self { film: film.to_owned(), first: Mutex::default() }
    }

    pub fn news(&self, at: Progress) -> (FilmNews, u64) {
        let Progress { frames, total, safe } = at;
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, first) = *first.get_or_insert_with(|| (Instant::now(), frames));
        let fps = (frames > first).then(|| (frames - first) as f64 / start.elapsed().as_secs_f64().max(1e-3));
        let eta_s = total.zip(fps).map(|(total, fps)| total.saturating_sub(frames) as f64 / fps);
        (
            FilmNews { film: self.film.clone(), frames, total, fps, eta_s, scenes: None, notes: Vec::new() },
            safe,
        )
    }
}

/// Shows a keyframe now and then.
pub(crate) struct Previewer<'a> {
    worker: &'a FilmWorker,
    /// The film's, where this process has its job.
    lease: Option<&'a Lease>,
    name: &'a str,
    colorist: &'a FilmColorist<'a>,
    tone: Tone,
    last: Mutex<Option<Instant>>,
}

impl<'a> Previewer<'a> {
    pub fn new(
        worker: &'a FilmWorker,
        lease: Option<&'a Lease>,
        name: &'a str,
        colorist: &'a FilmColorist<'a>,
        tone: Tone,
    ) -> Self {
        Self { worker, lease, name, colorist, tone, last: Mutex::default() }
    }

    fn send_preview(&self, key: &Keyframe, colors: &KeyColors) {
        let Some(lease) = self.lease else { return };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < SHOW) {
            return;
        }
        *last = Some(Instant::now());
        let (width, height) = fit_within(key.luma.width(), key.luma.height(), SHOWN_PX);
        let luma = resize_plane(&key.luma, width, height, Filter::Area);
        let smaller = (colors.chroma.a.width() > width || colors.chroma.a.height() > height)
            .then(|| autochrome_color::resize::resize_chroma(&colors.chroma, width, height, Filter::Area));
        let rgb = render8(&luma, smaller.as_ref().unwrap_or(&colors.chroma), &self.tone);
        if let Ok(bytes) = jpeg(&Frame { width, height, rgb }) {
            // Who wanted to look early can look later.
            let _ = self.worker.jobs.queue().preview(lease, self.name, &bytes);
        }
    }
}

impl Colorist for Previewer<'_> {
    fn colors(&self, key: &Keyframe) -> Result<KeyColors, ColoristError> {
        let colors = self.colorist.colors(key)?;
        self.send_preview(key, &colors);
        Ok(colors)
    }

    fn is_required_keyframe(&self, number: u64) -> bool {
        self.colorist.is_required_keyframe(number)
    }

    fn needs_colors(&self) -> bool {
        self.colorist.needs_colors()
    }
}

/// A frame as JPEG.
///
/// # Errors
/// When it has no pixels.
pub fn jpeg(frame: &Frame) -> Result<Vec<u8>, Error> {
    let side = |px: usize| u32::try_from(px).unwrap_or(u32::MAX);
    let raster = Raster::new(side(frame.width), side(frame.height), Pixels::Rgb8(frame.rgb.clone()))?;
    Ok(encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Jpeg))?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use autochrome::{Budget, Limits};
    use autochrome_jobs::{NewJob, Store};

    use super::*;
    use crate::QueuePlace;
    use crate::jobs::BOUNDS;

    /// A store that does not answer.
    struct Away;

    fn away<T>() -> Result<T, QueueError> {
        Err(QueueError::Store("away".to_owned()))
    }

    impl Store for Away {
        fn put(&self, _: &str, _: &[u8]) -> Result<(), QueueError> {
            away()
        }
        fn get(&self, _: &str) -> Result<Option<Vec<u8>>, QueueError> {
            away()
        }
        fn put_file(&self, _: &str, _: &Path) -> Result<(), QueueError> {
            away()
        }
        fn get_file(&self, _: &str, _: &Path) -> Result<bool, QueueError> {
            away()
        }
        fn delete(&self, _: &str) -> Result<(), QueueError> {
            away()
        }
        fn delete_all(&self, _: &str) -> Result<(), QueueError> {
            away()
        }
    }

    /// A worker with one film to colour; the id of that job.
    fn worker(folder: &Path, store: Option<Arc<dyn Store>>) -> (FilmWorker, String) {
        // It waits no longer than jobs are kept.
        let keep = Some(Duration::from_millis(10));
        let jobs = Arc::new(Jobs::open(folder, &QueuePlace::Memory, keep).unwrap());
        let films = Arc::new(Films::open(folder, None, 100, store, true).unwrap());
        let studio = Arc::new(Studio::new(Limits::default(), Budget::DEFAULT_BYTES, None));
        let film = Part { name: "film.mp4".to_owned(), bytes: "a".repeat(32).into_bytes() };
        let new =
            NewJob { kind: Kind::Video, pictures: vec![film], options: "{}".to_owned(), ..NewJob::default() };
        let id = jobs.add(&new).unwrap().id;
        (FilmWorker::new(&jobs, &films, &studio), id)
    }

    fn lease(worker: &FilmWorker, now_ms: i64) -> Lease {
        worker.jobs.queue().lease(&Kind::FILMS, now_ms).unwrap().unwrap()
    }

    #[test]
    fn a_film_whose_worker_died_after_putting_back_its_result_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let (worker, id) = worker(folder.path(), None);
        let queue = worker.jobs.queue();
        let dead = lease(&worker, now_ms());
        queue.store_result_file(&dead, "film.color.mkv", "video/x-matroska", 5).unwrap();
        worker.one(&lease(&worker, now_ms() + BOUNDS.lease_ms));
        let job = queue.get(&id).unwrap();
        assert_eq!((job.state, job.result_type.as_deref()), (State::Done, Some("video/x-matroska")));
    }

    #[test]
    fn a_store_that_is_away_does_not_fail_a_film() {
        let folder = tempfile::tempdir().unwrap();
        let (worker, id) = worker(folder.path(), Some(Arc::new(Away)));
        worker.one(&lease(&worker, now_ms()));
        let job = worker.jobs.queue().get(&id).unwrap();
        assert_eq!((job.state, job.attempts, job.error), (State::Queued, 0, None));
    }

    #[test]
    fn a_film_that_is_not_there_fails() {
        let folder = tempfile::tempdir().unwrap();
        let (worker, id) = worker(folder.path(), None);
        worker.one(&lease(&worker, now_ms()));
        let job = worker.jobs.queue().get(&id).unwrap();
        assert_eq!((job.state, job.error.unwrap().0.as_str()), (State::Failed, "unknown-film"));
    }

    #[test]
    fn a_film_in_work_stays_and_goes_when_its_job_is_long_over() {
        let folder = tempfile::tempdir().unwrap();
        let (worker, _) = worker(folder.path(), None);
        let film = folder.path().join("films").join("a".repeat(32));
        fs::create_dir(&film).unwrap();
        let about = fs::File::create(film.join("about.json")).unwrap();
        let age = |seconds| about.set_modified(std::time::SystemTime::now() - Duration::from_secs(seconds));
        let keep = Duration::from_secs(60);
        let sweep = || sweep(&worker.jobs, &worker.films, keep);
        age(100).unwrap();
        sweep();
        let lease = lease(&worker, now_ms());
        worker.jobs.fail(&lease, "corrupt-file", "").unwrap();
        sweep();
        assert!(film.exists(), "it was in use a moment ago");
        age(100).unwrap();
        sweep();
        assert!(!film.exists());
    }
}
