//! Masks that say what is where.

use std::fs;
use std::path::Path;

use autochrome_color::Chroma;
use autochrome_color::lab::lab_to_rgb8;
use autochrome_media::{DecodeOptions, decode};

/// The class of pixels of which nothing is known.
pub const UNKNOWN: u8 = 255;
/// The class of things that have no name of their own.
pub const OTHER: u8 = 44;
/// The file beside a folder of masks that names the classes.
const CLASSES: &str = "classes.tsv";

/// The class of every pixel of a picture's centre square, `size_px` a side, from a gray picture of the same shape whose
/// values are classes; `None` where there is no such file.
pub(crate) fn centre(path: &Path, size_px: usize) -> Result<Option<Vec<u8>>, String> {
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let luma = decode(&bytes, &DecodeOptions::default()).map_err(|error| error.to_string())?.luma;
    let (width, height) = luma.size();
    // L of a gray value and back: the values are bytes in no colour.
    let values = lab_to_rgb8(&luma, &Chroma::neutral(width, height));
    let side = width.min(height);
    let at = |i: usize, of: usize| (of - side) / 2 + (2 * i + 1) * side / (2 * size_px);
    let class = |i: usize| values[3 * (at(i / size_px, height) * width + at(i % size_px, width))];
    Ok(Some((0..size_px * size_px).map(class).collect()))
}

/// Names of classes by their index, from the `classes.tsv` beside a folder of masks or in it; empty without one.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let beside = folder.parent().map(|parent| parent.join(CLASSES));
    let files = [Some(folder.join(CLASSES)), beside];
    let Some(text) = files.into_iter().flatten().find_map(|file| fs::read_to_string(file).ok()) else {
        return Vec::new();
    };
    let mut names = vec![String::new(); usize::from(u8::MAX) + 1];
    for line in text.lines() {
        let mut cells = line.split('\t');
        if let (Some(Ok(index)), Some(name)) = (cells.next().map(str::parse::<u8>), cells.next()) {
            name.clone_into(&mut names[usize::from(index)]);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;

    #[test]
    fn every_class_comes_back_and_the_middle_is_cut_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mask.png");
        // 16 squares of 4 px across, 16 down, a margin of 8 left and right.
        let class = |x: u32, y: u32| ((y / 4) * 16 + (x - 8) / 4) as u8;
        let mask =
            GrayImage::from_fn(80, 64, |x, y| Luma([if (8..72).contains(&x) { class(x, y) } else { 9 }]));
        mask.save(&path).unwrap();
        let classes = centre(&path, 16).unwrap().unwrap();
        assert_eq!(classes, (0..=255).collect::<Vec<u8>>());
        assert_eq!(centre(&folder.path().join("none.png"), 16), Ok(None));
    }

    #[test]
    fn classes_are_named_by_the_file_beside_the_masks() {
        let folder = tempfile::tempdir().unwrap();
        let masks = folder.path().join("masks");
        fs::create_dir(&masks).unwrap();
        assert!(names(&masks).is_empty());
        fs::write(folder.path().join(CLASSES), "index\tname\n0\tsky\n2\tgrass\tlawn\n").unwrap();
        let names = names(&masks);
        assert_eq!((names[0].as_str(), names[1].as_str(), names[2].as_str()), ("sky", "", "grass"));
    }
}
