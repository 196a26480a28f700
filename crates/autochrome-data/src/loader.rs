//! Batches made ahead of time on other threads, in an order that only the seed decides.
//!
//! Sample number k, counted over all epochs, is a pure function of the index, the options and k: epoch k / len has
//! its own permutation of the pictures, and all choices for the sample come from generators seeded with k. Batch b
//! holds samples b·n to (b+1)·n. Worker t of T makes batches t, t+T, t+2T… and puts them into its own bounded
//! channel; the loader takes from the channels in turn. So the order needs no lock and no sorting, memory is bounded
//! by the channels, and a worker whose channel is gone stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};

use crate::augment::AugmentOptions;
use crate::batch::Batch;
use crate::cache::{Cache, Skipped};
use crate::crop::CropOptions;
use crate::error::{Error, Result};
use crate::hints::HintOptions;
use crate::index::Index;
use crate::lab;
use crate::random::{Purpose, generator};

/// What a loader makes of an index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoaderOptions {
    /// Which squares are cut.
    pub crop: CropOptions,
    /// Which hints are simulated.
    pub hints: HintOptions,
    /// How the luma is degraded.
    pub augment: AugmentOptions,
    /// Samples in a batch, at least 1.
    pub batch: usize,
    /// Samples from the first of one batch to the first of the next, where other loaders make what lies between; less than `batch`
    /// counts as `batch`.
    pub stride: usize,
    /// Everything random follows from it.
    pub seed: u64,
    /// Threads that make batches, at least 1; their number changes no sample.
    pub threads: usize,
    /// Batches that may lie ready, at least 1 a thread.
    pub prefetch: usize,
    /// Number of the first sample: where an interrupted run continues.
    pub start_sample: u64,
    /// Memory for decoded pictures in bytes; 0 decodes each picture each time.
    pub cache_bytes: usize,
}

impl Default for LoaderOptions {
    fn default() -> Self {
        Self {
            crop: CropOptions::default(),
            hints: HintOptions::default(),
            augment: AugmentOptions::default(),
            batch: 8,
            stride: 0,
            seed: 0,
            threads: 1,
            prefetch: 4,
            start_sample: 0,
            cache_bytes: 0,
        }
    }
}

/// An endless row of batches; dropping it ends its threads.
pub struct Loader {
    workers: Vec<Worker>,
    turn: usize,
    next_sample: u64,
    cache: Arc<Cache>,
    stop: Arc<AtomicBool>,
}

struct Worker {
    batches: Option<Receiver<Result<Batch>>>,
    thread: Option<JoinHandle<()>>,
}

impl Loader {
    /// Starts the threads; the first batch is number `start_sample` / `batch` of an uninterrupted run when
    /// `start_sample` is a multiple of `batch`.
    ///
    /// # Errors
    /// [`Error::Option`] when an option is out of range, [`Error::Thread`] when a thread cannot be started.
    pub fn new(index: Index, options: LoaderOptions) -> Result<Self> {
        check(&options)?;
        let cache = Arc::new(Cache::new(index, options.crop.downscale, options.cache_bytes));
        let stop = Arc::new(AtomicBool::new(false));
        let next_sample = options.start_sample;
        let options = Arc::new(options);
        let mut loader = Self { workers: Vec::new(), turn: 0, next_sample, cache, stop };
        for number in 0..options.threads {
            // A worker holds one finished batch while it waits for room, so the channel needs one place less.
            let (sender, batches) = sync_channel((options.prefetch / options.threads).saturating_sub(1));
            let mut maker = Maker {
                cache: loader.cache.clone(),
                options: options.clone(),
                stop: loader.stop.clone(),
                epoch: None,
                order: Vec::new(),
            };
            // Colour conversion is written for rayon. In a pool of one it runs where it is called instead of
            // queueing behind the trainer's work in the global pool.
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(1)
                .thread_name(move |_| format!("loader-{number}"))
                .build()
                .map_err(|error| thread_error(std::io::Error::other(error)))?;
            let thread = std::thread::Builder::new()
                .name(format!("loader-{number}-join"))
                .spawn(move || pool.install(|| maker.run(number as u64, &sender)))
                .map_err(thread_error)?;
            loader.workers.push(Worker { batches: Some(batches), thread: Some(thread) });
        }
        Ok(loader)
    }

    /// The next batch, waiting for it where it is not ready.
    ///
    /// # Errors
    /// [`Error::NoneReadable`] when not one picture can be decoded.
    pub fn next_batch(&mut self) -> Result<Batch> {
        let count = self.workers.len();
        let worker = &self.workers[self.turn % count];
        let batch =
            worker.batches.as_ref().and_then(|batches| batches.recv().ok()).ok_or(Error::Stopped)??;
        self.turn = (self.turn + 1) % count;
        self.next_sample = batch.next_sample();
        Ok(batch)
    }

    /// Number of the sample that the next batch begins with: what a checkpoint keeps as `start_sample`.
    #[must_use]
    pub fn next_sample(&self) -> u64 {
        self.next_sample
    }

    /// How many times every picture has been visited, with a fraction.
    #[must_use]
    pub fn epoch(&self) -> f64 {
        self.next_sample as f64 / self.index().len() as f64
    }

    /// The pictures that samples come from.
    #[must_use]
    pub fn index(&self) -> &Index {
        self.cache.index()
    }

    /// The files that could not be decoded so far; their neighbours in the epoch's order took their places.
    #[must_use]
    pub fn skipped(&self) -> Vec<Skipped> {
        self.cache.skipped()
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // All receivers first: a worker that waits for room then stops at once.
        self.workers.iter_mut().for_each(|worker| drop(worker.batches.take()));
        for thread in self.workers.iter_mut().filter_map(|worker| worker.thread.take()) {
            // A worker that panicked has already printed why.
            let _ = thread.join();
        }
    }
}

fn check(options: &LoaderOptions) -> Result<()> {
    options.crop.check()?;
    options.hints.check()?;
    options.augment.check()?;
    for (option, value, most) in [
        ("batch", options.batch, 65_536),
        ("threads", options.threads, 1024),
        ("prefetch", options.prefetch, 65_536),
    ] {
        if !(1..=most).contains(&value) {
            return Err(Error::Option { option, reason: format!("must lie in 1..={most}") });
        }
    }
    if options.start_sample > u64::MAX / 2 {
        return Err(Error::Option { option: "start_sample", reason: "must be below 2^63".to_owned() });
    }
    Ok(())
}

fn thread_error(source: std::io::Error) -> Error {
    Error::Thread { source }
}

/// Makes any sample of any epoch.
struct Maker {
    cache: Arc<Cache>,
    options: Arc<LoaderOptions>,
    stop: Arc<AtomicBool>,
    /// The epoch that `order` belongs to.
    epoch: Option<u64>,
    order: Vec<usize>,
}

impl Maker {
    fn run(&mut self, number: u64, batches: &SyncSender<Result<Batch>>) {
        let stride = self.options.stride.max(self.options.batch) as u64;
        let mut first = self.options.start_sample + number * stride;
        while let Some(batch) = self.batch(first).transpose() {
            let failed = batch.is_err();
            if batches.send(batch).is_err() || failed {
                break;
            }
            first += self.options.threads as u64 * stride;
        }
    }

    /// The batch that begins with sample `first`, or nothing when the loader is gone.
    fn batch(&mut self, first: u64) -> Result<Option<Batch>> {
        let mut batch = Batch::zeros(self.options.batch, self.options.crop.size_px, first);
        for i in 0..self.options.batch {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            self.sample(first + i as u64, i, &mut batch)?;
        }
        Ok(Some(batch))
    }

    fn sample(&mut self, number: u64, i: usize, batch: &mut Batch) -> Result<()> {
        let count = self.cache.index().len();
        self.shuffle(number / count as u64);
        let place = (number % count as u64) as usize;
        // A bad file's place is taken by the next good one in the epoch's order, whichever thread comes first.
        let picture = (0..count)
            .map(|step| self.order[(place + step) % count])
            .find_map(|index| self.cache.picture(index).map(|picture| (index, picture)));
        let (index, picture) = picture.ok_or_else(|| self.none_readable())?;

        let seed = self.options.seed;
        let random = |purpose| generator(seed, purpose, number);
        let crop = self.options.crop.take(&picture, &mut random(Purpose::Crop));
        let size_px = batch.size_px;
        batch.indices.push(index);
        let slot = batch.slot(i);
        lab::convert(&crop, slot.luma_clean, slot.ab);
        slot.luma.copy_from_slice(slot.luma_clean);
        self.options.augment.jitter(slot.ab, &mut random(Purpose::Colour));
        self.options.augment.degrade(slot.luma, slot.ab, size_px, &mut random(Purpose::Augment));
        let hints = &self.options.hints;
        hints.simulate(slot.ab, size_px, &mut random(Purpose::Hints), slot.hint_ab, slot.hint_mask);
        Ok(())
    }

    fn shuffle(&mut self, epoch: u64) {
        if self.epoch != Some(epoch) {
            self.order = (0..self.cache.index().len()).collect();
            generator(self.options.seed, Purpose::Order, epoch).shuffle(&mut self.order);
            self.epoch = Some(epoch);
        }
    }

    fn none_readable(&self) -> Error {
        let first = self.cache.skipped().first().map(|skipped| skipped.reason.clone()).unwrap_or_default();
        Error::NoneReadable { count: self.cache.index().len(), first }
    }
}
