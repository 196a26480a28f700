//! The directories of TIFF and BigTIFF files, which EXIF blocks are built of too: reading only, every offset checked.
//!
//! # Source
//! Adobe TIFF 6.0, section 2; "The BigTIFF File Format" (libtiff).

/// The longest chain of directories that is followed; a fax of more pages is unheard of.
const MOST_PAGES: usize = 4096;

/// The most fields of all directories together: they may overlap, so that a small file can claim any number.
const MOST_FIELDS: usize = 1 << 18;

/// The most numbers of a field; the strips or tiles of the largest pictures are far fewer.
const MOST_NUMBERS: u64 = 1 << 22;

/// A file whose first eight bytes have been understood.
#[derive(Clone, Copy)]
pub(crate) struct TiffFile<'a> {
    pub bytes: &'a [u8],
    pub big_endian: bool,
    /// Whether offsets have 64 bits.
    pub is_big: bool,
}

/// One entry: where its value lies, wherever that is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub tag: u16,
    pub kind: u16,
    pub count: u64,
    /// Offset of the value in the file.
    pub at: u64,
}

/// The entries of a directory and the offset of the next one, 0 for none.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub fields: Vec<Field>,
    next: u64,
}

/// Bytes of one value of a type; `None` for types that the standards do not know.
pub(crate) fn unit(kind: u16) -> Option<usize> {
    Some(match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => return None,
    })
}

impl<'a> TiffFile<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (big_endian, is_big) = match bytes.get(..4)? {
            b"II*\0" => (false, false),
            b"MM\0*" => (true, false),
            b"II+\0" => (false, true),
            b"MM\0+" => (true, true),
            _ => return None,
        };
        Some(Self { bytes, big_endian, is_big })
    }

    /// The unsigned number of 1, 2, 4 or 8 bytes at an offset.
    fn unsigned(&self, at: u64, len: usize) -> Option<u64> {
        let start = usize::try_from(at).ok()?;
        let bytes = self.bytes.get(start..start.checked_add(len)?)?;
        let fold = |n: u64, &b: &u8| n << 8 | u64::from(b);
        Some(if self.big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
    }

    pub(crate) fn page_at(&self, offset: u64) -> Option<Page> {
        let (count_len, entry_len, inline) = if self.is_big { (8, 20, 8) } else { (2, 12, 4) };
        let count = self.unsigned(offset, count_len)?;
        if count > 65_535 {
            return None;
        }
        let mut fields = Vec::new();
        for i in 0..count {
            let at = offset + count_len as u64 + i * entry_len;
            let (tag, kind) = (self.unsigned(at, 2)? as u16, self.unsigned(at + 2, 2)? as u16);
            let count = self.unsigned(at + 4, inline)?;
            let value = at + 4 + inline as u64;
            let fits = unit(kind).is_none_or(|unit| count.saturating_mul(unit as u64) <= inline as u64);
            fields.push(Field {
                tag,
                kind,
                count,
                at: if fits { value } else { self.unsigned(value, inline)? },
            });
        }
        // A file may end right behind its last directory, without the link.
        let next = self.unsigned(offset + count_len as u64 + count * entry_len, inline).unwrap_or(0);
        Some(Page { fields, next })
    }

    /// Every directory of the main chain that can be read, and whether there is a next one that lies behind the end of the file or reaches beyond it.
    pub(crate) fn pages(&self) -> (Vec<Page>, bool) {
        let mut offset = if self.is_big { self.unsigned(8, 8) } else { self.unsigned(4, 4) }.unwrap_or(0);
        let (mut seen, mut pages) = (Vec::new(), Vec::new());
        let mut fields = 0;
        while offset != 0 && pages.len() < MOST_PAGES && !seen.contains(&offset) {
            seen.push(offset);
            let Some(page) = self.page_at(offset) else {
                return (pages, true);
            };
            fields += page.fields.len();
            if fields > MOST_FIELDS {
                break;
            }
            offset = page.next;
            pages.push(page);
        }
        (pages, false)
    }

    /// The bytes of a value as they are stored.
    pub(crate) fn value(&self, field: &Field) -> Option<&'a [u8]> {
        let len = usize::try_from(field.count).ok()?.checked_mul(unit(field.kind)?)?;
        let start = usize::try_from(field.at).ok()?;
        self.bytes.get(start..start.checked_add(len)?)
    }

    /// The values of a field of whole numbers.
    pub(crate) fn numbers(&self, page: &Page, tag: u16) -> Option<Vec<u64>> {
        let field = page.find(tag).filter(|field| field.count <= MOST_NUMBERS)?;
        let unit = match field.kind {
            1 | 3 | 4 | 13 | 16 | 18 => unit(field.kind)?,
            _ => return None,
        };
        self.value(field)?;
        (0..field.count).map(|i| self.unsigned(field.at + i * unit as u64, unit)).collect()
    }

    /// The first value of a field of whole numbers.
    pub(crate) fn number(&self, page: &Page, tag: u16) -> Option<u64> {
        let field = page.find(tag)?;
        match field.kind {
            1 | 3 | 4 | 13 | 16 | 18 if field.count > 0 => self.unsigned(field.at, unit(field.kind)?),
            _ => None,
        }
    }

    /// The values of a field of unsigned fractions.
    pub(crate) fn fractions(&self, page: &Page, tag: u16) -> Option<Vec<f64>> {
        let field = page.find(tag).filter(|field| field.kind == 5)?;
        self.value(field)?;
        (0..field.count)
            .map(|i| {
                let (above, below) =
                    (self.unsigned(field.at + i * 8, 4)?, self.unsigned(field.at + i * 8 + 4, 4)?);
                (below != 0).then(|| above as f64 / below as f64)
            })
            .collect()
    }

    /// The bytes of a field that is a block of its own; whatever type its writer chose.
    pub(crate) fn block(&self, page: &Page, tag: u16) -> Option<&'a [u8]> {
        self.value(page.find(tag)?)
    }
}

impl Page {
    pub(crate) fn find(&self, tag: u16) -> Option<&Field> {
        self.fields.iter().find(|field| field.tag == tag)
    }
}
