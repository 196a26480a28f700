//! Colours of keyframes carried to the frames between them.
//!
//! Each frame takes colours from the keyframe before it and the one after, along the motion of its blocks. Blocks overlap and
//! are weighed by how well they match, so that what one keyframe does not show comes from the other; between equals the nearer
//! one counts more, which makes colours change slowly where keyframes differ. What neither shows is filled from around it.

use autochrome_color::Chroma;

use crate::motion::{BLOCK_PX, Motion, STEP_PX, blocks};

/// Mean difference of a sample, of 255, at which a block's weight is a quarter.
const UNLIKE: f32 = 6.0;
/// Least weight of a block: something must be taken even where nothing matches.
const LEAST_WEIGHT: f32 = 0.002;
/// How much of a frame's colours is that of the frame before it, where the match is sure and the colours are near.
const STEADINESS: f32 = 0.95;
/// Distance in ab at which half as much of it is taken.
const APART: f32 = 12.0;
/// Half the side of the area that fills what no keyframe shows.
const FILL_PX: usize = 12;
/// Weight of that area.
const FILL: f32 = 0.05;
/// Weights of a block's samples along a side, highest in the middle; of blocks that overlap by half they sum to 8.
const TENT: [f32; BLOCK_PX] = [1.0, 3.0, 5.0, 7.0, 7.0, 5.0, 3.0, 1.0];
const TENT_SUM: f32 = 64.0;

/// Colours and how sure they are, 0..=1, at working size.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    pub chroma: Chroma,
    pub sure: Vec<f32>,
}

/// The colours of a keyframe, carried to the frame whose blocks `motion` found in it.
pub(crate) fn carry(motion: &Motion, key: &Chroma) -> Carried {
    let (width, height) = key.size();
    debug_assert_eq!((motion.columns, motion.rows), (blocks(width), blocks(height)));
    let mut chroma = Chroma::neutral(width, height);
    let mut weights = vec![0.0; width * height];
    let mut places = motion.vectors.iter().zip(&motion.differences);
    for row in 0..motion.rows {
        for column in 0..motion.columns {
            let Some((&[dx, dy], &difference)) = places.next() else { continue };
            let (x, y) = (column * STEP_PX, row * STEP_PX);
            let (from_x, from_y) = ((x as i32 + i32::from(dx)) as usize, (y as i32 + i32::from(dy)) as usize);
            let weight = weight(difference) / TENT_SUM;
            for (line, down) in TENT.iter().enumerate() {
                let from = (from_y + line) * width + from_x..(from_y + line) * width + from_x + BLOCK_PX;
                let to = (y + line) * width + x..(y + line) * width + x + BLOCK_PX;
                let (from_a, from_b) = (&key.a.data()[from.clone()], &key.b.data()[from]);
                let to_a = &mut chroma.a.data_mut()[to.clone()];
                for ((to, from), across) in to_a.iter_mut().zip(from_a).zip(TENT) {
                    *to += weight * down * across * from;
                }
                let to_b = &mut chroma.b.data_mut()[to.clone()];
                for ((to, from), across) in to_b.iter_mut().zip(from_b).zip(TENT) {
                    *to += weight * down * across * from;
                }
                for (to, across) in weights[to].iter_mut().zip(TENT) {
                    *to += weight * down * across;
                }
            }
        }
    }
    let planes = chroma.a.data_mut().iter_mut().zip(chroma.b.data_mut());
    for ((a, b), weight) in planes.zip(&weights) {
        *a /= weight.max(1e-9);
        *b /= weight.max(1e-9);
    }
    Carried { chroma, sure: weights }
}

/// How much a block counts that differs by this sum.
fn weight(difference: u32) -> f32 {
    let mean = difference as f32 / (BLOCK_PX * BLOCK_PX) as f32 / UNLIKE;
    (1.0 / (1.0 + mean * mean).powi(2)).max(LEAST_WEIGHT)
}

/// The colours of a frame that lies `share` of the way from one keyframe to the other.
pub(crate) fn blend(before: &Carried, after: &Carried, share: f32) -> Chroma {
    let sure: Vec<f32> =
        before.sure.iter().zip(&after.sure).map(|(b, a)| (1.0 - share) * b + share * a).collect();
    let mix = |before_plane: &[f32], after_plane: &[f32]| -> Vec<f32> {
        let planes = before_plane.iter().zip(after_plane).zip(before.sure.iter().zip(&after.sure));
        planes
            .map(|((before, after), (before_sure, after_sure))| {
                let (b, a) = ((1.0 - share) * before_sure, share * after_sure);
                (b * before + a * after) / (a + b).max(1e-9)
            })
            .collect()
    };
    let a = mix(before.chroma.a.data(), after.chroma.a.data());
    let b = mix(before.chroma.b.data(), after.chroma.b.data());
    fill(a, b, &sure, before.chroma.size())
}

/// The colours of a frame that only one keyframe has something to say about.
pub(crate) fn from_one_keyframe(carried: Carried) -> Chroma {
    let size = carried.chroma.size();
    let Chroma { a, b } = carried.chroma;
    fill(a.into_vec(), b.into_vec(), &carried.sure, size)
}

/// The network's colours of a keyframe, drawn to those that its scene has had so far: as much as the match is sure.
pub(crate) fn agree(own: &Chroma, carried: &Carried, share: f32) -> Chroma {
    let mut agreed = own.clone();
    let planes = [(&mut agreed.a, &carried.chroma.a), (&mut agreed.b, &carried.chroma.b)];
    for (own, scene) in planes {
        for ((own, scene), sure) in own.data_mut().iter_mut().zip(scene.data()).zip(&carried.sure) {
            *own += share * sure.min(1.0) * (scene - *own);
        }
    }
    agreed
}

/// Draws the colours of a frame to those of the frame before it, carried along: what a keyframe shows is found by a whole pixel, and
/// found elsewhere in every frame where blocks match by chance.
pub(crate) fn steady(own: &mut Chroma, before: &Carried) {
    let Chroma { a, b } = own;
    let earlier = before.chroma.a.data().iter().zip(before.chroma.b.data()).zip(&before.sure);
    for ((a, b), ((earlier_a, earlier_b), sure)) in a.data_mut().iter_mut().zip(b.data_mut()).zip(earlier) {
        let (da, db) = (earlier_a - *a, earlier_b - *b);
        let share = STEADINESS * sure.min(1.0).sqrt() / (1.0 + (da * da + db * db) / (APART * APART));
        *a += share * da;
        *b += share * db;
    }
}

/// Takes what is unsure from around it, weighed by how sure that is.
fn fill(a: Vec<f32>, b: Vec<f32>, sure: &[f32], (width, height): (usize, usize)) -> Chroma {
    let weighed = |plane: &[f32]| {
        let plane: Vec<f32> = plane.iter().zip(sure).map(|(value, sure)| value * sure).collect();
        blur(&plane, width, height)
    };
    let (around_a, around_b, around) = (weighed(&a), weighed(&b), blur(sure, width, height));
    let mix = |mut plane: Vec<f32>, mean: &[f32]| {
        for (((value, mean), sure), around) in plane.iter_mut().zip(mean).zip(sure).zip(&around) {
            let weight = FILL * (1.0 - sure).max(0.0);
            *value = (*value * sure + weight * mean / around.max(1e-9)) / (sure + weight).max(1e-9);
        }
        plane
    };
    let mut chroma = Chroma::neutral(width, height);
    chroma.a.data_mut().copy_from_slice(&mix(a, &around_a));
    chroma.b.data_mut().copy_from_slice(&mix(b, &around_b));
    chroma
}

/// Means over squares of 2 [`FILL_PX`] + 1, smaller at the edges; sums run along, whatever the square's size.
fn blur(plane: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut rows = vec![0.0; plane.len()];
    for (to, from) in rows.chunks_exact_mut(width).zip(plane.chunks_exact(width)) {
        let mut sum: f32 = from.iter().take(FILL_PX).sum();
        for x in 0..width {
            sum += from.get(x + FILL_PX).copied().unwrap_or(0.0);
            to[x] = sum / ((x + FILL_PX + 1).min(width) - x.saturating_sub(FILL_PX)) as f32;
            sum -= if x >= FILL_PX { from[x - FILL_PX] } else { 0.0 };
        }
    }
    let mut blurred = vec![0.0; plane.len()];
    let mut sums = vec![0.0; width];
    let add = |sums: &mut [f32], y: usize, sign: f32| {
        sums.iter_mut().zip(&rows[y * width..][..width]).for_each(|(sum, value)| *sum += sign * value);
    };
    (0..FILL_PX.min(height)).for_each(|y| add(&mut sums, y, 1.0));
    for (y, to) in blurred.chunks_exact_mut(width).enumerate() {
        if y + FILL_PX < height {
            add(&mut sums, y + FILL_PX, 1.0);
        }
        let count = ((y + FILL_PX + 1).min(height) - y.saturating_sub(FILL_PX)) as f32;
        to.iter_mut().zip(&sums).for_each(|(to, sum)| *to = sum / count);
        if y >= FILL_PX {
            add(&mut sums, y - FILL_PX, -1.0);
        }
    }
    blurred
}

#[cfg(test)]
mod tests {
    use autochrome_color::Plane;

    use super::*;
    use crate::motion::seek;
    use crate::small::Gray;

    const SIZE: (usize, usize) = (96, 64);

    /// A bright square whose left upper corner lies at (`x`, 20) on a ramp, and its colours.
    fn square(x: usize) -> (Gray, Chroma) {
        let (width, height) = SIZE;
        let mut gray =
            Gray { width, height, data: (0..width * height).map(|i| (i % width / 2) as u8).collect() };
        let mut chroma = Chroma::neutral(width, height);
        for row in 20..44 {
            for column in x..x + 24 {
                gray.data[row * width + column] = 200 + ((row * 7 + (column - x) * 5) % 40) as u8;
                chroma.a.data_mut()[row * width + column] = 50.0;
            }
        }
        (gray, chroma)
    }

    #[test]
    fn colours_that_tremble_are_steadied_and_new_ones_taken() {
        let chroma = |a: f32| Chroma { a: Plane::filled(2, 1, a), ..Chroma::neutral(2, 1) };
        let before = Carried { chroma: chroma(20.0), sure: vec![1.0, 0.0] };
        let steadied = |a: f32| {
            let mut own = chroma(a);
            steady(&mut own, &before);
            own.a.into_vec()
        };
        let near = steadied(22.0);
        assert!((near[0] - 20.0).abs() < 0.2, "{near:?}");
        assert_eq!(near[1], 22.0, "nothing is taken from what does not match");
        let far = steadied(90.0);
        assert!((far[0] - 90.0).abs() < 3.0, "{far:?}");
    }

    #[test]
    fn colours_follow_what_moves() {
        let (before, colors) = square(20);
        let (after, truth) = square(31);
        let carried = carry(&seek(&after.pyramid(), &before.pyramid(), None), &colors);
        let error = |chroma: &Chroma| {
            chroma.a.data().iter().zip(truth.a.data()).map(|(a, t)| (a - t).abs()).sum::<f32>()
                / (96.0 * 64.0)
        };
        assert!(
            error(&carried.chroma) < 0.4 * error(&colors),
            "{} {}",
            error(&carried.chroma),
            error(&colors)
        );
    }

    #[test]
    fn a_keyframe_at_rest_keeps_its_colours() {
        let (gray, colors) = square(20);
        let carried = carry(&seek(&gray.pyramid(), &gray.pyramid(), None), &colors);
        let far = carried
            .chroma
            .a
            .data()
            .iter()
            .zip(colors.a.data())
            .map(|(c, k)| (c - k).abs())
            .fold(0.0, f32::max);
        assert!(far < 1e-3 && carried.sure.iter().all(|sure| *sure <= 1.001), "{far}");
    }

    #[test]
    fn between_two_keyframes_colours_change_evenly() {
        let plain = |value| Carried {
            chroma: Chroma { a: Plane::filled(32, 16, value), b: Plane::filled(32, 16, 0.0) },
            sure: vec![1.0; 32 * 16],
        };
        let at = |share| blend(&plain(10.0), &plain(30.0), share).a.data()[100];
        assert!(
            (at(0.0) - 10.0).abs() < 1e-3 && (at(0.5) - 20.0).abs() < 1e-3 && (at(1.0) - 30.0).abs() < 1e-3
        );
    }

    #[test]
    fn what_nobody_shows_is_filled_from_around_it() {
        let mut carried = Carried {
            chroma: Chroma { a: Plane::filled(64, 64, 40.0), b: Plane::filled(64, 64, 0.0) },
            sure: vec![1.0; 64 * 64],
        };
        carried.chroma.a.data_mut()[32 * 64 + 32] = -90.0;
        carried.sure[32 * 64 + 32] = LEAST_WEIGHT;
        assert!(from_one_keyframe(carried).a.data()[32 * 64 + 32] > 30.0);
    }

    #[test]
    fn a_blur_of_one_value_is_that_value() {
        for (width, height) in [(5, 3), (40, 50)] {
            let blurred = blur(&vec![3.0; width * height], width, height);
            assert!(blurred.iter().all(|value| (value - 3.0).abs() < 1e-4));
        }
    }
}
