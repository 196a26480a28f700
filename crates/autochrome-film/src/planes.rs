//! Samples of a raw frame, taken apart and put together.

use crate::layout::{Layout, Sampling};

/// The three planes of a frame as codes; chroma is empty in gray frames.
pub(crate) fn codes(data: &[u8], layout: Layout, width: usize, height: usize) -> [Vec<u16>; 3] {
    let (chroma_width, chroma_height) = layout.chroma_size(width, height);
    let (luma, chroma) = (width * height * layout.bytes(), chroma_width * chroma_height * layout.bytes());
    let plane = |from: usize, length: usize| {
        read(&data[from.min(data.len())..(from + length).min(data.len())], layout)
    };
    [plane(0, luma), plane(luma, chroma), plane(luma + chroma, chroma)]
}

/// Y′ alone.
pub(crate) fn luma_codes(data: &[u8], layout: Layout, width: usize, height: usize) -> Vec<u16> {
    read(&data[..(width * height * layout.bytes()).min(data.len())], layout)
}

fn read(bytes: &[u8], layout: Layout) -> Vec<u16> {
    if layout.bytes() == 1 {
        bytes.iter().map(|byte| u16::from(*byte)).collect()
    } else {
        bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect()
    }
}

/// Appends codes of `from` bits as samples of `layout`; codes of fewer bits are shifted up, so that nothing is rounded.
pub(crate) fn append(data: &mut Vec<u8>, codes: impl Iterator<Item = u16>, from: u8, layout: Layout) {
    let shift = |code: u16| {
        if layout.depth >= from { code << (layout.depth - from) } else { code >> (from - layout.depth) }
    };
    if layout.bytes() == 1 {
        data.extend(codes.map(|code| shift(code) as u8));
    } else {
        data.extend(codes.flat_map(|code| shift(code).to_le_bytes()));
    }
}

/// The mean of the pixels that share each sample of chroma.
pub(crate) fn shared(luma: &[u16], width: usize, height: usize, sampling: Sampling) -> Vec<u16> {
    let (across, down) = match sampling {
        Sampling::Gray | Sampling::Full => return luma.to_vec(),
        Sampling::Both => (2, 2),
        Sampling::Columns => (2, 1),
    };
    let mut means = Vec::with_capacity(luma.len() / (across * down) + width + height);
    for top in (0..height).step_by(down) {
        let one = &luma[top * width..][..width];
        // At an odd edge the last row and column stand for themselves.
        let other = &luma[(top + down - 1).min(height - 1) * width..][..width];
        for left in (0..width).step_by(2) {
            let right = (left + 1).min(width - 1);
            let sum = u32::from(one[left])
                + u32::from(one[right])
                + u32::from(other[left])
                + u32::from(other[right]);
            means.push(((sum + 2) / 4) as u16);
        }
    }
    means
}

/// A plane of chroma as another sampling has it: the nearest samples.
pub(crate) fn resample(
    plane: &[u16],
    (width, height): (usize, usize),
    (to_width, to_height): (usize, usize),
) -> Vec<u16> {
    if (width, height) == (to_width, to_height) {
        return plane.to_vec();
    }
    let mut resampled = Vec::with_capacity(to_width * to_height);
    for y in 0..to_height {
        let row = &plane[(y * height / to_height.max(1)).min(height.saturating_sub(1)) * width..][..width];
        resampled.extend((0..to_width).map(|x| row[(x * width / to_width).min(width - 1)]));
    }
    resampled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_apart_and_together_again() {
        for (depth, sampling) in [(8, Sampling::Both), (10, Sampling::Columns), (12, Sampling::Full)] {
            let layout = Layout { depth, sampling };
            let data: Vec<u8> = (0..layout.frame_bytes(5, 3))
                .map(|i| if depth > 8 { (i % 2 * 3) as u8 } else { i as u8 })
                .collect();
            let planes = codes(&data, layout, 5, 3);
            let mut again = Vec::new();
            planes.into_iter().for_each(|plane| append(&mut again, plane.into_iter(), depth, layout));
            assert_eq!(again, data);
        }
    }

    #[test]
    fn more_bits_hold_what_fewer_held() {
        let mut data = Vec::new();
        append(&mut data, [255, 1].into_iter(), 8, Layout { depth: 10, sampling: Sampling::Full });
        assert_eq!(data, [252, 3, 4, 0]);
    }

    #[test]
    fn the_last_column_of_an_odd_frame_stands_for_itself() {
        let luma = [10, 20, 90, 30, 40, 70];
        assert_eq!(shared(&luma, 3, 2, Sampling::Both), [25, 80]);
        assert_eq!(shared(&luma, 3, 2, Sampling::Columns), [15, 90, 35, 70]);
        assert_eq!(resample(&[1, 2], (2, 1), (3, 2)), [1, 1, 2, 1, 1, 2]);
    }
}
