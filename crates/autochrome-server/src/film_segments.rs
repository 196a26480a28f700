//! One film by all workers, where machines share the queue: the worker that has the film's job finds its segments and adds a job for
//! each, works on segments as the others do until none is left, and puts them together.
//!
//! What workers need of a film, and the segments that are done, lie in the store below the film's job: whoever takes that job over
//! goes on from there. A segment's job only marks it as to be done.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use autochrome::document::FilmDocument;
use autochrome_film::{
    ColoredSegment, FilmError, FilmSummary, Outline, Progress, Segment, Track, colorize_segment,
    join_segments, parts_folder, segments,
};
use autochrome_jobs::{Job, Kind, Lease, NewJob, Part, QueueError, State, Store};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::film_jobs::{
    Begun, FilmNews, FilmWorker, Given, Outcome, Previewer, Reached, Trouble, failed, notes,
};
use crate::intake;
use crate::jobs::{RENEW, now_ms};
use crate::problem::Problem;
use crate::trace;

/// Media type of what a segment's job has made.
const MADE: &str = "application/octet-stream";
/// The file with the order.
const ORDER: &str = "order.json";
/// The file with all segments, once they were found.
const FOUND: &str = "found.json";

/// What all segments of a film have in common.
#[derive(Deserialize, Serialize)]
struct SharedOrder {
    film: String,
    name: String,
    options: String,
    /// Roles and names of files that came with the film's job; their bytes lie beside, by their numbers.
    files: Vec<(String, String)>,
    /// Where that is what was said about moments.
    tracks: Vec<Track>,
}

/// What is to be done by the job of a segment.
#[derive(Deserialize, Serialize)]
struct SegmentOrder {
    /// The film's job.
    job: String,
    segment: Segment,
}

/// All segments of a film.
#[derive(Deserialize, Serialize)]
struct Found {
    outline: Outline,
    segments: Vec<Segment>,
}

/// The segments of a film in work.
pub struct Gathered {
    begun: Begun,
    /// Frames of the film, once they are counted.
    total: OnceLock<u64>,
    /// Segments that are not done, by the ids of their jobs.
    open: Mutex<HashMap<String, Segment>>,
    /// Frames of those that are done.
    done_frames: AtomicU64,
    /// Frames of those that were done when this worker took the film.
    earlier_frames: AtomicU64,
}

impl Gathered {
    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<String, Segment>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The film whose worker works on a segment while it waits for the others.
#[derive(Clone, Copy)]
pub struct Waiting<'a> {
    lease: &'a Lease,
    stop: &'a AtomicBool,
}

/// The folder of a film's job in the store in which everything of its segments lies.
fn key(job: &str, file: &str) -> String {
    format!("jobs/{job}/segments/{file}")
}

/// The file that says that a segment is done, and of what it consists.
fn done_key(job: &str, segment: &Segment) -> String {
    key(job, &format!("{:09}-{:09}.json", segment.first_frame, segment.end_frame))
}

fn load<T: DeserializeOwned>(store: &dyn Store, key: &str) -> Result<Option<T>, QueueError> {
    // What this version does not understand is made anew.
    Ok(store.get(key)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn save<T: Serialize>(store: &dyn Store, key: &str, value: &T) -> Result<(), QueueError> {
    let bytes = serde_json::to_vec(value).map_err(|error| QueueError::Store(error.to_string()))?;
    store.put(key, &bytes)
}

fn gone(what: &str) -> QueueError {
    QueueError::Missing(what.to_owned())
}

impl FilmWorker {
    /// Has a film made by all workers, this one among them.
    pub(crate) fn gather(
        &self,
        store: &dyn Store,
        given: Given<'_>,
        stop: &Arc<AtomicBool>,
        reached: &Reached,
    ) -> Result<FilmNews, Trouble> {
        let Given { lease, film, document, output, .. } = given;
        let gathered = reached.gathered.get_or_init(|| Gathered {
            begun: Begun::new(&film.id),
            total: OnceLock::new(),
            open: Mutex::default(),
            done_frames: AtomicU64::new(0),
            earlier_frames: AtomicU64::new(0),
        });
        let ffmpeg = self.films.ffmpeg()?;
        let options = document.options(lease.options.clone())?;
        let guidance = self.studio.film(document, intake::from_parts(given.files.clone()))?;
        let order = match load::<SharedOrder>(store, &key(&lease.job, ORDER)).map_err(Trouble::Queue)? {
            Some(order) => order,
            None => {
                let tracks = guidance.tracks(&ffmpeg, &film.source, options.range, stop)?;
                share(store, &given, tracks).map_err(Trouble::Queue)?
            }
        };
        let colorist = guidance.colorist_along(self.studio.pipeline(), order.tracks)?;
        let add = |segment: &Segment| self.add_segment(store, lease, gathered, segment);
        let found = match load::<Found>(store, &key(&lease.job, FOUND)).map_err(Trouble::Queue)? {
            Some(found) => {
                found.segments.iter().try_for_each(add).map_err(Trouble::Queue)?;
                found
            }
            None => {
                let (mut all, mut refused) = (Vec::new(), None);
                let each = &mut |segment: Segment| {
                    if let Err(error) = add(&segment) {
                        refused = Some(error);
                        return Err(FilmError::Stopped);
                    }
                    all.push(segment);
                    Ok(())
                };
                let outline = segments(&ffmpeg, &film.source, output, &options, &colorist, stop, each);
                if let Some(error) = refused {
                    return Err(Trouble::Queue(error));
                }
                let found = Found { outline: outline?, segments: all };
                save(store, &key(&lease.job, FOUND), &found).map_err(Trouble::Queue)?;
                found
            }
        };
        let Found { outline, segments } = found;
        let _ = gathered.total.set(outline.frames);
        self.await_segments(store, gathered, Waiting { lease, stop })?;

        let folder = parts_folder(output);
        fs::create_dir_all(&folder).map_err(|source| FilmError::Io { path: folder.clone(), source })?;
        let fetch = || fetch(store, &lease.job, &segments, &folder);
        let colored = fetch().map_err(Trouble::Queue)?;
        join_segments(&ffmpeg, &film.source, output, &options, &folder, &colored)?;
        let _ = fs::remove_dir_all(&folder);
        let summary = FilmSummary {
            frames: outline.frames,
            resumed: 0,
            scenes: outline.scenes,
            keyframes: colored.iter().map(|segment| segment.keyframes).sum(),
            left_scenes: colored.iter().flat_map(|segment| segment.left_scenes.iter().copied()).collect(),
            kept_s: colored.iter().flat_map(|segment| segment.kept_s.iter().copied()).collect(),
            damage: outline.damage,
        };
        let last = reached.news.lock().unwrap_or_else(PoisonError::into_inner).0.clone();
        Ok(FilmNews { notes: notes(film, &summary, &options, &colorist), ..last.finish(&summary) })
    }

    /// Adds the job of a segment, unless that is done.
    fn add_segment(
        &self,
        store: &dyn Store,
        film: &Lease,
        gathered: &Gathered,
        segment: &Segment,
    ) -> Result<(), QueueError> {
        if store.get(&done_key(&film.job, segment))?.is_some() {
            gathered.earlier_frames.fetch_add(segment.frames(), Ordering::Relaxed);
            return Ok(());
        }
        let order = SegmentOrder { job: film.job.clone(), segment: segment.clone() };
        let options = serde_json::to_string(&order).map_err(|error| QueueError::Store(error.to_string()))?;
        let job = self.jobs.queue().add(
            &NewJob {
                kind: Kind::Segment,
                pictures: vec![Part { name: segment.first_frame.to_string(), bytes: Vec::new() }],
                fingerprint: options.clone().into_bytes(),
                options,
                // Whoever takes the film over finds the same jobs.
                idempotency_key: Some(format!("{}-{}", segment.first_frame, segment.end_frame)),
                // Nobody's who could ask for it.
                owner: film.job.clone(),
                trace: trace::current(),
                ..NewJob::default()
            },
            now_ms(),
        )?;
        gathered.open().insert(job.id, segment.clone());
        Ok(())
    }

    /// Works on segments, of any film, until all of this one are done.
    fn await_segments(
        &self,
        store: &dyn Store,
        gathered: &Gathered,
        film: Waiting<'_>,
    ) -> Result<(), Trouble> {
        let queue = self.jobs.queue();
        loop {
            if film.stop.load(Ordering::Relaxed) {
                return Err(FilmError::Stopped.into());
            }
            match self.collect(store, gathered, film.lease) {
                Ok(()) => {}
                // The queue may answer again; until then others go on.
                Err(Trouble::Queue(error)) if error.is_passing() => {
                    thread::sleep(RENEW);
                    continue;
                }
                Err(trouble) => return Err(trouble),
            }
            if gathered.open().is_empty() {
                return Ok(());
            }
            match queue.lease(&[Kind::Segment], now_ms()) {
                Ok(Some(lease)) => self.one_segment(&lease, Some(film)),
                Ok(None) if queue.waits() => {}
                _ => thread::sleep(RENEW),
            }
        }
    }

    /// Notes segments that are done.
    fn collect(&self, store: &dyn Store, gathered: &Gathered, film: &Lease) -> Result<(), Trouble> {
        let jobs = self.segment_jobs(&film.job).map_err(Trouble::Queue)?;
        let open = gathered.open().clone();
        for (id, segment) in open {
            match jobs.get(&id) {
                Some(Job { state: State::Queued | State::Running, .. }) => {}
                Some(Job { state: State::Done, .. }) => {
                    let mut open = gathered.open();
                    open.remove(&id);
                    gathered.done_frames.fetch_add(segment.frames(), Ordering::Relaxed);
                }
                Some(Job { state: State::Failed, error, .. }) => {
                    let (code, detail) = error.clone().unwrap_or_default();
                    return Err(Trouble::Segment(code, detail));
                }
                // Forgotten as old, or ended by a worker that thought the film over.
                Some(_) | None => {
                    gathered.open().remove(&id);
                    if let Some(job) = jobs.get(&id) {
                        self.jobs.queue().delete(&job.id).map_err(Trouble::Queue)?;
                    }
                    self.add_segment(store, film, gathered, &segment).map_err(Trouble::Queue)?;
                }
            }
        }
        Ok(())
    }

    /// The jobs of a film's segments.
    fn segment_jobs(&self, film: &str) -> Result<HashMap<String, Job>, QueueError> {
        let jobs = self.jobs.queue().list(film, u32::MAX)?;
        Ok(jobs.into_iter().map(|job| (job.id.clone(), job)).collect())
    }

    /// Adds up how far the segments of a film are.
    pub(crate) fn count_segments(&self, film: &Lease, reached: &Reached) {
        let Some(gathered) = reached.gathered.get() else { return };
        let Ok(jobs) = self.segment_jobs(&film.job) else { return };
        let (mut frames, mut safe) = (0, 0);
        {
            // Locked for both, so that no segment is counted twice.
            let open = gathered.open();
            for (id, segment) in open.iter() {
                match jobs.get(id) {
                    Some(Job { state: State::Done, .. }) => safe += segment.frames(),
                    Some(job) => frames += (job.progress * segment.frames() as f64) as u64,
                    None => {}
                }
            }
            safe += gathered.done_frames.load(Ordering::Relaxed);
            frames += safe + gathered.earlier_frames.load(Ordering::Relaxed);
        }
        // What was done before says nothing about whether the film goes on now.
        let at = Progress { frames, total: gathered.total.get().copied(), safe };
        *reached.news.lock().unwrap_or_else(PoisonError::into_inner) = gathered.begun.news(at);
    }

    /// Forgets the segments of a film that is over, however it ended; their workers stop.
    pub(crate) fn forget_segments(&self, film: &str) {
        let queue = self.jobs.queue();
        match queue.get(film) {
            Ok(job) if job.state.is_over() => {}
            Err(QueueError::Unknown) => {}
            _ => return,
        }
        // What cannot be forgotten now goes with the film's job, or as an old job.
        for id in self.segment_jobs(film).unwrap_or_default().keys() {
            let _ = queue.delete(id);
        }
        if let Some(store) = self.jobs.store() {
            let _ = store.delete_all(&key(film, ""));
        }
    }

    /// Works on one segment, and renews its lease meanwhile; `waiting` is the film that this worker has besides.
    pub(crate) fn one_segment(&self, lease: &Lease, waiting: Option<Waiting<'_>>) {
        let _traced = trace::job(lease).entered();
        let (stop, permille) = (Arc::new(AtomicBool::new(false)), AtomicU64::new(0));
        let is_lost = || {
            if waiting.is_some_and(|film| film.stop.load(Ordering::Relaxed)) {
                stop.store(true, Ordering::Relaxed);
            }
            let share = permille.load(Ordering::Relaxed) as f64 / 1000.0;
            let told = self.jobs.queue().heartbeat(lease, share, None, now_ms());
            matches!(told, Err(QueueError::LeaseLost)) || self.jobs.is_stopping()
        };
        let hear = |at: Progress| {
            let share = at.frames * 1000 / at.total.unwrap_or(1).max(1);
            permille.store(share, Ordering::Relaxed);
        };
        let done = self.jobs.hold(&stop, &is_lost, || self.segment(lease, waiting, &stop, &hear));
        self.end(lease, done);
        self.films.delete_job(&lease.job);
    }

    /// Makes the segment of a job.
    fn segment(
        &self,
        lease: &Lease,
        waiting: Option<Waiting<'_>>,
        stop: &AtomicBool,
        hear: &(dyn Fn(Progress) + Sync),
    ) -> Result<Outcome, QueueError> {
        let queue = self.jobs.queue();
        self.next(lease)?;
        let parsed = serde_json::from_str::<SegmentOrder>(&lease.options);
        let (Ok(SegmentOrder { job, segment }), Some(store)) = (parsed, self.jobs.store()) else {
            return Ok(Outcome::Failed(Problem::defect()));
        };
        let name = segment.first_frame.to_string();
        let done = || Outcome::Done { name: name.clone(), media_type: MADE, bytes: 0, news: None };
        if self.is_over(&job)? {
            // Nobody waits for it.
            queue.delete(&lease.job)?;
            return Err(QueueError::LeaseLost);
        }
        let done_key = done_key(&job, &segment);
        // Killed between its last file and the news of it.
        if store.get(&done_key)?.is_some() {
            return Ok(done());
        }
        let order: SharedOrder =
            load(store.as_ref(), &key(&job, ORDER))?.ok_or_else(|| gone("the order of a film"))?;
        let film = match self.find_film(&order.film)? {
            Ok(film) => film,
            Err(problem) => return Ok(Outcome::Failed(problem)),
        };
        self.copies.lock().unwrap_or_else(PoisonError::into_inner).insert(film.id.clone(), job.clone());
        let Ok(document) = serde_json::from_str::<FilmDocument>(&order.options) else {
            return Ok(Outcome::Failed(Problem::defect()));
        };
        let files = received(store.as_ref(), &job, &order)?;
        let folder = self.films.job_folder(&lease.job);
        // Of another film too it says nothing to listeners of this one.
        let previews = waiting.filter(|film| film.lease.job == job).map(|film| film.lease);
        let run = || {
            let ffmpeg = self.films.ffmpeg()?;
            let guidance = self.studio.film(&document, intake::from_parts(files))?;
            let colorist = guidance.colorist_along(self.studio.pipeline(), order.tracks)?;
            let options = document.options(String::new())?;
            let colorist = Previewer::new(self, previews, &order.name, &colorist, options.tone);
            let made =
                colorize_segment(&ffmpeg, &film.source, &segment, &folder, &options, &colorist, stop, hear);
            made.map_err(autochrome::Error::from)
        };
        let colored = match run() {
            Ok(colored) => colored,
            Err(error) => return Ok(failed(error, stop, &film, &folder)),
        };
        for file in colored.files() {
            store.put_file(&key(&job, file), &folder.join(file))?;
        }
        // Last, because it says that all of the segment is there.
        save(store.as_ref(), &done_key, &colored)?;
        if self.is_over(&job)? {
            store.delete_all(&key(&job, ""))?;
        }
        Ok(done())
    }

    /// Whether nobody waits for a job any more.
    fn is_over(&self, job: &str) -> Result<bool, QueueError> {
        match self.jobs.queue().get(job) {
            Ok(job) => Ok(job.state.is_over()),
            Err(QueueError::Unknown) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Forgets copies of films whose jobs are over.
    pub(crate) fn drop_unused_copies(&self) {
        let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        copies.retain(|film, job| {
            let is_used = !self.is_over(job).unwrap_or(false);
            if !is_used {
                self.films.drop_copy(film);
            }
            is_used
        });
    }
}

/// Puts into the store what workers need of a film.
fn share(store: &dyn Store, given: &Given<'_>, tracks: Vec<Track>) -> Result<SharedOrder, QueueError> {
    let Given { lease, name, film, files, .. } = given;
    for (number, (_, part)) in files.iter().enumerate() {
        store.put(&key(&lease.job, &number.to_string()), &part.bytes)?;
    }
    let order = SharedOrder {
        film: film.id.clone(),
        name: (*name).to_owned(),
        options: lease.options.clone(),
        files: files.iter().map(|(role, part)| (role.clone(), part.name.clone())).collect(),
        tracks,
    };
    save(store, &key(&lease.job, ORDER), &order)?;
    Ok(order)
}

/// The files that came with a film's job.
fn received(store: &dyn Store, job: &str, order: &SharedOrder) -> Result<Vec<(String, Part)>, QueueError> {
    let file = |(number, (role, name)): (usize, &(String, String))| {
        let bytes = store.get(&key(job, &number.to_string()))?.ok_or_else(|| gone(name))?;
        Ok((role.clone(), Part { name: name.clone(), bytes }))
    };
    order.files.iter().enumerate().map(file).collect()
}

/// Fetches the files of all segments.
fn fetch(
    store: &dyn Store,
    job: &str,
    segments: &[Segment],
    folder: &Path,
) -> Result<Vec<ColoredSegment>, QueueError> {
    let fetch = |segment: &Segment| {
        let colored: ColoredSegment =
            load(store, &done_key(job, segment))?.ok_or_else(|| gone("a segment of the film"))?;
        for file in colored.files() {
            if !store.get_file(&key(job, file), &folder.join(file))? {
                return Err(gone(file));
            }
        }
        Ok(colored)
    };
    segments.iter().map(fetch).collect()
}
