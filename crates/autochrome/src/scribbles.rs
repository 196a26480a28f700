//! Strokes that were painted in another program.

use autochrome_color::{Chroma, Plane, lab};
use autochrome_media::{Alpha, Picture};
use autochrome_methods::{GuidanceKind, Marks, MethodError, Reference};

use crate::Error;

/// Difference from the picture, summed over red, green and blue in 0..=1, from which a pixel of a copy is marked.
///
/// # Source
/// Levin, Lischinski, Weiss, "Colorization using Optimization", SIGGRAPH 2004: the authors' released code.
const MARKED: f32 = 0.01;

/// A picture with strokes of colour.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scribbles {
    /// Strokes alone, everything else transparent: they go over any picture.
    Overlay(Marks),
    /// A copy of the picture that was painted over: what differs is marked.
    Copy(Box<Reference>),
}

impl Scribbles {
    /// Strokes alone when anything is transparent, else a copy. The picture must have been read with its colours.
    #[must_use]
    pub fn new(picture: Picture) -> Self {
        match opaque_marks(&picture) {
            Some(marks) => Self::Overlay(marks),
            None => {
                let Picture { luma, chroma, .. } = picture;
                let (width, height) = luma.size();
                let chroma = chroma.unwrap_or_else(|| Chroma::neutral(width, height));
                Self::Copy(Box::new(Reference { luma, chroma, name: String::new() }))
            }
        }
    }

    /// Whether the colours that the picture has are needed to tell what was painted over.
    #[must_use]
    pub fn needs_colors(&self) -> bool {
        matches!(self, Self::Copy(_))
    }

    /// What is marked on `picture`.
    ///
    /// # Errors
    /// When nothing is, or a copy has another size than the picture.
    pub fn marks(&self, picture: &Picture) -> Result<Marks, Error> {
        let marks = match self {
            Self::Overlay(marks) => marks.clone(),
            Self::Copy(copy) => differences(picture, copy)?,
        };
        if !marks.marked.contains(&true) {
            return Err(invalid_scribbles(
                "nothing is painted there; paint over a copy of the picture and keep it without loss (PNG), or paint on \
                 a transparent picture"
                    .to_owned(),
            ));
        }
        Ok(marks)
    }
}

fn invalid_scribbles(reason: String) -> Error {
    MethodError::GuidanceUnfit { kind: GuidanceKind::Marks, reason }.into()
}

/// What is opaque in a picture; `None` when all of it is.
pub(crate) fn opaque_marks(picture: &Picture) -> Option<Marks> {
    let marked = match picture.alpha.as_ref()? {
        Alpha::Eight(alpha) => alpha.iter().map(|&alpha| alpha >= 1 << 7).collect(),
        Alpha::Sixteen(alpha) => alpha.iter().map(|&alpha| alpha >= 1 << 15).collect(),
    };
    let (width, height) = picture.luma.size();
    let chroma = picture.chroma.clone().unwrap_or_else(|| Chroma::neutral(width, height));
    Some(Marks { chroma, luma: picture.luma.clone(), marked })
}

/// Where a painted copy differs from the picture, be it from its colours or from its gray.
fn differences(picture: &Picture, copy: &Reference) -> Result<Marks, Error> {
    if picture.luma.size() != copy.luma.size() {
        let size = |luma: &Plane| format!("{} × {}", luma.width(), luma.height());
        return Err(invalid_scribbles(format!(
            "the painted copy has {} pixels, the picture {}; paint over a copy of the same size, or on a transparent picture",
            size(&copy.luma),
            size(&picture.luma)
        )));
    }
    let at = |luma: &Plane, chroma: Option<&Chroma>, i: usize| {
        let ab = chroma.map_or([0.0; 2], |chroma| [chroma.a.data()[i], chroma.b.data()[i]]);
        lab::lab_to_srgb([luma.data()[i], ab[0], ab[1]])
    };
    let far =
        |one: [f32; 3], other: [f32; 3]| (0..3).map(|k| (one[k] - other[k]).abs()).sum::<f32>() > MARKED;
    let marked = (0..picture.luma.data().len()).map(|i| {
        let painted = at(&copy.luma, Some(&copy.chroma), i);
        let own = at(&picture.luma, picture.chroma.as_ref(), i);
        far(painted, own) && far(painted, at(&picture.luma, None, i))
    });
    Ok(Marks { marked: marked.collect(), chroma: copy.chroma.clone(), luma: copy.luma.clone() })
}

#[cfg(test)]
mod tests {
    use autochrome_media::{Depth, Format, Metadata};

    use super::*;

    fn picture(rgb: &[u8], width: usize, alpha: Option<Vec<u8>>) -> Picture {
        let (luma, chroma) = lab::rgb8_to_lab(rgb, width, rgb.len() / 3 / width);
        Picture {
            luma,
            chroma: Some(chroma),
            thumbnail: None,
            alpha: alpha.map(Alpha::Eight),
            depth: Depth::Eight,
            format: Format::Png,
            metadata: Metadata::default(),
            was_gray: false,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn what_differs_from_the_picture_is_marked() {
        let before = picture(&[100; 12], 2, None);
        let mut rgb = [100; 12];
        // One step of 255 is below the threshold in all three channels together, three steps are not.
        rgb[3..6].copy_from_slice(&[101, 100, 100]);
        rgb[6..9].copy_from_slice(&[103, 100, 100]);
        rgb[9..12].copy_from_slice(&[200, 40, 40]);
        let copy = Scribbles::new(picture(&rgb, 2, None));
        let marks = copy.marks(&before).unwrap();
        assert_eq!(marks.marked, [false, false, true, true]);
        assert!(copy.needs_colors() && marks.chroma.a.data()[3] > 40.0);
    }

    #[test]
    fn a_copy_painted_over_the_gray_of_a_sepia_scan_is_marked_where_it_was_painted() {
        let sepia = picture(&[120, 100, 80].repeat(4), 2, None);
        let gray = lab::lab_to_rgb8(&sepia.luma, &Chroma::neutral(2, 2));
        let mut painted = gray.clone();
        painted[..3].copy_from_slice(&[0, 160, 0]);
        let marked =
            |rgb: &[u8]| Scribbles::new(picture(rgb, 2, None)).marks(&sepia).map(|marks| marks.marked);
        assert_eq!(marked(&painted).unwrap(), [true, false, false, false]);
        let error = marked(&gray).unwrap_err();
        assert!(error.to_string().contains("nothing is painted"), "{error}");
    }

    #[test]
    fn a_copy_of_another_size_is_refused_and_an_overlay_fits_all() {
        let small = picture(&[100; 12], 2, None);
        let large = picture(&[100; 27], 3, None);
        let error = Scribbles::new(large).marks(&small).unwrap_err().to_string();
        assert!(error.contains("3 × 3") && error.contains("2 × 2"), "{error}");
        let over = Scribbles::new(picture(&[9; 27], 3, Some(vec![0, 0, 0, 255, 0, 0, 0, 0, 0])));
        assert!(!over.needs_colors());
        assert_eq!(over.marks(&small).unwrap().marked.iter().position(|marked| *marked), Some(3));
        assert_eq!(opaque_marks(&picture(&[9; 27], 3, None)), None);
    }

    #[test]
    fn an_empty_overlay_says_what_to_do() {
        let over = Scribbles::new(picture(&[9; 12], 2, Some(vec![0; 4])));
        let error = over.marks(&picture(&[9; 12], 2, None)).unwrap_err();
        assert_eq!(error.code(), "guidance-unfit");
    }
}
