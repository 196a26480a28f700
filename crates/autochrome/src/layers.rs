//! Results for editors: the colour apart from the photograph.

use autochrome_color::resize::{Filter, fit_within, resize_plane};
use autochrome_color::{Chroma, Plane, Tone};
use autochrome_media::{
    Alpha, Blend, EncodeOptions, Format, Layer, Metadata, OPEN_RASTER_THUMBNAIL_PX, Pixels, Raster, encode,
    encode_open_raster,
};
use autochrome_methods::{Guidance, Srgb};

use crate::colored::{raster, render};
use crate::{Colored, Error, Prepared};

impl Prepared<'_> {
    /// An OpenRaster file of a result of [`Prepared::render`]: the gray photograph below, its colour above in the mode "Color", and the
    /// points and strokes that were given on top.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn open_raster(&self, colored: &Colored) -> Result<Vec<u8>, Error> {
        let gray = self.gray()?;
        let hints = self.hints(colored.raster());
        let mut layers = vec![
            Layer { name: "Photograph", blend: Blend::Normal, raster: &gray },
            Layer { name: "Colour", blend: Blend::Color, raster: colored.raster() },
        ];
        if let Some(hints) = &hints {
            layers.push(Layer { name: "Hints", blend: Blend::Normal, raster: hints });
        }
        let thumbnail = thumbnail(colored.raster())?;
        Ok(encode_open_raster(&layers, colored.raster(), &thumbnail, colored.metadata())?)
    }

    /// The colour of a result of [`Prepared::render`] alone, as a PNG, or as a TIFF where that is the format that was ordered: as transparent as
    /// can be, so that it makes the result when it is laid over the gray photograph in the mode "Normal".
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn color_layer(&self, colored: &Colored) -> Result<Vec<u8>, Error> {
        let (gray, result) = (self.gray()?, colored.raster());
        let (pixels, alpha) = match (gray.pixels(), result.pixels()) {
            (Pixels::Rgb8(gray), Pixels::Rgb8(result)) => {
                let (rgb, alpha) = color_layer_pixels(gray, result, 255.0, |value| value as u8);
                (Pixels::Rgb8(rgb), Alpha::Eight(alpha))
            }
            (Pixels::Rgb16(gray), Pixels::Rgb16(result)) => {
                let (rgb, alpha) = color_layer_pixels(gray, result, 65535.0, |value| value as u16);
                (Pixels::Rgb16(rgb), Alpha::Sixteen(alpha))
            }
            // Results are never without colour channels, and both come from one picture.
            _ => return Err(Error::NoAnswer("layers")),
        };
        let layer = Raster::new(result.width(), result.height(), pixels)?.with_alpha(Some(alpha))?;
        Ok(encode(&layer, &Metadata::default(), &EncodeOptions::new(self.layer_format()))?)
    }

    /// The format of [`Prepared::color_layer`].
    #[must_use]
    pub fn layer_format(&self) -> Format {
        if self.format() == Format::Tiff { Format::Tiff } else { Format::Png }
    }

    /// The photograph without colour, at the size of the result.
    fn gray(&self) -> Result<Raster, Error> {
        let picture = self.shown();
        let pixels = render(&picture.luma, picture.depth, &Chroma::neutral(1, 1), &Tone::default());
        Ok(raster(picture.width(), picture.height(), pixels)?.with_alpha(picture.alpha.clone())?)
    }

    /// Points and strokes as a person gave them, where there are any.
    fn hints(&self, like: &Raster) -> Option<Raster> {
        let guidance = self.guidance();
        if guidance.points.is_empty() && guidance.strokes.is_empty() {
            return None;
        }
        let (width, height) = (like.width() as usize, like.height() as usize);
        let mut sheet =
            Sheet { width, height, rgb: vec![0; 3 * width * height], alpha: vec![0; width * height] };
        sheet.draw(guidance);
        let raster = raster(width, height, Pixels::Rgb8(sheet.rgb)).ok()?;
        raster.with_alpha(Some(Alpha::Eight(sheet.alpha))).ok()
    }
}

/// The colour that, as opaque as it must be and no more, makes `result` of `gray`; what was gray stays transparent.
fn color_layer_pixels<S: Copy + Into<f32>>(
    gray: &[S],
    result: &[S],
    most: f32,
    sample: fn(f32) -> S,
) -> (Vec<S>, Vec<S>) {
    let (mut rgb, mut alpha) = (Vec::with_capacity(result.len()), Vec::with_capacity(result.len() / 3));
    for (gray, result) in gray.chunks_exact(3).zip(result.chunks_exact(3)) {
        let (gray, result): ([f32; 3], [f32; 3]) =
            (std::array::from_fn(|i| gray[i].into()), std::array::from_fn(|i| result[i].into()));
        // How far each channel went, of how far it could go.
        let share = |i: usize| match result[i] - gray[i] {
            up if up > 0.0 => up / (most - gray[i]),
            down if down < 0.0 => down / -gray[i],
            _ => 0.0,
        };
        let opacity = (0..3).map(share).fold(0.0, f32::max);
        // Rounded up: a colour that is a little too opaque can be right, one that is too transparent cannot.
        let opacity = ((opacity * most).ceil() / most).min(1.0);
        let pure = |i: usize| {
            if opacity == 0.0 {
                0.0
            } else {
                (gray[i] + (result[i] - gray[i]) / opacity).round().clamp(0.0, most)
            }
        };
        rgb.extend([pure(0), pure(1), pure(2)].map(sample));
        alpha.push(sample((opacity * most).round()));
    }
    (rgb, alpha)
}

/// The result made small.
fn thumbnail(picture: &Raster) -> Result<Raster, Error> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (small_width, small_height) = fit_within(width, height, OPEN_RASTER_THUMBNAIL_PX);
    let channels: Vec<Plane> = (0..3)
        .map(|channel| {
            let samples: Vec<f32> = match picture.pixels() {
                Pixels::Rgb8(rgb) => rgb.iter().skip(channel).step_by(3).map(|&v| f32::from(v)).collect(),
                Pixels::Rgb16(rgb) => {
                    rgb.iter().skip(channel).step_by(3).map(|&v| f32::from(v) / 257.0).collect()
                }
                _ => Vec::new(),
            };
            let plane = Plane::from_vec(width, height, samples).unwrap_or_default();
            resize_plane(&plane, small_width, small_height, Filter::Area)
        })
        .collect();
    let rgb = (0..small_width * small_height)
        .flat_map(|i| channels.iter().map(move |plane| plane.data()[i].round().clamp(0.0, 255.0) as u8))
        .collect();
    raster(small_width, small_height, Pixels::Rgb8(rgb))
}

/// A transparent sheet to draw hints on.
struct Sheet {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
    alpha: Vec<u8>,
}

impl Sheet {
    fn draw(&mut self, guidance: &Guidance) {
        let (width, height) = (self.width as f32, self.height as f32);
        let longer = width.max(height);
        for stroke in &guidance.strokes {
            let radius = (stroke.width * longer / 2.0).max(0.5);
            let corners: Vec<[f32; 2]> = stroke.path.iter().map(|[x, y]| [x * width, y * height]).collect();
            for pair in corners.windows(2) {
                let (from, to) = (pair[0], pair[1]);
                // Dabs close enough to each other make a line.
                let steps = ((to[0] - from[0]).hypot(to[1] - from[1]) / radius.max(1.0)).ceil().min(65_536.0);
                for step in 0..=steps as usize {
                    let share = if steps > 0.0 { step as f32 / steps } else { 0.0 };
                    let at = |i: usize| from[i] + share * (to[i] - from[i]);
                    self.fill_disc([at(0), at(1)], radius, stroke.color);
                }
            }
            if let [only] = corners[..] {
                self.fill_disc(only, radius, stroke.color);
            }
        }
        for point in &guidance.points {
            self.fill_disc(
                [point.x * width, point.y * height],
                (point.radius * longer).max(0.5),
                point.color,
            );
        }
    }

    fn fill_disc(&mut self, [x, y]: [f32; 2], radius: f32, Srgb { red, green, blue }: Srgb) {
        if !(x.is_finite() && y.is_finite() && radius.is_finite()) {
            return;
        }
        let range = |middle: f32, side: usize| {
            let start = (middle - radius).floor().max(0.0) as usize;
            start.min(side)..((middle + radius).ceil().max(0.0) as usize).min(side)
        };
        for row in range(y, self.height) {
            for column in range(x, self.width) {
                let away = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
                if away <= radius.max(0.75) {
                    let pixel = row * self.width + column;
                    self.rgb[3 * pixel..3 * pixel + 3].copy_from_slice(&[red, green, blue]);
                    self.alpha[pixel] = u8::MAX;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_laid_over_gray_is_the_result() {
        let gray: Vec<u8> = (0..=255_u8).flat_map(|v| [v; 3]).collect();
        let result: Vec<u8> =
            (0..=255_u8).flat_map(|v| [v.saturating_add(30), v, v.saturating_sub(50)]).collect();
        let (rgb, alpha) = color_layer_pixels(&gray, &result, 255.0, |value| value as u8);
        for (i, alpha) in alpha.iter().enumerate() {
            let share = f32::from(*alpha) / 255.0;
            for channel in 3 * i..3 * i + 3 {
                let laid = f32::from(gray[channel]) * (1.0 - share) + f32::from(rgb[channel]) * share;
                assert!((laid - f32::from(result[channel])).abs() <= 1.01, "{i}: {laid}");
            }
        }
    }

    #[test]
    fn what_stays_gray_is_transparent() {
        let (_, alpha) =
            color_layer_pixels(&[9_u8, 9, 9, 80, 80, 80], &[9, 9, 9, 80, 90, 80], 255.0, |value| value as u8);
        assert_eq!(alpha[0], 0);
        assert!((10..20).contains(&alpha[1]), "{}", alpha[1]);
    }
}
