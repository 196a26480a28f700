//! A fresh folder for every test, films to put into it, and somebody who paints them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use autochrome_color::{Chroma, Plane, Tone};
use autochrome_film::{
    Codec, Colorist, ColoristError, Existing, Ffmpeg, FilmError, FilmOptions, FilmSummary, KeyColors,
    Keyframe, Range, Source, colorize,
};

use crate::ffmpeg::{make, with_ffmpeg};

pub struct Folder {
    root: tempfile::TempDir,
}

/// Paints everything in one colour that goes from orange to blue with the scene, and keeps the numbers of keyframes.
#[derive(Default)]
pub struct OneColor {
    pub keys: Mutex<Vec<(u64, u64)>>,
}

/// Chroma of a scene.
pub fn color_of(scene: u64) -> (f32, f32) {
    if scene.is_multiple_of(2) { (20.0, 40.0) } else { (5.0, -40.0) }
}

impl Colorist for OneColor {
    fn colors(&self, key: &Keyframe) -> Result<KeyColors, ColoristError> {
        self.keys.lock().unwrap().push((key.number, key.scene));
        let (a, b) = color_of(key.scene);
        Ok(KeyColors { chroma: Chroma { a: Plane::filled(8, 8, a), b: Plane::filled(8, 8, b) }, trust: 0.3 })
    }
}

pub fn lossless() -> FilmOptions {
    FilmOptions {
        range: Range::default(),
        codec: Some(Codec::Ffv1),
        crf: None,
        tone: Tone::default(),
        side_by_side: false,
        recolor: false,
        keep_scenes: BTreeSet::new(),
        existing: Existing::Refuse,
        made_with: String::new(),
    }
}

impl Folder {
    /// A folder for a test that makes films; nothing, and a word about it, without FFmpeg.
    pub fn with_ffmpeg(test: &str) -> Option<Self> {
        with_ffmpeg(test).then(|| Self { root: tempfile::tempdir().unwrap() })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Makes a film with these arguments for `ffmpeg`, in words.
    pub fn film(&self, name: &str, arguments: &str) -> &Self {
        make(&self.path(name), arguments);
        self
    }

    pub fn source(&self, name: &str) -> Result<Source, FilmError> {
        Source::probe(&Ffmpeg::find().unwrap(), &self.path(name))
    }

    pub fn colorize(&self, from: &str, to: &str, options: &FilmOptions) -> Result<FilmSummary, FilmError> {
        self.colorize_by(from, to, options, &OneColor::default())
    }

    pub fn colorize_by(
        &self,
        from: &str,
        to: &str,
        options: &FilmOptions,
        colorist: &dyn Colorist,
    ) -> Result<FilmSummary, FilmError> {
        let ffmpeg = Ffmpeg::find()?;
        let never = AtomicBool::new(false);
        colorize(&ffmpeg, &self.source(from)?, &self.path(to), options, colorist, &never, &|_| ())
    }

    /// What `ffprobe` says of the first video stream, or of what `select` names.
    pub fn ask(&self, name: &str, select: &str, entries: &str) -> String {
        let output = Command::new("ffprobe")
            .args(["-v", "error", "-select_streams", select, "-show_entries", entries, "-of", "csv=p=0"])
            .arg(self.path(name))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// When each frame is shown, in seconds, in order.
    pub fn times(&self, name: &str) -> Vec<f64> {
        let told = self.ask(name, "v:0", "packet=pts_time");
        let mut times: Vec<f64> =
            told.lines().map(|line| line.trim_end_matches(',').parse().unwrap()).collect();
        times.sort_by(f64::total_cmp);
        times
    }

    /// Bytes of all frames of a film through a filter.
    pub fn frames(&self, name: &str, filter: &str) -> Vec<u8> {
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-i"])
            .arg(self.path(name))
            .args([
                "-map",
                "0:v:0",
                "-vf",
                filter,
                "-fps_mode",
                "passthrough",
                "-c:v",
                "rawvideo",
                "-f",
                "rawvideo",
                "-",
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    pub fn luma(&self, name: &str) -> Vec<u8> {
        self.frames(name, "extractplanes=y")
    }
}
