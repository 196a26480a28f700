//! The figures of one painted picture.

use autochrome_color::bins::{self, BINS};
use autochrome_color::delta_e::ciede2000_plane;
use autochrome_color::lab::rgb8_to_lab;
use autochrome_color::metrics::{auc, auc_rebalanced, colourfulness, luma_change, psnr, ssim_rgb8};
use autochrome_color::{Chroma, Plane};

use crate::edges::{Edges, edges};
use crate::regions::{Region, Regions};
use crate::set::Picture;
use crate::skin::{self, GRAY_CHROMA, Skin};
use crate::statistics::{mean, quantile};

/// Equal pictures have infinite PSNR; a mean needs a number far above anything with an error in it.
pub const PSNR_CAP_DB: f32 = 100.0;

/// What one picture got.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// CF after Hasler and Süsstrunk.
    pub colourfulness: f32,
    /// Share of pixels with a chroma below [`GRAY_CHROMA`], 0..=1.
    pub gray_share: f32,
    /// Edges of the painted colours; `None` when there are none to judge.
    pub edges: Option<Edges>,
    /// Largest change of lightness at any pixel, in steps of 1/255 of L.
    pub luma_change: f32,
    /// Milliseconds on one thread; 0 where nothing was computed.
    pub ms: f32,
    /// The figures that need a truth.
    pub against_truth: Option<AgainstTruth>,
    /// How its colours spread where the truth has one; empty without a truth.
    pub regions: Vec<Region>,
}

/// How far a picture lies from the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgainstTruth {
    /// PSNR over RGB in decibels, at most [`PSNR_CAP_DB`].
    pub psnr_db: f32,
    /// SSIM, the mean over red, green and blue.
    pub ssim: Option<f32>,
    /// Mean CIEDE2000 over pixels.
    pub delta_e: f32,
    /// 95th percentile of CIEDE2000 over pixels.
    pub delta_e_p95: f32,
    /// Area under the curve of ab errors, every pixel alike, 0..=1.
    pub auc: f32,
    /// The same, pixels weighed by how rare their true colour is in the set, 0..=1.
    pub auc_rebalanced: f32,
    /// Sum of those weights: what `auc_rebalanced` counts in a mean over pictures.
    pub auc_weight: f64,
    /// What became of the skin in it, for pictures of people.
    pub skin: Option<Skin>,
}

/// A truth with everything that is the same for every painter.
pub(crate) struct Truth<'a> {
    picture: &'a Picture,
    pub luma: Plane,
    pub chroma: Chroma,
    weights: &'a [f32; BINS],
    auc_weight: f64,
    skin: Option<Vec<bool>>,
    pub regions: Regions,
}

impl<'a> Truth<'a> {
    /// `people` asks for the skin check.
    pub fn new(picture: &'a Picture, weights: &'a [f32; BINS], people: bool) -> Self {
        let (luma, chroma) = picture.lab();
        let ab = chroma.a.data().iter().zip(chroma.b.data());
        let auc_weight = ab.map(|(&a, &b)| f64::from(weights[bins::nearest(a, b)])).sum();
        let skin = if people { skin::mask(&picture.rgb, &luma, &chroma) } else { None };
        let regions = Regions::new(&chroma, picture.things.as_deref());
        Self { picture, luma, chroma, weights, auc_weight, skin, regions }
    }

    pub fn psnr_db(&self, painted: &[u8]) -> f32 {
        psnr(painted, &self.picture.rgb).min(PSNR_CAP_DB)
    }

    pub fn score(&self, painted: &[u8], ms: f32) -> Scores {
        let Picture { width, height, rgb, .. } = self.picture;
        let (luma, chroma) = rgb8_to_lab(painted, *width, *height);
        let differences = ciede2000_plane(&luma, &chroma, &self.luma, &self.chroma);
        let mut differences: Vec<f64> = differences.data().iter().map(|&d| f64::from(d)).collect();
        let against_truth = AgainstTruth {
            psnr_db: self.psnr_db(painted),
            ssim: ssim_rgb8(painted, rgb, *width, *height),
            delta_e: mean(differences.iter().copied()) as f32,
            delta_e_p95: quantile(&mut differences, 0.95) as f32,
            auc: auc(&chroma, &self.chroma),
            auc_rebalanced: auc_rebalanced(&chroma, &self.chroma, self.weights),
            auc_weight: self.auc_weight,
            skin: self.skin.as_ref().map(|mask| skin::measure_skin(mask, &chroma)),
        };
        let by_itself = score_alone(painted, &self.luma, (&luma, &chroma), ms);
        let regions = self.regions.measure(&chroma);
        Scores { against_truth: Some(against_truth), regions, ..by_itself }
    }
}

/// The figures that need no truth; `given` is the luma that was painted.
pub(crate) fn score_without_truth(given: &Plane, painted: &[u8], ms: f32) -> Scores {
    let (luma, chroma) = rgb8_to_lab(painted, given.width(), given.height());
    score_alone(painted, given, (&luma, &chroma), ms)
}

fn score_alone(painted: &[u8], given: &Plane, (luma, chroma): (&Plane, &Chroma), ms: f32) -> Scores {
    let gray =
        chroma.a.data().iter().zip(chroma.b.data()).filter(|(a, b)| a.hypot(**b) < GRAY_CHROMA).count();
    Scores {
        colourfulness: colourfulness(painted),
        gray_share: gray as f32 / chroma.a.data().len().max(1) as f32,
        edges: edges(luma, chroma),
        luma_change: luma_change(luma, given),
        ms,
        against_truth: None,
        regions: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use autochrome_color::delta_e::mean_ciede2000;

    use super::*;
    use crate::example::{Folder, options};

    #[test]
    fn the_truth_scores_perfectly_against_itself() {
        let set = Folder::new().blobs("a.png", 40, 40, 3).load(options(32));
        let picture = &set.pictures()[0];
        let scores = Truth::new(picture, set.class_weights(), false).score(&picture.rgb, 1.5);
        let truth = scores.against_truth.unwrap();
        assert_eq!((truth.psnr_db, truth.delta_e, truth.delta_e_p95), (PSNR_CAP_DB, 0.0, 0.0));
        assert!((truth.ssim.unwrap() - 1.0).abs() < 1e-6);
        assert!((truth.auc - 1.0).abs() < 1e-6 && (truth.auc_rebalanced - 1.0).abs() < 1e-6);
        assert_eq!((truth.skin, scores.ms, scores.luma_change), (None, 1.5, 0.0));
    }

    #[test]
    fn figures_are_those_of_the_colour_crate() {
        let set = Folder::new().blobs("a.png", 40, 40, 3).blobs("b.png", 40, 40, 4).load(options(32));
        let [picture, other] = set.pictures() else { panic!() };
        let scores = Truth::new(picture, set.class_weights(), false).score(&other.rgb, 0.0);
        let truth = scores.against_truth.unwrap();
        let ((luma, chroma), (other_luma, other_chroma)) = (picture.lab(), other.lab());
        assert_eq!(truth.psnr_db, psnr(&other.rgb, &picture.rgb));
        assert_eq!(scores.luma_change, luma_change(&other_luma, &luma));
        assert!((truth.delta_e - mean_ciede2000(&other_luma, &other_chroma, &luma, &chroma)).abs() < 1e-4);
        assert_eq!(scores.colourfulness, colourfulness(&other.rgb));
        assert!(truth.delta_e_p95 >= truth.delta_e);
    }

    #[test]
    fn a_gray_picture_is_all_gray_and_has_no_colour_edges() {
        let set = Folder::new().blobs("a.png", 40, 40, 3).load(options(32));
        let picture = &set.pictures()[0];
        let gray = vec![100; picture.rgb.len()];
        let scores = score_without_truth(&picture.lab().0, &gray, 0.0);
        assert_eq!((scores.gray_share, scores.colourfulness, scores.edges), (1.0, 0.0, None));
        assert_eq!(scores.against_truth, None);
    }
}
