//! What a trainer may rely on.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::path::Path;
use std::time::{Duration, Instant};

use autochrome_data::{
    AugmentOptions, Batch, CropOptions, Error, HintOptions, Index, Loader, LoaderOptions, centre_sample,
};
use image::{Rgb, RgbImage};
use tempfile::TempDir;

/// Pictures of several sizes, bright and yellow on the right, dark and blue on the left.
fn pictures(count: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..count {
        let source = folder.path().join(["b_film", "a_film"][number % 2]);
        std::fs::create_dir_all(&source).unwrap();
        let (width, height) = (40 + 3 * number as u32, 60 - 2 * number as u32);
        ramp(width, height, number as u8).save(source.join(format!("{number:03}.png"))).unwrap();
    }
    folder
}

fn ramp(width: u32, height: u32, number: u8) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let bright = (55 + 200 * x / width) as u8;
        Rgb([bright, bright.saturating_sub(number), 255 - bright / 2 - (y % 8) as u8])
    })
}

fn options() -> LoaderOptions {
    LoaderOptions {
        crop: CropOptions::resized(24),
        hints: HintOptions::zhang(0.7),
        augment: AugmentOptions::old_photographs(0.5),
        batch: 4,
        seed: 11,
        ..LoaderOptions::default()
    }
}

fn batches(folder: &Path, options: LoaderOptions, count: usize) -> Vec<Batch> {
    let mut loader = Loader::new(Index::folder(folder).unwrap(), options).unwrap();
    (0..count).map(|_| loader.next_batch().unwrap()).collect()
}

#[test]
fn threads_prefetch_and_cache_change_no_sample() {
    let folder = pictures(7);
    let reference = batches(folder.path(), options(), 9);
    for (threads, prefetch, cache_bytes) in [(1, 1, 1 << 30), (2, 1, 0), (3, 7, 20_000), (5, 2, 1 << 30)] {
        let options = LoaderOptions { threads, prefetch, cache_bytes, ..options() };
        assert_eq!(batches(folder.path(), options, 9), reference, "{threads} threads");
    }
}

#[test]
fn a_resumed_run_sees_what_an_uninterrupted_one_sees() {
    let folder = pictures(7);
    let mut loader = Loader::new(Index::folder(folder.path()).unwrap(), options()).unwrap();
    (0..5).for_each(|_| drop(loader.next_batch().unwrap()));
    let start_sample = loader.next_sample();
    assert_eq!(start_sample, 20);
    let rest: Vec<Batch> = (0..4).map(|_| loader.next_batch().unwrap()).collect();
    let resumed = LoaderOptions { start_sample, threads: 2, ..options() };
    assert_eq!(batches(folder.path(), resumed, 4), rest);
}

#[test]
fn the_batch_size_changes_no_sample() {
    let folder = pictures(5);
    let fours = batches(folder.path(), options(), 3);
    let twelve = &batches(folder.path(), LoaderOptions { batch: 12, ..options() }, 1)[0];
    let luma: Vec<f32> = fours.iter().flat_map(|batch| batch.luma.clone()).collect();
    assert_eq!(luma, twelve.luma);
}

#[test]
fn other_seeds_give_other_samples() {
    let folder = pictures(5);
    let other = LoaderOptions { seed: 12, ..options() };
    assert_ne!(batches(folder.path(), options(), 1), batches(folder.path(), other, 1));
}

#[test]
fn every_epoch_shows_every_picture_once_in_its_own_order() {
    let folder = pictures(12);
    let epochs = batches(folder.path(), LoaderOptions { batch: 12, threads: 2, ..options() }, 3);
    for epoch in &epochs {
        let mut indices = epoch.indices.clone();
        indices.sort_unstable();
        assert_eq!(indices, (0..12).collect::<Vec<_>>());
    }
    assert!(epochs[0].indices != epochs[1].indices && epochs[1].indices != epochs[2].indices);
}

#[test]
fn degradation_touches_nothing_but_the_input_luma() {
    let folder = pictures(6);
    let plain = batches(folder.path(), LoaderOptions { augment: AugmentOptions::default(), ..options() }, 6);
    let degraded = LoaderOptions { augment: AugmentOptions::old_photographs(1.0), ..options() };
    let degraded = batches(folder.path(), degraded, 6);
    for (plain, degraded) in plain.iter().zip(&degraded) {
        assert_eq!(plain.luma, plain.luma_clean);
        assert_eq!(Batch { luma: plain.luma.clone(), ..degraded.clone() }, *plain);
        assert_ne!(plain.luma, degraded.luma);
        assert!(degraded.luma.iter().all(|l| (0.0..=100.0).contains(l)));
    }
}

#[test]
fn hints_lie_under_their_mask_and_reach_the_asked_share_of_samples() {
    let folder = pictures(6);
    let mut hinted = 0;
    for batch in batches(folder.path(), options(), 100) {
        let pixels = batch.size_px * batch.size_px;
        for i in 0..batch.n {
            let mask = &batch.hint_mask[i * pixels..][..pixels];
            let hints = &batch.hint_ab[2 * i * pixels..][..2 * pixels];
            assert!(mask.iter().all(|m| *m == 0.0 || *m == 1.0));
            assert!(hints.iter().zip(mask.iter().cycle()).all(|(ab, m)| *m == 1.0 || *ab == 0.0));
            hinted += usize::from(mask.contains(&1.0));
        }
    }
    // Of 400 samples 0.7 may have hints, 7 in 8 of those get at least one: 245, with a deviation of 9.8.
    assert!((215..275).contains(&hinted), "{hinted} of 400");
}

#[test]
fn flips_turn_luma_and_colour_together() {
    let folder = pictures(6);
    let options = LoaderOptions { augment: AugmentOptions::default(), ..options() };
    let (mut left, mut right) = (0, 0);
    for batch in batches(folder.path(), options, 20) {
        let (size_px, pixels) = (batch.size_px, batch.size_px * batch.size_px);
        // Right half minus left half: its sign is the direction of the ramp.
        let slope = |plane: &[f32]| {
            let side = |x: usize| if x < size_px / 2 { -1.0 } else { 1.0 };
            plane.iter().enumerate().map(|(i, value)| side(i % size_px) * value).sum::<f32>()
        };
        for i in 0..batch.n {
            let luma = slope(&batch.luma[i * pixels..][..pixels]);
            let yellow = slope(&batch.ab[(2 * i + 1) * pixels..][..pixels]);
            assert_eq!(luma > 0.0, yellow > 0.0);
            (left, right) = if luma > 0.0 { (left, right + 1) } else { (left + 1, right) };
        }
    }
    assert!(left > 20 && right > 20, "{left} mirrored, {right} not");
}

#[test]
fn a_corrupt_file_is_skipped_named_once_and_its_place_taken() {
    let folder = pictures(6);
    let whole = std::fs::read(folder.path().join("a_film/001.png")).unwrap();
    std::fs::write(folder.path().join("a_film/zz_truncated.png"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(folder.path().join("b_film/empty.jpg"), b"").unwrap();
    let index = Index::folder(folder.path()).unwrap();
    assert_eq!(index.len(), 8);
    let mut reference = Vec::new();
    for threads in [1, 3] {
        let mut loader = Loader::new(index.clone(), LoaderOptions { threads, ..options() }).unwrap();
        let batches: Vec<Batch> = (0..10).map(|_| loader.next_batch().unwrap()).collect();
        let mut skipped: Vec<String> = loader
            .skipped()
            .iter()
            .map(|s| s.path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        skipped.sort();
        assert_eq!(skipped, ["empty.jpg", "zz_truncated.png"]);
        assert!(batches.iter().all(|batch| batch.n == 4 && batch.indices.len() == 4));
        let bad = |i: &usize| loader.skipped().iter().any(|s| s.path == index.path(*i));
        assert!(!batches.iter().flat_map(|batch| &batch.indices).any(bad));
        reference.push(batches);
    }
    assert_eq!(reference[0], reference[1]);
}

#[test]
fn a_folder_of_nothing_but_corrupt_files_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.jpg"), b"not a picture").unwrap();
    let mut loader = Loader::new(Index::folder(folder.path()).unwrap(), options()).unwrap();
    let error = loader.next_batch().unwrap_err();
    assert!(matches!(&error, Error::NoneReadable { count: 1, .. }), "{error}");
    assert_eq!(error.code(), "data.none_readable");
    assert!(error.to_string().contains("a.jpg"), "{error}");
}

#[test]
fn pictures_smaller_than_the_crop_are_enlarged_in_both_manners() {
    let folder = tempfile::tempdir().unwrap();
    RgbImage::from_pixel(1, 1, Rgb([200, 40, 40])).save(folder.path().join("point.png")).unwrap();
    RgbImage::from_pixel(1, 300, Rgb([200, 40, 40])).save(folder.path().join("line.png")).unwrap();
    RgbImage::from_pixel(5, 3, Rgb([200, 40, 40])).save(folder.path().join("stamp.png")).unwrap();
    for crop in [
        CropOptions::native(32),
        CropOptions::resized(32),
        CropOptions { aspect: (0.1, 10.0), downscale: Some(1), ..CropOptions::resized(32) },
    ] {
        let options =
            LoaderOptions { crop, augment: AugmentOptions::default(), batch: 6, ..LoaderOptions::default() };
        let batch = &batches(folder.path(), options, 1)[0];
        assert!(batch.luma.iter().all(|l| (l - batch.luma[0]).abs() < 1e-3));
        assert!(batch.ab[0] > 40.0, "red has a high a, here {}", batch.ab[0]);
        assert_eq!(batch.luma.len(), 6 * 32 * 32);
    }
}

#[test]
fn dropping_a_loader_ends_its_threads_at_once() {
    let folder = pictures(4);
    for _ in 0..5 {
        let options = LoaderOptions { threads: 3, prefetch: 9, batch: 2, ..options() };
        let mut loader = Loader::new(Index::folder(folder.path()).unwrap(), options).unwrap();
        loader.next_batch().unwrap();
        let begin = Instant::now();
        // Joins the threads, so returning at all means that none is left.
        drop(loader);
        assert!(begin.elapsed() < Duration::from_secs(2));
    }
}

#[test]
fn options_out_of_range_are_named() {
    let folder = pictures(1);
    let index = Index::folder(folder.path()).unwrap();
    for (name, options) in [
        ("batch", LoaderOptions { batch: 0, ..options() }),
        ("threads", LoaderOptions { threads: 0, ..options() }),
        ("crop.size_px", LoaderOptions { crop: CropOptions::resized(0), ..options() }),
        (
            "crop.scale",
            LoaderOptions { crop: CropOptions { scale: (0.5, 1.5), ..options().crop }, ..options() },
        ),
        ("hints.fraction", LoaderOptions { hints: HintOptions::zhang(f32::NAN), ..options() }),
        ("augment.probability", LoaderOptions { augment: AugmentOptions::old_photographs(2.0), ..options() }),
    ] {
        let error = Loader::new(index.clone(), options).err().unwrap();
        assert!(matches!(error, Error::Option { option, .. } if option == name), "{error}");
    }
}

#[test]
fn the_centre_sample_is_the_middle_square() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flag.png");
    let flag = RgbImage::from_fn(90, 30, |x, _| if x / 30 == 1 { Rgb([255; 3]) } else { Rgb([0, 0, 255]) });
    flag.save(&path).unwrap();
    let sample = centre_sample(&path, 64).unwrap();
    assert_eq!((sample.size_px, sample.luma.len(), sample.ab.len()), (64, 64 * 64, 2 * 64 * 64));
    // The resampling filter is two source pixels wide, so the outermost columns see the flag's blue neighbours.
    let white = |i: usize| (5..59).contains(&(i % 64));
    for i in (0..64 * 64).filter(|i| white(*i)) {
        assert!(
            (sample.luma[i] - 100.0).abs() < 0.01
                && sample.ab[i].abs() < 0.01
                && sample.ab[4096 + i].abs() < 0.01
        );
    }

    let batch = Batch::from_samples(&[sample.clone(), sample.clone()]).unwrap();
    assert_eq!((batch.n, &batch.luma[64 * 64..], &batch.luma_clean), (2, &sample.luma[..], &batch.luma));
    assert!(batch.hint_mask.iter().chain(&batch.hint_ab).all(|h| *h == 0.0));
    assert!(matches!(centre_sample(folder.path().join("none.png"), 64), Err(Error::Io { .. })));
}
