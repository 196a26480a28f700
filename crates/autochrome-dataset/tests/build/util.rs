//! A fresh folder for every test, films to put into it, and a build with few words.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use autochrome_dataset::{
    BuildOptions, DatasetError, Entry, Event, Rules, Sampling, Summary, build, read_manifest,
};

use crate::ffmpeg::{make, with_ffmpeg};

pub struct Folder {
    root: tempfile::TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    /// A folder for a test that makes films; nothing, and a word about it, without FFmpeg.
    pub fn with_ffmpeg(test: &str) -> Option<Self> {
        with_ffmpeg(test).then(Self::new)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Makes a film with these arguments for `ffmpeg`, in words.
    pub fn film(&self, name: &str, arguments: &str) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        make(&path, arguments);
        self
    }

    /// A moving pattern, without loss.
    pub fn pattern(&self, name: &str, size: &str, seconds: u32) -> &Self {
        self.film(name, &format!("-f lavfi -i testsrc2=s={size}:r=24:d={seconds} -c:v ffv1 -pix_fmt yuv444p"))
    }

    pub fn options(&self, sources: &[&str]) -> BuildOptions {
        BuildOptions {
            sources: sources.iter().map(|name| self.path(name)).collect(),
            out: self.path("set"),
            rules: rules(),
            val_fraction: 0.0,
            seed: 1,
            resume: false,
            jobs: 2,
        }
    }

    pub fn build(&self, options: &BuildOptions) -> Result<Summary, DatasetError> {
        build(options, &AtomicBool::new(false), &|write| write(), &|_: Event<'_>| ())
    }

    /// Builds and reads the manifest.
    pub fn set(&self, options: &BuildOptions) -> (Summary, Vec<Entry>) {
        let summary = self.build(options).unwrap();
        (summary, read_manifest(&options.out).unwrap())
    }

    /// The pixels of an entry: width, height and RGB.
    pub fn pixels(&self, entry: &Entry) -> (usize, usize, Vec<u8>) {
        let bytes = fs::read(self.path("set").join(&entry.path)).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        (info.width as usize, info.height as usize, rgb)
    }
}

/// One frame a second, of any size, whatever it shows.
pub fn rules() -> Rules {
    use autochrome_dataset::Reason::{Black, Blurred, Credits, Duplicate, Gray, Repeat, Small, Tinted};
    Rules {
        sampling: Sampling::Seconds(1.0),
        min_difference: 0.0,
        min_side_px: 1,
        max_frames: None,
        format: autochrome_dataset::Format::Png,
        allow: vec![Small, Black, Credits, Blurred, Gray, Tinted, Repeat, Duplicate],
    }
}

pub fn times(entries: &[Entry]) -> Vec<f64> {
    entries.iter().map(|entry| entry.timestamp_s.unwrap()).collect()
}

/// Files below a folder, by name.
pub fn files(folder: &Path) -> Vec<String> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    walk.filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/"))
        .collect()
}
