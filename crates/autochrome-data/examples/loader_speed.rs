//! Measures the loader: `cargo run --release -p autochrome-data --example loader_speed -- FOLDER [SIZE] [THREADS] [CACHE_MB]`.

use std::time::Instant;

use autochrome_data::{AugmentOptions, CropOptions, HintOptions, Index, Loader, LoaderOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: loader_speed FOLDER [SIZE] [THREADS] [CACHE_MB]")?;
    let mut number = |default: usize| arguments.next().map_or(Ok(default), |text| text.parse());
    let (size_px, threads, cache_mb) = (number(128)?, number(1)?, number(0)?);
    let index = Index::open(&folder, "train")?;
    let plain = LoaderOptions {
        crop: CropOptions::resized(size_px),
        batch: 16,
        threads,
        prefetch: 2 * threads,
        cache_bytes: cache_mb << 20,
        ..LoaderOptions::default()
    };
    let hinted = LoaderOptions { hints: HintOptions::zhang(0.5), ..plain.clone() };
    let some_old = LoaderOptions { augment: AugmentOptions::old_photographs(0.4), ..hinted.clone() };
    let all_old = LoaderOptions { augment: AugmentOptions::old_photographs(1.0), ..hinted.clone() };
    println!("options\tsamples\tseconds\tsamples/s");
    for (name, options) in [
        ("plain", plain),
        ("hints 0.5", hinted),
        ("hints 0.5, degraded 0.4", some_old),
        ("hints 0.5, degraded 1", all_old),
    ] {
        let mut loader = Loader::new(index.clone(), options)?;
        // With a cache, the first epoch fills it and the second is measured.
        while cache_mb > 0 && loader.epoch() < 1.0 {
            loader.next_batch()?;
        }
        let (begin, batches) = (Instant::now(), 150);
        let mut samples = 0;
        for _ in 0..batches {
            samples += loader.next_batch()?.n;
        }
        let seconds = begin.elapsed().as_secs_f64();
        println!("{name}\t{samples}\t{seconds:.2}\t{:.0}", samples as f64 / seconds);
    }
    Ok(())
}
