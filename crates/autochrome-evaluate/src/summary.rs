//! From pictures to rows: means, intervals, comparison with gray.

use std::collections::{BTreeMap, BTreeSet};

use crate::regions::{PATCHY, Region};
use crate::score::{AgainstTruth, Scores};
use crate::skin::Skin;
use crate::statistics::{Bootstrap, Estimate, mean, mean_of_some};

/// The figures of one painter over a set or a part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Pictures that were painted.
    pub n: usize,
    /// Pictures that the painter could not paint; they are in no figure.
    pub failed: usize,
    /// CF, mean over pictures.
    pub colourfulness: Estimate,
    /// Share of pixels that are gray (chroma under 8), mean over pictures.
    pub gray_share: f64,
    /// Edge agreement, mean over the pictures that have colour edges.
    pub edge_agreement: Option<f64>,
    /// Bleeding, mean over the pictures that have colour edges.
    pub bleeding: Option<f64>,
    /// Largest change of lightness at any pixel of any picture, in steps of 1/255 of L.
    pub luma_change: f64,
    /// Milliseconds a picture on one thread, mean; 0 where nothing was computed.
    pub ms: f64,
    /// The figures that need a truth.
    pub against_truth: Option<TruthSummary>,
}

/// How far a painter lies from the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct TruthSummary {
    /// PSNR over RGB in decibels, mean over pictures.
    pub psnr_db: Estimate,
    /// SSIM, mean over pictures.
    pub ssim: Option<f64>,
    /// CIEDE2000, mean over pixels and pictures.
    pub delta_e: Estimate,
    /// Mean over pictures of the 95th percentile over pixels.
    pub delta_e_p95: f64,
    /// `delta_e` as a share of gray's on the same pictures: under 1 is better than painting nothing.
    pub delta_e_to_gray: Estimate,
    /// |mean CF − mean CF of the truth| on the same pictures.
    pub delta_cf: f64,
    /// AuC over all pixels.
    pub auc: f64,
    /// AuC over all pixels, weighed by how rare their colours are in the whole set.
    pub auc_rebalanced: f64,
    /// What became of skin, over the pictures of people; `None` when there are none.
    pub skin: Option<Skin>,
    /// Pictures with skin in it.
    pub skin_pictures: usize,
    /// How colours spread where the truth has one; `None` when it has none anywhere.
    pub patchwork: Option<Patchwork>,
    /// The same for each class of thing that masks name, in the order of the classes.
    pub patchwork_of: Vec<(u8, Patchwork)>,
}

/// How colours spread over regions of one colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patchwork {
    /// Regions.
    pub regions: usize,
    /// Mean span of ours, in units of ab.
    pub span: f64,
    /// Mean span of the truth.
    pub true_span: f64,
    /// Share of regions in which ours spans more than [`PATCHY`](crate::PATCHY), 0..=1.
    pub patchy: f64,
}

impl Patchwork {
    fn of<'a>(regions: impl Iterator<Item = &'a Region> + Clone) -> Option<Self> {
        let count = regions.clone().count();
        (count > 0).then(|| Self {
            regions: count,
            span: mean(regions.clone().map(|r| r.span)),
            true_span: mean(regions.clone().map(|r| r.true_span)),
            patchy: mean(regions.map(|r| f64::from(u8::from(r.span > PATCHY)))),
        })
    }
}

/// What one picture got from a painter, and from gray and truth beside it.
#[derive(Clone, Copy)]
pub(crate) struct Beside<'a> {
    pub scores: &'a Scores,
    pub gray: Option<&'a Scores>,
    pub truth: Option<&'a Scores>,
}

/// The row of a painter over these pictures; `None` when it painted none of them.
pub(crate) fn summarise(pictures: &[Beside<'_>], failed: usize, bootstrap: Bootstrap) -> Option<Summary> {
    let n = pictures.len();
    if n == 0 {
        return None;
    }
    let mean_by = |value: &dyn Fn(&Scores) -> f32| mean(pictures.iter().map(|p| f64::from(value(p.scores))));
    Some(Summary {
        n,
        failed,
        colourfulness: estimate(pictures, bootstrap, |p| f64::from(p.scores.colourfulness)),
        gray_share: mean_by(&|s| s.gray_share),
        edge_agreement: mean_of_some(pictures.iter().map(|p| p.scores.edges.map(|e| e.agreement))),
        bleeding: mean_of_some(pictures.iter().map(|p| p.scores.edges.map(|e| e.bleeding))),
        luma_change: pictures.iter().map(|p| f64::from(p.scores.luma_change)).fold(0.0, f64::max),
        ms: mean_by(&|s| s.ms),
        against_truth: against_truth(pictures, bootstrap),
    })
}

fn against_truth(pictures: &[Beside<'_>], bootstrap: Bootstrap) -> Option<TruthSummary> {
    let all: Vec<&AgainstTruth> = pictures.iter().filter_map(|p| p.scores.against_truth.as_ref()).collect();
    if all.len() != pictures.len() {
        return None;
    }
    let delta_e = |scores: Option<&Scores>| {
        scores.and_then(|s| s.against_truth.as_ref()).map_or(f64::NAN, |t| f64::from(t.delta_e))
    };
    let ratio = |picked: &[usize]| {
        let sum = |of: &dyn Fn(&Beside<'_>) -> f64| picked.iter().map(|&i| of(&pictures[i])).sum::<f64>();
        sum(&|p| delta_e(Some(p.scores))) / sum(&|p| delta_e(p.gray))
    };
    let cf = |scores: Option<&Scores>| scores.map_or(f64::NAN, |s| f64::from(s.colourfulness));
    let delta_cf =
        mean(pictures.iter().map(|p| cf(Some(p.scores)))) - mean(pictures.iter().map(|p| cf(p.truth)));
    let weight: f64 = all.iter().map(|t| t.auc_weight).sum();
    let weighted: f64 = all.iter().map(|t| t.auc_weight * f64::from(t.auc_rebalanced)).sum();
    let regions = pictures.iter().flat_map(|p| &p.scores.regions);
    let things: BTreeSet<u8> = regions.clone().filter_map(|r| r.thing).collect();
    let of_thing = |thing| Some((thing, Patchwork::of(regions.clone().filter(|r| r.thing == Some(thing)))?));
    let skins: Vec<Skin> = all.iter().filter_map(|t| t.skin).collect();
    Some(TruthSummary {
        psnr_db: estimate(pictures, bootstrap, |p| {
            p.scores.against_truth.map_or(0.0, |t| f64::from(t.psnr_db))
        }),
        ssim: mean_of_some(all.iter().map(|t| t.ssim)),
        delta_e: estimate(pictures, bootstrap, |p| delta_e(Some(p.scores))),
        delta_e_p95: mean(all.iter().map(|t| f64::from(t.delta_e_p95))),
        delta_e_to_gray: bootstrap.estimate(pictures.len(), ratio),
        delta_cf: delta_cf.abs(),
        // All squares of a set have one size, so the mean over pictures is the area over all pixels.
        auc: mean(all.iter().map(|t| f64::from(t.auc))),
        auc_rebalanced: if weight > 0.0 { weighted / weight } else { 0.0 },
        skin: skins.iter().copied().reduce(Skin::plus),
        skin_pictures: skins.len(),
        patchwork: Patchwork::of(regions.clone()),
        patchwork_of: things.into_iter().filter_map(of_thing).collect(),
    })
}

fn estimate(pictures: &[Beside<'_>], bootstrap: Bootstrap, value: impl Fn(&Beside<'_>) -> f64) -> Estimate {
    let values: Vec<f64> = pictures.iter().map(value).collect();
    bootstrap.estimate(values.len(), |picked| mean(picked.iter().map(|&i| values[i])))
}

/// The pictures of each source, sources in alphabetical order.
pub(crate) fn by_source<'a>(sources: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, source) in sources.enumerate() {
        groups.entry(source).or_default().push(i);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(delta_e: f32, cf: f32, rebalanced: f32, auc_weight: f64) -> Scores {
        let against_truth = AgainstTruth {
            psnr_db: 20.0,
            ssim: None,
            delta_e,
            delta_e_p95: 2.0 * delta_e,
            auc: 0.9,
            auc_rebalanced: rebalanced,
            auc_weight,
            skin: Some(Skin { pixels: 100, gray: delta_e as u64, off_hue: 0 }),
        };
        Scores {
            colourfulness: cf,
            gray_share: 0.5,
            edges: None,
            luma_change: 0.1 * delta_e,
            ms: 3.0,
            against_truth: Some(against_truth),
            regions: Vec::new(),
        }
    }

    #[test]
    fn rows_compare_with_gray_and_truth_on_the_same_pictures() {
        let (one, two) = (scores(6.0, 20.0, 0.8, 1.0), scores(10.0, 30.0, 0.4, 3.0));
        let (gray, truth) = (scores(10.0, 0.0, 0.0, 1.0), scores(0.0, 40.0, 1.0, 1.0));
        let beside = |scores| Beside { scores, gray: Some(&gray), truth: Some(&truth) };
        let row = summarise(&[beside(&one), beside(&two)], 1, Bootstrap::default()).unwrap();
        let t = row.against_truth.unwrap();
        assert_eq!((row.n, row.failed, row.ms, row.luma_change), (2, 1, 3.0, 1.0));
        assert!((t.delta_e_to_gray.value - 0.8).abs() < 1e-9 && (t.delta_cf - 15.0).abs() < 1e-9);
        assert!((t.auc_rebalanced - 0.5).abs() < 1e-6, "weights count: {}", t.auc_rebalanced);
        assert!((t.delta_e.low - 6.0).abs() < 1e-6 && (t.delta_e.high - 10.0).abs() < 1e-6);
        assert_eq!(t.skin.unwrap(), Skin { pixels: 200, gray: 16, off_hue: 0 });
        assert_eq!(summarise(&[], 2, Bootstrap::default()), None);
    }

    #[test]
    fn sources_are_grouped() {
        let groups = by_source(["b", "a", "b"].into_iter());
        assert_eq!(groups.into_iter().collect::<Vec<_>>(), [("a", vec![1]), ("b", vec![0, 2])]);
    }
}
