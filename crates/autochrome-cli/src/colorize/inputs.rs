//! Which pictures the inputs on the command line mean.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use autochrome::foreign_extension;
use globset::GlobBuilder;
use walkdir::{DirEntry, WalkDir};

/// Names under which a picture is recognised in a folder.
const EXTENSIONS: [&str; 15] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "webp", "tif", "tiff", "bmp", "gif", "pnm", "pbm", "pgm", "ppm",
    "pam",
];

/// What our own results are called: `NAME.color.EXT`, `NAME.collage.EXT`, `NAME.layers.ora`, `NAME.layer.EXT`.
const MARKS: [&str; 4] = ["color", "collage", "layers", "layer"];

/// A picture to colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Where it lies.
    pub path: PathBuf,
    /// Its path below the folder or glob that led to it: the part that an output folder repeats.
    pub below: PathBuf,
}

/// An input that means no picture.
#[derive(Debug)]
pub struct Missing {
    /// As typed or found.
    pub path: PathBuf,
    /// Stable name of the reason.
    pub code: &'static str,
    /// Why.
    pub reason: String,
}

/// What the inputs mean.
#[derive(Debug, Default)]
pub struct Found {
    /// Pictures, each once, in the order of the command line and by name within a folder.
    pub inputs: Vec<Input>,
    /// Inputs that failed already.
    pub missing: Vec<Missing>,
    /// Files of folders and globs that were passed over because they are no pictures that are read: how many of each kind.
    pub passed: BTreeMap<&'static str, usize>,
}

/// The code of an input that means no picture.
const NOTHING: &str = "no-such-input";

/// What files are counted as that nobody takes for a picture.
pub const OTHER: &str = "other";

/// Finds the pictures behind `typed`: files as they are, folders with what they hold (and their sub-folders when
/// `recursive`), globs that no shell has expanded. Nothing in the folder `except` is taken from a folder or glob.
pub fn find(typed: &[PathBuf], recursive: bool, except: Option<&Path>) -> Found {
    let except = except.and_then(|dir| dir.canonicalize().ok());
    let mut found = Found::default();
    for path in typed {
        if path.is_dir() {
            let depth = if recursive { usize::MAX } else { 1 };
            let before = found.inputs.len();
            walk(path, depth, except.as_deref(), |_| true, &mut found);
            if found.inputs.len() == before {
                let more = if recursive { "" } else { "; --recursive looks into sub-folders too" };
                found.missing.push(Missing {
                    path: path.clone(),
                    code: NOTHING,
                    reason: format!("no pictures in this folder{more}"),
                });
            }
        } else if path.metadata().is_ok_and(|there| !there.is_file()) {
            // Opening a pipe would wait for whoever writes to it.
            let reason = "this is a device or a pipe, not a regular file".to_owned();
            found.missing.push(Missing { path: path.clone(), code: "not-a-file", reason });
        } else if path.exists() {
            let below = path.file_name().map(PathBuf::from).unwrap_or_default();
            found.inputs.push(Input { path: path.clone(), below });
        } else if is_glob(path) {
            expand(path, except.as_deref(), &mut found);
        } else {
            found.missing.push(Missing { path: path.clone(), code: NOTHING, reason: absent(path) });
        }
    }
    keep_first_of_each(&mut found.inputs);
    drop_own_results(&mut found.inputs);
    found
}

/// Adds the pictures below `root` that `wanted` accepts by their path below it.
fn walk(root: &Path, depth: usize, except: Option<&Path>, wanted: impl Fn(&Path) -> bool, found: &mut Found) {
    let is_excepted = |entry: &DirEntry| {
        except.is_some_and(|except| {
            entry.file_type().is_dir() && entry.path().canonicalize().is_ok_and(|path| path == except)
        })
    };
    // A hidden folder that was asked for by name is not hidden from anybody.
    let visible =
        |entry: &DirEntry| entry.depth() == 0 || !(is_hidden(entry.file_name()) || is_excepted(entry));
    let entries = WalkDir::new(root).min_depth(1).max_depth(depth).sort_by_file_name();
    for entry in entries.into_iter().filter_entry(visible) {
        match entry {
            Ok(entry) => {
                let Ok(below) = entry.path().strip_prefix(root) else { continue };
                // `is_file` follows symbolic links to files; links to folders are not followed, they may be circles.
                if is_own_result(entry.path()) || !wanted(below) || !entry.path().is_file() {
                    continue;
                }
                if is_picture(entry.path()) {
                    found.inputs.push(Input { path: entry.path().to_owned(), below: below.to_owned() });
                } else {
                    *found.passed.entry(kind_of(entry.path())).or_default() += 1;
                }
            }
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                found.missing.push(Missing { path, code: NOTHING, reason });
            }
        }
    }
}

/// Adds the pictures that the glob `typed` means.
fn expand(typed: &Path, except: Option<&Path>, found: &mut Found) {
    let plain = typed.components().take_while(|part| !is_glob(Path::new(part.as_os_str()))).count();
    let root: PathBuf = typed.components().take(plain).collect();
    let pattern: PathBuf = typed.components().skip(plain).collect();
    let any_depth = pattern.components().any(|part| part.as_os_str().to_string_lossy().contains("**"));
    let depth = if any_depth { usize::MAX } else { pattern.components().count() };
    let matcher = match GlobBuilder::new(&pattern.to_string_lossy()).literal_separator(true).build() {
        Ok(glob) => glob.compile_matcher(),
        Err(error) => {
            let reason = format!("not a glob: {}", error.kind());
            found.missing.push(Missing { path: typed.to_owned(), code: NOTHING, reason });
            return;
        }
    };
    let before = found.inputs.len();
    let root_or_here = if root.as_os_str().is_empty() { Path::new(".") } else { &root };
    if root_or_here.is_dir() {
        walk(root_or_here, depth, except, |below| matcher.is_match(below), found);
    }
    // Walking "." puts "./" before every name; nobody typed that.
    if root.as_os_str().is_empty() {
        found.inputs[before..].iter_mut().for_each(|input| input.path.clone_from(&input.below));
    }
    if found.inputs.len() == before {
        let reason = "no picture matches".to_owned();
        found.missing.push(Missing { path: typed.to_owned(), code: NOTHING, reason });
    }
}

/// Whether the path could only have been meant as a glob.
fn is_glob(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[', '{'])
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

/// What a file that is no picture is counted as.
fn kind_of(path: &Path) -> &'static str {
    path.extension().and_then(OsStr::to_str).and_then(foreign_extension).unwrap_or(OTHER)
}

/// Pictures that lie in `folder` by their names, without hidden ones and our own results; none where it cannot be read.
pub fn names_in(folder: &Path) -> Vec<std::ffi::OsString> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name());
    names
        .filter(|name| {
            let path = Path::new(name);
            is_picture(path) && !is_hidden(name) && !is_own_result(path)
        })
        .collect()
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

/// `grandma` for `grandma.color.jpg`.
fn source_stem(path: &Path) -> Option<&OsStr> {
    let stem = Path::new(path.file_stem()?);
    let mark = stem.extension()?;
    let source = MARKS.iter().any(|m| mark == *m).then(|| stem.file_stem())??;
    // `grandma` for a page of it, `grandma-page2.color.jpg`, too.
    let of_page = source
        .to_str()
        .and_then(|text| text.rsplit_once(PAGE))
        .filter(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    Some(of_page.map_or(source, |(stem, _)| OsStr::new(stem)))
}

/// What stands between the stem of a picture and the number of its page.
pub const PAGE: &str = "-page";

fn is_own_result(path: &Path) -> bool {
    source_stem(path).is_some()
}

fn keep_first_of_each(inputs: &mut Vec<Input>) {
    let mut seen = HashSet::new();
    inputs.retain(|input| seen.insert(input.path.canonicalize().unwrap_or_else(|_| input.path.clone())));
}

/// `colorize *.jpg` a second time names the results of the first time too: they are left out where the picture they
/// were made from is named as well. A result named alone is coloured as asked.
fn drop_own_results(inputs: &mut Vec<Input>) {
    let sources: HashSet<(PathBuf, std::ffi::OsString)> = inputs
        .iter()
        .filter_map(|input| Some((parent(&input.path), input.path.file_stem()?.to_owned())))
        .collect();
    inputs.retain(|input| {
        source_stem(&input.path).is_none_or(|stem| !sources.contains(&(parent(&input.path), stem.to_owned())))
    });
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

/// Why there is nothing at `path`, with the name that was probably meant.
fn absent(path: &Path) -> String {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return format!("there is no folder {}", folder.display());
    }
    if path.symlink_metadata().is_ok() {
        return match path.metadata() {
            // A circle, or a folder on the way that nobody may enter.
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                format!("this link cannot be followed: {error}")
            }
            _ => "this link leads to nothing".to_owned(),
        };
    }
    let given = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let near = folder.read_dir().ok().and_then(|entries| {
        entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .map(|name| (strsim::damerau_levenshtein(&given, &name.to_lowercase()), name))
            .filter(|(distance, _)| *distance <= (given.chars().count() / 4).max(1))
            .min()
    });
    match near {
        Some((_, name)) => {
            let meant = if folder == Path::new(".") && !path.starts_with(".") {
                PathBuf::from(name)
            } else {
                folder.components().chain([Component::Normal(OsStr::new(&name))]).collect()
            };
            format!("no such file; did you mean {}?", meant.display())
        }
        None => "no such file".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(path: &str) -> Input {
        Input { path: path.into(), below: Path::new(path).file_name().unwrap().into() }
    }

    #[test]
    fn our_results_are_recognised_by_their_mark() {
        for name in ["a.color.jpg", "x/b.c.color.PNG", "a.collage.tif", "a-page2.color.png"] {
            assert!(is_own_result(Path::new(name)), "{name}");
        }
        for name in ["a.jpg", "color.jpg", "a.colors.jpg", "my color.jpg", "a.color"] {
            assert!(!is_own_result(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn a_result_is_left_out_only_beside_its_source() {
        let mut inputs = vec![
            input("x/a.jpg"),
            input("x/a.color.jpg"),
            input("x/a-page2.color.jpg"),
            input("x/b.color.jpg"),
            input("y/a.color.jpg"),
        ];
        drop_own_results(&mut inputs);
        let kept: Vec<_> = inputs.iter().map(|input| input.path.to_str().unwrap()).collect();
        assert_eq!(kept, ["x/a.jpg", "x/b.color.jpg", "y/a.color.jpg"]);
    }
}
