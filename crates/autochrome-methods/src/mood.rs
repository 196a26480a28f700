//! What a picture looks like as a whole: its mean colour, and how strong its colours are.

use std::hash::{Hash, Hasher};

use autochrome_color::{Chroma, lab};

use crate::words;
use crate::{GuidanceKind, MethodError, Srgb};

/// Most mean chroma that may be asked for, in units of ab.
const MOST_CHROMA: f32 = 100.0;

/// "The picture as a whole looks like this."
///
/// Two are equal when their bits are.
#[derive(Clone, Copy, Debug)]
pub struct Mood {
    /// Mean a and b of CIELAB (D65) over the picture.
    pub mean: Option<[f32; 2]>,
    /// Mean chroma, the distance of a and b from gray, 0 to 100.
    pub chroma: Option<f32>,
}

impl Mood {
    /// That of a picture in colour.
    #[must_use]
    pub fn of(colors: &Chroma) -> Self {
        let count = colors.a.data().len().max(1) as f64;
        let ab = || colors.a.data().iter().zip(colors.b.data());
        let mean = |of: &dyn Fn(f32, f32) -> f32| {
            (ab().map(|(&a, &b)| f64::from(of(a, b))).sum::<f64>() / count) as f32
        };
        Self { mean: Some([mean(&|a, _| a), mean(&|_, b| b)]), chroma: Some(mean(&f32::hypot)) }
    }

    fn bits(&self) -> [Option<u32>; 3] {
        let [a, b] = self.mean.map_or([None; 2], |mean| mean.map(Some));
        [a, b, self.chroma].map(|number| number.map(f32::to_bits))
    }
}

impl PartialEq for Mood {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Mood {}

impl Hash for Mood {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

impl std::str::FromStr for Mood {
    type Err = MethodError;

    /// Reads colours with commas between, by name or as `#rrggbb`, and `chroma N`: `#a08060`, `dark brown, beige`, `chroma 12`. One colour
    /// is the mean; several are a palette, whose mean and strength are meant.
    fn from_str(text: &str) -> Result<Self, MethodError> {
        let unfit = |reason| MethodError::GuidanceUnfit { kind: GuidanceKind::Mood, reason };
        let (mut colors, mut chroma): (Vec<[f32; 2]>, Option<f32>) = (Vec::new(), None);
        let lower = text.to_lowercase();
        for part in lower.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
            if let Some(number) = part.strip_prefix("chroma") {
                let number = number.trim().parse().ok().filter(|chroma| (0.0..=MOST_CHROMA).contains(chroma));
                chroma = Some(number.ok_or_else(|| {
                    unfit(format!("`{part}` is no strength; write `chroma 12`, 0 to {MOST_CHROMA}"))
                })?);
                continue;
            }
            let color = words::color(part).ok_or_else(|| {
                unfit(format!(
                    "`{part}` is no colour that is known; write `#a08060`, `dark brown, beige` or `chroma 12`"
                ))
            })?;
            colors.push(ab(color));
        }
        let count = colors.len() as f32;
        let mean = |of: &dyn Fn(&[f32; 2]) -> f32| colors.iter().map(of).sum::<f32>() / count;
        if colors.len() > 1 {
            chroma = chroma.or(Some(mean(&|[a, b]| a.hypot(*b))));
        }
        let mean = (!colors.is_empty()).then(|| [mean(&|color| color[0]), mean(&|color| color[1])]);
        match (mean, chroma) {
            (None, None) => {
                Err(unfit("nothing is said; write `#a08060`, `dark brown, beige` or `chroma 12`".to_owned()))
            }
            (mean, chroma) => Ok(Self { mean, chroma }),
        }
    }
}

fn ab(color: Srgb) -> [f32; 2] {
    let (_, ab) = lab::rgb8_to_lab(&[color.red, color.green, color.blue], 1, 1);
    [ab.a.data()[0], ab.b.data()[0]]
}

#[cfg(test)]
mod tests {
    use autochrome_color::Plane;

    use super::*;

    fn read(text: &str) -> Mood {
        text.parse().unwrap()
    }

    #[test]
    fn one_colour_is_a_mean_and_several_are_a_palette() {
        let brown = read("#a08060");
        assert!(brown.chroma.is_none() && brown.mean.unwrap()[1] > 15.0);
        assert_eq!(read("braun"), read("brown"));
        let both = read("#c00000, #0000c0");
        assert!(both.chroma.unwrap() > 60.0 && both.mean.unwrap()[1].abs() < 30.0, "{both:?}");
        assert_eq!((read("chroma 12").mean, read("chroma 12").chroma), (None, Some(12.0)));
        assert_eq!(read("brown, beige, chroma 3").chroma, Some(3.0));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, told) in
            [("", "nothing is said"), ("chroma x", "no strength"), ("sunny", "`sunny` is no colour")]
        {
            let error = text.parse::<Mood>().unwrap_err();
            assert!(error.code() == "guidance-unfit" && error.to_string().contains(told), "{error}");
        }
    }

    #[test]
    fn the_mood_of_a_picture_is_its_means() {
        let plane = |values: [f32; 2]| Plane::from_vec(2, 1, values.to_vec()).unwrap();
        let mood = Mood::of(&Chroma { a: plane([6.0, 0.0]), b: plane([8.0, 0.0]) });
        assert_eq!(mood, Mood { mean: Some([3.0, 4.0]), chroma: Some(5.0) });
    }
}
