//! ICC profiles: from the file's colours to sRGB, with or without a profile of its own.

mod written;

use autochrome_color::{Parallel as _, lab};
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace,
    MatrixCoefficients, ToneReprCurve, TransferCharacteristics, TransformExecutor, TransformOptions,
};

pub(crate) use written::gray_profile;
pub use written::srgb_profile;

/// A profile that parsed.
pub(crate) struct Profile(ColorProfile);

/// Floating point inside, so that the conversion adds no error of its own beyond rounding.
fn options() -> TransformOptions {
    TransformOptions { prefer_fixed_point: false, ..TransformOptions::default() }
}

impl Profile {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        ColorProfile::new_from_slice(bytes).map(Self).map_err(|e| e.to_string())
    }

    pub(crate) fn is_cmyk(&self) -> bool {
        self.0.color_space == DataColorSpace::Cmyk
    }

    /// L (0..=100) of `count` evenly spaced gray levels from black to white; `None` when they are those of sRGB.
    ///
    /// A gray picture with an RGB profile is taken as red = green = blue.
    pub(crate) fn gray_levels(&self, count: usize) -> Result<Option<Vec<f32>>, String> {
        let level = |i: usize| (i * 65535 / (count - 1)) as u16;
        let (levels, layout): (Vec<u16>, _) = match self.0.color_space {
            DataColorSpace::Gray => ((0..count).map(level).collect(), moxcms::Layout::Gray),
            DataColorSpace::Rgb => ((0..count).flat_map(|i| [level(i); 3]).collect(), moxcms::Layout::Rgb),
            other => return Err(format!("a {other:?} profile does not fit a gray picture")),
        };
        let mut rgb = vec![0u16; count * 3];
        self.0
            .create_transform_16bit(layout, &ColorProfile::new_srgb(), moxcms::Layout::Rgb, options())
            .and_then(|transform| transform.transform(&levels, &mut rgb))
            .map_err(|e| e.to_string())?;
        let same =
            rgb.chunks_exact(3).enumerate().all(|(i, rgb)| rgb.iter().all(|&v| v.abs_diff(level(i)) <= 128));
        Ok((!same).then(|| lab::rgb16_to_luma(&rgb, count, 1).into_vec()))
    }

    /// Converts 8-bit RGB to sRGB in place; colours that are sRGB already are not touched.
    pub(crate) fn rgb8_to_srgb(&self, data: &mut [u8], width: usize) -> Result<(), String> {
        self.check_rgb()?;
        let (rgb, srgb) = (moxcms::Layout::Rgb, ColorProfile::new_srgb());
        let transform =
            self.0.create_transform_8bit(rgb, &srgb, rgb, options()).map_err(|e| e.to_string())?;
        convert(&*transform, data, width, |code| code, |before, after| before.abs_diff(after) <= 1)
    }

    /// Converts 16-bit RGB to sRGB in place; colours that are sRGB already are not touched.
    pub(crate) fn rgb16_to_srgb(&self, data: &mut [u16], width: usize) -> Result<(), String> {
        self.check_rgb()?;
        let (rgb, srgb) = (moxcms::Layout::Rgb, ColorProfile::new_srgb());
        let transform =
            self.0.create_transform_16bit(rgb, &srgb, rgb, options()).map_err(|e| e.to_string())?;
        let widen = |code| u16::from(code) * 257;
        convert(&*transform, data, width, widen, |before, after| before.abs_diff(after) <= 128)
    }

    /// Converts 8-bit amounts of ink (255 is full ink) to sRGB.
    pub(crate) fn cmyk8_to_srgb(&self, inks: &[u8], rgb: &mut [u8], width: usize) -> Result<(), String> {
        // CMYK transforms take the four inks in the place of red, green, blue and alpha.
        let transform = self
            .0
            .create_transform_8bit(
                moxcms::Layout::Rgba,
                &ColorProfile::new_srgb(),
                moxcms::Layout::Rgb,
                options(),
            )
            .map_err(|e| e.to_string())?;
        let rows = rgb.chunks_mut(width * 3).zip(inks.chunks(width * 4));
        let done = rows.parallel_map(|(rgb, inks)| transform.transform(inks, rgb));
        done.into_iter().collect::<Result<(), _>>().map_err(|e| e.to_string())
    }

    fn check_rgb(&self) -> Result<(), String> {
        match self.0.color_space {
            DataColorSpace::Rgb => Ok(()),
            other => Err(format!("a {other:?} profile does not fit an RGB picture")),
        }
    }
}

/// Converts in place, row by row, unless the colours of a grid, with samples as `sample` makes them of bytes, stay the same.
fn convert<S: Copy + Default + Send + Sync>(
    transform: &(dyn TransformExecutor<S> + Send + Sync),
    data: &mut [S],
    width: usize,
    sample: impl Fn(u8) -> S,
    is_same: impl Fn(S, S) -> bool,
) -> Result<(), String> {
    let probe: Vec<S> = grid().map(sample).collect();
    let mut moved = vec![S::default(); probe.len()];
    transform.transform(&probe, &mut moved).map_err(|e| e.to_string())?;
    if probe.iter().zip(&moved).all(|(before, after)| is_same(*before, *after)) {
        return Ok(());
    }
    let done = data.chunks_mut(width * 3).parallel_map(|row| {
        let converted = &mut vec![S::default(); row.len()];
        transform.transform(row, converted).map(|()| row.copy_from_slice(converted))
    });
    done.into_iter().collect::<Result<(), _>>().map_err(|e| e.to_string())
}

/// Nine steps a channel: enough to tell one colour space from another.
fn grid() -> impl Iterator<Item = u8> {
    let step = |i: usize| (i * 255 / 8) as u8;
    (0..9 * 9 * 9).flat_map(move |i| [step(i / 81), step(i / 9 % 9), step(i % 9)])
}

/// The profile of a PNG that has none but says its gamma, and perhaps the places of its colours.
///
/// `gamma` is the exponent from light to samples; `chromaticities` are x and y of white, red, green and blue.
/// `None` where that is sRGB within what people can see, or makes no sense.
pub(crate) fn from_gamma(gamma: f64, chromaticities: Option<[f64; 8]>) -> Option<Vec<u8>> {
    const SRGB: [f64; 8] = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];
    let is_near = |c: &[f64; 8]| c.iter().zip(SRGB).all(|(a, b)| (a - b).abs() < 0.002);
    let primaries = chromaticities.filter(|c| !is_near(c) && c.iter().all(|v| (1e-4..=1.0).contains(v)));
    // Writers of sRGB that give no profile write 1/2.2.
    let is_usual = (gamma - 1.0 / 2.2).abs() < 0.01;
    if !(0.05..=20.0).contains(&gamma) || (is_usual && primaries.is_none()) {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    if let Some(c) = primaries {
        let c = c.map(|v| v as f32);
        let at = |i: usize| Chromaticity::new(c[i], c[i + 1]);
        let primaries = ColorPrimaries { red: at(2), green: at(4), blue: at(6) };
        profile.update_rgb_colorimetry(at(0).to_xyyb(), primaries);
    }
    if !is_usual {
        let curve = Some(ToneReprCurve::Parametric(vec![(1.0 / gamma) as f32]));
        (profile.red_trc, profile.green_trc, profile.blue_trc) = (curve.clone(), curve.clone(), curve);
    }
    profile.encode().ok()
}

/// The profile for the code points of a `cICP` chunk; `None` for those of sRGB and those that are not known.
pub(crate) fn from_code_points(primaries: u8, transfer: u8) -> Option<Vec<u8>> {
    if primaries == 1 && matches!(transfer, 1 | 6 | 13) {
        return None;
    }
    let color_primaries = CicpColorPrimaries::try_from(primaries).ok()?;
    let transfer_characteristics = TransferCharacteristics::try_from(transfer).ok()?;
    ColorPrimaries::try_from(color_primaries).ok()?;
    ToneReprCurve::try_from(transfer_characteristics).ok()?;
    let mut profile = ColorProfile::new_srgb();
    profile.update_rgb_colorimetry_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    profile.encode().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_profiles_are_srgb_by_their_own_reading() {
        let mut rgb: Vec<u8> = (0..=255).flat_map(|v| [v, 255 - v, v / 2]).collect();
        let before = rgb.clone();
        Profile::parse(srgb_profile()).unwrap().rgb8_to_srgb(&mut rgb, 256).unwrap();
        assert_eq!(rgb, before);
        assert!(Profile::parse(gray_profile()).unwrap().gray_levels(256).unwrap().is_none());
        assert!(Profile::parse(srgb_profile()).unwrap().gray_levels(65536).unwrap().is_none());
    }

    #[test]
    fn a_gray_gamma_gives_the_lightness_of_its_formula() {
        for gamma in [1.0f32, 1.8, 2.2] {
            let bytes = ColorProfile::new_gray_with_gamma(gamma).encode().unwrap();
            let levels = Profile::parse(&bytes).unwrap().gray_levels(256).unwrap().unwrap();
            for (i, &l) in levels.iter().enumerate() {
                let y = (i as f32 / 255.0).powf(gamma);
                let expected = if y > 216.0 / 24389.0 { 116.0 * y.cbrt() - 16.0 } else { y * 24389.0 / 27.0 };
                assert!((l - expected).abs() < 0.1, "gamma {gamma}, level {i}: {l} instead of {expected}");
            }
        }
    }

    #[test]
    fn a_profile_of_another_kind_is_refused() {
        let gray = Profile::parse(gray_profile()).unwrap();
        assert!(gray.rgb8_to_srgb(&mut [0; 3], 1).is_err());
        assert!(!gray.is_cmyk());
    }
}
