//! JPEG: sequential and progressive, 8 and 12 bits, any sampling, one scan or many, decoded here so that damaged and unusual
//! files come out as libjpeg shows them, with a word where it would warn.

mod frame;
mod huffman;
mod picture;
mod scan;
pub(crate) mod segments;
mod transform;

use self::{
    picture::{Header, Planes},
    segments::Segments,
    transform::Colors,
};
use super::{Limits, Source};
use crate::{
    Depth, Format, MediaError, Metadata, exif,
    samples::{Data, Layout, Samples},
};

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Source<'a>, MediaError> {
    let header = Header::read(None, bytes)?;
    let (width, height) = (header.frame.width as u32, header.frame.height as u32);
    limits.check_size(Format::Jpeg, width, height)?;
    let layout = match header.frame.components.len() {
        1 => Layout::Gray,
        3 => Layout::Rgb,
        4 => Layout::Cmyk,
        count => return Err(frame::unsupported(format!("{count} components"))),
    };
    let Segments { exif, xmp, icc, iptc, density, comments } = Segments::read(bytes);
    Ok(Source {
        format: Format::Jpeg,
        width,
        height,
        depth: if header.frame.bits == 8 { Depth::Eight } else { Depth::Sixteen },
        gray: layout == Layout::Gray,
        alpha: false,
        orientation: exif.as_deref().and_then(exif::orientation).unwrap_or(1),
        icc,
        metadata: Metadata { exif, xmp, iptc, density, comments, texts: Vec::new(), source: None },
        warnings: Vec::new(),
        read: Box::new(move |warnings| read(bytes, header, layout, warnings)),
    })
}

fn read(
    bytes: &[u8],
    header: Header,
    layout: Layout,
    warnings: &mut Vec<String>,
) -> Result<Samples, MediaError> {
    let (width, height) = (header.frame.width, header.frame.height);
    let colors = header.colors();
    let inverted = layout == Layout::Cmyk && colors == Colors::Plain && header.is_inverted();
    let (planes, damage) = header.decode(bytes, colors)?;
    if damage.is_corrupt {
        warnings
            .push("data of the JPEG is corrupt or missing; parts of the picture may be wrong".to_string());
    }
    let data = match planes {
        Planes::Eight(mut data) => {
            if inverted {
                data.iter_mut().for_each(|v| *v = 255 - *v);
            }
            Data::U8(data)
        }
        Planes::Twelve(mut data) => {
            // The highest bits again at the end, so that white stays white.
            data.iter_mut().for_each(|v| *v = *v << 4 | *v >> 8);
            if inverted {
                data.iter_mut().for_each(|v| *v = 65535 - *v);
            }
            Data::U16(data)
        }
    };
    let is_collapsed = layout == Layout::Rgb && data.len() == width * height;
    let layout = if is_collapsed { Layout::Gray } else { layout };
    Ok(Samples { width, height, layout, data })
}

/// A JPEG within another file: its components at full size, without change of colours.
pub(super) struct Components {
    pub width: usize,
    pub height: usize,
    pub channels: usize,
    pub data: Vec<u8>,
    /// Whether some data is corrupt.
    pub is_damaged: bool,
}

/// Decodes a JPEG within another file, with the tables that stand apart from it; one of more than `most` pixels across or down is refused
/// before anything is allocated for it.
pub(super) fn components(
    tables: Option<&[u8]>,
    bytes: &[u8],
    most: [usize; 2],
) -> Result<Components, MediaError> {
    let header = Header::read(tables, bytes)?;
    let (width, height, channels) = (header.frame.width, header.frame.height, header.frame.components.len());
    if width > most[0] || height > most[1] {
        return Err(frame::corrupt(format!("{width} × {height} pixels are more than there is room for")));
    }
    let (planes, damage) = header.decode(bytes, Colors::Plain)?;
    match planes {
        Planes::Eight(data) => {
            Ok(Components { width, height, channels, data, is_damaged: damage.is_corrupt })
        }
        Planes::Twelve(_) => Err(frame::unsupported("12-bit JPEG within another file")),
    }
}
