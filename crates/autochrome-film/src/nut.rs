//! Reading NUT, the container that FFmpeg's frames come in.
//!
//! Raw video alone has neither time stamps nor room for two sizes of frame in one pipe; NUT has both, and is what FFmpeg itself
//! recommends for raw frames. Only what FFmpeg writes is read: checksums are not looked at, as a pipe does not garble.
//!
//! # Source
//! The NUT specification, `nut.txt` of 2008-09-30, with the names it uses.

use std::io::{self, BufRead, ErrorKind, Read};

const FILE_ID: &[u8; 25] = b"nut/multimedia container\0";
const MAIN: u64 = 0x4e4d_7a56_1f5f_04ad;
const STREAM: u64 = 0x4e53_1140_5bf2_f9db;
const SYNCPOINT: u64 = 0x4e4b_e4ad_eeca_4569;

const FLAG_CODED_PTS: u64 = 8;
const FLAG_STREAM_ID: u64 = 16;
const FLAG_SIZE_MSB: u64 = 32;
const FLAG_CHECKSUM: u64 = 64;
const FLAG_RESERVED: u64 = 128;
const FLAG_SM_DATA: u64 = 256;
const FLAG_HEADER_IDX: u64 = 1024;
const FLAG_MATCH_TIME: u64 = 2048;
const FLAG_CODED: u64 = 4096;
const FLAG_INVALID: u64 = 8192;

/// Headers are a few hundred bytes; frames have a limit of their own.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// One frame of one stream.
#[derive(Debug, PartialEq)]
pub(crate) struct Packet {
    pub stream: usize,
    /// Time stamp in units of the stream's time base.
    pub pts: i64,
    pub timestamp_s: f64,
    pub data: Vec<u8>,
}

/// What a frame's first byte stands for.
#[derive(Clone, Copy, Debug)]
struct FrameCode {
    flags: u64,
    stream: u64,
    size_mul: u64,
    size_lsb: u64,
    pts_delta: i64,
    reserved: u64,
    header: u64,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    time_base: (u64, u64),
    msb_pts_shift: u32,
    last_pts: i64,
    width: u64,
    height: u64,
}

/// A stream of packets; what is no packet is read over.
#[derive(Debug)]
pub(crate) struct Nut<R> {
    input: R,
    max_frame_bytes: u64,
    codes: Vec<FrameCode>,
    time_bases: Vec<(u64, u64)>,
    streams: Vec<Option<Stream>>,
    /// First bytes that frames may leave out.
    elided: Vec<Vec<u8>>,
    begun: bool,
}

impl<R: BufRead> Nut<R> {
    pub fn new(input: R, max_frame_bytes: u64) -> Self {
        let (codes, time_bases, streams, elided) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { input, max_frame_bytes, codes, time_bases, streams, elided, begun: false }
    }

    /// Columns and rows of a stream whose packets have begun.
    pub fn size(&self, stream: usize) -> Option<(usize, usize)> {
        let stream = self.streams.get(stream).copied().flatten()?;
        Some((usize::try_from(stream.width).ok()?, usize::try_from(stream.height).ok()?))
    }

    /// Seconds of a unit of time of a stream whose packets have begun, as a fraction.
    pub fn time_base(&self, stream: usize) -> Option<(u64, u64)> {
        self.streams.get(stream).copied().flatten().map(|stream| stream.time_base)
    }

    /// The next frame, or nothing at the end.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] for what is not NUT, [`ErrorKind::UnexpectedEof`] when it ends inside a packet.
    pub fn next_packet(&mut self) -> io::Result<Option<Packet>> {
        if !self.begun {
            if self.input.fill_buf()?.is_empty() {
                return Ok(None);
            }
            let mut id = [0; FILE_ID.len()];
            self.input.read_exact(&mut id)?;
            if &id != FILE_ID {
                return Err(invalid("this is not NUT"));
            }
            self.begun = true;
        }
        loop {
            let Some(&first) = self.input.fill_buf()?.first() else { return Ok(None) };
            self.input.consume(1);
            if first != b'N' {
                return self.frame(first).map(Some);
            }
            self.header()?;
        }
    }

    /// A packet that is no frame, its first byte read.
    fn header(&mut self) -> io::Result<()> {
        let mut rest = [0; 8];
        rest[0] = b'N';
        self.input.read_exact(&mut rest[1..])?;
        let length = varint(&mut self.input)?;
        if length > MAX_HEADER_BYTES {
            return Err(invalid("a header is too long"));
        }
        if length > 4096 {
            self.input.read_exact(&mut [0; 4])?;
        }
        let body = read_bytes(&mut self.input, length)?;
        let mut body = body.as_slice();
        match u64::from_be_bytes(rest) {
            MAIN => self.main_header(&mut body),
            STREAM => self.stream_header(&mut body),
            SYNCPOINT => self.syncpoint(&mut body),
            // Information and the index at the end are of no use here.
            _ => Ok(()),
        }
    }

    fn main_header(&mut self, body: &mut &[u8]) -> io::Result<()> {
        if varint(body)? > 3 {
            return Err(invalid("only version 3 is read"));
        }
        let streams = varint(body)?;
        if streams > 16 {
            return Err(invalid("too many streams"));
        }
        self.streams = vec![None; streams as usize];
        let _max_distance = varint(body)?;
        self.time_bases = (0..varint(body)?)
            .map(|_| Ok((varint(body)?, varint(body)?.max(1))))
            .collect::<io::Result<_>>()?;
        self.codes = frame_codes(body)?;
        // Number 0 is no bytes at all.
        self.elided = vec![Vec::new()];
        for _ in 0..varint(body)?.min(127) {
            let length = varint(body)?;
            self.elided.push(read_bytes(body, length.min(MAX_HEADER_BYTES))?);
        }
        Ok(())
    }

    fn stream_header(&mut self, body: &mut &[u8]) -> io::Result<()> {
        let id = varint(body)?;
        let _class = varint(body)?;
        skip_bytes(body)?; // fourcc
        let time_base = varint(body)?;
        let msb_pts_shift = varint(body)?;
        let (_max_pts_distance, _decode_delay, _flags) = (varint(body)?, varint(body)?, varint(body)?);
        skip_bytes(body)?; // codec's own
        let (width, height) = (varint(body)?, varint(body)?);
        let time_base = self.time_bases.get(time_base as usize).copied();
        let (Some(time_base), Some(slot)) = (time_base, self.streams.get_mut(id as usize)) else {
            return Err(invalid("a stream that the main header does not know"));
        };
        if msb_pts_shift > 32 {
            return Err(invalid("time stamps are too long"));
        }
        *slot = Some(Stream { time_base, msb_pts_shift: msb_pts_shift as u32, last_pts: 0, width, height });
        Ok(())
    }

    /// The time from which all streams count on.
    fn syncpoint(&mut self, body: &mut &[u8]) -> io::Result<()> {
        let global = varint(body)?;
        let count = (self.time_bases.len() as u64).max(1);
        let (ticks, base) = (global / count, (global % count) as usize);
        let &(from_num, from_den) =
            self.time_bases.get(base).ok_or_else(|| invalid("a syncpoint without a time base"))?;
        for stream in self.streams.iter_mut().flatten() {
            let (num, den) = stream.time_base;
            let up = u128::from(ticks) * u128::from(from_num) * u128::from(den);
            let down = (u128::from(from_den) * u128::from(num)).max(1);
            stream.last_pts = i64::try_from(up / down).map_err(|_| invalid("a time beyond all films"))?;
        }
        Ok(())
    }

    fn frame(&mut self, first: u8) -> io::Result<Packet> {
        let code =
            *self.codes.get(first as usize).ok_or_else(|| invalid("a frame before the main header"))?;
        let input = &mut self.input;
        let mut flags = code.flags;
        if flags & FLAG_CODED != 0 {
            flags ^= varint(input)?;
        }
        if flags & (FLAG_INVALID | FLAG_SM_DATA) != 0 {
            return Err(invalid("a kind of frame that is not read"));
        }
        let id = if flags & FLAG_STREAM_ID != 0 { varint(input)? } else { code.stream };
        let stream = self
            .streams
            .get_mut(id as usize)
            .and_then(Option::as_mut)
            .ok_or_else(|| invalid("a frame of no stream"))?;
        let pts = if flags & FLAG_CODED_PTS != 0 {
            whole_pts(varint(input)?, stream.msb_pts_shift, stream.last_pts)?
        } else {
            stream.last_pts.saturating_add(code.pts_delta)
        };
        let size_msb = if flags & FLAG_SIZE_MSB != 0 { varint(input)? } else { 0 };
        if flags & FLAG_MATCH_TIME != 0 {
            varint(input)?;
        }
        let header = if flags & FLAG_HEADER_IDX != 0 { varint(input)? } else { code.header };
        let reserved = if flags & FLAG_RESERVED != 0 { varint(input)? } else { code.reserved };
        for _ in 0..reserved {
            varint(input)?;
        }
        if flags & FLAG_CHECKSUM != 0 {
            input.read_exact(&mut [0; 4])?;
        }
        let size = size_msb.saturating_mul(code.size_mul).saturating_add(code.size_lsb);
        if size > self.max_frame_bytes {
            return Err(invalid("a frame is larger than the film's"));
        }
        stream.last_pts = pts;
        let (num, den) = stream.time_base;
        let timestamp_s = pts as f64 * num as f64 / den as f64;
        // Long frames leave nothing out, whatever their code says.
        let header = if size > 4096 { 0 } else { header as usize };
        let elided = self.elided.get(header).ok_or_else(|| invalid("an unknown elision header"))?;
        let elided_bytes = (elided.len() as u64).min(size);
        let mut data = elided.clone();
        data.resize(size as usize, 0);
        input.read_exact(&mut data[elided_bytes as usize..])?;
        Ok(Packet { stream: id as usize, pts, timestamp_s, data })
    }
}

/// The run-length coded table of what the 256 first bytes mean.
fn frame_codes(body: &mut &[u8]) -> io::Result<Vec<FrameCode>> {
    let invalid_code = FrameCode {
        flags: FLAG_INVALID,
        stream: 0,
        size_mul: 1,
        size_lsb: 0,
        pts_delta: 0,
        reserved: 0,
        header: 0,
    };
    let mut codes = Vec::with_capacity(256);
    let (mut pts_delta, mut size_mul, mut stream, mut header) = (0, 1, 0, 0);
    while codes.len() < 256 {
        let (flags, fields) = (varint(body)?, varint(body)?);
        if fields > 0 {
            pts_delta = signed(varint(body)?);
        }
        if fields > 1 {
            size_mul = varint(body)?;
        }
        if fields > 2 {
            stream = varint(body)?;
        }
        let size = if fields > 3 { varint(body)? } else { 0 };
        let reserved = if fields > 4 { varint(body)? } else { 0 };
        let count = if fields > 5 { varint(body)? } else { size_mul.saturating_sub(size) };
        if fields > 6 {
            varint(body)?; // match time
        }
        if fields > 7 {
            header = varint(body)?;
        }
        for _ in 8..fields {
            varint(body)?;
        }
        for lsb in 0..count.min(256) {
            if codes.len() == usize::from(b'N') {
                codes.push(invalid_code);
            }
            if codes.len() == 256 {
                break;
            }
            let size_lsb = size.saturating_add(lsb);
            codes.push(FrameCode { flags, stream, size_mul, size_lsb, pts_delta, reserved, header });
        }
    }
    Ok(codes)
}

/// A time stamp whose upper bits may have been left out.
fn whole_pts(coded: u64, shift: u32, last: i64) -> io::Result<i64> {
    let coded = i64::try_from(coded).map_err(|_| invalid("a time beyond all films"))?;
    let range = 1_i64 << shift;
    if coded >= range {
        return Ok(coded - range);
    }
    let mask = range - 1;
    let lowest = last - mask / 2;
    Ok(((coded - lowest) & mask) + lowest)
}

/// Seven bits a byte, the highest first.
fn varint(input: &mut impl Read) -> io::Result<u64> {
    let mut value = 0_u64;
    for _ in 0..10 {
        let mut byte = [0];
        input.read_exact(&mut byte)?;
        if value >> 57 != 0 {
            break;
        }
        value = value << 7 | u64::from(byte[0] & 0x7f);
        if byte[0] & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(invalid("a number is too long"))
}

fn signed(value: u64) -> i64 {
    let value = value.wrapping_add(1);
    let half = (value >> 1) as i64;
    if value & 1 != 0 { -half } else { half }
}

fn skip_bytes(body: &mut &[u8]) -> io::Result<()> {
    let length = varint(body)? as usize;
    *body = body.get(length..).ok_or(ErrorKind::UnexpectedEof)?;
    Ok(())
}

fn read_bytes(input: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(|_| invalid("a packet is too long"))?];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn invalid(reason: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One second of `testsrc2` at 4 frames a second: gray of 8 × 4 for each, RGB of 16 × 8 twice a second. Made by
    /// `ffmpeg -f lavfi -i testsrc2=s=16x8:r=4:d=1 -filter_complex "[0:v]split[a][b]; [a]scale=8:4:flags=area,format=gray[s];
    /// [b]select='isnan(prev_selected_t)+gte(t-prev_selected_t,0.5)',format=rgb24[f]" -map '[s]' -map '[f]' -c:v rawvideo
    /// -fps_mode passthrough -enc_time_base 1:1000000 -f nut two_streams.nut` (FFmpeg 5.1.8).
    const TWO_STREAMS: &[u8] = include_bytes!("two_streams.nut");

    fn packets(bytes: &[u8]) -> io::Result<Vec<Packet>> {
        let mut nut = Nut::new(bytes, 10_000);
        std::iter::from_fn(|| nut.next_packet().transpose()).collect()
    }

    #[test]
    fn two_streams_keep_their_times_and_sizes() {
        let packets = packets(TWO_STREAMS).unwrap();
        let of = |stream| packets.iter().filter(move |packet| packet.stream == stream);
        assert_eq!(of(0).map(|p| p.timestamp_s).collect::<Vec<_>>(), [0.0, 0.25, 0.5, 0.75]);
        assert_eq!(of(1).map(|p| p.timestamp_s).collect::<Vec<_>>(), [0.0, 0.5]);
        assert!(of(0).all(|p| p.data.len() == 8 * 4) && of(1).all(|p| p.data.len() == 16 * 8 * 3));
        let mut nut = Nut::new(TWO_STREAMS, 10_000);
        nut.next_packet().unwrap();
        assert_eq!((nut.size(0), nut.size(1), nut.size(2)), (Some((8, 4)), Some((16, 8)), None));
    }

    #[test]
    fn a_stream_cut_anywhere_is_an_error_or_shorter_but_never_wrong() {
        let whole = packets(TWO_STREAMS).unwrap();
        for length in 0..TWO_STREAMS.len() {
            if let Ok(part) = packets(&TWO_STREAMS[..length]) {
                assert!(part.len() <= whole.len() && part == whole[..part.len()], "{length}");
            }
        }
    }

    #[test]
    fn garbled_bytes_never_panic_or_take_much_memory() {
        for place in 0..TWO_STREAMS.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut bytes = TWO_STREAMS.to_vec();
                bytes[place] ^= change;
                let _ = packets(&bytes);
            }
        }
    }

    #[test]
    fn time_stamps_without_their_upper_bits_are_those_next_to_the_last() {
        assert_eq!(whole_pts(0x05, 8, 0x1f0).unwrap(), 0x205);
        assert_eq!(whole_pts(0xf0, 8, 0x205).unwrap(), 0x1f0);
        assert_eq!(whole_pts(0x300, 8, 0x205).unwrap(), 0x200, "at or above 2^shift it is whole");
    }
}
