//! Coefficients as bits.
//!
//! # Source
//! ITU-T T.81, annex F.1.2.

use super::{
    blocks::Group,
    tables::{HUFFMAN, ZIGZAG},
};

/// Codes of a component.
pub(super) struct Codes {
    dc: [(u16, u8); 256],
    ac: [(u16, u8); 256],
}

impl Codes {
    /// Those of lightness and of colour.
    pub(super) fn typical() -> [Self; 2] {
        HUFFMAN.map(|[dc, ac]| Self { dc: dc.codes(), ac: ac.codes() })
    }
}

/// Bits, the first one highest; those that do not fill a word yet wait at the low end of `waiting`.
#[derive(Default)]
pub(super) struct Bits {
    pub words: Vec<u32>,
    pub waiting: u64,
    /// Fewer than 32.
    pub count: u32,
}

impl Bits {
    pub(super) fn clear(&mut self) {
        self.words.clear();
        (self.waiting, self.count) = (0, 0);
    }

    /// Adds the `count` low bits of a value that has no others; at most 32.
    #[inline(always)]
    pub(super) fn put(&mut self, value: u32, count: u32) {
        self.waiting = self.waiting << count | u64::from(value);
        self.count += count;
        if self.count >= 32 {
            self.count -= 32;
            self.words.push((self.waiting >> self.count) as u32);
        }
    }

    /// Adds block `i` of a group; `dc` is the DC coefficient of the block before it.
    #[inline(always)]
    pub(super) fn put_block(&mut self, group: &Group, i: usize, dc: i16, codes: &Codes) {
        let (size, low) = parts(group.values[0][i].wrapping_sub(dc));
        let (code, len) = codes.dc[size as usize];
        self.put(u32::from(code) << size | low, u32::from(len) + size);
        let mut present = group.present[i] & !1;
        let mut last = 0;
        while present != 0 {
            let place = present.trailing_zeros();
            present &= present - 1;
            let mut run = place - last - 1;
            last = place;
            while run > 15 {
                let (code, len) = codes.ac[0xf0];
                self.put(code.into(), len.into());
                run -= 16;
            }
            let (size, low) = parts(group.values[usize::from(ZIGZAG[place as usize & 63])][i]);
            let (code, len) = codes.ac[(run << 4 | size) as usize & 255];
            self.put(u32::from(code) << size | low, u32::from(len) + size);
        }
        if last < 63 {
            let (code, len) = codes.ac[0];
            self.put(code.into(), len.into());
        }
    }
}

/// How many bits a value needs, and these bits: those of a negative one are of the value less 1.
#[inline(always)]
fn parts(value: i16) -> (u32, u32) {
    let size = 16 - value.unsigned_abs().leading_zeros();
    let low = (value - i16::from(value < 0)) as u16;
    (size, u32::from(low) & ((1 << size) - 1))
}

/// Bytes of a scan: after every 0xff stands a 0, so that it is no marker.
pub(super) struct Scan {
    pub bytes: Vec<u8>,
    waiting: u64,
    count: u32,
}

impl Scan {
    /// Goes on after a header.
    pub(super) fn after(header: Vec<u8>) -> Self {
        Self { bytes: header, waiting: 0, count: 0 }
    }

    /// Adds bits.
    pub(super) fn add(&mut self, bits: &Bits) {
        for &word in &bits.words {
            self.waiting = self.waiting << 32 | u64::from(word);
            self.write((self.waiting >> self.count) as u32);
        }
        self.waiting = self.waiting << bits.count | bits.waiting & ((1 << bits.count) - 1);
        self.count += bits.count;
        if self.count >= 32 {
            self.count -= 32;
            self.write((self.waiting >> self.count) as u32);
        }
    }

    #[inline]
    fn write(&mut self, word: u32) {
        let bytes = word.to_be_bytes();
        // Whether any byte is 0xff: only of such a one the sum runs over while the highest bit is set.
        if word & !word.wrapping_add(0x0101_0101) & 0x8080_8080 == 0 {
            self.bytes.extend(bytes);
        } else {
            bytes.into_iter().for_each(|byte| self.put_byte(byte));
        }
    }

    fn put_byte(&mut self, byte: u8) {
        self.bytes.push(byte);
        if byte == 0xff {
            self.bytes.push(0);
        }
    }

    /// Fills the last byte with ones.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let ones = (8 - self.count % 8) % 8;
        let rest = self.waiting << ones | ((1 << ones) - 1);
        for left in (0..(self.count + ones) / 8).rev() {
            self.put_byte((rest >> (8 * left)) as u8);
        }
        self.bytes
    }
}
