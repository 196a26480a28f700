//! A film as it is before it is coloured: its frames as they are stored, and all that must be kept beside them.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{FilmError, Result};
use crate::ffmpeg::Ffmpeg;
use crate::layout::{Layout, Request, Sampling, request};
use crate::probe::{Disposition, MAX_PIXELS, Scan, SideData, check_kind, describe, ratio};
use crate::telecine::is_telecined;

/// A film that is to be coloured.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// Columns of a frame, upright, as stored.
    pub width: usize,
    /// Rows of a frame, upright, as stored.
    pub height: usize,
    /// Width and height of a pixel, upright; (1, 1) for square ones.
    pub pixel_aspect: (u32, u32),
    /// Seconds of a unit of time, as a fraction.
    pub time_base: (u64, u64),
    /// Frames a second on average, where the file says it.
    pub frame_rate_fps: Option<f64>,
    /// Length in seconds, where the file says it.
    pub duration_s: Option<f64>,
    /// How its lines were recorded.
    pub scan: Scan,
    /// What its samples mean.
    pub colors: ColorTags,
    /// What is asked of FFmpeg.
    pub request: Request,
    /// Whether its frames are stored turned and are set upright.
    pub turned: bool,
    /// Its index among the streams.
    pub stream: usize,
    /// All other streams.
    pub others: Vec<Other>,
}

/// What the samples of a film mean, in FFmpeg's words; `None` where the file does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColorTags {
    /// `tv` or `pc`.
    pub range: Option<String>,
    /// The matrix between Y′CbCr and RGB.
    pub matrix: Option<String>,
    /// The primaries.
    pub primaries: Option<String>,
    /// The curve between light and code.
    pub transfer: Option<String>,
    /// Where samples of chroma lie.
    pub chroma_place: Option<String>,
}

/// A stream beside the frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its index.
    pub index: usize,
    /// What it is.
    pub kind: Kind,
    /// FFmpeg's name of its codec.
    pub codec: String,
}

/// What a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Subtitles.
    Subtitle,
    /// A file, such as a font.
    Attachment,
    /// A picture of a cover.
    Cover,
    /// A second film.
    Video,
    /// Anything else.
    Data,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Format {
    format_name: String,
    duration: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stream {
    index: usize,
    codec_type: String,
    codec_name: String,
    width: usize,
    height: usize,
    pix_fmt: String,
    sample_aspect_ratio: Option<String>,
    time_base: String,
    avg_frame_rate: Option<String>,
    duration: Option<String>,
    field_order: Option<String>,
    color_range: Option<String>,
    color_space: Option<String>,
    color_primaries: Option<String>,
    color_transfer: Option<String>,
    chroma_location: Option<String>,
    disposition: Disposition,
    side_data_list: Vec<SideData>,
}

impl Source {
    /// Asks `ffprobe` about a film.
    ///
    /// # Errors
    /// [`FilmError::Unreadable`], [`FilmError::Picture`], [`FilmError::NoVideo`], [`FilmError::TooLarge`] and
    /// [`FilmError::NoFfmpeg`].
    pub fn probe(ffmpeg: &Ffmpeg, path: &Path) -> Result<Self> {
        let mut source = parse(path, &describe(ffmpeg, path, &[])?)?;
        if source.scan != Scan::Progressive && is_telecined(ffmpeg, &source) {
            source.scan = Scan::Telecined;
        }
        Ok(source)
    }

    /// What is done with a film whose lines were not recorded all at once, in one sentence.
    #[must_use]
    pub fn treatment(&self) -> Option<&'static str> {
        match self.scan {
            Scan::Interlaced => Some("the film is interlaced; it is deinterlaced, one frame for two fields"),
            Scan::Telecined => Some(
                "the film is telecined (3:2 pulldown); its fields are put together again, and every frame stays",
            ),
            Scan::Progressive | Scan::Unknown => None,
        }
    }

    /// The layout of its frames as they are read.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.request.layout
    }

    /// Columns and rows as the film is shown, with square pixels.
    #[must_use]
    pub fn shown_size(&self) -> (usize, usize) {
        let (across, down) = self.pixel_aspect;
        let width = self.width as f64 * f64::from(across) / f64::from(down.max(1));
        ((width.round() as usize).max(1), self.height)
    }

    /// Whether its codes reach from 0 to the largest, instead of leaving room at both ends.
    #[must_use]
    pub fn full_range(&self) -> bool {
        match self.colors.range.as_deref() {
            Some(range) => range == "pc",
            // FFmpeg and players take gray without a word as full.
            None => self.request.layout.sampling == Sampling::Gray,
        }
    }

    /// Weights of red and blue in Y′.
    #[must_use]
    pub fn luma_weights(&self) -> (f32, f32) {
        match self.colors.matrix.as_deref() {
            Some("bt709") => BT709,
            Some("bt2020nc" | "bt2020c") => (0.2627, 0.0593),
            Some("smpte240m") => (0.212, 0.087),
            Some("fcc") => (0.30, 0.11),
            Some("bt470bg" | "smpte170m") => BT601,
            _ if self.height >= 720 || self.width >= 1280 => BT709,
            _ => BT601,
        }
    }

    /// Whether it was made for screens brighter than sRGB.
    #[must_use]
    pub fn hdr(&self) -> bool {
        matches!(self.colors.transfer.as_deref(), Some("smpte2084" | "arib-std-b67"))
    }
}

const BT709: (f32, f32) = (0.2126, 0.0722);
const BT601: (f32, f32) = (0.299, 0.114);

fn parse(path: &Path, json: &[u8]) -> Result<Source> {
    let path = path.to_owned();
    let answer: Answer = match serde_json::from_slice(json) {
        Ok(answer) => answer,
        Err(error) => return Err(FilmError::Unreadable { path, reason: error.to_string() }),
    };
    let Answer { streams, format } = answer;
    check_kind(&path, &format.format_name)?;
    if format.format_name.ends_with("_pipe") || format.format_name == "image2" {
        return Err(FilmError::Picture { path });
    }
    let is_film = |stream: &Stream| stream.codec_type == "video" && stream.disposition.attached_pic == 0;
    let Some(video) = streams.iter().find(|stream| is_film(stream) && stream.width > 0 && stream.height > 0)
    else {
        return Err(FilmError::NoVideo { path });
    };
    let (mut width, mut height) = (video.width, video.height);
    if (width as u64).saturating_mul(height as u64) > MAX_PIXELS {
        let side = |px: usize| u32::try_from(px).unwrap_or(u32::MAX);
        let (width, height) = (side(width), side(height));
        return Err(FilmError::TooLarge { path, width, height, limit: MAX_PIXELS });
    }
    let mut pixel_aspect = video.sample_aspect_ratio.as_deref().and_then(aspect).unwrap_or((1, 1));
    let rotation = video.side_data_list.iter().find_map(|data| data.rotation).unwrap_or(0.0);
    if (rotation / 90.0).round() as i64 % 2 != 0 {
        (width, height) = (height, width);
        pixel_aspect = (pixel_aspect.1, pixel_aspect.0);
    }
    let seconds = |text: &Option<String>| text.as_deref()?.parse::<f64>().ok().filter(|s| *s > 0.0);
    let said = |tag: &Option<String>| {
        tag.clone().filter(|tag| !["unknown", "unspecified", "reserved", "gbr"].contains(&tag.as_str()))
    };
    let request = request(&video.pix_fmt);
    let mut colors = ColorTags {
        range: said(&video.color_range),
        matrix: said(&video.color_space),
        primaries: said(&video.color_primaries),
        transfer: said(&video.color_transfer),
        chroma_place: said(&video.chroma_location),
    };
    if request.from_rgb {
        (colors.range, colors.matrix) = (Some("tv".to_owned()), Some("bt709".to_owned()));
    } else if request.format.starts_with("yuvj") {
        colors.range = Some("pc".to_owned());
    }
    let others = streams.iter().filter(|stream| stream.index != video.index).map(|stream| Other {
        index: stream.index,
        kind: match stream.codec_type.as_str() {
            "audio" => Kind::Audio,
            "subtitle" => Kind::Subtitle,
            "attachment" => Kind::Attachment,
            "video" if stream.disposition.attached_pic == 1 => Kind::Cover,
            "video" => Kind::Video,
            _ => Kind::Data,
        },
        codec: stream.codec_name.clone(),
    });
    Ok(Source {
        width,
        height,
        pixel_aspect,
        time_base: fraction(&video.time_base).unwrap_or((1, 1_000_000)),
        frame_rate_fps: video.avg_frame_rate.as_deref().and_then(ratio),
        duration_s: seconds(&video.duration).or_else(|| seconds(&format.duration)),
        scan: match video.field_order.as_deref() {
            Some("progressive") => Scan::Progressive,
            Some("tt" | "bb" | "tb" | "bt") => Scan::Interlaced,
            _ => Scan::Unknown,
        },
        colors,
        request,
        turned: rotation.round() as i64 % 360 != 0,
        stream: video.index,
        others: others.collect(),
        path,
    })
}

/// `8:9` as two numbers above 0.
fn aspect(text: &str) -> Option<(u32, u32)> {
    let (across, down) = text.split_once(':')?;
    let aspect = (across.parse().ok()?, down.parse().ok()?);
    (aspect.0 > 0 && aspect.1 > 0).then_some(aspect)
}

/// `1/90000` as two numbers above 0.
fn fraction(text: &str) -> Option<(u64, u64)> {
    let (num, den) = text.split_once('/')?;
    let fraction = (num.parse().ok()?, den.parse().ok()?);
    (fraction.0 > 0 && fraction.1 > 0).then_some(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(streams: &str, format: &str) -> Result<Source> {
        let json = format!(
            r#"{{"streams": [{streams}], "format": {{"format_name": "{format}", "duration": "3"}}}}"#
        );
        parse(Path::new("a.mkv"), json.as_bytes())
    }

    const VIDEO: &str = r#"{"index": 1, "codec_type": "video", "codec_name": "h264", "width": 720, "height": 576,
        "pix_fmt": "yuv420p10le", "sample_aspect_ratio": "16:15", "time_base": "1/12800", "avg_frame_rate": "25/1",
        "color_space": "smpte170m", "color_transfer": "unknown", "side_data_list": [{"rotation": -90}]}"#;

    #[test]
    fn a_film_is_read_with_everything_beside_it() {
        let sound = r#"{"index": 0, "codec_type": "audio", "codec_name": "aac"}"#;
        let source = parsed(&format!("{sound},{VIDEO}"), "matroska,webm").unwrap();
        assert_eq!((source.width, source.height, source.pixel_aspect), (576, 720, (15, 16)));
        assert_eq!((source.time_base, source.layout().depth, source.turned), ((1, 12_800), 10, true));
        assert_eq!(
            (source.colors.matrix.as_deref(), source.colors.transfer.as_deref()),
            (Some("smpte170m"), None)
        );
        assert_eq!(source.others, [Other { index: 0, kind: Kind::Audio, codec: "aac".to_owned() }]);
        assert!(!source.scan.eq(&Scan::Interlaced) && source.shown_size() == (540, 720));
    }

    #[test]
    fn pictures_and_records_are_no_films() {
        assert!(matches!(parsed(VIDEO, "png_pipe"), Err(FilmError::Picture { .. })));
        let cover = r#"{"index": 0, "codec_type": "video", "width": 9, "height": 9, "disposition": {"attached_pic": 1}}"#;
        assert!(matches!(parsed(cover, "mp3"), Err(FilmError::NoVideo { .. })));
    }

    #[test]
    fn gray_without_a_word_is_full_range() {
        let gray = VIDEO.replace("yuv420p10le", "gray");
        assert!(parsed(&gray, "nut").unwrap().full_range());
        assert!(!parsed(VIDEO, "nut").unwrap().full_range());
    }
}

#[cfg(test)]
pub(crate) mod tests_support {
    use super::*;
    use crate::layout::request;

    /// A gray film of this size.
    pub fn gray_source(width: usize, height: usize) -> Source {
        Source {
            path: "gray.nut".into(),
            width,
            height,
            pixel_aspect: (1, 1),
            time_base: (1, 24),
            frame_rate_fps: Some(24.0),
            duration_s: None,
            scan: Scan::Progressive,
            colors: ColorTags::default(),
            request: request("gray"),
            turned: false,
            stream: 0,
            others: Vec::new(),
        }
    }
}
