//! Writing NUT: raw frames with time stamps of their own, for the pipe into the encoder.
//!
//! # Source
//! The NUT specification, `nut.txt` of 2008-09-30, with the names it uses.

use std::io::{self, Write};

use crate::layout::Layout;

const FILE_ID: &[u8] = b"nut/multimedia container\0";
const MAIN: u64 = 0x4e4d_7a56_1f5f_04ad;
const STREAM: u64 = 0x4e53_1140_5bf2_f9db;
const SYNCPOINT: u64 = 0x4e4b_e4ad_eeca_4569;

const FLAG_KEY: u64 = 1;
const FLAG_CODED_PTS: u64 = 8;
const FLAG_SIZE_MSB: u64 = 32;
const FLAG_CHECKSUM: u64 = 64;
const FLAG_CODED: u64 = 4096;

/// The one frame code that is used: the first of the table, whose share of a frame's size is 0. Its flags follow it.
const FRAME_CODE: u8 = 0;
/// Bits of a time stamp that may stand alone; time stamps are written whole, above that.
const MSB_PTS_SHIFT: u32 = 7;
/// Packets longer than this have a checksum over their header.
const LONG_PACKET: usize = 4096;

/// One stream of raw frames.
#[derive(Debug)]
pub(crate) struct NutWriter<W> {
    output: W,
}

/// What the stream says of itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamHeader {
    pub layout: Layout,
    pub width: usize,
    pub height: usize,
    /// Width and height of a sample, (1, 1) for square ones.
    pub sample_aspect: (u32, u32),
    /// Seconds of a unit of time, as a fraction.
    pub time_base: (u64, u64),
}

impl<W: Write> NutWriter<W> {
    /// Writes the headers.
    pub fn new(mut output: W, header: &StreamHeader) -> io::Result<Self> {
        output.write_all(FILE_ID)?;
        packet(&mut output, MAIN, &main_header(header.time_base))?;
        packet(&mut output, STREAM, &stream_header(header))?;
        Ok(Self { output })
    }

    /// Writes one frame; `pts` is in units of the time base and not negative.
    pub fn frame(&mut self, pts: u64, data: &[u8]) -> io::Result<()> {
        // Frames are longer than what may lie between syncpoints, so that each has one.
        let mut sync = Vec::new();
        varint(&mut sync, pts);
        varint(&mut sync, 0);
        packet(&mut self.output, SYNCPOINT, &sync)?;
        let mut header = vec![FRAME_CODE];
        varint(&mut header, FLAG_KEY | FLAG_CODED_PTS | FLAG_SIZE_MSB | FLAG_CHECKSUM);
        varint(&mut header, pts + (1 << MSB_PTS_SHIFT));
        varint(&mut header, data.len() as u64);
        let sum = checksum(&header);
        header.extend(sum.to_be_bytes());
        self.output.write_all(&header)?;
        self.output.write_all(data)
    }

    /// The pipe, when all frames are in it.
    pub fn into_inner(self) -> W {
        self.output
    }
}

fn main_header((num, den): (u64, u64)) -> Vec<u8> {
    let mut body = Vec::new();
    // Version, streams, most bytes between syncpoints, time bases.
    for value in [3, 1, 65_536, 1, num, den] {
        varint(&mut body, value);
    }
    // 255 frame codes that leave everything to the frame itself: flags, fields, pts, multiplier, stream, size, reserved, count.
    // The 256th would be `N`, which begins other packets.
    for value in [FLAG_CODED, 6, 0, 1, 0, 0, 0, 255] {
        varint(&mut body, value);
    }
    // No elision headers.
    varint(&mut body, 0);
    body
}

fn stream_header(header: &StreamHeader) -> Vec<u8> {
    let mut body = Vec::new();
    // Stream 0 is video.
    varint(&mut body, 0);
    varint(&mut body, 0);
    let tag = header.layout.nut_tag();
    varint(&mut body, tag.len() as u64);
    body.extend(tag);
    // Time base, bits of a short time stamp, largest step, frames out of order, flags, private bytes.
    for value in [0, u64::from(MSB_PTS_SHIFT), 1 << 40, 0, 0, 0] {
        varint(&mut body, value);
    }
    let (across, down) = header.sample_aspect;
    for value in [header.width as u64, header.height as u64, across.into(), down.into(), 0] {
        varint(&mut body, value);
    }
    body
}

/// A packet that is no frame.
fn packet(output: &mut impl Write, startcode: u64, body: &[u8]) -> io::Result<()> {
    let mut bytes = startcode.to_be_bytes().to_vec();
    let length = body.len() + 4;
    varint(&mut bytes, length as u64);
    if length > LONG_PACKET {
        let sum = checksum(&bytes);
        bytes.extend(sum.to_be_bytes());
    }
    bytes.extend(body);
    bytes.extend(checksum(body).to_be_bytes());
    output.write_all(&bytes)
}

/// Seven bits a byte, the highest first.
fn varint(bytes: &mut Vec<u8>, value: u64) {
    let groups = (64 - value.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let more = if group > 0 { 0x80 } else { 0 };
        bytes.push((value >> (7 * group)) as u8 & 0x7f | more);
    }
}

/// CRC-32 of the polynomial 0x04c11db7, highest bit first, from 0.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Sampling;
    use crate::nut::Nut;

    #[test]
    fn what_is_written_is_read_again() {
        let header = StreamHeader {
            layout: Layout { depth: 8, sampling: Sampling::Both },
            width: 6,
            height: 4,
            sample_aspect: (16, 15),
            time_base: (1, 90_000),
        };
        let mut writer = NutWriter::new(Vec::new(), &header).unwrap();
        let frames = [(0_u64, vec![1_u8; 36]), (3003, vec![2; 36]), (1 << 33, vec![3; 36])];
        for (pts, data) in &frames {
            writer.frame(*pts, data).unwrap();
        }
        let bytes = writer.into_inner();
        let mut nut = Nut::new(&bytes[..], 1000);
        for (pts, data) in frames {
            let packet = nut.next_packet().unwrap().unwrap();
            assert_eq!((packet.pts as u64, packet.data), (pts, data));
        }
        assert_eq!(nut.next_packet().unwrap(), None);
        assert_eq!((nut.size(0), nut.time_base(0)), (Some((6, 4)), Some((1, 90_000))));
    }

    #[test]
    fn the_checksum_is_that_of_the_specification() {
        // A body with its checksum behind it has the checksum 0.
        let mut bytes = b"123456789".to_vec();
        let sum = checksum(&bytes);
        bytes.extend(sum.to_be_bytes());
        assert_eq!((sum, checksum(&bytes)), (0x89a1_897f, 0));
    }
}
