//! Figures, the file that holds them, and how they changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::shell::root;

/// Something that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Of what; figures of one part are told apart by this and the unit.
    pub what: String,
    pub value: f64,
    pub unit: &'static str,
    /// How many measurements stand behind it; it is their median, unless the unit says otherwise.
    pub n: usize,
}

impl Figure {
    pub fn new(what: impl Into<String>, value: f64, unit: &'static str, n: usize) -> Self {
        Self { what: what.into(), value, unit, n }
    }
}

/// A figure as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub what: String,
    pub value: f64,
    pub unit: String,
    pub n: usize,
}

/// When, with which code and on which machine a part was measured, and what came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    pub when: String,
    pub rows: Vec<Row>,
}

/// The figures of all parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(pub BTreeMap<String, Measured>);

impl Figures {
    /// The figures of a file; none when there is no file yet.
    pub fn read(path: &Path) -> Self {
        Self::parse(&std::fs::read_to_string(path).unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let mut parts: BTreeMap<String, Measured> = BTreeMap::new();
        for line in text.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            match fields[..] {
                ["# measured", part, when] => {
                    parts.entry(part.to_owned()).or_default().when = when.to_owned()
                }
                [part, what, value, unit, n] => {
                    if let (Ok(value), Ok(n)) = (value.parse(), n.parse()) {
                        let row = Row { what: what.to_owned(), value, unit: unit.to_owned(), n };
                        parts.entry(part.to_owned()).or_default().rows.push(row);
                    }
                }
                _ => {}
            }
        }
        Self(parts)
    }

    fn text(&self) -> String {
        let mut text = String::from("part\twhat\tvalue\tunit\tn\n");
        for (part, Measured { when, rows }) in &self.0 {
            let _ = writeln!(text, "# measured\t{part}\t{when}");
            for Row { what, value, unit, n } in rows {
                let _ = writeln!(text, "{part}\t{what}\t{}\t{unit}\t{n}", digits(*value));
            }
        }
        text
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, self.text()).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Puts the figures of a part that was just measured in the place of the old ones.
    pub fn replace(&mut self, part: &str, figures: Vec<Figure>) {
        let row = |f: Figure| Row { what: f.what, value: f.value, unit: f.unit.to_owned(), n: f.n };
        let measured = Measured { when: now(), rows: figures.into_iter().map(row).collect() };
        self.0.insert(part.to_owned(), measured);
    }

    /// The rows of a part.
    pub fn rows(&self, part: &str) -> &[Row] {
        self.0.get(part).map_or(&[], |measured| &measured.rows)
    }
}

/// The figures that the last commit holds.
pub fn committed() -> Figures {
    let show =
        Command::new("git").args(["show", "HEAD:docs/performance/figures.tsv"]).current_dir(root()).output();
    show.map_or_else(|_| Figures::default(), |out| Figures::parse(&String::from_utf8_lossy(&out.stdout)))
}

/// One line a figure, with its change since the committed run.
pub fn compared(found: &[Figure], committed: &Figures) -> String {
    let mut text = String::new();
    for figure in found {
        let before = committed.0.values().flat_map(|part| &part.rows);
        let before = before.into_iter().find(|row| row.what == figure.what && row.unit == figure.unit);
        let change = match before {
            Some(row) if row.value != 0.0 => {
                format!("  was {}, {:+.0} %", digits(row.value), 100.0 * (figure.value / row.value - 1.0))
            }
            _ => String::new(),
        };
        let _ = writeln!(text, "  {:<44} {:>9} {}{change}", figure.what, digits(figure.value), figure.unit);
    }
    text
}

/// Three significant digits, all of a whole number.
pub fn digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let decimals = (2 - value.abs().log10().floor() as i32).clamp(0, 6) as usize;
    format!("{value:.decimals$}")
}

/// Commit with its day, and machine.
fn now() -> String {
    let git = |arguments: &[&str]| {
        let out = Command::new("git").args(arguments).current_dir(root()).output().ok()?;
        out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    };
    let commit = git(&["log", "-1", "--format=%h of %cs"]).unwrap_or_else(|| "unknown".to_owned());
    // Figures of files that no commit holds cannot be measured again.
    let dirty = git(&["status", "--porcelain", "--", "crates", "assets", "Cargo.lock"])
        .is_some_and(|changes| !changes.is_empty());
    format!("commit {commit}{}, {}", if dirty { " with changes" } else { "" }, machine())
}

/// Cores and processor, as far as the system tells.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or(std::env::consts::ARCH, |name| name.trim_start_matches([' ', '\t', ':']));
    format!("{cores} cores of {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_as_it_was_and_parts_are_replaced_alone() {
        let mut figures = Figures::default();
        figures.replace("start", vec![Figure::new("whole process", 0.1301, "s", 5)]);
        figures.replace("folder", vec![Figure::new("pictures", 20.0, "pictures/s", 200)]);
        let again = Figures::parse(&figures.text());
        assert_eq!(again.0["start"].when, figures.0["start"].when);
        assert_eq!(again.rows("start")[0].value, 0.13, "three digits");
        let mut changed = again.clone();
        changed.replace("start", vec![Figure::new("whole process", 0.2, "s", 5)]);
        assert_eq!(changed.rows("folder"), again.rows("folder"));
        assert_eq!(changed.rows("start").len(), 1);
    }

    #[test]
    fn changes_are_told_where_there_was_a_figure() {
        let mut before = Figures::default();
        before.replace("start", vec![Figure::new("a", 2.0, "s", 1)]);
        let found = [Figure::new("a", 3.0, "s", 1), Figure::new("b", 3.0, "s", 1)];
        let text = compared(&found, &before);
        assert_eq!(text.matches("+50 %").count(), 1, "{text}");
    }

    #[test]
    fn three_digits_are_enough() {
        let shown = [0.0, 0.012_34, 1.234, 98.76, 1234.5].map(digits);
        assert_eq!(shown, ["0", "0.0123", "1.23", "98.8", "1234"]);
    }
}
