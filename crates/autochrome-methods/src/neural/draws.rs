//! Other answers that may be true: things get colours that such things have.
//!
//! Source: several plausible answers after Deshpande et al., "Learning Diverse Image Colorization" (2017), and Cao et al.,
//! "Unsupervised Diverse Colorization via Generative Adversarial Networks" (2017). Here nothing is drawn pixel by pixel: a thing has one
//! colour, so that a draw holds together.

use autochrome_color::resize::{Filter, resize_plane};
use autochrome_color::{Plane, gamut};
use autochrome_engine::{Segmentation, Session, UsualColor};

use super::region::Region;
use super::suggestions::fitting;
use crate::Srgb;

/// Classes of things that come in many colours.
const FREE: &[&str] = &[
    "top", "dress", "skirt", "trousers", "hat", "shoes", "bag", "tie", "scarf", "car", "bus", "bicycle",
    "boat", "flower", "chair",
];

/// Share of a picture that a thing must cover to be given a colour of its own.
const LEAST_SHARE: f32 = 0.006;

/// Every thing of a picture that could have another colour, with the colour that `seed` gives it.
pub(super) fn draw(
    session: &Session,
    segmentation: &Segmentation,
    luma: &Plane,
    seed: u64,
) -> Vec<(Region, Srgb)> {
    let (width, height) = segmentation.size();
    let small = resize_plane(luma, width, height, Filter::Area);
    let mut random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
    let parts = Region::parts(segmentation, FREE, (LEAST_SHARE * (width * height) as f32).ceil() as usize);
    let colored = parts.into_iter().filter_map(|(class, region)| {
        let lightness = region.mean(&small);
        let color = pick(session.usual_colors(class), lightness, random.next())?;
        Some((region, Srgb::from_lab(gamut::clip_chroma([lightness, color.lab[1], color.lab[2]]))))
    });
    colored.collect()
}

/// The colour at this share, 0..1, of all, those counting most that are about as light.
fn pick(colors: &[UsualColor], lightness: f32, share: f32) -> Option<&UsualColor> {
    let weight = |color: &UsualColor| fitting(color.share, color.lab[0] - lightness);
    let mut left = share * colors.iter().map(weight).sum::<f32>();
    colors.iter().find(|color| {
        left -= weight(color);
        left < 0.0
    })
}

/// SplitMix64.
struct Random(u64);

impl Random {
    /// 0..1.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_drawn_as_often_as_things_have_them() {
        let color = |l: f32, share: f32| UsualColor { lab: [l, 0.0, 0.0], share };
        let colors = [color(50.0, 0.7), color(50.0, 0.2), color(50.0, 0.1)];
        let mut random = Random(7);
        let drawn: Vec<f32> = (0..3000).map(|_| pick(&colors, 50.0, random.next()).unwrap().share).collect();
        for color in colors {
            let share = drawn.iter().filter(|&&share| share == color.share).count() as f32 / 3000.0;
            assert!((share - color.share).abs() < 0.04, "{share} for {}", color.share);
        }
        let dark = [color(10.0, 0.5), color(90.0, 0.5)];
        assert!((0..50).all(|i| pick(&dark, 15.0, i as f32 / 51.0).unwrap().lab[0] == 10.0));
        assert!(pick(&[], 50.0, 0.5).is_none());
    }
}
