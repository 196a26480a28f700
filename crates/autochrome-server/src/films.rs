//! Films that were sent or lie in the media folder, and the results of their jobs: files in the server's folder.
//!
//! A film is a folder `films/ID` with what is known of it, and with its file where it was sent. A job's result and its unfinished
//! parts lie in `film-jobs/ID`. What nobody needs any more is swept away with the old jobs. Where other machines work, films travel
//! through the store of the queue, and the folders hold copies.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use autochrome_film::{Ffmpeg, FilmError, Source};
use autochrome_jobs::{QueueError, Store};
use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;

use crate::ServeError;
use crate::problem::Problem;
use crate::refusal::Refusal;

/// How many times the largest film all films together may take.
const ROOM: u64 = 10;
/// The file that says what is known of a film.
const ABOUT: &str = "about.json";
/// The file of a film that was sent.
const FILE: &str = "film";
/// Contact sheets and single frames that are made at once.
const LOOKS: usize = 2;

/// All films of a server.
pub struct Films {
    folder: PathBuf,
    jobs: PathBuf,
    media: Option<PathBuf>,
    most_bytes: u64,
    store: Option<Arc<dyn Store>>,
    sweeps: bool,
    ffmpeg: Mutex<Option<Ffmpeg>>,
    known: Mutex<HashMap<String, Arc<Film>>>,
    /// Who may look into films now; decoding is work, and nobody waits in a queue for it.
    pub looks: Arc<Semaphore>,
}

/// A film.
#[derive(Debug)]
pub struct Film {
    /// 32 hexadecimal digits.
    pub id: String,
    /// What its sender calls it.
    pub name: String,
    /// What it is.
    pub source: Source,
    owner: String,
}

/// What is written down of a film.
#[derive(Deserialize, Serialize)]
struct About {
    owner: String,
    name: String,
    /// Its file, where it is none that was sent.
    path: Option<PathBuf>,
}

impl Films {
    /// The films in `folder`; `media` is a folder whose films may be named instead of sent, `most_bytes` the size of one that is sent,
    /// `store` where films travel; `sweeps` says whether this process forgets old films, there too.
    ///
    /// # Errors
    /// When a folder cannot be used.
    pub fn open(
        folder: &Path,
        media: Option<&Path>,
        most_bytes: u64,
        store: Option<Arc<dyn Store>>,
        sweeps: bool,
    ) -> Result<Self, ServeError> {
        let io = |path: &Path| {
            let what = path.display().to_string();
            move |source| ServeError::Io { what, source }
        };
        let (films, jobs) = (folder.join("films"), folder.join("film-jobs"));
        for path in [&films, &jobs] {
            fs::create_dir_all(path).map_err(io(path))?;
        }
        let media = media.map(|media| media.canonicalize().map_err(io(media))).transpose()?;
        Ok(Self {
            folder: films,
            jobs,
            media,
            most_bytes,
            store,
            sweeps,
            ffmpeg: Mutex::new(Ffmpeg::find().ok()),
            known: Mutex::default(),
            looks: Arc::new(Semaphore::new(LOOKS)),
        })
    }

    /// FFmpeg, which may have been installed since the server started.
    ///
    /// # Errors
    /// [`FilmError::NoFfmpeg`] and [`FilmError::OldFfmpeg`].
    pub fn ffmpeg(&self) -> Result<Ffmpeg, FilmError> {
        let mut found = self.ffmpeg.lock().unwrap_or_else(PoisonError::into_inner);
        if found.is_none() {
            *found = Some(Ffmpeg::find()?);
        }
        found.clone().ok_or(FilmError::Stopped)
    }

    /// Bytes of a film that is sent.
    pub fn most_bytes(&self) -> u64 {
        self.most_bytes
    }

    /// Whether films of this machine may be named.
    pub fn has_media(&self) -> bool {
        self.media.is_some()
    }

    /// Where the result of a job lies, and what is unfinished of it.
    pub fn job_folder(&self, job: &str) -> PathBuf {
        self.jobs.join(job)
    }

    /// Writes a film to the disk as it comes.
    ///
    /// # Errors
    /// When it is too large, breaks off, is no film, or there is no room or no FFmpeg.
    pub async fn receive(
        self: &Arc<Self>,
        owner: &str,
        name: String,
        body: Body,
        refused: impl Fn(&axum::Error) -> Problem,
    ) -> Result<Arc<Film>, Problem> {
        let (films, room) = (Arc::clone(self), self.most_bytes.saturating_mul(ROOM));
        let begin = move || {
            films.ffmpeg().map_err(Problem::from)?;
            if bytes_of(&films.folder) >= room {
                let detail = "the films that are kept take all the room there is for them; delete some, or try again later";
                return Err(no_room(detail.to_owned()));
            }
            Begun::new(&films.folder)
        };
        let begun = tokio::task::spawn_blocking(begin).await.map_err(|_| Problem::stopping())??;
        let full =
            |error: std::io::Error| no_room(format!("the film cannot be kept: {error}; send it again later"));
        let mut file = tokio::fs::File::create(begun.path.join(FILE)).await.map_err(full)?;
        let (mut chunks, mut came): (BodyDataStream, u64) = (body.into_data_stream(), 0);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| refused(&error))?;
            came += chunk.len() as u64;
            if came > self.most_bytes {
                return Err(too_large(self.most_bytes));
            }
            file.write_all(&chunk).await.map_err(full)?;
        }
        // Tells what the last write met, which the next does not.
        file.flush().await.map_err(full)?;
        file.sync_all().await.map_err(full)?;
        drop(file);
        let about = About { owner: owner.to_owned(), name, path: None };
        self.finish(begun, about).await
    }

    /// Takes a film of the media folder.
    ///
    /// # Errors
    /// When there is no such folder, the path leads out of it, or there is no film.
    pub async fn add_from_media(self: &Arc<Self>, owner: &str, path: &str) -> Result<Arc<Film>, Problem> {
        let (films, owner, path) = (Arc::clone(self), owner.to_owned(), PathBuf::from(path));
        let begin = move || {
            films.ffmpeg().map_err(Problem::from)?;
            let path = films.resolve_media_path(&path)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok((Begun::new(&films.folder)?, About { owner, name, path: Some(path) }))
        };
        let begun: Result<_, Problem> =
            tokio::task::spawn_blocking(begin).await.map_err(|_| Problem::stopping())?;
        let (begun, about) = begun?;
        self.finish(begun, about).await
    }

    /// The file that a path of the media folder means; links are followed, and may not lead out of it either.
    fn resolve_media_path(&self, path: &Path) -> Result<PathBuf, Problem> {
        let Some(media) = &self.media else {
            let detail = "this server has no media folder; send the film itself";
            return Err(Problem::new(Refusal::OutsideMedia, detail));
        };
        let outside = || {
            Problem::new(Refusal::OutsideMedia, "the path leads out of the media folder; name a film in it")
        };
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(outside());
        }
        let unknown = || Problem::new(Refusal::UnknownFilm, "there is no such film in the media folder");
        let file = media.join(path).canonicalize().map_err(|_| unknown())?;
        if !file.starts_with(media) {
            return Err(outside());
        }
        if file.is_file() { Ok(file) } else { Err(unknown()) }
    }

    async fn finish(self: &Arc<Self>, begun: Begun, about: About) -> Result<Arc<Film>, Problem> {
        let films = Arc::clone(self);
        let finish = move || {
            let id = begun.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let film = films.load(&id, &about)?;
            let text = serde_json::to_vec(&about).map_err(|_| Problem::defect())?;
            let written = File::create(begun.path.join(ABOUT)).and_then(|mut file| {
                std::io::Write::write_all(&mut file, &text).and_then(|()| file.sync_all())
            });
            written
                .map_err(|error| no_room(format!("the film cannot be kept: {error}; send it again later")))?;
            begun.keep();
            Ok(film)
        };
        tokio::task::spawn_blocking(finish).await.map_err(|_| Problem::stopping())?
    }

    /// A film of `owner`; others' films do not exist.
    ///
    /// # Errors
    /// [`Refusal::UnknownFilm`], or when its file has gone.
    pub fn find(&self, owner: &str, id: &str) -> Result<Arc<Film>, Problem> {
        let film = self.get(id)?;
        if film.owner == owner { Ok(film) } else { Err(unknown_film()) }
    }

    /// A film, whoever sent it.
    ///
    /// # Errors
    /// As [`Films::find`].
    pub fn get(&self, id: &str) -> Result<Arc<Film>, Problem> {
        if !is_id(id) {
            return Err(unknown_film());
        }
        if let Some(film) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Ok(Arc::clone(film));
        }
        if !self.is_here(id) {
            self.fetch(id)?;
        }
        let about = self.about(id).filter(|_| self.is_here(id)).ok_or_else(unknown_film)?;
        self.load(id, &about)
    }

    /// What is written down of a film in this folder.
    fn about(&self, id: &str) -> Option<About> {
        serde_json::from_slice(&fs::read(self.folder.join(id).join(ABOUT)).ok()?).ok()
    }

    /// Whether this machine has a film, and not only what is known of it.
    fn is_here(&self, id: &str) -> bool {
        let has_file = || self.folder.join(id).join(FILE).exists();
        self.about(id).is_some_and(|about| about.path.is_some() || has_file())
    }

    /// Sends a film to where other machines find it, unless it is there.
    ///
    /// # Errors
    /// When the store fails.
    pub fn share(&self, film: &Film) -> Result<(), QueueError> {
        let Some(store) = &self.store else { return Ok(()) };
        let (about, content) = (shared(&film.id, ABOUT), shared(&film.id, FILE));
        if store.get(&about)?.is_some() {
            return Ok(());
        }
        store.put_file(&content, &film.source.path)?;
        // Last, because it says that all of the film is there.
        let text = About { owner: film.owner.clone(), name: film.name.clone(), path: None };
        store.put(&about, &serde_json::to_vec(&text).unwrap_or_default())
    }

    /// Fetches a film that lies in the store, if it does.
    fn fetch(&self, id: &str) -> Result<(), Problem> {
        let Some(store) = &self.store else { return Ok(()) };
        let folder = self.folder.join(id);
        if store.get(&shared(id, ABOUT))?.is_none() {
            return Ok(());
        }
        fs::create_dir_all(&folder).map_err(|error| no_room(format!("the film cannot be kept: {error}")))?;
        if store.get_file(&shared(id, FILE), &folder.join(FILE))? {
            store.get_file(&shared(id, ABOUT), &folder.join(ABOUT))?;
        }
        Ok(())
    }

    /// Sends the result of a job to where servers find it; the worker's own copies are then of no use any more.
    ///
    /// # Errors
    /// When the store fails.
    pub fn share_result(&self, job: &str, film: &str, path: &Path) -> Result<(), QueueError> {
        let Some(store) = &self.store else { return Ok(()) };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        store.put_file(&format!("jobs/{job}/{name}"), path)?;
        self.drop_copy(film);
        self.delete_job(job);
        Ok(())
    }

    /// Forgets the copy of a film that lies in the store. A process that forgets old films keeps what is known of this one: by that
    /// it finds later what the store has.
    pub fn drop_copy(&self, film: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(film);
        let folder = self.folder.join(film);
        let _ = if self.sweeps { fs::remove_file(folder.join(FILE)) } else { fs::remove_dir_all(folder) };
    }

    /// Forgets all copies, and what is unfinished of jobs: a process that only works was killed with them, and the store has what counts.
    pub fn drop_copies(&self) {
        names(&self.folder).iter().for_each(|film| self.drop_copy(film));
        names(&self.jobs).iter().for_each(|job| self.delete_job(job));
    }

    /// Fetches the result of a job that another machine has sent, unless it is here.
    ///
    /// # Errors
    /// When the store fails.
    pub fn fetch_result(&self, job: &str, path: &Path) -> Result<(), QueueError> {
        let Some(store) = self.store.as_ref().filter(|_| !path.exists()) else { return Ok(()) };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // What cannot be made is missed when it is opened.
        let _ = fs::create_dir_all(self.job_folder(job));
        store.get_file(&format!("jobs/{job}/{name}"), path).map(drop)
    }

    fn load(&self, id: &str, about: &About) -> Result<Arc<Film>, Problem> {
        let path = about.path.clone().unwrap_or_else(|| self.folder.join(id).join(FILE));
        let source = self.ffmpeg().and_then(|ffmpeg| Source::probe(&ffmpeg, &path));
        let source = source.map_err(|error| film_problem(error, &path, &about.name))?;
        let (owner, name) = (about.owner.clone(), about.name.clone());
        let film = Arc::new(Film { id: id.to_owned(), name, source, owner });
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(id.to_owned(), Arc::clone(&film));
        Ok(film)
    }

    /// Notes that a film was asked for, so that it stays as long as if it had just come.
    pub fn touch(&self, id: &str) {
        let file = File::options().append(true).open(self.folder.join(id).join(ABOUT));
        // A film that goes early can be sent again.
        let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
    }

    /// Forgets a film, here and in the store.
    ///
    /// # Errors
    /// When the store fails; then the film stays.
    pub fn delete(&self, id: &str) -> Result<(), QueueError> {
        if let Some(store) = &self.store {
            store.delete_all(&shared(id, ""))?;
        }
        // Last, because by this the next sweep finds what the store still has.
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        let _ = fs::remove_dir_all(self.folder.join(id));
        Ok(())
    }

    /// Forgets what came of a job.
    pub fn delete_job(&self, job: &str) {
        let _ = fs::remove_dir_all(self.jobs.join(job));
    }

    /// Removes films that nobody asked for in the time `keep` and that no job needs, and what jobs left that are over without a result.
    pub fn delete_unused(&self, keep: Duration, in_use: &[Vec<u8>], has_result: &dyn Fn(&str) -> bool) {
        for id in names(&self.folder) {
            if in_use.iter().any(|used| used == id.as_bytes()) {
                // It stays for as long after its last job, whichever machine ends that.
                self.touch(&id);
                continue;
            }
            let folder = self.folder.join(&id);
            // One that is on its way in has no such file.
            let (written, keep) = match folder.join(ABOUT).metadata() {
                Ok(about) => (about.modified(), keep),
                Err(_) => (last_written(&folder), ARRIVING),
            };
            let is_old = written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > keep));
            if is_old && self.delete(&id).is_err() {
                // A store that does not answer is asked again the next time, and not once for each film.
                break;
            }
        }
        for job in names(&self.jobs) {
            if !has_result(&job) {
                self.delete_job(&job);
            }
        }
    }
}

/// The key of a film's file in the store.
fn shared(id: &str, file: &str) -> String {
    format!("films/{id}/{file}")
}

/// When something was last written into a folder, whose own time is that of its newest file's beginning.
fn last_written(folder: &Path) -> std::io::Result<SystemTime> {
    let mut last = folder.metadata()?.modified()?;
    for file in fs::read_dir(folder)? {
        last = last.max(file?.metadata()?.modified()?);
    }
    Ok(last)
}

/// How long a film on its way in may stand still.
const ARRIVING: Duration = Duration::from_secs(6 * 3600);

/// A folder for a film that is gone again unless it is kept.
struct Begun {
    path: PathBuf,
    kept: bool,
}

impl Begun {
    fn new(films: &Path) -> Result<Self, Problem> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| Problem::defect())?;
        let path = films.join(hex::encode(bytes));
        fs::create_dir(&path)
            .map_err(|error| no_room(format!("the film cannot be kept: {error}; send it again later")))?;
        Ok(Self { path, kept: false })
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

impl From<FilmError> for Problem {
    fn from(error: FilmError) -> Self {
        Self::of_code(error.as_code(), error.to_string())
    }
}

/// An error in words that name the film as its sender does.
pub fn film_problem(error: FilmError, path: &Path, name: &str) -> Problem {
    let detail = error.to_string().replace(&path.display().to_string(), name);
    Problem { detail, ..error.into() }
}

fn unknown_film() -> Problem {
    Problem::new(Refusal::UnknownFilm, "there is no such film, or no longer; send it again")
}

pub fn too_large(most_bytes: u64) -> Problem {
    let detail = format!("the film is larger than {most_bytes} bytes; send a smaller one, or a part of it");
    Problem::new(Refusal::TooManyBytes, detail)
}

fn no_room(detail: String) -> Problem {
    Problem { retry_after_s: Some(30), ..Problem::new(Refusal::NoSpace, detail) }
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Folders in a folder that are named as films and jobs are.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| is_id(name)).collect()
}

/// Bytes of the films that were sent.
fn bytes_of(folder: &Path) -> u64 {
    let size = |id: &String| folder.join(id).join(FILE).metadata().map_or(0, |file| file.len());
    names(folder).iter().map(size).sum()
}

#[cfg(test)]
mod tests {
    use autochrome_jobs::MemoryStore;

    use super::*;

    #[test]
    fn no_path_leads_out_of_the_media_folder() {
        let root = tempfile::tempdir().unwrap();
        let (media, data) = (root.path().join("media"), root.path().join("data"));
        fs::create_dir_all(media.join("sub")).unwrap();
        fs::write(media.join("sub/film.mp4"), "film").unwrap();
        fs::write(root.path().join("secret.mp4"), "secret").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../secret.mp4", media.join("link.mp4")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("sub/film.mp4", media.join("inside.mp4")).unwrap();
        let films = Films::open(&data, Some(&media), 100, None, true).unwrap();
        let code = |path: &str| films.resolve_media_path(Path::new(path)).map_err(|problem| problem.code);
        assert!(code("sub/film.mp4").is_ok());
        for path in ["../secret.mp4", "/etc/passwd", "sub/../../secret.mp4"] {
            assert_eq!(code(path), Err("outside-media"), "{path}");
        }
        #[cfg(unix)]
        assert!(code("link.mp4") == Err("outside-media") && code("inside.mp4").is_ok());
        assert_eq!(code("none.mp4"), Err("unknown-film"));
        assert_eq!(code("sub"), Err("unknown-film"));
        let closed = Films::open(&data, None, 100, None, true).unwrap();
        assert_eq!(closed.resolve_media_path(Path::new("sub/film.mp4")).unwrap_err().code, "outside-media");
    }

    #[test]
    fn what_is_no_id_is_no_film() {
        let root = tempfile::tempdir().unwrap();
        let films = Films::open(root.path(), None, 100, None, true).unwrap();
        for id in ["", "..", "../../etc", &"A".repeat(32), &"0".repeat(32)] {
            assert_eq!(films.get(id).unwrap_err().code, "unknown-film", "{id}");
        }
    }

    #[test]
    fn what_nobody_needs_is_swept_away() {
        let root = tempfile::tempdir().unwrap();
        let films = Films::open(root.path(), None, 100, None, true).unwrap();
        let (old, used, new) = ("a".repeat(32), "b".repeat(32), "c".repeat(32));
        for id in [&old, &used, &new] {
            fs::create_dir(films.folder.join(id)).unwrap();
            fs::write(films.folder.join(id).join(ABOUT), "{}").unwrap();
        }
        let long_ago = SystemTime::now() - Duration::from_secs(30 * 3600);
        for id in [&old, &used] {
            let file = File::options().append(true).open(films.folder.join(id).join(ABOUT)).unwrap();
            file.set_modified(long_ago).unwrap();
        }
        fs::create_dir(films.job_folder(&old)).unwrap();
        fs::create_dir(films.job_folder(&new)).unwrap();
        films.delete_unused(Duration::from_secs(3600), &[used.clone().into_bytes()], &|job| job == new);
        assert_eq!([&old, &used, &new].map(|id| films.folder.join(id).exists()), [false, true, true]);
        assert_eq!([&old, &new].map(|id| films.job_folder(id).exists()), [false, true]);
    }

    #[cfg(unix)]
    #[test]
    fn a_film_that_arrives_slowly_is_not_swept_away_and_one_that_stands_still_is() {
        let root = tempfile::tempdir().unwrap();
        let films = Films::open(root.path(), None, 100, None, true).unwrap();
        let (slow, still) = ("a".repeat(32), "b".repeat(32));
        let long_ago = SystemTime::now() - Duration::from_secs(7 * 3600);
        for id in [&slow, &still] {
            let folder = films.folder.join(id);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join(FILE), "the first bytes").unwrap();
            File::open(&folder).unwrap().set_modified(long_ago).unwrap();
        }
        let file = File::options().append(true).open(films.folder.join(&still).join(FILE)).unwrap();
        file.set_modified(long_ago).unwrap();
        films.delete_unused(Duration::ZERO, &[], &|_| true);
        assert_eq!([&slow, &still].map(|id| films.folder.join(id).exists()), [true, false]);
    }

    #[test]
    fn a_film_whose_copy_was_dropped_is_still_forgotten_in_the_store() {
        let root = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let films = Films::open(root.path(), None, 100, Some(Arc::clone(&store)), true).unwrap();
        let id = "a".repeat(32);
        fs::create_dir(films.folder.join(&id)).unwrap();
        let about = br#"{"owner": "me", "name": "film.mp4", "path": null}"#;
        for (file, bytes) in [(ABOUT, about.as_slice()), (FILE, b"film")] {
            fs::write(films.folder.join(&id).join(file), bytes).unwrap();
            store.put(&shared(&id, file), bytes).unwrap();
        }
        films.drop_copy(&id);
        assert!(!films.is_here(&id));
        films.fetch(&id).unwrap();
        assert!(films.is_here(&id), "it can be fetched again");
        films.drop_copy(&id);
        films.delete_unused(Duration::ZERO, &[], &|_| true);
        assert!(store.get(&shared(&id, FILE)).unwrap().is_none());
        assert!(!films.folder.join(&id).exists());
    }
}
