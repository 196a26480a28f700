//! `dataset build`: sources in, dataset out.

use std::collections::HashSet;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::context::{Context, Event, Undisturbed};
use crate::duplicates;
use crate::error::{DatasetError, Result};
use crate::gather::gather;
use crate::journal::{self, Closed, Journal};
use crate::manifest;
use crate::merge::merge;
use crate::options::BuildOptions;
use crate::report;
use crate::sources;

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
    let context = Context::new(out, &options.rules, watch, undisturbed, stop);
    if sources.iter().any(|source| source.kind == sources::Kind::Film) {
        context.ffmpeg()?;
    }
    fs::create_dir_all(&journals).map_err(DatasetError::io(&journals))?;

    watch(Event::Sources { names: sources.iter().map(|source| source.name.as_str()).collect() });
    let next = AtomicUsize::new(0);
    let closed: Mutex<Vec<Option<Closed>>> = Mutex::new(vec![None; sources.len()]);
    let error: Mutex<Option<DatasetError>> = Mutex::new(None);
    let work = || {
        while !context.is_stopped() {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(source) = sources.get(number) else { break };
            match gather(&context, number, source) {
                Ok(Some(done)) => {
                    watch(Event::Closed { source: number, closed: &done });
                    closed.lock().unwrap_or_else(PoisonError::into_inner)[number] = Some(done);
                }
                Ok(None) => break,
                Err(why) => {
                    context.fail();
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
    if context.is_stopped() {
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
    duplicates::write(out, &merged.duplicates)?;
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
