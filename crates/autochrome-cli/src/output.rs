//! What the program says. Results go to stdout, everything about them to stderr.

use std::io::{self, ErrorKind, Write as _};

use anyhow::Context as _;

use crate::exit::{Blame as _, Failure};

/// Writes to stdout. A reader that has gone away (`| head`) is not an error.
pub fn write(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes to stdout; when that fails, as on a full disk, the run is over.
pub fn print(bytes: &[u8]) -> Result<(), Failure> {
    write(bytes).context("cannot write to stdout").environment()
}

/// Writes one line to stdout.
pub fn line(text: &str) -> Result<(), Failure> {
    print(format!("{text}\n").as_bytes())
}

/// Writes one line about the run to stderr; when even that fails there is nobody to tell.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "autochrome: {text}");
}

/// So many of something: `1 scene`, `2 scenes`.
pub fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// An error and what it came from. Many errors name their cause in their own words already; that is not said again.
pub fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told {
        told if told.is_empty() => cause,
        told if told.contains(&cause) => told,
        told => format!("{told}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Error as IoError;

    use autochrome::{Error, MediaError};

    #[test]
    fn a_cause_is_told_once() {
        let cause = || IoError::other("the disk is gone");
        let media = MediaError::Io { path: "a.png".into(), source: cause() };
        let file = Error::GuidanceFile { name: "a.png".to_owned(), source: Box::new(media.into()) };
        assert_eq!(super::told(&file.into()), "cannot use a.png: a.png: the disk is gone");
        assert_eq!(
            super::told(&anyhow::Error::from(cause()).context("no film")),
            "no film: the disk is gone"
        );
    }
}
