//! The parts of a film put together, with everything that was beside its frames.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::codec::Codec;
use crate::container::{Container, Fate};
use crate::error::{FilmError, Result, says_full};
use crate::ffmpeg::Ffmpeg;
use crate::parts::Part;
use crate::probe::input;
use crate::reader::Range;
use crate::source::{Kind, Source};

/// What is put together.
pub(crate) struct Join<'a> {
    pub source: &'a Source,
    pub range: Range,
    pub codec: Codec,
    pub container: Container,
    /// The folder of the parts.
    pub folder: &'a Path,
    pub parts: &'a [Part],
    pub output: &'a Path,
}

impl Join<'_> {
    /// Writes the result, whole or not at all.
    pub fn run(&self, ffmpeg: &Ffmpeg) -> Result<()> {
        let list = self.folder.join("list.txt");
        fs::write(&list, self.list()).map_err(|source| FilmError::writing(&list, source))?;
        let whole = self.folder.join("whole.unfinished");
        let mut command = ffmpeg.ffmpeg();
        command.arg("-y");
        command.args([
            "-itsoffset",
            &format!("{:.6}", micros(self.first_pts(), self.source.time_base) as f64 / 1e6),
        ]);
        command.args(["-f", "concat", "-i"]).arg(&list);
        if self.range.start_s > 0.0 {
            command.args(["-ss", &format!("{:.6}", self.range.start_s)]);
        }
        if let Some(end_s) = self.range.end_s {
            command.args(["-t", &format!("{:.6}", end_s - self.range.start_s)]);
        }
        command.args(input(&self.source.path)).args(self.arguments());
        // The same parts give the same bytes: Matroska would number its files at random.
        command.args(["-fflags", "+bitexact", "-f", self.container.format()]).arg(&whole);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let output = command.output().map_err(|source| FilmError::NoFfmpeg { tool: "ffmpeg", source })?;
        if !output.status.success() {
            let _ = fs::remove_file(&whole);
            let words = String::from_utf8_lossy(&output.stderr);
            if says_full(&words) {
                return Err(FilmError::DiskFull { path: self.output.to_owned() });
            }
            let reason = words.lines().next().unwrap_or("it ended without a word").to_owned();
            return Err(FilmError::Join { path: self.output.to_owned(), reason });
        }
        let file = fs::File::open(&whole).and_then(|file| file.sync_all());
        file.and_then(|()| fs::rename(&whole, self.output))
            .map_err(|source| FilmError::writing(self.output, source))
    }

    fn first_pts(&self) -> u64 {
        self.parts.first().map_or(0, |part| part.first_pts)
    }

    /// The parts and how long each is shown, for FFmpeg. Lengths are differences of rounded times, so that no error adds up.
    fn list(&self) -> String {
        let mut list = String::from("ffconcat version 1.0\n");
        let begin = |part: &Part| micros(part.first_pts, self.source.time_base);
        for (number, part) in self.parts.iter().enumerate() {
            let _ = writeln!(list, "file {}", part.file);
            if let Some(next) = self.parts.get(number + 1) {
                let length = begin(next) - begin(part);
                let _ = writeln!(list, "duration {}.{:06}", length / 1_000_000, length % 1_000_000);
            }
        }
        list
    }

    fn arguments(&self) -> Vec<String> {
        let mut maps = vec!["-map".to_owned(), "0:v:0".to_owned()];
        let mut codecs = vec!["-c".to_owned(), "copy".to_owned()];
        // Naming one stream's metadata turns off that of all others.
        let mut metadata = vec!["-map_metadata".to_owned(), "1".to_owned()];
        let mut name = |place: usize, index: usize| {
            metadata.extend([format!("-map_metadata:s:{place}"), format!("1:s:{index}")]);
        };
        name(0, self.source.stream);
        let mut place = 1;
        for other in &self.source.others {
            let fate = self.container.stream_fate(other);
            if fate == Fate::Dropped {
                continue;
            }
            maps.extend(["-map".to_owned(), format!("1:{}", other.index)]);
            name(place, other.index);
            if let Fate::Converted(to) = fate {
                codecs.extend([format!("-c:{place}"), to.to_owned()]);
            }
            if self.range.start_s > 0.0 {
                // Packets from before the beginning would move everything else to a later time.
                codecs.extend([format!("-copypriorss:{place}"), "0".to_owned()]);
            }
            if other.kind == Kind::Cover {
                codecs.extend([format!("-disposition:{place}"), "attached_pic".to_owned()]);
            }
            place += 1;
        }
        metadata.extend(["-map_chapters".to_owned(), "1".to_owned()]);
        // Frames stand upright now.
        metadata.extend(["-metadata:s:v:0".to_owned(), "rotate=".to_owned()]);
        if matches!(self.container, Container::Mp4 | Container::Mov) {
            let scale = self.source.time_base.1.to_string();
            codecs.extend(["-movflags".to_owned(), "+faststart".to_owned()]);
            codecs.extend(["-video_track_timescale".to_owned(), scale]);
            if self.codec == Codec::H265 {
                // The name under which Apple's players know it.
                codecs.extend(["-tag:v:0".to_owned(), "hvc1".to_owned()]);
            }
        }
        maps.into_iter().chain(codecs).chain(metadata).collect()
    }
}

/// Microseconds, rounded.
fn micros(pts: u64, (num, den): (u64, u64)) -> u64 {
    let micros = u128::from(pts) * u128::from(num) * 1_000_000 + u128::from(den) / 2;
    u64::try_from(micros / u128::from(den.max(1))).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_rounded_to_microseconds() {
        assert_eq!(super::micros(1001, (1, 24_000)), 41_708);
        assert_eq!(super::micros(24_000, (1, 24_000)), 1_000_000);
    }
}
