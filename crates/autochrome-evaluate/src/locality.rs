//! Whether a hint stays where it was put: one patch of true colour on the largest region of one colour.

use autochrome_color::delta_e::ciede2000_plane;
use autochrome_color::lab::rgb8_to_lab;
use autochrome_color::{Chroma, Plane};
use autochrome_methods::Guidance;

use crate::hints::{PATCH_PX, patch};
use crate::painter::Painter;
use crate::score::Truth;
use crate::set::Picture;
use crate::statistics::{Bootstrap, Estimate, mean};

/// Regions nearer to gray than this teach nothing: a gray hint changes little anywhere.
const LEAST_CHROMA: f64 = 8.0;
/// What lies further than this from the hinted colour in truth is another colour, in units of ab.
const OTHER_COLOUR: f32 = 10.0;

/// What one hint did to one picture, CIEDE2000 each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reach {
    before: f64,
    inside: f64,
    /// `None` where everything has the hint's colour.
    outside: Option<f64>,
}

/// What one hint does, means over pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Locality {
    /// Pictures with a coloured region of one colour.
    pub n: usize,
    /// CIEDE2000 to the truth inside the region without the hint.
    pub before: Estimate,
    /// The same with it.
    pub inside: Estimate,
    /// CIEDE2000 between the answers with and without the hint, outside the region where the truth has other colours.
    pub outside: Estimate,
}

/// `None` for a picture without such a region, or a painter that refuses the hint.
pub(crate) fn hint_reach(painter: &Painter, picture: &Picture, reference: &Truth<'_>) -> Option<Reach> {
    let size = (picture.width, picture.height);
    let region = reference.regions.largest(&reference.chroma, LEAST_CHROMA)?;
    let side_px = (size.0.min(size.1) * PATCH_PX / 256).max(1);
    let [x, y] = region.inner_point();
    let corner =
        |at: f32, of: usize| ((at * of as f32) as usize).saturating_sub(side_px / 2).min(of - side_px);
    let hint = patch((&reference.luma, &reference.chroma), [corner(x, size.0), corner(y, size.1)], side_px);
    let paint = |guidance: &Guidance| {
        let painted = painter.paint(picture, &reference.luma, guidance, true).ok()?;
        Some(rgb8_to_lab(&painted.rgb, size.0, size.1))
    };
    let without = paint(&Guidance::default())?;
    let mut guidance = Guidance::default();
    guidance.points.push(hint);
    let with = paint(&guidance)?;

    let inside: Vec<bool> =
        (0..size.0 * size.1).map(|i| region.contains(i % size.0, i / size.0, size)).collect();
    let truth = (reference.luma.clone(), reference.chroma.clone());
    let over = |differences: &Plane, wanted: &dyn Fn(usize) -> bool| {
        let picked: Vec<f64> = differences
            .data()
            .iter()
            .enumerate()
            .filter(|(i, _)| wanted(*i))
            .map(|(_, &difference)| f64::from(difference))
            .collect();
        (!picked.is_empty()).then(|| mean(picked))
    };
    let between =
        |one: &(Plane, Chroma), two: &(Plane, Chroma)| ciede2000_plane(&one.0, &one.1, &two.0, &two.1);
    let [a, b] = [&truth.1.a, &truth.1.b].map(|plane| {
        let values = plane.data().iter().zip(&inside).filter(|(_, inside)| **inside);
        mean(values.map(|(&v, _)| f64::from(v))) as f32
    });
    let other = |i: usize| {
        let (da, db) = (truth.1.a.data()[i] - a, truth.1.b.data()[i] - b);
        !inside[i] && da.hypot(db) > OTHER_COLOUR
    };
    Some(Reach {
        before: over(&between(&without, &truth), &|i| inside[i])?,
        inside: over(&between(&with, &truth), &|i| inside[i])?,
        outside: over(&between(&with, &without), &other),
    })
}

/// Means over the pictures that have a region.
pub(crate) fn summarise(reaches: &[Option<Reach>], bootstrap: Bootstrap) -> Option<Locality> {
    let reaches: Vec<Reach> = reaches.iter().copied().flatten().collect();
    let estimate = |of: &dyn Fn(&Reach) -> Option<f64>| {
        let values: Vec<f64> = reaches.iter().filter_map(of).collect();
        bootstrap.estimate(values.len(), |picked| mean(picked.iter().map(|&i| values[i])))
    };
    (!reaches.is_empty()).then(|| Locality {
        n: reaches.len(),
        before: estimate(&|reach| Some(reach.before)),
        inside: estimate(&|reach| Some(reach.inside)),
        outside: estimate(&|reach| reach.outside),
    })
}

#[cfg(test)]
mod tests {
    use autochrome::OrderDraft;
    use autochrome_methods::{Answer, GuidanceKind, Method, MethodError, MethodInfo, Options};

    use super::*;
    use crate::example::{Folder, options};

    static INFO: MethodInfo = MethodInfo {
        id: "flood",
        name: "Flood",
        summary: "Paints a share of the picture in the hint's colour",
        paper: None,
        needs: &[],
        takes: &[GuidanceKind::Points],
        options: &[],
        uses_model: false,
        reference_side: None,
    };

    /// Paints everything, or what is as light as the hinted place.
    struct Flood {
        everything: bool,
    }

    impl Method for Flood {
        fn info(&self) -> &'static MethodInfo {
            &INFO
        }

        fn colorize(&self, luma: &Plane, g: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
            let (width, height) = luma.size();
            let Some(hint) = g.points.first() else { return Ok(vec![Chroma::neutral(width, height).into()]) };
            let [x, y] = [hint.x * width as f32, hint.y * height as f32].map(|v| v as usize);
            let there = luma.row(y)[x];
            let color = [hint.color.red, hint.color.green, hint.color.blue];
            let (_, shown) = rgb8_to_lab(&color, 1, 1);
            let (a, b) = (shown.a.data()[0], shown.b.data()[0]);
            let plane = |v: f32| {
                let paint = |&l: &f32| if self.everything || (l - there).abs() < 1.0 { v } else { 0.0 };
                Plane::from_vec(width, height, luma.data().iter().map(paint).collect()).unwrap()
            };
            Ok(vec![Chroma { a: plane(a), b: plane(b) }.into()])
        }
    }

    fn locality(everything: bool) -> Locality {
        let set = Folder::new().blobs("a.png", 128, 128, 5).load(options(112));
        let picture = &set.pictures()[0];
        let reference = Truth::new(picture, set.class_weights(), false);
        let painter = Painter::method("flood", Box::new(Flood { everything }), OrderDraft::default());
        summarise(&[hint_reach(&painter, picture, &reference), None], Bootstrap::default()).unwrap()
    }

    #[test]
    fn a_hint_that_stays_in_its_region_changes_nothing_outside() {
        let kept = locality(false);
        assert_eq!(kept.n, 1);
        assert!(kept.outside.value < 0.5 && kept.inside.value < 0.2 * kept.before.value, "{kept:?}");
    }

    #[test]
    fn a_hint_that_floods_the_picture_changes_everything_outside() {
        let flooded = locality(true);
        assert!(flooded.outside.value > 5.0 && flooded.inside.value < 0.2 * flooded.before.value);
    }
}
