//! EXIF: orientation applied once, thumbnail dropped, the rest kept, a note added that destroys nothing.

use autochrome_media::{EncodeOptions, Format, Metadata, Pixels, Raster, encode};
use image::ImageDecoder;
use proptest::prelude::*;

use crate::fixtures::{exif_block, jpeg, open, png, tag};

const NOTE: &str = "Colours added by software";
const FORMATS: [Format; 4] = [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff];

fn raster() -> Raster {
    Raster::new(8, 8, Pixels::Rgb8([90, 60, 30].repeat(64))).unwrap()
}

fn written_exif(bytes: &[u8]) -> Vec<u8> {
    if Format::sniff(bytes).unwrap() == Format::Tiff {
        return bytes.to_vec();
    }
    let reader = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format().unwrap();
    reader.into_decoder().unwrap().exif_metadata().unwrap().unwrap()
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

fn metadata_of(exif: &[u8]) -> Metadata {
    open(&jpeg(8, 8, &[50; 192], Some(exif), None)).metadata
}

#[test]
fn every_orientation_shows_the_same_picture_upright() {
    // Upright: 24 × 16 in four flat quarters; stored turned so that the orientation undoes it.
    let (w, h) = (24usize, 16usize);
    let upright = |x: usize, y: usize| [[20u8, 90], [160, 240]][y / 8][x / 12];
    for orientation in 1..=8u8 {
        let (sw, sh) = if orientation >= 5 { (h, w) } else { (w, h) };
        let mut stored = vec![0; sw * sh * 3];
        for y in 0..h {
            for x in 0..w {
                // Where EXIF 2.32, table 6, puts the upright pixel (x, y).
                let (sx, sy) = match orientation {
                    1 => (x, y),
                    2 => (w - 1 - x, y),
                    3 => (w - 1 - x, h - 1 - y),
                    4 => (x, h - 1 - y),
                    5 => (y, x),
                    6 => (y, w - 1 - x),
                    7 => (h - 1 - y, w - 1 - x),
                    _ => (h - 1 - y, x),
                };
                stored[(sy * sw + sx) * 3..][..3].fill(upright(x, y));
            }
        }
        let exif = exif_block(&[(0x0112, 3, 1, &[0, orientation])], &[], &[]);
        let mut info = png::Info::with_size(sw as u32, sh as u32);
        info.color_type = png::ColorType::Rgb;
        info.exif_metadata = Some(exif.clone().into());
        for bytes in [png(info, &stored), jpeg(sw as u16, sh as u16, &stored, Some(&exif), None)] {
            let picture = open(&bytes);
            assert_eq!((picture.width(), picture.height()), (w, h), "orientation {orientation}");
            for (x, y) in [(2, 2), (20, 2), (2, 13), (20, 13)] {
                let expected = crate::fixtures::lightness(f64::from(upright(x, y)));
                assert!(
                    (picture.luma.row(y)[x] - expected).abs() < 1.0,
                    "orientation {orientation} at {x}, {y}"
                );
            }
            // And it is turned only once: what is written says upright and stays so.
            let again = encode(&raster(), &picture.metadata, &EncodeOptions::new(Format::Jpeg)).unwrap();
            assert_eq!(tag(&written_exif(&again), 0x0112), Some(vec![0, 1]));
        }
    }
}

#[test]
fn the_orientation_of_a_tiff_is_its_own_tag() {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
    let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(2, 1).unwrap();
    image.encoder().write_tag(tiff::tags::Tag::Orientation, 6u16).unwrap();
    image.write_data(&[0, 255]).unwrap();
    let picture = open(&bytes.into_inner());
    assert_eq!((picture.width(), picture.height()), (1, 2));
    assert!(picture.luma.data()[0] < 1.0 && picture.luma.data()[1] > 99.0);
}

#[test]
fn tags_are_kept_byte_for_byte_and_the_thumbnail_is_gone() {
    let maker_note: Vec<u8> = (0..200).map(|i| (i * 7) as u8).collect();
    let block = exif_block(
        &[
            (0x010f, 2, 10, b"Voigtland\0"),
            (0x0112, 3, 1, &[0, 3]),
            (0x0132, 2, 20, b"1934:05:06 07:08:09\0"),
        ],
        &[(0x829a, 5, 1, &[0, 0, 0, 1, 0, 0, 0, 125]), (0x927c, 7, 200, &maker_note)],
        b"\xff\xd8 the old thumbnail \xff\xd9",
    );
    let metadata = metadata_of(&block);
    let kept = metadata.exif().unwrap();
    // The maker note has not moved: its inner offsets stay good.
    let place = |b: &[u8]| b.windows(200).position(|w| w == maker_note).unwrap();
    assert_eq!(place(kept), place(&block));
    assert!(!has(kept, b"thumbnail") && kept.len() < block.len());
    for format in FORMATS {
        let bytes = encode(&raster(), &metadata, &EncodeOptions::new(format)).unwrap();
        let exif = written_exif(&bytes);
        assert_eq!(tag(&exif, 0x010f).unwrap(), b"Voigtland\0", "{format}");
        assert_eq!(tag(&exif, 0x0132).unwrap(), b"1934:05:06 07:08:09\0", "{format}");
        assert_eq!(tag(&exif, 0x927c).unwrap(), maker_note, "{format}");
        let exposure = tag(&exif, 0x829a).unwrap();
        assert!(exposure == [0, 0, 0, 1, 0, 0, 0, 125] || exposure == [1, 0, 0, 0, 125, 0, 0, 0], "{format}");
        assert!(!has(&bytes, b"thumbnail"), "{format}");
        assert!(has(&bytes, NOTE.as_bytes()), "{format}");
    }
}

#[test]
fn the_tags_of_a_tiff_reach_the_other_formats_and_back() {
    let block = exif_block(&[(0x013b, 2, 6, b"Atget\0")], &[(0x9003, 2, 5, b"1899\0")], &[]);
    let tiff = encode(&raster(), &metadata_of(&block), &EncodeOptions::new(Format::Tiff)).unwrap();
    let metadata = open(&tiff).metadata;
    for format in FORMATS {
        let exif = written_exif(&encode(&raster(), &metadata, &EncodeOptions::new(format)).unwrap());
        assert_eq!(tag(&exif, 0x013b).unwrap(), b"Atget\0");
        assert_eq!(tag(&exif, 0x9003).unwrap(), b"1899\0");
    }
}

#[test]
fn the_note_stands_in_exif_and_xmp_of_every_format_unless_switched_off() {
    for format in FORMATS {
        let mut options = EncodeOptions::new(format);
        let bytes = encode(&raster(), &Metadata::default(), &options).unwrap();
        let description = tag(&written_exif(&bytes), 0x010e).unwrap();
        assert!(description.starts_with(NOTE.as_bytes()), "{format}");
        assert!(has(&bytes, b"digitalsourcetype/compositeWithTrainedAlgorithmicMedia"), "{format}");
        let again = open(&bytes);
        assert!(has(again.metadata.xmp().unwrap(), b"compositeWithTrainedAlgorithmicMedia"), "{format}");
        assert!(again.warnings.is_empty(), "{:?}", again.warnings);
        options.note = false;
        let bytes = encode(&raster(), &Metadata::default(), &options).unwrap();
        assert!(
            !has(&bytes, b"compositeWithTrainedAlgorithmicMedia") && !has(&bytes, NOTE.as_bytes()),
            "{format}"
        );
    }
}

#[test]
fn the_note_never_touches_a_caption() {
    let described = exif_block(&[(0x010e, 2, 12, b"My aunt Ada\0")], &[], &[]);
    let commented =
        exif_block(&[(0x010e, 2, 12, b"My aunt Ada\0")], &[(0x9286, 7, 13, b"ASCII\0\0\0in 07")], &[]);
    for format in FORMATS {
        for block in [&described, &commented] {
            let bytes = encode(&raster(), &metadata_of(block), &EncodeOptions::new(format)).unwrap();
            let exif = written_exif(&bytes);
            assert_eq!(tag(&exif, 0x010e).unwrap(), b"My aunt Ada\0");
            assert_eq!(tag(&exif, 0x9286), tag(block, 0x9286));
            let history = tag(&exif, 0x000b).unwrap();
            assert!(has(&history, NOTE.as_bytes()));

            // Coloured twice, said once.
            let twice = encode(&raster(), &open(&bytes).metadata, &EncodeOptions::new(format)).unwrap();
            assert_eq!(tag(&written_exif(&twice), 0x000b).unwrap(), history);
        }
    }
}

#[test]
fn exif_too_large_for_a_jpeg_segment_leaves_the_note() {
    let huge = vec![b'x'; 60_000];
    let block = exif_block(&[(0x010d, 2, 60_000, &huge)], &[], &[]);
    let metadata = metadata_of(&block);
    let larger = encode(&raster(), &metadata, &EncodeOptions::new(Format::Png)).unwrap();
    assert!(has(&tag(&written_exif(&larger), 0x010d).unwrap(), &huge));
    let mut info = png::Info::with_size(1, 1);
    info.exif_metadata = Some(exif_block(&[(0x010d, 2, 70_000, &vec![b'x'; 70_000])], &[], &[]).into());
    let jpeg =
        encode(&raster(), &open(&png(info, &[7])).metadata, &EncodeOptions::new(Format::Jpeg)).unwrap();
    assert!(has(&tag(&written_exif(&jpeg), 0x010e).unwrap(), NOTE.as_bytes()));
}

#[test]
fn broken_exif_is_left_out_with_a_warning() {
    let good = exif_block(&[(0x010f, 2, 10, b"Voigtland\0")], &[], &[]);
    for broken in [&b"no exif"[..], &good[..9], b"II*\0\xff\xff\xff\xff"] {
        let picture = open(&jpeg(8, 8, &[50; 192], Some(broken), None));
        assert_eq!(picture.metadata.exif(), None);
        assert!(picture.warnings.iter().any(|w| w.contains("EXIF")), "{:?}", picture.warnings);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_exif_neither_panics_nor_loops(noise in proptest::collection::vec(any::<u8>(), 0..400), big in any::<bool>()) {
        let mut block = if big { b"MM\0*\0\0\0\x08".to_vec() } else { b"II*\0\x08\0\0\0".to_vec() };
        block.extend(noise);
        let picture = open(&jpeg(8, 8, &[50; 192], Some(&block), None));
        for format in [Format::Jpeg, Format::Tiff] {
            let bytes = encode(&raster(), &picture.metadata, &EncodeOptions::new(format)).unwrap();
            prop_assert_eq!(open(&bytes).width(), 8);
        }
    }

    #[test]
    fn damaged_exif_neither_panics_nor_loops(flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..6)) {
        let mut block = exif_block(
            &[(0x010f, 2, 10, b"Voigtland\0"), (0x0112, 3, 1, &[0, 3])],
            &[(0x829a, 5, 1, &[0, 0, 0, 1, 0, 0, 0, 125]), (0x9286, 7, 13, b"ASCII\0\0\0in 07")],
            b"thumbnail",
        );
        for (at, value) in flips {
            let at = at % block.len();
            block[at] = value;
        }
        let picture = open(&jpeg(8, 8, &[50; 192], Some(&block), None));
        for format in FORMATS {
            let bytes = encode(&raster(), &picture.metadata, &EncodeOptions::new(format)).unwrap();
            prop_assert_eq!(open(&bytes).width(), 8);
        }
    }
}
