//! Handling: scratches, hairs, dust and creases.

use std::f32::consts::TAU;

use fastrand::Rng;

use super::film::scale;
use crate::random::Draw;

/// Puts a random mixture of damage on a square picture.
pub(super) fn add_damage(luma: &mut [f32], size_px: usize, strength: f32, rng: &mut Rng) {
    let mut many = |most: f32| (most * strength * rng.f32() * rng.f32()).round() as usize;
    let (scratches, hairs, specks, creases) = (many(7.0), many(3.0), many(45.0), many(2.0));
    let mut print = Print { luma, size_px, scale: scale(size_px) };
    (0..scratches).for_each(|_| print.scratch(strength, rng));
    (0..hairs).for_each(|_| print.hair(strength, rng));
    (0..specks).for_each(|_| print.draw_dust(strength, rng));
    (0..creases).for_each(|_| print.crease(strength, rng));
}

struct Print<'a> {
    luma: &'a mut [f32],
    size_px: usize,
    scale: f32,
}

/// What a mark does to the tone under it.
#[derive(Clone, Copy)]
struct Ink {
    /// The tone that the mark has itself, 0..=100.
    tone: f32,
    /// How much of it covers the picture, 0..=1.
    cover: f32,
}

impl Ink {
    /// Mostly light, where emulsion is gone; sometimes dark, where dirt lies.
    fn draw(light: f32, cover: (f32, f32), strength: f32, rng: &mut Rng) -> Self {
        let tone = if rng.chance(light) { rng.uniform(75.0, 100.0) } else { rng.uniform(0.0, 25.0) };
        Self { tone, cover: (strength * rng.uniform(cover.0, cover.1)).min(1.0) }
    }
}

impl Print<'_> {
    /// A long, thin, nearly straight and nearly upright line, as film transport and fingernails leave it.
    fn scratch(&mut self, strength: f32, rng: &mut Rng) {
        let size = self.size_px as f32;
        let ink = Ink::draw(0.8, (0.25, 0.9), strength, rng);
        let half_width_px = rng.uniform(0.25, 0.7) * self.scale;
        let upright = rng.chance(0.7);
        let direction = if upright { TAU / 4.0 + 0.06 * rng.normal() } else { rng.uniform(0.0, TAU) };
        let start = (rng.uniform(0.0, size), rng.uniform(-0.3, 0.8) * size);
        let length_px = rng.uniform(0.15, 1.3) * size;
        self.stroke(start, direction, 0.0, length_px, half_width_px, ink, rng);
    }

    /// A short, curled line.
    fn hair(&mut self, strength: f32, rng: &mut Rng) {
        let size = self.size_px as f32;
        let ink = Ink::draw(0.6, (0.3, 0.8), strength, rng);
        let half_width_px = rng.uniform(0.25, 0.5) * self.scale;
        let start = (rng.uniform(0.0, size), rng.uniform(0.0, size));
        let direction = rng.uniform(0.0, TAU);
        let length_px = rng.uniform(0.06, 0.25) * size;
        let turn = rng.normal() * 3.0 / length_px.max(1.0);
        self.stroke(start, direction, turn, length_px, half_width_px, ink, rng);
    }

    /// A grain of dust or a little hole in the emulsion.
    fn draw_dust(&mut self, strength: f32, rng: &mut Rng) {
        let size = self.size_px as f32;
        let ink = Ink::draw(0.65, (0.3, 1.0), strength, rng);
        let radius_px = rng.log_between(0.35, 1.8) * self.scale;
        let centre = (rng.uniform(0.0, size), rng.uniform(0.0, size));
        let stretch = rng.log_between(0.6, 1.7);
        self.draw_ellipse(centre, (radius_px * stretch, radius_px / stretch), ink);
    }

    /// A fold across the whole print: a soft light line with a darker side.
    fn crease(&mut self, strength: f32, rng: &mut Rng) {
        let size = self.size_px as f32;
        let angle = rng.uniform(0.0, TAU);
        let (normal_y, normal_x) = angle.sin_cos();
        let offset = rng.uniform(0.2, 0.8) * size * (normal_x + normal_y);
        let half_width_px = rng.uniform(0.5, 1.4) * self.scale;
        let depth = strength * rng.uniform(8.0, 30.0);
        for (y, row) in self.luma.chunks_exact_mut(self.size_px).enumerate() {
            for (x, l) in row.iter_mut().enumerate() {
                let distance = (x as f32 * normal_x + y as f32 * normal_y - offset) / half_width_px;
                if distance.abs() < 4.0 {
                    let ridge = (-0.5 * distance * distance).exp();
                    let shade = (-0.5 * (distance - 1.8) * (distance - 1.8)).exp();
                    *l += depth * (ridge - 0.4 * shade);
                }
            }
        }
    }

    /// A line drawn as overlapping blots, half a pixel apart, whose direction wanders.
    #[expect(clippy::too_many_arguments, reason = "a stroke is all of these")]
    fn stroke(
        &mut self,
        start: (f32, f32),
        mut direction: f32,
        mut turn: f32,
        length_px: f32,
        half_width_px: f32,
        ink: Ink,
        rng: &mut Rng,
    ) {
        let (mut x, mut y) = start;
        let steps = length_px.ceil() as usize;
        let curled = turn != 0.0;
        let mut trail = Vec::with_capacity(steps);
        let mut pressure = 1.0_f32;
        for _ in 0..steps {
            trail.push((x, y, pressure));
            let (sine, cosine) = direction.sin_cos();
            (x, y) = (x + cosine, y + sine);
            direction += turn + 0.004 * rng.normal();
            if curled {
                turn *= 0.99;
            }
            pressure = (pressure + 0.12 * rng.normal()).clamp(0.1, 1.0);
        }
        self.draw_trail(&trail, half_width_px, ink);
    }

    /// Covers each pixel near a trail once, by its distance to the nearest point of it.
    fn draw_trail(&mut self, trail: &[(f32, f32, f32)], half_width_px: f32, ink: Ink) {
        let reach = (half_width_px + 1.0).ceil() as isize;
        let mut cover: Vec<(usize, f32)> = Vec::with_capacity(trail.len() * 4);
        for pair in trail.windows(2) {
            let [(x0, y0, pressure), (x1, y1, _)] = [pair[0], pair[1]];
            let (cx, cy) = (x0.round() as isize, y0.round() as isize);
            for py in cy - reach..=cy + reach {
                for px in cx - reach..=cx + reach {
                    if let Some(i) = self.index_of(px, py) {
                        let distance = segment_distance(px as f32, py as f32, (x0, y0), (x1, y1));
                        let covered = (half_width_px + 0.5 - distance).clamp(0.0, 1.0);
                        if covered > 0.0 {
                            cover.push((i, covered.min(2.0 * half_width_px) * pressure));
                        }
                    }
                }
            }
        }
        // Neighbouring segments cover the same pixels: each takes its strongest cover, once.
        cover.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        cover.dedup_by_key(|(i, _)| *i);
        for (i, covered) in cover {
            self.luma[i] += (ink.tone - self.luma[i]) * covered * ink.cover;
        }
    }

    /// A soft ellipse.
    fn draw_ellipse(&mut self, centre: (f32, f32), radii_px: (f32, f32), ink: Ink) {
        let reach = radii_px.0.max(radii_px.1).ceil() as isize + 1;
        let (cx, cy) = (centre.0.round() as isize, centre.1.round() as isize);
        let least = radii_px.0.min(radii_px.1);
        for py in cy - reach..=cy + reach {
            for px in cx - reach..=cx + reach {
                if let Some(i) = self.index_of(px, py) {
                    let (dx, dy) = (px as f32 - centre.0, py as f32 - centre.1);
                    let distance = (dx / radii_px.0).hypot(dy / radii_px.1);
                    let covered = ((1.0 - distance) * least + 0.5).clamp(0.0, 1.0).min(2.0 * least);
                    self.luma[i] += (ink.tone - self.luma[i]) * covered * ink.cover;
                }
            }
        }
    }

    fn index_of(&self, x: isize, y: isize) -> Option<usize> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        (x < self.size_px && y < self.size_px).then_some(y * self.size_px + x)
    }
}

fn segment_distance(x: f32, y: f32, from: (f32, f32), to: (f32, f32)) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let along = ((x - from.0) * dx + (y - from.1) * dy) / (dx * dx + dy * dy).max(1e-9);
    let along = along.clamp(0.0, 1.0);
    (x - from.0 - along * dx).hypot(y - from.1 - along * dy)
}
