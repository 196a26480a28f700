//! A range of hues that turns to another, or gets more or less colour.

use crate::MethodError;

/// Degrees over which a change sets in at both ends of its range, beyond it.
pub(crate) const EDGE: f32 = 12.0;

/// Chroma below which a colour's hue means little: a change of some hues sets in over this.
const FAINT: f32 = 6.0;

/// What becomes of the colours whose hue lies in a range; degrees are those of CIELAB's hue.
#[derive(Clone, Copy, Debug)]
pub enum HueChange {
    /// Chroma by this factor: 0 is gray.
    Scale(f32),
    /// All turn by the same angle, so that the middle of the range gets this hue, in degrees.
    To(f32),
    /// Each turns towards a hue, in degrees, and stops there or after so many.
    Towards {
        /// The hue.
        hue: f32,
        /// The most that any colour turns by, in degrees.
        most: f32,
    },
}

/// A change of hues.
pub(crate) struct Hues {
    /// Middle of the range, degrees.
    middle: f32,
    /// Half the range's width, degrees.
    half: f32,
    change: HueChange,
}

impl Hues {
    /// For hues from `start` upwards to `end`, in degrees.
    ///
    /// # Errors
    /// What `unfit` makes of a reason when an angle or a factor is no number.
    pub(crate) fn new(
        start: f32,
        end: f32,
        change: HueChange,
        unfit: impl Fn(String) -> MethodError,
    ) -> Result<Self, MethodError> {
        let numbers = match change {
            HueChange::Scale(factor) => [factor, 0.0],
            HueChange::To(hue) => [hue, 0.0],
            HueChange::Towards { hue, most } => [hue, most],
        };
        if ![start, end].iter().chain(&numbers).all(|number| number.is_finite()) {
            return Err(unfit("hues are angles in degrees, 0 to 360".to_owned()));
        }
        // A full circle has no ends; an empty range is one hue.
        let width = if end - start >= 360.0 { 360.0 } else { (end - start).rem_euclid(360.0) };
        // All hues turn towards one of them by the shorter way.
        let middle = match change {
            HueChange::Towards { hue, .. } if width >= 360.0 => hue,
            _ => start + width / 2.0,
        };
        Ok(Self { middle, half: width / 2.0, change })
    }

    /// How much of the change a colour gets, 0..=1: all of it within the range, none from [`EDGE`] beyond it on.
    pub(crate) fn share(&self, [a, b]: [f32; 2]) -> f32 {
        if self.half >= 180.0 {
            return 1.0;
        }
        smooth(1.0 - (self.offset([a, b]).abs() - self.half) / EDGE) * smooth(a.hypot(b) / FAINT)
    }

    /// a and b of what a colour becomes.
    pub(crate) fn apply(&self, [a, b]: [f32; 2]) -> [f32; 2] {
        let share = self.share([a, b]);
        if share <= 0.0 {
            return [a, b];
        }
        let changed = match self.change {
            HueChange::Scale(factor) => [a * factor, b * factor],
            HueChange::To(hue) => turned([a, b], self.degrees_off(hue)),
            HueChange::Towards { hue, most } => {
                // Both are measured from the middle, so that all colours of the range turn the same way round.
                let left = self.degrees_off(hue) - self.offset([a, b]);
                turned([a, b], left.clamp(-most.abs(), most.abs()))
            }
        };
        // Mixed rather than turned part of the way, which would pass through all hues between.
        [a + share * (changed[0] - a), b + share * (changed[1] - b)]
    }

    /// Degrees from the middle of the range to a colour's hue, -180..180.
    fn offset(&self, [a, b]: [f32; 2]) -> f32 {
        self.degrees_off(b.atan2(a).to_degrees())
    }

    fn degrees_off(&self, hue: f32) -> f32 {
        (hue - self.middle + 180.0).rem_euclid(360.0) - 180.0
    }
}

fn turned([a, b]: [f32; 2], degrees: f32) -> [f32; 2] {
    let (sin, cos) = degrees.to_radians().sin_cos();
    [cos * a - sin * b, sin * a + cos * b]
}

/// From 0 to 1 without a corner.
fn smooth(share: f32) -> f32 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polar(hue: f32, chroma: f32) -> [f32; 2] {
        let (sin, cos) = hue.to_radians().sin_cos();
        [chroma * cos, chroma * sin]
    }

    fn hues(start: f32, end: f32, change: HueChange) -> Hues {
        Hues::new(start, end, change, |_| MethodError::EmptyPicture).unwrap()
    }

    fn close([a, b]: [f32; 2], [c, d]: [f32; 2]) -> bool {
        (a - c).abs() < 0.01 && (b - d).abs() < 0.01
    }

    #[test]
    fn blue_becomes_brown_and_everything_else_stays() {
        let hues = hues(240.0, 300.0, HueChange::To(65.0));
        assert!(close(hues.apply(polar(270.0, 40.0)), polar(65.0, 40.0)));
        assert!(close(hues.apply(polar(290.0, 40.0)), polar(85.0, 40.0)));
        for hue in [0.0, 90.0, 180.0, 225.0, 315.0] {
            assert!(close(hues.apply(polar(hue, 40.0)), polar(hue, 40.0)), "{hue}");
        }
    }

    #[test]
    fn a_range_may_pass_zero() {
        let hues = hues(340.0, 20.0, HueChange::Scale(0.0));
        assert!(
            close(hues.apply(polar(5.0, 50.0)), [0.0, 0.0])
                && close(hues.apply(polar(-15.0, 50.0)), [0.0, 0.0])
        );
        assert!(close(hues.apply(polar(180.0, 50.0)), polar(180.0, 50.0)));
    }

    #[test]
    fn a_change_has_no_step_anywhere() {
        let hues = hues(240.0, 300.0, HueChange::To(65.0));
        for tenth in 0..3600 {
            let (one, next) = (
                hues.apply(polar(tenth as f32 / 10.0, 60.0)),
                hues.apply(polar((tenth + 1) as f32 / 10.0, 60.0)),
            );
            assert!((one[0] - next[0]).hypot(one[1] - next[1]) < 2.0, "at {tenth} tenths of a degree");
        }
    }

    #[test]
    fn the_whole_circle_is_a_range() {
        let gray = hues(0.0, 360.0, HueChange::Scale(0.0));
        assert!((0..36).all(|ten| close(gray.apply(polar(ten as f32 * 10.0, 30.0)), [0.0, 0.0])));
        assert_eq!(gray.apply([1.0, -2.0]), [0.0, 0.0], "faint colours too");
        let odd = |start, change| Hues::new(start, 1.0, change, |_| MethodError::EmptyPicture).is_err();
        assert!(odd(f32::NAN, HueChange::To(0.0)) && odd(0.0, HueChange::Scale(f32::INFINITY)));
    }

    #[test]
    fn a_turn_towards_a_hue_stops_there() {
        let hues = hues(115.0, 175.0, HueChange::Towards { hue: 100.0, most: 20.0 });
        assert!(close(hues.apply(polar(145.0, 40.0)), polar(125.0, 40.0)), "by 20 degrees");
        assert!(close(hues.apply(polar(116.0, 40.0)), polar(100.0, 40.0)), "no farther than to it");
        let back = self::hues(20.0, 80.0, HueChange::Towards { hue: 60.0, most: 30.0 });
        assert!(close(back.apply(polar(70.0, 40.0)), polar(60.0, 40.0)), "from the other side too");
        assert!(close(back.apply(polar(25.0, 40.0)), polar(55.0, 40.0)));
    }
}
