//! How strong a network's colours are shown.
//!
//! The mean of what a place could be is duller than any of it, and dullest where the network knows least. One factor on
//! all colours repairs the first and makes the second worse: walls and shirts that were nearly gray get a tint. So weak
//! colours are held back while strong ones grow, C ↦ s·C²/(C + n): a straight line of slope s far above the neutral
//! chroma n, a parabola below it. Hue and luma stay. Both numbers are chosen on validation pictures and stand in the
//! model's card.

use autochrome_color::Chroma;

use crate::card::Inference;

impl Inference {
    /// A network's answer as it is shown, a and b of CIELAB.
    pub(crate) fn enliven(&self, chroma: &mut Chroma) {
        if (self.saturation, self.neutral_chroma) == (1.0, 0.0) {
            return;
        }
        for (a, b) in chroma.a.data_mut().iter_mut().zip(chroma.b.data_mut()) {
            let length = a.hypot(*b);
            let factor = self.saturation * length / (length + self.neutral_chroma).max(f32::MIN_POSITIVE);
            *a *= factor;
            *b *= factor;
        }
    }

    /// What the network must be told so that `ab` is shown: a hint keeps its colour whatever becomes of the others.
    pub(crate) fn inverse(&self, [a, b]: [f32; 2]) -> [f32; 2] {
        let shown = a.hypot(b);
        if self.saturation <= 0.0 || shown == 0.0 {
            return [a, b];
        }
        // The positive root of s·C² − shown·C − shown·n = 0.
        let root = (shown * shown + 4.0 * self.saturation * shown * self.neutral_chroma).sqrt();
        let factor = (shown + root) / (2.0 * self.saturation * shown);
        [a * factor, b * factor]
    }
}

#[cfg(test)]
mod tests {
    use autochrome_color::Plane;

    use super::*;

    fn card(saturation: f32, neutral_chroma: f32) -> Inference {
        Inference { size_px: 64, temperature: 1.0, saturation, neutral_chroma, flip: false }
    }

    fn shown(card: &Inference, ab: [f32; 2]) -> [f32; 2] {
        let mut chroma = Chroma { a: Plane::filled(1, 1, ab[0]), b: Plane::filled(1, 1, ab[1]) };
        card.enliven(&mut chroma);
        [chroma.a.data()[0], chroma.b.data()[0]]
    }

    #[test]
    fn weak_colours_fade_strong_ones_grow_and_hues_stay() {
        let card = card(1.6, 8.0);
        let [weak, strong] = [[3.0, -4.0], [30.0, -40.0]].map(|ab| shown(&card, ab));
        assert!((weak[0].hypot(weak[1]) - 1.6 * 25.0 / 13.0).abs() < 1e-4, "{weak:?}");
        assert!((strong[0].hypot(strong[1]) - 1.6 * 2500.0 / 58.0).abs() < 1e-3, "{strong:?}");
        assert!((weak[1] / weak[0] + 4.0 / 3.0).abs() < 1e-5);
        assert_eq!(shown(&card, [0.0, 0.0]), [0.0, 0.0]);
    }

    #[test]
    fn without_a_neutral_chroma_it_is_one_factor() {
        let [a, b] = shown(&card(1.5, 0.0), [2.0, -6.0]);
        assert!((a - 3.0).abs() < 1e-6 && (b + 9.0).abs() < 1e-6);
        assert_eq!(shown(&card(0.0, 0.0), [2.0, -6.0]), [0.0, 0.0]);
    }

    #[test]
    fn a_hint_is_shown_in_its_own_colour() {
        for card in [card(1.6, 8.0), card(0.4, 0.0), card(1.0, 20.0)] {
            for ab in [[0.5, 0.2], [-12.0, 30.0], [80.0, 67.0]] {
                let [a, b] = shown(&card, card.inverse(ab));
                assert!((a - ab[0]).abs() < 1e-3 && (b - ab[1]).abs() < 1e-3, "{ab:?} became {a}, {b}");
            }
        }
    }
}
