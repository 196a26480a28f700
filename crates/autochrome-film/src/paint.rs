//! Finished frames: colours at working size over the luma of a frame, as the encoder takes them.

use autochrome_color::{Chroma, Plane, Tone, upsample};

use crate::codes::{Codes, ColorTable};
use crate::layout::{Layout, Sampling};
use crate::planes::{append, codes, luma_codes, resample, shared};

/// Columns of white between before and after; even, so that chroma stays in step.
const GAP_PX: usize = 8;

/// Makes frames of one film.
pub(crate) struct FramePainter {
    from: Layout,
    to: Layout,
    width: usize,
    height: usize,
    codes: Codes,
    lightness: Vec<f32>,
    table: ColorTable,
    side_by_side: bool,
}

impl FramePainter {
    /// From frames of `from` to frames of `to`; `side_by_side` shows what was before on the left.
    pub fn new(
        from: Layout,
        to: Layout,
        (width, height): (usize, usize),
        codes: Codes,
        tone: &Tone,
        side_by_side: bool,
    ) -> Self {
        let table = ColorTable::new(codes, tone);
        Self { from, to, width, height, codes, lightness: codes.lightness(), table, side_by_side }
    }

    /// Columns and rows of a finished frame.
    pub fn size(&self) -> (usize, usize) {
        if self.side_by_side {
            (2 * self.half_width() + GAP_PX, self.height)
        } else {
            (self.width, self.height)
        }
    }

    /// Columns of one half, which begins where a sample of chroma begins.
    fn half_width(&self) -> usize {
        self.width.next_multiple_of(2)
    }

    /// A frame with these colours. Its Y′ stays as it is.
    pub fn paint(&self, data: &[u8], chroma: &Chroma) -> Vec<u8> {
        let luma = luma_codes(data, self.from, self.width, self.height);
        let (width, height) = self.to.chroma_size(self.width, self.height);
        let shared = shared(&luma, self.width, self.height, self.to.sampling);
        let lightness =
            shared.iter().map(|code| self.lightness[usize::from(*code).min(self.lightness.len() - 1)]);
        let guide = Plane::from_vec(width, height, lightness.collect()).unwrap_or_default();
        let chroma = upsample::upsample(&guide, chroma);
        let mut cb = Vec::with_capacity(shared.len());
        let mut cr = Vec::with_capacity(shared.len());
        for ((code, a), b) in shared.iter().zip(chroma.a.data()).zip(chroma.b.data()) {
            let [blue, red] = self.table.codes(*code, *a, *b);
            cb.push(blue);
            cr.push(red);
        }
        self.finish(&luma, [&cb, &cr], None)
    }

    /// A frame as it was.
    pub fn pass(&self, data: &[u8]) -> Vec<u8> {
        let [luma, cb, cr] = codes(data, self.from, self.width, self.height);
        let own = self.source_chroma(&cb, &cr);
        self.finish(&luma, [&own[0], &own[1]], Some(&own))
    }

    /// The chroma that a frame has, in the sampling of the result.
    fn source_chroma(&self, cb: &[u16], cr: &[u16]) -> [Vec<u16>; 2] {
        let (from, to) =
            (self.from.chroma_size(self.width, self.height), self.to.chroma_size(self.width, self.height));
        if self.from.sampling == Sampling::Gray {
            return [(); 2].map(|()| vec![self.codes.neutral(); to.0 * to.1]);
        }
        [resample(cb, from, to), resample(cr, from, to)]
    }

    fn finish(&self, luma: &[u16], chroma: [&[u16]; 2], before: Option<&[Vec<u16>; 2]>) -> Vec<u8> {
        let (width, height) = self.size();
        let mut data = Vec::with_capacity(self.to.frame_bytes(width, height));
        let depth = self.from.depth;
        if !self.side_by_side {
            for plane in [luma, chroma[0], chroma[1]] {
                append(&mut data, plane.iter().copied(), depth, self.to);
            }
            return data;
        }
        let (black, white) = self.ends();
        append(
            &mut data,
            side_by_side(luma, luma, self.width, self.half_width(), GAP_PX, [black, white]),
            depth,
            self.to,
        );
        let (columns, _) = self.to.chroma_size(self.width, self.height);
        let (half, _) = self.to.chroma_size(self.half_width(), self.height);
        let (whole, _) = self.to.chroma_size(width, height);
        let neutral = self.codes.neutral();
        let gray = vec![neutral; chroma[0].len()];
        for (place, after) in chroma.into_iter().enumerate() {
            let before = before.map_or(&gray, |own| &own[place]);
            append(
                &mut data,
                side_by_side(before, after, columns, half, whole - 2 * half, [neutral; 2]),
                depth,
                self.to,
            );
        }
        data
    }

    /// The codes of black and white.
    fn ends(&self) -> (u16, u16) {
        let shift = self.codes.depth - 8;
        if self.codes.full_range { (0, self.codes.white() as u16) } else { (16 << shift, 235 << shift) }
    }
}

/// Two planes of `width` columns side by side, each filled up to `half`, with a gap between them; `fill` is what stands in both.
fn side_by_side<'a>(
    left: &'a [u16],
    right: &'a [u16],
    width: usize,
    half: usize,
    gap: usize,
    [edge, between]: [u16; 2],
) -> impl Iterator<Item = u16> + 'a {
    left.chunks_exact(width).zip(right.chunks_exact(width)).flat_map(move |(left, right)| {
        let edge = std::iter::repeat_n(edge, half - width);
        let left = left.iter().copied().chain(edge.clone());
        left.chain(std::iter::repeat_n(between, gap)).chain(right.iter().copied()).chain(edge)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: Codes = Codes { depth: 8, full_range: false, weights: (0.2126, 0.0722) };
    const FOUR_TWO_ZERO: Layout = Layout { depth: 8, sampling: Sampling::Both };

    fn frame(width: usize, height: usize, layout: Layout) -> Vec<u8> {
        (0..layout.frame_bytes(width, height)).map(|i| (40 + i * 3 % 150) as u8).collect()
    }

    fn orange() -> Chroma {
        Chroma { a: Plane::filled(16, 16, 30.0), b: Plane::filled(16, 16, 40.0) }
    }

    #[test]
    fn luma_stays_and_chroma_is_new() {
        let painter =
            FramePainter::new(FOUR_TWO_ZERO, FOUR_TWO_ZERO, (34, 22), CODES, &Tone::default(), false);
        let data = frame(34, 22, FOUR_TWO_ZERO);
        let painted = painter.paint(&data, &orange());
        assert_eq!((painted.len(), &painted[..34 * 22]), (data.len(), &data[..34 * 22]));
        assert!(painted[34 * 22..34 * 22 + 17 * 11].iter().all(|cb| *cb < 128), "orange is far from blue");
        assert_eq!(painter.pass(&data), data);
    }

    #[test]
    fn a_gray_film_gets_planes_of_colour() {
        let gray = Layout { depth: 8, sampling: Sampling::Gray };
        let painter = FramePainter::new(gray, FOUR_TWO_ZERO, (33, 21), CODES, &Tone::default(), false);
        let data = frame(33, 21, gray);
        assert_eq!(painter.paint(&data, &orange()).len(), FOUR_TWO_ZERO.frame_bytes(33, 21));
        assert!(painter.pass(&data)[33 * 21..].iter().all(|code| *code == 128));
    }

    #[test]
    fn before_and_after_stand_side_by_side() {
        let painter =
            FramePainter::new(FOUR_TWO_ZERO, FOUR_TWO_ZERO, (33, 20), CODES, &Tone::default(), true);
        assert_eq!(painter.size(), (76, 20));
        let data = frame(33, 20, FOUR_TWO_ZERO);
        let both = painter.paint(&data, &orange());
        assert_eq!(both.len(), FOUR_TWO_ZERO.frame_bytes(76, 20));
        assert_eq!((&both[..33], both[34], &both[42..75]), (&data[..33], 235, &data[..33]));
        let cb = &both[76 * 20..][..38];
        assert!(
            cb[..21].iter().all(|code| *code == 128) && cb[21..38].iter().all(|code| *code < 128),
            "{cb:?}"
        );
    }
}
