//! Pictures with a reference each, as a list: what methods that take colours from a reference are measured on.

use std::fs;
use std::path::Path;

use crate::EvaluateError;

/// A picture and a reference that shows something similar, named from a common folder on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The picture that is made gray.
    pub picture: String,
    /// The picture that keeps its colours.
    pub reference: String,
}

impl Pair {
    /// The pairs of a text file: a picture, a tab, its reference; empty lines and lines that begin with `#` are left out.
    ///
    /// # Errors
    /// [`EvaluateError::Pairs`] when the file cannot be read, a line is not of that form, or there is none.
    pub fn read(file: &Path) -> Result<Vec<Self>, EvaluateError> {
        let wrong = |reason: String| EvaluateError::Pairs { path: file.to_path_buf(), reason };
        let text = fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        let lines = text.lines().enumerate();
        let pairs = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')).map(
            |(number, line)| match line.split('\t').collect::<Vec<_>>()[..] {
                [picture, reference] => {
                    Ok(Self { picture: picture.trim().to_owned(), reference: reference.trim().to_owned() })
                }
                _ => Err(wrong(format!("line {} is not a picture, a tab and its reference", number + 1))),
            },
        );
        let pairs: Vec<Self> = pairs.collect::<Result<_, _>>()?;
        if pairs.is_empty() { Err(wrong("it names no pair".to_owned())) } else { Ok(pairs) }
    }

    /// The first folder of the picture's name, empty when it lies in none.
    pub(crate) fn source(&self) -> &str {
        self.picture.split_once('/').map_or("", |(folder, _)| folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Pair>, EvaluateError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        Pair::read(file.path())
    }

    #[test]
    fn pairs_are_read_and_remarks_are_not() {
        let pairs = read("# picture\treference\n\nsky/a.png\tsky/b.png\nc.png\td.png\n").unwrap();
        assert_eq!(pairs.len(), 2);
        assert_eq!((pairs[0].reference.as_str(), pairs[0].source()), ("sky/b.png", "sky"));
        assert_eq!(pairs[1].source(), "");
    }

    #[test]
    fn a_line_that_is_no_pair_is_named() {
        let error = read("a.png\tb.png\na.png b.png\n").unwrap_err();
        assert_eq!(error.code(), "bad-pairs");
        assert!(error.to_string().contains("line 2"), "{error}");
        assert!(read("# nothing\n").is_err() && Pair::read(Path::new("nowhere")).is_err());
    }
}
