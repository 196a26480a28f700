//! The markers of a JPEG: tables, the frame, and where its scans begin.
//!
//! # Source
//! ITU-T T.81, annex B.

use super::huffman::Table;
use crate::{Format, MediaError};

/// Places of the coefficients in the order in which they are stored.
///
/// # Source
/// ITU-T T.81, figure A.6.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// One component of a frame.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub id: u8,
    /// Sampling factors, 1..=4.
    pub h: usize,
    pub v: usize,
    pub table: usize,
    /// Blocks that hold pixels.
    pub blocks_wide: usize,
    pub blocks_high: usize,
    /// Blocks that are stored: whole units of all components.
    pub stride: usize,
    pub rows: usize,
}

/// What the frame header says.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub width: usize,
    pub height: usize,
    /// Bits a sample, 8 or 12.
    pub bits: u8,
    pub is_progressive: bool,
    pub components: Vec<Component>,
    pub h_max: usize,
    pub v_max: usize,
}

/// What a scan header says.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    /// Index of the component, its DC table and its AC table.
    pub components: Vec<(usize, usize, usize)>,
    /// First and last coefficient.
    pub first: usize,
    pub last: usize,
    /// Bit positions of successive approximation, that before and that of this scan.
    pub high: u32,
    pub low: u32,
}

/// Tables, which stay from one marker to the next.
#[derive(Default)]
pub(super) struct Tables {
    /// Quantisation in natural order.
    pub quantisation: [Option<[u16; 64]>; 4],
    pub dc: [Option<Table>; 4],
    pub ac: [Option<Table>; 4],
    /// Units between restart markers, 0 for none.
    pub restart_interval: usize,
}

pub(super) fn corrupt(detail: impl Into<String>) -> MediaError {
    MediaError::Corrupt { format: Format::Jpeg, detail: detail.into() }
}

pub(super) fn unsupported(detail: impl Into<String>) -> MediaError {
    MediaError::UnsupportedFeature { format: Format::Jpeg, detail: detail.into() }
}

/// The next marker at or behind `at`: its code, where its body begins, and how many bytes that should not be there were
/// passed over.
pub(super) fn next_marker(bytes: &[u8], mut at: usize) -> Option<(u8, usize, usize)> {
    let mut passed = 0;
    loop {
        while *bytes.get(at)? != 0xff {
            at += 1;
            passed += 1;
        }
        while *bytes.get(at)? == 0xff {
            at += 1;
        }
        if bytes[at] != 0 {
            return Some((bytes[at], at + 1, passed));
        }
        passed += 2;
        at += 1;
    }
}

/// The body of a marker segment, and where the next one may begin.
pub(super) fn segment(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let len = usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])).max(2);
    Some((bytes.get(at + 2..at + len)?, at + len))
}

impl Tables {
    /// Takes in a segment if it is one of tables.
    pub(super) fn read(&mut self, marker: u8, body: &[u8]) -> Result<(), MediaError> {
        let short = || corrupt("a segment of tables ends early");
        match marker {
            0xdb => {
                let mut rest = body;
                while let [head, tail @ ..] = rest {
                    let size = if head >> 4 == 0 { 64 } else { 128 };
                    let values = tail.get(..size).ok_or_else(short)?;
                    let mut table = [1u16; 64];
                    for (i, &place) in ZIGZAG.iter().enumerate() {
                        table[usize::from(place)] = if size == 64 {
                            values[i].into()
                        } else {
                            u16::from_be_bytes([values[2 * i], values[2 * i + 1]])
                        };
                    }
                    *self.quantisation.get_mut(usize::from(head & 15)).ok_or_else(short)? = Some(table);
                    rest = &tail[size..];
                }
            }
            0xc4 => {
                let mut rest = body;
                while let [head, tail @ ..] = rest {
                    let counts: &[u8; 16] = tail.first_chunk().ok_or_else(short)?;
                    let count = counts.iter().map(|&n| usize::from(n)).sum::<usize>();
                    let symbols = tail.get(16..16 + count).ok_or_else(short)?;
                    let table =
                        Table::new(counts, symbols).ok_or_else(|| corrupt("a table of codes is wrong"))?;
                    let tables = if head >> 4 == 0 { &mut self.dc } else { &mut self.ac };
                    *tables.get_mut(usize::from(head & 15)).ok_or_else(short)? = Some(table);
                    rest = &tail[16 + count..];
                }
            }
            0xdd => {
                let bytes = body.first_chunk::<2>().ok_or_else(short)?;
                self.restart_interval = usize::from(u16::from_be_bytes(*bytes));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Frame {
    /// Reads a frame header, `marker` being one of 0xc0..=0xcf.
    pub(super) fn read(marker: u8, body: &[u8]) -> Result<Self, MediaError> {
        match marker {
            0xc0..=0xc2 => {}
            0xc3 => return Err(unsupported("lossless JPEG")),
            0xc9..=0xcb | 0xcd..=0xcf => return Err(unsupported("arithmetic coding")),
            _ => return Err(unsupported("hierarchical JPEG")),
        }
        let &[bits, h1, h0, w1, w0, count, ref list @ ..] = body else {
            return Err(corrupt("its frame header ends early"));
        };
        let (width, height) =
            (usize::from(u16::from_be_bytes([w1, w0])), usize::from(u16::from_be_bytes([h1, h0])));
        if width == 0 || height == 0 {
            let (width, height) = (width as u32, height as u32);
            return Err(MediaError::ZeroSize { format: Format::Jpeg, width, height });
        }
        if !matches!(bits, 8 | 12) {
            return Err(unsupported(format!("{bits} bits a sample")));
        }
        if !(1..=4).contains(&count) {
            return Err(unsupported(format!("{count} components")));
        }
        if list.len() < usize::from(count) * 3 {
            return Err(corrupt("its frame header ends early"));
        }
        let listed = || list.chunks_exact(3).take(count.into());
        let factor = |list: &[u8]| (usize::from(list[1] >> 4), usize::from(list[1] & 15));
        if listed().any(|c| !(1..=4).contains(&factor(c).0) || !(1..=4).contains(&factor(c).1) || c[2] > 3) {
            return Err(corrupt("its sampling factors are wrong"));
        }
        let h_max = listed().map(|c| factor(c).0).max().unwrap_or(1);
        let v_max = listed().map(|c| factor(c).1).max().unwrap_or(1);
        let (units_wide, units_high) = (width.div_ceil(8 * h_max), height.div_ceil(8 * v_max));
        let components = listed()
            .map(|c| {
                let (h, v) = factor(c);
                Component {
                    id: c[0],
                    h,
                    v,
                    table: c[2].into(),
                    blocks_wide: (width * h).div_ceil(8 * h_max),
                    blocks_high: (height * v).div_ceil(8 * v_max),
                    stride: units_wide * h,
                    rows: units_high * v,
                }
            })
            .collect();
        Ok(Self { width, height, bits, is_progressive: marker == 0xc2, components, h_max, v_max })
    }

    /// Reads a scan header.
    pub(super) fn scan(&self, body: &[u8]) -> Result<Scan, MediaError> {
        let wrong = || corrupt("a scan header is wrong");
        let (&count, list) = body.split_first().ok_or_else(wrong)?;
        let count = usize::from(count);
        if !(1..=4).contains(&count) || list.len() < count * 2 + 3 {
            return Err(wrong());
        }
        let mut components: Vec<(usize, usize, usize)> = Vec::new();
        for entry in list[..count * 2].chunks_exact(2) {
            let index = self.components.iter().position(|c| c.id == entry[0]).ok_or_else(wrong)?;
            let (dc, ac) = (usize::from(entry[1] >> 4), usize::from(entry[1] & 15));
            if dc > 3 || ac > 3 || components.iter().any(|&(seen, ..)| seen == index) {
                return Err(wrong());
            }
            components.push((index, dc, ac));
        }
        let rest = &list[count * 2..];
        let (first, last) = (usize::from(rest[0]), usize::from(rest[1]));
        let (high, low) = (u32::from(rest[2] >> 4), u32::from(rest[2] & 15));
        if !self.is_progressive {
            // Writers leave rubbish here; for these frames there is only one choice.
            return Ok(Scan { components, first: 0, last: 63, high: 0, low: 0 });
        }
        if last > 63 || first > last || low > 13 || (first == 0) != (last == 0) || (first > 0 && count > 1) {
            return Err(wrong());
        }
        Ok(Scan { components, first, last, high, low })
    }
}
