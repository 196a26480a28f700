//! What a film is, before a frame of it is decoded.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;

use crate::error::{FilmError, Result};
use crate::ffmpeg::Ffmpeg;

/// Pixels of a frame beyond which a film is refused: twice 8K.
pub(crate) const MAX_PIXELS: u64 = 64 << 20;

/// What `ffprobe` says about the first video stream of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// The file.
    pub path: PathBuf,
    /// Columns of a frame as it is shown: upright, with square pixels.
    pub width: u32,
    /// Rows of a frame as it is shown.
    pub height: u32,
    /// Length in seconds, where the file says it.
    pub duration_s: Option<f64>,
    /// Frames a second on average, where the file says it.
    pub frame_rate_fps: Option<f64>,
    /// How its lines were recorded.
    pub scan: Scan,
    /// Whether it is PQ or HLG, and frames are therefore tone-mapped.
    pub hdr: bool,
    /// Whether the file names the matrix between its YCbCr and RGB.
    pub names_matrix: bool,
    pub(crate) stream: usize,
}

/// How the lines of a frame were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// All at once.
    Progressive,
    /// Every second one, twice.
    Interlaced,
    /// A film of 24 frames a second, four of which were made five of fields (3:2 pulldown).
    Telecined,
    /// The file does not say; its frames may, one by one.
    Unknown,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
struct Format {
    #[serde(default)]
    format_name: String,
    duration: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stream {
    index: usize,
    width: u32,
    height: u32,
    sample_aspect_ratio: Option<String>,
    avg_frame_rate: Option<String>,
    duration: Option<String>,
    field_order: Option<String>,
    color_space: Option<String>,
    color_transfer: Option<String>,
    disposition: Disposition,
    side_data_list: Vec<SideData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Disposition {
    pub attached_pic: u8,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct SideData {
    pub rotation: Option<f64>,
}

/// Asks `ffprobe` about a file.
///
/// # Errors
/// [`FilmError::Unreadable`] for what is no film, [`FilmError::NoVideo`], [`FilmError::TooLarge`], [`FilmError::Hdr`] when
/// this FFmpeg cannot map its tones, and [`FilmError::NoFfmpeg`].
pub fn probe(ffmpeg: &Ffmpeg, path: &Path) -> Result<Film> {
    let film = parse(path, &describe(ffmpeg, path, &["-select_streams", "v"])?)?;
    if film.hdr && !ffmpeg.maps_tones() {
        return Err(FilmError::Hdr { path: film.path });
    }
    Ok(film)
}

/// Kinds of file that name others to read: what a film brings must be in it.
const LISTS: [&str; 5] = ["hls", "concat", "dash", "imf", "sdp"];

/// Refuses a kind of file that is but a list of others.
pub(crate) fn check_kind(path: &Path, name: &str) -> Result<()> {
    if name.split(',').any(|kind| LISTS.contains(&kind)) {
        let reason = format!("it is a list of other files ({name})");
        return Err(FilmError::Unreadable { path: path.to_owned(), reason });
    }
    Ok(())
}

/// What `ffprobe` says of a file and its streams, in JSON.
pub(crate) fn describe(ffmpeg: &Ffmpeg, path: &Path, more: &[&str]) -> Result<Vec<u8>> {
    let output = ffmpeg
        .ffprobe()
        .args(["-print_format", "json", "-show_format", "-show_streams"])
        .args(more)
        .args(input(path))
        .stdin(Stdio::null())
        .output()
        .map_err(|source| FilmError::NoFfmpeg { tool: "ffprobe", source })?;
    if !output.status.success() {
        return Err(FilmError::Unreadable { path: path.to_owned(), reason: reason(&output.stderr) });
    }
    Ok(output.stdout)
}

/// Why FFmpeg could not, in its own words.
pub(crate) fn reason(stderr: &[u8]) -> String {
    let words = String::from_utf8_lossy(stderr);
    let last = words.lines().last().unwrap_or("it says nothing");
    // FFmpeg repeats the file's name, which the message has already.
    last.rsplit_once(": ").map_or(last, |(_, reason)| reason).to_owned()
}

/// The arguments that name a film. The prefix keeps a file's name from being read as an option or an address, and the list
/// keeps a film from naming other places to read from.
pub(crate) fn input(path: &Path) -> [OsString; 4] {
    let mut name = OsString::from("file:");
    name.push(path);
    ["-protocol_whitelist".into(), "file,pipe".into(), "-i".into(), name]
}

fn parse(path: &Path, json: &[u8]) -> Result<Film> {
    let path = path.to_owned();
    let answer: Answer = match serde_json::from_slice(json) {
        Ok(answer) => answer,
        Err(error) => return Err(FilmError::Unreadable { path, reason: error.to_string() }),
    };
    check_kind(&path, &answer.format.format_name)?;
    // The cover of a record is a video stream of one picture, too.
    let stream = answer.streams.into_iter().find(|stream| stream.disposition.attached_pic == 0);
    let Some(stream) = stream.filter(|stream| stream.width > 0 && stream.height > 0) else {
        return Err(FilmError::NoVideo { path });
    };
    let pixel_aspect = stream.sample_aspect_ratio.as_deref().and_then(ratio).unwrap_or(1.0);
    let mut width = ((f64::from(stream.width) * pixel_aspect).round() as u32).max(1);
    let mut height = stream.height;
    let quarter_turns = stream.side_data_list.iter().find_map(|data| data.rotation).unwrap_or(0.0) / 90.0;
    if quarter_turns.round() as i64 % 2 != 0 {
        (width, height) = (height, width);
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(FilmError::TooLarge { path, width, height, limit: MAX_PIXELS });
    }
    let seconds = |text: &Option<String>| text.as_deref()?.parse::<f64>().ok().filter(|s| *s > 0.0);
    Ok(Film {
        path,
        width,
        height,
        duration_s: seconds(&stream.duration).or_else(|| seconds(&answer.format.duration)),
        frame_rate_fps: stream.avg_frame_rate.as_deref().and_then(ratio),
        scan: match stream.field_order.as_deref() {
            Some("progressive") => Scan::Progressive,
            Some("tt" | "bb" | "tb" | "bt") => Scan::Interlaced,
            _ => Scan::Unknown,
        },
        hdr: matches!(stream.color_transfer.as_deref(), Some("smpte2084" | "arib-std-b67")),
        names_matrix: !matches!(stream.color_space.as_deref(), None | Some("unknown" | "unspecified")),
        stream: stream.index,
    })
}

/// `8:9` or `30000/1001` as a number, when it is one above 0.
pub(crate) fn ratio(text: &str) -> Option<f64> {
    let (above, below) = text.split_once([':', '/'])?;
    let ratio = above.parse::<f64>().ok()? / below.parse::<f64>().ok()?;
    (ratio.is_finite() && ratio > 0.0).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(stream: &str) -> Result<Film> {
        let json = format!(r#"{{"streams": [{stream}], "format": {{"duration": "12.5"}}}}"#);
        parse(Path::new("a.mkv"), json.as_bytes())
    }

    #[test]
    fn a_turned_anamorphic_film_is_measured_as_it_is_shown() {
        let film = parsed(
            r#"{"index": 1, "width": 720, "height": 576, "sample_aspect_ratio": "16:15", "avg_frame_rate": "25/1",
                "field_order": "tt", "side_data_list": [{"rotation": -90}]}"#,
        )
        .unwrap();
        assert_eq!((film.width, film.height, film.stream), (576, 768, 1));
        assert_eq!((film.duration_s, film.frame_rate_fps), (Some(12.5), Some(25.0)));
        assert_eq!((film.scan, film.hdr, film.names_matrix), (Scan::Interlaced, false, false));
    }

    #[test]
    fn covers_of_records_are_no_video() {
        let cover = r#"{"index": 1, "width": 500, "height": 500, "disposition": {"attached_pic": 1}}"#;
        assert!(matches!(parsed(cover), Err(FilmError::NoVideo { .. })));
        assert!(matches!(parsed(""), Err(FilmError::NoVideo { .. })));
    }

    #[test]
    fn frames_beyond_the_limit_are_refused_before_one_is_decoded() {
        let film = parsed(r#"{"index": 0, "width": 32768, "height": 16384}"#);
        assert!(matches!(film, Err(FilmError::TooLarge { .. })));
    }

    #[test]
    fn unknown_aspects_and_rates_are_left_open() {
        let film = parsed(
            r#"{"index": 0, "width": 64, "height": 48, "sample_aspect_ratio": "0:1", "avg_frame_rate": "0/0"}"#,
        )
        .unwrap();
        assert_eq!((film.width, film.frame_rate_fps, film.scan), (64, None, Scan::Unknown));
    }
}
