//! Black bars around a film that has another shape than its frame.

use autochrome_film::Frame;

use crate::picture::Rectangle;

/// Bars have a luma of at most this, of 255 ...
const DARKEST: u8 = 28;
/// ... and even: grain and compression move no sample by more.
const EVEN: u8 = 14;
/// No channel is higher than this in a bar. It is more than for luma, since the half-size colours of most films bleed into bars.
const MOST_CHANNEL: u8 = 90;
/// Rows and columns that are cut off beside the bar itself: its edge is blended.
const MARGIN: usize = 2;
/// Bars of fewer than so many hundredths of a side are left: they cost nothing.
const LEAST_HUNDREDTHS: usize = 2;
/// Two opposite bars differ by at most so many hundredths of a side.
const UNEQUAL_HUNDREDTHS: usize = 2;
/// Samples taken of each row and column.
const SAMPLES: usize = 256;

/// Least part of the samples next to a bar that are brighter than it.
const PICTURE_BESIDE: f64 = 0.2;

/// What lies between the bars; the whole frame when there are none.
///
/// A night sky is dark and even too, but not above and below alike: bars come in equal pairs. The black around letters is even
/// and comes in pairs, but next to it there is black between the letters, where next to a bar there is picture.
pub(crate) fn inside_bars(frame: &Frame) -> Rectangle {
    let whole = Rectangle::whole(frame);
    let (width, height) = (frame.width, frame.height);
    let sample = |x: usize, y: usize| {
        let pixel = &frame.rgb[(y * width + x) * 3..][..3];
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]];
        if r.max(g).max(b) > MOST_CHANNEL {
            return u8::MAX;
        }
        ((77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b)) >> 8) as u8
    };
    let row = |y: usize| line((0..width).step_by((width / SAMPLES).max(1)).map(|x| sample(x, y)));
    let column = |x: usize| line((0..height).step_by((height / SAMPLES).max(1)).map(|y| sample(x, y)));
    let (top, bottom) = pair(height, &row);
    let (left, right) = pair(width, &column);
    if top + bottom >= height || left + right >= width {
        return whole;
    }
    Rectangle { left, top, width: width - left - right, height: height - top - bottom }
}

/// One row or column.
struct Line {
    is_bar: bool,
    /// Part of its samples that are brighter than a bar.
    bright: f64,
}

fn line(samples: impl Iterator<Item = u8>) -> Line {
    let (mut low, mut high, mut bright, mut count) = (u8::MAX, 0, 0, 0);
    for sample in samples {
        (low, high) = (low.min(sample), high.max(sample));
        bright += usize::from(sample > DARKEST);
        count += 1;
    }
    let is_bar = high <= DARKEST && high - low.min(high) <= EVEN;
    Line { is_bar, bright: bright as f64 / count.max(1) as f64 }
}

/// Lengths of the bars at both ends of a side, 0 and 0 without a pair.
fn pair(length: usize, line: &dyn Fn(usize) -> Line) -> (usize, usize) {
    let opposite = |i: usize| length - 1 - i;
    let first = (0..length / 2).take_while(|&i| line(i).is_bar).count();
    let last = (0..length / 2).take_while(|&i| line(opposite(i)).is_bar).count();
    let hundredths = |part: usize| part * 100;
    let small = hundredths(first.min(last)) < LEAST_HUNDREDTHS * length;
    let unequal = hundredths(first.abs_diff(last)) > UNEQUAL_HUNDREDTHS * length;
    // Two thirds of the frame and more are a black frame, not bars.
    if small || unequal || first + last + 2 * MARGIN >= length * 2 / 3 {
        return (0, 0);
    }
    let beside = length.div_ceil(50);
    let bright = |at: &dyn Fn(usize) -> usize, bar: usize| {
        (bar + MARGIN..bar + MARGIN + beside).map(|i| line(at(i)).bright).sum::<f64>() / beside as f64
    };
    let picture = bright(&|i| i.min(length - 1), first) > PICTURE_BESIDE
        && bright(&|i| opposite(i.min(length - 1)), last) > PICTURE_BESIDE;
    if picture { (first + MARGIN, last + MARGIN) } else { (0, 0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bright inside, `dark` where `outside` says.
    fn frame(outside: impl Fn(usize, usize) -> bool, dark: u8) -> Frame {
        let (width, height) = (160, 90);
        let pixel = |i: usize| {
            let (x, y) = (i % width, i / width);
            if outside(x, y) { [dark; 3] } else { [120 + (x % 50) as u8, 90, 60] }
        };
        Frame { width, height, rgb: (0..width * height).flat_map(pixel).collect() }
    }

    #[test]
    fn letterbox_and_pillarbox_are_cut_off() {
        let wide = inside_bars(&frame(|_, y| !(11..79).contains(&y), 16));
        assert_eq!(wide, Rectangle { left: 0, top: 13, width: 160, height: 64 });
        let narrow = inside_bars(&frame(|x, _| !(20..140).contains(&x), 0));
        assert_eq!(narrow, Rectangle { left: 22, top: 0, width: 116, height: 90 });
        let both = inside_bars(&frame(|x, y| !(20..140).contains(&x) || !(10..80).contains(&y), 0));
        assert_eq!((both.width, both.height), (116, 66));
    }

    #[test]
    fn a_dark_sky_is_no_bar() {
        let sky = frame(|_, y| y < 30, 10);
        assert_eq!(inside_bars(&sky), Rectangle::whole(&sky));
    }

    #[test]
    fn the_black_around_letters_is_no_bar() {
        let letters = frame(|x, y| !(30..60).contains(&y) || x % 10 > 1, 0);
        assert_eq!(inside_bars(&letters), Rectangle::whole(&letters));
    }

    #[test]
    fn a_black_frame_and_a_thin_edge_stay_whole() {
        let black = frame(|_, _| true, 5);
        assert_eq!(inside_bars(&black), Rectangle::whole(&black));
        let edge = frame(|_, y| y == 0 || y == 89, 0);
        assert_eq!(inside_bars(&edge), Rectangle::whole(&edge));
    }
}
