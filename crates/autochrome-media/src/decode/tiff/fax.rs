//! Fax compression: T.4 in one and two dimensions (Group 3), its variant without line ends, and T.6 (Group 4).
//!
//! A line that cannot be read becomes the line above it, as on paper, and is said to be damaged.
//!
//! # Source
//! ITU-T T.4 (2003) and T.6 (1988); Adobe TIFF 6.0, sections 10 and 11.

use fax::{
    BitReader, ByteReader,
    maps::{Mode, black, mode, white},
};

use super::layout::{Layout, corrupt};
use crate::{MediaError, limits::zeroed};

/// Where colours change along a line, beginning with white; all below the width.
type Changes = Vec<usize>;

/// Bytes that are added behind the data, so that its last code can be looked up as the others are.
const PADDING: [u8; 4] = [0; 4];

type Bytes<'a> = std::iter::Chain<std::iter::Copied<std::slice::Iter<'a, u8>>, std::array::IntoIter<u8, 4>>;
type Wrap = fn(u8) -> Result<u8, std::convert::Infallible>;

struct Reader<'a> {
    bits: ByteReader<std::iter::Map<Bytes<'a>, Wrap>>,
    width: usize,
    /// Whether the line before could not be read, so that the next mark must be looked for.
    is_lost: bool,
    /// Whether the mark behind the last line, or the end of the data, has been met.
    has_ended: bool,
}

/// Packed rows, a set bit for black; `true` when lines were damaged.
pub(super) fn decode(layout: &Layout, stored: &[u8], rows: usize) -> Result<(Vec<u8>, bool), MediaError> {
    if layout.bits != 1 || layout.chunk_samples() != 1 {
        return Err(corrupt("fax compression of more than one bit a pixel"));
    }
    let width = layout.chunk_width;
    let Ok(bits) = ByteReader::new(stored.iter().copied().chain(PADDING).map(Ok as Wrap));
    let mut reader = Reader { bits, width, is_lost: false, has_ended: false };
    let two_dimensional = layout.compression == 3 && layout.fax_options & 1 == 1;
    let row_bytes = layout.row_bytes();
    let mut out = zeroed(row_bytes * rows)?;
    let mut above = Changes::new();
    let (mut is_damaged, mut good_rows) = (false, 0);
    for row in out.chunks_exact_mut(row_bytes) {
        let line = match layout.compression {
            2 => {
                let line = reader.one_dimensional();
                reader.align();
                line
            }
            3 => {
                reader.line_end();
                if two_dimensional && reader.bit() == Some(0) {
                    reader.two_dimensional(&above)
                } else {
                    reader.one_dimensional()
                }
            }
            _ => reader.two_dimensional(&above),
        };
        reader.is_lost = line.is_none();
        match line {
            Some(line) => {
                above = line;
                good_rows += 1;
            }
            // White lines at the end may be left out.
            None if reader.has_ended => break,
            None => {
                is_damaged = true;
                // Without marks there is no way to find the next line.
                if layout.compression != 3 {
                    break;
                }
            }
        }
        paint(row, &above, width);
    }
    if good_rows == 0 {
        return Err(corrupt("no line of its fax data can be read"));
    }
    Ok((out, is_damaged))
}

fn paint(row: &mut [u8], changes: &[usize], width: usize) {
    for pair in changes.chunks(2) {
        let end = pair.get(1).copied().unwrap_or(width);
        for x in pair[0]..end {
            row[x / 8] |= 0x80 >> (x % 8);
        }
    }
}

impl Reader<'_> {
    fn bit(&mut self) -> Option<u16> {
        let bit = self.bits.peek(1)?;
        self.bits.consume(1).ok()?;
        Some(bit)
    }

    fn align(&mut self) {
        let rest = self.bits.bits_to_byte_boundary();
        let _ = self.bits.consume(rest);
    }

    /// Looks for the mark before a line, eleven zeroes and a one; lines without one are taken as they come,
    /// but after damage the rest of the line is passed over.
    fn line_end(&mut self) {
        while let Some(next) = self.bits.peek(11) {
            if next == 0 {
                while self.bit() == Some(0) {}
                break;
            }
            if !self.is_lost {
                return;
            }
            self.bit();
        }
        self.has_ended = self.bits.peek(11).is_none();
    }

    /// The length of one run.
    fn run(&mut self, is_black: bool) -> Option<usize> {
        let mut sum = 0;
        loop {
            let part = if is_black { black::decode(&mut self.bits) } else { white::decode(&mut self.bits) };
            let part = usize::from(part?);
            sum += part;
            if part < 64 {
                return Some(sum);
            }
            if sum > self.width {
                return None;
            }
        }
    }

    fn one_dimensional(&mut self) -> Option<Changes> {
        let mut line = Changes::new();
        let (mut at, mut is_black) = (0, false);
        while at < self.width {
            // Runs of no length add changes without end.
            if line.len() > self.width {
                return None;
            }
            at += self.run(is_black)?;
            if at < self.width {
                line.push(at);
            }
            is_black = !is_black;
        }
        (at == self.width).then_some(line)
    }

    fn two_dimensional(&mut self, above: &[usize]) -> Option<Changes> {
        let width = self.width;
        let mut line = Changes::new();
        // a0 lies before the first pixel at the beginning of a line.
        let (mut a0, mut is_first, mut is_black) = (0, true, false);
        let mut near = 0usize;
        while a0 < width {
            if line.len() > width {
                return None;
            }
            // b1: the first change above, right of a0 and to the other colour.
            near = usize::from(is_black) + near.saturating_sub(near % 2).saturating_sub(2);
            while above.get(near).is_some_and(|&b| b < a0 || (b == a0 && !is_first)) {
                near += 2;
            }
            let b1 = above.get(near).copied().unwrap_or(width);
            match mode::decode(&mut self.bits)? {
                Mode::Pass => a0 = above.get(near + 1).copied().unwrap_or(width),
                Mode::Horizontal => {
                    let first = a0 + self.run(is_black)?;
                    let second = first + self.run(!is_black)?;
                    if second > width {
                        return None;
                    }
                    line.extend([first, second].into_iter().filter(|&at| at < width));
                    a0 = second;
                }
                Mode::Vertical(shift) => {
                    let a1 = b1.checked_add_signed(isize::from(shift))?;
                    if a1 > width || (a1 < a0) {
                        return None;
                    }
                    if a1 < width {
                        line.push(a1);
                    }
                    is_black = !is_black;
                    a0 = a1;
                }
                Mode::Extension | Mode::EOF => {
                    self.has_ended = true;
                    return None;
                }
            }
            is_first = false;
        }
        Some(line)
    }
}
