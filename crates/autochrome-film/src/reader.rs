//! Frames of a film as they are stored, out of the `ffmpeg` process.

use std::io::BufReader;
use std::process::{Child, ChildStdout};

use crate::complaints::Complaints;
use crate::error::Result;
use crate::ffmpeg::Ffmpeg;
use crate::frames::Ending;
use crate::nut::Nut;
use crate::planes::luma_codes;
use crate::probe::{Scan, input};
use crate::segments::{Segment, look};
use crate::small::{Gray, working_size};
use crate::source::Source;

/// Seconds that are read before a frame that is sought, so that decoder and filters are as if they came from the beginning.
const BEFORE_S: u64 = 5;
/// Most that a sample of the right frame may differ, of 255: decoders need not agree to the bit.
const ALIKE: u8 = 8;

/// A frame in the layout of its film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFrame {
    /// Its number, from 0.
    pub number: u64,
    /// When it is shown, in units of the film's time base.
    pub pts: u64,
    /// Its planes, one after the other.
    pub data: Vec<u8>,
}

/// Which part of a film is read, in seconds from its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// Where it begins.
    pub start_s: f64,
    /// Where it ends; `None` is the film's end.
    pub end_s: Option<f64>,
}

/// The frames of a film, in order. Dropping it ends the process.
#[derive(Debug)]
pub struct RawFrames {
    child: Child,
    nut: Nut<BufReader<ChildStdout>>,
    complaints: Complaints,
    time_base: (u64, u64),
    frame_bytes: usize,
    number: u64,
    last_pts: Option<u64>,
    /// When this began to read, in units of the film's time base.
    from_pts: u64,
    /// A frame that was looked at already.
    ahead: Option<RawFrame>,
    /// Number and time of the last frame that is wanted.
    last: Option<(u64, u64)>,
    ended: bool,
    broken: Option<String>,
}

impl RawFrames {
    /// Starts to read.
    ///
    /// # Errors
    /// [`FilmError::NoFfmpeg`] when the process cannot be started.
    pub fn open(ffmpeg: &Ffmpeg, source: &Source, range: Range) -> Result<Self> {
        let mut command = ffmpeg.ffmpeg();
        if range.start_s > 0.0 {
            command.args(["-ss", &format!("{:.6}", range.start_s)]);
        }
        if let Some(end_s) = range.end_s {
            command.args(["-t", &format!("{:.6}", end_s - range.start_s)]);
        }
        let (num, den) = source.time_base;
        command.args(input(&source.path)).args(["-map", &format!("0:{}", source.stream)]);
        command.args(["-vf", &filters(source), "-c:v", "rawvideo"]).args(ffmpeg.keep_timestamps());
        command.args(["-enc_time_base", &format!("{num}:{den}"), "-f", "nut", "pipe:1"]);
        let (child, stdout, complaints) = Ffmpeg::start(command)?;
        let frame_bytes = source.layout().frame_bytes(source.width, source.height);
        Ok(Self {
            child,
            nut: Nut::new(BufReader::with_capacity(1 << 20, stdout), (frame_bytes as u64).max(1 << 12)),
            complaints,
            time_base: source.time_base,
            frame_bytes,
            number: 0,
            last_pts: None,
            from_pts: 0,
            ahead: None,
            last: None,
            ended: false,
            broken: None,
        })
    }

    /// Starts to read at a segment of the range. Where `seeks`, what lies long before it is not read; nothing when its first frame is not
    /// found that way.
    ///
    /// # Errors
    /// [`FilmError::NoFfmpeg`] when the process cannot be started.
    pub fn open_segment(
        ffmpeg: &Ffmpeg,
        source: &Source,
        range: Range,
        segment: &Segment,
        seeks: bool,
    ) -> Result<Option<Self>> {
        let (num, den) = source.time_base;
        let before = BEFORE_S * den / num.max(1);
        let mut frames = if seeks && segment.first_pts > before {
            let from_pts = segment.first_pts - before;
            let start_s = range.start_s + from_pts as f64 * num as f64 / den as f64;
            let mut frames = Self::open(ffmpeg, source, Range { start_s, end_s: None })?;
            frames.from_pts = from_pts;
            frames
        } else {
            Self::open(ffmpeg, source, range)?
        };
        while let Some(frame) = frames.next_frame().filter(|frame| frame.pts <= segment.first_pts) {
            if frame.pts == segment.first_pts {
                if !looks_like(source, &frame.data, &segment.look) {
                    break;
                }
                frames.number = segment.first_frame + 1;
                frames.ahead = Some(RawFrame { number: segment.first_frame, ..frame });
                frames.last = Some((segment.end_frame - 1, segment.last_pts));
                return Ok(Some(frames));
            }
        }
        Ok(None)
    }

    /// The next frame, or nothing when the film has ended or cannot be read on.
    pub fn next_frame(&mut self) -> Option<RawFrame> {
        let frame = self.ahead.take().or_else(|| self.decode())?;
        let is_wanted =
            |(number, pts): (u64, u64)| frame.number < number || (frame.number, frame.pts) == (number, pts);
        self.last.is_none_or(is_wanted).then_some(frame)
    }

    fn decode(&mut self) -> Option<RawFrame> {
        while !self.ended {
            let packet = match self.nut.next_packet() {
                Ok(Some(packet)) if packet.data.len() == self.frame_bytes => packet,
                // A film may change its size; FFmpeg scales what follows, and anything else is no frame of ours.
                Ok(Some(_)) => continue,
                Ok(None) => {
                    self.ended = true;
                    break;
                }
                Err(error) => {
                    self.ended = true;
                    self.broken = Some(error.to_string());
                    break;
                }
            };
            let time_base = self.nut.time_base(packet.stream).unwrap_or(self.time_base);
            let mut pts = self.from_pts + rescale(packet.pts, time_base, self.time_base);
            // Two frames of one moment are shown one after the other.
            if let Some(last) = self.last_pts.filter(|last| *last >= pts) {
                pts = last + 1;
            }
            self.last_pts = Some(pts);
            self.number += 1;
            return Some(RawFrame { number: self.number - 1, pts, data: packet.data });
        }
        None
    }

    /// Waits for the process, and tells what it complained of.
    #[must_use]
    pub fn finish(mut self) -> Ending {
        if !self.ended {
            let _ = self.child.kill();
        }
        let status = self.child.wait();
        let mut ending = self.complaints.take();
        let mut add = |reason: String| {
            if ending.complaint_count == 0 {
                ending.complaints.push(reason);
                ending.complaint_count = 1;
            }
        };
        if let Some(reason) = self.broken.take() {
            add(reason);
        } else if self.ended
            && let Some(status) = status.ok().filter(|status| !status.success())
        {
            add(format!("ffmpeg ended with {status}"));
        }
        ending
    }
}

impl Drop for RawFrames {
    fn drop(&mut self) {
        // Both fail for a process that has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a frame looks so.
fn looks_like(source: &Source, data: &[u8], expected: &[u8]) -> bool {
    let (width, height) = source.shown_size();
    let luma = luma_codes(data, source.layout(), source.width, source.height);
    let size = (source.width, source.height);
    let small = Gray::shrink(&luma, size, working_size(width, height), source.codes().white()).for_cuts();
    let seen = look(&small);
    seen.len() == expected.len() && seen.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= ALIKE)
}

fn filters(source: &Source) -> String {
    let deinterlace = match source.scan {
        Scan::Progressive => "",
        Scan::Interlaced => "bwdif=mode=send_frame:deint=all,",
        // Fields that belong together again; what still has combs, as at cuts, is deinterlaced.
        Scan::Telecined => "fieldmatch=combmatch=full,bwdif=mode=send_frame:deint=interlaced,",
        Scan::Unknown => "bwdif=mode=send_frame:deint=interlaced,",
    };
    let matrix = if source.request.from_rgb {
        "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,"
    } else {
        ""
    };
    format!("{deinterlace}{matrix}format={}", source.request.format)
}

/// A time stamp in other units, rounded; 0 for what lies before the beginning.
fn rescale(pts: i64, (num, den): (u64, u64), (to_num, to_den): (u64, u64)) -> u64 {
    let pts = u128::from(u64::try_from(pts).unwrap_or(0));
    let (above, below) = (u128::from(num) * u128::from(to_den), u128::from(den) * u128::from(to_num));
    u64::try_from((pts * above + below / 2) / below.max(1)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_from_finer_units_as_they_were() {
        for tick in [0, 1, 1001, 90_000, 1 << 40] {
            assert_eq!(rescale(tick * 2048, (1, 49_152), (1, 24)), tick as u64);
            assert_eq!(rescale(tick, (1, 90_000), (1, 90_000)), tick as u64);
        }
        assert_eq!(rescale(-5, (1, 24), (1, 24)), 0);
    }
}
