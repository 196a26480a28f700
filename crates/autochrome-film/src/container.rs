//! What a kind of file can hold, told before work begins.

use std::path::Path;

use crate::codec::Codec;
use crate::error::{FilmError, Result};
use crate::source::{Kind, Other};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// `.mp4`, `.m4v`.
    Mp4,
    /// `.mov`.
    Mov,
    /// `.mkv`.
    Matroska,
    /// `.webm`.
    WebM,
}

/// What becomes of a stream beside the frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is copied as it is.
    Copied,
    /// It is written in another way, because the file cannot hold it as it is.
    Converted(&'static str),
    /// It is left out.
    Dropped,
}

impl Container {
    /// The one that a name says, when it can hold `codec`.
    ///
    /// # Errors
    /// [`FilmError::Container`].
    pub fn of(path: &Path, codec: Codec) -> Result<Self> {
        let refuse = |reason: String| FilmError::Container { path: path.to_owned(), reason };
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let container = match extension.as_str() {
            "mp4" | "m4v" => Self::Mp4,
            "mov" => Self::Mov,
            "mkv" => Self::Matroska,
            "webm" => Self::WebM,
            _ => return Err(refuse("a film is written as .mp4, .mov, .mkv or .webm".to_owned())),
        };
        let holds = match container {
            Self::Mp4 => matches!(codec, Codec::H264 | Codec::H265 | Codec::Av1),
            Self::Mov => codec != Codec::Av1,
            Self::Matroska => true,
            Self::WebM => codec == Codec::Av1,
        };
        if holds {
            Ok(container)
        } else {
            Err(refuse(format!("this kind of file cannot hold {}; use .mkv", codec.name())))
        }
    }

    /// FFmpeg's name of it.
    #[must_use]
    pub fn format(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Matroska => "matroska",
            Self::WebM => "webm",
        }
    }

    /// What becomes of a stream.
    #[must_use]
    pub fn stream_fate(self, other: &Other) -> Fate {
        let codec = other.codec.as_str();
        let text = ["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"].contains(&codec);
        match (self, other.kind) {
            (_, Kind::Video | Kind::Data) => Fate::Dropped,
            (Self::Matroska, Kind::Subtitle) if codec == "mov_text" => Fate::Converted("srt"),
            (Self::Matroska, _) => Fate::Copied,
            (Self::Mp4 | Self::Mov, Kind::Subtitle) if codec == "mov_text" => Fate::Copied,
            (Self::Mp4 | Self::Mov, Kind::Subtitle) if text => Fate::Converted("mov_text"),
            (Self::Mp4 | Self::Mov, Kind::Cover) if ["mjpeg", "png"].contains(&codec) => Fate::Copied,
            (Self::Mp4, Kind::Audio) if MP4_AUDIO.contains(&codec) => Fate::Copied,
            (Self::Mov, Kind::Audio) if MP4_AUDIO.contains(&codec) && codec != "opus" && codec != "flac" => {
                Fate::Copied
            }
            (Self::Mov, Kind::Audio) if codec.starts_with("pcm_") => Fate::Copied,
            (Self::Mp4 | Self::Mov, Kind::Audio) => Fate::Converted("aac"),
            (Self::WebM, Kind::Audio) if ["opus", "vorbis"].contains(&codec) => Fate::Copied,
            (Self::WebM, Kind::Audio) => Fate::Converted("libopus"),
            (Self::WebM, Kind::Subtitle) if codec == "webvtt" => Fate::Copied,
            (Self::WebM, Kind::Subtitle) if text => Fate::Converted("webvtt"),
            _ => Fate::Dropped,
        }
    }

    /// What will not be in the result as it is in the film, one sentence each.
    #[must_use]
    pub fn losses(self, others: &[Other]) -> Vec<String> {
        let what = |other: &Other| {
            let kind = match other.kind {
                Kind::Audio => "sound",
                Kind::Subtitle => "subtitles",
                Kind::Attachment => "attachment",
                Kind::Cover => "cover",
                Kind::Video => "second video",
                Kind::Data => "data",
            };
            format!("stream {} ({kind}, {})", other.index, other.codec)
        };
        let name = self.format();
        let tell = |other: &Other| match self.stream_fate(other) {
            Fate::Copied => None,
            Fate::Converted(to) => {
                Some(format!("{} becomes {to}: {name} cannot hold it; .mkv could", what(other)))
            }
            Fate::Dropped if self == Self::Matroska => Some(format!("{} is left out", what(other))),
            Fate::Dropped => Some(format!("{} is left out: {name} cannot hold it", what(other))),
        };
        others.iter().filter_map(tell).collect()
    }
}

/// Sound that MP4 holds.
const MP4_AUDIO: [&str; 8] = ["aac", "mp3", "ac3", "eac3", "alac", "opus", "flac", "mp2"];

#[cfg(test)]
mod tests {
    use super::*;

    fn other(kind: Kind, codec: &str) -> Other {
        Other { index: 2, kind, codec: codec.to_owned() }
    }

    #[test]
    fn a_name_says_the_kind_of_file() {
        assert_eq!(Container::of("a.MKV".as_ref(), Codec::Ffv1).unwrap(), Container::Matroska);
        for (name, codec) in
            [("a.mp4", Codec::Ffv1), ("a.webm", Codec::H264), ("a.avi", Codec::H264), ("a", Codec::H264)]
        {
            assert_eq!(Container::of(name.as_ref(), codec).unwrap_err().code(), "film.container");
        }
    }

    #[test]
    fn what_a_file_cannot_hold_is_said() {
        let others =
            [other(Kind::Subtitle, "subrip"), other(Kind::Attachment, "ttf"), other(Kind::Audio, "aac")];
        assert_eq!(Container::Matroska.losses(&others), [""; 0]);
        let losses = Container::Mp4.losses(&others);
        assert_eq!(losses.len(), 2, "{losses:?}");
        assert!(losses[0].contains("becomes mov_text") && losses[1].contains("left out"), "{losses:?}");
    }
}
