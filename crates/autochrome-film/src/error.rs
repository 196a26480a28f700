//! What can go wrong between a film and its frames.

use std::io;
use std::path::PathBuf;

use autochrome_errors::ErrorCode;

/// The result of everything in this crate that can fail.
pub type Result<T, E = FilmError> = std::result::Result<T, E>;

/// Whose fault it is, and what to do about it.
#[derive(Debug, thiserror::Error, ErrorCode)]
#[non_exhaustive]
pub enum FilmError {
    /// `ffmpeg` or `ffprobe` is not installed, or cannot be started.
    #[error("films need FFmpeg, and `{tool}` cannot be started ({source}); install it: {}", install_line())]
    #[code("film.no_ffmpeg", Environment)]
    NoFfmpeg {
        /// The program.
        tool: &'static str,
        /// The system's words.
        source: io::Error,
    },
    /// `ffmpeg` or `ffprobe` is too old, or says nothing of its version.
    #[error(
        "films need FFmpeg 4.4 or later, and `{tool}` says it is `{told}`; install another: {}",
        install_line()
    )]
    #[code("film.old_ffmpeg", Environment)]
    OldFfmpeg {
        /// The program.
        tool: &'static str,
        /// The first line of what it says.
        told: String,
    },
    /// FFmpeg makes nothing of the file.
    #[error("{}: FFmpeg cannot read it ({reason}); check that it is a film and whole", path.display())]
    #[code("film.unreadable", BadInput)]
    Unreadable {
        /// The film.
        path: PathBuf,
        /// FFmpeg's words.
        reason: String,
    },
    /// The file has sound or subtitles, but no moving pictures.
    #[error("{}: there is no video in it", path.display())]
    #[code("film.no_video", BadInput)]
    NoVideo {
        /// The file.
        path: PathBuf,
    },
    /// HDR, and an FFmpeg that cannot map its tones.
    #[error(
        "{}: this film is HDR, and this FFmpeg has no `zscale` filter to map its tones; use an FFmpeg built with libzimg",
        path.display()
    )]
    #[code("film.hdr", Environment)]
    Hdr {
        /// The film.
        path: PathBuf,
    },
    /// A picture where a film is wanted.
    #[error("{}: this is a picture, not a film; use `autochrome colorize`", path.display())]
    #[code("film.picture", BadInput)]
    Picture {
        /// The file.
        path: PathBuf,
    },
    /// The result's name says a kind of file that cannot hold the film.
    #[error("{}: {reason}", path.display())]
    #[code("film.container", BadRequest)]
    Container {
        /// The result.
        path: PathBuf,
        /// What does not fit, and what would.
        reason: String,
    },
    /// A number of an order that is out of range.
    #[error("crf cannot be {crf} for {codec}: {expected}")]
    #[code("option-out-of-range", BadRequest)]
    Crf {
        /// The codec.
        codec: &'static str,
        /// What was given.
        crf: u8,
        /// What would be right.
        expected: &'static str,
    },
    /// There is a result of that name, or parts of one.
    #[error("{} exists already; --overwrite replaces it, --resume goes on from it", path.display())]
    #[code("film.output_exists", BadRequest)]
    OutputExists {
        /// What is in the way.
        path: PathBuf,
    },
    /// Parts of a result that were made of another film, or in another way.
    #[error("{}: these parts were made of another film or with other options; --overwrite begins anew", path.display())]
    #[code("film.other_parts", BadRequest)]
    OtherParts {
        /// The folder of parts.
        path: PathBuf,
    },
    /// A moment, a frame or a range that the film does not have.
    #[error("{0}")]
    #[code("film.no_such_moment", BadRequest)]
    NoSuchMoment(String),
    /// The encoder does not take the film, or died.
    #[error("FFmpeg cannot encode with {codec} ({reason}); choose another --codec, or an FFmpeg that has it")]
    #[code("film.encoder", Environment)]
    Encoder {
        /// The codec.
        codec: &'static str,
        /// FFmpeg's words.
        reason: String,
    },
    /// The parts of the result cannot be put together.
    #[error("{}: FFmpeg cannot write it ({reason})", path.display())]
    #[code("film.join", Environment)]
    Join {
        /// The result.
        path: PathBuf,
        /// FFmpeg's words.
        reason: String,
    },
    /// There is no room for the result: the disk or the quota is full, or the file system takes no file of this size.
    #[error("{}: the disk is full, or takes no file of this size; what is finished stays, and --resume goes on from it", path.display())]
    #[code("film.disk_full", Environment)]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A file of the result cannot be written or read.
    #[error("{}: {source}", path.display())]
    #[code("film.io", Environment)]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Finding the colours of a frame failed.
    #[error("frame {frame}: {source}")]
    #[code("film.colours", BadInput)]
    Colors {
        /// Its number, from 0.
        frame: u64,
        /// What the colorizer says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Somebody asked to stop.
    #[error("stopped before it was finished")]
    #[code("film.stopped", Stopped)]
    Stopped,
    /// Frames beyond what is read.
    #[error("{}: frames of {width} × {height} are larger than the limit of {limit} pixels", path.display())]
    #[code("film.too_large", TooLarge)]
    TooLarge {
        /// The film.
        path: PathBuf,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// The limit.
        limit: u64,
    },
    /// The pipe from FFmpeg ended or broke in the middle of a frame.
    #[error("{}: FFmpeg broke off ({reason})", path.display())]
    #[code("film.broken_off", BadInput)]
    BrokenOff {
        /// The film.
        path: PathBuf,
        /// FFmpeg's words, or ours about its output.
        reason: String,
    },
}

impl FilmError {
    /// What became of writing `path`.
    pub(crate) fn writing(path: &std::path::Path, source: io::Error) -> Self {
        let path = path.to_owned();
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge];
        if full.contains(&source.kind()) { Self::DiskFull { path } } else { Self::Io { path, source } }
    }
}

/// Whether FFmpeg complains of a full disk.
pub(crate) fn says_full(words: &str) -> bool {
    ["No space left", "Disk quota exceeded", "File too large"].iter().any(|said| words.contains(said))
}

/// What to type on this system.
fn install_line() -> &'static str {
    if cfg!(target_os = "macos") {
        "brew install ffmpeg"
    } else if cfg!(windows) {
        "winget install ffmpeg"
    } else {
        "sudo apt install ffmpeg (or `sudo dnf install ffmpeg`, `sudo pacman -S ffmpeg`)"
    }
}
