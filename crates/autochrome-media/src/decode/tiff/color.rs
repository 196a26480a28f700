//! Colours of TIFF files that are neither gray nor RGB: palettes, YCbCr, CIELAB, and colours multiplied with opacity.

use super::layout::corrupt;
use crate::{
    MediaError,
    limits::zeroed,
    samples::{Data, Samples},
};
use autochrome_color::Parallel as _;

/// Red, green and blue for indices; further samples of a pixel are kept behind them.
pub(super) fn look_up(
    indices: &[u16],
    channels: usize,
    map: &[u64],
    bits: usize,
) -> Result<Data, MediaError> {
    let third = map.len() / 3;
    // The map holds 16 bits a value; old writers put 8-bit values there.
    let shift = if map.iter().all(|&v| v < 256) { 0 } else { 8 };
    let mut rgb = zeroed(indices.len() / channels * (2 + channels))?;
    for (to, from) in rgb.chunks_exact_mut(2 + channels).zip(indices.chunks_exact(channels)) {
        let index = usize::from(from[0]);
        if index >= third {
            return Err(corrupt("its palette is too short"));
        }
        for (i, to) in to[..3].iter_mut().enumerate() {
            *to = (map[i * third + index] >> shift) as u8;
        }
        for (to, &from) in to[3..].iter_mut().zip(&from[1..]) {
            *to = (u32::from(from) * 255 / ((1 << bits) - 1)) as u8;
        }
    }
    Ok(Data::U8(rgb))
}

/// How a file wants its YCbCr read.
#[derive(Clone, Copy, Debug)]
pub(super) struct YCbCr {
    /// Shares of red, green and blue in luma.
    pub luma: [f64; 3],
    /// Codes of black and white, and of no colour and full colour, for Y, Cb and Cr.
    pub reference: [f64; 6],
}

impl YCbCr {
    /// The usual reading when a file is silent: BT.601, all codes used.
    pub(super) fn new(luma: Option<Vec<f64>>, reference: Option<Vec<f64>>) -> Self {
        let luma = luma.and_then(|v| v.try_into().ok()).filter(|l: &[f64; 3]| l.iter().all(|&v| v > 0.0));
        let reference = reference
            .and_then(|v| v.try_into().ok())
            .filter(|r: &[f64; 6]| r[0] != r[1] && r[2] != r[3] && r[4] != r[5]);
        Self {
            luma: luma.unwrap_or([0.299, 0.587, 0.114]),
            reference: reference.unwrap_or([0.0, 255.0, 128.0, 255.0, 128.0, 255.0]),
        }
    }

    /// Converts the first three of `channels` samples a pixel to RGB, in place.
    ///
    /// # Source
    /// Adobe TIFF 6.0, section 21.
    pub(super) fn apply(&self, data: &mut Data, channels: usize) {
        match data {
            Data::U8(data) => for_each_pixel(data, channels, |pixel| {
                let rgb = self.rgb([pixel[0], pixel[1], pixel[2]].map(f64::from));
                pixel[..3].copy_from_slice(&rgb.map(|v| v.round() as u8));
            }),
            Data::U16(data) => for_each_pixel(data, channels, |pixel| {
                let rgb = self.rgb([pixel[0], pixel[1], pixel[2]].map(|v| f64::from(v) / 257.0));
                pixel[..3].copy_from_slice(&rgb.map(|v| (v * 257.0).round() as u16));
            }),
        }
    }

    fn rgb(&self, code: [f64; 3]) -> [f64; 3] {
        let [red, green, blue] = self.luma;
        let r = &self.reference;
        let y = (code[0] - r[0]) * 255.0 / (r[1] - r[0]);
        let cb = (code[1] - r[2]) * 127.0 / (r[3] - r[2]);
        let cr = (code[2] - r[4]) * 127.0 / (r[5] - r[4]);
        let (out_red, out_blue) = (y + cr * (2.0 - 2.0 * red), y + cb * (2.0 - 2.0 * blue));
        [out_red, (y - blue * out_blue - red * out_red) / green, out_blue]
    }
}

/// Calls `change` with every pixel.
fn for_each_pixel<T: Send>(data: &mut [T], channels: usize, change: impl Fn(&mut [T]) + Sync) {
    let change = &change;
    data.chunks_mut(4096 * channels)
        .parallel_for_each(|pixels| pixels.chunks_exact_mut(channels).for_each(change));
}

/// sRGB of CIELAB (D50), or gray of L alone; `alphas` further samples a pixel stay as they are.
///
/// # Source
/// Adobe TIFF 6.0, section 23; ICC.1:2022 for the white point D50; Bradford's matrix from there to D65.
pub(super) fn lab_to_srgb(data: Data, colors: usize, is_icc: bool, alphas: usize) -> Data {
    let channels = colors + alphas;
    // L in 0..=100, a and b with sign.
    let srgb = |l: f64, a: f64, b: f64| if colors == 1 { [gray(l); 3] } else { rgb(l, a, b) };
    match data {
        Data::U8(mut data) => {
            for_each_pixel(&mut data, channels, |pixel| {
                let ab = |v: u8| if is_icc { f64::from(v) - 128.0 } else { f64::from(v as i8) };
                let at = |i: usize| if colors == 1 { 0.0 } else { ab(pixel[i]) };
                let rgb = srgb(f64::from(pixel[0]) / 2.55, at(1), at(2));
                for (to, v) in pixel[..colors].iter_mut().zip(rgb) {
                    *to = (v * 255.0).round() as u8;
                }
            });
            Data::U8(data)
        }
        Data::U16(mut data) => {
            for_each_pixel(&mut data, channels, |pixel| {
                let ab = |v: u16| {
                    if is_icc { (f64::from(v) - 32768.0) / 256.0 } else { f64::from(v as i16) / 256.0 }
                };
                let at = |i: usize| if colors == 1 { 0.0 } else { ab(pixel[i]) };
                let rgb = srgb(f64::from(pixel[0]) / 655.35, at(1), at(2));
                for (to, v) in pixel[..colors].iter_mut().zip(rgb) {
                    *to = (v * 65535.0).round() as u16;
                }
            });
            Data::U16(data)
        }
    }
}

/// The cube root's inverse of CIELAB.
fn expanded(t: f64) -> f64 {
    if t > 6.0 / 29.0 { t.powi(3) } else { 3.0 * (6.0f64 / 29.0).powi(2) * (t - 4.0 / 29.0) }
}

fn encoded(v: f64) -> f64 {
    let v = v.clamp(0.0, 1.0);
    if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
}

fn gray(l: f64) -> f64 {
    encoded(expanded((l + 16.0) / 116.0))
}

fn rgb(l: f64, a: f64, b: f64) -> [f64; 3] {
    let fy = (l + 16.0) / 116.0;
    let (x, y, z) = (0.964_22 * expanded(fy + a / 500.0), expanded(fy), 0.825_21 * expanded(fy - b / 200.0));
    [
        3.133_856_1 * x - 1.616_866_7 * y - 0.490_614_6 * z,
        -0.978_768_4 * x + 1.916_141_5 * y + 0.033_454_0 * z,
        0.071_945_3 * x - 0.228_991_4 * y + 1.405_242_7 * z,
    ]
    .map(encoded)
}

/// Colours as they were before they were multiplied with opacity, the last sample of a pixel.
pub(super) fn divide_by_alpha(samples: &mut Samples) {
    let channels = samples.layout.channels();
    match &mut samples.data {
        Data::U8(data) => for_each_pixel(data, channels, |pixel| {
            let alpha = u32::from(pixel[channels - 1]);
            for v in &mut pixel[..channels - 1] {
                *v = (u32::from(*v) * 255 + alpha / 2).checked_div(alpha).unwrap_or(0).min(255) as u8;
            }
        }),
        Data::U16(data) => for_each_pixel(data, channels, |pixel| {
            let alpha = u64::from(pixel[channels - 1]);
            for v in &mut pixel[..channels - 1] {
                *v = (u64::from(*v) * 65535 + alpha / 2).checked_div(alpha).unwrap_or(0).min(65535) as u16;
            }
        }),
    }
}
