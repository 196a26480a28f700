//! One part of the result: frames into the `ffmpeg` process, a file that is whole or not there.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};

use crate::codec::Codec;
use crate::complaints::Complaints;
use crate::error::{FilmError, Result, says_full};
use crate::ffmpeg::Ffmpeg;
use crate::frames::Ending;
use crate::layout::Layout;
use crate::nut_write::{NutWriter, StreamHeader};
use crate::source::ColorTags;

/// How all parts of a film are encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoding {
    /// The codec.
    pub codec: Codec,
    /// Its rate factor; `None` is the codec's own.
    pub crf: Option<u8>,
    /// How frames come.
    pub layout: Layout,
    /// Columns of a frame.
    pub width: usize,
    /// Rows of a frame.
    pub height: usize,
    /// Width and height of a pixel.
    pub pixel_aspect: (u32, u32),
    /// Seconds of a unit of time, as a fraction.
    pub time_base: (u64, u64),
    /// What the samples mean.
    pub colors: ColorTags,
}

/// A part that is being written.
#[derive(Debug)]
pub(crate) struct PartEncoder {
    child: Child,
    nut: Option<NutWriter<BufWriter<ChildStdin>>>,
    complaints: Complaints,
    codec: Codec,
    unfinished: PathBuf,
    path: PathBuf,
    first_pts: u64,
}

impl PartEncoder {
    /// Starts a part that will lie at `path`; its first frame is shown at `first_pts`.
    pub fn open(ffmpeg: &Ffmpeg, encoding: &Encoding, path: &Path, first_pts: u64) -> Result<Self> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = PathBuf::from(unfinished);
        let (num, den) = encoding.time_base;
        let mut command = ffmpeg.ffmpeg();
        command.args([
            "-y",
            "-f",
            "nut",
            "-i",
            "pipe:0",
            "-map",
            "0:v:0",
            "-vf",
            &parameters(&encoding.colors),
        ]);
        command.args(encoding.codec.arguments(encoding.crf, encoding.layout));
        command.args(tags(&encoding.colors)).args(ffmpeg.keep_timestamps());
        command.args(["-enc_time_base", &format!("{num}:{den}"), "-video_track_timescale", &den.to_string()]);
        // The name of the program that wrote it would make parts of one film differ between versions.
        command.args(["-fflags", "+bitexact", "-f", encoding.codec.part_format()]).arg(&unfinished);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let missing = |source| FilmError::NoFfmpeg { tool: "ffmpeg", source };
        let mut child = command.spawn().map_err(missing)?;
        let (Some(stdin), Some(stderr)) = (child.stdin.take(), child.stderr.take()) else {
            return Err(missing(std::io::Error::other("no pipes to it")));
        };
        let header = StreamHeader {
            layout: encoding.layout,
            width: encoding.width,
            height: encoding.height,
            sample_aspect: encoding.pixel_aspect,
            time_base: encoding.time_base,
        };
        let mut part = Self {
            child,
            nut: None,
            complaints: Complaints::collect(stderr),
            codec: encoding.codec,
            unfinished,
            path: path.to_owned(),
            first_pts,
        };
        match NutWriter::new(BufWriter::with_capacity(1 << 16, stdin), &header) {
            Ok(nut) => part.nut = Some(nut),
            Err(_) => return Err(part.died()),
        }
        Ok(part)
    }

    /// Adds a frame.
    pub fn frame(&mut self, pts: u64, data: &[u8]) -> Result<()> {
        let Some(nut) = self.nut.as_mut() else { return Err(self.died()) };
        match nut.frame(pts.saturating_sub(self.first_pts), data) {
            Ok(()) => Ok(()),
            // The pipe breaks when the process has ended; why is in its own words.
            Err(_) => Err(self.died()),
        }
    }

    /// Closes the part and gives it its name.
    pub fn finish(mut self) -> Result<()> {
        let flushed = self.nut.take().is_none_or(|nut| nut.into_inner().flush().is_ok());
        let status = self.child.wait().map_err(|source| FilmError::writing(&self.path, source))?;
        let complaints = self.complaints.take();
        let full = complaints.complaints.iter().any(|line| says_full(line));
        if !flushed || full || !status.success() {
            return Err(self.reason(complaints));
        }
        let file = fs::File::open(&self.unfinished);
        let stored =
            file.and_then(|file| file.sync_all()).and_then(|()| fs::rename(&self.unfinished, &self.path));
        stored.map_err(|source| FilmError::writing(&self.path, source))
    }

    /// Why the process ended before its time.
    fn died(&mut self) -> FilmError {
        self.nut = None;
        let _ = self.child.wait();
        let complaints = self.complaints.take();
        self.reason(complaints)
    }

    fn reason(&self, Ending { complaints, .. }: Ending) -> FilmError {
        if complaints.iter().any(|line| says_full(line)) {
            return FilmError::DiskFull { path: self.path.clone() };
        }
        // The first complaint names the trouble, those after it what came of that.
        let reason = complaints.into_iter().next().unwrap_or_else(|| "it ended without a word".to_owned());
        FilmError::Encoder { codec: self.codec.name(), reason }
    }
}

impl Drop for PartEncoder {
    fn drop(&mut self) {
        // After `finish` there is neither a process nor a file, and all of this fails as it should. The pipe is closed last:
        // what waits for it would keep a living process busy.
        let _ = self.child.kill();
        self.nut = None;
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.unfinished);
    }
}

/// The filter that says what frames mean, which raw frames in a pipe cannot.
fn parameters(colors: &ColorTags) -> String {
    let named = [
        ("range", &colors.range),
        ("color_primaries", &colors.primaries),
        ("color_trc", &colors.transfer),
        ("colorspace", &colors.matrix),
    ];
    let said: Vec<String> =
        named.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?))).collect();
    if said.is_empty() { "null".to_owned() } else { format!("setparams={}", said.join(":")) }
}

/// The same as options of the encoder, for versions that look there.
fn tags(colors: &ColorTags) -> Vec<String> {
    let named = [
        ("-color_range", &colors.range),
        ("-color_primaries", &colors.primaries),
        ("-color_trc", &colors.transfer),
        ("-colorspace", &colors.matrix),
        ("-chroma_sample_location", &colors.chroma_place),
    ];
    named
        .iter()
        .filter_map(|(name, value)| Some([(*name).to_owned(), value.as_ref()?.clone()]))
        .flatten()
        .collect()
}
