//! A whole JPEG: its markers in order, its scans, and the samples of its components.

use super::{
    frame::{Component, Frame, Tables, corrupt, next_marker, segment},
    scan::{Coefficients, Damage, Reader},
    transform::{Colors, Sample, blocks, interleaved},
};
use crate::{Format, MediaError, limits::zeroed};

/// Block rows of a component that are decoded before they are transformed, where a scan holds everything.
const ROWS_AT_A_TIME: usize = 16;
/// More scans than any writer makes; without a bound a small file could cost hours.
const MOST_SCANS: usize = 500;

/// Everything before the first scan.
pub(super) struct Header {
    pub frame: Frame,
    /// Whether a JFIF segment says that three components are YCbCr.
    has_jfif: bool,
    /// The transform that Adobe's segment names.
    adobe: Option<u8>,
    tables: Tables,
    /// Where the body of the first scan header is.
    at: usize,
}

/// Samples of all components in their own range.
pub(super) enum Planes {
    /// 0..=255.
    Eight(Vec<u8>),
    /// 0..=4095.
    Twelve(Vec<u16>),
}

impl Header {
    /// Reads up to the first scan; `tables` are those of an abbreviated stream.
    pub(super) fn read(tables: Option<&[u8]>, bytes: &[u8]) -> Result<Self, MediaError> {
        let mut known = Tables::default();
        let mut at = 0;
        while let Some((marker, body)) = tables.and_then(|t| next_marker(t, at)).map(|(m, b, _)| (m, b)) {
            at = body;
            if let Some((body, end)) = segment(tables.unwrap_or_default(), body).filter(|_| has_body(marker))
            {
                known.read(marker, body)?;
                at = end;
            }
        }
        let (mut frame, mut has_jfif, mut adobe) = (None, false, None);
        let mut at = 0;
        let truncated = || MediaError::Truncated { format: Format::Jpeg };
        loop {
            let (marker, body_at, _) = next_marker(bytes, at).ok_or_else(truncated)?;
            if marker == 0xd9 {
                return Err(corrupt("it ends before it has a picture"));
            }
            if !has_body(marker) {
                at = body_at;
                continue;
            }
            let (body, end) = segment(bytes, body_at).ok_or_else(truncated)?;
            match marker {
                0xda => {
                    let frame = frame.ok_or_else(|| corrupt("it has no frame header"))?;
                    return Ok(Self { frame, has_jfif, adobe, tables: known, at: body_at });
                }
                0xe0 => has_jfif |= body.starts_with(b"JFIF\0"),
                0xee if body.starts_with(b"Adobe") => adobe = body.get(11).copied(),
                0xc4 => known.read(marker, body)?,
                0xcc => return Err(super::frame::unsupported("arithmetic coding")),
                0xc0..=0xcf if marker != 0xc8 => {
                    if frame.is_some() {
                        return Err(corrupt("it has two frame headers"));
                    }
                    frame = Some(Frame::read(marker, body)?);
                }
                _ => known.read(marker, body)?,
            }
            at = end;
        }
    }

    /// How the components become colours, by the rules of libjpeg.
    pub(super) fn colors(&self) -> Colors {
        let ids: Vec<u8> = self.frame.components.iter().map(|c| c.id).collect();
        match (ids.len(), self.adobe) {
            (3, _) if self.has_jfif => Colors::YCbCr,
            (3, Some(0)) => Colors::Plain,
            (3, None) if ids == *b"RGB" => Colors::Plain,
            (3, _) => Colors::YCbCr,
            (4, Some(0) | None) => Colors::Plain,
            (4, Some(_)) => Colors::Ycck,
            _ => Colors::Plain,
        }
    }

    /// Whether inks are stored as the light that is left, as Adobe's programs do.
    pub(super) fn is_inverted(&self) -> bool {
        self.adobe.is_some()
    }

    /// Decodes the samples, in `colors`; one channel where all are without colour.
    pub(super) fn decode(self, bytes: &[u8], colors: Colors) -> Result<(Planes, Damage), MediaError> {
        if self.frame.bits == 8 {
            let (samples, damage) = self.samples(bytes, colors)?;
            Ok((Planes::Eight(samples), damage))
        } else {
            let (samples, damage) = self.samples(bytes, colors)?;
            Ok((Planes::Twelve(samples), damage))
        }
    }

    fn samples<T: Sample>(self, bytes: &[u8], colors: Colors) -> Result<(Vec<T>, Damage), MediaError> {
        let Self { mut frame, mut tables, at, .. } = self;
        let mut planes = Vec::new();
        for component in &frame.components {
            planes.push(zeroed(component.stride * component.rows * 64)?);
        }
        let mut damage = Damage::default();
        let (scan_body, end) = segment(bytes, at).ok_or(MediaError::Truncated { format: Format::Jpeg })?;
        let scan = frame.scan(scan_body)?;
        if !frame.is_progressive && scan.components.len() == frame.components.len() {
            let mut reader = Reader::new(bytes, end, &frame, &scan, &tables)?;
            at_once(&frame, &tables, &mut reader, &mut planes)?;
            let (end, found) = reader.finish();
            note(&mut damage, found);
            check_end(bytes, end, &mut damage);
        } else {
            all_scans(bytes, at, &frame, &mut tables, &mut planes, &mut damage)?;
        }
        if damage.is_cut {
            return Err(MediaError::Truncated { format: Format::Jpeg });
        }
        // Most scans of gray prints are stored as colour; Y of them is what red, green and blue would be.
        let is_full = |c: &Component| c.h == frame.h_max && c.v == frame.v_max;
        if colors == Colors::YCbCr && is_full(&frame.components[0]) && is_colorless(&planes[1..]) {
            frame.components.truncate(1);
            planes.truncate(1);
        }
        if let [component] = &frame.components[..]
            && let Some(plane) = planes.pop()
        {
            // Its rows have their order already, and samples beyond the edge.
            let samples = without_rest(plane, component.stride * 8, frame.width, frame.height);
            return Ok((samples, damage));
        }
        let mut samples = zeroed(frame.width * frame.height * frame.components.len())?;
        interleaved(&frame, &planes, colors, &mut samples);
        Ok((samples, damage))
    }
}

/// The first `width` samples of the first `height` rows of a plane with `pitch` samples a row.
fn without_rest<T: Copy>(mut plane: Vec<T>, pitch: usize, width: usize, height: usize) -> Vec<T> {
    if pitch > width {
        (1..height).for_each(|y| plane.copy_within(y * pitch..y * pitch + width, y * width));
    }
    plane.truncate(width * height);
    plane
}

/// Whether all samples of chroma are in the middle.
fn is_colorless<T: Sample>(planes: &[Vec<T>]) -> bool {
    let off = |sum: u16, &v: &T| sum | (v.into() ^ (T::MAX / 2 + 1));
    let is_gray = |piece: &[T]| piece.iter().fold(0, off) == 0;
    planes.iter().all(|plane| plane.chunks(4096).all(is_gray))
}

fn has_body(marker: u8) -> bool {
    !matches!(marker, 0x01 | 0xd0..=0xd9)
}

fn note(damage: &mut Damage, found: Damage) {
    damage.is_corrupt |= found.is_corrupt;
    damage.is_cut |= found.is_cut;
}

/// What follows the last scan: the end marker, unless something was passed over or it is missing.
fn check_end(bytes: &[u8], at: usize, damage: &mut Damage) {
    match next_marker(bytes, at) {
        Some((_, _, passed)) => damage.is_corrupt |= passed > 0,
        None => damage.is_corrupt = true,
    }
}

/// One scan that holds everything: a stretch of rows is decoded and transformed at a time.
fn at_once<T: Sample>(
    frame: &Frame,
    tables: &Tables,
    reader: &mut Reader<'_>,
    planes: &mut [Vec<T>],
) -> Result<(), MediaError> {
    let is_single = frame.components.len() == 1;
    let (_, rows) = reader.units();
    let mut stretches = Vec::new();
    for component in &frame.components {
        let high = if is_single { 1 } else { component.v };
        let values = zeroed(ROWS_AT_A_TIME * high * component.stride * 64)?;
        stretches.push(Coefficients { values, first_row: 0 });
    }
    let mut top = 0;
    while top < rows {
        let bottom = (top + ROWS_AT_A_TIME).min(rows);
        for y in top..bottom {
            reader.row(y, &mut stretches);
        }
        for ((component, stretch), plane) in
            frame.components.iter().zip(&mut stretches).zip(planes.iter_mut())
        {
            let high = if is_single { 1 } else { component.v };
            let row = component.stride * 64;
            let coefficients = &stretch.values[..(bottom - top) * high * row];
            let to = &mut plane[top * high * row..bottom * high * row];
            blocks(coefficients, quantisation(tables, component.table)?, component.stride, to);
            stretch.values.fill(0);
            stretch.first_row = bottom * high;
        }
        top = bottom;
    }
    Ok(())
}

fn quantisation(tables: &Tables, index: usize) -> Result<&[u16; 64], MediaError> {
    tables.quantisation[index].as_ref().ok_or_else(|| corrupt("a table of quantisation is missing"))
}

/// Several scans: all coefficients are gathered first.
fn all_scans<T: Sample>(
    bytes: &[u8],
    first: usize,
    frame: &Frame,
    tables: &mut Tables,
    planes: &mut [Vec<T>],
    damage: &mut Damage,
) -> Result<(), MediaError> {
    let mut all = Vec::new();
    for component in &frame.components {
        let values = zeroed(component.stride * component.rows * 64)?;
        all.push(Coefficients { values, first_row: 0 });
    }
    // For every coefficient the bits that are still missing; a file without an end is whole once there are none.
    let mut missing = vec![[u32::MAX; 64]; frame.components.len()];
    // A component keeps the table that was there when its first scan began.
    let mut kept: Vec<Option<[u16; 64]>> = vec![None; frame.components.len()];
    let (mut marker, mut at, mut scans) = (0xda, first, 0);
    let mut has_end = true;
    loop {
        match marker {
            0xda if scans == MOST_SCANS => {
                return Err(corrupt(format!("it has more than {MOST_SCANS} scans")));
            }
            0xda => {
                scans += 1;
                let Some((body, end)) = segment(bytes, at) else {
                    has_end = false;
                    break;
                };
                let scan = frame.scan(body)?;
                for &(index, ..) in &scan.components {
                    kept[index] = kept[index].or(tables.quantisation[frame.components[index].table]);
                    missing[index][scan.first..=scan.last].fill(scan.low);
                }
                let mut reader = Reader::new(bytes, end, frame, &scan, tables)?;
                for y in 0..reader.units().1 {
                    reader.row(y, &mut all);
                }
                let (end, found) = reader.finish();
                note(damage, found);
                at = end;
            }
            0xd9 => break,
            _ if !has_body(marker) => {}
            _ => {
                let Some((body, end)) = segment(bytes, at) else {
                    has_end = false;
                    break;
                };
                tables.read(marker, body)?;
                at = end;
            }
        }
        let Some((next, body, passed)) = next_marker(bytes, at) else {
            has_end = false;
            break;
        };
        damage.is_corrupt |= passed > 0;
        (marker, at) = (next, body);
    }
    if !has_end {
        damage.is_corrupt = true;
        damage.is_cut |= missing.iter().flatten().any(|&bits| bits > 0);
    }
    for (i, (component, plane)) in frame.components.iter().zip(planes).enumerate() {
        let values = std::mem::take(&mut all[i].values);
        let Some(table) = kept[i] else { return Err(corrupt("a component has no scan or no table")) };
        blocks(&values, &table, component.stride, plane);
    }
    Ok(())
}
