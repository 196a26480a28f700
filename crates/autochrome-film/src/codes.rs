//! What the samples of a film mean: codes of Y′CbCr, and the colours of CIELAB that they stand for.
//!
//! Y′ of a film is what it has of luma, and no step changes it. Colours come as a and b of CIELAB, and the L that goes with them
//! is the one whose Y′ is that of the pixel: a table holds Cb and Cr for every Y′, a and b.

use autochrome_color::{Chroma, Plane, Tone, gamut, lab, parallel};

/// Nodes of the table along Y′.
const LUMA_NODES: usize = 33;
/// Nodes along a and b.
const CHROMA_NODES: usize = 41;
/// The largest a or b that the table knows; sRGB ends before.
const MOST_CHROMA: f32 = 110.0;
/// Halvings of the search for L.
const HALVINGS: usize = 14;

/// How numbers are written as codes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Codes {
    /// Bits a sample.
    pub depth: u8,
    /// Whether codes reach from 0 to the largest.
    pub full_range: bool,
    /// Weights of red and blue in Y′.
    pub weights: (f32, f32),
}

impl Codes {
    /// Y′, 0..=1, of a code.
    pub fn luma(self, code: u16) -> f32 {
        let unit = f32::from(1_u16 << (self.depth - 8));
        let luma = if self.full_range {
            f32::from(code) / self.white()
        } else {
            (f32::from(code) - 16.0 * unit) / (219.0 * unit)
        };
        luma.clamp(0.0, 1.0)
    }

    /// The largest code.
    pub fn white(self) -> f32 {
        f32::from((1_u16 << self.depth) - 1)
    }

    /// The code of no colour.
    pub fn neutral(self) -> u16 {
        1 << (self.depth - 1)
    }

    /// Codes of Cb or Cr for a value of 1.
    fn chroma_unit(self) -> f32 {
        if self.full_range { self.white() } else { 224.0 * f32::from(1_u16 << (self.depth - 8)) }
    }

    /// The code of Cb or Cr.
    fn chroma_code(self, value: f32) -> u16 {
        (value * self.chroma_unit() + f32::from(self.neutral())).round().clamp(0.0, self.white()) as u16
    }

    /// L of CIELAB of every code, without colour.
    pub fn lightness(self) -> Vec<f32> {
        (0..=self.white() as u16).map(|code| lab::srgb_to_lab([self.luma(code); 3])[0]).collect()
    }

    /// Red, green and blue, 0..=1, of Y′, Cb and Cr codes.
    pub fn rgb(self, [luma, cb, cr]: [u16; 3]) -> [f32; 3] {
        let (red, blue) = self.weights;
        let chroma = |code: u16| (f32::from(code) - f32::from(self.neutral())) / self.chroma_unit();
        let y = self.luma(luma);
        let r = y + 2.0 * (1.0 - red) * chroma(cr);
        let b = y + 2.0 * (1.0 - blue) * chroma(cb);
        let g = (y - red * r - blue * b) / (1.0 - red - blue);
        [r, g, b].map(|value| value.clamp(0.0, 1.0))
    }
}

/// Cb and Cr, -0.5..=0.5, for every Y′, a and b; the tone is in it.
pub(crate) struct ColorTable {
    codes: Codes,
    /// Y′ of every code, in steps of the table.
    luma_at: Vec<f32>,
    nodes: Vec<[f32; 2]>,
}

impl ColorTable {
    pub fn new(codes: Codes, tone: &Tone) -> Self {
        let side = CHROMA_NODES * CHROMA_NODES;
        let nodes = parallel::map_numbers(LUMA_NODES * side, side, |node| {
            let luma = (node / side) as f32 / (LUMA_NODES - 1) as f32;
            let value = |at: usize| (at as f32 / (CHROMA_NODES - 1) as f32 * 2.0 - 1.0) * MOST_CHROMA;
            let (a, b) = tone.apply(value(node / CHROMA_NODES % CHROMA_NODES), value(node % CHROMA_NODES));
            cb_cr(luma, a, b, codes.weights)
        });
        let steps = (LUMA_NODES - 1) as f32;
        let luma_at = (0..=codes.white() as u16).map(|code| codes.luma(code) * steps).collect();
        Self { codes, luma_at, nodes }
    }

    /// Codes of Cb and Cr for one pixel of this Y′ code, a and b.
    pub fn codes(&self, luma: u16, a: f32, b: f32) -> [u16; 2] {
        let place = |value: f32, last: usize| {
            let value = value.clamp(0.0, last as f32);
            let node = (value as usize).min(last - 1);
            (node, value - node as f32)
        };
        let chroma_at = |value: f32| (value / MOST_CHROMA + 1.0) * 0.5 * (CHROMA_NODES - 1) as f32;
        let luma = self.luma_at.get(usize::from(luma)).copied().unwrap_or(0.0);
        let (l, l_part) = place(luma, LUMA_NODES - 1);
        let (a, a_part) = place(chroma_at(a), CHROMA_NODES - 1);
        let (b, b_part) = place(chroma_at(b), CHROMA_NODES - 1);
        let first = (l * CHROMA_NODES + a) * CHROMA_NODES + b;
        let mut sum = [0.0; 2];
        let layers = [(first, 1.0 - l_part), (first + CHROMA_NODES * CHROMA_NODES, l_part)];
        for (layer, layer_part) in layers {
            for (line, line_part) in [(layer, 1.0 - a_part), (layer + CHROMA_NODES, a_part)] {
                let (one, other) = (self.nodes[line], self.nodes[line + 1]);
                let part = layer_part * line_part;
                sum[0] += part * (one[0] + b_part * (other[0] - one[0]));
                sum[1] += part * (one[1] + b_part * (other[1] - one[1]));
            }
        }
        sum.map(|value| self.codes.chroma_code(value))
    }
}

/// Cb and Cr of the colour of CIELAB with this a and b, as far as sRGB can show it, whose Y′ is `luma`.
fn cb_cr(luma: f32, a: f32, b: f32, (red, blue): (f32, f32)) -> [f32; 2] {
    let color = |l: f32| lab::lab_to_srgb(gamut::clip_chroma([l, a, b])).map(|value| value.clamp(0.0, 1.0));
    let luma_of = |[r, g, b]: [f32; 3]| red * r + (1.0 - red - blue) * g + blue * b;
    let (mut low, mut high) = (0.0, 100.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if luma_of(color(middle)) < luma { low = middle } else { high = middle }
    }
    let found = color(0.5 * (low + high));
    let y = luma_of(found);
    [0.5 * (found[2] - y) / (1.0 - blue), 0.5 * (found[0] - y) / (1.0 - red)]
}

/// L, a and b of planes of codes of one size.
pub(crate) fn to_lab(codes: Codes, planes: [&[u16]; 3], width: usize, height: usize) -> (Plane, Chroma) {
    let mut luma = Plane::filled(width, height, 0.0);
    let mut chroma = Chroma::neutral(width, height);
    let out = luma.data_mut().iter_mut().zip(chroma.a.data_mut()).zip(chroma.b.data_mut());
    for (((l, a), b), ((y, cb), cr)) in out.zip(planes[0].iter().zip(planes[1]).zip(planes[2])) {
        [*l, *a, *b] = lab::srgb_to_lab(codes.rgb([*y, *cb, *cr]));
    }
    (luma, chroma)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TV: Codes = Codes { depth: 8, full_range: false, weights: (0.2126, 0.0722) };

    #[test]
    fn gray_stays_gray_at_every_depth_and_range() {
        for (depth, full_range) in [(8, false), (8, true), (10, false), (12, true)] {
            let codes = Codes { depth, full_range, ..TV };
            let table = ColorTable::new(codes, &Tone::default());
            for code in [0, 1 << (depth - 1), (1 << depth) - 1] {
                assert_eq!(table.codes(code, 0.0, 0.0), [codes.neutral(); 2]);
            }
        }
    }

    #[test]
    fn colours_come_back_with_their_hue_and_strength() {
        let table = ColorTable::new(TV, &Tone::default());
        for (l, a, b) in [(50.0, 30.0, 20.0), (70.0, -25.0, 40.0), (40.0, 10.0, -45.0), (85.0, -5.0, 12.0)] {
            let rgb = lab::lab_to_srgb([l, a, b]);
            let y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
            let code = (16.0 + 219.0 * y).round() as u16;
            let [cb, cr] = table.codes(code, a, b);
            let [l2, a2, b2] = lab::srgb_to_lab(TV.rgb([code, cb, cr]));
            assert!(
                (l - l2).abs() < 1.0 && (a - a2).abs() < 2.0 && (b - b2).abs() < 2.0,
                "{l} {a} {b}: {l2} {a2} {b2}"
            );
        }
    }

    #[test]
    fn what_cannot_be_shown_is_shown_as_far_as_it_goes() {
        let table = ColorTable::new(TV, &Tone::default());
        assert_eq!(table.codes(16, 80.0, 80.0), [128, 128], "black has no colour");
        let [cb, cr] = table.codes(235, 60.0, 0.0);
        assert!(cb.abs_diff(128) < 4 && cr.abs_diff(128) < 4, "nor has white: {cb} {cr}");
    }

    #[test]
    fn no_saturation_is_gray() {
        let table = ColorTable::new(TV, &Tone { saturation: 0.0, ..Tone::default() });
        assert_eq!(table.codes(120, 40.0, -40.0), [128, 128]);
    }
}
