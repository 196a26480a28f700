//! What the named films and folders are made of.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use autochrome_data::EXTENSIONS as PICTURES;
use walkdir::WalkDir;

use crate::error::{DatasetError, Result};

/// File name endings that count as films inside a folder; a film that is named itself may have any.
pub const FILMS: [&str; 20] = [
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "m2ts", "mts", "vob", "wmv", "flv",
    "ogv", "3gp", "mxf", "y4m", "dv", "asf",
];

/// One source: no two parts of it are in different splits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// Unique in the dataset, and the name of its folder there.
    pub name: String,
    /// The file or folder it comes from.
    pub path: PathBuf,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Film,
    /// The pictures of one folder, by name: they may be frames of one film.
    Pictures(Vec<PathBuf>),
}

/// Films and folders in the order they were named, what is inside a folder by name; nothing of the dataset itself.
pub(crate) fn find(named: &[PathBuf], out: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let own = fs::canonicalize(out).ok();
    for path in named {
        let unreadable = |error: &dyn std::fmt::Display| DatasetError::Source {
            path: path.clone(),
            reason: format!("cannot be read ({error}); check the path"),
        };
        let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
        if metadata.is_file() {
            let kind = if ends_in(path, &PICTURES) && !ends_in(path, &["gif"]) {
                Kind::Pictures(vec![path.clone()])
            } else {
                Kind::Film
            };
            sources.push((path.clone(), kind));
            continue;
        }
        let before = sources.len();
        let walk = WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter();
        let mut folders: Vec<(PathBuf, Vec<PathBuf>)> = Vec::new();
        for entry in walk.filter_entry(|entry| {
            let hidden = entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
            let itself =
                own.is_some() && entry.file_type().is_dir() && fs::canonicalize(entry.path()).ok() == own;
            !hidden && !itself
        }) {
            let entry = entry.map_err(|error| unreadable(&error))?;
            if !entry.file_type().is_file() {
                continue;
            }
            let file = entry.into_path();
            if ends_in(&file, &FILMS) {
                sources.push((file, Kind::Film));
            } else if ends_in(&file, &PICTURES) {
                let folder = file.parent().unwrap_or(path).to_owned();
                match folders.iter_mut().find(|(known, _)| *known == folder) {
                    Some((_, pictures)) => pictures.push(file),
                    None => folders.push((folder, vec![file])),
                }
            }
        }
        sources.extend(folders.into_iter().map(|(folder, pictures)| (folder, Kind::Pictures(pictures))));
        if sources.len() == before {
            return Err(DatasetError::Source {
                path: path.clone(),
                reason: format!("no film or picture is in it; films end in {}", FILMS.join(", ")),
            });
        }
    }
    Ok(named_apart(sources))
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| endings.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

/// Gives every source a name of its own that is safe as a folder's on any system.
fn named_apart(sources: Vec<(PathBuf, Kind)>) -> Vec<Source> {
    let mut taken = HashSet::new();
    let mut name = |path: &Path| {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let safe: String = stem
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' })
            .take(80)
            .collect();
        let safe = safe.trim_matches(['.', '-']);
        let safe = if safe.is_empty() { "source" } else { safe };
        let free = (1..).map(|n| if n == 1 { safe.to_owned() } else { format!("{safe}-{n}") });
        // Names that differ in case only are one name on some systems.
        let name = free.into_iter().find(|name| taken.insert(name.to_lowercase()));
        name.unwrap_or_default()
    };
    sources.into_iter().map(|(path, kind)| Source { name: name(&path), path, kind }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_gives_its_films_and_then_its_pictures_by_folder() {
        let folder =
            folder(&["b.mp4", "a.MKV", "notes.txt", "p/2.jpg", "p/1.png", "q/1.jpg", ".hidden/c.mp4"]);
        let sources = find(&[folder.path().to_owned()], Path::new("/nowhere")).unwrap();
        let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "p", "q"]);
        let pictures = [folder.path().join("p/1.png"), folder.path().join("p/2.jpg")];
        assert_eq!(sources[2].kind, Kind::Pictures(pictures.to_vec()));
    }

    #[test]
    fn names_are_unique_and_safe() {
        let folder = folder(&["one/My film: part 1.mp4", "two/my film- part 1.mp4", "three/---.mp4"]);
        let sources = find(&[folder.path().to_owned()], Path::new("/nowhere")).unwrap();
        let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["My-film--part-1", "source", "my-film--part-1-2"]);
    }

    #[test]
    fn the_dataset_inside_its_source_is_left_out() {
        let folder = folder(&["a.mp4", "set/images/a/1.jpg"]);
        let sources = find(&[folder.path().to_owned()], &folder.path().join("set")).unwrap();
        assert_eq!(sources.len(), 1);
    }

    #[test]
    fn a_folder_without_films_says_what_a_film_is() {
        let error = find(&[folder(&["a.txt"]).path().to_owned()], Path::new("/nowhere")).unwrap_err();
        assert!(error.to_string().contains("films end in mp4"), "{error}");
        assert_eq!(error.code(), "dataset.source");
    }
}
