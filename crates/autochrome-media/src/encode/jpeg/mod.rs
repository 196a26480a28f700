//! JPEG, 4:4:4: added colours are smooth, and halving their resolution would bleed them over edges.

mod bits;
mod blocks;
mod tables;
mod writer;

use autochrome_color::stop;

use self::writer::Writer;
use super::{Extras, NOTE, Rows, SOFTWARE, check_sides, failed};
use crate::{Format, MediaError, Metadata, exif, iptc, xmp};

const FORMAT: Format = Format::Jpeg;
const XMP_PREFIX: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// Rows that are asked for at a time: divisible by 8, and enough for all cores.
const BAND: usize = 256;

pub(super) fn encode(
    rows: &mut Rows<'_>,
    extras: Extras<'_>,
    quality: u8,
    note: bool,
) -> Result<Vec<u8>, MediaError> {
    check_sides(rows, FORMAT, 65_535)?;
    let Extras { mut exif, mut xmp, icc, rest } = extras;
    // What does not fit into one segment is replaced by the note alone.
    if exif.as_ref().is_some_and(|block| block.len() > exif::JPEG_LIMIT) {
        exif = note.then(|| exif::with_note(None, NOTE, SOFTWARE, !rest.is_described()));
    }
    if xmp.as_ref().is_some_and(|packet| packet.len() > xmp::JPEG_LIMIT) {
        let as_description = !rest.is_described();
        let alone = xmp::Note { text: NOTE, software: SOFTWARE, as_description, source: rest.source };
        xmp = note.then(|| xmp::with_note(None, alone));
    }
    let mut segments = Vec::new();
    if let Some(exif) = exif {
        add_segment(&mut segments, 0xe1, &[b"Exif\0\0", &exif[..]].concat());
    }
    if let Some(xmp) = xmp {
        add_segment(&mut segments, 0xe1, &[XMP_PREFIX, &xmp].concat());
    }
    // Our own profiles fit into one segment.
    add_segment(&mut segments, 0xe2, &[b"ICC_PROFILE\0\x01\x01", icc].concat());
    let (width, height) = (rows.width as u16, rows.height as u16);
    let mut writer = Writer::new(width, height, rows.channels, quality, &segments);
    for top in (0..rows.height as usize).step_by(BAND) {
        if stop::requested() {
            return Err(failed(FORMAT, "nobody waits for it any more"));
        }
        let bottom = (top + BAND).min(rows.height as usize);
        writer.add(&rows.band(top..bottom)?.into_8());
    }
    Ok(with_metadata(writer.finish(), rest))
}

/// The bytes of a bare JPEG: RGB of 8 bits, row by row, colours at full resolution, neither profile nor metadata.
///
/// # Errors
/// [`MediaError::Encode`] when a side is 0 or beyond 65,535 px or the samples are fewer than the sides ask for.
pub fn encode_jpeg_rgb8(rgb: &[u8], width: usize, height: usize, quality: u8) -> Result<Vec<u8>, MediaError> {
    let side = |length: usize| match u16::try_from(length) {
        Ok(side) if side > 0 => Ok(side),
        _ => Err(failed(FORMAT, format!("{width} × {height} is no size of a JPEG"))),
    };
    let mut writer = Writer::new(side(width)?, side(height)?, 3, quality, &[]);
    let Some(rgb) = rgb.get(..3 * width * height) else {
        return Err(failed(FORMAT, format!("{} samples are too few for {width} × {height}", rgb.len())));
    };
    writer.add(rgb);
    Ok(writer.finish())
}

/// Adds a segment; one that is longer than a segment can be is left out.
fn add_segment(bytes: &mut Vec<u8>, marker: u8, body: &[u8]) {
    if let Ok(len) = u16::try_from(body.len() + 2) {
        bytes.extend([0xff, marker]);
        bytes.extend(len.to_be_bytes());
        bytes.extend(body);
    }
}

/// The file with its density, IPTC records, comments and texts.
fn with_metadata(mut bytes: Vec<u8>, words: &Metadata) -> Vec<u8> {
    // The encoder begins every file with a JFIF segment: its unit is at 13, the densities follow.
    const JFIF_END: usize = 20;
    if !bytes.get(..11).is_some_and(|head| head.starts_with(b"\xff\xd8\xff\xe0") && &head[6..10] == b"JFIF") {
        return bytes;
    }
    if let Some(density) = words.density() {
        let whole = |dpi: f64| (dpi.round() as u16).max(1).to_be_bytes();
        bytes[13] = 1;
        bytes[14..16].copy_from_slice(&whole(density.x_dpi));
        bytes[16..18].copy_from_slice(&whole(density.y_dpi));
    }
    let mut segments = Vec::new();
    // What does not fit is missing then, which `Metadata::lost_in` says.
    let mut add = |marker: u8, body: &[u8]| add_segment(&mut segments, marker, body);
    if let Some(records) = words.iptc() {
        add(0xed, &[iptc::PREFIX, &iptc::to_photoshop(records)].concat());
    }
    for comment in words.comments() {
        add(0xfe, comment.as_bytes());
    }
    for (key, text) in words.texts() {
        let comment = if key == "Comment" { text.clone() } else { format!("{key}: {text}") };
        add(0xfe, comment.as_bytes());
    }
    let rest = bytes.split_off(JFIF_END);
    [bytes, segments, rest].concat()
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};
    use proptest::prelude::*;

    use super::*;

    /// Samples for the crate, with its own arithmetic for colours, which its shortcut for RGB does not use.
    struct Samples<'a>(&'a [u8], (u16, u16), usize);

    impl ImageBuffer for Samples<'_> {
        fn get_jpeg_color_type(&self) -> JpegColorType {
            if self.2 == 1 { JpegColorType::Luma } else { JpegColorType::Ycbcr }
        }

        fn width(&self) -> u16 {
            self.1.0
        }

        fn height(&self) -> u16 {
            self.1.1
        }

        fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
            let row = usize::from(self.1.0) * self.2;
            for pixel in self.0[usize::from(y) * row..][..row].chunks_exact(self.2) {
                if let [r, g, b] = *pixel {
                    let (luma, cb, cr) = rgb_to_ycbcr(r, g, b);
                    for (buffer, value) in buffers.iter_mut().zip([luma, cb, cr]) {
                        buffer.push(value);
                    }
                } else {
                    buffers[0].extend(pixel);
                }
            }
        }
    }

    /// The same by the crate whose choices of tables and of rounding these are, those of libjpeg; not by its AVX2 code, which rounds half of the
    /// sums otherwise.
    fn reference(samples: &[u8], size: (u16, u16), channels: usize, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
        encoder.encode_image(Samples(samples, size, channels)).unwrap();
        bytes
    }

    fn ours(samples: &[u8], size: (u16, u16), channels: usize, quality: u8, rows: usize) -> Vec<u8> {
        let mut writer = Writer::new(size.0, size.1, channels, quality, &[]);
        samples.chunks(rows * usize::from(size.0) * channels).for_each(|some| writer.add(some));
        writer.finish()
    }

    proptest! {
        #[test]
        fn bytes_are_those_of_jpeg_encoder(
            width in 1_u16..300, height in 1_u16..60, gray in any::<bool>(), quality in 1_u8..=100, seed in any::<u32>(),
            noise in prop::sample::select(vec![0_u32, 3, 40, 255]), rows in 1_usize..4,
        ) {
            let channels = if gray { 1 } else { 3 };
            let mut state = seed | 1;
            let samples: Vec<u8> = (0..usize::from(width) * usize::from(height) * channels)
                .map(|i| {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    let smooth = 120.0 + 100.0 * (i as f32 / 150.0).sin();
                    (smooth as u32 + state % (noise + 1)) as u8
                })
                .collect();
            let wanted = reference(&samples, (width, height), channels, quality);
            prop_assert!(ours(&samples, (width, height), channels, quality, 8 * rows) == wanted);
        }
    }

    #[test]
    fn extremes_are_those_of_jpeg_encoder() {
        let checks: Vec<u8> =
            (0..3 * 64 * 64).map(|i| if (i / 3 + i / 192) % 2 == 0 { 0 } else { 255 }).collect();
        let halves: Vec<u8> = (0..3 * 64 * 64).map(|i| if i % 192 < 12 * 8 { 0 } else { 255 }).collect();
        for samples in [checks, halves] {
            for quality in [1, 50, 92, 100] {
                assert!(
                    ours(&samples, (64, 64), 3, quality, 64) == reference(&samples, (64, 64), 3, quality)
                );
            }
        }
    }
}
