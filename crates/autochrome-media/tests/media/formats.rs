//! Every format, depth and layout that is read.

use autochrome_media::{Alpha, DecodeOptions, Depth, Format, Limits, decode, probe};
use image::{DynamicImage, ImageFormat};

use crate::fixtures::{colourful, exif_block, jpeg, lightness, open, png, ramp, written};

fn assert_lightness(found: &[f32], grays: impl IntoIterator<Item = f64>, tolerance: f32) {
    let expected: Vec<f32> = grays.into_iter().map(lightness).collect();
    assert_eq!(found.len(), expected.len());
    for (i, (a, b)) in found.iter().zip(&expected).enumerate() {
        assert!((a - b).abs() <= tolerance, "pixel {i}: L {a}, expected {b}");
    }
}

#[test]
fn gray_values_give_their_lightness_in_every_lossless_format() {
    let gray = ramp(256, 2);
    let levels = gray.as_raw().iter().map(|&v| f64::from(v));
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp, ImageFormat::Pnm]
    {
        let picture = open(&written(gray.clone(), format));
        assert!(picture.was_gray && picture.chroma.is_none() && picture.alpha.is_none(), "{format:?}");
        assert_eq!(picture.depth, Depth::Eight);
        assert_lightness(picture.luma.data(), levels.clone(), 0.01);
    }
}

#[test]
fn colour_keeps_lightness_and_chroma_and_gray_needs_no_chroma() {
    let rgb = colourful(31, 17);
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp, ImageFormat::Pnm]
    {
        let bytes = written(rgb.clone(), format);
        let picture = open(&bytes);
        let (luma, chroma) = autochrome_color::lab::rgb8_to_lab(&rgb, 31, 17);
        assert_eq!(picture.luma, luma, "{format:?}");
        assert_eq!(picture.chroma, Some(chroma), "{format:?}");
        assert!(!picture.was_gray);
        let without = decode(&bytes, &DecodeOptions { keep_chroma: false, ..Default::default() }).unwrap();
        assert!(without.chroma.is_none());
        let difference =
            without.luma.data().iter().zip(luma.data()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(difference < 1e-3, "{difference}");
    }
}

#[test]
fn sixteen_bit_files_stay_sixteen_bits() {
    let gray = image::ImageBuffer::from_fn(300, 2, |x, _| image::Luma([(x * 219) as u16]));
    let rgb =
        image::ImageBuffer::from_fn(9, 5, |x, y| image::Rgb([(x * 7000) as u16, 30_001, (y * 9000) as u16]));
    for format in [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::Pnm] {
        let picture = open(&written(DynamicImage::ImageLuma16(gray.clone()), format));
        assert_eq!((picture.depth, picture.was_gray), (Depth::Sixteen, true));
        assert_lightness(picture.luma.data(), gray.iter().map(|&v| f64::from(v) / 257.0), 0.01);
        let picture = open(&written(DynamicImage::ImageRgb16(rgb.clone()), format));
        assert_eq!(picture.depth, Depth::Sixteen);
        assert_eq!(picture.luma, autochrome_color::lab::rgb16_to_lab(&rgb, 9, 5).0);
    }
}

#[test]
fn alpha_comes_out_beside_the_luma() {
    let rgba =
        image::RgbaImage::from_fn(4, 3, |x, y| image::Rgba([10, 200, (x * 9) as u8, (x * 60 + y) as u8]));
    let alpha: Vec<u8> = rgba.pixels().map(|p| p[3]).collect();
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff] {
        let picture = open(&written(rgba.clone(), format));
        assert_eq!(picture.alpha, Some(Alpha::Eight(alpha.clone())), "{format:?}");
    }
    let gray = image::ImageBuffer::from_fn(4, 1, |x, _| image::LumaA([(x * 5000) as u16, (x * 9999) as u16]));
    let picture = open(&written(DynamicImage::ImageLumaA16(gray), ImageFormat::Png));
    assert_eq!(picture.alpha, Some(Alpha::Sixteen(vec![0, 9999, 19998, 29997])));
    assert!(picture.was_gray);
}

#[test]
fn palettes_and_bits_below_eight_are_spread() {
    let mut info = png::Info::with_size(4, 1);
    info.color_type = png::ColorType::Indexed;
    info.bit_depth = png::BitDepth::Two;
    info.palette = Some(vec![0, 0, 0, 255, 0, 0, 128, 128, 128, 255, 255, 255].into());
    info.trns = Some(vec![255, 255, 9].into());
    let picture = open(&png(info, &[0b00_01_10_11]));
    assert!(!picture.was_gray);
    assert_eq!(picture.alpha, Some(Alpha::Eight(vec![255, 255, 9, 255])));
    assert!((picture.luma.data()[2] - lightness(128.0)).abs() < 0.01);

    let mut info = png::Info::with_size(10, 1);
    info.bit_depth = png::BitDepth::One;
    let picture = open(&png(info, &[0b0101_0101, 0b0100_0000]));
    assert!(picture.was_gray);
    assert_lightness(picture.luma.data(), (0..10).map(|x| f64::from(x % 2) * 255.0), 0.01);

    // In a PBM 1 is black; rows end at whole bytes.
    let picture = open(b"P4 10 1\n\xaa\x80");
    assert_lightness(picture.luma.data(), (0..10).map(|x| f64::from(x % 2) * 255.0), 0.01);
    let picture = open(b"P1 3 1\n1 0 1\n");
    assert_lightness(picture.luma.data(), [0.0, 255.0, 0.0], 0.01);
}

/// A TIFF with one uncompressed strip behind the directory; numbers as SHORT, or LONG where they need it.
fn raw_tiff(tags: &[(u16, &[u32])], strip: &[u8]) -> Vec<u8> {
    let mut tags: Vec<(u16, Vec<u32>)> = tags.iter().map(|(t, v)| (*t, v.to_vec())).collect();
    tags.push((273, vec![0]));
    tags.push((279, vec![strip.len() as u32]));
    tags.sort();
    let mut tail = Vec::new();
    let tail_at = 8 + 2 + tags.len() * 12 + 4;
    for pass in 0..2 {
        tail.clear();
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        bytes.extend((tags.len() as u16).to_le_bytes());
        for (tag, values) in &tags {
            let body: Vec<u8> = values.iter().flat_map(|&v| (v as u16).to_le_bytes()).collect();
            bytes.extend(tag.to_le_bytes());
            bytes.extend(3u16.to_le_bytes());
            bytes.extend((values.len() as u32).to_le_bytes());
            if body.len() <= 4 {
                bytes.extend(&body);
                bytes.resize(bytes.len() + 4 - body.len(), 0);
            } else {
                bytes.extend(((tail_at + tail.len()) as u32).to_le_bytes());
                tail.extend(body);
            }
        }
        bytes.extend([0; 4]);
        bytes.extend(&tail);
        if pass == 1 {
            bytes.extend(strip);
            return bytes;
        }
        let strip_at = bytes.len() as u32;
        tags.iter_mut().filter(|t| t.0 == 273).for_each(|t| t.1 = vec![strip_at]);
    }
    unreachable!()
}

#[test]
fn tiff_scans_of_one_and_four_bits_work_either_way_up() {
    let bilevel = |white_is_zero: bool| {
        raw_tiff(
            &[
                (256, &[10]),
                (257, &[1]),
                (258, &[1]),
                (259, &[1]),
                (262, &[u32::from(!white_is_zero)]),
                (277, &[1]),
                (278, &[1]),
            ],
            &[0b0101_0101, 0b0100_0000],
        )
    };
    let picture = open(&bilevel(false));
    assert!(picture.was_gray);
    assert_lightness(picture.luma.data(), (0..10).map(|x| f64::from(x % 2) * 255.0), 0.01);
    let picture = open(&bilevel(true));
    assert_lightness(picture.luma.data(), (0..10).map(|x| f64::from(1 - x % 2) * 255.0), 0.01);

    let nibbles = raw_tiff(
        &[(256, &[3]), (257, &[2]), (258, &[4]), (259, &[1]), (262, &[1]), (277, &[1]), (278, &[2])],
        &[0x0f, 0x80, 0x12, 0x30],
    );
    assert_lightness(open(&nibbles).luma.data(), [0., 255., 136., 17., 34., 51.], 0.01);
}

#[test]
fn tiff_palettes_inks_planes_and_gray_with_alpha_are_read() {
    let mut map = vec![0u32; 3 * 256];
    for (i, [r, g, b]) in [[0u32, 0, 0], [255, 0, 0], [200, 200, 200]].into_iter().enumerate() {
        (map[i], map[256 + i], map[512 + i]) = (r * 257, g * 257, b * 257);
    }
    let palette = raw_tiff(
        &[
            (256, &[3]),
            (257, &[1]),
            (258, &[8]),
            (259, &[1]),
            (262, &[3]),
            (277, &[1]),
            (278, &[1]),
            (320, &map),
        ],
        &[2, 1, 0],
    );
    let picture = open(&palette);
    let expected = autochrome_color::lab::rgb8_to_lab(&[200, 200, 200, 255, 0, 0, 0, 0, 0], 3, 1);
    assert_eq!((picture.luma, picture.chroma), (expected.0, Some(expected.1)));

    let cmyk = raw_tiff(
        &[(256, &[2]), (257, &[1]), (258, &[8, 8, 8, 8]), (259, &[1]), (262, &[5]), (277, &[4]), (278, &[1])],
        &[0, 0, 0, 51, 255, 0, 0, 0],
    );
    let expected = autochrome_color::lab::rgb8_to_lab(&[204, 204, 204, 0, 255, 255], 2, 1).0;
    assert_eq!(open(&cmyk).luma, expected);

    let planes = raw_tiff(
        &[
            (256, &[2]),
            (257, &[1]),
            (258, &[8, 8]),
            (259, &[1]),
            (262, &[1]),
            (277, &[2]),
            (278, &[1]),
            (338, &[2]),
        ],
        &[10, 255, 20, 128],
    );
    let picture = open(&planes);
    assert_eq!(picture.alpha, Some(Alpha::Eight(vec![255, 128])));
    assert_lightness(picture.luma.data(), [10., 20.], 0.01);
}

#[test]
fn a_jpeg_is_read_in_gray_and_colour() {
    let gray = open(&written(ramp(64, 16), ImageFormat::Jpeg));
    assert!(gray.was_gray);
    assert_lightness(&gray.luma.data()[..64], (0..64).map(|x| f64::from(x * 255 / 63)), 2.0);

    let flat: Vec<u8> = [180, 60, 40].repeat(16 * 16);
    let picture = open(&jpeg(16, 16, &flat, None, None));
    let expected = autochrome_color::lab::rgb8_to_lab(&[180, 60, 40], 1, 1);
    let chroma = picture.chroma.unwrap();
    assert!((picture.luma.data()[0] - expected.0.data()[0]).abs() < 1.0);
    assert!((chroma.a.data()[0] - expected.1.a.data()[0]).abs() < 2.0);
    assert!((chroma.b.data()[0] - expected.1.b.data()[0]).abs() < 2.0);
}

#[test]
fn a_colourless_rgb_jpeg_counts_as_gray() {
    let flat: Vec<u8> = (0..64u8).flat_map(|v| [v * 4; 3]).collect();
    let picture = open(&jpeg(8, 8, &flat, None, None));
    assert!(picture.was_gray && picture.chroma.is_none());
}

#[test]
fn cmyk_and_ycck_jpegs_show_the_colours_their_inks_mix() {
    let inks: Vec<u8> = [0u8, 102, 204, 51].repeat(16 * 16);
    let expected = autochrome_color::lab::rgb8_to_lab(&[204, 122, 41], 1, 1);
    for color in [jpeg_encoder::ColorType::Cmyk, jpeg_encoder::ColorType::CmykAsYcck] {
        let mut bytes = Vec::new();
        jpeg_encoder::Encoder::new(&mut bytes, 100).encode(&inks, 16, 16, color).unwrap();
        let picture = open(&bytes);
        let chroma = picture.chroma.unwrap();
        assert!((picture.luma.data()[40] - expected.0.data()[0]).abs() < 1.0, "{color:?}");
        assert!((chroma.a.data()[40] - expected.1.a.data()[0]).abs() < 2.5, "{color:?}");
        assert!((chroma.b.data()[40] - expected.1.b.data()[0]).abs() < 2.5, "{color:?}");
    }
}

#[test]
fn the_cmyk_jpeg_of_another_program_has_the_right_colours() {
    let picture = open(include_bytes!("../data/cmyk-pillow.jpg"));
    // Left half: inks 0, 102, 204, 51; right half: no ink but half black.
    let expected = autochrome_color::lab::rgb8_to_lab(&[204, 122, 41, 127, 127, 127], 2, 1).0;
    assert!((picture.luma.row(8)[3] - expected.data()[0]).abs() < 1.0);
    assert!((picture.luma.row(8)[28] - expected.data()[1]).abs() < 1.0);
}

#[test]
fn an_animation_gives_its_first_frame_and_a_warning() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for value in [255, 0] {
        let frame = image::RgbaImage::from_pixel(5, 4, image::Rgba([value, value, value, 255]));
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let picture = open(&bytes);
    assert_lightness(picture.luma.data(), [255.0; 20], 0.5);
    assert!(
        picture.was_gray && picture.warnings.iter().any(|w| w.contains("animated")),
        "{:?}",
        picture.warnings
    );

    let still = open(&written(colourful(5, 4), ImageFormat::Gif));
    assert!(still.warnings.is_empty(), "{:?}", still.warnings);
}

#[test]
fn an_animated_png_gives_its_first_frame_and_a_warning() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
    encoder.set_animated(2, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[255, 0]).unwrap();
    writer.write_image_data(&[0, 0]).unwrap();
    writer.finish().unwrap();
    let picture = open(&bytes);
    assert_lightness(picture.luma.data(), [255.0, 0.0], 0.01);
    assert!(picture.warnings.iter().any(|w| w.contains("animated")));
}

#[test]
fn the_header_tells_format_upright_size_depth_and_gray() {
    let exif = exif_block(&[(0x0112, 3, 1, &[0, 6])], &[], &[]);
    let bytes = jpeg(20, 10, &[99; 600], Some(&exif), None);
    let header = probe(&bytes, &Limits::default()).unwrap();
    assert_eq!((header.format, header.width, header.height), (Format::Jpeg, 10, 20));
    assert_eq!((header.depth, header.gray, header.orientation), (Depth::Eight, false, 6));
    let picture = open(&bytes);
    assert_eq!((picture.width(), picture.height()), (10, 20));

    let gray16 = DynamicImage::ImageLuma16(image::ImageBuffer::new(3, 2));
    for (format, expected) in [(ImageFormat::Png, Format::Png), (ImageFormat::Tiff, Format::Tiff)] {
        let header = probe(&written(gray16.clone(), format), &Limits::default()).unwrap();
        assert_eq!((header.format, header.depth, header.gray), (expected, Depth::Sixteen, true));
    }
}

#[test]
fn extensions_and_media_types_agree_with_the_formats() {
    for format in Format::ALL {
        assert_eq!(Format::from_extension(format.extension()), Some(format));
        assert_eq!(Format::from_extension(&format.to_string().to_uppercase()), Some(format));
        assert!(format.media_type().starts_with("image/"));
        assert!(format.writable().can_encode());
    }
    assert_eq!(Format::from_extension("heic"), None);
    assert_eq!((Format::Gif.writable(), Format::Tiff.writable()), (Format::Png, Format::Tiff));
}

#[test]
fn a_jpeg_strip_that_claims_more_than_its_strip_is_refused_before_room_is_made_for_it() {
    let mut strip = jpeg(16, 16, &[90; 16 * 16 * 3], None, None);
    let tiff = |strip: &[u8]| {
        let tags: [(u16, &[u32]); 7] = [
            (256, &[16]),
            (257, &[16]),
            (258, &[8, 8, 8]),
            (259, &[7]),
            (262, &[6]),
            (277, &[3]),
            (278, &[16]),
        ];
        raw_tiff(&tags, strip)
    };
    assert_eq!(open(&tiff(&strip)).luma.size(), (16, 16));
    let frame = strip.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    strip[frame + 5..frame + 9].fill(0xff);
    let error = decode(&tiff(&strip), &DecodeOptions::default()).unwrap_err();
    assert!(error.to_string().contains("65535 × 65535"), "{error}");
}

#[test]
fn a_tiff_that_ends_before_its_next_page_says_so() {
    let page = written(ramp(12, 8), ImageFormat::Tiff);
    let joined = autochrome_media::join_pages(vec![page.clone(), page]).unwrap();
    assert!(open(&joined).warnings.iter().all(|warning| !warning.contains("cut off")));
    let number =
        |at: usize, len: usize| joined[at..at + len].iter().rev().fold(0, |n, &b| n << 8 | usize::from(b));
    let first = number(4, 4);
    let second = number(first + 2 + 12 * number(first, 2), 4);
    for end in [second, second + 20] {
        let picture = open(&joined[..end]);
        assert!(picture.warnings.iter().any(|warning| warning.contains("cut off")), "{:?}", picture.warnings);
    }
}

#[test]
fn directories_that_lie_over_each_other_do_not_multiply() {
    // 4,000 directories of 65,535 entries each, every one four bytes behind the last.
    let next_at = 2 + 65_535 * 12;
    let mut bytes = vec![0xff; 8 + next_at + 4 * 4_000];
    bytes[..8].copy_from_slice(b"II*\0\x08\0\0\0");
    for i in 0..4_000 {
        bytes[8 + next_at + 4 * i..][..4].copy_from_slice(&(8 + 4 * (i as u32 + 1)).to_le_bytes());
    }
    let began = std::time::Instant::now();
    assert!(decode(&bytes, &DecodeOptions::default()).is_err());
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}
