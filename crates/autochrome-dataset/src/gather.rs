//! One source: from its first frame to its journal.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::{fs, thread};

use autochrome_color::Parallel as _;
use autochrome_film::{CutDetector, Every, Film, FilmError, Frame, FrameOptions, Frames, probe};
use autochrome_media::write_atomic;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::context::{Context, Event};
use crate::error::{DatasetError, Result};
use crate::journal::{self, Closed, Header, Journal, Judged, Kept, Writer};
use crate::options::Sampling;
use crate::picture::{THUMBNAIL_PX, cut, read, thumbnail};
use crate::select::{Candidate, Selector, Verdict};
use crate::signature::{Reason, Signature};
use crate::sources::{Kind, Source};

/// Memory for full-size frames on their way, for each source.
const FRAMES_BYTES: usize = 192 << 20;
/// A stopped film is read again from so much earlier, so that cuts are judged by what was before them.
const REWIND_S: f64 = 2.0;
/// Dropped frames that are shown for each reason, before they thin out.
const SHOWN: usize = 8;

/// A picture on its way from the reader to the judge.
struct Sent {
    timestamp_s: Option<f64>,
    frame: u64,
    scene: u64,
    picture: Frame,
}

/// How reading ended.
#[derive(Default)]
struct End {
    stopped: bool,
    end_s: Option<f64>,
    frames: u64,
    scenes: u64,
    faults: Vec<String>,
}

/// Reads, judges and writes what is left of a source. The answer is how it ended, or nothing when it was stopped on its way.
pub(crate) fn gather(context: &Context<'_>, number: usize, source: &Source) -> Result<Option<Closed>> {
    let path = journal::path(context.out, &source.name);
    let before = journal::read(&path)?;
    if let Some((journal, _)) = &before {
        check_same(context, source, journal)?;
        if let Some(closed) = &journal.closed {
            return Ok(Some(closed.clone()));
        }
    }
    let film = match &source.kind {
        Kind::Film => match probe(context.ffmpeg()?, &source.path) {
            Ok(film) => Some(film),
            Err(error @ FilmError::NoFfmpeg { .. }) => return Err(error.into()),
            Err(error) => {
                // Not in the journal: another try may find it mended.
                return Ok(Some(Closed { faults: vec![error.to_string()], ..Closed::default() }));
            }
        },
        Kind::Pictures(_) => None,
    };
    let duration_s = film.as_ref().and_then(|film| film.duration_s);
    (context.watch)(Event::Opened { source: number, duration_s, pictures: source.pictures().len() as u64 });
    let mut notes = Vec::new();
    let mut too_small = false;
    if let Some(film) = &film {
        if film.hdr {
            notes.push("HDR; its tones were mapped to BT.709".to_owned());
        }
        let short_side = film.width.min(film.height) as usize;
        if short_side < context.rules.min_side_px && !context.rules.allow.contains(&Reason::Small) {
            too_small = true;
            notes.push(format!(
                "its frames of {} × {} are smaller than --min-side {}; nothing was taken",
                film.width, film.height, context.rules.min_side_px
            ));
        }
    }

    let (mut writer, judged) = match before {
        Some((journal, whole)) => (Writer::resume(path, whole)?, journal.frames),
        None => {
            let header = Header {
                source: source.name.clone(),
                origin: fs::canonicalize(&source.path).unwrap_or_else(|_| source.path.clone()),
                extent: source.extent(),
                duration_s,
                notes,
                rules: context.rules.clone(),
            };
            (Writer::begin(path, &header)?, Vec::new())
        }
    };
    if too_small {
        let closed = Closed { end_s: duration_s, ..Closed::default() };
        writer.close(closed.clone())?;
        return Ok(Some(closed));
    }
    let folder = context.out.join("images").join(&source.name);
    fs::create_dir_all(&folder).map_err(DatasetError::io(&folder))?;

    let mut selector = Selector::new(context.rules, &judged);
    let enough = AtomicBool::new(selector.is_full());
    let stop = || enough.load(Ordering::Relaxed) || context.is_stopped();
    let frame_bytes = film.as_ref().map_or(64 << 20, |film| 3 * film.width as usize * film.height as usize);
    let room = (FRAMES_BYTES / frame_bytes.max(1)).clamp(2, 4 * rayon::current_num_threads()) / 2;
    let (sender, candidates) = sync_channel(room);
    let last = judged.last().cloned();
    let (film, stop) = (film.as_ref(), &stop);
    let end = thread::scope(|scope| {
        // The sender goes with the reader, so that the channel closes when that ends.
        let reader = scope.spawn(move || match (film, &source.kind) {
            (Some(film), _) => read_film(context, number, film, last, &sender, stop),
            (None, _) => read_pictures(context, number, source.pictures(), last, &sender, stop),
        });
        let mut counts = Counts::of(&judged);
        let work = Work { context, number, source, room };
        let judging = work.judge_all(&candidates, &mut selector, &mut writer, &mut counts, &enough);
        // A reader that waits for room in the channel goes on, and stops, when the channel is gone.
        drop(candidates);
        let end = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        judging?;
        let end = end?;
        if !end.stopped && !context.is_stopped() {
            let rest = selector.finish();
            work.write(rest.into_iter().collect(), &mut writer, &mut counts)?;
        }
        Ok::<End, DatasetError>(end)
    })?;
    if context.is_stopped() && !selector.is_full() {
        return Ok(None);
    }
    let closed = Closed { end_s: end.end_s, frames: end.frames, scenes: end.scenes, faults: end.faults };
    writer.close(closed.clone())?;
    Ok(Some(closed))
}

fn check_same(context: &Context<'_>, source: &Source, journal: &Journal) -> Result<()> {
    let origin = fs::canonicalize(&source.path).unwrap_or_else(|_| source.path.clone());
    let changed = |reason: String| DatasetError::Changed { path: context.out.to_owned(), reason };
    if journal.header.origin != origin {
        let other = journal.header.origin.display();
        return Err(changed(format!("the source {} was {other} before", source.name)));
    }
    if journal.header.extent != source.extent() {
        return Err(changed(format!("{} has another size than before", origin.display())));
    }
    if journal.header.rules != *context.rules {
        return Err(changed(format!("{} was begun with other options", source.name)));
    }
    Ok(())
}

/// The reading side for films.
fn read_film(
    context: &Context<'_>,
    number: usize,
    film: &Film,
    last: Option<Judged>,
    sender: &SyncSender<Sent>,
    stop: &dyn Fn() -> bool,
) -> Result<End> {
    let every = match context.rules.sampling {
        Sampling::Seconds(seconds) => Every::Seconds(seconds),
        Sampling::Frames(frames) => Every::Frames(frames),
        Sampling::Scene => Every::Seconds(0.5),
    };
    // The last judged frame is read once more, as the mark from which frames are counted on, and not sent again.
    let mark = last.as_ref().and_then(|judged| Some((judged.timestamp_s?, judged.frame, judged.scene)));
    let mut options = FrameOptions::new(every);
    if let Some((at_s, _, _)) = mark {
        options.start_s = (at_s - REWIND_S).max(0.0);
        options.first_s = at_s - 1e-3;
    }
    let after = |at_s: f64| mark.is_none_or(|(mark_s, _, _)| at_s > mark_s + 1e-3);
    let mut frames = Frames::open(context.ffmpeg()?, film, options)?;
    let mut cuts = CutDetector::default();
    let mut end = End::default();
    if let Some((_, frame, scene)) = mark {
        (end.frames, end.scenes) = (frame + 1, scene);
    }
    let mut told_s = f64::NEG_INFINITY;
    loop {
        if stop() {
            end.stopped = true;
            return Ok(end);
        }
        let moment = match frames.next_moment() {
            Ok(Some(moment)) => moment,
            Ok(None) => break,
            Err(error) => {
                end.faults.push(error.to_string());
                break;
            }
        };
        let cut_here = cuts.push(&moment.small);
        let at_s = moment.timestamp_s;
        end.end_s = Some(at_s);
        if !after(at_s) {
            continue;
        }
        end.scenes += u64::from(cut_here);
        end.frames += 1;
        if let Some(picture) = moment.picture {
            let timestamp_s = Some((at_s * 1e6).round() / 1e6);
            let sent = Sent { timestamp_s, frame: end.frames - 1, scene: end.scenes, picture };
            if sender.send(sent).is_err() {
                end.stopped = true;
                return Ok(end);
            }
        }
        if at_s > told_s + 0.5 {
            told_s = at_s;
            (context.watch)(Event::At { source: number, position_s: at_s });
        }
    }
    // Scenes are counted from 1 for people, and numbered from 0.
    end.scenes += u64::from(end.frames > 0);
    let ending = frames.finish();
    if ending.complaint_count > 0 {
        let more = match ending.complaint_count - ending.complaints.len().min(1) {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        let first = ending.complaints.first().map_or("", String::as_str);
        end.faults.push(format!("FFmpeg complained: {first}{more}"));
    }
    let length_s = film.duration_s.unwrap_or(0.0);
    let read_s = end.end_s.unwrap_or(0.0);
    if end.frames == 0 {
        end.faults.push("not one frame could be decoded".to_owned());
    } else if length_s - read_s > (0.02 * length_s).max(1.5) {
        end.faults.push(format!("it should be {length_s:.1} s long, but ends at {read_s:.1} s"));
    }
    Ok(end)
}

/// The reading side for folders of pictures.
fn read_pictures(
    context: &Context<'_>,
    number: usize,
    paths: &[std::path::PathBuf],
    last: Option<Judged>,
    sender: &SyncSender<Sent>,
    stop: &dyn Fn() -> bool,
) -> Result<End> {
    let step = match context.rules.sampling {
        Sampling::Frames(frames) => usize::try_from(frames).unwrap_or(usize::MAX),
        Sampling::Seconds(_) | Sampling::Scene => 1,
    };
    let mut end = End { frames: paths.len() as u64, scenes: 1, ..End::default() };
    let done = last.map_or(0, |judged| judged.frame as usize + 1);
    let wanted: Vec<usize> = (0..paths.len()).step_by(step).filter(|i| *i >= done).collect();
    for few in wanted.chunks(rayon::current_num_threads().max(1)) {
        let read: Vec<_> = few.iter().parallel_map(|&i| (i, read(&paths[i])));
        for (i, picture) in read {
            if stop() {
                end.stopped = true;
                return Ok(end);
            }
            match picture {
                Ok(picture) => {
                    let sent = Sent { timestamp_s: None, frame: i as u64, scene: 0, picture };
                    if sender.send(sent).is_err() {
                        end.stopped = true;
                        return Ok(end);
                    }
                }
                Err(error) => end.faults.push(format!("{}: {error}", paths[i].display())),
            }
            (context.watch)(Event::At { source: number, position_s: (i + 1) as f64 });
        }
    }
    Ok(end)
}

/// How many frames were dropped for each reason.
struct Counts(Vec<usize>);

impl Counts {
    fn of(judged: &[Judged]) -> Self {
        let mut counts = Self(vec![0; Reason::ALL.len()]);
        judged.iter().filter_map(|judged| judged.dropped).for_each(|reason| {
            counts.is_shown(reason);
        });
        counts
    }

    /// Counts one more; whether the report should show it: the first few, and then ever fewer.
    fn is_shown(&mut self, reason: Reason) -> bool {
        let count = &mut self.0[reason as usize];
        *count += 1;
        *count <= SHOWN || count.is_power_of_two()
    }
}

/// The judging and writing side of one source.
struct Work<'a> {
    context: &'a Context<'a>,
    number: usize,
    source: &'a Source,
    room: usize,
}

impl Work<'_> {
    /// Frames are looked at and written in parallel, as many as have come; they are judged one after the other.
    fn judge_all(
        &self,
        candidates: &Receiver<Sent>,
        selector: &mut Selector,
        writer: &mut Writer,
        counts: &mut Counts,
        enough: &AtomicBool,
    ) -> Result<()> {
        while let Ok(first) = candidates.recv() {
            let more = candidates.try_iter().take(self.room.saturating_sub(1));
            let sent: Vec<Sent> = std::iter::once(first).chain(more).collect();
            let looked = sent.into_iter().parallel_map(|Sent { timestamp_s, frame, scene, picture }| {
                let look = Signature::at(&picture);
                Candidate { timestamp_s, frame, scene, picture, look }
            });
            let verdicts = looked.into_iter().filter_map(|candidate| selector.push(candidate)).collect();
            self.write(verdicts, writer, counts)?;
            (self.context.watch)(Event::Kept { source: self.number, kept: selector.kept() });
            if selector.is_full() {
                enough.store(true, Ordering::Relaxed);
                break;
            }
        }
        Ok(())
    }

    /// Writes the pictures of what is kept, and then says so in the journal.
    fn write(&self, verdicts: Vec<Verdict>, writer: &mut Writer, counts: &mut Counts) -> Result<()> {
        let shown: Vec<bool> = verdicts
            .iter()
            .map(|verdict| verdict.judged.dropped.is_some_and(|reason| counts.is_shown(reason)))
            .collect();
        let written: Vec<Result<Judged>> =
            verdicts.into_iter().zip(shown).parallel_map(|(Verdict { mut judged, picture }, shown)| {
                if judged.dropped.is_none() {
                    judged.kept = Some(self.keep(&judged, &picture)?);
                } else if shown {
                    let small = thumbnail(&picture, judged.look.crop, THUMBNAIL_PX);
                    judged.thumbnail = Some(STANDARD_NO_PAD.encode(small));
                }
                Ok(judged)
            });
        writer.frames(written.into_iter().collect::<Result<Vec<_>>>()?)
    }

    fn keep(&self, judged: &Judged, picture: &Frame) -> Result<Kept> {
        let format = self.context.rules.format;
        let name = match judged.timestamp_s {
            Some(seconds) => format!("{seconds:09.3}s"),
            None => format!("{:06}", judged.frame),
        };
        let path = format!("images/{}/{name}.{}", self.source.name, format.extension());
        let file = self.context.out.join(Path::new(&path));
        let encoded = if judged.look.crop == crate::picture::Rectangle::whole(picture) {
            format.encode(picture)
        } else {
            format.encode(&cut(picture, judged.look.crop))
        };
        let bytes = encoded.map_err(|reason| DatasetError::io(&file)(std::io::Error::other(reason)))?;
        (self.context.undisturbed)(&|| write_atomic(&file, &bytes, true))?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        Ok(Kept { path, bytes: bytes.len() as u64, sha256 })
    }
}

impl Source {
    fn pictures(&self) -> &[std::path::PathBuf] {
        match &self.kind {
            Kind::Film => &[],
            Kind::Pictures(paths) => paths,
        }
    }

    /// What is compared when a build is resumed.
    fn extent(&self) -> u64 {
        match &self.kind {
            Kind::Film => fs::metadata(&self.path).map_or(0, |metadata| metadata.len()),
            Kind::Pictures(paths) => paths.len() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ever_fewer_dropped_frames_are_shown() {
        let mut counts = Counts::of(&[]);
        let shown = (0..7200).filter(|_| counts.is_shown(Reason::Similar)).count();
        assert_eq!(shown, SHOWN + 9, "and 16, 32, … 4096");
    }
}
