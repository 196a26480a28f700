//! Attention from every cell to the few that hold a hint.

use super::Map;
use crate::graph::Attention;

/// What the hints say of every cell.
///
/// Cells without a hint are left out: they carry no colour, and e to the −60 of what a hint carries in the sum. The softmax
/// is summed hint by hint, so memory does not grow with their number.
///
/// # Shapes
/// Queries and keys `[heads·d, h, w]`, hints `[3, h, w]`, to `[3·heads, h, w]`.
pub(super) fn attend(attention: &Attention, queries: &Map, keys: &Map, hints: &Map) -> Map {
    let heads = attention.nothing.len();
    let (cells, width) = (queries.area(), queries.width);
    let length = queries.channels / heads;
    let mut out = Map::zeros(3 * heads, queries.height, queries.width);
    let mask = &hints.values[2 * cells..];
    let hinted: Vec<usize> = (0..cells).filter(|&cell| mask[cell] > 0.0).collect();
    for (head, found) in out.values.chunks_exact_mut(3 * cells).enumerate() {
        let mut most = vec![attention.nothing[head]; cells];
        let mut total = vec![1.0f32; cells];
        for &hint in &hinted {
            let mut scores = vec![attention.unknown * (mask[hint] - 1.0); cells];
            for channel in head * length..(head + 1) * length {
                let key = keys.values[channel * cells + hint];
                let queries = &queries.values[channel * cells..][..cells];
                scores.iter_mut().zip(queries).for_each(|(score, query)| *score += key * query);
            }
            for (cell, score) in scores.into_iter().enumerate() {
                let (dx, dy) = ((cell % width).abs_diff(hint % width), (cell / width).abs_diff(hint / width));
                let score = score - attention.nearness[head] * (dx * dx + dy * dy) as f32;
                let highest = most[cell].max(score);
                let (fade, share) = ((most[cell] - highest).exp(), (score - highest).exp());
                most[cell] = highest;
                total[cell] = total[cell] * fade + share;
                for plane in 0..3 {
                    let sum = &mut found[plane * cells + cell];
                    *sum = *sum * fade + share * hints.values[plane * cells + hint];
                }
            }
        }
        for plane in found.chunks_exact_mut(cells) {
            plane.iter_mut().zip(&total).for_each(|(sum, total)| *sum /= total);
        }
    }
    out
}
