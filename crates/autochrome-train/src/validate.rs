//! How good a network is, on pictures it never saw.

use autochrome_color::delta_e::mean_ciede2000;
use autochrome_color::lab::{lab_to_rgb8, rgb8_to_lab};
use autochrome_color::metrics::{colourfulness, psnr};
use autochrome_color::render::render8;
use autochrome_color::{Chroma, Plane, Tone};
use autochrome_data::{Index, Sample, centre_sample};
use autochrome_engine::{PredictOptions, Session};

use crate::TrainError;

/// Colour pictures held ready: L as the question, RGB as the truth.
#[derive(Debug)]
pub struct ValidationSet {
    pictures: Vec<Picture>,
}

#[derive(Debug)]
struct Picture {
    luma: Plane,
    truth: Vec<u8>,
}

/// Means over a set; PSNR in dB over RGB, ΔE00 in CIEDE2000 units, CF after Hasler and Süsstrunk.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// Pictures measured.
    pub n: usize,
    /// Peak signal-to-noise ratio of RGB, mean over pictures.
    pub psnr_db: f64,
    /// CIEDE2000, mean over pixels and pictures.
    pub delta_e: f64,
    /// Colourfulness, mean over pictures.
    pub colourfulness: f64,
}

impl Scores {
    /// What checkpoints are chosen by, smaller is better: ΔE00 against gray's, with a fine for dullness.
    ///
    /// A network that paints everything nearly gray has a good ΔE00 and nobody wants it; up to the truth's
    /// colourfulness, each point is worth a two-hundredth of gray's ΔE00.
    #[must_use]
    pub fn score(&self, gray: &Self, truth: &Self) -> f64 {
        self.delta_e / gray.delta_e + 0.005 * (truth.colourfulness - self.colourfulness).max(0.0)
    }
}

impl ValidationSet {
    /// The centre squares of `pictures` files spread evenly over the folder (0 takes all), `size_px` a side.
    ///
    /// # Errors
    /// [`TrainError::Data`] when the index holds a file that does not decode.
    pub fn load(index: &Index, pictures: usize, size_px: usize) -> Result<Self, TrainError> {
        let count = if pictures == 0 { index.len() } else { pictures.min(index.len()) };
        let pictures = (0..count)
            .map(|i| Ok(Picture::of(centre_sample(index.path(i * index.len() / count), size_px)?)))
            .collect::<Result<_, TrainError>>()?;
        Ok(Self { pictures })
    }

    /// Scores of a network, painted by the path every user's picture takes.
    ///
    /// # Errors
    /// [`TrainError::Net`] when the network refuses a picture.
    pub fn measure(&self, session: &Session, options: &PredictOptions) -> Result<Scores, TrainError> {
        self.mean(|picture| {
            let chroma = session.predict(&picture.luma, &[], options)?;
            Ok(render8(&picture.luma, &chroma, &Tone::default()))
        })
    }

    /// Scores of painting nothing.
    #[must_use]
    pub fn gray(&self) -> Scores {
        let none = Chroma::neutral(1, 1);
        self.mean(|picture| Ok(render8(&picture.luma, &none, &Tone::default()))).unwrap_or_default()
    }

    /// Scores of the truth against itself; only its colourfulness says something.
    #[must_use]
    pub fn truth(&self) -> Scores {
        self.mean(|picture| Ok(picture.truth.clone())).unwrap_or_default()
    }

    fn mean(&self, paint: impl Fn(&Picture) -> Result<Vec<u8>, TrainError>) -> Result<Scores, TrainError> {
        let mut sum = Scores { n: self.pictures.len(), ..Scores::default() };
        for picture in &self.pictures {
            let (width, height) = picture.luma.size();
            let painted = paint(picture)?;
            let (luma, chroma) = rgb8_to_lab(&painted, width, height);
            let (true_luma, true_chroma) = rgb8_to_lab(&picture.truth, width, height);
            // Identical pictures have infinite PSNR; 100 dB is far above anything with an error in it.
            sum.psnr_db += f64::from(psnr(&painted, &picture.truth).min(100.0));
            sum.delta_e += f64::from(mean_ciede2000(&luma, &chroma, &true_luma, &true_chroma));
            sum.colourfulness += f64::from(colourfulness(&painted));
        }
        let n = self.pictures.len().max(1) as f64;
        sum.psnr_db /= n;
        sum.delta_e /= n;
        sum.colourfulness /= n;
        Ok(sum)
    }

    /// Question, answer and truth of the `i`-th picture as RGB bytes, with their width and height.
    pub(crate) fn comparison(&self, i: usize, session: &Session) -> Result<Triple, TrainError> {
        let picture = &self.pictures[i];
        let chroma = session.predict(&picture.luma, &[], &PredictOptions::default())?;
        Ok(Triple {
            size: picture.luma.size(),
            gray: render8(&picture.luma, &Chroma::neutral(1, 1), &Tone::default()),
            painted: render8(&picture.luma, &chroma, &Tone::default()),
            truth: picture.truth.clone(),
        })
    }

    /// Number of pictures.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pictures.len()
    }

    /// Whether there is no picture.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pictures.is_empty()
    }
}

/// One row of a sample sheet.
pub(crate) struct Triple {
    pub size: (usize, usize),
    pub gray: Vec<u8>,
    pub painted: Vec<u8>,
    pub truth: Vec<u8>,
}

impl Picture {
    fn of(sample: Sample) -> Self {
        let size = sample.size_px;
        let (a, b) = sample.ab.split_at(size * size);
        let plane = |values: &[f32]| Plane::from_vec(size, size, values.to_vec()).unwrap_or_default();
        let truth = lab_to_rgb8(&plane(&sample.luma), &Chroma { a: plane(a), b: plane(b) });
        Self { luma: plane(&sample.luma), truth }
    }
}
