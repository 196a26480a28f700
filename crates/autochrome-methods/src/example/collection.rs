//! Chia et al. 2011, with a folder in place of the internet: the best references are found by what they show.

use autochrome_color::Plane;
use autochrome_engine::{Features, PredictOptions, Session};

use super::deep::{Found, MOST_POINTS, Seen, TRUST};
use super::{NEEDS, check};
use crate::fixes::{FoundParts, Part};
use crate::{
    Answer, DefaultValue, Guidance, GuidanceKind, IntSpec, Method, MethodError, MethodInfo, ModelSource,
    OptionSpec, Options, Paper, Reference, ReferenceSide,
};

static ANSWERS: IntSpec = IntSpec {
    id: "answers",
    help: "How many answers: the first takes the best references together, each further one a single reference",
    min: 1,
    max: 16,
    unit: "",
    default: DefaultValue::Is(4),
};

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "collection",
    name: "Collection (references)",
    summary: "Finds the best of many references, and gives one answer for each",
    paper: Some(Paper {
        title: "Semantic Colorization with Internet Images",
        authors: "Chia, Zhuo, Gupta, Tai, Cho, Tan, Lin",
        year: Some(2011),
    }),
    needs: NEEDS,
    takes: &[GuidanceKind::References],
    options: &[OptionSpec::Int(&ANSWERS)],
    uses_model: true,
    reference_side: Some(ReferenceSide::Px(super::REFERENCE_PX)),
};

/// References that the first answer takes together.
const TOGETHER: usize = 3;
/// The method `collection`.
struct Collection {
    session: Session,
}

/// The method with these weights, or the default model's.
pub(crate) fn open(model: Option<ModelSource<'_>>) -> Result<Box<dyn Method>, MethodError> {
    Ok(Box::new(Collection { session: ModelSource::open(model)? }))
}

impl Method for Collection {
    fn info(&self) -> &'static MethodInfo {
        &INFO
    }

    fn model(&self) -> Option<&str> {
        Some(&self.session.card().id)
    }

    fn colorize(
        &self,
        luma: &Plane,
        guidance: &Guidance,
        options: &Options,
    ) -> Result<Vec<Answer>, MethodError> {
        check(&INFO, luma, guidance)?;
        let count = options.int(&ANSWERS) as usize;
        let picture = Seen::new(&self.session, luma)?;
        let ranked = rank(&self.session, luma, &guidance.references)?;
        let together = &ranked[..TOGETHER.min(ranked.len())];
        // With a single reference all answers would be one.
        let alone = if ranked.len() > 1 { ranked.chunks(1).take(count - 1) } else { [].chunks(1).take(0) };
        std::iter::once(together)
            .chain(alone)
            .map(|references| {
                let (most, trust) = (MOST_POINTS as usize, TRUST as f32);
                Found::new(&self.session, &picture, references, most, trust)?.answer(&self.session, luma, &[])
            })
            .collect()
    }

    fn find_parts(&self, luma: &Plane, parts: &[Part], _: &Options) -> Result<FoundParts, MethodError> {
        crate::neural::find_parts(&self.session, INFO.id, luma, parts, &PredictOptions::default())
    }

    fn features(&self, luma: &Plane, _: &Options) -> Result<Vec<Features>, MethodError> {
        if luma.data().is_empty() {
            return Err(MethodError::EmptyPicture);
        }
        Ok(self.session.features(luma, Some(LOOK_PX))?)
    }
}

/// The references, the one that shows most of the same first.
fn rank<'a>(
    session: &Session,
    luma: &Plane,
    references: &'a [Reference],
) -> Result<Vec<&'a Reference>, MethodError> {
    let mut pooled = vec![pool(session, luma)?];
    for reference in references {
        pooled.push(pool(session, &reference.luma)?);
    }
    whiten(&mut pooled);
    let likeness = |i: usize| -> f32 { pooled[0].iter().zip(&pooled[i + 1]).map(|(a, b)| a * b).sum() };
    let mut order: Vec<(f32, usize)> = (0..references.len()).map(|i| (likeness(i), i)).collect();
    order.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
    Ok(order.into_iter().map(|(_, i)| &references[i]).collect())
}

/// Size at which pictures are shown to the encoder to be ranked: small, since there may be many.
const LOOK_PX: usize = 160;
/// The picture is pooled as a whole and in this many parts along each side, so that sky above counts as sky above.
pub(super) const PARTS: usize = 2;

/// What the two coarsest scales of the encoder see, averaged over the picture and over its quarters.
fn pool(session: &Session, luma: &Plane) -> Result<Vec<f32>, MethodError> {
    let scales = session.features(luma, Some(LOOK_PX))?;
    let coarse = &scales[scales.len().saturating_sub(2)..];
    Ok(coarse.iter().flat_map(|features| (0..=PARTS * PARTS).flat_map(|part| mean(features, part))).collect())
}

/// The mean over a part of the picture; part 0 is all of it.
pub(super) fn mean(features: &Features, part: usize) -> Vec<f32> {
    let mut sum = vec![0.0; features.channels()];
    let mut n = 0.0_f32;
    for (cell, vector) in features.vectors().enumerate() {
        let [left, top, right, bottom] = features.area(cell);
        let along = |from: f32, to: f32| ((0.5 * (from + to) * PARTS as f32) as usize).min(PARTS - 1);
        if part == 0 || part - 1 == along(top, bottom) * PARTS + along(left, right) {
            sum.iter_mut().zip(vector).for_each(|(sum, v)| *sum += v);
            n += 1.0;
        }
    }
    sum.iter().map(|v| v / n.max(1.0)).collect()
}

/// Takes the mean over all pictures away, which they have in common and which says nothing, and scales to length 1.
pub(super) fn whiten(pooled: &mut [Vec<f32>]) {
    let n = pooled.len() as f32;
    for d in 0..pooled[0].len() {
        let mean = pooled.iter().map(|vector| vector[d]).sum::<f32>() / n;
        let variance = pooled.iter().map(|vector| (vector[d] - mean).powi(2)).sum::<f32>() / n;
        let deviation = variance.sqrt().max(1e-3);
        pooled.iter_mut().for_each(|vector| vector[d] = (vector[d] - mean) / deviation);
    }
    for vector in pooled {
        let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-6);
        vector.iter_mut().for_each(|v| *v /= length);
    }
}
