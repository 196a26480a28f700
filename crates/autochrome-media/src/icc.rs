//! ICC profiles: from the file's colours to sRGB, and the profile that says so.

use std::sync::OnceLock;

use autochrome_color::lab;
use moxcms::{
    ColorProfile, DataColorSpace, LocalizableString, ProfileText, TransformExecutor, TransformOptions,
};
use rayon::prelude::*;

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
        rgb.par_chunks_mut(width * 3)
            .zip(inks.par_chunks(width * 4))
            .try_for_each(|(rgb, inks)| transform.transform(inks, rgb).map_err(|e| e.to_string()))
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
    data.par_chunks_mut(width * 3).try_for_each_init(
        || vec![S::default(); width * 3],
        |row_out, row| {
            transform.transform(row, row_out).map_err(|e| e.to_string())?;
            row.copy_from_slice(row_out);
            Ok(())
        },
    )
}

/// Nine steps a channel: enough to tell one colour space from another.
fn grid() -> impl Iterator<Item = u8> {
    let step = |i: usize| (i * 255 / 8) as u8;
    (0..9 * 9 * 9).flat_map(move |i| [step(i / 81), step(i / 9 % 9), step(i % 9)])
}

/// A profile as bytes, dated 1 January 2024: the day of writing, which moxcms puts there, would make equal pictures differ.
fn encoded(profile: &ColorProfile) -> Vec<u8> {
    let mut bytes = profile.encode().unwrap_or_default();
    if let Some(date) = bytes.get_mut(24..36) {
        date.copy_from_slice(&[7, 232, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    }
    bytes
}

/// The sRGB profile that is written into colour pictures.
pub(crate) fn srgb_profile() -> &'static [u8] {
    static PROFILE: OnceLock<Vec<u8>> = OnceLock::new();
    PROFILE.get_or_init(|| encoded(&ColorProfile::new_srgb()))
}

/// The profile that is written into gray pictures: the tone curve of sRGB.
pub(crate) fn gray_profile() -> &'static [u8] {
    static PROFILE: OnceLock<Vec<u8>> = OnceLock::new();
    PROFILE.get_or_init(|| {
        let mut profile = ColorProfile::new_gray_with_gamma(2.2);
        profile.gray_trc = ColorProfile::new_srgb().red_trc;
        profile.description = Some(ProfileText::Localizable(vec![LocalizableString::new(
            "en".to_string(),
            "US".to_string(),
            "Gray with the sRGB tone curve".to_string(),
        )]));
        encoded(&profile)
    })
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
