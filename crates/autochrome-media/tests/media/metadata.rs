//! One picture that says everything of itself, through all pairs of formats: the table of docs/metadata.md.

use std::fmt::Write as _;
use std::{env, fs};

use autochrome_media::{Alpha, Depth, EncodeOptions, Format, Metadata, Picture, Pixels, Raster, encode};

use crate::fixtures::{exif_block, jpeg, open, tag};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metadata.md");
const FORMATS: [Format; 4] = [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff];

const HEAD: &str = "\
# Metadata

What a result keeps of what its input says of itself, for every input format and every output format. One picture with everything that
the input format can hold goes through each pair; the table is what the test found afterwards.

`same` is as it was, `comment` a comment that says `KEY: text`, `text` a PNG text with the key `Comment`; `–` is lost, and a warning says so.
What the input format cannot hold has no row.

";

const TAIL: &str = "
BMP, GIF and PNM are only read; of a BMP the resolution is kept. Never kept, because no longer true: the orientation (results are upright), thumbnails, the
profile (results are sRGB and say so), face regions of another size, pointers to a video. Added: a note that software added the colours, in fields
of its own; captions stay as they are.

This page is made by a test: `AUTOCHROME_WRITE_DOCS=1 cargo test -p autochrome-media --test media metadata`.
";

/// What is looked for: its name, and how much of it a picture has.
type Item = (&'static str, fn(&Picture) -> Found);

#[derive(Clone, Copy, PartialEq)]
enum Found {
    Same,
    AsComment,
    AsText,
    Nothing,
}

fn found(is_there: bool) -> Found {
    if is_there { Found::Same } else { Found::Nothing }
}

fn exif_has(metadata: &Metadata, wanted: u16, value: &[u8]) -> Found {
    found(metadata.exif().and_then(|block| tag(block, wanted)).is_some_and(|found| found == value))
}

const ITEMS: [Item; 10] = [
    ("EXIF: camera", |p| exif_has(&p.metadata, 0x0110, b"Ermanox\0")),
    ("EXIF: exposure", |p| {
        exif_has(&p.metadata, 0x829a, &[0, 0, 0, 1, 0, 0, 0, 25]).or(exif_has(
            &p.metadata,
            0x829a,
            &[1, 0, 0, 0, 25, 0, 0, 0],
        ))
    }),
    ("EXIF: caption", |p| exif_has(&p.metadata, 0x010e, b"Grandma, 1931\0")),
    ("XMP", |p| {
        let packet = String::from_utf8_lossy(p.metadata.xmp().unwrap_or_default()).into_owned();
        found(packet.contains("Berlin") && packet.contains("xmp:Rating=\"4\""))
    }),
    ("IPTC records", |p| {
        found(p.metadata.iptc().is_some_and(|records| records.ends_with(b"\x1c\x02\x78\x00\x07At home")))
    }),
    ("resolution", |p| {
        found(
            p.metadata
                .density()
                .is_some_and(|d| (d.x_dpi - 600.0).abs() < 0.1 && (d.y_dpi - 300.0).abs() < 0.1),
        )
    }),
    ("comment", |p| {
        let as_text = p.metadata.texts().iter().any(|(key, text)| key == "Comment" && text == "Box 7");
        let as_is = p.metadata.comments().iter().any(|text| text == "Box 7");
        found(as_is).or(if as_text { Found::AsText } else { Found::Nothing })
    }),
    ("PNG text", |p| {
        if p.metadata.texts().iter().any(|(key, text)| key == "Author" && text == "A. Salomon") {
            Found::Same
        } else if p.metadata.comments().iter().any(|text| text == "Author: A. Salomon") {
            Found::AsComment
        } else {
            Found::Nothing
        }
    }),
    ("16 bits", |p| found(p.depth == Depth::Sixteen)),
    ("transparency", |p| found(p.alpha.is_some())),
];

impl Found {
    fn or(self, other: Self) -> Self {
        if self == Self::Nothing { other } else { self }
    }
}

/// A JPEG with everything that one can hold.
fn rich_jpeg() -> Vec<u8> {
    let exif = exif_block(
        &[(0x010e, 2, 14, b"Grandma, 1931\0"), (0x0110, 2, 8, b"Ermanox\0")],
        &[(0x829a, 5, 1, &[0, 0, 0, 1, 0, 0, 0, 25])],
        &[],
    );
    let xmp = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF \
        xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
        xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" \
        xmp:Rating=\"4\" photoshop:City=\"Berlin\"/></rdf:RDF></x:xmpmeta>";
    let records = b"\x1c\x02\x00\x00\x02\x00\x04\x1c\x02\x78\x00\x07At home";
    let mut photoshop = b"Photoshop 3.0\x008BIM\x04\x04\0\0".to_vec();
    photoshop.extend((records.len() as u32).to_be_bytes());
    photoshop.extend(records);
    photoshop.resize(photoshop.len().next_multiple_of(2), 0);
    let mut bytes = jpeg(16, 8, &[90, 60, 30].repeat(128), Some(&exif), None);
    // The encoder's JFIF segment, 18 bytes behind the first marker: dots an inch.
    bytes[13] = 1;
    bytes[14..18].copy_from_slice(&[600u16.to_be_bytes(), 300u16.to_be_bytes()].concat());
    let mut segments = Vec::new();
    for (marker, body) in [(0xe1u8, xmp.as_bytes()), (0xed, photoshop.as_slice()), (0xfe, b"Box 7")] {
        segments.extend([0xff, marker]);
        segments.extend((body.len() as u16 + 2).to_be_bytes());
        segments.extend(body);
    }
    bytes.splice(20..20, segments);
    bytes
}

/// A PNG with a text before its pixels.
fn with_text(mut png: Vec<u8>, body: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    let named = [b"tEXt", body].concat();
    crc.update(&named);
    let chunk = [&(body.len() as u32).to_be_bytes()[..], &named, &crc.sum().to_be_bytes()].concat();
    // Behind the signature and the header.
    png.splice(33..33, chunk);
    png
}

fn write(metadata: &Metadata, format: Format) -> Vec<u8> {
    let pixels = (0..16 * 8 * 3).map(|i| 257 * (i % 200) as u16 + 3).collect();
    let raster = Raster::new(16, 8, Pixels::Rgb16(pixels)).unwrap();
    let raster = raster.with_alpha(Some(Alpha::Eight((0..128).collect()))).unwrap();
    encode(&raster, metadata, &EncodeOptions::new(format)).unwrap()
}

/// A file of this format with everything that it can hold.
fn rich(format: Format) -> Vec<u8> {
    let rich = rich_jpeg();
    match format {
        Format::Jpeg => rich,
        Format::Png => with_text(write(&open(&rich).metadata, format), b"Author\0A. Salomon"),
        format => write(&open(&rich).metadata, format),
    }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    page += "| from | |";
    FORMATS.iter().for_each(|to| page += &format!(" to {to} |"));
    page += "\n|---|---|---|---|---|---|\n";
    for from in FORMATS {
        let input = open(&rich(from));
        for (name, look) in ITEMS {
            if look(&input) == Found::Nothing {
                continue;
            }
            let _ = write!(page, "| {from} | {name} |");
            for to in FORMATS {
                let output = open(&write(&input.metadata, to));
                let word = match look(&output) {
                    Found::Same => "same",
                    Found::AsComment => "comment",
                    Found::AsText => "text",
                    Found::Nothing => "–",
                };
                let _ = write!(page, " {word} |");
            }
            page.push('\n');
        }
    }
    page + TAIL
}

#[test]
fn the_table_of_metadata_is_what_happens() {
    if env::var_os("AUTOCHROME_WRITE_DOCS").is_some() {
        fs::write(PAGE, page()).unwrap();
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(written == page(), "docs/metadata.md is not what happens; it tells how to write it again");
}

#[test]
fn what_a_format_cannot_hold_is_said() {
    // Name in the table, and the words of the warning.
    let warned = [("comment", "comments"), ("PNG text", "PNG texts"), ("IPTC records", "IPTC data")];
    for from in FORMATS {
        let input = open(&rich(from));
        for to in FORMATS {
            let output = open(&write(&input.metadata, to));
            let lost = input.metadata.lost_in(to);
            for (name, look) in ITEMS.iter().take(8) {
                let is_lost = look(&input) != Found::Nothing && look(&output) == Found::Nothing;
                // In a PNG a comment is one of its texts.
                let item = if from == Format::Png && *name == "comment" { "PNG text" } else { *name };
                let words = warned.iter().find(|(known, _)| *known == item).map(|(_, words)| *words);
                let is_said = words.is_some_and(|words| lost.iter().any(|warning| warning.contains(words)));
                assert_eq!(is_lost, is_said, "{name} from {from} to {to}: {lost:?}");
            }
        }
    }
}
