//! Several pictures as one ZIP file, made anew whenever somebody fetches it, so that nothing is kept twice.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use autochrome_jobs::{Queue, QueueError};
use serde_json::json;
use zip::write::{ExtendedFileOptions, FileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

/// Name of the list of pictures that could not be coloured.
const FAILED: &str = "failed.json";

/// Extra field of a ZIP entry with the time in seconds since 1970 (Info-ZIP).
const EXTENDED_TIMESTAMP: u16 = 0x5455;

/// A file without a name in `folder` that holds the pictures of job `id`, which are as old as the job's end. The same job gives the
/// same bytes.
///
/// # Errors
/// When the queue cannot be read or the file cannot be written.
pub fn of_job(queue: &dyn Queue, id: &str, folder: &Path) -> io::Result<File> {
    let failed = |error: QueueError| io::Error::other(error);
    let ended_s = queue.get(id).map_err(failed)?.updated_ms / 1000;
    // Pictures are compressed already.
    let mut options = FileOptions::<ExtendedFileOptions>::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(date(ended_s))
        .unix_permissions(0o644);
    if let Ok(seconds) = i32::try_from(ended_s) {
        // Dates of ZIP files have no time zone; this one does, where it is understood.
        let mut time = vec![1];
        time.extend(seconds.to_le_bytes());
        options.add_extra_field(EXTENDED_TIMESTAMP, time, false)?;
    }
    let mut zip = ZipWriter::new(tempfile::tempfile_in(folder)?);
    let mut lost = Vec::new();
    for file in queue.files(id).map_err(failed)? {
        match file.outcome {
            Ok(_) => {
                // Deleted in between: there is nothing to answer with any more.
                let made = queue.file(id, file.number).map_err(failed)?.ok_or(io::ErrorKind::NotFound)?;
                zip.start_file(made.name, options.clone())?;
                zip.write_all(&made.bytes)?;
            }
            Err((code, detail)) => lost.push(json!({"name": file.name, "code": code, "detail": detail})),
        }
    }
    if !lost.is_empty() {
        zip.start_file(FAILED, options)?;
        zip.write_all(json!(lost).to_string().as_bytes())?;
    }
    Ok(zip.finish()?)
}

/// Seconds since 1970 as the date of a ZIP entry, UTC; its first date where it has none so early or late.
///
/// # Source
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn date(seconds: i64) -> DateTime {
    let (days, rest) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let byte = |number: i64| u8::try_from(number).unwrap_or(0);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    let year = u16::try_from(year).unwrap_or(0);
    DateTime::from_date_and_time(year, byte(month), byte(day), byte(hour), byte(minute), byte(second))
        .unwrap_or_default()
}

/// A name for the picture that was made of `original`, with another extension, that is not among `taken`: the results can be
/// unpacked beside the originals.
pub fn name(original: &str, extension: &str, taken: &[String]) -> String {
    let stem = original.rsplit_once('.').map_or(original, |(stem, _)| stem);
    let stem = if stem.is_empty() { "picture" } else { stem };
    let is_free =
        |name: &String| name != FAILED && taken.iter().all(|other| !other.eq_ignore_ascii_case(name));
    let first = format!("{stem}.color.{extension}");
    if is_free(&first) {
        return first;
    }
    (2..).map(|number| format!("{stem}-{number}.color.{extension}")).find(is_free).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_originals_with_color_in_them_and_never_the_same() {
        let mut taken = Vec::new();
        for (original, expected) in [
            ("a.png", "a.color.jpg"),
            ("a.jpg", "a-2.color.jpg"),
            ("A.jpg", "A-3.color.jpg"),
            ("no", "no.color.jpg"),
            (".x", "picture.color.jpg"),
        ] {
            let name = name(original, "jpg", &taken);
            assert_eq!(name, expected);
            taken.push(name);
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        let told = |seconds| date(seconds).to_string();
        assert_eq!(told(951_782_399), "2000-02-28 23:59:58", "ZIP counts every other second");
        assert_eq!(told(951_868_800), "2000-03-01 00:00:00");
        assert_eq!(told(1_790_000_000), "2026-09-21 14:13:20");
        assert_eq!(date(0), DateTime::default(), "before there were ZIP files");
    }
}
