//! From a picture of any size to what a network takes, and back.

use autochrome_color::{Chroma, Plane};

use crate::Hint;
use crate::networks::chroma_net::HINT_CHANNELS;

/// The working size of a picture and its padding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    width: usize,
    height: usize,
    pub(crate) padded_width: usize,
    pub(crate) padded_height: usize,
}

impl Frame {
    /// The picture's aspect kept, its area `size_px²`, its sides padded to a multiple.
    pub(crate) fn new((width, height): (usize, usize), size_px: usize, multiple: usize) -> Self {
        let (w, h) = (width as f64, height as f64);
        let scale = size_px as f64 / (w * h).sqrt();
        // A ribbon of a picture would get a side of no pixels, or a thousand times the memory of a square one.
        let longest = 4 * size_px;
        let side = |full: f64| ((full * scale).round() as usize).clamp(multiple.min(16), longest);
        let (width, height) = (side(w), side(h));
        Self {
            width,
            height,
            padded_width: width.next_multiple_of(multiple),
            padded_height: height.next_multiple_of(multiple),
        }
    }

    /// A square, whatever the picture's aspect.
    pub(crate) fn square(side: usize) -> Self {
        Self { width: side, height: side, padded_width: side, padded_height: side }
    }

    /// Width and height without padding.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// A plane of working size, its edge repeated into the padding.
    pub(crate) fn pad(&self, plane: &Plane) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.padded_width * self.padded_height);
        for y in 0..self.padded_height {
            let row = plane.row(y.min(self.height - 1));
            out.extend_from_slice(row);
            out.resize((y + 1) * self.padded_width, row[self.width - 1]);
        }
        out
    }

    /// The planes a, b (CIELAB) and mask of hints at padded working size.
    pub(crate) fn hint_planes(&self, hints: &[Hint]) -> Vec<f32> {
        let n = self.padded_width * self.padded_height;
        let mut planes = vec![0.0; HINT_CHANNELS * n];
        for hint in hints {
            let half = 0.5 * hint.side.max(0.0) * self.width.min(self.height) as f32;
            let span = |centre: f32, size: usize| {
                let centre = centre.clamp(0.0, 1.0) * size as f32;
                let from = ((centre - half).round().max(0.0) as usize).min(size - 1);
                let to = ((centre + half).round().max(0.0) as usize).clamp(from + 1, size);
                from..to
            };
            for y in span(hint.y, self.height) {
                for x in span(hint.x, self.width) {
                    let i = y * self.padded_width + x;
                    planes[i] = hint.ab[0];
                    planes[n + i] = hint.ab[1];
                    planes[2 * n + i] = 1.0;
                }
            }
        }
        planes
    }

    /// Takes the padding away again, whatever whole factor the answer is smaller by; `None` for any other size.
    pub(crate) fn crop(&self, chroma: Chroma) -> Option<Chroma> {
        if self.size() == (self.padded_width, self.padded_height) {
            return Some(chroma);
        }
        let (width, height) = chroma.size();
        let factor = self.padded_width.checked_div(width)?;
        if (width * factor, height * factor) != (self.padded_width, self.padded_height) {
            return None;
        }
        let (width, height) = (self.width.div_ceil(factor), self.height.div_ceil(factor));
        let crop = |plane: &Plane| {
            let values = (0..height).flat_map(|y| plane.row(y)[..width].iter().copied()).collect();
            Plane::from_vec(width, height, values)
        };
        Some(Chroma { a: crop(&chroma.a)?, b: crop(&chroma.b)? })
    }
}

/// Turns every row around.
pub(crate) fn mirror(values: &mut [f32], width: usize) {
    values.chunks_exact_mut(width).for_each(<[f32]>::reverse);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_marks_its_pixels_and_no_others() {
        let frame = Frame::new((64, 64), 64, 32);
        let planes = frame.hint_planes(&[Hint { x: 0.5, y: 0.5, side: 4.0 / 64.0, ab: [55.0, -11.0] }]);
        let mask = &planes[2 * 4096..];
        assert_eq!(mask.iter().sum::<f32>(), 16.0);
        let i = 32 * 64 + 32;
        assert_eq!((planes[i], planes[4096 + i], mask[i]), (55.0, -11.0, 1.0));
    }

    #[test]
    fn padding_comes_off_again_and_strange_sizes_are_refused() {
        let frame = Frame::new((60, 40), 50, 32);
        let chroma = |w, h| Chroma { a: Plane::filled(w, h, 1.0), b: Plane::filled(w, h, 2.0) };
        let (width, height) = frame.size();
        let half = frame.crop(chroma(frame.padded_width / 2, frame.padded_height / 2)).unwrap();
        assert_eq!(half.size(), (width.div_ceil(2), height.div_ceil(2)));
        for (w, h) in [(7, 7), (0, 0), (2 * frame.padded_width, 2 * frame.padded_height)] {
            assert!(frame.crop(chroma(w, h)).is_none(), "{w}×{h}");
        }
    }
}
