//! Which pictures the report shows, and how they get into it.

use autochrome_color::lab::{lab_to_rgb8, rgb8_to_lab};
use autochrome_color::resize::{Filter, fit_within, resize_chroma, resize_plane};
use autochrome_media::{EncodeOptions, Format, Metadata, Pixels, Raster, encode};

use crate::EvaluateError;
use crate::run::Row;

/// Longest side of a picture in the report: larger ones are made smaller.
const SIDE_PX: usize = 320;

/// JPEG quality of the report's pictures.
const QUALITY: u8 = 85;

/// How many of the best, of the median and of the worst pictures of a row are shown.
const EACH: usize = 3;

/// Most pictures on the contact sheet, spread evenly over the set.
pub(super) const SHEET: usize = 64;

/// A heading, and positions of pictures in the set.
pub(super) type Part = (&'static str, Vec<usize>);

/// Positions of a row's best, median and worst pictures by ΔE00, best first; all of them when there are few.
///
/// Pictures whose truth has next to no colour (ΔE00 of gray under 2) are left out: every method is right about them.
pub(super) fn best_median_worst(row: &Row, gray: Option<&Row>) -> Vec<Part> {
    let delta_e = |row: &Row, i: usize| {
        row.pictures[i].as_ref().ok().and_then(|scores| scores.against_truth).map(|t| t.delta_e)
    };
    let coloured = |i: &usize| gray.and_then(|gray| delta_e(gray, *i)).is_none_or(|gray| gray >= 2.0);
    let mut order: Vec<(usize, f32)> =
        (0..row.pictures.len()).filter(coloured).filter_map(|i| Some((i, delta_e(row, i)?))).collect();
    order.sort_by(|x, y| x.1.total_cmp(&y.1));
    let order: Vec<usize> = order.into_iter().map(|(i, _)| i).collect();
    if order.len() <= 3 * EACH {
        return if order.is_empty() { Vec::new() } else { vec![("All, best first", order)] };
    }
    let middle = (order.len() - EACH) / 2;
    vec![
        ("Best", order[..EACH].to_vec()),
        ("Median", order[middle..middle + EACH].to_vec()),
        ("Worst", order[order.len() - EACH..].to_vec()),
    ]
}

/// Positions of at most [`SHEET`] of `count` pictures, spread evenly.
pub(super) fn sheet(count: usize) -> Vec<usize> {
    let shown = count.min(SHEET);
    (0..shown).map(|k| k * count / shown).collect()
}

/// sRGB pixels as a `data:` address of a JPEG.
pub(super) fn data_uri(rgb: &[u8], width: usize, height: usize) -> Result<String, EvaluateError> {
    let (small_width, small_height) = fit_within(width, height, SIDE_PX);
    let pixels = if (small_width, small_height) == (width, height) {
        rgb.to_vec()
    } else {
        let (luma, chroma) = rgb8_to_lab(rgb, width, height);
        lab_to_rgb8(
            &resize_plane(&luma, small_width, small_height, Filter::Area),
            &resize_chroma(&chroma, small_width, small_height, Filter::Area),
        )
    };
    let raster = Raster::new(small_width as u32, small_height as u32, Pixels::Rgb8(pixels))?;
    let options = EncodeOptions { quality: QUALITY, note: false, ..EncodeOptions::new(Format::Jpeg) };
    Ok(format!("data:image/jpeg;base64,{}", base64(&encode(&raster, &Metadata::default(), &options)?)))
}

/// RFC 4648 with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for k in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * k)) as usize & 63];
            text.push(if k <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn large_pictures_are_made_smaller() {
        let small = data_uri(&[90; 3 * 320 * 200], 320, 200).unwrap();
        let large = data_uri(&[90; 3 * 640 * 400], 640, 400).unwrap();
        assert!(small.starts_with("data:image/jpeg;base64,/9j/"));
        assert_eq!(small.len(), large.len());
    }

    #[test]
    fn a_sheet_is_spread_over_the_set() {
        assert_eq!(sheet(3), [0, 1, 2]);
        let many = sheet(640);
        assert_eq!((many.len(), many[1], many[63]), (SHEET, 10, 630));
        assert!(sheet(0).is_empty());
    }
}
