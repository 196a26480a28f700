//! Which file a picture was made from, said in the result: a later run can tell whose result it is.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

/// What stands before the digits.
pub(crate) const PREFIX: &str = "autochrome:";

/// Digits behind it.
pub(crate) const DIGITS: usize = 16;

/// Bytes that are looked at from the beginning, the middle and the end of a file.
const PIECE: u64 = 64 << 10;

/// Bytes at both ends of a result in which its metadata are looked for.
const ENDS: u64 = 160 << 10;

/// A number for the content of a file: its length and pieces of it, not all of a large one.
///
/// It tells scans apart that have one name; it is no proof that two files are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceId(u64);

impl SourceId {
    /// Of a file in memory.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        Self::read(&mut Cursor::new(bytes)).ok()
    }

    /// Of a file on disk.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        Self::read(&mut File::open(path)?)
    }

    /// What a result of ours says it was made from; nothing where it says nothing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn stated_in(result: &Path) -> io::Result<Option<Self>> {
        let mut file = File::open(result)?;
        let length = file.metadata()?.len();
        for start in [0, length.saturating_sub(ENDS)] {
            if let Some(stated) = stated(&piece(&mut file, start, ENDS)?) {
                return Ok(Some(stated));
            }
        }
        Ok(None)
    }

    /// FNV-1a with 64 bits.
    ///
    /// # Source
    /// Fowler, Noll, Vo; IETF draft-eastlake-fnv, section 2.
    fn read(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |bytes: &[u8]| {
            for &byte in bytes {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        add(&length.to_le_bytes());
        for start in [0, (length / 2).saturating_sub(PIECE / 2), length.saturating_sub(PIECE)] {
            add(&piece(file, start, PIECE)?);
        }
        Ok(Self(hash))
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:016x}", self.0)
    }
}

fn piece(file: &mut (impl Read + Seek), start: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn stated(bytes: &[u8]) -> Option<SourceId> {
    bytes.windows(PREFIX.len() + DIGITS).find_map(|window| {
        let digits = std::str::from_utf8(window.strip_prefix(PREFIX.as_bytes())?).ok()?;
        u64::from_str_radix(digits, 16).ok().map(SourceId)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_content_or_length_have_other_numbers() {
        let of = |bytes: &[u8]| SourceId::of(bytes).unwrap();
        let scan = vec![7; 1 << 20];
        for at in [0, 1 << 19, (1 << 20) - 1] {
            let mut other = scan.clone();
            other[at] = 8;
            assert_ne!(of(&scan), of(&other), "a change at {at}");
        }
        assert_ne!(of(&scan), of(&scan[1..]));
        assert_ne!(of(b""), of(b"\0"));
    }

    #[test]
    fn what_is_written_is_found_again_at_either_end() {
        let folder = tempfile::tempdir().unwrap();
        let source = SourceId(0x00ab_0000_0000_0012);
        for (before, after) in [(100, 400_000), (400_000, 100)] {
            let path = folder.path().join("result");
            let bytes =
                [vec![b'a'; before], format!("<x>{source}</x>").into_bytes(), vec![b'a'; after]].concat();
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(SourceId::stated_in(&path).unwrap(), Some(source));
        }
        std::fs::write(folder.path().join("other"), b"autochrome: a photograph").unwrap();
        assert_eq!(SourceId::stated_in(&folder.path().join("other")).unwrap(), None);
    }
}
