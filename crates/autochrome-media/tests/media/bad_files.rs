//! Bad files end in a typed error, never in a panic.

use std::io::Cursor;

use autochrome_errors::{Blame, Category};
use autochrome_media::{DecodeOptions, Limits, MediaError, Picture, decode, probe};
use image::ImageFormat;

use crate::fixtures::{colourful, exif_block, jpeg, ramp, written};

/// A small generator (xorshift, Marsaglia 2003): the same damage in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

fn fails(bytes: &[u8]) -> MediaError {
    decode(bytes, &DecodeOptions::default()).expect_err("a bad file was decoded")
}

/// One small file of every format and main layout.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let exif = exif_block(&[(0x010f, 2, 10, b"Voigtland\0"), (0x0112, 3, 1, &[0, 6])], &[], b"thumb");
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let rgb = colourful(13, 9);
    let mut progressive = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut progressive, 80);
    encoder.set_progressive(true);
    encoder.encode(&rgb, 13, 9, jpeg_encoder::ColorType::Rgb).unwrap();
    vec![
        ("jpeg", jpeg(13, 9, &rgb, Some(&exif), Some(&icc))),
        ("progressive jpeg", progressive),
        ("gray jpeg", written(ramp(13, 9), ImageFormat::Jpeg)),
        ("png", written(rgb.clone(), ImageFormat::Png)),
        ("webp", written(rgb.clone(), ImageFormat::WebP)),
        ("tiff", written(rgb.clone(), ImageFormat::Tiff)),
        ("bmp", written(rgb.clone(), ImageFormat::Bmp)),
        ("gif", written(rgb.clone(), ImageFormat::Gif)),
        ("ppm", written(rgb, ImageFormat::Pnm)),
        ("pbm", b"P1 3 2\n1 0 1 0 1 0\n".to_vec()),
    ]
}

#[test]
fn a_file_cut_anywhere_is_an_error_or_a_whole_picture() {
    for (name, bytes) in samples() {
        for len in 0..bytes.len() {
            match decode(&bytes[..len], &DecodeOptions::default()) {
                Ok(picture) => {
                    // Only trailers may be missing: a GIF's end mark, padding, the checksum of an end chunk.
                    assert!(len + 20 >= bytes.len(), "{name} cut to {len} of {} passed", bytes.len());
                    assert!(picture.width() * picture.height() > 0);
                }
                Err(error) => {
                    assert!(error.category().blame() == Blame::Input, "{name}: {error:?}");
                    assert!(!error.to_string().is_empty());
                }
            }
        }
    }
}

#[test]
fn half_a_file_is_said_to_be_cut_off() {
    for (name, bytes) in samples() {
        if matches!(name, "tiff" | "gif" | "pbm") {
            continue; // A TIFF's directory lies at its end; half a GIF or PBM looks damaged rather than cut.
        }
        let error = fails(&bytes[..bytes.len() * 2 / 3]);
        assert_eq!(error.code(), "truncated-file", "{name}: {error}");
    }
}

#[test]
fn flipped_bits_never_panic() {
    let mut random = Random(1);
    let options =
        DecodeOptions { limits: Limits { max_pixels: 1_000_000, ..Default::default() }, keep_chroma: true };
    for (name, bytes) in samples() {
        for round in 0..400 {
            let mut damaged = bytes.clone();
            for _ in 0..1 + round % 8 {
                let at = random.below(damaged.len());
                damaged[at] ^= 1 << random.below(8);
            }
            if let Ok(picture) = decode(&damaged, &options) {
                assert!(picture.luma.data().iter().all(|l| (-0.01..=100.01).contains(l)), "{name}");
            }
        }
    }
}

#[test]
fn random_bytes_behind_a_good_beginning_never_panic() {
    let mut random = Random(2);
    let options =
        DecodeOptions { limits: Limits { max_pixels: 1_000_000, ..Default::default() }, keep_chroma: true };
    for (_, bytes) in samples() {
        for _ in 0..100 {
            let mut noise = bytes[..bytes.len().min(4 + random.below(60))].to_vec();
            noise.extend((0..random.below(600)).map(|_| random.below(256) as u8));
            if let Ok(picture) = decode(&noise, &options) {
                assert!(picture.width() * picture.height() <= 1_000_000);
            }
        }
    }
}

#[test]
fn empty_text_and_random_files_are_no_pictures() {
    assert_eq!(fails(b"").code(), "empty-file");
    for bytes in [
        &b"Dear Sir, enclosed find"[..],
        b"\0\0\0\0\0\0\0\0",
        b"BM is a beginning of words, too",
        b"P",
        b"P9 1 1",
    ] {
        let error = fails(bytes);
        assert_eq!((error.code(), error.category()), ("not-a-picture", Category::Unsupported));
    }
}

#[test]
fn known_foreign_formats_say_what_to_do() {
    let cases: [(&[u8], &str); 11] = [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01", "Canon raw"),
        (b"II*\0\x10\0\0\0CR\x02\0rest", "Canon raw"),
        (b"FUJIFILMCCD-RAW 0201", "Fujifilm raw"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<?xml version=\"1.0\"?>\n<svg xmlns=\"x\">", "SVG"),
        (b"  <svg width=\"1\">", "SVG"),
        (b"\xff\x0a\xfa\x1f", "JPEG XL"),
        (b"\0\0\0\x20ftypisom\0\0\x02\0", "MP4"),
        (b"8BPS\0\x01", "Photoshop"),
    ];
    for (bytes, name) in cases {
        let error = fails(bytes);
        assert_eq!((error.code(), error.category()), ("unsupported-format", Category::Unsupported));
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_dng_is_raw_although_it_is_a_tiff() {
    let dng = b"II*\0\x08\0\0\0\x01\0\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0\0\0\0\0";
    assert_eq!(fails(dng).code(), "unsupported-format");
}

/// A PNG header for a size, with correct checksums and no pixels worth the name.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |name: &[u8; 4], body: &[u8]| {
        bytes.extend((body.len() as u32).to_be_bytes());
        let start = bytes.len();
        bytes.extend(name);
        bytes.extend(body);
        let mut crc = u32::MAX;
        for &b in &bytes[start..] {
            crc ^= u32::from(b);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
            }
        }
        bytes.extend((!crc).to_be_bytes());
    };
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    chunk(b"IHDR", &header);
    chunk(b"IDAT", &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]);
    chunk(b"IEND", &[]);
    bytes
}

/// Small files of every format that claim to be that large.
fn claims(width: u16, height: u16) -> Vec<(&'static str, Vec<u8>)> {
    let rgb = colourful(8, 8);
    let mut jpeg = jpeg(8, 8, &rgb, None, None);
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    let mut bmp = written(rgb.clone(), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&u32::from(width).to_le_bytes());
    bmp[22..26].copy_from_slice(&u32::from(height).to_le_bytes());
    let mut gif = written(rgb.clone(), ImageFormat::Gif);
    gif[6..8].copy_from_slice(&width.to_le_bytes());
    gif[8..10].copy_from_slice(&height.to_le_bytes());
    let mut tiff = written(rgb, ImageFormat::Tiff);
    let directory = u32::from_le_bytes(tiff[4..8].try_into().unwrap()) as usize;
    for (entry, value) in [(0, width), (1, height)] {
        let at = directory + 2 + entry * 12;
        assert_eq!(u16::from_le_bytes([tiff[at], tiff[at + 1]]), 256 + entry as u16);
        tiff[at + 8..at + 12].copy_from_slice(&u32::from(value).to_le_bytes());
    }
    vec![
        ("jpeg", jpeg),
        ("bmp", bmp),
        ("gif", gif),
        ("tiff", tiff),
        ("png", png_header(width.into(), height.into())),
        ("ppm", format!("P6 {width} {height} 255\n").into_bytes()),
    ]
}

#[test]
fn headers_of_60000_by_60000_are_refused_before_pixels_are_allocated() {
    for (name, bytes) in claims(60_000, 60_000) {
        let error = fails(&bytes);
        assert_eq!((error.code(), error.category()), ("side-too-long", Category::TooLarge), "{name}");
        assert_eq!(probe(&bytes, &Limits::default()).unwrap_err().code(), "side-too-long", "{name}");
    }
    for (name, bytes) in claims(20_000, 20_000) {
        assert_eq!(fails(&bytes).code(), "too-many-pixels", "{name}");
    }
}

#[test]
fn pictures_without_pixels_are_refused() {
    for (width, height) in [(0, 5), (5, 0), (0, 0)] {
        for (name, bytes) in claims(width, height) {
            let error = fails(&bytes);
            assert_eq!(error.category(), Category::BadInput, "{name}: {error}");
        }
    }
}

#[test]
fn limits_hold_where_they_are_set() {
    let bytes = written(colourful(20, 10), ImageFormat::Png);
    let with = |limits| decode(&bytes, &DecodeOptions { limits, keep_chroma: true });
    let limits = Limits::default();
    assert_eq!(with(Limits { max_pixels: 199, ..limits }).unwrap_err().code(), "too-many-pixels");
    assert_eq!(with(Limits { max_side_px: 19, ..limits }).unwrap_err().code(), "side-too-long");
    assert_eq!(with(Limits { max_bytes: 10, ..limits }).unwrap_err().code(), "too-many-bytes");
    assert!(with(Limits { max_pixels: 200, max_side_px: 20, max_bytes: bytes.len() as u64 }).is_ok());
}

#[test]
fn compressed_profiles_and_texts_cannot_fill_the_memory() {
    // 100 MB of zeroes as the profile of a one-pixel PNG: a hundred kilobytes of deflate.
    let mut info = png::Info::with_size(1, 1);
    info.icc_profile = Some(vec![0; 100 << 20].into());
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = png::Encoder::with_info(&mut bytes, info).unwrap().write_header().unwrap();
    writer.write_image_data(&[9]).unwrap();
    writer.finish().unwrap();
    let bytes = bytes.into_inner();
    assert!(bytes.len() < 4 << 20);
    match decode(&bytes, &DecodeOptions::default()) {
        Ok(picture) => assert_eq!(picture.width(), 1),
        Err(error) => assert_eq!(error.category(), Category::TooLarge),
    }
}

#[test]
fn an_error_of_opening_names_the_file_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.jpg");
    for (content, code) in [(Some("Dear all"), "not-a-picture"), (None, "io-error")] {
        match content {
            Some(content) => std::fs::write(&path, content).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let error = Picture::open(&path).unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(error.to_string().matches("letter.jpg").count(), 1, "{error}");
    }
}
