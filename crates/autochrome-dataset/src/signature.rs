//! What a frame looks like in a few numbers, and which frames teach nothing.

use autochrome_color::lab::rgb8_to_lab;
use autochrome_color::metrics::colourfulness;
use autochrome_film::Frame;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bars;
use crate::hash::{self, Hash};
use crate::picture::{Rectangle, resized};

/// Frames are judged at this short side: what is blurred here is blurred at any size.
const SHORT_SIDE_PX: usize = 256;
/// Columns of the reference.
const REFERENCE_WIDTH: usize = 32;
/// Rows of the reference.
const REFERENCE_HEIGHT: usize = 18;
/// Sectors of the hue circle that colours are counted in.
pub const HUES: usize = 12;
/// The ground of credits begins at most at this luma ...
const GROUND_DARKEST: usize = 40;
/// ... and spans no more levels: a dark scene has more.
const GROUND_EVEN: usize = 8;
/// Steps of luma that may each have a colour of their own in a toned picture.
const LUMA_STEPS: usize = 24;
/// Chroma (a and b of CIELAB) below which a colour has no hue worth counting.
const LEAST_CHROMA: f32 = 6.0;

/// What the filters and the report need of a frame, bars cut off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// What lies between the bars.
    pub crop: Rectangle,
    /// Mean luma, 0..=255.
    pub luma: f32,
    /// Luma that only a twentieth of the samples exceed, 0..=255.
    pub highlights: f32,
    /// Variance of the Laplacian over the variance of luma, times 100; the higher, the sharper.
    pub sharpness: f32,
    /// Hasler and Süsstrunk's colourfulness: 0 is gray.
    pub colourfulness: f32,
    /// Root mean square of chroma, a and b of CIELAB.
    pub chroma: f32,
    /// The same of what is left of chroma when each luma has one colour: nothing is left of sepia.
    pub free_chroma: f32,
    /// Largest share of the samples that have one and the same dark luma, as the ground of credits has, 0..=1.
    pub ground: f32,
    /// Share that is as bright as letters, 0..=1.
    pub letters: f32,
    /// Mean of a and b of CIELAB (D65).
    pub mean_ab: [f32; 2],
    /// Mean chroma of each sector of the hue circle, the first beginning at a > 0, b = 0; together the mean chroma of hued samples.
    pub hues: [f32; HUES],
    /// The fingerprint.
    pub hash: Hash,
    /// 32 × 18 samples of luma, for frame subtraction.
    pub reference: Thumbnail,
}

/// A frame's luma, very small; in JSON as base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail(pub Vec<u8>);

impl Thumbnail {
    /// Mean absolute difference of luma, 0..=255: the score of frame subtraction.
    #[must_use]
    pub fn difference(&self, other: &Self) -> f32 {
        let sum: u64 = self.0.iter().zip(&other.0).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f32 / self.0.len().max(1) as f32
    }

    /// Correlation of luma, -1..=1: another encoding may be brighter or flatter, and is still the same picture.
    #[must_use]
    pub fn correlation(&self, other: &Self) -> f32 {
        let mean =
            |samples: &[u8]| samples.iter().map(|v| f32::from(*v)).sum::<f32>() / samples.len().max(1) as f32;
        let (mean_a, mean_b) = (mean(&self.0), mean(&other.0));
        let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
        for (a, b) in self.0.iter().zip(&other.0) {
            let (a, b) = (f32::from(*a) - mean_a, f32::from(*b) - mean_b);
            (aa, bb, ab) = (aa + a * a, bb + b * b, ab + a * b);
        }
        ab / (aa * bb).sqrt().max(f32::MIN_POSITIVE)
    }
}

impl Serialize for Thumbnail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Thumbnail {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD_NO_PAD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Signature {
    /// Looks at a frame.
    #[must_use]
    pub fn at(frame: &Frame) -> Self {
        let crop = bars::inside_bars(frame);
        let ratio = (SHORT_SIDE_PX as f64 / crop.short_side() as f64).min(1.0);
        let side = |length: usize| ((length as f64 * ratio).round() as usize).max(1);
        let middle = resized(frame, crop, side(crop.width), side(crop.height));
        let small = resized(&middle, Rectangle::whole(&middle), 64, 36);
        let luma = luma_of(&middle);

        let count = luma.len() as f32;
        let mean = luma.iter().map(|v| f64::from(*v)).sum::<f64>() as f32 / count;
        let variance = luma.iter().map(|v| (f32::from(*v) - mean).powi(2)).sum::<f32>() / count;
        let mut histogram = [0_usize; 256];
        luma.iter().for_each(|v| histogram[usize::from(*v)] += 1);
        let share =
            |range: std::ops::RangeInclusive<usize>| histogram[range].iter().sum::<usize>() as f32 / count;
        let mut above = 0;
        let highlights = (0..256).rev().find(|&v| {
            above += histogram[v];
            above as f32 >= 0.05 * count
        });
        let colours = Colours::of(&small);
        Self {
            crop,
            luma: rounded(mean),
            highlights: highlights.unwrap_or(0) as f32,
            sharpness: rounded(100.0 * laplacian_variance(&luma, middle.width) / variance.max(1.0)),
            colourfulness: rounded(colourfulness(&small.rgb)),
            chroma: rounded(colours.chroma),
            free_chroma: rounded(colours.free_chroma),
            ground: rounded((0..=GROUND_DARKEST).map(|v| share(v..=v + GROUND_EVEN)).fold(0.0, f32::max)),
            letters: rounded(share(128..=255)),
            mean_ab: colours.mean_ab.map(rounded),
            hues: colours.hues.map(rounded),
            hash: Hash::of(&luma_of(&resized(&middle, Rectangle::whole(&middle), hash::SIDE, hash::SIDE))),
            reference: Thumbnail(luma_of(&resized(
                &middle,
                Rectangle::whole(&middle),
                REFERENCE_WIDTH,
                REFERENCE_HEIGHT,
            ))),
        }
    }

    /// What is wrong with the frame by itself, if anything: the first that holds and is not allowed.
    #[must_use]
    pub fn fault(&self, min_side_px: usize, allow: &[Reason]) -> Option<Reason> {
        let credits = self.ground > 0.7
            && self.letters > 0.003
            && self.letters < 0.2
            && 1.0 - self.ground - self.letters < 0.15;
        let tinted = self.chroma > 4.0 && self.free_chroma < (0.13 * self.chroma).max(1.3);
        [
            (self.crop.short_side() < min_side_px, Reason::Small),
            (credits, Reason::Credits),
            (self.highlights < 36.0, Reason::Black),
            (self.sharpness < 0.6, Reason::Blurred),
            (self.colourfulness < 5.0, Reason::Gray),
            (tinted, Reason::Tinted),
        ]
        .into_iter()
        .find_map(|(holds, reason)| (holds && !allow.contains(&reason)).then_some(reason))
    }
}

/// Why a frame was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Too small, bars cut off.
    Small,
    /// Hardly any light.
    Black,
    /// Letters on a dark ground.
    Credits,
    /// Nothing in it is sharp.
    Blurred,
    /// No colour to learn.
    Gray,
    /// All colours are shades of one: sepia, toned, or through a filter.
    Tinted,
    /// Too little has changed since the frame that was kept last.
    Similar,
    /// It was there before, far back in the same source.
    Repeat,
    /// It is in another source.
    Duplicate,
}

impl Reason {
    /// All of them, in the order in which they are asked.
    pub const ALL: [Self; 9] = [
        Self::Small,
        Self::Black,
        Self::Credits,
        Self::Blurred,
        Self::Gray,
        Self::Tinted,
        Self::Similar,
        Self::Repeat,
        Self::Duplicate,
    ];

    /// Its name in manifests and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Black => "black",
            Self::Credits => "credits",
            Self::Blurred => "blurred",
            Self::Gray => "gray",
            Self::Tinted => "tinted",
            Self::Similar => "similar",
            Self::Repeat => "repeat",
            Self::Duplicate => "duplicate",
        }
    }
}

struct Colours {
    chroma: f32,
    free_chroma: f32,
    mean_ab: [f32; 2],
    hues: [f32; HUES],
}

impl Colours {
    fn of(small: &Frame) -> Self {
        let (luma, chroma) = rgb8_to_lab(&small.rgb, small.width, small.height);
        let samples = || {
            let ab = chroma.a.data().iter().zip(chroma.b.data());
            luma.data().iter().zip(ab).map(|(l, (a, b))| (luma_step(*l), *a, *b))
        };
        // Count, sums of a and b, and sum of their squares, of each step of luma.
        let mut steps = [[0.0_f32; 4]; LUMA_STEPS];
        let mut hues = [0.0; HUES];
        for (step, a, b) in samples() {
            let sums = [1.0, a, b, a * a + b * b];
            steps[step].iter_mut().zip(sums).for_each(|(sum, value)| *sum += value);
            let chroma = a.hypot(b);
            if chroma >= LEAST_CHROMA {
                let turn = b.atan2(a) / std::f32::consts::TAU;
                hues[(turn.rem_euclid(1.0) * HUES as f32) as usize % HUES] += chroma;
            }
        }
        let total: [f32; 4] = std::array::from_fn(|i| steps.iter().map(|step| step[i]).sum());
        let count = total[0].max(1.0);
        let free: f32 = steps
            .iter()
            .filter(|[n, ..]| *n > 0.0)
            .map(|[n, a, b, squares]| (squares - (a * a + b * b) / n).max(0.0))
            .sum();
        Self {
            chroma: (total[3] / count).sqrt(),
            free_chroma: (free / count).sqrt(),
            mean_ab: [total[1] / count, total[2] / count],
            hues: hues.map(|hue| hue / count),
        }
    }
}

/// The step of a luma of CIELAB, 0..=100.
fn luma_step(l: f32) -> usize {
    (l / 100.0 * LUMA_STEPS as f32).clamp(0.0, LUMA_STEPS as f32 - 1.0) as usize
}

/// Gray of BT.601, 0..=255: what frame subtraction has always used.
fn luma_of(frame: &Frame) -> Vec<u8> {
    let weighed = |p: &[u8]| 77 * u32::from(p[0]) + 150 * u32::from(p[1]) + 29 * u32::from(p[2]);
    frame.rgb.chunks_exact(3).map(|pixel| ((weighed(pixel) + 128) >> 8) as u8).collect()
}

/// Variance of the five-point Laplacian.
fn laplacian_variance(luma: &[u8], width: usize) -> f32 {
    let height = luma.len() / width.max(1);
    if width < 3 || height < 3 {
        return 0.0;
    }
    let (mut sum, mut squares) = (0_i64, 0_i64);
    for y in 1..height - 1 {
        let row = |dy: usize| &luma[(y + dy - 1) * width..][..width];
        let (above, here, below) = (row(0), row(1), row(2));
        for x in 1..width - 1 {
            let around =
                i64::from(above[x]) + i64::from(below[x]) + i64::from(here[x - 1]) + i64::from(here[x + 1]);
            let value = around - 4 * i64::from(here[x]);
            sum += value;
            squares += value * value;
        }
    }
    let count = ((width - 2) * (height - 2)) as f64;
    (squares as f64 / count - (sum as f64 / count).powi(2)) as f32
}

/// Three digits are enough to judge by, and keep journals small.
fn rounded(value: f32) -> f32 {
    (value * 1000.0).round() / 1000.0
}
