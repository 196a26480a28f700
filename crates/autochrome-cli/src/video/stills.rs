//! Single frames of a film in colour: a contact sheet to look at, and pictures to retouch.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use autochrome::film::FilmColorist;
use autochrome::{EncodeOptions, Format, MediaError, Metadata, Pixels, Raster, encode, write_atomic};
use autochrome_film::{Ffmpeg, FilmError, Frame, SceneFrame, SceneOptions, Source, scenes};

use super::{blame, film_blame};
use crate::exit::{Blame as _, Failure};
use crate::interrupt;

/// Columns of a frame on a sheet.
const THUMB_WIDTH: usize = 320;
/// White between frames.
const GAP: usize = 6;
/// Scenes that a sheet shows; of longer films every so-manieth.
const MOST_THUMBS: usize = 240;

/// The film whose frames are looked at.
pub struct Stills<'a> {
    pub ffmpeg: &'a Ffmpeg,
    pub source: &'a Source,
    pub options: SceneOptions,
    pub colorist: &'a FilmColorist<'a>,
    pub stop: &'a AtomicBool,
}

impl Stills<'_> {
    /// Writes one sheet of all scenes. Gives their number.
    pub fn sheet(&self, path: &Path, overwrite: bool) -> Result<u64, Failure> {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let format =
            Format::from_extension(&extension).filter(|format| matches!(format, Format::Png | Format::Jpeg));
        let Some(format) = format else {
            return Err(Failure::usage(format!(
                "{}: a contact sheet is written as .jpg or .png",
                path.display()
            )));
        };
        let (width, height) = self.source.shown_size();
        let thumb_height = (THUMB_WIDTH * height / width.max(1)).max(1);
        let mut thumbs: Vec<Frame> = Vec::new();
        let (mut every, mut seen) = (1, 0_usize);
        let count = self.each(&mut |scene: SceneFrame| {
            if seen.is_multiple_of(every) {
                thumbs.push(scene.picture.shrunk(THUMB_WIDTH, thumb_height));
            }
            seen += 1;
            if thumbs.len() == MOST_THUMBS {
                let mut place = 0;
                thumbs.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                every *= 2;
            }
            Ok(())
        })?;
        let sheet = arrange(&thumbs, THUMB_WIDTH, thumb_height);
        write(path, &sheet, format, overwrite)?;
        Ok(count)
    }

    /// Writes a picture for every scene into a folder. Gives their number.
    pub fn pictures(&self, folder: &Path, overwrite: bool) -> Result<u64, Failure> {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))
            .environment()?;
        let mut failure = None;
        let result = self.each(&mut |scene: SceneFrame| {
            let path = folder.join(format!("ref_{:06}.png", scene.number));
            write(&path, &scene.picture, Format::Png, overwrite).map_err(|error| {
                failure = Some(error);
                FilmError::Stopped
            })
        });
        match failure {
            Some(failure) => Err(failure),
            None => result,
        }
    }

    fn each(&self, each: &mut dyn FnMut(SceneFrame) -> Result<(), FilmError>) -> Result<u64, Failure> {
        scenes(self.ffmpeg, self.source, &self.options, self.colorist, self.stop, each).map_err(film_blame)
    }
}

fn write(path: &Path, frame: &Frame, format: Format, overwrite: bool) -> Result<(), Failure> {
    let side = |px: usize| u32::try_from(px).unwrap_or(u32::MAX);
    let raster = Raster::new(side(frame.width), side(frame.height), Pixels::Rgb8(frame.rgb.clone()));
    let bytes = raster.and_then(|raster| encode(&raster, &Metadata::default(), &EncodeOptions::new(format)));
    let bytes = bytes.map_err(|error| blame(error.into()))?;
    interrupt::undisturbed(|| write_atomic(path, &bytes, overwrite)).map_err(|error| match error {
        MediaError::OutputExists { path } => {
            Failure::usage(format!("{} exists already; --overwrite replaces it", path.display()))
        }
        error => blame(error.into()),
    })
}

/// Frames of one size in rows, about as wide as high.
fn arrange(thumbs: &[Frame], width: usize, height: usize) -> Frame {
    let columns = ((thumbs.len() as f64 * height as f64 / width as f64 * 1.5).sqrt().ceil() as usize)
        .clamp(1, thumbs.len().max(1));
    let rows = thumbs.len().div_ceil(columns).max(1);
    let (all_width, all_height) = (columns * (width + GAP) + GAP, rows * (height + GAP) + GAP);
    let mut rgb = vec![255; 3 * all_width * all_height];
    for (place, thumb) in thumbs.iter().enumerate() {
        let (left, top) = (GAP + place % columns * (width + GAP), GAP + place / columns * (height + GAP));
        for (y, row) in thumb.rgb.chunks_exact(3 * width).enumerate() {
            rgb[3 * ((top + y) * all_width + left)..][..3 * width].copy_from_slice(row);
        }
    }
    Frame { width: all_width, height: all_height, rgb }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_a_place_for_every_scene() {
        let red = Frame { width: 4, height: 2, rgb: [200, 0, 0].repeat(8) };
        let small = red.shrunk(2, 1);
        assert_eq!(small.rgb, [200, 0, 0, 200, 0, 0]);
        for count in [1, 2, 5, 17] {
            let sheet = arrange(&vec![small.clone(); count], 2, 1);
            let reds = sheet.rgb.chunks_exact(3).filter(|pixel| pixel[1] == 0).count();
            assert_eq!((reds, sheet.rgb.len()), (2 * count, 3 * sheet.width * sheet.height));
        }
    }
}
