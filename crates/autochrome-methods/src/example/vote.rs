//! One colour out of many proposals.

/// A proposed colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ballot {
    /// a and b of CIELAB.
    pub ab: [f32; 2],
    /// How much it counts, 0 or more.
    pub weight: f32,
}

/// Colours nearer than about this, in ab, support one another.
const BANDWIDTH: f32 = 12.0;

/// The colour that most proposals support, and the share of all weight that does, 0..=1.
///
/// A mean of brown and blue is a gray that nobody proposed: the densest place wins, and only what lies around it is
/// averaged. Without any weight the answer is gray and nobody's.
pub(super) fn count(ballots: &[Ballot]) -> ([f32; 2], f32) {
    let total: f32 = ballots.iter().map(|ballot| ballot.weight).sum();
    if total.is_nan() || total <= 0.0 {
        return ([0.0; 2], 0.0);
    }
    let support =
        |at: [f32; 2]| ballots.iter().map(|ballot| ballot.weight * nearness(at, ballot.ab)).sum::<f32>();
    let (mut best, mut most) = ([0.0; 2], -1.0);
    for ballot in ballots {
        let supported = support(ballot.ab);
        if supported > most {
            (best, most) = (ballot.ab, supported);
        }
    }
    let (mut sum, mut share) = ([0.0; 2], 0.0);
    for ballot in ballots {
        let weight = ballot.weight * nearness(best, ballot.ab);
        sum[0] += weight * ballot.ab[0];
        sum[1] += weight * ballot.ab[1];
        share += weight;
    }
    if share <= 0.0 { ([0.0; 2], 0.0) } else { (sum.map(|v| v / share), (share / total).min(1.0)) }
}

fn nearness(one: [f32; 2], two: [f32; 2]) -> f32 {
    let (a, b) = (one[0] - two[0], one[1] - two[1]);
    (-(a * a + b * b) / (2.0 * BANDWIDTH * BANDWIDTH)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ballot(a: f32, b: f32, weight: f32) -> Ballot {
        Ballot { ab: [a, b], weight }
    }

    #[test]
    fn the_majority_is_not_mixed_with_the_rest() {
        let (ab, share) =
            count(&[ballot(40.0, 20.0, 1.0), ballot(42.0, 20.0, 1.0), ballot(-50.0, 10.0, 1.0)]);
        assert!((ab[0] - 41.0).abs() < 0.1 && (ab[1] - 20.0).abs() < 0.1, "{ab:?}");
        assert!((share - 2.0 / 3.0).abs() < 0.02, "{share}");
    }

    #[test]
    fn one_voice_is_unanimous() {
        assert_eq!(count(&[ballot(3.0, -7.0, 0.5)]), ([3.0, -7.0], 1.0));
    }

    #[test]
    fn no_voice_is_gray_without_support() {
        assert_eq!(count(&[]), ([0.0; 2], 0.0));
        assert_eq!(count(&[ballot(3.0, 4.0, 0.0)]), ([0.0; 2], 0.0));
    }
}
