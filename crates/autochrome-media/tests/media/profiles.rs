//! ICC profiles are honoured, and the output says sRGB.

use autochrome_color::lab;
use autochrome_media::{EncodeOptions, Format, Pixels, Raster, encode};
use image::ImageDecoder;
use moxcms::ColorProfile;

use crate::fixtures::{jpeg, open, png};

fn png_with_profile(
    color: png::ColorType,
    depth: png::BitDepth,
    width: u32,
    data: &[u8],
    icc: &[u8],
) -> Vec<u8> {
    let mut info = png::Info::with_size(width, 1);
    info.color_type = color;
    info.bit_depth = depth;
    info.icc_profile = Some(icc.into());
    png(info, data)
}

fn assert_near(found: &[f32], expected: &[f32], tolerance: f32) {
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance, "{i}: {a}, expected {b}");
    }
}

/// Colours of one space in 8-bit sRGB, from the primaries' published chromaticities and the tone curves' formulas.
fn adobe_to_srgb(rgb: [f64; 3]) -> [f64; 3] {
    let [r, g, b] = rgb.map(|v| (v / 255.0).powf(563.0 / 256.0));
    // Adobe RGB (1998) to linear sRGB, both D65 (inverse of the sRGB matrix times the Adobe matrix).
    let linear = [1.398_284 * r - 0.398_284 * g, g, -0.042_938 * g + 1.042_938 * b];
    linear.map(|v| {
        let v = v.clamp(0.0, 1.0);
        255.0 * if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
    })
}

#[test]
fn adobe_rgb_becomes_srgb_in_eight_and_sixteen_bits() {
    let icc = ColorProfile::new_adobe_rgb().encode().unwrap();
    let colours: Vec<u8> = vec![200, 100, 50, 60, 180, 90, 128, 128, 130, 250, 240, 230];
    let expected: Vec<u16> = colours
        .chunks_exact(3)
        .flat_map(|c| adobe_to_srgb([c[0], c[1], c[2]].map(f64::from)))
        .map(|v| (v * 257.0).round() as u16)
        .collect();
    let (luma, chroma) = lab::rgb16_to_lab(&expected, 4, 1);
    let wide: Vec<u8> = colours.iter().flat_map(|&v| [v, v]).collect();
    for (depth, data, tolerance) in
        [(png::BitDepth::Eight, &colours, 0.35), (png::BitDepth::Sixteen, &wide, 0.06)]
    {
        let picture = open(&png_with_profile(png::ColorType::Rgb, depth, 4, data, &icc));
        let found = picture.chroma.unwrap();
        assert_near(picture.luma.data(), luma.data(), tolerance);
        assert_near(found.a.data(), chroma.a.data(), tolerance * 3.0);
        assert_near(found.b.data(), chroma.b.data(), tolerance * 3.0);
    }
}

#[test]
fn display_p3_in_a_jpeg_is_stronger_than_the_same_numbers_in_srgb() {
    let icc = ColorProfile::new_display_p3().encode().unwrap();
    let flat: Vec<u8> = [180, 90, 90].repeat(64);
    let plain = open(&jpeg(8, 8, &flat, None, None)).chroma.unwrap();
    let wide = open(&jpeg(8, 8, &flat, None, Some(&icc))).chroma.unwrap();
    assert!(wide.a.data()[9] > plain.a.data()[9] + 2.0);
}

#[test]
fn a_gray_gamma_changes_lightness_as_its_formula_says() {
    let icc = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let expected: Vec<f32> = [0u8, 64, 128, 255]
        .iter()
        .map(|&v| {
            let y = (f64::from(v) / 255.0).powf(1.8);
            (if y > 216.0 / 24389.0 { 116.0 * y.cbrt() - 16.0 } else { y * 24389.0 / 27.0 }) as f32
        })
        .collect();
    let gray = png::ColorType::Grayscale;
    let picture = open(&png_with_profile(gray, png::BitDepth::Eight, 4, &[0, 64, 128, 255], &icc));
    assert_near(picture.luma.data(), &expected, 0.1);
    let wide = [0, 0, 64, 64, 128, 128, 255, 255];
    let picture = open(&png_with_profile(gray, png::BitDepth::Sixteen, 4, &wide, &icc));
    assert_near(picture.luma.data(), &expected, 0.1);
}

#[test]
fn an_srgb_profile_moves_nothing() {
    let icc = ColorProfile::new_srgb().encode().unwrap();
    let data: Vec<u8> = (0..=255u8).flat_map(|v| [v, v.wrapping_mul(3), 255 - v]).collect();
    let picture = open(&png_with_profile(png::ColorType::Rgb, png::BitDepth::Eight, 256, &data, &icc));
    assert_eq!(picture.luma, lab::rgb8_to_lab(&data, 256, 1).0);
    assert!(picture.warnings.is_empty());
}

#[test]
fn a_broken_or_misplaced_profile_is_left_out_with_a_warning() {
    let good = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let data = [10, 200, 30];
    let plain = lab::rgb8_to_lab(&data, 1, 1).0;
    for icc in [&b"this is no profile at all"[..], &good[..100], &good] {
        let picture = open(&png_with_profile(png::ColorType::Rgb, png::BitDepth::Eight, 1, &data, icc));
        assert_eq!(picture.luma, plain);
        assert_eq!(picture.warnings.len(), 1, "{:?}", picture.warnings);
        assert!(picture.warnings[0].contains("ICC"), "{:?}", picture.warnings);
    }
}

#[test]
fn damaged_profiles_never_panic() {
    let profiles = [
        ColorProfile::new_srgb().encode().unwrap(),
        ColorProfile::new_adobe_rgb().encode().unwrap(),
        ColorProfile::new_gray_with_gamma(2.2).encode().unwrap(),
    ];
    let mut random = crate::bad_files::Random(7);
    for profile in &profiles {
        for _ in 0..300 {
            let mut icc = profile.clone();
            for _ in 0..1 + random.below(4) {
                let at = random.below(icc.len());
                icc[at] = random.below(256) as u8;
            }
            icc.truncate(icc.len() - random.below(8) * random.below(20));
            let rgb =
                open(&png_with_profile(png::ColorType::Rgb, png::BitDepth::Eight, 1, &[1, 200, 3], &icc));
            let gray =
                open(&png_with_profile(png::ColorType::Grayscale, png::BitDepth::Eight, 1, &[99], &icc));
            assert!(rgb.luma.data()[0].is_finite() && gray.luma.data()[0].is_finite());
        }
    }
}

#[test]
fn every_output_carries_a_profile_that_reads_as_srgb() {
    // Not tiny: the TIFF reader of `image` bounds tags by the size of the picture.
    let colour = Raster::new(200, 200, Pixels::Rgb8([200, 100, 50].repeat(40_000))).unwrap();
    let gray = Raster::new(200, 200, Pixels::Gray8(vec![90; 40_000])).unwrap();
    for raster in [&colour, &gray] {
        for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff] {
            let bytes = encode(raster, &Default::default(), &EncodeOptions::new(format)).unwrap();
            let reader = image::ImageReader::new(std::io::Cursor::new(&bytes)).with_guessed_format().unwrap();
            let icc =
                reader.into_decoder().unwrap().icc_profile().unwrap().unwrap_or_else(|| panic!("{format}"));
            let profile = ColorProfile::new_from_slice(&icc).unwrap();
            // Not the day of writing: equal pictures must be equal files.
            assert_eq!(icc[24..36], [7, 232, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0], "{format}");
            let gray_file = raster.pixels().channels() == 1 && format != Format::WebP;
            let space = if gray_file { moxcms::DataColorSpace::Gray } else { moxcms::DataColorSpace::Rgb };
            assert_eq!(profile.color_space, space, "{format}");
            assert!(open(&bytes).warnings.is_empty());
        }
    }
}
