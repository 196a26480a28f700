//! Whether a picture is made of regular dots, as newspapers and postcards are.

use autochrome_color::Plane;

/// Side of the patches that are looked at, in pixels.
const PATCH_PX: usize = 48;
/// Patches a side.
const PATCHES: usize = 4;
/// Shortest and longest distance of dots that is recognised, in pixels.
const PERIODS: std::ops::RangeInclusive<usize> = 3..=12;
/// Least deviation of L within a patch that has dots.
const CONTRAST: f32 = 4.0;
/// Least correlation of a patch with itself, shifted by one period.
const ALIKE: f32 = 0.4;
/// How much less it is at a shift before that: between two dots there is something else.
const UNLIKE: f32 = 0.4;
/// Least share of patches with dots, among those that are not flat.
const SHARE: f32 = 0.6;
/// Fewest patches that are not flat.
const FEWEST: usize = 4;

/// Whether most of the picture repeats itself every few pixels.
pub(super) fn is_halftone(luma: &Plane) -> bool {
    let (width, height) = luma.size();
    if width < 2 * PATCH_PX || height < 2 * PATCH_PX {
        return false;
    }
    let place = |number: usize, side: usize| (side - PATCH_PX) * number / (PATCHES - 1);
    let (mut dotted, mut all) = (0, 0);
    for number in 0..PATCHES * PATCHES {
        let (x, y) = (place(number % PATCHES, width), place(number / PATCHES, height));
        match is_dotted(luma, x, y) {
            Some(true) => (dotted, all) = (dotted + 1, all + 1),
            Some(false) => all += 1,
            None => {}
        }
    }
    all >= FEWEST && dotted as f32 >= SHARE * all as f32
}

/// Whether the patch at x and y repeats itself in two directions; `None` for a flat one.
fn is_dotted(luma: &Plane, x: usize, y: usize) -> Option<bool> {
    let mut patch: Vec<f32> =
        (y..y + PATCH_PX).flat_map(|y| luma.row(y)[x..x + PATCH_PX].iter().copied()).collect();
    level(&mut patch);
    let square = patch.iter().map(|l| l * l).sum::<f32>() / patch.len() as f32;
    if square < CONTRAST * CONTRAST {
        return None;
    }
    let most = *PERIODS.end();
    let alike = |across: usize, down: usize| {
        let rows = (0..PATCH_PX - down).map(|y| {
            let (one, other) = (&patch[y * PATCH_PX..], &patch[(y + down) * PATCH_PX..]);
            let pairs = one[..PATCH_PX - across].iter().zip(&other[across..PATCH_PX]);
            pairs.map(|(one, other)| one * other).sum::<f32>()
        });
        rows.sum::<f32>() / ((PATCH_PX - across) * (PATCH_PX - down)) as f32 / square
    };
    let repeats = |at: &dyn Fn(usize) -> f32| {
        let mut lowest = 1.0_f32;
        (1..=most).any(|shift| {
            let alike = at(shift);
            let found = PERIODS.contains(&shift) && alike > ALIKE && alike - lowest > UNLIKE;
            lowest = lowest.min(alike);
            found
        })
    };
    // Dots repeat both ways; stripes, fences and fabric seldom do, and never all over a picture.
    Some(repeats(&|shift| alike(shift, 0)) && repeats(&|shift| alike(0, shift)))
}

/// Takes away what changes slowly: a plane through the patch would be too little, its blurred copy is enough.
fn level(patch: &mut [f32]) {
    const RADIUS: usize = 8;
    let original = patch.to_vec();
    let mut along = original.clone();
    let range = |i: usize| i.saturating_sub(RADIUS)..(i + RADIUS + 1).min(PATCH_PX);
    for y in 0..PATCH_PX {
        for x in 0..PATCH_PX {
            let row = &original[y * PATCH_PX..][..PATCH_PX];
            along[y * PATCH_PX + x] = row[range(x)].iter().sum::<f32>() / range(x).len() as f32;
        }
    }
    for y in 0..PATCH_PX {
        for x in 0..PATCH_PX {
            let sum: f32 = range(y).map(|y| along[y * PATCH_PX + x]).sum();
            patch[y * PATCH_PX + x] -= sum / range(y).len() as f32;
        }
    }
}
