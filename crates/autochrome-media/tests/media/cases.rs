//! Files that people have: each stands for a kind that was once read wrong.

use std::{fs, path::Path};

use autochrome_color::{Plane, lab::gray8_to_luma};
use autochrome_media::{
    Alpha, DecodeOptions, EncodeOptions, Format, Picture, Pixels, Raster, decode, decode_page, encode,
    page_count,
};

use crate::{bad_files::Random, fixtures::tag};

fn bytes(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cases").join(name)).unwrap()
}

fn open(name: &str) -> Picture {
    decode(&bytes(name), &DecodeOptions::default()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The photograph that most cases were made of.
fn photo() -> Plane {
    open("png-600dpi-text.png").luma
}

/// Mean distance in 255ths.
fn distance(a: &Plane, b: &Plane) -> f32 {
    assert_eq!(a.size(), b.size());
    a.data().iter().zip(b.data()).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.data().len() as f32 * 2.55
}

fn warns(picture: &Picture, of: &str) -> bool {
    picture.warnings.iter().any(|w| w.contains(of))
}

/// The picture written again.
fn again(picture: &Picture, format: Format) -> Vec<u8> {
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    let pixels = Pixels::Rgb8(vec![120; (width * height * 3) as usize]);
    let raster = Raster::new(width, height, pixels).unwrap();
    encode(&raster, &picture.metadata, &EncodeOptions::new(format)).unwrap()
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

#[test]
fn a_predictor_steps_over_all_samples_of_a_pixel() {
    for name in
        ["tiff-rgb-unspecified-sample-lzw-predictor.tif", "tiff-rgb-unspecified-sample-deflate-predictor.tif"]
    {
        let picture = open(name);
        let plain = open("tiff-tiled-rgb-lzw.tif");
        assert!(distance(&picture.luma, &plain.luma) < 40.0, "{name} is noise");
        assert!(
            picture.alpha.is_none() && warns(&picture, "does not explain"),
            "{name}: {:?}",
            picture.warnings
        );
    }
}

#[test]
fn a_sample_without_a_meaning_is_no_opacity() {
    let picture = open("tiff-gray-unspecified-sample.tif");
    assert!(picture.alpha.is_none() && picture.was_gray && warns(&picture, "does not explain"));
    assert!(distance(&picture.luma, &photo()) < 2.0);
}

#[test]
fn colours_multiplied_with_opacity_are_divided_by_it() {
    let picture = open("tiff-gray-associated-alpha.tif");
    let Some(Alpha::Eight(alpha)) = &picture.alpha else { panic!("no opacity") };
    let (ours, theirs) = (picture.luma.data(), photo());
    let solid: Vec<f32> = (0..alpha.len())
        .filter(|&i| alpha[i] > 60)
        .map(|i| (ours[i] - theirs.data()[i]).abs() * 2.55)
        .collect();
    assert!(!solid.is_empty() && solid.iter().sum::<f32>() / (solid.len() as f32) < 2.5);
    // What is written is not multiplied.
    let raster = Raster::new(160, 160, Pixels::Gray8(vec![200; 160 * 160])).unwrap();
    let written = encode(
        &raster.with_alpha(picture.alpha.clone()).unwrap(),
        &picture.metadata,
        &EncodeOptions::new(Format::Tiff),
    )
    .unwrap();
    assert_eq!(tag(&written, 338), Some(vec![2, 0]));
}

#[test]
fn bits_filled_in_from_the_other_end_are_read() {
    let picture = open("tiff-1bit-fillorder2.tif");
    // Black and white dots of the photograph: the mean over squares of 8 pixels is near it.
    let (ours, photo) = (&picture.luma, photo());
    let mean = |plane: &Plane, x: usize, y: usize| {
        (0..64).map(|i| plane.row(y * 8 + i / 8)[x * 8 + i % 8]).sum::<f32>() / 64.0
    };
    let off: f32 = (0..400).map(|i| (mean(ours, i % 20, i / 20) - mean(&photo, i % 20, i / 20)).abs()).sum();
    let shuffled: f32 =
        (0..400).map(|i| (mean(ours, i % 20, i / 20) - mean(&photo, 19 - i % 20, 19 - i / 20)).abs()).sum();
    assert!(off * 2.0 < shuffled, "{off} against {shuffled}");
}

#[test]
fn the_first_page_at_full_resolution_is_the_picture() {
    let picture = open("tiff-thumbnail-first.tif");
    assert_eq!((picture.width(), picture.height()), (160, 160));
    assert!(distance(&picture.luma, &photo()) < 2.0);
    let bytes = bytes("tiff-thumbnail-first.tif");
    assert_eq!(page_count(&bytes).unwrap(), 1);
    let error = decode_page(&bytes, &DecodeOptions::default(), 1).unwrap_err();
    assert_eq!(error.code(), "no-such-page");
}

#[test]
fn tiles_and_planes_are_read() {
    let (tiled, planar) = (open("tiff-tiled-rgb-lzw.tif"), open("tiff-tiled-planar.tif"));
    assert!(tiled.warnings.is_empty() && planar.warnings.is_empty());
    assert!(!tiled.was_gray && !planar.was_gray);
    assert!(distance(&tiled.luma, &planar.luma) < 2.0);
}

#[test]
fn density_and_iptc_of_a_tiff_go_everywhere_they_fit() {
    let picture = open("tiff-600dpi-iptc.tif");
    let records = picture.metadata.iptc().unwrap().to_vec();
    for format in [Format::Jpeg, Format::Png, Format::Tiff, Format::WebP] {
        let found = decode(&again(&picture, format), &DecodeOptions::default()).unwrap().metadata;
        let density = found.density().unwrap();
        assert!((density.x_dpi - 600.0).abs() < 0.02 && (density.y_dpi - 600.0).abs() < 0.02, "{format}");
        if format == Format::WebP {
            assert!(picture.metadata.lost_in(format).iter().any(|w| w.contains("IPTC")));
        } else {
            assert_eq!(found.iptc(), Some(&records[..]), "{format}");
        }
    }
}

#[test]
fn one_scan_a_component_is_the_same_picture() {
    let picture = open("jpeg-one-scan-a-component-420.jpg");
    assert!(!picture.was_gray && picture.warnings.is_empty(), "{:?}", picture.warnings);
    assert!(distance(&picture.luma, &open("jpeg-three-components-marked-ycck.jpg").luma) < 2.0);
}

#[test]
fn a_jpeg_without_its_end_is_shown_when_all_rows_are_there() {
    let picture = open("jpeg-without-end-marker.jpg");
    assert!(warns(&picture, "missing") && distance(&picture.luma, &photo()) < 4.0);
}

#[test]
fn three_components_are_ycbcr_whatever_the_marker_says() {
    let picture = open("jpeg-three-components-marked-ycck.jpg");
    assert!(!picture.was_gray && picture.chroma.is_some());
}

#[test]
fn a_changed_bit_is_shown_as_libjpeg_shows_it() {
    // This bit made another valid file, on which libjpeg is silent, too: from one block on all is 8 levels brighter.
    let (whole, changed) = (open("jpeg-without-end-marker.jpg").luma, open("jpeg-one-bit-changed.jpg").luma);
    let brighter = changed.row(150)[10] - whole.row(150)[10];
    assert!((1.5..4.5).contains(&brighter), "{brighter}");
    assert_eq!(changed.row(70), whole.row(70));
    // One that is none of a writer's is said: a byte of the scan taken out.
    let mut cut = bytes("jpeg-one-bit-changed.jpg");
    cut.remove(4200);
    let picture = decode(&cut, &DecodeOptions::default()).unwrap();
    assert!(warns(&picture, "corrupt"), "{:?}", picture.warnings);
}

#[test]
fn a_persons_caption_comment_and_density_are_kept() {
    let picture = open("jpeg-600dpi-iptc-comment.jpg");
    let said = &picture.metadata;
    assert_eq!(said.density().map(|d| (d.x_dpi, d.y_dpi)), Some((600.0, 600.0)));
    assert!(said.iptc().is_some() && said.comments().len() == 1);
    let jpeg = again(&picture, Format::Jpeg);
    let found = decode(&jpeg, &DecodeOptions::default()).unwrap().metadata;
    assert_eq!(
        (found.density(), found.iptc(), found.comments()),
        (said.density(), said.iptc(), said.comments())
    );
    // Our note stands in the history, and nowhere as a caption.
    let exif = found.exif().unwrap();
    assert_eq!(tag(exif, 0x010e), tag(said.exif().unwrap_or(exif), 0x010e));
    assert!(tag(exif, 0x000b).is_some_and(|v| has(&v, b"Colours added by software")));
    let xmp = String::from_utf8(found.xmp().unwrap().to_vec()).unwrap();
    assert!(xmp.contains("xmpMM:History") && xmp.contains("compositeWithTrainedAlgorithmicMedia"));
    assert!(!xmp.contains("<dc:description>"));
    let png = decode(&again(&picture, Format::Png), &DecodeOptions::default()).unwrap().metadata;
    assert_eq!(png.iptc(), said.iptc());
    assert!(png.texts().iter().any(|(key, text)| key == "Comment" && *text == said.comments()[0]));
}

#[test]
fn regions_and_sizes_turn_with_the_pixels() {
    let picture = open("jpeg-rotated-with-region.jpg");
    assert_eq!((picture.width(), picture.height()), (120, 160));
    let before = String::from_utf8_lossy(&bytes("jpeg-rotated-with-region.jpg")).into_owned();
    let after = String::from_utf8(picture.metadata.xmp().unwrap().to_vec()).unwrap();
    let value = |text: &str, name: &str| -> f64 {
        let at = text.find(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name}")) + name.len() + 2;
        text[at..].split('<').next().unwrap().parse().unwrap()
    };
    assert_eq!((value(&after, "stDim:w"), value(&after, "stDim:h")), (120.0, 160.0));
    // Orientation 6: the left of the stored picture is its top.
    assert!((value(&after, "stArea:y") - value(&before, "stArea:x")).abs() < 1e-6);
    assert!((value(&after, "stArea:x") - (1.0 - value(&before, "stArea:y"))).abs() < 1e-6);
    assert!((value(&after, "stArea:w") - value(&before, "stArea:h")).abs() < 1e-6);
    let jpeg = again(&picture, Format::Jpeg);
    let exif = decode(&jpeg, &DecodeOptions::default()).unwrap().metadata.exif().unwrap().to_vec();
    let long = |wanted| {
        let v = tag(&exif, wanted).unwrap();
        if &exif[..2] == b"MM" {
            u32::from_be_bytes(v.try_into().unwrap())
        } else {
            u32::from_le_bytes(v.try_into().unwrap())
        }
    };
    assert_eq!((long(0xa002), long(0xa003)), (120, 160));
}

#[test]
fn pointers_to_a_film_that_is_not_written_are_dropped() {
    let picture = open("jpeg-motion-photo-pointer.jpg");
    let xmp = String::from_utf8(picture.metadata.xmp().unwrap().to_vec()).unwrap();
    assert!(
        !xmp.contains("MotionPhoto") && !xmp.contains("MicroVideo") && !xmp.contains("Directory"),
        "{xmp}"
    );
    assert!(warns(&picture, "film"));
}

#[test]
fn a_picture_in_colour_is_known_as_one() {
    let picture = open("jpeg-already-in-colour.jpg");
    assert!(!picture.was_gray && picture.chroma.is_some());
}

#[test]
fn density_and_texts_of_a_png_are_kept() {
    let picture = open("png-600dpi-text.png");
    let said = &picture.metadata;
    assert!(said.density().is_some_and(|d| (d.x_dpi - 600.0).abs() < 0.02) && !said.texts().is_empty());
    let png = decode(&again(&picture, Format::Png), &DecodeOptions::default()).unwrap().metadata;
    assert_eq!((png.density(), png.texts()), (said.density(), said.texts()));
    let jpeg = decode(&again(&picture, Format::Jpeg), &DecodeOptions::default()).unwrap().metadata;
    assert_eq!(jpeg.density().map(|d| d.x_dpi), Some(600.0));
    for (_, text) in said.texts() {
        assert!(jpeg.comments().iter().any(|comment| comment.contains(text)));
    }
    assert!(said.lost_in(Format::Tiff).iter().any(|w| w.contains("texts")));
}

#[test]
fn the_gamma_of_a_png_is_honoured() {
    // The same photograph in linear light.
    assert!(distance(&open("png-linear-gama-16bit.png").luma, &photo()) < 2.0);
}

#[test]
fn a_png_with_the_gamma_of_srgb_is_read_as_before() {
    let gray: Vec<u8> = (0..=255).collect();
    let mut info = png::Info::with_size(256, 1);
    info.source_gamma = Some(png::ScaledFloat::new(1.0 / 2.2));
    let picture = decode(&crate::fixtures::png(info, &gray), &DecodeOptions::default()).unwrap();
    assert_eq!(picture.luma, gray8_to_luma(&gray, 256, 1));
}

#[test]
fn no_damage_to_any_case_makes_a_panic_or_a_value_out_of_range() {
    let folder = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let mut random = Random(21);
    for folder in [folder("cases"), folder("corpus")] {
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e != "tsv")) {
            let whole = fs::read(path).unwrap();
            for round in 0..12 {
                let mut damaged = whole.clone();
                for _ in 0..1 + round {
                    // Half of the damage goes where the structure is: at the beginning or, for TIFF, the end.
                    let at = match random.below(4) {
                        0 => random.below(damaged.len().min(600)),
                        1 => damaged.len() - 1 - random.below(damaged.len().min(400)),
                        _ => random.below(damaged.len()),
                    };
                    damaged[at] = if random.below(2) == 0 {
                        damaged[at] ^ 1 << random.below(8)
                    } else {
                        random.below(256) as u8
                    };
                }
                if round == 11 {
                    damaged.truncate(random.below(damaged.len()));
                }
                let limits = autochrome_media::Limits { max_pixels: 300_000, ..Default::default() };
                if let Ok(picture) = decode(&damaged, &DecodeOptions { limits, keep_chroma: true }) {
                    let is_good = picture.luma.data().iter().all(|l| (-0.01..=100.01).contains(l));
                    assert!(is_good, "{} in round {round}", path.display());
                    for format in [Format::Jpeg, Format::Tiff] {
                        again(&picture, format);
                    }
                }
            }
        }
    }
}
