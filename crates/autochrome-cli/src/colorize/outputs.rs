//! Where each result goes. Decided for all inputs before the first is touched, so that two inputs never write one
//! file and no input is ever written over.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use autochrome::Format;

use super::inputs::Input;
use crate::exit::Failure;

/// One picture to colour and where the result goes.
#[derive(Debug)]
pub struct Task {
    /// The picture; `-` is stdin.
    pub input: PathBuf,
    /// The coloured picture; `-` is stdout.
    pub output: PathBuf,
    /// The side-by-side picture, when one is wanted.
    pub collage: Option<PathBuf>,
    /// What to write; `None` goes by the content of the input.
    pub format: Option<Format>,
}

/// How results are named.
#[derive(Debug, Default)]
pub struct Naming {
    /// Folder for all results; beside the inputs when `None`.
    pub out_dir: Option<PathBuf>,
    /// Format of all results; that of the input when `None`.
    pub format: Option<Format>,
    /// Whether side-by-side pictures are wanted.
    pub collage: bool,
}

/// Gives every input a result of its own; of two that want the same name the later one gets a number.
///
/// # Errors
/// When the output folder is where an input lies, so that its result would replace it.
pub fn assign(inputs: Vec<Input>, naming: &Naming) -> Result<Vec<Task>, Failure> {
    let mut places = Places::default();
    let sources: HashSet<PathBuf> = inputs.iter().map(|input| places.key(&input.path)).collect();
    let mut taken = HashSet::new();
    let mut tasks = Vec::with_capacity(inputs.len());
    for Input { path, below } in inputs {
        let (format, extension) = format_and_extension(&path, naming.format);
        let stem = path.file_stem().unwrap_or(OsStr::new("picture"));
        let folder = match &naming.out_dir {
            Some(dir) => dir.join(below.parent().unwrap_or(Path::new(""))),
            None => path.parent().map(Path::to_owned).unwrap_or_default(),
        };
        let mark = if naming.out_dir.is_some() { "" } else { ".color" };
        let mut number = 1;
        let (output, collage) = loop {
            let output = folder.join(name(stem, number, mark, &extension));
            let collage = naming.collage.then(|| folder.join(name(stem, number, ".collage", &extension)));
            let keys: Vec<PathBuf> =
                std::iter::once(&output).chain(&collage).map(|p| places.key(p)).collect();
            if let Some(key) = keys.iter().find(|key| sources.contains(*key)) {
                return Err(Failure::usage(format!(
                    "the result of {} would replace the input {}; choose another output folder",
                    path.display(),
                    key.display()
                )));
            }
            if keys.iter().all(|key| !taken.contains(key)) {
                taken.extend(keys);
                break (output, collage);
            }
            number += 1;
        };
        tasks.push(Task { input: path, output, collage, format: Some(format) });
    }
    Ok(tasks)
}

/// The one result of `--output FILE`.
///
/// # Errors
/// When `output` is the input itself, or its extension says another format than `format`.
pub fn single(input: &Path, output: &Path, naming: &Naming) -> Result<Task, Failure> {
    let extension = output.extension().unwrap_or_default();
    let format = match (of_extension(extension), naming.format) {
        (Some(named), Some(wanted)) if named != wanted => {
            return Err(Failure::usage(format!(
                "{} is not the name of a {} file; change the name or leave --format out",
                output.display(),
                wanted
            )));
        }
        (Some(named), _) => Some(named),
        (None, wanted) if wanted.is_some() || extension.is_empty() => wanted,
        (None, _) => {
            return Err(Failure::usage(format!(
                "cannot write {}; the formats are png, jpeg, webp and tiff (--format)",
                output.display()
            )));
        }
    };
    let collage = naming.collage.then(|| {
        let stem = output.file_stem().unwrap_or_default();
        let stem = stem.to_str().and_then(|s| s.strip_suffix(".color")).map_or(stem, OsStr::new);
        let mut beside = stem.to_owned();
        beside.push(".collage");
        if !extension.is_empty() {
            beside.push(".");
            beside.push(extension);
        }
        output.with_file_name(beside)
    });
    let mut places = Places::default();
    let source = places.key(input);
    if places.key(output) == source || collage.as_ref().is_some_and(|path| places.key(path) == source) {
        return Err(Failure::usage(format!(
            "the result would replace the input {}; choose another name",
            input.display()
        )));
    }
    Ok(Task { input: input.to_owned(), output: output.to_owned(), collage, format })
}

/// What is known of a task before it is begun.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is to be done.
    Open,
    /// Its results exist and are not older than the input.
    Done,
    /// This file would have to be replaced.
    Blocked(PathBuf),
}

/// Whether `task` is to be done.
pub fn standing(task: &Task, overwrite: bool, resume: bool) -> Standing {
    let results = || std::iter::once(&task.output).chain(&task.collage);
    if overwrite || is_dash(&task.output) {
        return Standing::Open;
    }
    if resume {
        // A result is renamed into place only when it is whole: one that exists is a finished one. An input that was
        // changed since is coloured again.
        let changed = task.input.metadata().and_then(|meta| meta.modified()).ok();
        let made = |path: &PathBuf| path.metadata().and_then(|meta| meta.modified()).ok();
        return if results()
            .all(|path| made(path).is_some_and(|made| changed.is_none_or(|changed| made >= changed)))
        {
            Standing::Done
        } else {
            Standing::Open
        };
    }
    results().find(|path| path.exists()).map_or(Standing::Open, |path| Standing::Blocked(path.clone()))
}

/// Whether a path means stdin or stdout.
pub fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// `stem-2.color.png`
fn name(stem: &OsStr, number: u32, mark: &str, extension: &OsStr) -> OsString {
    let mut name = stem.to_owned();
    if number > 1 {
        name.push(format!("-{number}"));
    }
    name.push(mark);
    name.push(".");
    name.push(extension);
    name
}

/// What to write for `input`, and under which extension: its own, spelled as it is, wherever that is right.
fn format_and_extension(input: &Path, wanted: Option<Format>) -> (Format, OsString) {
    let extension = input.extension().unwrap_or_default();
    let own = of_extension(extension);
    let format = wanted
        .or(own)
        .or_else(|| extension.is_empty().then(|| of_content(input)).flatten())
        .unwrap_or(Format::Png);
    if own == Some(format) { (format, extension.to_owned()) } else { (format, format.extension().into()) }
}

/// The writable format that an extension stands for.
fn of_extension(extension: &OsStr) -> Option<Format> {
    Format::from_extension(extension.to_str()?).filter(|format| format.can_encode())
}

/// The format to write for a file without an extension, by how it begins.
fn of_content(path: &Path) -> Option<Format> {
    let mut head = Vec::with_capacity(64);
    File::open(path).ok()?.take(64).read_to_end(&mut head).ok()?;
    Format::sniff(&head).ok().map(Format::same)
}

/// Tells whether two paths are one file, even where neither exists yet.
#[derive(Default)]
struct Places {
    folders: HashMap<PathBuf, PathBuf>,
}

impl Places {
    /// One key for all spellings of a path. Upper and lower case are one, as they are on many disks.
    fn key(&mut self, path: &Path) -> PathBuf {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = self
            .folders
            .entry(folder.to_owned())
            .or_insert_with(|| folder.canonicalize().unwrap_or_else(|_| folder.to_owned()));
        let name = path.file_name().unwrap_or_default();
        folder.join(name.to_string_lossy().to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(paths: &[&str]) -> Vec<Input> {
        paths
            .iter()
            .map(|p| Input { path: p.into(), below: Path::new(p).file_name().unwrap().into() })
            .collect()
    }

    fn outputs(paths: &[&str], naming: &Naming) -> Vec<String> {
        let tasks = assign(inputs(paths), naming).unwrap();
        tasks.iter().map(|task| task.output.to_str().unwrap().replace('\\', "/")).collect()
    }

    #[test]
    fn a_result_lies_beside_its_input_under_its_own_spelling() {
        assert_eq!(
            outputs(&["x/a.JPG", "x/b.tif", "x/c.d.png"], &Naming::default()),
            ["x/a.color.JPG", "x/b.color.tif", "x/c.d.color.png"]
        );
    }

    #[test]
    fn what_cannot_be_written_becomes_png() {
        assert_eq!(
            outputs(&["a.bmp", "b.gif", "c.pgm"], &Naming::default()),
            ["a.color.png", "b.color.png", "c.color.png"]
        );
    }

    #[test]
    fn a_wanted_format_changes_the_extension() {
        let naming = Naming { format: Some(Format::Jpeg), ..Naming::default() };
        assert_eq!(outputs(&["a.png", "b.jpeg"], &naming), ["a.color.jpg", "b.color.jpeg"]);
    }

    #[test]
    fn two_inputs_never_get_one_result() {
        let naming = Naming { format: Some(Format::Png), ..Naming::default() };
        assert_eq!(
            outputs(&["a.jpg", "a.png", "A.tif"], &naming),
            ["a.color.png", "a-2.color.png", "A-3.color.png"]
        );
        let naming = Naming { out_dir: Some("out".into()), ..Naming::default() };
        assert_eq!(outputs(&["x/a.png", "y/a.png"], &naming), ["out/a.png", "out/a-2.png"]);
    }

    #[test]
    fn an_output_folder_repeats_the_sub_folders() {
        let input = Input { path: "album/1932/a.png".into(), below: "1932/a.png".into() };
        let naming = Naming { out_dir: Some("out".into()), collage: true, ..Naming::default() };
        let task = assign(vec![input], &naming).unwrap().remove(0);
        assert_eq!(task.output, Path::new("out/1932/a.png"));
        assert_eq!(task.collage.as_deref(), Some(Path::new("out/1932/a.collage.png")));
    }

    #[test]
    fn no_result_replaces_an_input() {
        let naming = Naming { out_dir: Some("x".into()), ..Naming::default() };
        assert_eq!(assign(inputs(&["x/a.png"]), &naming).unwrap_err().exit, crate::exit::Exit::Usage);
        let same = single(Path::new("x/a.png"), Path::new("x/a.png"), &Naming::default());
        assert_eq!(same.unwrap_err().exit, crate::exit::Exit::Usage);
    }

    #[test]
    fn the_named_output_decides_the_format() {
        let task = single(Path::new("a.png"), Path::new("b.jpg"), &Naming::default()).unwrap();
        assert_eq!(task.format, Some(Format::Jpeg));
        let naming = Naming { format: Some(Format::Png), ..Naming::default() };
        assert!(single(Path::new("a.png"), Path::new("b.jpg"), &naming).is_err());
        assert!(single(Path::new("a.png"), Path::new("b.gif"), &Naming::default()).is_err());
    }

    #[test]
    fn the_collage_of_a_named_output_lies_beside_it() {
        let naming = Naming { collage: true, ..Naming::default() };
        let task = single(Path::new("a.png"), Path::new("x/b.color.jpg"), &naming).unwrap();
        assert_eq!(task.collage.as_deref(), Some(Path::new("x/b.collage.jpg")));
    }
}
