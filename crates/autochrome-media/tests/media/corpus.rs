//! Every file of a corpus of layouts comes out as libtiff and libjpeg-turbo read it, to 2/255 in the mean.

use std::{fs, path::Path};

use autochrome_color::lab::rgb8_to_lab;
use autochrome_media::{DecodeOptions, decode};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus")
}

#[test]
fn every_layout_is_read_as_the_reference_reads_it() {
    let expected = image::open(folder().join("expected.png")).unwrap().to_rgb8();
    let list = fs::read_to_string(folder().join("expected.tsv")).unwrap();
    let mut wrong = Vec::new();
    for line in list.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let bytes = fs::read(folder().join(fields[0])).unwrap();
        let result = decode(&bytes, &DecodeOptions::default());
        if let [name, code] = fields[..] {
            let found = result.err().map(|e| e.code());
            if found != Some(code) {
                wrong.push(format!("{name}: {found:?} instead of {code}"));
            }
            continue;
        }
        let number = |i: usize| fields[i].parse::<u32>().unwrap();
        let (width, height, top) = (number(1), number(2), number(3));
        let picture = match result {
            Ok(picture) => picture,
            Err(error) => {
                wrong.push(format!("{}: {error}", fields[0]));
                continue;
            }
        };
        if (picture.width(), picture.height()) != (width as usize, height as usize) {
            wrong.push(format!("{}: {} × {}", fields[0], picture.width(), picture.height()));
            continue;
        }
        let rgb: Vec<u8> =
            (0..width * height).flat_map(|i| expected.get_pixel(i % width, top + i / width).0).collect();
        let (luma, chroma) = rgb8_to_lab(&rgb, width as usize, height as usize);
        let mean = |ours: &[f32], theirs: &[f32]| {
            ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).sum::<f32>() / ours.len() as f32
        };
        // L runs to 100, codes to 255.
        let off = mean(picture.luma.data(), luma.data()) * 2.55;
        if off > 2.0 {
            wrong.push(format!("{}: off by {off:.2}/255", fields[0]));
        }
        if let Some(ours) = &picture.chroma {
            let off = mean(ours.a.data(), chroma.a.data()).max(mean(ours.b.data(), chroma.b.data()));
            if off > 2.0 {
                wrong.push(format!("{}: colours off by {off:.2}", fields[0]));
            }
        }
        let is_said = picture.warnings.iter().any(|w| w.contains("corrupt"));
        // A changed bit may make another valid file, or one that is more wrong than the reference reader says.
        if is_said != (fields[4] == "damaged") && fields[4] != "changed" {
            wrong.push(format!("{}: {} but {:?}", fields[0], fields[4], picture.warnings));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), list.lines().count(), wrong.join("\n"));
}
