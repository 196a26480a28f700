//! Tab-separated logs that a resumed run continues without gaps or repeats.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::TrainError;

/// Appends rows of named numbers; the first column is the step.
pub(crate) struct Table {
    path: PathBuf,
    file: File,
    columns: &'static [&'static str],
}

impl Table {
    /// Opens `path`, dropping rows after `last_step`: they belong to work that was lost.
    pub(crate) fn open(
        path: &Path,
        columns: &'static [&'static str],
        last_step: u64,
    ) -> Result<Self, TrainError> {
        let mut kept = format!("step\t{}\n", columns.join("\t"));
        let old = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(TrainError::io(path))?,
        };
        for line in old.lines().skip(1) {
            let step = line.split('\t').next().and_then(|step| step.parse::<u64>().ok());
            if step.is_some_and(|step| step <= last_step) {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        fs::write(path, &kept).map_err(TrainError::io(path))?;
        let file = OpenOptions::new().append(true).open(path).map_err(TrainError::io(path))?;
        Ok(Self { path: path.to_owned(), file, columns })
    }

    /// Writes a row; a column without a value stays empty.
    pub(crate) fn row(&mut self, step: u64, values: &[(&str, f64)]) -> Result<(), TrainError> {
        let mut text = step.to_string();
        for column in self.columns {
            text.push('\t');
            if let Some((_, value)) = values.iter().find(|(name, _)| name == column) {
                text.push_str(&format!("{value:.6}"));
            }
        }
        text.push('\n');
        self.file.write_all(text.as_bytes()).map_err(TrainError::io(&self.path))
    }
}

/// Column names and rows of a table; cells that are empty are `None`.
pub(crate) fn read(path: &Path) -> (Vec<String>, Vec<Vec<Option<f64>>>) {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines();
    let columns = lines.next().unwrap_or_default().split('\t').map(str::to_owned).collect();
    let rows = lines.map(|line| line.split('\t').map(|cell| cell.parse().ok()).collect()).collect();
    (columns, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resumed_log_has_no_gap_and_no_repeat() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.tsv");
        let mut table = Table::open(&path, &["l1"], 0).unwrap();
        for step in 1..=5 {
            table.row(step, &[("l1", step as f64)]).unwrap();
        }
        let mut table = Table::open(&path, &["l1"], 3).unwrap();
        table.row(4, &[("l1", 40.0)]).unwrap();
        let (columns, rows) = read(&path);
        assert_eq!(columns, ["step", "l1"]);
        let steps: Vec<_> = rows.iter().map(|row| (row[0].unwrap(), row[1].unwrap())).collect();
        assert_eq!(steps, [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 40.0)]);
    }
}
