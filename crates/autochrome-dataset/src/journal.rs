//! What has been decided about a source so far, line by line on disk, so that a build that was stopped loses nothing.
//!
//! `journal/NAME.jsonl` begins with the [`Header`], has a line for every [`Judged`] frame in order, and ends with [`Closed`] when
//! the source is finished. A line is written after its picture is.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{DatasetError, Result};
use crate::options::Rules;
use crate::signature::{Reason, Signature};

/// The folder of the journals in a dataset.
pub const FOLDER: &str = "journal";

/// One source, as it was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Its name in the dataset.
    pub source: String,
    /// The film, or the folder of pictures.
    pub origin: PathBuf,
    /// Size of the film, or number of pictures: another one is another source.
    pub extent: u64,
    /// Length in seconds, where a film says it.
    pub duration_s: Option<f64>,
    /// What the user should know: tones mapped, too small.
    pub notes: Vec<String>,
    /// What decided about its frames.
    pub rules: Rules,
}

/// One frame, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Seconds from the film's first frame; nothing for a picture of a folder.
    pub timestamp_s: Option<f64>,
    /// Number of the frame in the film, or of the picture in its folder, from 0.
    pub frame: u64,
    /// Number of the scene, from 0.
    pub scene: u64,
    /// Mean luma difference to the frame that was kept last, 0..=255; nothing for the first.
    pub difference: Option<f32>,
    /// What it looks like.
    pub look: Signature,
    /// Why it was not kept.
    pub dropped: Option<Reason>,
    /// The picture file, where it was kept.
    pub kept: Option<Kept>,
    /// A small JPEG of some dropped frames, as base64, for the report.
    pub thumbnail: Option<String>,
}

/// A picture file of the dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// From the dataset's folder on, with forward slashes.
    pub path: String,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}

/// How a source ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// How far it was read, in seconds of film.
    pub end_s: Option<f64>,
    /// Frames that were decoded.
    pub frames: u64,
    /// Scenes that were found.
    pub scenes: u64,
    /// What was wrong with it; empty for a source in good order.
    pub faults: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Source(Header),
    Frame(Box<Judged>),
    Closed(Closed),
}

/// A journal as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    /// The source.
    pub header: Header,
    /// Its frames, in order.
    pub frames: Vec<Judged>,
    /// How it ended, when it has.
    pub closed: Option<Closed>,
}

/// Where the journal of a source lies.
pub(crate) fn path(dataset: &Path, source: &str) -> PathBuf {
    dataset.join(FOLDER).join(format!("{source}.jsonl"))
}

/// The journal of a source and the length of its whole lines in bytes; nothing when none was begun.
pub(crate) fn read(path: &Path) -> Result<Option<(Journal, u64)>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DatasetError::io(path)(error)),
    };
    let mut journal: Option<Journal> = None;
    let mut whole = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        // The last line of a build that was killed may be half a line: what it told is done again.
        let parsed = line.strip_suffix(b"\n").and_then(|line| serde_json::from_slice::<Line>(line).ok());
        match (parsed, &mut journal) {
            (Some(Line::Source(header)), None) => {
                journal = Some(Journal { header, frames: Vec::new(), closed: None });
            }
            (Some(Line::Frame(judged)), Some(journal)) => journal.frames.push(*judged),
            (Some(Line::Closed(closed)), Some(journal)) => journal.closed = Some(closed),
            _ => break,
        }
        whole += line.len() as u64;
    }
    Ok(journal.map(|journal| (journal, whole)))
}

/// Every journal of a dataset, by name.
pub(crate) fn read_all(dataset: &Path) -> Result<Vec<Journal>> {
    let folder = dataset.join(FOLDER);
    let mut paths: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(DatasetError::io(&folder)(error)),
    };
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    let journals = paths.iter().map(|path| Ok(read(path)?.map(|(journal, _)| journal)));
    journals.filter_map(Result::transpose).collect()
}

/// A journal that is being written.
#[derive(Debug)]
pub(crate) struct Writer {
    path: PathBuf,
    file: File,
}

impl Writer {
    /// A new journal.
    pub fn begin(path: PathBuf, header: &Header) -> Result<Self> {
        let file = File::create(&path).map_err(DatasetError::io(&path))?;
        let mut writer = Self { path, file };
        writer.write(&[Line::Source(header.clone())])?;
        Ok(writer)
    }

    /// Goes on after the first `whole` bytes of a journal.
    pub fn resume(path: PathBuf, whole: u64) -> Result<Self> {
        let opened = OpenOptions::new().append(true).open(&path).and_then(|file| {
            file.set_len(whole)?;
            Ok(file)
        });
        let file = opened.map_err(DatasetError::io(&path))?;
        Ok(Self { path, file })
    }

    pub fn frames(&mut self, frames: impl IntoIterator<Item = Judged>) -> Result<()> {
        let lines: Vec<Line> = frames.into_iter().map(|judged| Line::Frame(Box::new(judged))).collect();
        self.write(&lines)
    }

    pub fn close(mut self, closed: Closed) -> Result<()> {
        self.write(&[Line::Closed(closed)])?;
        self.file.sync_all().map_err(DatasetError::io(&self.path))
    }

    /// One write for all lines, so that a build that is killed leaves at most one of them torn.
    fn write(&mut self, lines: &[Line]) -> Result<()> {
        let mut bytes = Vec::new();
        for line in lines {
            let written = serde_json::to_writer(&mut bytes, line);
            written.map_err(|error| DatasetError::io(&self.path)(error.into()))?;
            bytes.push(b'\n');
        }
        self.file.write_all(&bytes).map_err(DatasetError::io(&self.path))
    }
}
