//! `report.html`: what was kept, what was dropped and why, in one page that asks nothing of a network.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use autochrome_color::Parallel as _;
use autochrome_media::write_atomic;
use autochrome_plot::{bars, escape, histogram};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::duplicates;
use crate::error::Result;
use crate::journal::{Journal, Judged, read_all};
use crate::manifest::{self, Entry};
use crate::merge::Duplicate;
use crate::picture::{Rectangle, THUMBNAIL_PX, read, thumbnail};
use crate::signature::{HUES, Reason};

const STYLE: &str = include_str!("page.css");
/// Kept pictures on the contact sheet.
const KEPT_SHOWN: usize = 84;
/// Dropped frames on the contact sheet, for each reason.
const DROPPED_SHOWN: usize = 24;

/// Writes the report of a dataset, from its manifest and its journals; the answer is its path.
///
/// # Errors
/// [`crate::DatasetError::NotADataset`], and what reading and writing may meet.
pub fn write(dataset: &Path) -> Result<PathBuf> {
    let entries = manifest::read(dataset)?;
    let journals = read_all(dataset)?;
    let duplicates = duplicates::read(dataset)?;
    let name = dataset.file_name().map_or_else(|| dataset.to_string_lossy(), |name| name.to_string_lossy());
    let path = dataset.join("report.html");
    let page = Page { dataset, entries: &entries, journals: &journals, duplicates: &duplicates };
    write_atomic(&path, page.html(&name).as_bytes(), true)?;
    Ok(path)
}

struct Page<'a> {
    dataset: &'a Path,
    entries: &'a [Entry],
    journals: &'a [Journal],
    duplicates: &'a [Duplicate],
}

impl Page<'_> {
    fn html(&self, name: &str) -> String {
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{name}</title><style>{STYLE}</style></head><body>\n<h1>Dataset {name}</h1>\n<p>{}</p>\n",
            self.summary(),
            name = escape(name),
        );
        let _ = writeln!(page, "<div class=\"plots\">{}{}</div>", self.filters(), self.differences());
        let _ = writeln!(page, "<h2>Sources</h2>\n{}", self.sources());
        let _ = writeln!(page, "<h2>Colour</h2>\n<div class=\"plots\">{}</div>", self.colours());
        page.push_str(&self.kept());
        page.push_str(&self.dropped());
        page.push_str(&self.near_duplicates());
        page.push_str("</body></html>\n");
        page
    }

    fn frames(&self) -> impl Iterator<Item = &Judged> {
        self.journals.iter().flat_map(|journal| &journal.frames)
    }

    /// Frames dropped for a reason; those that other sources have too are known from the merge alone.
    fn count(&self, reason: Reason) -> usize {
        match reason {
            Reason::Duplicate => self.duplicates.len(),
            reason => self.frames().filter(|judged| judged.dropped == Some(reason)).count(),
        }
    }

    fn summary(&self) -> String {
        let of = |split| self.entries.iter().filter(|entry| entry.split == split).count();
        let megabytes = self.entries.iter().map(|entry| entry.bytes).sum::<u64>() as f64 / 1e6;
        let cropped = self
            .frames()
            .filter(|judged| judged.kept.is_some() && (judged.look.crop.left > 0 || judged.look.crop.top > 0))
            .count();
        let read: u64 =
            self.journals.iter().filter_map(|journal| Some(journal.closed.as_ref()?.frames)).sum();
        format!(
            "{} pictures, {megabytes:.1} MB: {} to train, {} to validate. {read} frames were read, {} of them looked at; \
             black bars were cut off {cropped} of the kept ones. The difference is the mean change of luma since the \
             frame kept last, 0 to 255.",
            self.entries.len(),
            of("train"),
            of("val"),
            self.frames().count(),
        )
    }

    fn filters(&self) -> String {
        let counts: Vec<(&str, usize)> = std::iter::once(("kept", self.entries.len()))
            .chain(Reason::ALL.map(|reason| (reason.name(), self.count(reason))))
            .collect();
        bars("What became of the frames", &counts)
    }

    fn differences(&self) -> String {
        let values: Vec<f32> = self.frames().filter_map(|judged| judged.difference).collect();
        let threshold = self.journals.first().map(|journal| journal.header.rules.min_difference);
        histogram("Difference to the frame kept last", &values, 60.0, 60, threshold)
    }

    fn sources(&self) -> String {
        let mut head = vec!["source", "split", "length", "scenes", "looked at", "kept"];
        head.extend(Reason::ALL.map(Reason::name));
        let remarked = |journal: &Journal| {
            !journal.header.notes.is_empty()
                || journal.closed.as_ref().is_some_and(|closed| !closed.faults.is_empty())
        };
        let with_remarks = self.journals.iter().any(remarked);
        if with_remarks {
            head.push("remarks");
        }
        let mut html = String::from("<div class=\"wide\"><table><tr>");
        head.iter().for_each(|cell| {
            let _ = write!(html, "<th>{cell}</th>");
        });
        html.push_str("</tr>");
        let mut kept: HashMap<&str, (usize, &str)> = HashMap::new();
        for entry in self.entries {
            kept.entry(&entry.source).or_insert((0, &entry.split)).0 += 1;
        }
        for journal in self.journals {
            let source = journal.header.source.as_str();
            let (count, split) = kept.get(source).copied().unwrap_or((0, "–"));
            let length = journal.header.duration_s.map_or_else(|| "–".to_owned(), time);
            let scenes = journal.closed.as_ref().map_or(0, |closed| closed.scenes);
            let _ = write!(
                html,
                "<tr><td>{}</td><td>{split}</td><td>{length}</td><td>{scenes}</td><td>{}</td><td>{count}</td>",
                escape(source),
                journal.frames.len()
            );
            for reason in Reason::ALL {
                let number = match reason {
                    Reason::Duplicate => self.duplicates.iter().filter(|d| d.source == source).count(),
                    reason => journal.frames.iter().filter(|judged| judged.dropped == Some(reason)).count(),
                };
                let class = if number == 0 { " class=\"none\"" } else { "" };
                let _ = write!(html, "<td{class}>{number}</td>");
            }
            let faults = journal.closed.iter().flat_map(|closed| &closed.faults);
            let remarks: Vec<String> =
                journal.header.notes.iter().chain(faults).map(|text| escape(text)).collect();
            if with_remarks {
                let _ = write!(html, "<td class=\"text\">{}</td>", remarks.join("<br>"));
            }
            html.push_str("</tr>");
        }
        html.push_str("</table></div>");
        html
    }

    fn colours(&self) -> String {
        let kept: Vec<&Judged> = self.frames().filter(|judged| judged.kept.is_some()).collect();
        let mut hues = [0.0; HUES];
        for judged in &kept {
            hues.iter_mut().zip(judged.look.hues).for_each(|(sum, hue)| *sum += f64::from(hue));
        }
        let values = |of: fn(&Entry) -> f32| -> Vec<f32> { self.entries.iter().map(of).collect() };
        [
            autochrome_plot::hues("Hues", &hues),
            histogram("Colourfulness", &values(|entry| entry.colourfulness), 120.0, 40, None),
            histogram("Mean luma", &values(|entry| entry.luma), 256.0, 32, None),
        ]
        .concat()
    }

    fn kept(&self) -> String {
        let step = self.entries.len().div_ceil(KEPT_SHOWN).max(1);
        let shown: Vec<&Entry> = self.entries.iter().step_by(step).collect();
        let tiles = shown.iter().parallel_map(|entry| {
            // A picture that is missing or broken is for `verify` to tell.
            let frame = read(&self.dataset.join(&entry.path)).ok()?;
            let small = thumbnail(&frame, Rectangle::whole(&frame), THUMBNAIL_PX);
            let class = if entry.split == "val" { " class=\"val\"" } else { "" };
            Some(tile(
                class,
                &[&STANDARD.encode(small)],
                &format!(
                    "{} {}{}",
                    entry.source,
                    place(entry.timestamp_s, entry.frame),
                    score(entry.difference)
                ),
            ))
        });
        let tiles: Vec<String> = tiles.into_iter().flatten().collect();
        format!(
            "<h2>Kept: {} of {}</h2>\n<p class=\"note\">A frame around a picture marks validation.</p><div class=\"tiles\">{}</div>\n",
            tiles.len(),
            self.entries.len(),
            tiles.concat()
        )
    }

    fn dropped(&self) -> String {
        let mut html = String::from("<h2>Dropped</h2>\n");
        for reason in Reason::ALL {
            let all: Vec<(&str, &Judged, &str)> = self
                .journals
                .iter()
                .flat_map(|journal| {
                    journal.frames.iter().map(|judged| (journal.header.source.as_str(), judged))
                })
                .filter(|(_, judged)| judged.dropped == Some(reason))
                .filter_map(|(source, judged)| Some((source, judged, judged.thumbnail.as_deref()?)))
                .collect();
            if all.is_empty() {
                continue;
            }
            let step = all.len().div_ceil(DROPPED_SHOWN).max(1);
            let tiles: Vec<String> = all
                .iter()
                .step_by(step)
                .filter_map(|(source, judged, small)| {
                    let caption = format!(
                        "{source} {}{}",
                        place(judged.timestamp_s, judged.frame),
                        score(judged.difference)
                    );
                    Some(tile("", &[&padded(small)?], &caption))
                })
                .collect();
            let _ = writeln!(
                html,
                "<h3>{}: {} of {}</h3><div class=\"tiles\">{}</div>",
                reason.name(),
                tiles.len(),
                self.count(reason),
                tiles.concat()
            );
        }
        html
    }

    fn near_duplicates(&self) -> String {
        if self.duplicates.is_empty() {
            return String::new();
        }
        let tiles: Vec<String> = self
            .duplicates
            .iter()
            .filter_map(|duplicate| {
                let [left, right] = duplicate.thumbnails.as_ref()?;
                let caption = format!(
                    "{} is {}; {} of 63 signs differ",
                    duplicate.path.trim_start_matches("images/"),
                    duplicate.of.trim_start_matches("images/"),
                    duplicate.hash_distance
                );
                Some(tile(" class=\"pair\"", &[&padded(left)?, &padded(right)?], &caption))
            })
            .collect();
        format!(
            "<h3>duplicate: {} of {}, left out on the left, kept on the right</h3><div class=\"tiles\">{}</div>\n",
            tiles.len(),
            self.duplicates.len(),
            tiles.concat()
        )
    }
}

fn tile(class: &str, pictures: &[&str], caption: &str) -> String {
    let images: Vec<String> = pictures
        .iter()
        .map(|base64| format!("<img alt=\"\" src=\"data:image/jpeg;base64,{base64}\">"))
        .collect();
    format!("<figure{class}>{}<figcaption>{}</figcaption></figure>\n", images.join(" "), escape(caption))
}

/// Base64 as browsers like it, of base64 as journals have it: only what is base64 goes into the page.
fn padded(base64: &str) -> Option<String> {
    STANDARD_NO_PAD.decode(base64).ok().map(|bytes| STANDARD.encode(bytes))
}

fn place(timestamp_s: Option<f64>, frame: u64) -> String {
    timestamp_s.map_or_else(|| format!("no. {frame}"), time)
}

fn score(difference: Option<f32>) -> String {
    difference.map(|difference| format!(", difference {difference:.1}")).unwrap_or_default()
}

/// Seconds as people read them.
fn time(seconds: f64) -> String {
    let whole = seconds as u64;
    let (hours, minutes) = (whole / 3600, whole / 60 % 60);
    let rest = seconds - (whole - whole % 60) as f64;
    if hours > 0 { format!("{hours}:{minutes:02}:{rest:04.1}") } else { format!("{minutes}:{rest:04.1}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_on_a_player() {
        assert_eq!(
            (time(7.25), time(61.0), time(7322.5)),
            ("0:07.2".into(), "1:01.0".into(), "2:02:02.5".into())
        );
    }
}
