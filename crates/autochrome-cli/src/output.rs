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
