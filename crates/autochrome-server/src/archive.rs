//! Several pictures as one ZIP file, made anew whenever somebody fetches it, so that nothing is kept twice.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use autochrome_jobs::{Queue, QueueError};
use serde_json::json;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

/// Name of the list of pictures that could not be coloured.
const FAILED: &str = "failed.json";

/// A file without a name in `folder` that holds the pictures of job `id`. The same job gives the same bytes.
///
/// # Errors
/// When the queue cannot be read or the file cannot be written.
pub fn of_job(queue: &Queue, id: &str, folder: &Path) -> io::Result<File> {
    let failed = |error: QueueError| io::Error::other(error);
    // Pictures are compressed already, and a date would make every file another one.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(tempfile::tempfile_in(folder)?);
    let mut lost = Vec::new();
    for file in queue.files(id).map_err(failed)? {
        match file.outcome {
            Ok(_) => {
                // Deleted in between: there is nothing to answer with any more.
                let made = queue.file(id, file.number).map_err(failed)?.ok_or(io::ErrorKind::NotFound)?;
                zip.start_file(made.name, options)?;
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

/// A name for the picture that was made of `original`, with another extension, that is not among `taken`.
pub fn name(original: &str, extension: &str, taken: &[String]) -> String {
    let stem = original.rsplit_once('.').map_or(original, |(stem, _)| stem);
    let stem = if stem.is_empty() { "picture" } else { stem };
    let is_free =
        |name: &String| name != FAILED && taken.iter().all(|other| !other.eq_ignore_ascii_case(name));
    let first = format!("{stem}.{extension}");
    if is_free(&first) {
        return first;
    }
    (2..).map(|number| format!("{stem}-{number}.{extension}")).find(is_free).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_originals_and_never_the_same() {
        let mut taken = Vec::new();
        for (original, expected) in [
            ("a.png", "a.jpg"),
            ("a.jpg", "a-2.jpg"),
            ("A.jpg", "A-3.jpg"),
            ("no", "no.jpg"),
            (".x", "picture.jpg"),
        ] {
            let name = name(original, "jpg", &taken);
            assert_eq!(name, expected);
            taken.push(name);
        }
    }
}
