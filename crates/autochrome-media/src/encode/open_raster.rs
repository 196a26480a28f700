//! OpenRaster: a picture in layers, as GIMP, Krita and MyPaint read it. A ZIP of PNG files and a list of them.
//!
//! # Source
//! freedesktop.org, "OpenRaster File Layout Specification 0.0.6"; PKWARE APPNOTE 6.3, sections 4.3 and 4.4.

use std::fmt::Write as _;

use super::{EncodeOptions, encode, failed};
use crate::{Format, MediaError, Metadata, Raster};

/// Longest side of the thumbnail that the specification wants, in pixels.
pub const OPEN_RASTER_THUMBNAIL_PX: usize = 256;

/// One layer of a picture.
#[derive(Clone, Debug)]
pub struct Layer<'a> {
    /// What it is called.
    pub name: &'a str,
    /// How it is put over those below.
    pub blend: Blend,
    /// Its pixels, of the size of the picture.
    pub raster: &'a Raster,
}

/// How a layer is put over those below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blend {
    /// It covers them.
    Normal,
    /// It gives them its hue and its saturation, and they keep their lightness.
    Color,
}

/// The bytes of an OpenRaster file.
///
/// `layers` go from the lowest to the topmost; `merged` is what they look like together and `thumbnail` the same with a longer side of at
/// most [`OPEN_RASTER_THUMBNAIL_PX`]. `metadata` gives the density, and all else that `merged` can hold.
///
/// # Errors
/// [`MediaError::Encode`] when there is no layer or all together exceed the 4 GB that a ZIP can say, and as [`encode`].
pub fn encode_open_raster(
    layers: &[Layer<'_>],
    merged: &Raster,
    thumbnail: &Raster,
    metadata: &Metadata,
) -> Result<Vec<u8>, MediaError> {
    if layers.is_empty() {
        return Err(failed(Format::Png, "there is no layer"));
    }
    let png = EncodeOptions { note: false, ..EncodeOptions::new(Format::Png) };
    let plain = |raster: &Raster| encode(raster, &Metadata::default(), &png);
    let mut stack = String::new();
    let mut archive = Archive::default();
    // It comes first and as it is, so that programs recognise the file by its beginning.
    archive.add("mimetype", b"image/openraster")?;
    for (number, layer) in layers.iter().enumerate().rev() {
        let blend = match layer.blend {
            Blend::Normal => "svg:src-over",
            Blend::Color => "svg:color",
        };
        let name = layer.name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let _ = writeln!(
            stack,
            "  <layer name=\"{name}\" src=\"data/layer{number}.png\" composite-op=\"{blend}\" x=\"0\" y=\"0\" opacity=\"1.0\" visibility=\"visible\"/>"
        );
        archive.add(&format!("data/layer{number}.png"), &plain(layer.raster)?)?;
    }
    let (width, height) = (merged.width(), merged.height());
    let density = metadata.density().map_or_else(String::new, |density| {
        format!(" xres=\"{}\" yres=\"{}\"", density.x_dpi.round(), density.y_dpi.round())
    });
    let list = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<image version=\"0.0.5\" w=\"{width}\" h=\"{height}\"{density}>\n <stack>\n{stack} </stack>\n</image>\n"
    );
    archive.add("stack.xml", list.as_bytes())?;
    archive.add("mergedimage.png", &encode(merged, metadata, &EncodeOptions::new(Format::Png))?)?;
    archive.add("Thumbnails/thumbnail.png", &plain(thumbnail)?)?;
    archive.finish()
}

/// A ZIP file whose entries are stored as they are: PNG is compressed already.
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

/// What needs to be known to read an entry: version 2.0, no flags, stored, 1980-01-01, so that the same picture gives the same bytes.
const COMMON: [u8; 10] = [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];

impl Archive {
    fn add(&mut self, name: &str, content: &[u8]) -> Result<(), MediaError> {
        let too_large = || failed(Format::Png, "all layers together are larger than 4 GB");
        let offset = u32::try_from(self.bytes.len()).map_err(|_| too_large())?;
        let size = u32::try_from(content.len()).map_err(|_| too_large())?;
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let name_len = (name.len() as u16).to_le_bytes();
        let sizes = [crc.sum().to_le_bytes(), size.to_le_bytes(), size.to_le_bytes()].concat();

        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(COMMON);
        self.bytes.extend(&sizes);
        self.bytes.extend(name_len);
        self.bytes.extend([0; 2]);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(content);

        self.directory.extend(b"PK\x01\x02");
        self.directory.extend([20, 0]);
        self.directory.extend(COMMON);
        self.directory.extend(&sizes);
        self.directory.extend(name_len);
        // No further field, no comment, one disk, no attributes.
        self.directory.extend([0; 12]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.entries += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, MediaError> {
        let offset = u32::try_from(self.bytes.len())
            .map_err(|_| failed(Format::Png, "all layers together are larger than 4 GB"))?;
        let size = self.directory.len() as u32;
        self.bytes.append(&mut self.directory);
        self.bytes.extend(b"PK\x05\x06");
        self.bytes.extend([0; 4]);
        self.bytes.extend(self.entries.to_le_bytes());
        self.bytes.extend(self.entries.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend([0; 2]);
        Ok(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DecodeOptions, Pixels, decode};

    fn raster(value: u8) -> Raster {
        Raster::new(3, 2, Pixels::Rgb8(vec![value; 18])).unwrap()
    }

    /// Names and contents of a ZIP whose entries are stored, by its directory.
    fn entries(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
        let number = |at: usize, len: usize| {
            zip[at..at + len].iter().rev().fold(0_usize, |number, &byte| number << 8 | usize::from(byte))
        };
        let end = zip.len() - 22;
        assert_eq!(&zip[end..end + 4], b"PK\x05\x06");
        let (mut at, mut found) = (number(end + 16, 4), Vec::new());
        for _ in 0..number(end + 10, 2) {
            assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
            let (crc, size, name_len, local) =
                (number(at + 16, 4), number(at + 24, 4), number(at + 28, 2), number(at + 42, 4));
            let name = String::from_utf8(zip[at + 46..at + 46 + name_len].to_vec()).unwrap();
            assert_eq!(&zip[local..local + 4], b"PK\x03\x04");
            let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
            let content = zip[start..start + size].to_vec();
            let mut sum = flate2::Crc::new();
            sum.update(&content);
            assert_eq!(sum.sum() as usize, crc, "{name}");
            found.push((name, content));
            at += 46 + name_len;
        }
        assert_eq!(at, end);
        found
    }

    #[test]
    fn layers_lie_in_the_file_as_the_list_says() {
        let (low, high, merged) = (raster(10), raster(200), raster(90));
        let layers = [
            Layer { name: "Gray", blend: Blend::Normal, raster: &low },
            Layer { name: "Colour <&\">", blend: Blend::Color, raster: &high },
        ];
        let bytes = encode_open_raster(&layers, &merged, &merged, &Metadata::default()).unwrap();
        assert_eq!(&bytes[30..54], b"mimetypeimage/openraster");
        let entries = entries(&bytes);
        let content = |name: &str| &entries.iter().find(|(other, _)| other == name).unwrap().1;
        let list = std::str::from_utf8(content("stack.xml")).unwrap();
        let (upper, lower) = (list.find("layer1.png").unwrap(), list.find("layer0.png").unwrap());
        assert!(upper < lower, "the topmost comes first: {list}");
        assert!(list.contains("svg:color") && list.contains("Colour &lt;&amp;&quot;>"), "{list}");
        for (name, value) in [("data/layer0.png", 10), ("data/layer1.png", 200), ("mergedimage.png", 90)] {
            let luma = decode(content(name), &DecodeOptions::default()).unwrap().luma;
            let wanted = autochrome_color::lab::gray8_to_luma(&[value], 1, 1).data()[0];
            assert!(luma.data().iter().all(|l| (l - wanted).abs() < 0.01), "{name}");
        }
        assert!(entries.iter().any(|(name, _)| name == "Thumbnails/thumbnail.png"));
        assert_eq!(bytes, encode_open_raster(&layers, &merged, &merged, &Metadata::default()).unwrap());
    }

    #[test]
    fn a_picture_without_layers_is_refused() {
        let merged = raster(1);
        assert!(encode_open_raster(&[], &merged, &merged, &Metadata::default()).is_err());
    }
}
