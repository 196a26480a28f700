//! Frames as they come out of the `ffmpeg` process.

use std::collections::VecDeque;
use std::io::BufReader;
use std::process::{Child, ChildStdout};

use crate::complaints::Complaints;
use crate::error::{FilmError, Result};
use crate::ffmpeg::Ffmpeg;
use crate::graph::{Every, SMALL_HEIGHT, SMALL_WIDTH, graph};
use crate::nut::{Nut, Packet};
use crate::probe::{Film, input};

/// FFmpeg holds one stream back for the other, but no longer than ten seconds of film; a small frame waits longer than that for
/// a picture of its time.
const PATIENCE_S: f64 = 30.0;
/// The same for a film whose time stamps make no sense.
const MOST_WAITING: usize = 4096;

/// Which frames are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameOptions {
    /// Which come at full size.
    pub every: Every,
    /// Where reading begins, in seconds from the film's first frame.
    pub start_s: f64,
    /// From when on frames may come at full size; at least `start_s`.
    pub first_s: f64,
}

impl FrameOptions {
    /// The whole film.
    #[must_use]
    pub fn new(every: Every) -> Self {
        Self { every, start_s: 0.0, first_s: 0.0 }
    }
}

/// One frame at full size: sRGB-coded bytes, red, green, blue, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `3 * width * height` bytes.
    pub rgb: Vec<u8>,
}

impl Frame {
    /// The same in another size, usually a smaller one: each pixel is the mean of those that it covers.
    ///
    /// # Panics
    /// For a size without pixels.
    #[must_use]
    pub fn shrunk(&self, width: usize, height: usize) -> Self {
        let covered = |at: usize, old: usize, new: usize| {
            let first = (at * old / new).min(old - 1);
            first..((at + 1) * old / new).clamp(first + 1, old)
        };
        let mut rgb = Vec::with_capacity(3 * width * height);
        for y in 0..height {
            let rows = covered(y, self.height, height);
            for x in 0..width {
                let columns = covered(x, self.width, width);
                let mut sums = [0_u32; 3];
                for row in rows.clone() {
                    let pixels = &self.rgb
                        [3 * (row * self.width + columns.start)..3 * (row * self.width + columns.end)];
                    pixels.iter().enumerate().for_each(|(i, value)| sums[i % 3] += u32::from(*value));
                }
                let count = (rows.len() * columns.len()) as u32;
                rgb.extend(sums.map(|sum| ((sum + count / 2) / count) as u8));
            }
        }
        Self { width, height, rgb }
    }
}

/// One moment of a film: every frame has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// Seconds from the film's first frame.
    pub timestamp_s: f64,
    /// Its frame as luma of [`SMALL_WIDTH`] × [`SMALL_HEIGHT`], 0..=255, whatever the film's shape.
    pub small: Vec<u8>,
    /// Its frame at full size, where it was asked for.
    pub picture: Option<Frame>,
}

/// How the `ffmpeg` process ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// Its first complaints, at most eight; none for a film in good order.
    pub complaints: Vec<String>,
    /// How many there were in all.
    pub complaint_count: usize,
}

/// The moments of a film, in order. Dropping it ends the process.
#[derive(Debug)]
pub struct Frames {
    path: std::path::PathBuf,
    child: Child,
    nut: Nut<BufReader<ChildStdout>>,
    complaints: Complaints,
    start_s: f64,
    /// Small frames that may still get their picture.
    waiting: VecDeque<Packet>,
    /// A picture whose small frame has not come.
    picture: Option<Packet>,
    ended: bool,
}

const SMALL: usize = 0;

impl Frames {
    /// Starts to read.
    ///
    /// # Errors
    /// [`FilmError::NoFfmpeg`] when the process cannot be started.
    pub fn open(ffmpeg: &Ffmpeg, film: &Film, options: FrameOptions) -> Result<Self> {
        let mut command = ffmpeg.ffmpeg();
        if options.start_s > 0.0 {
            command.args(["-ss", &format!("{:.6}", options.start_s)]);
        }
        let graph = graph(film, options.every, (options.first_s - options.start_s).max(0.0));
        command.args(input(&film.path)).args(["-filter_complex", &graph]);
        command.args(["-map", "[small]", "-map", "[full]", "-c:v", "rawvideo"]);
        // Microseconds: any other time base would round the film's own.
        command.args(ffmpeg.keep_timestamps()).args(["-enc_time_base", "1:1000000", "-f", "nut", "pipe:1"]);
        let (child, stdout, complaints) = Ffmpeg::start(command)?;
        let bytes = 3 * u64::from(film.width) * u64::from(film.height);
        Ok(Self {
            path: film.path.clone(),
            child,
            nut: Nut::new(BufReader::with_capacity(1 << 16, stdout), bytes.max(1 << 12)),
            complaints,
            start_s: options.start_s,
            waiting: VecDeque::new(),
            picture: None,
            ended: false,
        })
    }

    /// The next moment, or nothing when the film has ended.
    ///
    /// # Errors
    /// [`FilmError::BrokenOff`] when the pipe ends inside a frame.
    pub fn next_moment(&mut self) -> Result<Option<Moment>> {
        loop {
            if let Some(moment) = self.pop_ready() {
                return Ok(Some(moment));
            }
            if self.ended {
                return Ok(None);
            }
            match self.nut.next_packet() {
                Ok(Some(packet)) if packet.stream == SMALL => {
                    if packet.data.len() == SMALL_WIDTH * SMALL_HEIGHT {
                        self.waiting.push_back(packet);
                    }
                }
                Ok(Some(packet)) => self.picture = Some(packet),
                Ok(None) => self.ended = true,
                Err(error) => {
                    return Err(FilmError::BrokenOff { path: self.path.clone(), reason: error.to_string() });
                }
            }
        }
    }

    /// A small frame that has its picture, or will not get one.
    fn pop_ready(&mut self) -> Option<Moment> {
        let first = self.waiting.front()?.timestamp_s;
        let last = self.waiting.back()?.timestamp_s;
        let picture_s = self.picture.as_ref().map(|picture| picture.timestamp_s);
        let same = picture_s.is_some_and(|at| (at - first).abs() < 1e-6);
        let alone = match picture_s {
            Some(at) => first < at,
            None => self.ended || last - first > PATIENCE_S || self.waiting.len() > MOST_WAITING,
        };
        // A picture that came too late for its small frame goes with the next.
        let late = picture_s.is_some_and(|at| at < first);
        if !(same || alone || late) {
            return None;
        }
        let small = self.waiting.pop_front()?;
        let picture = if alone { None } else { self.picture.take() };
        Some(Moment {
            timestamp_s: self.start_s + small.timestamp_s,
            small: small.data,
            picture: picture.and_then(|packet| {
                let (width, height) = self.nut.size(packet.stream)?;
                let frame = Frame { width, height, rgb: packet.data };
                (frame.rgb.len() == 3 * width * height).then_some(frame)
            }),
        })
    }

    /// Waits for the process, and tells what it complained of.
    #[must_use]
    pub fn finish(mut self) -> Ending {
        // It waits for room in the pipe when there are frames that nobody read.
        if !self.ended {
            let _ = self.child.kill();
        }
        let status = self.child.wait();
        let mut ending = self.complaints.take();
        if self.ended
            && ending.complaints.is_empty()
            && let Some(status) = status.ok().filter(|status| !status.success())
        {
            ending.complaints.push(format!("ffmpeg ended with {status}"));
            ending.complaint_count = 1;
        }
        ending
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        // Both fail for a process that has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
