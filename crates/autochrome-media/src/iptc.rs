//! IPTC records and the Photoshop blocks that JPEG and TIFF carry them in.
//!
//! # Source
//! IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop File Formats Specification, "Image Resource Blocks".

/// Most bytes of records for one JPEG segment: 65,533 without its name and the head of the block.
pub(crate) const JPEG_LIMIT: usize = 65_533 - 14 - 12;
/// The name of the JPEG segment that holds Photoshop's blocks.
pub(crate) const PREFIX: &[u8] = b"Photoshop 3.0\0";
const RECORDS: u16 = 0x0404;

/// The records within Photoshop's blocks.
pub(crate) fn from_photoshop(blocks: &[u8]) -> Option<Vec<u8>> {
    let mut rest = blocks;
    while let Some(after) = rest.strip_prefix(b"8BIM") {
        let id = u16::from_be_bytes(*after.first_chunk()?);
        // A name with its length before it, padded to an even number of bytes.
        let name_len = (usize::from(*after.get(2)?) + 1).next_multiple_of(2);
        let after = after.get(2 + name_len..)?;
        let len = u32::from_be_bytes(*after.first_chunk()?) as usize;
        let data = after.get(4..4usize.checked_add(len)?)?;
        if id == RECORDS {
            return sanitize(data);
        }
        rest = after.get(4 + len.next_multiple_of(2)..)?;
    }
    None
}

/// Photoshop's block around records.
pub(crate) fn to_photoshop(records: &[u8]) -> Vec<u8> {
    let mut block = [&b"8BIM"[..], &RECORDS.to_be_bytes(), &[0, 0]].concat();
    block.extend((records.len() as u32).to_be_bytes());
    block.extend(records);
    block.resize(block.len().next_multiple_of(2), 0);
    block
}

/// The records without the padding that some writers put behind them; `None` where there are none.
pub(crate) fn sanitize(data: &[u8]) -> Option<Vec<u8>> {
    let len = data_sets(data).last().map(|set| set.end)?;
    Some(data[..len].to_vec())
}

/// Whether there is a caption (data set 2:120) with a text.
pub(crate) fn has_caption(records: &[u8]) -> bool {
    data_sets(records).any(|set| (set.record, set.number) == (2, 120) && !set.value.is_empty())
}

struct DataSet<'a> {
    record: u8,
    number: u8,
    value: &'a [u8],
    /// Where the next one begins.
    end: usize,
}

fn data_sets(data: &[u8]) -> impl Iterator<Item = DataSet<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let &[0x1c, record, number, high, low] = data.get(at..)?.first_chunk()? else { return None };
        let len = usize::from(u16::from_be_bytes([high, low]));
        let (start, len) = if len & 0x8000 == 0 {
            (at + 5, len)
        } else {
            // A long value: the number of bytes that its length takes, then the length.
            let count = len & 0x7fff;
            let bytes = data.get(at + 5..at + 5 + count).filter(|b| b.len() <= 4)?;
            (at + 5 + count, bytes.iter().fold(0, |n, &b| n << 8 | usize::from(b)))
        };
        let value = data.get(start..start.checked_add(len)?)?;
        at = start + len;
        Some(DataSet { record, number, value, end: at })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPTION: &[u8] = b"\x1c\x02\x78\0\x08Aunt Ada";

    #[test]
    fn records_go_into_photoshops_blocks_and_out_again() {
        assert_eq!(from_photoshop(&to_photoshop(CAPTION)).as_deref(), Some(CAPTION));
        let mut blocks = b"8BIM\x03\xed\0\0\0\0\0\x03abc\0".to_vec();
        blocks.extend(to_photoshop(CAPTION));
        assert_eq!(from_photoshop(&blocks).as_deref(), Some(CAPTION));
        assert_eq!(from_photoshop(b"8BIM\x04\x04\0\0\xff\xff\xff\xff"), None);
        assert!(has_caption(CAPTION) && !has_caption(b"\x1c\x02\x69\0\x01x"));
    }

    #[test]
    fn padding_behind_the_records_is_left_out() {
        let padded = [CAPTION, &[0, 0, 0]].concat();
        assert_eq!(sanitize(&padded).as_deref(), Some(CAPTION));
        assert_eq!(sanitize(b"nothing"), None);
    }
}
