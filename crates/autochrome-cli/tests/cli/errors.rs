//! `docs/errors.md` is made of the codes of every error, and lists all of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use autochrome_errors::{Blame, Category, Code};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const INTRODUCTION: &str = "\
# Error codes

Every error has a code that stays the same over versions, and a message that says what is wrong and what to do. The command
line prints the message, with `colorize --json` the code too; the HTTP interface answers with a problem document
([api.md](api.md#errors)); the library has `code()`, `category()` and `blame()`.

*Fault* says who can mend it: another input, another request, or whoever keeps the machine. *HTTP* is the status of the
answer; codes without one come up in training, evaluation and datasets only.

This page is made of the source: `AUTOCHROME_WRITE_DOCS=1 cargo test -p autochrome-cli --test cli errors`.

| code | fault | HTTP | what it means |
|---|---|---|---|
";

/// The codes of each enum of errors, and whether HTTP answers with them.
fn tables() -> [(bool, &'static [Code]); 12] {
    [
        (true, autochrome::Error::CODES),
        (true, autochrome::MediaError::CODES),
        (true, autochrome::MethodError::CODES),
        (true, autochrome::NetError::CODES),
        (true, autochrome_jobs::QueueError::CODES),
        (true, autochrome_server::Refusal::CODES),
        (false, autochrome_data::Error::CODES),
        (false, autochrome_dataset::DatasetError::CODES),
        (false, autochrome_evaluate::EvaluateError::CODES),
        (true, autochrome_film::FilmError::CODES),
        (false, autochrome_train::DeviceError::CODES),
        (false, autochrome_train::TrainError::CODES),
    ]
}

struct Entry {
    category: Category,
    over_http: bool,
    meanings: Vec<&'static str>,
}

fn entries() -> BTreeMap<&'static str, Entry> {
    let mut entries = BTreeMap::<&str, Entry>::new();
    for (over_http, table) in tables() {
        for Code { name, category, meaning } in table {
            let entry = entries.entry(name).or_insert_with(|| Entry {
                category: *category,
                over_http,
                meanings: Vec::new(),
            });
            assert_eq!(entry.category, *category, "`{name}` has two categories");
            entry.over_http |= over_http;
            if !entry.meanings.contains(meaning) {
                entry.meanings.push(meaning);
            }
        }
    }
    entries
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (name, Entry { category, over_http, meanings }) in entries() {
        let fault = match category.blame() {
            Blame::Input => "input",
            Blame::Request => "request",
            Blame::Environment => "machine",
            _ => "nobody's",
        };
        let status = if over_http { category.http_status().to_string() } else { String::new() };
        let _ = writeln!(page, "| `{name}` | {fault} | {status} | {} |", meanings.join(" Or: "));
    }
    page
}

#[test]
fn the_page_of_errors_is_made_of_the_source() {
    let path = Path::new(ROOT).join("docs/errors.md");
    if std::env::var_os("AUTOCHROME_WRITE_DOCS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page(), "docs/errors.md is not what the source says; it tells how to make it anew");
}

#[test]
fn every_enum_of_errors_is_on_the_page() {
    let sources = walkdir::WalkDir::new(Path::new(ROOT).join("crates")).into_iter().flatten();
    let derived: usize = sources
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|file| fs::read_to_string(file.path()).unwrap())
        .map(|text| {
            text.lines().filter(|line| line.starts_with("#[derive(") && line.ends_with("ErrorCode)]")).count()
        })
        .sum();
    assert_eq!(derived, tables().len());
}

#[test]
fn codes_are_lower_case_words_and_say_what_they_mean() {
    for (name, entry) in entries() {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c);
        assert!(!name.is_empty() && name.chars().all(plain), "{name}");
        assert!(entry.meanings.iter().all(|meaning| meaning.ends_with('.')), "`{name}` has no sentence");
    }
}
