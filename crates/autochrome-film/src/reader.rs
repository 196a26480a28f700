//! Frames of a film as they are stored, out of the `ffmpeg` process.

use std::io::BufReader;
use std::process::{Child, ChildStdout};

use crate::complaints::Complaints;
use crate::error::Result;
use crate::ffmpeg::Ffmpeg;
use crate::frames::Ending;
use crate::nut::Nut;
use crate::probe::{Scan, input};
use crate::source::Source;

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
            ended: false,
            broken: None,
        })
    }

    /// The next frame, or nothing when the film has ended or cannot be read on.
    pub fn next_frame(&mut self) -> Option<RawFrame> {
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
            let mut pts = rescale(packet.pts, time_base, self.time_base);
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
