//! What is written reads back, whole files or none.

use std::fs;

use autochrome_media::{
    Alpha, DecodeOptions, EncodeOptions, Format, Limits, Metadata, Pixels, Raster, decode, encode, read_file,
    write_atomic,
};

use crate::fixtures::{colourful, open};

fn write(raster: &Raster, format: Format) -> Vec<u8> {
    encode(raster, &Metadata::default(), &EncodeOptions::new(format)).unwrap()
}

fn image_of(bytes: &[u8]) -> image::DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

#[test]
fn lossless_formats_return_the_same_samples() {
    let rgb = colourful(23, 11);
    let rgb8 = Raster::new(23, 11, Pixels::Rgb8(rgb.to_vec())).unwrap();
    for format in [Format::Png, Format::WebP, Format::Tiff] {
        assert_eq!(image_of(&write(&rgb8, format)).to_rgb8(), rgb, "{format}");
    }
    let wide: Vec<u16> = rgb.iter().enumerate().map(|(i, &v)| u16::from(v) * 256 + i as u16 % 256).collect();
    let rgb16 = Raster::new(23, 11, Pixels::Rgb16(wide.clone())).unwrap();
    let gray16 = Raster::new(23, 33, Pixels::Gray16(wide.clone())).unwrap();
    for format in [Format::Png, Format::Tiff] {
        assert_eq!(image_of(&write(&rgb16, format)).as_rgb16().unwrap().as_raw(), &wide, "{format}");
        assert_eq!(image_of(&write(&gray16, format)).as_luma16().unwrap().as_raw(), &wide, "{format}");
    }
    let gray8 = Raster::new(23, 33, Pixels::Gray8(rgb.to_vec())).unwrap();
    for format in [Format::Png, Format::WebP, Format::Tiff] {
        assert_eq!(image_of(&write(&gray8, format)).to_luma8().as_raw(), rgb.as_raw(), "{format}");
    }
}

#[test]
fn sixteen_bits_are_rounded_where_the_format_has_eight() {
    let raster = Raster::new(2, 1, Pixels::Gray16(vec![127, 65535 - 128])).unwrap();
    assert_eq!(image_of(&write(&raster, Format::WebP)).to_luma8().as_raw(), &[0, 255]);
}

#[test]
fn alpha_survives_where_there_is_room_for_it() {
    let alpha = Alpha::Eight(vec![0, 100, 255]);
    let colour = Pixels::Rgb8(vec![1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let colour = Raster::new(3, 1, colour).unwrap().with_alpha(Some(alpha.clone())).unwrap();
    let gray =
        Raster::new(3, 1, Pixels::Gray8(vec![9, 8, 7])).unwrap().with_alpha(Some(alpha.clone())).unwrap();
    let wide =
        Raster::new(3, 1, Pixels::Gray16(vec![9, 8, 7])).unwrap().with_alpha(Some(alpha.clone())).unwrap();
    for format in [Format::Png, Format::WebP, Format::Tiff] {
        let image = image_of(&write(&colour, format)).to_rgba8();
        assert_eq!(image.as_raw(), &[1, 2, 3, 0, 4, 5, 6, 100, 7, 8, 9, 255], "{format}");
        assert_eq!(open(&write(&colour, format)).alpha, Some(alpha.clone()));
        let image = image_of(&write(&gray, format)).to_luma_alpha8();
        assert_eq!(image.as_raw(), &[9, 0, 8, 100, 7, 255], "{format}");
        assert_eq!(
            image_of(&write(&wide, format)).to_luma_alpha8().pixels().map(|p| p[1]).collect::<Vec<_>>(),
            [0, 100, 255]
        );
    }
    assert_eq!(open(&write(&colour, Format::Jpeg)).alpha, None);
}

#[test]
fn a_jpeg_keeps_full_chroma_resolution_and_obeys_its_quality() {
    // Red and blue columns of one pixel would blur into purple if chroma were halved.
    let columns = Pixels::Rgb8([200, 60, 60, 60, 60, 200].repeat(32 * 32));
    let raster = Raster::new(64, 32, columns).unwrap();
    let fine = write(&raster, Format::Jpeg);
    let found = image_of(&fine).to_rgb8();
    assert!(found.get_pixel(10, 9)[0].abs_diff(200) < 25 && found.get_pixel(11, 9)[0].abs_diff(60) < 25);
    let noisy = Raster::new(64, 64, Pixels::Rgb8(colourful(64, 64).into_raw())).unwrap();
    let size = |quality| {
        let options = EncodeOptions { quality, ..EncodeOptions::new(Format::Jpeg) };
        encode(&noisy, &Metadata::default(), &options).unwrap().len()
    };
    assert!(size(10) < size(60) && size(60) < size(100));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let raster = Raster::new(23, 11, Pixels::Rgb8(colourful(23, 11).into_raw())).unwrap();
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff] {
        assert_eq!(write(&raster, format), write(&raster, format));
    }
}

#[test]
fn wrong_requests_are_refused_by_name() {
    let raster = Raster::new(1, 1, Pixels::Gray8(vec![0])).unwrap();
    let code = |options| encode(&raster, &Metadata::default(), &options).unwrap_err().code();
    assert_eq!(code(EncodeOptions::new(Format::Gif)), "cannot-encode");
    assert_eq!(
        code(EncodeOptions { quality: 0, ..EncodeOptions::new(Format::Jpeg) }),
        "quality-out-of-range"
    );
    assert_eq!(Raster::new(2, 2, Pixels::Gray8(vec![0; 3])).unwrap_err().code(), "wrong-shape");
    assert_eq!(Raster::new(0, 2, Pixels::Gray8(vec![])).unwrap_err().code(), "wrong-shape");
    assert_eq!(raster.clone().with_alpha(Some(Alpha::Eight(vec![]))).unwrap_err().code(), "wrong-shape");
    let long = Raster::new(70_000, 1, Pixels::Gray8(vec![0; 70_000])).unwrap();
    for format in [Format::Jpeg, Format::WebP] {
        let error = encode(&long, &Metadata::default(), &EncodeOptions::new(format)).unwrap_err();
        assert_eq!(error.code(), "too-large-for-format");
    }
}

#[test]
fn lightness_survives_a_gray_round_trip() {
    let gray: Vec<u8> = (0..=255).collect();
    let raster = Raster::new(256, 1, Pixels::Gray8(gray.clone())).unwrap();
    let expected = autochrome_color::lab::gray8_to_luma(&gray, 256, 1);
    for format in [Format::Png, Format::WebP, Format::Tiff] {
        assert_eq!(open(&write(&raster, format)).luma, expected, "{format}");
    }
}

#[test]
fn a_file_is_written_whole_and_never_over_another_by_accident() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    write_atomic(&path, b"first", false).unwrap();
    assert_eq!(write_atomic(&path, b"second", false).unwrap_err().code(), "output-exists");
    assert_eq!(fs::read(&path).unwrap(), b"first");
    write_atomic(&path, b"second", true).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"second");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    let error = write_atomic(&folder.path().join("none/b.png"), b"x", true).unwrap_err();
    assert_eq!(error.code(), "io-error");
    assert!(error.to_string().contains("b.png"));
}

#[cfg(unix)]
#[test]
fn a_new_file_is_as_readable_as_any_other() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plain"), b"x").unwrap();
    write_atomic(&folder.path().join("ours"), b"x", false).unwrap();
    let mode = |name| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("ours"), mode("plain"));
}

#[test]
fn reading_stops_at_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pgm");
    fs::write(&path, b"P5 1 1 255\n\x80").unwrap();
    let bytes = read_file(&path, &Limits::default()).unwrap();
    assert!(decode(&bytes, &DecodeOptions::default()).is_ok());
    let small = Limits { max_bytes: 5, ..Limits::default() };
    assert_eq!(read_file(&path, &small).unwrap_err().code(), "too-many-bytes");
    assert_eq!(read_file(&folder.path().join("none"), &small).unwrap_err().code(), "io-error");
}
