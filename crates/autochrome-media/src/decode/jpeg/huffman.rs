//! Huffman codes of JPEG, and the bits of a scan with what libjpeg does at their end: zeroes, and a mark that they were missing.
//!
//! # Source
//! ITU-T T.81, annexes C and F.2.2.

/// Codes of up to this many bits are found in one step.
const LOOK_AHEAD: u32 = 9;

/// A table of codes, ready for decoding.
#[derive(Clone)]
pub(super) struct Table {
    /// For the next bits: length of the code in the high byte, symbol in the low one; 0 for longer codes.
    short: Box<[u16; 1 << LOOK_AHEAD]>,
    /// For codes of a length: the largest one, left-aligned in 16 bits, plus one.
    end: [u32; 17],
    /// For codes of a length: what to add to a code to find its symbol.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Table {
    /// A table from the counts of codes with 1 to 16 bits; `None` when there are more codes than fit.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            short: Box::new([0; 1 << LOOK_AHEAD]),
            end: [0; 17],
            offset: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut at) = (0u32, 0usize);
        for len in 1..=16u32 {
            table.offset[len as usize] = at as i32 - code as i32;
            for _ in 0..counts[len as usize - 1] {
                if code >= 1 << len {
                    return None;
                }
                if len <= LOOK_AHEAD {
                    let first = (code << (LOOK_AHEAD - len)) as usize;
                    let entry = (len as u16) << 8 | u16::from(symbols[at]);
                    table.short[first..first + (1 << (LOOK_AHEAD - len))].fill(entry);
                }
                code += 1;
                at += 1;
            }
            table.end[len as usize] = code << (16 - len);
            code <<= 1;
        }
        Some(table)
    }
}

/// The bits of one stretch between markers.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    buffer: u64,
    /// Bits in the buffer, at its high end.
    count: u32,
    /// Zero bits that were added behind the end.
    added: u32,
    /// Whether something was met that no writer makes: a code without a meaning, or a run behind the last coefficient.
    pub has_bad_code: bool,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, buffer: 0, count: 0, added: 0, has_bad_code: false }
    }

    /// Makes sure that at least 48 bits are there.
    #[inline]
    fn fill(&mut self) {
        if self.count >= 48 {
            return;
        }
        if let Some(next) = self.bytes.get(self.at..self.at + 8).and_then(|b| b.first_chunk::<8>()) {
            let word = u64::from_be_bytes(*next);
            // No byte is 0xff, which would be a marker or need its stuffing taken out.
            let inverted = !word;
            if inverted.wrapping_sub(0x0101_0101_0101_0101) & !inverted & 0x8080_8080_8080_8080 == 0 {
                let whole = (64 - self.count) / 8;
                self.buffer |= word >> self.count;
                // Bits of a byte that does not fit whole are put there again by the next filling.
                self.buffer &= u64::MAX.checked_shl(64 - self.count - whole * 8).unwrap_or(0);
                self.count += whole * 8;
                self.at += whole as usize;
                return;
            }
        }
        self.fill_slowly();
    }

    #[cold]
    #[inline(never)]
    fn fill_slowly(&mut self) {
        while self.count <= 56 {
            let byte = match (self.bytes.get(self.at), self.bytes.get(self.at + 1)) {
                (Some(0xff), Some(0)) => {
                    self.at += 2;
                    0xff
                }
                (Some(0xff), _) | (None, _) => {
                    self.added += 8;
                    0
                }
                (Some(&byte), _) => {
                    self.at += 1;
                    byte
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    #[inline]
    fn skip(&mut self, count: u32) {
        self.buffer <<= count;
        self.count -= count;
    }

    /// The next symbol; 0 for a code that the table does not have.
    #[inline]
    pub(super) fn symbol(&mut self, table: &Table) -> u8 {
        self.fill();
        let entry = table.short[(self.buffer >> (64 - LOOK_AHEAD)) as usize];
        if entry != 0 {
            self.skip(u32::from(entry >> 8));
            return entry as u8;
        }
        self.long_symbol(table)
    }

    #[cold]
    fn long_symbol(&mut self, table: &Table) -> u8 {
        let code = (self.buffer >> 48) as u32;
        for len in LOOK_AHEAD + 1..=16 {
            if code < table.end[len as usize] {
                self.skip(len);
                let at = (code >> (16 - len)) as i32 + table.offset[len as usize];
                return usize::try_from(at).ok().and_then(|at| table.symbols.get(at)).copied().unwrap_or(0);
            }
        }
        self.has_bad_code = true;
        self.skip(16);
        0
    }

    /// Up to 16 bits as a number. Behind a symbol there are enough in the buffer.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        if self.count < count {
            self.fill();
        }
        let value = (self.buffer >> 1 >> (63 - count)) as u32;
        self.skip(count);
        value
    }

    /// A number of `count` bits whose first bit tells its sign.
    #[inline]
    pub(super) fn signed(&mut self, count: u32) -> i32 {
        let value = self.take(count) as i32;
        // The lower half of the codes stands for negative numbers.
        if count > 0 && value < 1 << (count - 1) { value - (1 << count) + 1 } else { value }
    }

    /// Whether bits were taken that the file does not have.
    pub(super) fn is_overrun(&self) -> bool {
        self.count < self.added
    }

    /// Where the stretch was left, and whether its end is as a writer makes it: less than a byte is left, filled up with
    /// ones, or with zeroes as some cameras do.
    pub(super) fn end(&self) -> (usize, bool) {
        let left = self.count.saturating_sub(self.added);
        let filling = self.buffer.checked_shr(64 - left).unwrap_or(0);
        (self.at, left < 8 && (filling == 0 || filling == (1 << left) - 1))
    }
}
