//! Memories as files.
//!
//! ```text
//! "autochrome memory 1\n"   then, numbers with the lowest byte first:
//! text model, u32 pictures, and for each:
//!   text name, u32 scales, and for each: u32 channels, width, height; f32 cell width, cell height; f32 values
//!   u32 cells, and for each: f32 a, b
//! ```
//!
//! A text is its length in bytes as u32 and UTF-8.

use autochrome_engine::Features;

use super::{Content, MOST_PICTURES, Remembered, unfit};
use crate::MethodError;
use crate::example::deep::Seen;

const MAGIC: &[u8] = b"autochrome memory 1\n";

/// Most bytes of a text.
const MOST_TEXT: usize = 4096;

/// Most numbers of a scale, or cells of a picture.
const MOST_NUMBERS: usize = 1 << 24;

pub(super) fn write(content: &Content) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    let number = |bytes: &mut Vec<u8>, number: usize| {
        bytes.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
    };
    let text = |bytes: &mut Vec<u8>, text: &str| {
        // Cut where a character begins, so that it can be read again.
        let length =
            (0..=text.len().min(MOST_TEXT)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        number(bytes, length);
        bytes.extend_from_slice(&text.as_bytes()[..length]);
    };
    text(&mut bytes, &content.model);
    number(&mut bytes, content.pictures.len());
    for Remembered { name, seen, colors } in &content.pictures {
        text(&mut bytes, name);
        number(&mut bytes, seen.scales().len());
        for scale in seen.scales() {
            let (width, height) = scale.size();
            [scale.channels(), width, height].into_iter().for_each(|side| number(&mut bytes, side));
            let values = scale.cell().into_iter().chain(scale.vectors().flatten().copied());
            values.for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
        }
        number(&mut bytes, colors.len());
        colors.iter().flatten().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
    }
    bytes
}

pub(super) fn read(bytes: &[u8]) -> Result<Content, MethodError> {
    let damaged = || unfit("the file is damaged; make the memory anew".to_owned());
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        let reason = "the file is no memory of this version of the program; make the memory anew".to_owned();
        return Err(unfit(reason));
    };
    let mut reader = Reader(rest);
    let content = reader.content().ok_or_else(damaged)?;
    if reader.0.is_empty() { Ok(content) } else { Err(damaged()) }
}

/// What is left to be read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn content(&mut self) -> Option<Content> {
        let model = self.text()?;
        let count = self.number(MOST_PICTURES)?;
        let pictures = (0..count).map(|_| self.picture()).collect::<Option<Vec<_>>>()?;
        let channels = |picture: &Remembered| -> Vec<usize> {
            picture.seen.scales().iter().map(Features::channels).collect()
        };
        // All of them are of one encoder.
        let first = pictures.first().map(channels)?;
        (!first.is_empty() && pictures.iter().all(|picture| channels(picture) == first))
            .then_some(Content { model, pictures })
    }

    fn picture(&mut self) -> Option<Remembered> {
        let name = self.text()?;
        let count = self.number(16)?;
        let scales = (0..count).map(|_| self.scale()).collect::<Option<Vec<_>>>()?;
        let cells = self.number(MOST_NUMBERS)?;
        let colors = self.values(2 * cells)?;
        let colors: Vec<[f32; 2]> = colors.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        let seen = Seen::from_scales(scales);
        (seen.scales().last().is_some_and(|grid| grid.vectors().len() == colors.len()))
            .then_some(Remembered { name, seen, colors })
    }

    fn scale(&mut self) -> Option<Features> {
        let [channels, width, height] = [self.number(1 << 16)?, self.number(1 << 12)?, self.number(1 << 12)?];
        let cell = self.values(2)?;
        let count = channels.checked_mul(width)?.checked_mul(height)?;
        let values = self.values(Some(count).filter(|count| *count <= MOST_NUMBERS)?)?;
        Features::from_parts(channels, (width, height), [cell[0], cell[1]], values)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.number(MOST_TEXT)?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).ok()
    }

    fn number(&mut self, most: usize) -> Option<usize> {
        let (bytes, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        usize::try_from(u32::from_le_bytes(*bytes)).ok().filter(|number| *number <= most)
    }

    fn values(&mut self, count: usize) -> Option<Vec<f32>> {
        let (bytes, rest) = self.0.split_at_checked(count.checked_mul(4)?)?;
        self.0 = rest;
        let values =
            bytes.chunks_exact(4).map(|value| f32::from_le_bytes([value[0], value[1], value[2], value[3]]));
        let values: Vec<f32> = values.collect();
        values.iter().all(|value| value.is_finite()).then_some(values)
    }
}
