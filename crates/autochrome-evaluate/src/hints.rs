//! The hint curve: how much a few true colours help.

use autochrome_color::lab::lab_to_srgb;
use autochrome_color::{Chroma, Plane};
use autochrome_methods::{Guidance, Point, Srgb};
use fastrand::Rng;

use crate::painter::Painter;
use crate::score::Truth;
use crate::set::Picture;
use crate::statistics::{Bootstrap, Estimate, mean};

/// How many hints are given, one point of the curve each.
pub const COUNTS: [usize; 7] = [0, 1, 2, 5, 10, 20, 50];

/// Side of a hinted patch on a picture of 256 px; larger and smaller pictures have patches in proportion.
pub const PATCH_PX: usize = 6;

/// One point of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HintPoint {
    /// How many patches show their true colour.
    pub hints: usize,
    /// PSNR over RGB in decibels, the mean over pictures.
    pub psnr_db: Estimate,
    /// What the hints gain over none, in decibels, picture by picture; `None` for a painter that needs hints.
    pub gain_db: Option<Estimate>,
    /// Pictures.
    pub n: usize,
}

/// The hints of a picture, the same for every painter; the first `n` of them are the hints for a count of `n`.
///
/// # Source
/// Zhang 2017, section 4.1: patches at random places with their mean true ab. The colour passes through 8-bit sRGB at the
/// patch's mean L, as every colour does that a person picks.
pub(crate) fn points(picture: &Picture, luma: &Plane, chroma: &Chroma, seed: u64) -> Vec<Point> {
    let (width, height) = (picture.width, picture.height);
    let side = |px: usize| (px * PATCH_PX / 256).clamp(1, px);
    let side_px = side(width.min(height));
    let mut rng = Rng::with_seed(seed ^ fnv1a(picture.name.as_bytes()));
    (0..COUNTS[COUNTS.len() - 1])
        .map(|_| {
            let (left, top) = (rng.usize(..=width - side_px), rng.usize(..=height - side_px));
            patch((luma, chroma), [left, top], side_px)
        })
        .collect()
}

/// A square patch as a hint: its middle and its mean colour.
pub(crate) fn patch((luma, chroma): (&Plane, &Chroma), [left, top]: [usize; 2], side_px: usize) -> Point {
    let (width, height) = luma.size();
    let patch_mean = |plane: &Plane| {
        let rows = (top..top + side_px).flat_map(|y| &plane.row(y)[left..left + side_px]);
        mean(rows.map(|&v| f64::from(v))) as f32
    };
    let rgb = lab_to_srgb([patch_mean(luma), patch_mean(&chroma.a), patch_mean(&chroma.b)]);
    let [red, green, blue] = rgb.map(|v| (v * 255.0).round().clamp(0.0, 255.0) as u8);
    let middle = |start: usize, size: usize| (start as f32 + 0.5 * side_px as f32) / size as f32;
    Point {
        x: middle(left, width),
        y: middle(top, height),
        radius: 0.5 * side_px as f32 / width.max(height) as f32,
        color: Srgb { red, green, blue },
    }
}

/// PSNR of one picture at every count; `None` where the painter refuses.
pub(crate) fn curve(
    painter: &Painter,
    picture: &Picture,
    reference: &Truth<'_>,
    seed: u64,
) -> [Option<f32>; COUNTS.len()] {
    let all = points(picture, &reference.luma, &reference.chroma, seed);
    COUNTS.map(|count| {
        let mut guidance = Guidance::default();
        guidance.points.extend_from_slice(&all[..count]);
        let painted = painter.paint(picture, &reference.luma, &guidance, true).ok()?;
        Some(reference.psnr_db(&painted.rgb))
    })
}

/// The mean curve; counts that a painter refuses are left out, and there is none when it refuses every hint.
pub(crate) fn summarise(
    curves: &[[Option<f32>; COUNTS.len()]],
    bootstrap: Bootstrap,
) -> Option<Vec<HintPoint>> {
    let curve: Vec<HintPoint> = COUNTS
        .iter()
        .enumerate()
        .filter_map(|(k, &hints)| {
            let values: Vec<f64> = curves.iter().filter_map(|curve| curve[k]).map(f64::from).collect();
            let gain = |curve: &[Option<f32>; COUNTS.len()]| Some(f64::from(curve[k]? - curve[0]?));
            let gains: Vec<f64> = curves.iter().filter_map(gain).collect();
            let estimate = |values: &[f64]| {
                bootstrap.estimate(values.len(), |picked| mean(picked.iter().map(|&i| values[i])))
            };
            let n = values.len();
            (n > 0).then(|| HintPoint {
                hints,
                psnr_db: estimate(&values),
                gain_db: (!gains.is_empty()).then(|| estimate(&gains)),
                n,
            })
        })
        .collect();
    curve.iter().any(|point| point.hints > 0).then_some(curve)
}

/// Fowler, Noll and Vo's hash: places depend on the picture's name, not on its neighbours in the folder.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use autochrome::OrderDraft;
    use autochrome_color::Chroma;
    use autochrome_color::lab::rgb8_to_lab;
    use autochrome_methods::{Answer, GuidanceKind, Method, MethodError, MethodInfo, Options};

    use super::*;
    use crate::example::{Folder, options};

    static INFO: MethodInfo = MethodInfo {
        id: "spread",
        name: "Spread",
        summary: "Paints everything in the mean of the hints",
        paper: None,
        needs: &[],
        takes: &[GuidanceKind::Points],
        options: &[],
        uses_model: false,
        reference_side: None,
    };

    struct Spread;

    impl Method for Spread {
        fn info(&self) -> &'static MethodInfo {
            &INFO
        }

        fn colorize(&self, _: &Plane, g: &Guidance, _: &Options) -> Result<Vec<Answer>, MethodError> {
            if g.points.is_empty() {
                return Err(MethodError::EmptyPicture);
            }
            let rgb: Vec<u8> =
                g.points.iter().flat_map(|p| [p.color.red, p.color.green, p.color.blue]).collect();
            let (_, ab) = rgb8_to_lab(&rgb, g.points.len(), 1);
            let of =
                |plane: &Plane| Plane::filled(1, 1, plane.data().iter().sum::<f32>() / g.points.len() as f32);
            Ok(vec![Chroma { a: of(&ab.a), b: of(&ab.b) }.into()])
        }
    }

    #[test]
    fn a_hint_shows_the_true_colour_of_its_place() {
        let set = Folder::new().blobs("a.png", 300, 260, 9).load(options(256));
        let picture = &set.pictures()[0];
        let (luma, chroma) = picture.lab();
        for point in points(picture, &luma, &chroma, 1) {
            assert!((point.radius - 3.0 / 256.0).abs() < 1e-6);
            let (left, top) =
                ((point.x * 256.0 - 3.0).round() as usize, (point.y * 256.0 - 3.0).round() as usize);
            assert!(left + 6 <= 256 && top + 6 <= 256);
            let a = (top..top + 6).flat_map(|y| &chroma.a.row(y)[left..left + 6]).sum::<f32>() / 36.0;
            let (_, shown) = rgb8_to_lab(&[point.color.red, point.color.green, point.color.blue], 1, 1);
            assert!((shown.a.data()[0] - a).abs() < 1.5, "{} for {a}", shown.a.data()[0]);
        }
    }

    #[test]
    fn gains_are_counted_picture_by_picture() {
        let one = COUNTS.map(|count| Some(20.0 + 0.1 * count as f32));
        let two = COUNTS.map(|count| Some(30.0 + 0.1 * count as f32));
        let points = summarise(&[one, two], Bootstrap::default()).unwrap();
        let (none, ten) = (points[0], points[4]);
        assert_eq!((none.n, none.gain_db.unwrap().value, none.psnr_db.value), (2, 0.0, 25.0));
        let gain = ten.gain_db.unwrap();
        assert!(
            (gain.value - 1.0).abs() < 1e-5 && gain.high - gain.low < 1e-5,
            "both gained as much: {gain:?}"
        );
        assert!(ten.psnr_db.high - ten.psnr_db.low > 5.0, "though they differ");
    }

    #[test]
    fn hints_depend_on_seed_and_name_alone() {
        let two = Folder::new().blobs("a.png", 64, 64, 9).blobs("b.png", 64, 64, 9).load(options(64));
        let [a, b] = two.pictures() else { panic!() };
        let (luma, chroma) = a.lab();
        assert_eq!(points(a, &luma, &chroma, 1), points(a, &luma, &chroma, 1));
        assert_ne!(points(a, &luma, &chroma, 1), points(a, &luma, &chroma, 2));
        assert_ne!(points(a, &luma, &chroma, 1), points(b, &luma, &chroma, 1));
    }

    #[test]
    fn a_hinted_painter_is_told_the_hints_of_the_curve() {
        let set = Folder::new().blobs("a.png", 64, 64, 9).load(options(64));
        let picture = &set.pictures()[0];
        let reference = Truth::new(picture, set.class_weights(), false);
        let painter = Painter::method("spread", Box::new(Spread), OrderDraft::default());
        let hinted = Painter::hinted("spread, 5 hints", Box::new(Spread), OrderDraft::default(), 5, 1);
        let painted = hinted.paint(picture, &reference.luma, &Guidance::default(), true).unwrap();
        assert_eq!(Some(reference.psnr_db(&painted.rgb)), curve(&painter, picture, &reference, 1)[3]);
        assert!(painter.takes_points() && !hinted.takes_points(), "it has no curve of its own");
    }

    #[test]
    fn a_method_that_needs_hints_has_a_curve_without_its_beginning() {
        let set = Folder::new().blobs("a.png", 64, 64, 9).load(options(64));
        let picture = &set.pictures()[0];
        let reference = Truth::new(picture, set.class_weights(), false);
        let painter = Painter::method("spread", Box::new(Spread), OrderDraft::default());
        let one = curve(&painter, picture, &reference, 1);
        assert!(one[0].is_none() && one[1..].iter().all(Option::is_some));
        let points = summarise(&[one], Bootstrap::default()).unwrap();
        assert_eq!(points.iter().map(|p| p.hints).collect::<Vec<_>>(), COUNTS[1..]);
        assert!(points.iter().all(|p| p.gain_db.is_none()), "there is nothing to gain over");
    }
}
