//! Skin must not be gray, blue or green.

use autochrome_color::{Chroma, Plane};

/// Below this chroma (distance from neutral in ab) a colour counts as gray.
pub const GRAY_CHROMA: f32 = 8.0;

/// Hues from here up to [`OFF_HUE_TO`] (degrees in ab, 0 is red, 90 yellow) are no hues of skin: green, cyan, blue, violet.
pub const OFF_HUE_FROM: f32 = 105.0;

/// The end of the hues that begin at [`OFF_HUE_FROM`].
pub const OFF_HUE_TO: f32 = 330.0;

/// A picture counts only when at least this share of it is skin: fewer pixels are mostly accidents.
const LEAST_SHARE: f32 = 0.01;

/// Names of sources with faces that are known without being told; a star at the end stands for anything.
pub const SOURCES: [&str; 6] = ["faces_*", "celebahq", "indian", "deepface", "liveportrait", "lsp_sport"];

/// Skin pixels of pictures and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skin {
    /// Pixels that are skin-coloured in the truth.
    pub pixels: u64,
    /// Those painted with a chroma below [`GRAY_CHROMA`].
    pub gray: u64,
    /// Those painted with a chroma of at least that and a hue between [`OFF_HUE_FROM`] and [`OFF_HUE_TO`].
    pub off_hue: u64,
}

impl Skin {
    /// Share of skin pixels painted gray, 0..=1.
    #[must_use]
    pub fn gray_share(&self) -> f64 {
        self.gray as f64 / self.pixels.max(1) as f64
    }

    /// Share of skin pixels painted green, blue or violet, 0..=1.
    #[must_use]
    pub fn off_hue_share(&self) -> f64 {
        self.off_hue as f64 / self.pixels.max(1) as f64
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            pixels: self.pixels + other.pixels,
            gray: self.gray + other.gray,
            off_hue: self.off_hue + other.off_hue,
        }
    }
}

/// Whether `source` is among `patterns`, where a star at the end stands for anything.
#[must_use]
pub fn is_source(source: &str, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => source.starts_with(start),
        None => source == pattern,
    })
}

/// Whether a colour may be skin: Cb in 77..=127 and Cr in 133..=173, lit (L in 20..=95) and not neutral (chroma of at least
/// 10 in ab).
///
/// Sand, wood and brick pass too: ask it only about pictures of people.
///
/// # Source
/// Chai, Ngan, "Face segmentation using skin-color map in videophone applications", IEEE TCSVT 1999, for the box in
/// YCbCr (BT.601, full range), which they found alike for skin from pale to dark.
#[must_use]
pub fn is_skin([red, green, blue]: [u8; 3], [l, a, b]: [f32; 3]) -> bool {
    let [r, g, blue] = [red, green, blue].map(f32::from);
    let cb = 128.0 - 0.168_736 * r - 0.331_264 * g + 0.5 * blue;
    let cr = 128.0 + 0.5 * r - 0.418_688 * g - 0.081_312 * blue;
    (77.0..=127.0).contains(&cb)
        && (133.0..=173.0).contains(&cr)
        && (20.0..=95.0).contains(&l)
        && a.hypot(b) >= 10.0
}

/// Which pixels of a picture are skin; `None` when they are under one in a hundred.
pub(crate) fn mask(rgb: &[u8], luma: &Plane, chroma: &Chroma) -> Option<Vec<bool>> {
    let lab = luma.data().iter().zip(chroma.a.data()).zip(chroma.b.data());
    let mask: Vec<bool> = rgb
        .chunks_exact(3)
        .zip(lab)
        .map(|(rgb, ((&l, &a), &b))| is_skin([rgb[0], rgb[1], rgb[2]], [l, a, b]))
        .collect();
    let count = mask.iter().filter(|&&skin| skin).count();
    (count > 0 && count as f32 >= LEAST_SHARE * mask.len() as f32).then_some(mask)
}

/// What became of the pixels under `mask`.
pub(crate) fn measure_skin(mask: &[bool], painted: &Chroma) -> Skin {
    let mut skin = Skin::default();
    for (_, (&a, &b)) in
        mask.iter().zip(painted.a.data().iter().zip(painted.b.data())).filter(|(skin, _)| **skin)
    {
        skin.pixels += 1;
        let hue = b.atan2(a).to_degrees().rem_euclid(360.0);
        if a.hypot(b) < GRAY_CHROMA {
            skin.gray += 1;
        } else if (OFF_HUE_FROM..OFF_HUE_TO).contains(&hue) {
            skin.off_hue += 1;
        }
    }
    skin
}

#[cfg(test)]
mod tests {
    use autochrome_color::lab::rgb8_to_lab;

    use super::*;

    fn skin(rgb: [u8; 3]) -> bool {
        let (luma, chroma) = rgb8_to_lab(&rgb, 1, 1);
        is_skin(rgb, [luma.data()[0], chroma.a.data()[0], chroma.b.data()[0]])
    }

    #[test]
    fn skin_from_pale_to_dark_is_skin() {
        for rgb in [[241, 194, 166], [224, 172, 105], [198, 134, 66], [141, 85, 36], [92, 58, 40]] {
            assert!(skin(rgb), "{rgb:?}");
        }
    }

    #[test]
    fn leaves_skies_grays_and_paint_are_not() {
        for rgb in [[60, 140, 50], [110, 160, 230], [128, 128, 128], [255, 0, 0], [255, 255, 255], [8, 4, 3]]
        {
            assert!(!skin(rgb), "{rgb:?}");
        }
    }

    #[test]
    fn gray_and_blue_skin_are_counted_apart() {
        let rgb: Vec<u8> = [224, 172, 105].repeat(4);
        let (luma, chroma) = rgb8_to_lab(&rgb, 2, 2);
        let mask = mask(&rgb, &luma, &chroma).unwrap();
        let plane = |values: [f32; 4]| Plane::from_vec(2, 2, values.to_vec()).unwrap();
        let painted = Chroma { a: plane([1.0, -20.0, 15.0, 0.0]), b: plane([2.0, -20.0, 15.0, 20.0]) };
        let skin = measure_skin(&mask, &painted);
        assert_eq!(skin, Skin { pixels: 4, gray: 1, off_hue: 1 });
        assert_eq!((skin.gray_share(), skin.off_hue_share()), (0.25, 0.25));
        assert_eq!(
            measure_skin(&mask, &chroma),
            Skin { pixels: 4, gray: 0, off_hue: 0 },
            "the truth is in order"
        );
    }

    #[test]
    fn a_picture_without_skin_is_left_out() {
        let rgb = [60, 140, 50].repeat(200);
        let (luma, chroma) = rgb8_to_lab(&rgb, 20, 10);
        assert_eq!(mask(&rgb, &luma, &chroma), None);
    }

    #[test]
    fn sources_are_matched_by_name_or_by_their_start() {
        let known = SOURCES.map(str::to_owned);
        assert!(is_source("faces_lfw", &known) && is_source("indian", &known));
        assert!(!is_source("indians", &known) && !is_source("", &known));
    }
}
