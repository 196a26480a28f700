//! Samples as a decoder hands them over, and the steps from there to upright gray or RGB.

use crate::{Alpha, Depth, MediaError, limits::zeroed};
use autochrome_color::Parallel as _;

/// What the interleaved samples of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
    /// Amounts of ink: the largest value is full ink.
    Cmyk,
}

impl Layout {
    pub(crate) fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }
}

/// Samples in either depth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    U8(Vec<u8>),
    U16(Vec<u16>),
}

/// Interleaved samples, row by row.
#[derive(Clone, Debug)]
pub(crate) struct Samples {
    pub width: usize,
    pub height: usize,
    pub layout: Layout,
    pub data: Data,
}

impl Data {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::U8(data) => data.len(),
            Self::U16(data) => data.len(),
        }
    }
}

impl Samples {
    pub(crate) fn depth(&self) -> Depth {
        match self.data {
            Data::U8(_) => Depth::Eight,
            Data::U16(_) => Depth::Sixteen,
        }
    }

    /// Takes the alpha channel out; `None` when there is none or every pixel is opaque.
    pub(crate) fn split_alpha(&mut self) -> Result<Option<Alpha>, MediaError> {
        let (channels, layout) = match self.layout {
            Layout::GrayAlpha => (2, Layout::Gray),
            Layout::Rgba => (4, Layout::Rgb),
            Layout::Gray | Layout::Rgb | Layout::Cmyk => return Ok(None),
        };
        self.layout = layout;
        Ok(match &mut self.data {
            Data::U8(data) => split_last(data, channels, u8::MAX)?.map(Alpha::Eight),
            Data::U16(data) => split_last(data, channels, u16::MAX)?.map(Alpha::Sixteen),
        })
    }

    /// Turns RGB without any colour into gray, a third of the memory.
    pub(crate) fn collapse_gray(&mut self) {
        if self.layout != Layout::Rgb {
            return;
        }
        let collapsed = match &mut self.data {
            Data::U8(data) => collapse(data),
            Data::U16(data) => collapse(data),
        };
        if collapsed {
            self.layout = Layout::Gray;
        }
    }

    /// Turns the samples upright: `orientation` is the value 1..=8 of EXIF.
    pub(crate) fn orient(&mut self, orientation: u8) -> Result<(), MediaError> {
        let (width, height, channels) = (self.width, self.height, self.layout.channels());
        match &mut self.data {
            Data::U8(data) => orient(data, width, height, channels, orientation)?,
            Data::U16(data) => orient(data, width, height, channels, orientation)?,
        }
        if orientation >= 5 {
            (self.width, self.height) = (height, width);
        }
        Ok(())
    }
}

/// Turns an alpha channel the way [`Samples::orient`] turns the samples; the size is that before turning.
pub(crate) fn orient_alpha(
    alpha: &mut Alpha,
    width: usize,
    height: usize,
    orientation: u8,
) -> Result<(), MediaError> {
    match alpha {
        Alpha::Eight(data) => orient(data, width, height, 1, orientation),
        Alpha::Sixteen(data) => orient(data, width, height, 1, orientation),
    }
}

/// Whether `test` holds for any pixel; the first ones mostly decide it, and are looked at before the others.
fn any_pixel<T: Sync>(data: &[T], channels: usize, test: impl Fn(&[T]) -> bool + Sync) -> bool {
    const PIECE: usize = 1 << 16;
    let any = |pixels: &[T]| pixels.chunks_exact(channels).any(&test);
    let mut pieces = data.chunks(PIECE * channels);
    pieces.next().is_some_and(any) || pieces.parallel_map(any).contains(&true)
}

fn split_last<T: Copy + Default + PartialEq + Send + Sync>(
    data: &mut Vec<T>,
    channels: usize,
    opaque: T,
) -> Result<Option<Vec<T>>, MediaError> {
    let pixels = data.len() / channels;
    let translucent = any_pixel(data, channels, |pixel| pixel[channels - 1] != opaque);
    let mut alpha = zeroed(if translucent { pixels } else { 0 })?;
    for (value, pixel) in alpha.iter_mut().zip(data.chunks_exact(channels)) {
        *value = pixel[channels - 1];
    }
    for pixel in 0..pixels {
        data.copy_within(pixel * channels..pixel * channels + channels - 1, pixel * (channels - 1));
    }
    data.truncate(pixels * (channels - 1));
    data.shrink_to_fit();
    Ok(translucent.then_some(alpha))
}

fn collapse<T: Copy + PartialEq + Send + Sync>(data: &mut Vec<T>) -> bool {
    if any_pixel(data, 3, |rgb| rgb[0] != rgb[1] || rgb[0] != rgb[2]) {
        return false;
    }
    let pixels = data.len() / 3;
    for pixel in 1..pixels {
        data[pixel] = data[pixel * 3];
    }
    data.truncate(pixels);
    data.shrink_to_fit();
    true
}

fn orient<T: Copy + Default + Send + Sync>(
    data: &mut Vec<T>,
    width: usize,
    height: usize,
    channels: usize,
    orientation: u8,
) -> Result<(), MediaError> {
    // The source of the target pixel (x, y) lies at `start + x·step_x + y·step_y`, counted in pixels.
    let (w, h) = (width as isize, height as isize);
    let (start, step_x, step_y) = match orientation {
        2 => (w - 1, -1, w),
        3 => (w * h - 1, -1, -w),
        4 => (w * (h - 1), 1, -w),
        5 => (0, w, 1),
        6 => (w * (h - 1), -w, 1),
        7 => (w * h - 1, -w, -1),
        8 => (w - 1, w, -1),
        _ => return Ok(()),
    };
    let target_width = if orientation >= 5 { height } else { width };
    let mut turned = zeroed(data.len())?;
    turned.chunks_exact_mut(target_width * channels).enumerate().parallel_for_each(|(y, row)| {
        let mut source = start + y as isize * step_y;
        for pixel in row.chunks_exact_mut(channels) {
            let from = source as usize * channels;
            pixel.copy_from_slice(&data[from..from + channels]);
            source += step_x;
        }
    });
    *data = turned;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(orientation: u8) -> (usize, usize, Vec<u8>) {
        let mut samples =
            Samples { width: 3, height: 2, layout: Layout::Gray, data: Data::U8(vec![1, 2, 3, 4, 5, 6]) };
        samples.orient(orientation).unwrap();
        let Data::U8(data) = samples.data else { panic!("depth changed") };
        (samples.width, samples.height, data)
    }

    #[test]
    fn every_orientation_is_turned_as_exif_defines_it() {
        // Stored rows are 123 and 456.
        assert_eq!(turned(1), (3, 2, vec![1, 2, 3, 4, 5, 6]));
        assert_eq!(turned(2), (3, 2, vec![3, 2, 1, 6, 5, 4]));
        assert_eq!(turned(3), (3, 2, vec![6, 5, 4, 3, 2, 1]));
        assert_eq!(turned(4), (3, 2, vec![4, 5, 6, 1, 2, 3]));
        assert_eq!(turned(5), (2, 3, vec![1, 4, 2, 5, 3, 6]));
        assert_eq!(turned(6), (2, 3, vec![4, 1, 5, 2, 6, 3]));
        assert_eq!(turned(7), (2, 3, vec![6, 3, 5, 2, 4, 1]));
        assert_eq!(turned(8), (2, 3, vec![3, 6, 2, 5, 1, 4]));
    }

    #[test]
    fn alpha_is_taken_out_unless_all_is_opaque() {
        let rgba = vec![1, 2, 3, 255, 4, 5, 6, 7];
        let mut samples = Samples { width: 2, height: 1, layout: Layout::Rgba, data: Data::U8(rgba) };
        assert_eq!(samples.split_alpha().unwrap(), Some(Alpha::Eight(vec![255, 7])));
        assert_eq!((samples.layout, samples.data), (Layout::Rgb, Data::U8(vec![1, 2, 3, 4, 5, 6])));

        let gray = vec![9, 65535, 8, 65535];
        let mut samples = Samples { width: 2, height: 1, layout: Layout::GrayAlpha, data: Data::U16(gray) };
        assert_eq!(samples.split_alpha().unwrap(), None);
        assert_eq!((samples.layout, samples.data), (Layout::Gray, Data::U16(vec![9, 8])));
    }

    #[test]
    fn colourless_rgb_becomes_gray_and_colour_stays() {
        let mut gray =
            Samples { width: 2, height: 1, layout: Layout::Rgb, data: Data::U8(vec![7, 7, 7, 9, 9, 9]) };
        gray.collapse_gray();
        assert_eq!((gray.layout, gray.data), (Layout::Gray, Data::U8(vec![7, 9])));

        let mut colour = Samples { width: 1, height: 1, layout: Layout::Rgb, data: Data::U8(vec![7, 7, 8]) };
        colour.collapse_gray();
        assert_eq!(colour.layout, Layout::Rgb);
    }
}
