//! Where each result goes. Decided for all inputs before the first is touched, so that two inputs never write one
//! file and no input is ever written over.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use autochrome::{Format, Limits, Pages, SourceId, page_count, read_file};

use super::inputs::{Input, PAGE, names_in};
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
    /// The OpenRaster file, when one is wanted.
    pub layers: Option<PathBuf>,
    /// The colour alone, when it is wanted.
    pub color_layer: Option<PathBuf>,
    /// The coloured and the side-by-side picture of every page after the first, where each has a file of its own.
    pub further: Vec<(PathBuf, Option<PathBuf>)>,
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
    /// Whether OpenRaster files are wanted.
    pub layers: bool,
    /// Whether the colour alone is wanted.
    pub color_layer: bool,
    /// Which pages are coloured.
    pub pages: Pages,
    /// How many answers are wanted of each; 0 counts as 1.
    pub variants: usize,
    /// Whether results that exist are looked for.
    pub resume: bool,
}

impl Task {
    /// Every file that it writes, the coloured picture first.
    pub fn results(&self) -> impl Iterator<Item = &PathBuf> {
        let further =
            self.further.iter().flat_map(|(output, collage)| std::iter::once(output).chain(collage));
        let beside = self.collage.iter().chain(&self.layers).chain(&self.color_layer);
        std::iter::once(&self.output).chain(beside).chain(further)
    }
}

/// Gives every input a result of its own. Of pictures in one folder that want the same name one has it and the others get numbers,
/// which depend on what lies there and not on which of them are inputs; of two from different folders the later one gets a number.
///
/// # Errors
/// When the output folder is where an input lies, so that its result would replace it, or when a result could not be told from that
/// of another input later.
pub fn assign(inputs: Vec<Input>, naming: &Naming) -> Result<Vec<Task>, Failure> {
    let mut places = Places::default();
    let sources: HashSet<PathBuf> = inputs.iter().map(|input| places.key(&input.path)).collect();
    let mut siblings = Siblings::new(&inputs, naming);
    let mut taken: HashMap<PathBuf, PathBuf> = HashMap::new();
    let mut tasks = Vec::with_capacity(inputs.len());
    for Input { path, below } in inputs {
        let (format, extension) = format_and_extension(&path, naming.format);
        let stem = path.file_stem().unwrap_or(OsStr::new("picture"));
        let folder = match &naming.out_dir {
            Some(dir) => dir.join(below.parent().unwrap_or(Path::new(""))),
            None => path.parent().map(Path::to_owned).unwrap_or_default(),
        };
        let mark = if naming.out_dir.is_some() { "" } else { ".color" };
        let pages = if format == Format::Tiff { 1 } else { pages_of(&path, naming) };
        let mut number = siblings.number(&path);
        let task = loop {
            let at = |page: Option<usize>| {
                let output = folder.join(name(stem, number, page, mark, &extension));
                let collage =
                    naming.collage.then(|| folder.join(name(stem, number, page, ".collage", &extension)));
                (output, collage)
            };
            let mut files: Vec<(PathBuf, Option<PathBuf>)> =
                if pages > 1 { (1..=pages).map(|page| at(Some(page))).collect() } else { vec![at(None)] };
            if pages == 1 {
                let others = (2..=naming.variants).map(|answer| variant(&files[0], stem, answer));
                files.extend(others.collect::<Vec<_>>());
            }
            let further = files.split_off(1);
            let (output, collage) = files.pop().unwrap_or_default();
            let beside = |wanted: bool, mark: &str, extension: &str| {
                wanted.then(|| folder.join(name(stem, number, None, mark, OsStr::new(extension))))
            };
            let task = Task {
                input: path.clone(),
                output,
                collage,
                layers: beside(naming.layers, ".layers", "ora"),
                color_layer: beside(naming.color_layer, ".layer", layer_extension(Some(format))),
                further,
                format: Some(format),
            };
            let keys: Vec<PathBuf> = task.results().map(|path| places.key(path)).collect();
            if let Some(key) = keys.iter().find(|key| sources.contains(*key)) {
                return Err(Failure::usage(format!(
                    "the result of {} would replace the input {}; choose another output folder",
                    path.display(),
                    key.display()
                )));
            }
            match keys.iter().find_map(|key| taken.get(key)) {
                None => {
                    taken.extend(keys.into_iter().map(|key| (key, path.clone())));
                    break task;
                }
                Some(other) if naming.resume => {
                    return Err(Failure::usage(format!(
                        "{} and {} want the same result, and --resume could not tell later whose it is; give each folder its own --out-dir, or name the folder above them with --recursive",
                        other.display(),
                        path.display()
                    )));
                }
                Some(_) => number += 1,
            }
        };
        tasks.push(task);
    }
    Ok(tasks)
}

/// The names of another answer: `NAME.2.color.EXT`.
fn variant(first: &(PathBuf, Option<PathBuf>), stem: &OsStr, answer: usize) -> (PathBuf, Option<PathBuf>) {
    let renamed = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (stem, rest) = name.split_at(stem.to_string_lossy().len().min(name.len()));
        path.with_file_name(format!("{stem}.{answer}{rest}"))
    };
    (renamed(&first.0), first.1.as_ref().map(renamed))
}

/// Pages that get results of their own; a file that cannot be read says so when its turn comes.
fn pages_of(path: &Path, naming: &Naming) -> usize {
    if naming.pages != Pages::All || !is_tiff(path) {
        return 1;
    }
    let count = || page_count(&read_file(path, &Limits::default()).ok()?).ok();
    count().unwrap_or(1)
}

fn is_tiff(path: &Path) -> bool {
    let named = path.extension().and_then(OsStr::to_str).and_then(Format::from_extension);
    // A wrong or missing name is set right by the content.
    named == Some(Format::Tiff) || of_content(path) == Some(Format::Tiff)
}

/// The pictures beside each other that want results of the same name.
struct Siblings {
    format: Option<Format>,
    /// Whether results of one stem get in each other's way whatever their formats: files beside them have one extension.
    by_stem: bool,
    inputs: HashMap<PathBuf, Vec<OsString>>,
    folders: HashMap<PathBuf, Rivals>,
}

/// The pictures of a folder by the name that their results want, those first that have it, and all their stems, in lower case.
#[derive(Default)]
struct Rivals {
    wanting: HashMap<(String, String), Vec<OsString>>,
    stems: HashSet<String>,
}

impl Siblings {
    fn new(inputs: &[Input], naming: &Naming) -> Self {
        let mut by_folder: HashMap<PathBuf, Vec<OsString>> = HashMap::new();
        for input in inputs {
            let name = input.path.file_name().unwrap_or_default().to_owned();
            by_folder.entry(folder_of(&input.path)).or_default().push(name);
        }
        let by_stem = naming.layers || naming.color_layer;
        Self { format: naming.format, by_stem, inputs: by_folder, folders: HashMap::new() }
    }

    /// Which number the result of `path` has, 1 for none.
    fn number(&mut self, path: &Path) -> u32 {
        let folder = folder_of(path);
        let (format, by_stem, inputs) = (self.format, self.by_stem, &self.inputs);
        let preferred = |name: &OsStr| {
            let (stem, extension) = preferred_name(&folder, name, format);
            (stem, if by_stem { String::new() } else { extension })
        };
        let rivals = self.folders.entry(folder.clone()).or_insert_with(|| {
            let mut names = names_in(&folder);
            names.extend(inputs.get(&folder).into_iter().flatten().cloned());
            Rivals::new(names, preferred)
        });
        let own = path.file_name().unwrap_or_default();
        let (stem, extension) = preferred(own);
        let same = rivals.wanting.get(&(stem.clone(), extension));
        let place = same.and_then(|names| names.iter().position(|name| name == own)).unwrap_or(0);
        // A number that makes the name of another picture is nobody's.
        let free = (2..).filter(|number| !rivals.stems.contains(&format!("{stem}-{number}")));
        std::iter::once(1).chain(free).nth(place).unwrap_or(1)
    }
}

impl Rivals {
    fn new(names: Vec<OsString>, preferred: impl Fn(&OsStr) -> (String, String)) -> Self {
        let mut rivals = Self::default();
        for name in names {
            let wanted = preferred(&name);
            rivals.stems.insert(wanted.0.clone());
            rivals.wanting.entry(wanted).or_default().push(name);
        }
        for ((_, extension), names) in &mut rivals.wanting {
            // Whose format is kept comes first, the others go by their names.
            let changes =
                |name: &OsStr| lowercase(Path::new(name).extension().unwrap_or_default()) != *extension;
            names.sort_by_cached_key(|name| (changes(name), lowercase(name), name.clone()));
            names.dedup();
        }
        rivals
    }
}

/// Stem and extension of the result of a picture, in lower case.
fn preferred_name(folder: &Path, name: &OsStr, format: Option<Format>) -> (String, String) {
    let (_, extension) = format_and_extension(&folder.join(name), format);
    (lowercase(Path::new(name).file_stem().unwrap_or_default()), lowercase(&extension))
}

fn lowercase(name: &OsStr) -> String {
    name.to_string_lossy().to_lowercase()
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The one result of `--output FILE`.
///
/// # Errors
/// When `output` is the input itself, or its extension says another format than `format`.
pub fn single(input: &Path, output: &Path, naming: &Naming) -> Result<Task, Failure> {
    check_regular(output)?;
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
    let stem = output.file_stem().unwrap_or_default();
    let stem = stem.to_str().and_then(|s| s.strip_suffix(".color")).map_or(stem, OsStr::new);
    let beside = |wanted: bool, mark: &str, extension: &OsStr| {
        wanted.then(|| {
            let mut beside = stem.to_owned();
            beside.push(mark);
            if !extension.is_empty() {
                beside.push(".");
                beside.push(extension);
            }
            output.with_file_name(beside)
        })
    };
    let collage = beside(naming.collage, ".collage", extension);
    let layers = beside(naming.layers, ".layers", OsStr::new("ora"));
    let color_layer = beside(naming.color_layer, ".layer", OsStr::new(layer_extension(format)));
    let mut places = Places::default();
    let source = places.key(input);
    let written = std::iter::once(output)
        .chain([&collage, &layers, &color_layer].into_iter().flatten().map(PathBuf::as_path));
    if written.into_iter().any(|path| places.key(path) == source) {
        return Err(Failure::usage(format!(
            "the result would replace the input {}; choose another name",
            input.display()
        )));
    }
    if format.is_some_and(|format| format != Format::Tiff) && pages_of(input, naming) > 1 {
        return Err(Failure::usage(format!(
            "{} has several pages, and {} holds one; use --out-dir, or the name of a TIFF",
            input.display(),
            output.display()
        )));
    }
    Ok(Task {
        input: input.to_owned(),
        output: output.to_owned(),
        collage,
        layers,
        color_layer,
        further: Vec::new(),
        format,
    })
}

/// The extension of the colour alone, which must be able to be transparent.
fn layer_extension(format: Option<Format>) -> &'static str {
    if format == Some(Format::Tiff) { "tif" } else { "png" }
}

/// That what stands at `output`, if anything, is a file.
fn check_regular(output: &Path) -> Result<(), Failure> {
    match output.metadata() {
        Ok(there) if there.is_dir() => {
            Err(Failure::usage(format!("{} is a folder; use --out-dir for it", output.display())))
        }
        Ok(there) if !there.is_file() => Err(Failure::usage(format!(
            "{} is no regular file and is not replaced; - writes to stdout",
            output.display()
        ))),
        _ => Ok(()),
    }
}

/// What is known of a task before it is begun.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is to be done.
    Open,
    /// Its results exist, are not older than the input, and do not say that they were made from another file.
    Done,
    /// This result says that it was made from another file, or from the input before it was changed.
    Foreign(PathBuf),
    /// This file would have to be replaced.
    Blocked(PathBuf),
}

/// Whether `task` is to be done.
pub fn standing(task: &Task, overwrite: bool, resume: bool) -> Standing {
    if overwrite || is_dash(&task.output) {
        return Standing::Open;
    }
    if resume {
        if let Some(path) = task.results().find(|path| is_of_another(path, &task.input)) {
            return Standing::Foreign(path.clone());
        }
        // A result is renamed into place only when it is whole: one that exists is a finished one. Where it does not say what it
        // was made from, its age tells whether the input was changed since and is to be coloured again.
        let changed = task.input.metadata().and_then(|meta| meta.modified()).ok();
        let made = |path: &PathBuf| {
            path.metadata().ok().filter(std::fs::Metadata::is_file).and_then(|meta| meta.modified().ok())
        };
        return if task
            .results()
            .all(|path| made(path).is_some_and(|made| changed.is_none_or(|changed| made >= changed)))
        {
            Standing::Done
        } else {
            Standing::Open
        };
    }
    task.results().find(|path| path.exists()).map_or(Standing::Open, |path| Standing::Blocked(path.clone()))
}

/// Whether a result says that it was made from another file than `input`: of two folders with pictures of the same names only one has its
/// results here.
fn is_of_another(result: &Path, input: &Path) -> bool {
    let is_other = || {
        let stated = SourceId::stated_in(result).ok().flatten()?;
        Some(SourceId::of_file(input).ok()? != stated)
    };
    result.is_file() && is_other().unwrap_or(false)
}

/// Whether a path means stdin or stdout.
pub fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// `stem-2-page3.color.png`
fn name(stem: &OsStr, number: u32, page: Option<usize>, mark: &str, extension: &OsStr) -> OsString {
    let mut name = stem.to_owned();
    if number > 1 {
        name.push(format!("-{number}"));
    }
    if let Some(page) = page {
        name.push(format!("{PAGE}{page}"));
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
    Format::sniff(&head).ok().map(Format::writable)
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
            ["a-2.color.png", "a.color.png", "A-3.color.png"]
        );
        let naming = Naming { out_dir: Some("out".into()), ..Naming::default() };
        assert_eq!(outputs(&["x/a.png", "y/a.png"], &naming), ["out/a.png", "out/a-2.png"]);
    }

    #[test]
    fn a_number_does_not_depend_on_the_other_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        for name in ["A.PNG", "a.bmp", "a.gif", "a-2.png"] {
            std::fs::write(at(name), "").unwrap();
        }
        let named = |names: &[&str]| {
            let paths: Vec<String> = names.iter().map(|name| at(name)).collect();
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            let outputs = outputs(&paths, &Naming::default());
            outputs.iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let all = named(&["A.PNG", "a.bmp", "a.gif", "a-2.png"]);
        assert_eq!(all, ["A.color.PNG", "a-3.color.png", "a-4.color.png", "a-2.color.png"]);
        for (name, result) in ["A.PNG", "a.bmp", "a.gif", "a-2.png"].into_iter().zip(&all) {
            assert_eq!(named(&[name]), std::slice::from_ref(result));
        }
        assert_eq!(named(&["a.gif", "a.bmp"]), ["a-4.color.png", "a-3.color.png"]);
    }

    #[test]
    fn resuming_refuses_results_that_it_could_not_tell_apart() {
        let naming = Naming { out_dir: Some("out".into()), resume: true, ..Naming::default() };
        assert_eq!(
            assign(inputs(&["x/a.png", "y/a.png"]), &naming).unwrap_err().exit,
            crate::exit::Exit::Usage
        );
        assert!(assign(inputs(&["x/a.png", "y/b.png"]), &naming).is_ok());
    }

    #[test]
    fn an_output_folder_repeats_the_sub_folders() {
        let input = Input { path: "album/1932/a.png".into(), below: "1932/a.png".into() };
        let naming = Naming { out_dir: Some("out".into()), collage: true, ..Naming::default() };
        let task = assign(vec![input], &naming).unwrap().remove(0);
        assert_eq!(task.output, Path::new("out/1932/a.png"));
        assert!(task.further.is_empty());
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
