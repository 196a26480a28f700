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
