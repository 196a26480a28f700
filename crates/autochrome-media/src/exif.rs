//! EXIF blocks: read the orientation, drop the thumbnail, add a note, and carry tags in and out of TIFF files.
//!
//! A block is edited without moving what it holds: changed directories are appended at its end and the header or the
//! parent entry points to them. So every other tag keeps its bytes and its place, which maker notes rely on, because
//! their inner offsets count from the start of the block.
//!
//! # Source
//! CIPA DC-008 (Exif 2.32), sections 4.5 and 4.6; Adobe TIFF 6.0, section 2.

use std::ops::Range;

use crate::{
    directory::{Field, Page, TiffFile},
    metadata::Density,
};

const SOFTWARE: u16 = 0x0131;
const ORIENTATION: u16 = 0x0112;
const IMAGE_DESCRIPTION: u16 = 0x010e;
const USER_COMMENT: u16 = 0x9286;
const EXIF_DIRECTORY: u16 = 0x8769;
const GPS_DIRECTORY: u16 = 0x8825;
const INTEROP_DIRECTORY: u16 = 0xa005;
const X_RESOLUTION: u16 = 0x011a;
const Y_RESOLUTION: u16 = 0x011b;
const RESOLUTION_UNIT: u16 = 0x0128;
const PROCESSING_SOFTWARE: u16 = 0x000b;
const PIXEL_COLUMNS: u16 = 0xa002;
const PIXEL_ROWS: u16 = 0xa003;
const THUMBNAIL_START: u16 = 0x0201;
const THUMBNAIL_LENGTH: u16 = 0x0202;

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

/// Most bytes of a block for one JPEG segment: 65,533 without its name.
pub(crate) const JPEG_LIMIT: usize = 65_527;

/// Tags of a TIFF's first directory that describe the picture rather than how it is stored.
const DESCRIPTIVE: &[u16] = &[
    0x000b, 0x010d, 0x010e, 0x010f, 0x0110, 0x011a, 0x011b, 0x011d, 0x0128, 0x0131, 0x0132, 0x013b, 0x013c,
    0x4746, 0x4749, 0x8298, 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f,
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes.get(..4)? {
            b"II*\0" => Some(Self::Little),
            b"MM\0*" => Some(Self::Big),
            _ => None,
        }
    }

    fn u16(self, b: [u8; 2]) -> u16 {
        if self == Self::Little { u16::from_le_bytes(b) } else { u16::from_be_bytes(b) }
    }

    fn u32(self, b: [u8; 4]) -> u32 {
        if self == Self::Little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) }
    }

    fn put_u16(self, v: u16) -> [u8; 2] {
        if self == Self::Little { v.to_le_bytes() } else { v.to_be_bytes() }
    }

    fn put_u32(self, v: u32) -> [u8; 4] {
        if self == Self::Little { v.to_le_bytes() } else { v.to_be_bytes() }
    }
}

/// One entry of a directory, as it is stored.
#[derive(Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    /// The value when it fits into four bytes, otherwise its offset.
    field: [u8; 4],
}

impl Entry {
    /// Bytes of the value; `None` for a type the standard does not know.
    fn len(&self) -> Option<usize> {
        let unit = match self.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        usize::try_from(self.count).ok()?.checked_mul(unit)
    }
}

/// A directory: its entries and the offset of the next one, 0 for none.
struct Directory {
    entries: Vec<Entry>,
    next: u32,
    range: Range<usize>,
}

impl Directory {
    fn find(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|e| e.tag == tag)
    }

    fn set(&mut self, entry: Entry) {
        self.entries.retain(|e| e.tag != entry.tag);
        self.entries.push(entry);
    }
}

/// A block being read or edited.
#[derive(Clone)]
struct Block {
    bytes: Vec<u8>,
    order: Order,
}

impl Block {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let order = Order::of(bytes)?;
        let block = Self { bytes: bytes.to_vec(), order };
        block.first()?;
        Some(block)
    }

    /// A block with one empty directory.
    fn empty(order: Order) -> Self {
        let mut bytes = if order == Order::Little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        bytes.extend(order.put_u32(8));
        bytes.extend([0; 6]);
        Self { bytes, order }
    }

    fn first(&self) -> Option<Directory> {
        read_directory(&self.bytes, self.order, first_offset(&self.bytes, self.order)?)
    }

    /// Bytes of an entry's value, wherever they lie.
    fn range(&self, position: usize, entry: &Entry) -> Option<Range<usize>> {
        let len = entry.len()?;
        let start = if len <= 4 { position } else { self.order.u32(entry.field) as usize };
        let end = start.checked_add(len)?;
        (end <= self.bytes.len()).then_some(start..end)
    }

    fn value(&self, entry: &Entry) -> Option<Vec<u8>> {
        value(&self.bytes, self.order, entry)
    }

    fn sub(&self, directory: &Directory, tag: u16) -> Option<Directory> {
        read_directory(&self.bytes, self.order, pointer(self.order, directory.find(tag)?)?)
    }

    /// Appends a value where it does not fit into the entry itself.
    fn entry(&mut self, tag: u16, kind: u16, count: u32, value: &[u8]) -> Entry {
        let mut field = [0; 4];
        if value.len() <= 4 {
            field[..value.len()].copy_from_slice(value);
        } else {
            field = self.order.put_u32(self.end());
            self.bytes.extend(value);
        }
        Entry { tag, kind, count, field }
    }

    fn ascii(&mut self, tag: u16, text: &str) -> Entry {
        let mut value = text.as_bytes().to_vec();
        value.push(0);
        self.entry(tag, ASCII, value.len() as u32, &value)
    }

    /// The next free place; values and directories begin at even offsets.
    fn end(&mut self) -> u32 {
        if self.bytes.len() % 2 == 1 {
            self.bytes.push(0);
        }
        self.bytes.len() as u32
    }

    fn append(&mut self, mut directory: Directory) -> u32 {
        let offset = self.end();
        directory.entries.sort_by_key(|e| e.tag);
        self.bytes.extend(self.order.put_u16(directory.entries.len() as u16));
        for e in &directory.entries {
            self.bytes.extend(self.order.put_u16(e.tag));
            self.bytes.extend(self.order.put_u16(e.kind));
            self.bytes.extend(self.order.put_u32(e.count));
            self.bytes.extend(e.field);
        }
        self.bytes.extend(self.order.put_u32(directory.next));
        offset
    }

    fn replace_first(&mut self, directory: Directory) {
        let offset = self.append(directory);
        self.bytes[4..8].copy_from_slice(&self.order.put_u32(offset));
    }

    /// Every stretch of bytes that the main directories refer to, themselves included.
    fn used_ranges(&self) -> Option<Vec<Range<usize>>> {
        let first = self.first()?;
        let exif = self.sub(&first, EXIF_DIRECTORY);
        let gps = self.sub(&first, GPS_DIRECTORY);
        let interop = exif.as_ref().and_then(|d| self.sub(d, INTEROP_DIRECTORY));
        let mut used = Vec::from([Range { start: 0, end: 8 }]);
        for directory in [Some(first), exif, gps, interop].into_iter().flatten() {
            used.extend(directory.entries.iter().filter_map(|e| self.range(0, e)).filter(|r| r.start >= 8));
            used.push(directory.range);
        }
        Some(used)
    }

    /// Unlinks the thumbnail's directory and wipes the thumbnail, cutting it off where it is the end of the block.
    fn drop_thumbnail(&mut self) -> Option<()> {
        let first = self.first()?;
        let link = first.range.end - 4;
        if first.next == 0 {
            return Some(());
        }
        let thumbnail = read_directory(&self.bytes, self.order, first.next);
        self.bytes[link..link + 4].fill(0);
        let used = self.used_ranges()?;
        if let Some(directory) = thumbnail {
            let number = |tag| Some(pointer(self.order, directory.find(tag)?)? as usize);
            if let (Some(start), Some(len)) = (number(THUMBNAIL_START), number(THUMBNAIL_LENGTH))
                && let Some(end) = start.checked_add(len)
                && end <= self.bytes.len()
                && used.iter().all(|r| r.end <= start || end <= r.start)
            {
                self.bytes[start..end].fill(0);
            }
        }
        // Whatever lies behind the last used byte belonged to the thumbnail's directory, unless a maker note reaches
        // for it; maker notes that do so are rare and keep their own tags in any case.
        let end = used.iter().map(|r| r.end).max()?;
        self.bytes.truncate(end);
        Some(())
    }
}

fn first_offset(bytes: &[u8], order: Order) -> Option<u32> {
    Some(order.u32(bytes.get(4..8)?.try_into().ok()?))
}

fn read_directory(bytes: &[u8], order: Order, offset: u32) -> Option<Directory> {
    let start = offset as usize;
    let count = usize::from(order.u16(bytes.get(start..start.checked_add(2)?)?.try_into().ok()?));
    let body = start + 2;
    let end = body + count * 12 + 4;
    let raw = bytes.get(body..end)?;
    let entries = raw[..count * 12]
        .chunks_exact(12)
        .map(|e| Entry {
            tag: order.u16([e[0], e[1]]),
            kind: order.u16([e[2], e[3]]),
            count: order.u32([e[4], e[5], e[6], e[7]]),
            field: [e[8], e[9], e[10], e[11]],
        })
        .collect();
    let next = order.u32(raw[count * 12..].try_into().ok()?);
    Some(Directory { entries, next, range: start..end })
}

fn value(bytes: &[u8], order: Order, entry: &Entry) -> Option<Vec<u8>> {
    let len = entry.len()?;
    if len <= 4 {
        return Some(entry.field[..len].to_vec());
    }
    let start = order.u32(entry.field) as usize;
    Some(bytes.get(start..start.checked_add(len)?)?.to_vec())
}

/// The single number of an entry.
fn pointer(order: Order, entry: &Entry) -> Option<u32> {
    match (entry.kind, entry.count) {
        (SHORT, 1) => Some(u32::from(order.u16([entry.field[0], entry.field[1]]))),
        (LONG | 13, 1) => Some(order.u32(entry.field)),
        _ => None,
    }
}

/// The text of an ASCII value without its padding.
fn text(value: &[u8]) -> String {
    let end = value.iter().position(|&b| b == 0).unwrap_or(value.len());
    String::from_utf8_lossy(&value[..end]).trim().to_string()
}

/// The block without the `Exif\0\0` that JPEG puts before it, and other writers by mistake.
pub(crate) fn without_prefix(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes)
}

/// The orientation, 1..=8; `None` when the block is broken or says nothing valid.
pub(crate) fn orientation(bytes: &[u8]) -> Option<u8> {
    let order = Order::of(bytes)?;
    let first = read_directory(bytes, order, first_offset(bytes, order)?)?;
    let value = pointer(order, first.find(ORIENTATION)?)?;
    (1..=8).contains(&value).then_some(value as u8)
}

/// The block as it may be written beside an upright picture: orientation 1, no thumbnail, no entries that point
/// outside. `None` when it is broken beyond that.
pub(crate) fn sanitize(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut block = Block::parse(bytes)?;
    block.drop_thumbnail()?;
    let mut first = block.first()?;
    for (i, _) in first.entries.iter().enumerate().filter(|(_, e)| e.tag == ORIENTATION) {
        let at = first.range.start + 2 + i * 12;
        block.bytes[at + 2..at + 4].copy_from_slice(&block.order.put_u16(SHORT));
        block.bytes[at + 4..at + 8].copy_from_slice(&block.order.put_u32(1));
        block.bytes[at + 8..at + 10].copy_from_slice(&block.order.put_u16(1));
        block.bytes[at + 10..at + 12].fill(0);
    }
    let entries = block.first()?.entries;
    let good: Vec<Entry> = entries.iter().copied().filter(|e| block.range(0, e).is_some()).collect();
    if good.len() != entries.len() {
        first.entries = good;
        block.replace_first(first);
    }
    Some(block.bytes)
}

/// Whether the block has a description or a comment that says something.
pub(crate) fn is_described(bytes: &[u8]) -> bool {
    let Some(block) = Block::parse(bytes) else { return false };
    let Some(first) = block.first() else { return false };
    let described =
        first.find(IMAGE_DESCRIPTION).and_then(|e| block.value(e)).is_some_and(|v| !text(&v).is_empty());
    let details = block.sub(&first, EXIF_DIRECTORY);
    let comment =
        details.as_ref().and_then(|d| d.find(USER_COMMENT)).and_then(|e| block.value(e)).unwrap_or_default();
    described || comment.get(8..).is_some_and(|t| t.iter().any(|b| !matches!(b, 0 | b' ')))
}

/// The block (or a new one) with a note: in the tag for processing software, in that for software where it is empty, and as
/// the description where `as_description` says that no person has given one.
pub(crate) fn with_note(bytes: Option<&[u8]>, note: &str, software: &str, as_description: bool) -> Vec<u8> {
    let mut block = bytes.and_then(Block::parse).unwrap_or_else(|| Block::empty(Order::Little));
    let Some(mut first) = block.first() else { return block.bytes };
    let said = |block: &Block, first: &Directory, tag| {
        first.find(tag).and_then(|e| block.value(e)).map(|v| text(&v)).unwrap_or_default()
    };
    if said(&block, &first, SOFTWARE).is_empty() {
        let entry = block.ascii(SOFTWARE, software);
        first.set(entry);
    }
    let before = said(&block, &first, PROCESSING_SOFTWARE);
    if !before.contains(note) {
        let now = format!("{software}: {note}");
        let now = if before.is_empty() { now } else { format!("{before}; {now}") };
        let entry = block.ascii(PROCESSING_SOFTWARE, &now);
        first.set(entry);
    }
    if as_description && said(&block, &first, IMAGE_DESCRIPTION).is_empty() {
        let entry = block.ascii(IMAGE_DESCRIPTION, note);
        first.set(entry);
    }
    block.replace_first(first);
    block.bytes
}

/// Pixels an inch, where the block says them.
pub(crate) fn density(bytes: &[u8]) -> Option<Density> {
    let block = Block::parse(bytes)?;
    let first = block.first()?;
    let fraction = |tag| {
        let value =
            first.find(tag).filter(|e| e.kind == RATIONAL && e.count == 1).and_then(|e| block.value(e))?;
        let part = |at: usize| Some(f64::from(block.order.u32(*value.get(at..at + 4)?.first_chunk()?)));
        Some(part(0)? / part(4)?)
    };
    let scale = match first.find(RESOLUTION_UNIT).and_then(|e| pointer(block.order, e)) {
        Some(1) => return None,
        Some(3) => 2.54,
        _ => 1.0,
    };
    Density::new(fraction(X_RESOLUTION)? * scale, fraction(Y_RESOLUTION)? * scale)
}

/// The block (or a new one) with this density.
pub(crate) fn with_density(bytes: Option<&[u8]>, density: Density) -> Vec<u8> {
    let mut block = bytes.and_then(Block::parse).unwrap_or_else(|| Block::empty(Order::Little));
    let Some(mut first) = block.first() else { return block.bytes };
    for (tag, dpi) in [(X_RESOLUTION, density.x_dpi), (Y_RESOLUTION, density.y_dpi)] {
        let parts = if dpi.fract() == 0.0 { [dpi as u32, 1] } else { [(dpi * 1000.0).round() as u32, 1000] };
        let value: Vec<u8> = parts.into_iter().flat_map(|part| block.order.put_u32(part)).collect();
        let entry = block.entry(tag, RATIONAL, 1, &value);
        first.set(entry);
    }
    // 2 is the inch.
    let unit = block.order.put_u16(2);
    let entry = block.entry(RESOLUTION_UNIT, SHORT, 1, &unit);
    first.set(entry);
    block.replace_first(first);
    block.bytes
}

/// The block with the size of the picture where it says one.
pub(crate) fn with_size(mut bytes: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
    let find = || {
        let order = Order::of(&bytes)?;
        let first = read_directory(&bytes, order, first_offset(&bytes, order)?)?;
        let details = read_directory(&bytes, order, pointer(order, first.find(EXIF_DIRECTORY)?)?)?;
        Some((order, details))
    };
    let Some((order, details)) = find() else { return bytes };
    for (i, entry) in details.entries.iter().enumerate() {
        let value = match entry.tag {
            PIXEL_COLUMNS => width,
            PIXEL_ROWS => height,
            _ => continue,
        };
        let at = details.range.start + 2 + i * 12;
        bytes[at + 2..at + 4].copy_from_slice(&order.put_u16(LONG));
        bytes[at + 4..at + 8].copy_from_slice(&order.put_u32(1));
        bytes[at + 8..at + 12].copy_from_slice(&order.put_u32(value));
    }
    bytes
}

/// The descriptive tags of a page as an EXIF block; `None` when it has none.
pub(crate) fn from_tiff(file: &TiffFile<'_>, page: &Page) -> Option<Vec<u8>> {
    let order = if file.big_endian { Order::Big } else { Order::Little };
    let mut block = Block::empty(order);
    let mut copy = |fields: &mut dyn Iterator<Item = &Field>| {
        let mut directory = Directory { entries: Vec::new(), next: 0, range: 0..0 };
        for field in fields {
            // Numbers of 64 bits, which only BigTIFF has, describe nothing that an EXIF block could hold.
            if let Some(value) = file.value(field).filter(|_| field.kind <= 13)
                && let Ok(count) = u32::try_from(field.count)
            {
                directory.entries.push(block.entry(field.tag, field.kind, count, value));
            }
        }
        directory
    };
    let mut target = copy(&mut page.fields.iter().filter(|field| DESCRIPTIVE.contains(&field.tag)));
    let subs = [EXIF_DIRECTORY, GPS_DIRECTORY].map(|tag| {
        let sub = file.page_at(file.number(page, tag)?)?;
        Some((tag, copy(&mut sub.fields.iter().filter(|field| field.tag != INTEROP_DIRECTORY))))
    });
    for (tag, sub) in subs.into_iter().flatten() {
        let offset = block.append(sub);
        target.entries.push(Entry { tag, kind: LONG, count: 1, field: block.order.put_u32(offset) });
    }
    if target.entries.is_empty() {
        return None;
    }
    block.replace_first(target);
    Some(block.bytes)
}

/// A TIFF file with the descriptive tags of an EXIF block added to its first directory.
pub(crate) fn into_tiff(file: Vec<u8>, exif: &[u8]) -> Vec<u8> {
    let (Some(to), Some(from)) = (Order::of(&file), Order::of(exif)) else { return file };
    let mut block = Block { bytes: file, order: to };
    let source = first_offset(exif, from).and_then(|offset| read_directory(exif, from, offset));
    let (Some(mut first), Some(source)) = (block.first(), source) else { return block.bytes };
    for entry in copied(exif, from, &source, &mut block).entries {
        first.set(entry);
    }
    block.replace_first(first);
    block.bytes
}

/// Copies the descriptive entries of a first directory and its EXIF and GPS directories to the end of `block`.
fn copied(bytes: &[u8], order: Order, first: &Directory, block: &mut Block) -> Directory {
    let mut target = Directory { entries: Vec::new(), next: 0, range: 0..0 };
    for entry in first.entries.iter().filter(|e| DESCRIPTIVE.contains(&e.tag)) {
        target.entries.extend(copy_entry(bytes, order, entry, block));
    }
    for tag in [EXIF_DIRECTORY, GPS_DIRECTORY] {
        let Some(directory) =
            first.find(tag).and_then(|e| pointer(order, e)).and_then(|o| read_directory(bytes, order, o))
        else {
            continue;
        };
        let mut copy = Directory { entries: Vec::new(), next: 0, range: 0..0 };
        // The interoperability directory only names a colour rule of cameras, which the written profile overrides.
        for entry in directory.entries.iter().filter(|e| e.tag != INTEROP_DIRECTORY) {
            copy.entries.extend(copy_entry(bytes, order, entry, block));
        }
        let offset = block.append(copy);
        target.entries.push(Entry { tag, kind: LONG, count: 1, field: block.order.put_u32(offset) });
    }
    target
}

fn copy_entry(bytes: &[u8], order: Order, entry: &Entry, block: &mut Block) -> Option<Entry> {
    let mut value = value(bytes, order, entry)?;
    if order != block.order {
        let unit = match entry.kind {
            3 | 8 => 2,
            4 | 5 | 9 | 10 | 11 | 13 => 4,
            12 => 8,
            _ => 1,
        };
        value.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
    }
    Some(block.entry(entry.tag, entry.kind, entry.count, &value))
}
