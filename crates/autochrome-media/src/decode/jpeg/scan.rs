//! The entropy-coded data of a scan: coefficients of sequential and progressive frames, in any order of scans.
//!
//! Damage is treated as libjpeg treats it: a missing stretch is zeroes, restart markers are found again, and it is said.
//!
//! # Source
//! ITU-T T.81, annexes F and G; the rules of resynchronisation are those of libjpeg's `jpeg_resync_to_restart`.

use super::{
    frame::{Frame, Scan, Tables, ZIGZAG, corrupt, next_marker},
    huffman::{Bits, Table},
};
use crate::MediaError;

/// The coefficients of one component, a stretch of block rows.
#[derive(Default)]
pub(super) struct Coefficients {
    pub values: Vec<i16>,
    /// The block row that the stretch begins with.
    pub first_row: usize,
}

/// What was wrong with the data.
#[derive(Clone, Copy, Default)]
pub(super) struct Damage {
    /// Codes without meaning, bytes too few or too many between markers.
    pub is_corrupt: bool,
    /// The file ended before the scan did.
    pub is_cut: bool,
}

/// Work on a scan, which may be done in stretches of rows.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    frame: &'a Frame,
    scan: &'a Scan,
    tables: &'a Tables,
    bits: Bits<'a>,
    predictions: [i32; 4],
    /// Blocks still to be left as they are.
    end_run: u32,
    until_restart: usize,
    next_restart: u8,
    pub damage: Damage,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        bytes: &'a [u8],
        at: usize,
        frame: &'a Frame,
        scan: &'a Scan,
        tables: &'a Tables,
    ) -> Result<Self, MediaError> {
        for &(_, dc, ac) in &scan.components {
            let needs_dc = scan.first == 0 && scan.high == 0;
            if (needs_dc && tables.dc[dc].is_none()) || (scan.last > 0 && tables.ac[ac].is_none()) {
                return Err(corrupt("a table of codes is missing"));
            }
        }
        let until_restart = tables.restart_interval;
        Ok(Self {
            bytes,
            frame,
            scan,
            tables,
            bits: Bits::new(bytes, at),
            predictions: [0; 4],
            end_run: 0,
            until_restart,
            next_restart: 0,
            damage: Damage::default(),
        })
    }

    /// Units from left to right and from top to bottom.
    pub(super) fn units(&self) -> (usize, usize) {
        match self.scan.components[..] {
            // A component alone is stored without filling up to whole units.
            [(index, ..)] => {
                (self.frame.components[index].blocks_wide, self.frame.components[index].blocks_high)
            }
            _ => (
                self.frame.width.div_ceil(8 * self.frame.h_max),
                self.frame.height.div_ceil(8 * self.frame.v_max),
            ),
        }
    }

    /// Decodes one row of units.
    pub(super) fn row(&mut self, y: usize, to: &mut [Coefficients]) {
        for x in 0..self.units().0 {
            if self.tables.restart_interval > 0 {
                if self.until_restart == 0 {
                    self.restart();
                }
                self.until_restart -= 1;
            }
            // Behind the end of its data a unit stays gray.
            if self.bits.is_overrun() {
                continue;
            }
            let scan = self.scan;
            match scan.components[..] {
                [component] => self.block(component, x, y, to),
                _ => {
                    for &component in &scan.components {
                        let (h, v) =
                            (self.frame.components[component.0].h, self.frame.components[component.0].v);
                        for j in 0..h * v {
                            self.block(component, x * h + j % h, y * v + j / h, to);
                        }
                    }
                }
            }
        }
    }

    fn block(&mut self, (index, dc, ac): (usize, usize, usize), x: usize, y: usize, to: &mut [Coefficients]) {
        let stretch = &mut to[index];
        let at = ((y - stretch.first_row) * self.frame.components[index].stride + x) * 64;
        let Some(block) = stretch.values.get_mut(at..at + 64).and_then(|b| b.first_chunk_mut::<64>()) else {
            return;
        };
        let (scan, bits) = (self.scan, &mut self.bits);
        match (&self.tables.dc[dc], &self.tables.ac[ac]) {
            (Some(dc), Some(ac)) if !self.frame.is_progressive => {
                sequential(bits, dc, ac, &mut self.predictions[index], block);
            }
            (Some(dc), _) if scan.first == 0 && scan.high == 0 => {
                let len = u32::from(bits.symbol(dc)).min(16);
                let prediction = &mut self.predictions[index];
                *prediction = prediction.wrapping_add(bits.signed(len));
                block[0] = (*prediction << scan.low) as i16;
            }
            _ if scan.first == 0 => block[0] |= (bits.take(1) << scan.low) as i16,
            (_, Some(ac)) if scan.high == 0 => first_of_band(bits, ac, scan, &mut self.end_run, block),
            (_, Some(ac)) => refined_band(bits, ac, scan, &mut self.end_run, block),
            _ => {}
        }
    }

    /// Takes note of what is wrong with the stretch that ends here; where it ends.
    fn close(&mut self) -> usize {
        let (at, is_clean) = self.bits.end();
        self.damage.is_corrupt |= self.bits.is_overrun() || self.bits.has_bad_code || !is_clean;
        self.damage.is_cut |= self.bits.is_overrun() && at + 1 >= self.bytes.len();
        at
    }

    fn restart(&mut self) {
        let mut at = self.close();
        let expected = self.next_restart;
        let from = loop {
            let Some((marker, body, passed)) = next_marker(self.bytes, at) else {
                break self.bytes.len();
            };
            self.damage.is_corrupt |= passed > 0;
            if marker == 0xd0 + expected {
                break body;
            }
            self.damage.is_corrupt = true;
            let ahead = marker.wrapping_sub(0xd0 + expected) & 7;
            match marker {
                // Noise, or a marker that should have come before: look further.
                ..0xc0 => at = body,
                0xd0..=0xd7 if ahead >= 6 => at = body,
                // One that should come later: this stretch is missing.
                0xd0..=0xd7 if ahead <= 2 => break body - 2,
                0xd0..=0xd7 => break body,
                _ => break body - 2,
            }
        };
        self.bits = Bits::new(self.bytes, from);
        self.predictions = [0; 4];
        self.end_run = 0;
        self.until_restart = self.tables.restart_interval;
        self.next_restart = (expected + 1) & 7;
    }

    /// Where the next marker is to be looked for.
    pub(super) fn finish(mut self) -> (usize, Damage) {
        let at = self.close();
        (at, self.damage)
    }
}

#[inline]
fn sequential(bits: &mut Bits<'_>, dc: &Table, ac: &Table, prediction: &mut i32, block: &mut [i16; 64]) {
    let len = u32::from(bits.symbol(dc)).min(16);
    *prediction = prediction.wrapping_add(bits.signed(len));
    block[0] = *prediction as i16;
    let mut k = 1;
    while k < 64 {
        let symbol = bits.symbol(ac);
        let (run, len) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if len == 0 {
            if run < 15 {
                break;
            }
            k += 16;
            continue;
        }
        k += run;
        // Damaged runs end at the last coefficient, as in libjpeg.
        bits.has_bad_code |= k > 63;
        block[usize::from(ZIGZAG[k.min(63)])] = bits.signed(len) as i16;
        k += 1;
    }
}

fn first_of_band(bits: &mut Bits<'_>, ac: &Table, scan: &Scan, end_run: &mut u32, block: &mut [i16; 64]) {
    if *end_run > 0 {
        *end_run -= 1;
        return;
    }
    let mut k = scan.first;
    while k <= scan.last {
        let symbol = bits.symbol(ac);
        let (run, len) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if len == 0 {
            if run < 15 {
                *end_run = (1 << run) - 1 + bits.take(run as u32);
                break;
            }
            k += 16;
            continue;
        }
        k += run;
        bits.has_bad_code |= k > scan.last;
        block[usize::from(ZIGZAG[k.min(63)])] = (bits.signed(len) << scan.low) as i16;
        k += 1;
    }
}

fn refined_band(bits: &mut Bits<'_>, ac: &Table, scan: &Scan, end_run: &mut u32, block: &mut [i16; 64]) {
    let (plus, minus) = (1i16 << scan.low, -1i16 << scan.low);
    let refine = |bits: &mut Bits<'_>, value: &mut i16| {
        if bits.take(1) == 1 && *value & plus == 0 {
            *value = value.wrapping_add(if *value >= 0 { plus } else { minus });
        }
    };
    let mut k = scan.first;
    if *end_run == 0 {
        while k <= scan.last {
            let symbol = bits.symbol(ac);
            let (mut run, len) = (symbol >> 4, symbol & 15);
            let mut new = 0;
            if len != 0 {
                new = if bits.take(1) == 1 { plus } else { minus };
            } else if run < 15 {
                *end_run = (1 << run) + bits.take(u32::from(run));
                break;
            }
            // The run counts zeroes; what is not zero on the way is refined.
            while k <= scan.last {
                let value = &mut block[usize::from(ZIGZAG[k])];
                if *value != 0 {
                    refine(bits, value);
                } else if run == 0 {
                    if new != 0 {
                        *value = new;
                    }
                    break;
                } else {
                    run -= 1;
                }
                k += 1;
            }
            k += 1;
        }
    }
    if *end_run > 0 {
        while k <= scan.last {
            let value = &mut block[usize::from(ZIGZAG[k])];
            if *value != 0 {
                refine(bits, value);
            }
            k += 1;
        }
        *end_run -= 1;
    }
}
