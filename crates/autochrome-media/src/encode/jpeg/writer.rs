//! A baseline JPEG from rows of samples, some at a time.

use autochrome_color::{Parallel as _, vectorized};

use super::{
    bits::{Bits, Codes, Scan},
    blocks::{COLUMNS, Group, LANES, Lines, split_colors, transform},
    tables::{HUFFMAN, Quantisation, ZIGZAG},
};

/// Rows of blocks that are worked on at a time, and joined before the next ones are begun.
const ROWS_AT_A_TIME: usize = 32;

/// What a thread needs besides its samples.
struct Room {
    rgb: Box<[u8; 3 * COLUMNS]>,
    lines: Box<[Lines; 3]>,
    groups: Box<[Group; 3]>,
}

impl Room {
    fn new() -> Self {
        Self {
            rgb: Box::new([0; 3 * COLUMNS]),
            lines: Box::new([[[0; COLUMNS]; 8]; 3]),
            groups: Box::new([(); 3].map(|()| Group::new())),
        }
    }
}

/// Takes rows from top to bottom; the same rows give the same bytes, however many come at a time.
pub(super) struct Writer {
    width: usize,
    /// 1 for gray, 3 for RGB.
    channels: usize,
    quantisation: [Quantisation; 2],
    codes: [Codes; 2],
    scan: Scan,
    /// DC coefficients of the last blocks, those that the next differences are to.
    dc: [i16; 3],
    bits: Vec<Bits>,
}

impl Writer {
    /// Begins a file of `height` rows; `segments` stand behind the JFIF segment.
    pub(super) fn new(width: u16, height: u16, channels: usize, quality: u8, segments: &[u8]) -> Self {
        let quantisation = Quantisation::at(quality);
        let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00".to_vec();
        bytes.extend(segments);
        segment(&mut bytes, 0xc0, |body| {
            body.push(8);
            body.extend([height.to_be_bytes(), width.to_be_bytes()].as_flattened());
            body.push(channels as u8);
            for id in 0..channels as u8 {
                body.extend([id, 0x11, id.min(1)]);
            }
        });
        for (id, table) in (0..).zip(&quantisation) {
            segment(&mut bytes, 0xdb, |body| {
                body.push(id);
                body.extend(ZIGZAG.map(|place| table.steps[usize::from(place)]));
            });
        }
        for (id, tables) in (0..channels.min(2) as u8).zip(&HUFFMAN) {
            for (class, table) in (0..).zip(tables) {
                segment(&mut bytes, 0xc4, |body| {
                    body.push(class << 4 | id);
                    body.extend(table.counts);
                    body.extend(table.symbols);
                });
            }
        }
        segment(&mut bytes, 0xda, |body| {
            body.push(channels as u8);
            for id in 0..channels as u8 {
                body.extend([id, 0x11 * id.min(1)]);
            }
            body.extend([0, 63, 0]);
        });
        Self {
            width: width.into(),
            channels,
            quantisation,
            codes: Codes::typical(),
            scan: Scan::after(bytes),
            dc: [0; 3],
            bits: Vec::new(),
        }
    }

    /// Adds rows. Their number is divisible by 8, but for the last ones of the picture.
    pub(super) fn add(&mut self, samples: &[u8]) {
        let row = 8 * self.width * self.channels;
        for stretch in samples.chunks(ROWS_AT_A_TIME * row) {
            let rows: Vec<&[u8]> = stretch.chunks(row).collect();
            let mut bits = std::mem::take(&mut self.bits);
            bits.resize_with(ROWS_AT_A_TIME.max(rows.len()), Bits::default);
            (0..rows.len()).zip(&mut bits).parallel_for_each_with(Room::new, |room, (i, bits)| {
                let before = i.checked_sub(1).map_or(self.dc, |above| self.last_dc(rows[above], room));
                self.encode(rows[i], before, room, bits);
            });
            self.dc = rows.last().map_or(self.dc, |last| self.last_dc(last, &mut Room::new()));
            bits[..rows.len()].iter().for_each(|bits| self.scan.add(bits));
            self.bits = bits;
        }
    }

    /// The bytes of the file.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.scan.finish();
        bytes.extend(b"\xff\xd9");
        bytes
    }

    /// The bits of a row of blocks.
    fn encode(&self, samples: &[u8], mut dc: [i16; 3], room: &mut Room, bits: &mut Bits) {
        bits.clear();
        let blocks = self.width.div_ceil(8);
        vectorized(
            #[inline(always)]
            || {
                for first in (0..blocks).step_by(LANES) {
                    self.group(samples, first, room);
                    for i in 0..LANES.min(blocks - first) {
                        for (component, dc) in dc.iter_mut().enumerate().take(self.channels) {
                            let group = &room.groups[component];
                            bits.put_block(group, i, *dc, &self.codes[component.min(1)]);
                            *dc = group.values[0][i];
                        }
                    }
                }
            },
        );
    }

    /// DC coefficients of the last blocks of a row.
    fn last_dc(&self, samples: &[u8], room: &mut Room) -> [i16; 3] {
        let last = self.width.div_ceil(8) - 1;
        self.group(samples, last - last % LANES, room);
        std::array::from_fn(|component| room.groups[component].values[0][last % LANES])
    }

    /// Coefficients of the blocks from `first` on. What lies outside of the picture repeats its edge.
    fn group(&self, samples: &[u8], first: usize, room: &mut Room) {
        vectorized(
            #[inline(always)]
            || self.group_here(samples, first, room),
        );
    }

    #[inline(always)]
    fn group_here(&self, samples: &[u8], first: usize, room: &mut Room) {
        let channels = self.channels;
        let stride = self.width * channels;
        let rows = samples.len() / stride;
        let from = 8 * first * channels;
        let there = (stride - from).min(COLUMNS * channels);
        let [luma, cb, cr] = &mut *room.lines;
        for (y, ((luma, cb), cr)) in luma.iter_mut().zip(cb).zip(cr).enumerate() {
            let row = &samples[y.min(rows - 1) * stride + from..][..there];
            let full = if there == COLUMNS * channels {
                row
            } else {
                let full = &mut room.rgb[..COLUMNS * channels];
                full[..there].copy_from_slice(row);
                for at in there..full.len() {
                    full[at] = full[at - channels];
                }
                full
            };
            if channels == 1 {
                luma.copy_from_slice(full);
            } else {
                split_colors(full, [luma, cb, cr]);
            }
        }
        for component in 0..channels {
            let table = &self.quantisation[component.min(1)];
            transform(&room.lines[component], table, &mut room.groups[component]);
        }
    }
}

/// Adds a segment whose body `fill` writes.
fn segment(bytes: &mut Vec<u8>, marker: u8, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut body = Vec::new();
    fill(&mut body);
    bytes.extend([0xff, marker]);
    bytes.extend((body.len() as u16 + 2).to_be_bytes());
    bytes.extend(body);
}
