//! A range of hues that turns to another, or loses its colour.

use crate::{GuidanceKind, MethodError};

/// Degrees over which a change sets in at both ends of its range, beyond it.
const EDGE: f32 = 12.0;

/// Chroma below which a colour's hue means little: a change sets in over this.
const FAINT: f32 = 6.0;

/// A change of hues.
pub(super) struct Hues {
    /// Middle of the range, degrees.
    middle: f32,
    /// Half the range's width, degrees.
    half: f32,
    /// Degrees to turn by, or no colour any more.
    turn: Option<f32>,
}

impl Hues {
    /// From `start` upwards to `end`, in degrees of CIELAB's hue, so that the middle becomes `to`.
    ///
    /// # Errors
    /// When an angle is no number.
    pub(super) fn new(start: f32, end: f32, to: Option<f32>) -> Result<Self, MethodError> {
        if ![start, end, to.unwrap_or(0.0)].iter().all(|angle| angle.is_finite()) {
            let reason = "hues are angles in degrees, 0 to 360".to_owned();
            return Err(MethodError::GuidanceUnfit { kind: GuidanceKind::Recolors, reason });
        }
        // A full circle has no ends; an empty range is one hue.
        let width = if end - start >= 360.0 { 360.0 } else { (end - start).rem_euclid(360.0) };
        let middle = start + width / 2.0;
        let turn = to.map(|to| (to - middle + 180.0).rem_euclid(360.0) - 180.0);
        Ok(Self { middle, half: width / 2.0, turn })
    }

    /// a and b of what a colour becomes.
    pub(super) fn apply(&self, [a, b]: [f32; 2]) -> [f32; 2] {
        let hue = b.atan2(a).to_degrees();
        let off = ((hue - self.middle + 180.0).rem_euclid(360.0) - 180.0).abs();
        let within = smooth(1.0 - (off - self.half) / EDGE) * smooth(a.hypot(b) / FAINT);
        match self.turn {
            None => [a * (1.0 - within), b * (1.0 - within)],
            Some(turn) => {
                // Mixed rather than turned part of the way, which would pass through all hues between.
                let (sin, cos) = turn.to_radians().sin_cos();
                let turned = [cos * a - sin * b, sin * a + cos * b];
                [a + within * (turned[0] - a), b + within * (turned[1] - b)]
            }
        }
    }
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

    fn close([a, b]: [f32; 2], [c, d]: [f32; 2]) -> bool {
        (a - c).abs() < 0.01 && (b - d).abs() < 0.01
    }

    #[test]
    fn blue_becomes_brown_and_everything_else_stays() {
        let hues = Hues::new(240.0, 300.0, Some(65.0)).unwrap();
        assert!(close(hues.apply(polar(270.0, 40.0)), polar(65.0, 40.0)));
        assert!(close(hues.apply(polar(290.0, 40.0)), polar(85.0, 40.0)));
        for hue in [0.0, 90.0, 180.0, 225.0, 315.0] {
            assert!(close(hues.apply(polar(hue, 40.0)), polar(hue, 40.0)), "{hue}");
        }
    }

    #[test]
    fn a_range_may_pass_zero() {
        let hues = Hues::new(340.0, 20.0, None).unwrap();
        assert!(
            close(hues.apply(polar(5.0, 50.0)), [0.0, 0.0])
                && close(hues.apply(polar(-15.0, 50.0)), [0.0, 0.0])
        );
        assert!(close(hues.apply(polar(180.0, 50.0)), polar(180.0, 50.0)));
    }

    #[test]
    fn a_change_has_no_step_anywhere() {
        let hues = Hues::new(240.0, 300.0, Some(65.0)).unwrap();
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
        let gray = Hues::new(0.0, 360.0, None).unwrap();
        assert!((0..36).all(|ten| close(gray.apply(polar(ten as f32 * 10.0, 30.0)), [0.0, 0.0])));
        assert!(Hues::new(f32::NAN, 1.0, None).is_err());
    }
}
