//! Parts of Markdown pages that a chore writes: they stand between `<!-- begin NAME -->` and `<!-- end NAME -->`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Puts `content` between the marks of `name` in a page.
pub fn replace(path: &Path, name: &str, content: &str) -> Result<()> {
    let page = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let changed = replaced(&page, name, content)
        .with_context(|| format!("{} has no marks `{name}`", path.display()))?;
    fs::write(path, changed).with_context(|| format!("cannot write {}", path.display()))
}

fn replaced(page: &str, name: &str, content: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{content}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let page = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n";
        assert_eq!(replaced(page, "x", "new\n").unwrap(), page.replace("old", "new"));
        assert_eq!(replaced(page, "y", "new\n"), None);
    }
}
