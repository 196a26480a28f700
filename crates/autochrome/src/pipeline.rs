//! The whole path from bytes to bytes, with a clock beside every stage.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use autochrome_media::{DecodeOptions, EncodeOptions, decode};

use crate::{Colorizer, Error};

/// What is to be done with the bytes of a picture.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// How to read them; colours are kept where the method needs them, whatever this says.
    pub decode: DecodeOptions,
    /// What to write.
    pub encode: EncodeOptions,
    /// Whether to make the side-by-side picture too.
    pub collage: bool,
    /// Looked at between the stages; once it is true the work ends with [`Error::Stopped`].
    pub stop: Option<&'a AtomicBool>,
}

/// What became of them.
#[derive(Clone, Debug)]
pub struct Response {
    /// The coloured picture as a file.
    pub bytes: Vec<u8>,
    /// The side-by-side picture as a file, when it was asked for.
    pub collage: Option<Vec<u8>>,
    /// Columns of the coloured picture.
    pub width: usize,
    /// Rows of the coloured picture.
    pub height: usize,
    /// What had to be left out or guessed, one plain sentence each.
    pub warnings: Vec<String>,
    /// How long it took.
    pub stages: Stages,
}

/// Wall-clock milliseconds of each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stages {
    /// Bytes to luma.
    pub decode_ms: f64,
    /// Luma to chroma: the method.
    pub colorize_ms: f64,
    /// Luma and chroma to pixels.
    pub render_ms: f64,
    /// Pixels to bytes.
    pub encode_ms: f64,
    /// The side-by-side picture, 0 without one.
    pub collage_ms: f64,
}

impl Colorizer {
    /// Decodes, colours and encodes.
    ///
    /// # Errors
    /// When a stage fails, or `request.stop` was raised.
    pub fn run(&self, bytes: &[u8], request: &Request<'_>) -> Result<Response, Error> {
        let mut stages = Stages::default();
        let clock = Clock { stop: request.stop };

        let keep_chroma = request.decode.keep_chroma || self.needs_colors();
        let options = DecodeOptions { keep_chroma, ..request.decode };
        let mut picture = clock.time(&mut stages.decode_ms, || Ok(decode(bytes, &options)?))?;
        let answer = clock.time(&mut stages.colorize_ms, || self.best_answer(&picture))?;
        let colored = clock.time(&mut stages.render_ms, || self.render(&picture, &answer))?;
        drop(answer);
        let encoded = clock.time(&mut stages.encode_ms, || colored.encode(&request.encode))?;
        let collage = if request.collage {
            let make = || colored.collage(&picture)?.encode(&request.encode);
            Some(clock.time(&mut stages.collage_ms, make)?)
        } else {
            None
        };

        let (width, height) = (picture.width(), picture.height());
        let warnings = std::mem::take(&mut picture.warnings);
        Ok(Response { bytes: encoded, collage, width, height, warnings, stages })
    }
}

struct Clock<'a> {
    stop: Option<&'a AtomicBool>,
}

impl Clock<'_> {
    /// Runs a stage unless a stop was asked for, and notes how long it took.
    fn time<T>(&self, ms: &mut f64, stage: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        if self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return Err(Error::Stopped);
        }
        let start = Instant::now();
        let result = stage();
        *ms = start.elapsed().as_secs_f64() * 1e3;
        result
    }
}
