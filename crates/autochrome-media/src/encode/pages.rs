//! Several TIFF files of one page as one file of several.

use super::failed;
use crate::{Format, MediaError, directory::unit};

const FORMAT: Format = Format::Tiff;
/// Fields whose values are offsets of samples.
const SAMPLE_OFFSETS: [u16; 2] = [273, 324];
/// Fields whose values are offsets of directories: those within this one, EXIF, and GPS.
const DIRECTORIES: [u16; 3] = [330, 34665, 34853];

/// Joins TIFF files, as [`crate::encode`] writes them, into one with all their pages in this order.
///
/// # Errors
/// [`MediaError::Encode`] when one is not such a file, or all together exceed the 4 GB that its offsets can say.
pub fn join_pages(files: Vec<Vec<u8>>) -> Result<Vec<u8>, MediaError> {
    let mut files = files.into_iter();
    let mut joined = files.next().ok_or_else(|| failed(FORMAT, "there is no page"))?;
    let mut link = File::of(&mut joined).and_then(|mut file| file.moved(0)).ok_or_else(not_ours)?.link;
    for mut page in files {
        joined.resize(joined.len().next_multiple_of(2), 0);
        let total = joined.len() as u64 + page.len() as u64;
        let by = u32::try_from(joined.len()).ok().filter(|_| total <= u64::from(u32::MAX));
        let by = by.ok_or_else(|| failed(FORMAT, "all pages together are larger than 4 GB"))?;
        let moved = File::of(&mut page).and_then(|mut file| file.moved(by)).ok_or_else(not_ours)?;
        File::of(&mut joined).and_then(|mut file| file.put_u32(link, moved.first)).ok_or_else(not_ours)?;
        link = moved.link + by as usize;
        joined.append(&mut page);
    }
    Ok(joined)
}

fn not_ours() -> MediaError {
    failed(FORMAT, "a page has no directory that can be moved")
}

/// A TIFF file with offsets of 32 bits.
struct File<'a> {
    bytes: &'a mut [u8],
    big_endian: bool,
}

/// Where things are after a file was moved.
struct Moved {
    /// New offset of the first directory.
    first: u32,
    /// Where within the file the last directory says which one comes next.
    link: usize,
}

impl<'a> File<'a> {
    fn of(bytes: &'a mut [u8]) -> Option<Self> {
        let big_endian = match bytes.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        Some(Self { bytes, big_endian })
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn put_u32(&mut self, at: usize, value: u32) -> Option<()> {
        let bytes = if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        self.bytes.get_mut(at..)?.first_chunk_mut().map(|place| *place = bytes)
    }

    /// Adds `by` to the offset at `at`, and tells what it was.
    fn shift(&mut self, at: usize, by: u32) -> Option<usize> {
        let old = self.u32(at)?;
        self.put_u32(at, old.checked_add(by)?)?;
        Some(old as usize)
    }

    /// Makes every offset right for a file that lies `by` bytes further behind.
    fn moved(&mut self, by: u32) -> Option<Moved> {
        let first = self.u32(4)?;
        let mut link = self.directory(first as usize, by)?;
        loop {
            match self.u32(link)? {
                0 => return Some(Moved { first: first.checked_add(by)?, link }),
                next => {
                    // Our own files have one page each; a chain that goes backwards could be a circle.
                    if (next as usize) < link {
                        return None;
                    }
                    self.shift(link, by)?;
                    link = self.directory(next as usize, by)?;
                }
            }
        }
    }

    /// Moves the directory at `at` and those that it leads to; tells where it says which one comes next.
    fn directory(&mut self, at: usize, by: u32) -> Option<usize> {
        let count = usize::from(self.u16(at)?);
        for entry in (0..count).map(|i| at + 2 + 12 * i) {
            let (tag, kind, values) = (self.u16(entry)?, self.u16(entry + 2)?, self.u32(entry + 4)? as usize);
            let field = entry + 8;
            let inline = unit(kind)?.checked_mul(values)? <= 4;
            let place = if inline { field } else { self.shift(field, by)? };
            if SAMPLE_OFFSETS.contains(&tag) {
                if unit(kind)? != 4 {
                    return None;
                }
                for i in 0..values {
                    self.shift(place + 4 * i, by)?;
                }
            } else if DIRECTORIES.contains(&tag) {
                for i in 0..values {
                    let inner = self.shift(place + 4 * i, by)?;
                    self.directory(inner, by)?;
                }
            }
        }
        Some(at + 2 + 12 * count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        DecodeOptions, EncodeOptions, Metadata, Pixels, Raster, decode, decode_page, encode, page_count,
    };

    fn page(width: u32, height: u32, value: u8) -> Vec<u8> {
        let pixels = (0..3 * width * height).map(|i| value.wrapping_add((i % 7) as u8)).collect();
        let raster = Raster::new(width, height, Pixels::Rgb8(pixels)).unwrap();
        encode(&raster, &Metadata::default(), &EncodeOptions::new(Format::Tiff)).unwrap()
    }

    #[test]
    fn joined_pages_are_those_that_were_joined() {
        let pages = [page(30, 20, 10), page(17, 400, 90), page(5, 5, 200)];
        let joined = join_pages(pages.to_vec()).unwrap();
        assert_eq!(page_count(&joined).unwrap(), 3);
        for (number, page) in pages.iter().enumerate() {
            let alone = decode(page, &DecodeOptions::default()).unwrap();
            let among = decode_page(&joined, &DecodeOptions::default(), number).unwrap();
            assert_eq!((alone.luma, alone.chroma), (among.luma, among.chroma));
            let said = |metadata: &crate::Metadata| {
                [metadata.exif(), metadata.xmp()].map(|block| block.map(<[u8]>::to_vec))
            };
            assert_eq!(said(&alone.metadata), said(&among.metadata));
            assert!(among.metadata.exif().is_some());
        }
    }

    #[test]
    fn one_page_stays_as_it_is() {
        let page = page(30, 20, 10);
        assert_eq!(join_pages(vec![page.clone()]).unwrap(), page);
    }

    #[test]
    fn what_is_no_tiff_is_refused() {
        assert_eq!(join_pages(Vec::new()).unwrap_err().code(), "encode-failed");
        assert_eq!(join_pages(vec![b"II*\0\x08\0\0\0".to_vec()]).unwrap_err().code(), "encode-failed");
        assert_eq!(join_pages(vec![page(3, 3, 1), b"\x89PNG".to_vec()]).unwrap_err().code(), "encode-failed");
    }
}
