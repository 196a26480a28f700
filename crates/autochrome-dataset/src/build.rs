//! `dataset build`: sources in, dataset out.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use autochrome_film::{Ffmpeg, FilmError};
use autochrome_media::{MediaError, write_atomic};

use crate::error::{DatasetError, Result};
use crate::gather::gather;
use crate::journal::{self, Closed, Journal};
use crate::manifest;
use crate::merge::{Duplicate, merge};
use crate::options::{BuildOptions, Rules};
use crate::report;
use crate::sources;

/// Where the duplicates between sources are listed, in the folder of the journals.
pub(crate) const DUPLICATES: &str = "duplicates.json";

/// What happens while a dataset is built. Sources go by their number in the list of [`Event::Sources`].
#[derive(Debug)]
pub enum Event<'a> {
    /// The sources that were found.
    Sources {
        /// Their names.
        names: Vec<&'a str>,
    },
    /// Work on a source begins.
    Opened {
        /// Its number.
        source: usize,
        /// Length of a film, where it says so.
        duration_s: Option<f64>,
        /// Pictures of a folder, 0 for a film.
        pictures: u64,
    },
    /// A source has been read up to here.
    At {
        /// Its number.
        source: usize,
        /// Seconds of a film, or pictures of a folder.
        position_s: f64,
    },
    /// So many frames of a source are kept.
    Kept {
        /// Its number.
        source: usize,
        /// How many.
        kept: u64,
    },
    /// A source is finished.
    Closed {
        /// Its number.
        source: usize,
        /// How it ended.
        closed: &'a Closed,
    },
    /// All sources are read; duplicates between them are looked for, and the report is written.
    Merging,
}

/// What became of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Pictures in the dataset.
    pub pictures: usize,
    /// Of them for validation.
    pub validation: usize,
    /// Pictures that other sources had too.
    pub duplicates: usize,
    /// Sources with frames in the dataset.
    pub sources: usize,
    /// What was wrong with sources: name and fault. What could be read of them is in the dataset.
    pub faults: Vec<(String, String)>,
    /// What is good to know about sources: name and note.
    pub notes: Vec<(String, String)>,
}

/// What all sources share.
pub(crate) struct Context<'a> {
    pub out: &'a Path,
    pub rules: &'a Rules,
    pub watch: &'a (dyn Fn(Event<'_>) + Sync),
    /// Runs a write to its end, whatever signals arrive.
    pub undisturbed: &'a Undisturbed,
    stop: &'a AtomicBool,
    failed: AtomicBool,
    ffmpeg: OnceLock<Ffmpeg>,
}

/// Runs a write that must not be torn.
pub type Undisturbed = dyn Fn(&dyn Fn() -> Result<(), MediaError>) -> Result<(), MediaError> + Sync;

impl Context<'_> {
    /// FFmpeg, looked for when the first film needs it: folders of pictures do without.
    pub fn ffmpeg(&self) -> Result<&Ffmpeg, FilmError> {
        if let Some(ffmpeg) = self.ffmpeg.get() {
            return Ok(ffmpeg);
        }
        let found = Ffmpeg::find()?;
        Ok(self.ffmpeg.get_or_init(|| found))
    }

    /// Whether to stop: somebody asked, or another source met what stops the build.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.failed.load(Ordering::Relaxed)
    }
}

/// Builds a dataset, or goes on with one.
///
/// A source that is broken gives what could be read of it, and a fault in the [`Summary`]. `watch` is told how it goes, from
/// several threads; `undisturbed` is given every write of a picture to run.
///
/// # Errors
/// [`DatasetError::Source`], [`DatasetError::Option`], [`DatasetError::Exists`] and [`DatasetError::Changed`] before anything is
/// done; [`DatasetError::Film`] when FFmpeg is missing and there are films; [`DatasetError::Io`] and [`DatasetError::Media`] when
/// the dataset cannot be written; [`DatasetError::Stopped`] when `stop` was raised, and everything so far is kept for resuming.
pub fn build(
    options: &BuildOptions,
    stop: &AtomicBool,
    undisturbed: &Undisturbed,
    watch: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Summary> {
    options.check()?;
    let out = options.out.as_path();
    let sources = sources::find(&options.sources, out)?;
    let journals = out.join(journal::FOLDER);
    let begun = journals.is_dir() || out.join(autochrome_data::MANIFEST_NAME).exists();
    if begun && !options.resume {
        return Err(DatasetError::Exists { path: out.to_owned() });
    }
    let context = Context {
        out,
        rules: &options.rules,
        watch,
        undisturbed,
        stop,
        failed: AtomicBool::new(false),
        ffmpeg: OnceLock::new(),
    };
    if sources.iter().any(|source| source.kind == sources::Kind::Film) {
        context.ffmpeg()?;
    }
    fs::create_dir_all(&journals).map_err(DatasetError::io(&journals))?;

    watch(Event::Sources { names: sources.iter().map(|source| source.name.as_str()).collect() });
    let next = AtomicUsize::new(0);
    let closed: Mutex<Vec<Option<Closed>>> = Mutex::new(vec![None; sources.len()]);
    let error: Mutex<Option<DatasetError>> = Mutex::new(None);
    let work = || {
        while !context.stopped() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(source) = sources.get(number) else { break };
            match gather(&context, number, source) {
                Ok(Some(done)) => {
                    watch(Event::Closed { source: number, closed: &done });
                    closed.lock().unwrap_or_else(PoisonError::into_inner)[number] = Some(done);
                }
                Ok(None) => break,
                Err(why) => {
                    context.failed.store(true, Ordering::Relaxed);
                    error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        (0..options.jobs.clamp(1, sources.len().max(1))).for_each(|_| {
            scope.spawn(work);
        });
    });
    if let Some(error) = error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    if context.stopped() {
        return Err(DatasetError::Stopped);
    }

    watch(Event::Merging);
    let closed = closed.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut summary = Summary::default();
    let mut read: Vec<Journal> = Vec::new();
    for (source, closed) in sources.iter().zip(closed) {
        let faults = closed.map(|closed| closed.faults).unwrap_or_default();
        summary.faults.extend(faults.into_iter().map(|fault| (source.name.clone(), fault)));
        if let Some((journal, _)) = journal::read(&journal::path(out, &source.name))? {
            let notes = journal.header.notes.iter();
            summary.notes.extend(notes.map(|note| (source.name.clone(), note.clone())));
            read.push(journal);
        }
    }
    let merged = merge(out, &read, &options.rules, options.val_fraction, options.seed);
    manifest::write(out, &merged.entries)?;
    let list = serde_json::to_vec(&merged.duplicates).map_err(|error| DatasetError::io(out)(error.into()))?;
    write_atomic(&journals.join(DUPLICATES), &list, true)?;
    for duplicate in &merged.duplicates {
        let path = out.join(&duplicate.path);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(DatasetError::io(&path)(error));
            }
            _ => {}
        }
    }
    summary.pictures = merged.entries.len();
    summary.validation = merged.entries.iter().filter(|entry| entry.split == "val").count();
    summary.duplicates = merged.duplicates.len();
    summary.sources = merged.entries.iter().map(|entry| entry.source.as_str()).collect::<HashSet<_>>().len();
    report::write(out)?;
    Ok(summary)
}

/// The duplicates between sources, as the last build found them.
pub(crate) fn duplicates(dataset: &Path) -> Result<Vec<Duplicate>> {
    let path = dataset.join(journal::FOLDER).join(DUPLICATES);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(DatasetError::io(&path)(error)),
    };
    serde_json::from_slice(&bytes).map_err(|error| DatasetError::NotADataset {
        path,
        reason: format!("it is not as `dataset build` writes it ({error})"),
    })
}
