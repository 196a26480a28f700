//! `cargo xtask gallery`: the pictures of `docs/gallery.md`.
//!
//! `docs/images/gallery/captions.tsv` says which pictures and what there is to say about each; captions are written by whoever
//! looked at the result, and stay until somebody looks again.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::marked;
use crate::shell::{WORKSPACE, cargo, root, run as run_command, target};

/// Pictures of a gallery that has no captions yet, spread evenly over the folder.
const COUNT: usize = 24;

/// Longer side of each half.
const SIDE_PX: &str = "340";

/// What all pictures together may weigh.
const MOST_BYTES: u64 = 1_500_000;

/// A picture of the gallery, and what was seen in it.
#[derive(Debug, PartialEq)]
struct Caption {
    file: String,
    text: String,
}

/// Colours the pictures that the list of captions names, found in the folder `data`.
pub fn run(data: &Path) -> Result<()> {
    let folder = root().join("docs/images/gallery");
    fs::create_dir_all(&folder)?;
    let list = folder.join("captions.tsv");
    if !list.exists() {
        let names: String = spread(data)?.iter().map(|name| format!("{name}\t\n")).collect();
        fs::write(&list, names)?;
    }
    let captions = parse(&fs::read_to_string(&list)?)?;

    // As the tests build it; for one package alone, cargo would compile its dependencies once more, with other features.
    run_command(cargo(["build", "--example", "gallery"]).args(WORKSPACE))?;
    let mut command = Command::new(target().join("debug/examples/gallery"));
    command.arg(&folder).arg(SIDE_PX).args(captions.iter().map(|caption| data.join(&caption.file)));
    run_command(&mut command)?;
    let mut bytes = 0;
    for caption in &captions {
        bytes += folder.join(result(&caption.file)).metadata()?.len();
    }
    ensure!(bytes <= MOST_BYTES, "the pictures weigh {bytes} bytes, more than {MOST_BYTES}");
    marked::replace(&root().join("docs/gallery.md"), "pictures", &page(&captions))?;
    println!("{} pictures, {bytes} bytes. Look at them, and mend {}.", captions.len(), list.display());
    Ok(())
}

fn parse(text: &str) -> Result<Vec<Caption>> {
    let caption = |line: &str| {
        let (file, text) = line.split_once('\t').with_context(|| format!("`{line}` has no tab"))?;
        Ok(Caption { file: file.to_owned(), text: text.trim().to_owned() })
    };
    text.lines().filter(|line| !line.is_empty()).map(caption).collect()
}

fn page(captions: &[Caption]) -> String {
    let mut page = String::new();
    for Caption { file, text } in captions {
        let name = result(file);
        let _ = writeln!(page, "![{name}, before and after](images/gallery/{name})\n\n{text}\n");
    }
    page
}

/// The name of a file's picture.
fn result(file: &str) -> String {
    Path::new(file).with_extension("jpg").file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn spread(data: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(data).with_context(|| format!("cannot list {}", data.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    ensure!(!names.is_empty(), "{} holds no files", data.display());
    let shown = COUNT.min(names.len());
    Ok((0..shown).map(|k| names[k * names.len() / shown].clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_stand_under_their_pictures() {
        let captions = parse("001.png\tThe sky is right.\n\n002.jpg\t\n").unwrap();
        let page = page(&captions);
        assert!(page.contains("(images/gallery/001.jpg)\n\nThe sky is right.\n") && page.contains("002.jpg"));
        assert!(parse("no tab\n").is_err());
    }
}
