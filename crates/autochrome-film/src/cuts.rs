//! Where one scene ends and the next begins.

use std::collections::VecDeque;

/// Least rise of the mean luma difference at a cut, of 255: less is movement or a flicker of light.
const LEAST_RISE: f32 = 9.0;
/// Least part of the change that is new at a cut: what has begun to move goes on moving, a cut comes out of nothing.
const NEW_PART: f32 = 0.5;
/// A cut changes the picture so many times more than the frames before it do.
const TIMES: f32 = 3.5;
/// Least part of the samples that have another brightness after a cut: what only moves keeps its brightness.
const LEAST_OTHER: f32 = 0.15;
/// Frames that the usual change is judged by.
const WINDOW: usize = 8;
/// Levels of brightness that are told apart.
const LEVELS: usize = 32;

/// Finds hard cuts in a sequence of small gray frames of one size.
///
/// A cut is a change that is large, large against the changes just before it, and not only a movement. Fades and dissolves are
/// not found.
///
/// ```
/// let mut cuts = autochrome_film::CutDetector::default();
/// let (dark, bright) = ([20_u8; 64], [200_u8; 64]);
/// let found: Vec<bool> = [dark, dark, dark, bright, bright].iter().map(|frame| cuts.push(frame)).collect();
/// assert_eq!(found, [false, false, false, true, false]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct CutDetector {
    last: Vec<u8>,
    last_levels: [u32; LEVELS],
    last_change: f32,
    recent: VecDeque<f32>,
}

impl CutDetector {
    /// Takes the next frame; true when a new scene begins with it.
    pub fn push(&mut self, frame: &[u8]) -> bool {
        let mut levels = [0; LEVELS];
        frame.iter().for_each(|v| levels[usize::from(*v) * LEVELS / 256] += 1);
        let last_levels = std::mem::replace(&mut self.last_levels, levels);
        let last = std::mem::replace(&mut self.last, frame.to_vec());
        if last.len() != frame.len() || frame.is_empty() {
            return false;
        }
        let count = frame.len() as f32;
        let sum: u64 = last.iter().zip(frame).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let change = sum as f32 / count;
        let moved: u32 = levels.iter().zip(&last_levels).map(|(a, b)| a.abs_diff(*b)).sum();
        let other = moved as f32 / 2.0 / count;

        let rise = change - std::mem::replace(&mut self.last_change, change);
        let mut usual: Vec<f32> = self.recent.iter().copied().collect();
        usual.sort_by(f32::total_cmp);
        let usual = usual.get(usual.len() / 2).copied().unwrap_or(0.0);
        let cut = rise > LEAST_RISE.max(NEW_PART * change) && change > TIMES * usual && other > LEAST_OTHER;
        if cut {
            // The movement of the last scene says nothing about the new one.
            self.recent.clear();
        } else {
            self.recent.push_back(change);
            if self.recent.len() > WINDOW {
                self.recent.pop_front();
            }
        }
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ramp that has moved by `shift`.
    fn ramp(shift: usize) -> Vec<u8> {
        (0..2304).map(|i| ((i % 64 + shift) * 4 % 256) as u8).collect()
    }

    #[test]
    fn a_pan_is_no_cut_however_fast() {
        let mut cuts = CutDetector::default();
        assert!((0..50).all(|i| !cuts.push(&ramp(i * 5))));
    }

    #[test]
    fn a_slow_fade_is_no_cut() {
        let mut cuts = CutDetector::default();
        assert!((0..100_u8).all(|i| !cuts.push(&[i * 2; 2304])));
    }

    #[test]
    fn a_cut_inside_movement_is_found_once() {
        let mut cuts = CutDetector::default();
        let frames = (0..10).map(ramp).chain((0..10).map(|i| ramp(i).iter().map(|v| v / 4).collect()));
        let found: Vec<usize> =
            frames.enumerate().filter(|(_, frame)| cuts.push(frame)).map(|(i, _)| i).collect();
        assert_eq!(found, [10]);
    }
}
