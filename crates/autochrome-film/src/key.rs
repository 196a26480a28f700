//! A keyframe and its colours, at the size at which colours are carried.

use std::sync::Arc;

use autochrome_color::resize::{Filter, fit_within, resize_chroma, resize_plane};
use autochrome_color::{Chroma, Plane};

use crate::codes::{Codes, to_lab};
use crate::colorist::{Colorist, KEYFRAME_PX, KeyColors, Keyframe};
use crate::error::{FilmError, Result};
use crate::layout::{Layout, Sampling};
use crate::planes::{codes, luma_codes, resample, shared};
use crate::shot::Shot;
use crate::small::{Pyramid, working_size};
use crate::source::Source;

/// Deviation of chroma that does not go with luma, in codes of 8 bits, from which a frame is in colour: more than noise and than
/// the tint of an old print.
const IN_COLOR: f32 = 3.5;
/// Levels of luma by which a tint may differ.
const TINT_LEVELS: usize = 16;

/// A keyframe in work.
#[derive(Debug)]
pub(crate) struct Key {
    pub number: u64,
    pub pyramid: Arc<Pyramid>,
    /// Its colours at working size; nothing for a frame that has its own and keeps them.
    pub colors: Option<KeyColors>,
    /// Whether it has colours of its own that stay.
    pub keeps: bool,
}

impl Key {
    /// The keyframe of a scene that stays as it is.
    pub fn left(shot: &Shot) -> Self {
        Self { number: shot.frame.number, pyramid: Arc::clone(&shot.pyramid), colors: None, keeps: true }
    }
}

/// Makes keyframes of one film.
pub(crate) struct KeyMaker<'a> {
    pub source: &'a Source,
    pub codes: Codes,
    pub lightness: Vec<f32>,
    pub colorist: &'a dyn Colorist,
    /// Whether frames that are in colour are coloured, too.
    pub recolor: bool,
    /// The size at which colours are carried.
    pub working: (usize, usize),
}

impl<'a> KeyMaker<'a> {
    /// One that asks `colorist`, and for frames in colour too where `recolor` says so or `colorist` starts from their colours.
    pub fn new(source: &'a Source, colorist: &'a dyn Colorist, recolor: bool) -> Self {
        let codes = source.codes();
        let (width, height) = source.shown_size();
        Self {
            source,
            codes,
            lightness: codes.lightness(),
            colorist,
            recolor: recolor || colorist.needs_colors(),
            working: working_size(width, height),
        }
    }

    /// Finds the colours of a frame, unless it keeps its own.
    pub fn make(&self, shot: &Shot, scene: u64) -> Result<Key> {
        let keeps = !self.recolor && self.is_in_color(&shot.frame.data);
        let colors = if keeps { None } else { Some(self.colors(shot, scene)?) };
        Ok(Key { number: shot.frame.number, pyramid: Arc::clone(&shot.pyramid), colors, keeps })
    }

    fn colors(&self, shot: &Shot, scene: u64) -> Result<KeyColors> {
        let (luma, chroma) = self.lab(&shot.frame.data);
        let (num, den) = self.source.time_base;
        let key = Keyframe {
            number: shot.frame.number,
            timestamp_s: shot.frame.pts as f64 * num as f64 / den as f64,
            scene,
            luma,
            chroma,
        };
        let found = self.colorist.colors(&key);
        let KeyColors { chroma, trust } =
            found.map_err(|source| FilmError::Colors { frame: key.number, source })?;
        let (width, height) = self.working;
        let smaller = chroma.a.width() >= width && chroma.a.height() >= height;
        let filter = if smaller { Filter::Area } else { Filter::Bilinear };
        Ok(KeyColors { chroma: resize_chroma(&chroma, width, height, filter), trust })
    }

    /// L, and the colours where they are asked for, with square pixels.
    fn lab(&self, data: &[u8]) -> (Plane, Option<Chroma>) {
        let Source { width, height, .. } = *self.source;
        let (shown_width, shown_height) = self.source.shown_size();
        let (to_width, to_height) = fit_within(shown_width, shown_height, KEYFRAME_PX);
        let layout = self.source.layout();
        if self.colorist.needs_colors() {
            let (luma, chroma) = self.full_lab(data, layout);
            let luma = resize_plane(&luma, to_width, to_height, Filter::Area);
            return (luma, Some(resize_chroma(&chroma, to_width, to_height, Filter::Area)));
        }
        let codes = luma_codes(data, layout, width, height);
        let last = self.lightness.len() - 1;
        let lightness = codes.iter().map(|code| self.lightness[usize::from(*code).min(last)]);
        let luma = Plane::from_vec(width, height, lightness.collect()).unwrap_or_default();
        (resize_plane(&luma, to_width, to_height, Filter::Area), None)
    }

    fn full_lab(&self, data: &[u8], layout: Layout) -> (Plane, Chroma) {
        let Source { width, height, .. } = *self.source;
        let [luma, cb, cr] = codes(data, layout, width, height);
        let from = layout.chroma_size(width, height);
        let full = |plane: &[u16]| match layout.sampling {
            Sampling::Gray => vec![self.codes.neutral(); width * height],
            _ => resample(plane, from, (width, height)),
        };
        to_lab(self.codes, [&luma, &full(&cb), &full(&cr)], width, height)
    }

    /// Whether a frame has colours that are more than one tint.
    fn is_in_color(&self, data: &[u8]) -> bool {
        let layout = self.source.layout();
        if layout.sampling == Sampling::Gray {
            return false;
        }
        let Source { width, height, .. } = *self.source;
        let [luma, cb, cr] = codes(data, layout, width, height);
        let luma = shared(&luma, width, height, layout.sampling);
        let unit = f32::from(1_u16 << (layout.depth - 8));
        deviation(&luma, &cb, &cr, layout.depth) / unit > IN_COLOR
    }
}

/// Deviation of chroma from its mean at the same luma, in codes.
fn deviation(luma: &[u16], cb: &[u16], cr: &[u16], depth: u8) -> f32 {
    // Count, sums and sums of squares for each level.
    let mut levels = [[0.0_f64; 5]; TINT_LEVELS];
    for ((luma, cb), cr) in luma.iter().zip(cb).zip(cr) {
        let level = &mut levels[((usize::from(*luma) * TINT_LEVELS) >> depth).min(TINT_LEVELS - 1)];
        let (cb, cr) = (f64::from(*cb), f64::from(*cr));
        for (sum, value) in level.iter_mut().zip([1.0, cb, cb * cb, cr, cr * cr]) {
            *sum += value;
        }
    }
    let within = |[count, sum_b, square_b, sum_r, square_r]: [f64; 5]| {
        if count == 0.0 { 0.0 } else { square_b - sum_b * sum_b / count + square_r - sum_r * sum_r / count }
    };
    let sum: f64 = levels.into_iter().map(within).sum();
    (sum.max(0.0) / luma.len().max(1) as f64).sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::deviation;

    #[test]
    fn a_tint_is_no_colour() {
        let luma: Vec<u16> = (0..2560).map(|i| i % 256).collect();
        let sepia_b: Vec<u16> = luma.iter().map(|l| 128 - l / 16).collect();
        let sepia_r: Vec<u16> = luma.iter().map(|l| 128 + l / 20).collect();
        assert!(deviation(&luma, &sepia_b, &sepia_r, 8) < 1.0);
        let red_and_blue: Vec<u16> = (0..2560).map(|i| if i % 7 < 3 { 140 } else { 120 }).collect();
        assert!(deviation(&luma, &red_and_blue, &sepia_r, 8) > 5.0);
    }
}
