//! The pictures that everything is measured on, held as 8-bit sRGB.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use autochrome_color::bins::{self, BINS};
use autochrome_color::lab::{lab_to_rgb8, rgb8_to_lab};
use autochrome_color::resize::{Filter, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};
use autochrome_data::{Index, Sample, centre_sample};
use autochrome_media::{DecodeOptions, decode};

use crate::pairs::Pair;
use crate::{EvaluateError, masks, workers};

/// Which pictures, how large, and how they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetOptions {
    /// With a truth: side of the centre square, which is the picture's short side resized. Without: most pixels of the
    /// short side of the whole picture, which is never enlarged. 16..=2048.
    pub size_px: usize,
    /// Most pictures, spread evenly over the folder; 0 takes all.
    pub limit: usize,
    /// Whether the pictures' own colours are the truth; historical photographs have none.
    pub truth: bool,
    /// How many pictures to read at once, at least 1.
    pub jobs: usize,
}

/// One picture of the set.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Path below the folder, with forward slashes.
    pub name: String,
    /// The sub-folder or what the manifest says; empty when neither.
    pub source: String,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// sRGB, interleaved: the truth; empty where there is none.
    pub rgb: Vec<u8>,
    /// L of CIELAB (D65) as it was read, for a picture without a truth.
    gray: Option<Plane>,
    /// A picture in colour that shows something similar, for methods that take references.
    pub reference: Option<Box<Picture>>,
    /// The class of every pixel, where a mask says it.
    pub(crate) things: Option<Vec<u8>>,
}

/// Pictures, and how common their colours are.
#[derive(Clone, Debug)]
pub struct EvaluationSet {
    pictures: Vec<Picture>,
    skipped: Vec<(String, String)>,
    class_weights: [f32; BINS],
    options: SetOptions,
    things: Vec<String>,
}

impl EvaluationSet {
    /// Reads pictures of `index`; `root` is the folder that names are relative to. Takes `3 * size_px²` bytes a picture with
    /// a truth, 4 bytes a pixel without.
    ///
    /// # Errors
    /// [`EvaluateError::Option`] for a size out of range, [`EvaluateError::NoPictures`] when none can be read,
    /// [`EvaluateError::Stopped`].
    pub fn load(
        index: &Index,
        root: &Path,
        options: SetOptions,
        stop: &AtomicBool,
    ) -> Result<Self, EvaluateError> {
        let count = if options.limit == 0 { index.len() } else { options.limit.min(index.len()) };
        let wanted = |i: usize| {
            let at = i * index.len() / count;
            let path = index.path(at);
            let name = slashed(path.strip_prefix(root).unwrap_or(path));
            Wanted { path: path.to_path_buf(), name, source: index.source(at), reference: None }
        };
        Self::read(count, wanted, options, stop)
    }

    /// Reads pictures with a reference each, named from the folder `root` on.
    ///
    /// # Errors
    /// As [`EvaluationSet::load`].
    pub fn load_pairs(
        pairs: &[Pair],
        root: &Path,
        options: SetOptions,
        stop: &AtomicBool,
    ) -> Result<Self, EvaluateError> {
        let count = if options.limit == 0 { pairs.len() } else { options.limit.min(pairs.len()) };
        let wanted = |i: usize| {
            let pair = &pairs[i * pairs.len() / count];
            let path = root.join(&pair.picture);
            Wanted {
                path,
                name: pair.picture.clone(),
                source: pair.source(),
                reference: Some((root, &pair.reference)),
            }
        };
        Self::read(count, wanted, options, stop)
    }

    fn read<'a>(
        count: usize,
        wanted: impl Fn(usize) -> Wanted<'a> + Sync,
        options: SetOptions,
        stop: &AtomicBool,
    ) -> Result<Self, EvaluateError> {
        if !(16..=2048).contains(&options.size_px) {
            return Err(EvaluateError::Option { option: "size", reason: "must lie in 16 to 2048 px" });
        }
        let read = |i: usize| {
            let wanted = wanted(i);
            wanted.picture(options).map_err(|reason| (wanted.name, reason))
        };
        let (mut pictures, mut skipped) = (Vec::new(), Vec::new());
        for result in workers::each(count, options.jobs, stop, read)? {
            match result {
                Ok(picture) => pictures.push(picture),
                Err(failure) => skipped.push(failure),
            }
        }
        if pictures.is_empty() {
            let first = skipped.into_iter().next().map_or_else(String::new, |(_, reason)| reason);
            return Err(EvaluateError::NoPictures { count, first });
        }
        let class_weights = if options.truth { class_weights(&pictures) } else { [1.0; BINS] };
        Ok(Self { pictures, skipped, class_weights, options, things: Vec::new() })
    }

    /// The pictures, in the order of the index; never empty.
    #[must_use]
    pub fn pictures(&self) -> &[Picture] {
        &self.pictures
    }

    /// Names of files that could not be read, and why.
    #[must_use]
    pub fn skipped(&self) -> &[(String, String)] {
        &self.skipped
    }

    /// The set with what its masks say is where: gray pictures whose values are classes, of the pictures' names and shapes but
    /// ending in `.png`, in `folder`. A `classes.tsv` of index and name in it or beside it names the classes.
    ///
    /// # Errors
    /// [`EvaluateError::Masks`] when a mask cannot be read, or no picture has one.
    pub fn with_masks(mut self, folder: &Path) -> Result<Self, EvaluateError> {
        let wrong = |reason: String| EvaluateError::Masks { folder: folder.to_path_buf(), reason };
        for picture in self.pictures.iter_mut().filter(|picture| !picture.rgb.is_empty()) {
            let path = folder.join(&picture.name).with_extension("png");
            picture.things = masks::centre(&path, self.options.size_px).map_err(wrong)?;
        }
        if self.pictures.iter().all(|picture| picture.things.is_none()) {
            return Err(wrong(format!("no file in it is called {}", self.pictures[0].name)));
        }
        self.things = masks::names(folder);
        Ok(self)
    }

    /// What a class of the masks is called; its number where nothing says so.
    #[must_use]
    pub fn class_name(&self, class: u8) -> String {
        match self.things.get(usize::from(class)) {
            Some(name) if !name.is_empty() => name.clone(),
            _ => class.to_string(),
        }
    }

    /// How it was read.
    #[must_use]
    pub fn options(&self) -> SetOptions {
        self.options
    }

    /// 1/p of each colour class in this very set, scaled to a mean of 1 over its pixels; 0 for colours it does not have.
    ///
    /// # Source
    /// Zhang 2016, section 3.1: the weights of the rebalanced AuC, there with the prior of ImageNet.
    #[must_use]
    pub fn class_weights(&self) -> &[f32; BINS] {
        &self.class_weights
    }
}

/// A picture that is to be read.
struct Wanted<'a> {
    path: PathBuf,
    name: String,
    source: &'a str,
    /// The folder and the name of a reference in it.
    reference: Option<(&'a Path, &'a String)>,
}

impl Wanted<'_> {
    fn picture(&self, options: SetOptions) -> Result<Picture, String> {
        let coloured = |name: &str, (width, height, rgb): Pixels| Picture {
            name: name.to_owned(),
            source: self.source.to_owned(),
            width,
            height,
            rgb,
            gray: None,
            reference: None,
            things: None,
        };
        let reference = match self.reference {
            Some((root, name)) => Some(coloured(name, load_whole(&root.join(name), options.size_px)?)),
            None => None,
        };
        let picture = if options.truth {
            coloured(&self.name, centre(&self.path, options.size_px)?)
        } else {
            let luma = whole_gray(&self.path, options.size_px)?;
            let (width, height) = luma.size();
            Picture { gray: Some(luma), ..coloured(&self.name, (width, height, Vec::new())) }
        };
        Ok(Picture { reference: reference.map(Box::new), ..picture })
    }
}

impl Picture {
    /// The file name without folders and ending.
    #[must_use]
    pub fn stem(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or(&self.name);
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }

    /// L, a and b of CIELAB (D65); chroma is neutral, of one sample, where there is no truth.
    #[must_use]
    pub fn lab(&self) -> (Plane, Chroma) {
        match &self.gray {
            Some(luma) => (luma.clone(), Chroma::neutral(1, 1)),
            None => rgb8_to_lab(&self.rgb, self.width, self.height),
        }
    }
}

type Pixels = (usize, usize, Vec<u8>);

/// The centre square of a colour picture, as validation during training takes it.
pub(crate) fn centre(path: &Path, size_px: usize) -> Result<Pixels, String> {
    let Sample { luma, ab, .. } = centre_sample(path, size_px).map_err(|error| error.to_string())?;
    let (a, b) = ab.split_at(size_px * size_px);
    let plane = |values: &[f32]| Plane::from_vec(size_px, size_px, values.to_vec()).unwrap_or_default();
    Ok((size_px, size_px, lab_to_rgb8(&plane(&luma), &Chroma { a: plane(a), b: plane(b) })))
}

/// The luma of a whole picture, its short side at most `size_px`.
fn whole_gray(path: &Path, size_px: usize) -> Result<Plane, String> {
    let luma = read(path, false)?.luma;
    let (width, height) = fitting(luma.size(), size_px);
    // Nothing is lost where nothing is made smaller.
    Ok(if (width, height) == luma.size() { luma } else { resize_plane(&luma, width, height, Filter::Area) })
}

/// A whole picture in colour, its short side at most `size_px`.
fn load_whole(path: &Path, size_px: usize) -> Result<Pixels, String> {
    let picture = read(path, true)?;
    let (width, height) = fitting(picture.luma.size(), size_px);
    let luma = resize_plane(&picture.luma, width, height, Filter::Area);
    let chroma = picture.chroma.unwrap_or_else(|| Chroma::neutral(width, height));
    Ok((width, height, lab_to_rgb8(&luma, &resize_chroma(&chroma, width, height, Filter::Area))))
}

fn read(path: &Path, keep_chroma: bool) -> Result<autochrome_media::Picture, String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let options = DecodeOptions { keep_chroma, ..DecodeOptions::default() };
    decode(&bytes, &options).map_err(|error| error.to_string())
}

/// The size with a short side of at most `size_px`.
fn fitting((width, height): (usize, usize), size_px: usize) -> (usize, usize) {
    let scale = (size_px as f64 / width.min(height).max(1) as f64).min(1.0);
    // A ribbon of a picture would otherwise be as long as it likes.
    let side = |px: usize| ((px as f64 * scale).round() as usize).clamp(1, 4 * size_px);
    (side(width), side(height))
}

fn class_weights(pictures: &[Picture]) -> [f32; BINS] {
    let mut counts = vec![0.0_f64; BINS];
    for picture in pictures {
        let (_, chroma) = picture.lab();
        for (&a, &b) in chroma.a.data().iter().zip(chroma.b.data()) {
            counts[bins::nearest(a, b)] += 1.0;
        }
    }
    let weights = bins::class_weights(&counts, 0.0);
    std::array::from_fn(|bin| weights[bin])
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{Folder, options};

    #[test]
    fn names_sources_and_sizes_are_those_of_the_folder() {
        let folder = Folder::new().blobs("faces_x/one.png", 60, 40, 1).blobs("sky/two.png", 40, 90, 2);
        let set = folder.load(options(32));
        let [one, two] = set.pictures() else { panic!("{set:?}") };
        assert_eq!(
            (one.name.as_str(), one.source.as_str(), one.stem()),
            ("faces_x/one.png", "faces_x", "one")
        );
        assert_eq!((two.width, two.height, two.rgb.len()), (32, 32, 3 * 32 * 32));
    }

    #[test]
    fn a_limit_takes_pictures_from_everywhere() {
        let mut folder = Folder::new();
        for i in 0..6 {
            folder = folder.blobs(&format!("{i}.png"), 20, 20, i);
        }
        let set = folder.load(SetOptions { limit: 3, ..options(16) });
        let names: Vec<&str> = set.pictures().iter().map(Picture::stem).collect();
        assert_eq!(names, ["0", "2", "4"]);
    }

    #[test]
    fn pairs_bring_their_references_and_a_missing_one_leaves_its_picture_out() {
        let folder = Folder::new().blobs("sky/a.png", 40, 30, 1).blobs("sky/b.png", 60, 40, 2);
        let pair =
            |reference: &str| Pair { picture: "sky/a.png".to_owned(), reference: reference.to_owned() };
        let pairs = [pair("sky/b.png"), pair("sky/none.png")];
        let stop = AtomicBool::new(false);
        let set = EvaluationSet::load_pairs(&pairs, folder.path(), options(20), &stop).unwrap();
        let [picture] = set.pictures() else { panic!("{set:?}") };
        assert_eq!((picture.source.as_str(), picture.width, picture.height), ("sky", 20, 20));
        let reference = picture.reference.as_ref().unwrap();
        assert_eq!((reference.name.as_str(), reference.width, reference.height), ("sky/b.png", 30, 20));
        assert_eq!(set.skipped()[0].0, "sky/a.png");
    }

    #[test]
    fn a_broken_file_is_told_and_left_out() {
        let folder = Folder::new().blobs("a.png", 20, 20, 1).file("b.png", b"nothing");
        let set = folder.load(options(16));
        assert_eq!((set.pictures().len(), set.skipped().len()), (1, 1));
        assert_eq!(set.skipped()[0].0, "b.png");
    }

    #[test]
    fn without_a_truth_the_whole_picture_is_taken_and_never_enlarged() {
        let folder = Folder::new().blobs("a.png", 90, 60, 1).blobs("b.png", 20, 30, 1);
        let set = folder.load(SetOptions { truth: false, ..options(30) });
        let sizes: Vec<_> = set.pictures().iter().map(|p| (p.width, p.height)).collect();
        assert_eq!(sizes, [(45, 30), (20, 30)]);
        let (luma, chroma) = set.pictures()[0].lab();
        assert_eq!((luma.size(), chroma), ((45, 30), Chroma::neutral(1, 1)));
    }

    #[test]
    fn rare_colours_weigh_more_and_the_mean_weight_is_1() {
        let folder = Folder::new().blobs("a.png", 32, 32, 5);
        let set = folder.load(options(32));
        let (_, chroma) = set.pictures()[0].lab();
        let weights: Vec<f32> = (0..32 * 32)
            .map(|i| set.class_weights()[bins::nearest(chroma.a.data()[i], chroma.b.data()[i])])
            .collect();
        assert!((weights.iter().sum::<f32>() / 1024.0 - 1.0).abs() < 1e-3);
        assert!(
            weights.iter().any(|w| *w > 1.5 * weights[0]) || weights.iter().any(|w| *w < weights[0] / 1.5)
        );
    }

    #[test]
    fn an_impossible_size_is_refused() {
        let folder = Folder::new().blobs("a.png", 20, 20, 1);
        assert_eq!(folder.try_load(options(8)).unwrap_err().code(), "option-out-of-range");
    }
}
