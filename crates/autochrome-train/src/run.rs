//! The loop: batches, steps, logs, validation, checkpoints.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use autochrome_data::{Index, Loader, LoaderOptions};
use autochrome_engine::{ModelCard, PredictOptions};
use autochrome_media::{SourceId, write_atomic};
use autochrome_net::models::efficientnet::{self, Input};
use autochrome_net::weights::{self, Tensors};

use crate::checkpoint::{self, State};
use crate::chroma::{self, ChromaTrainer, Given};
use crate::log::Table;
use crate::pix2pix::{self, Pix2pixTrainer};
use crate::recipe::{Model, Recipe};
use crate::replicas::{Group, Replicas, Standing};
use crate::teachers::Teachers;
use crate::trainer::{Losses, Moment, Trainer};
use crate::training_device::TrainingDevice;
use crate::validate::{Scores, ValidationSet};
use crate::{TrainError, curves, samples};

/// Columns of `log.tsv` behind the step.
const LOG_COLUMNS: [&str; 12] = [
    "discriminator",
    "adversarial",
    "l1",
    "classes",
    "huber",
    "perceived",
    "colourfulness",
    "gradient",
    "far_gradient",
    "features",
    "rate",
    "images_per_s",
];

/// Columns of `validation.tsv` behind the step.
const VALIDATION_COLUMNS: [&str; 5] = ["psnr_db", "delta_e", "colourfulness", "score", "seconds"];

/// Steps between rows of `log.tsv`.
const LOG_EVERY: u64 = 20;

/// Where a run reads and writes, and how.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Folder or manifest of colour pictures to learn from.
    pub data: PathBuf,
    /// Folder or manifest of colour pictures to be measured on; none skips validation.
    pub validation: Option<PathBuf>,
    /// Folder of the run.
    pub out: PathBuf,
    /// Continue from the folder's checkpoint.
    pub resume: bool,
    /// Stop after this many steps in all, below what the recipe says.
    pub steps: Option<u64>,
    /// A device of [`autochrome_net::device::NAMES`].
    pub device: String,
    /// Weights to begin with: our safetensors, or the EfficientNet-Lite `.pth` for the flagship's encoder.
    pub start: Option<PathBuf>,
    /// Weights of the network that the flagship's discriminator looks through: ImageNet's `.pth`, or safetensors.
    pub features: Option<PathBuf>,
    /// Finished networks of the flagship's kind to learn from as well.
    pub teachers: Vec<PathBuf>,
    /// Time between checkpoints.
    pub checkpoint_every: Duration,
    /// Memory for decoded pictures, in bytes.
    pub cache_bytes: usize,
    /// What the pictures are and under which terms, for the model card.
    pub data_note: String,
    /// Today, `YYYY-MM-DD`, for the model card.
    pub date: String,
    /// Which processes learn together; one that joins reads `data`, `device`, `teachers`, `features` and `cache_bytes` alone.
    pub replicas: Replicas,
}

/// What happens during a run, for whoever shows it.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run begins, or goes on from a checkpoint.
    Started {
        /// Steps already done.
        step: u64,
        /// Steps of the whole run.
        steps: u64,
        /// Pictures to learn from.
        pictures: usize,
    },
    /// Losses, averaged over the last steps.
    Progress {
        /// Steps done.
        step: u64,
        /// Name and value of each loss.
        losses: Vec<(&'static str, f64)>,
        /// Samples a second, loading included.
        images_per_s: f64,
    },
    /// The network was measured.
    Validated {
        /// Steps done.
        step: u64,
        /// The network.
        scores: Scores,
        /// Painting nothing.
        gray: Scores,
        /// The truth.
        truth: Scores,
        /// Whether it is the best so far.
        best: bool,
    },
    /// State is safe on disk.
    Checkpointed {
        /// Steps done.
        step: u64,
    },
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Steps done.
    pub step: u64,
    /// Training samples seen.
    pub samples: u64,
    /// Whether it was asked to stop before its end.
    pub interrupted: bool,
    /// Pictures that could not be read.
    pub skipped: usize,
}

/// Follows a recipe to its end, or until `stop` is set; then a checkpoint is written.
///
/// # Errors
/// Any [`TrainError`]; whatever the last checkpoint and the last validation wrote stays usable.
pub fn run(
    recipe: &Recipe,
    options: &RunOptions,
    stop: &AtomicBool,
    mut observe: impl FnMut(Event),
) -> Result<Summary, TrainError> {
    let joins = matches!(options.replicas, Replicas::Join { .. });
    if let Replicas::Lead { count, .. } = options.replicas {
        shares_out(recipe, count)?;
    }
    let found = if joins { None } else { checkpoint_of(options)? };
    let index = Index::open(&options.data, "train")?;
    let engine = TrainingDevice::named(&options.device)?;
    let mut trainer = build(recipe, options, &index, engine.clone())?;
    let mut state = State { step: 0, samples: 0, seconds: 0.0, best: None, recipe: recipe.clone() };
    if let Some((folder, saved)) = found {
        checkpoint::fits(&saved, recipe)?;
        trainer.restore(&checkpoint::load(&folder)?)?;
        state = State { recipe: recipe.clone(), ..saved };
    }
    let mut record = if joins { None } else { Some(Record::open(recipe, options, state.step)?) };

    let steps = options.steps.unwrap_or(u64::MAX).min(recipe.steps());
    observe(Event::Started { step: state.step, steps, pictures: index.len() });
    let text = toml::to_string(recipe).unwrap_or_default();
    let Some(mut group) = Group::meet(&options.replicas, &text, index.len(), networks(options)?, stop)?
    else {
        return Ok(Summary { step: state.step, samples: state.samples, interrupted: true, skipped: 0 });
    };
    shares_out(recipe, group.place().1)?;
    let (Standing { step, steps }, given) =
        group.share(Standing { step: state.step, steps }, || trainer.state())?;
    state.step = step;
    if let Some(given) = given {
        trainer.restore(&given)?;
    }
    let (number, count) = group.place();

    let mut loader = None;
    let mut skipped = 0;
    while state.step < steps && !group.any(stop.load(Ordering::Relaxed))? {
        let began = Instant::now();
        let (stage_number, stage, stage_step) = recipe.stage_at(state.step);
        let here = stage.batch / count;
        let batches = match &mut loader {
            Some((of, batches)) if *of == stage_number => batches,
            slot => {
                // One thread keeps up with a trainer many times over, and the trainer wants the other cores.
                let loader_options = LoaderOptions {
                    crop: stage.crop.clone(),
                    hints: stage.hints.clone(),
                    augment: stage.augment.clone(),
                    batch: here,
                    stride: stage.batch,
                    seed: recipe.seed.wrapping_add(1000 * stage_number as u64),
                    threads: 1,
                    prefetch: 4,
                    start_sample: stage_step * stage.batch as u64 + (number * here) as u64,
                    cache_bytes: options.cache_bytes,
                };
                let new = Loader::new(index.clone(), loader_options)?;
                &mut slot.insert((stage_number, new)).1
            }
        };
        let batch = batches.next_batch()?;
        skipped = batches.skipped().len();
        let moment = Moment { step: state.step, stage, rate: stage.rate_at(stage_step) };
        group.parts_here = stage.parts / count;
        let parts = if group.parts_here == 1 { vec![batch] } else { batch.split(group.parts_here) };
        let losses = trainer.step(&parts, &moment, &mut group)?;
        state.step += 1;
        state.samples += stage.batch as u64;
        state.seconds += began.elapsed().as_secs_f64();
        if let Some(record) = &mut record {
            record.recent.add(losses, stage.batch, began.elapsed());
            record.after_step(&mut state, steps, moment.rate, trainer.as_ref(), &engine, &mut observe)?;
        }
    }
    if let Some(record) = &mut record {
        record.end(&state, trainer.as_ref(), &mut observe)?;
    }
    Ok(Summary { step: state.step, samples: state.samples, interrupted: state.step < steps, skipped })
}

/// What tells the networks apart that a run is given.
fn networks(options: &RunOptions) -> Result<Vec<String>, TrainError> {
    let name =
        |path: &PathBuf| SourceId::of_file(path).map(|id| id.to_string()).map_err(TrainError::io(path));
    options.teachers.iter().chain(&options.features).map(name).collect()
}

/// The last checkpoint of the folder, where the run may go on from one.
fn checkpoint_of(options: &RunOptions) -> Result<Option<(PathBuf, State)>, TrainError> {
    fs::create_dir_all(&options.out).map_err(TrainError::io(&options.out))?;
    let found = checkpoint::find(&options.out)?;
    if found.is_some() && !options.resume {
        return Err(TrainError::Checkpoint(format!(
            "{} already holds a run: add --resume to continue it, or choose another --out",
            options.out.display()
        )));
    }
    Ok(found)
}

/// Refuses a recipe whose batches cannot be shared out among this many processes.
fn shares_out(recipe: &Recipe, count: usize) -> Result<(), TrainError> {
    if recipe.stage.iter().all(|stage| stage.parts.is_multiple_of(count)) {
        return Ok(());
    }
    Err(TrainError::Recipe(format!(
        "{count} processes share out the parts of a batch: write `parts = {count}`, or a multiple, in every [[stage]]"
    )))
}

/// What a run writes down.
struct Record<'a> {
    recipe: &'a Recipe,
    options: &'a RunOptions,
    judge: Option<Judge<'a>>,
    log: Table,
    figures: Table,
    recent: Recent,
    saved_at: Instant,
}

impl<'a> Record<'a> {
    fn open(recipe: &'a Recipe, options: &'a RunOptions, step: u64) -> Result<Self, TrainError> {
        let judge =
            options.validation.as_ref().map(|path| Judge::new(path, recipe, &options.out)).transpose()?;
        Ok(Self {
            recipe,
            options,
            judge,
            log: Table::open(&options.out.join("log.tsv"), &LOG_COLUMNS, step)?,
            figures: Table::open(&options.out.join("validation.tsv"), &VALIDATION_COLUMNS, step)?,
            recent: Recent::default(),
            saved_at: Instant::now(),
        })
    }

    /// Logs, validates and saves where it is time to.
    fn after_step(
        &mut self,
        state: &mut State,
        steps: u64,
        rate: f64,
        trainer: &dyn Trainer,
        engine: &TrainingDevice,
        observe: &mut impl FnMut(Event),
    ) -> Result<(), TrainError> {
        if state.step.is_multiple_of(LOG_EVERY) || state.step == steps {
            let (losses, images_per_s) = self.recent.take();
            let mut row: Vec<(&str, f64)> = losses.clone();
            row.extend([("rate", rate), ("images_per_s", images_per_s)]);
            self.log.row(state.step, &row)?;
            observe(Event::Progress { step: state.step, losses, images_per_s });
        }
        if let Some(judge) = &self.judge
            && (state.step.is_multiple_of(self.recipe.validation.every_steps) || state.step == steps)
        {
            let figures = &mut self.figures;
            observe(engine.no_grad(|| judge.validate(trainer, state, figures, self.options))?);
            self.save(state, trainer, observe)?;
        } else if self.saved_at.elapsed() >= self.options.checkpoint_every {
            self.save(state, trainer, observe)?;
        }
        Ok(())
    }

    /// Saves, and writes the weights of a run that nothing has judged.
    fn end(
        &mut self,
        state: &State,
        trainer: &dyn Trainer,
        observe: &mut impl FnMut(Event),
    ) -> Result<(), TrainError> {
        self.save(state, trainer, observe)?;
        if self.judge.is_none() {
            let card = card(self.recipe, self.options, state, BTreeMap::new());
            write_weights(&self.options.out.join("latest.safetensors"), &trainer.weights(), &card)?;
        }
        Ok(())
    }

    fn save(
        &mut self,
        state: &State,
        trainer: &dyn Trainer,
        observe: &mut impl FnMut(Event),
    ) -> Result<(), TrainError> {
        checkpoint::save(&self.options.out, state, trainer)?;
        self.saved_at = Instant::now();
        observe(Event::Checkpointed { step: state.step });
        Ok(())
    }
}

fn build(
    recipe: &Recipe,
    options: &RunOptions,
    index: &Index,
    engine: TrainingDevice,
) -> Result<Box<dyn Trainer>, TrainError> {
    let gray_and_hints = Input::Gray { extra: autochrome_net::models::chroma_net::HINT_CHANNELS };
    let start = options.start.as_deref().map(|path| tensors(path, "encoder.", gray_and_hints)).transpose()?;
    Ok(match &recipe.model {
        Model::Pix2pix(_) if !options.teachers.is_empty() => {
            return Err(TrainError::Recipe("teachers can teach a `chroma-net` only".to_owned()));
        }
        Model::Pix2pix(model) => Box::new(Pix2pixTrainer::new(model, recipe.seed, start.as_ref(), engine)?),
        Model::ChromaNet(model) => {
            let teachers = Teachers::read(&options.teachers, &engine)?;
            let features =
                options.features.as_deref().map(|path| tensors(path, "", Input::Rgb)).transpose()?;
            let given = Given { start: start.as_ref(), features: features.as_ref(), teachers };
            Box::new(ChromaTrainer::new(model, recipe.seed, given, index, engine)?)
        }
    })
}

/// Tensors of a weights file of ours, or those of ImageNet's EfficientNet-Lite under `prefix`.
fn tensors(path: &Path, prefix: &str, input: Input) -> Result<Tensors, TrainError> {
    if path.extension().is_some_and(|extension| extension == "pth") {
        return Ok(efficientnet::imagenet_tensors(path, prefix, input)?);
    }
    let bytes = fs::read(path).map_err(TrainError::io(path))?;
    Ok(weights::tensors_of(&bytes)?)
}

fn card(recipe: &Recipe, options: &RunOptions, state: &State, metrics: BTreeMap<String, f64>) -> ModelCard {
    ModelCard {
        id: recipe.id.clone(),
        summary: recipe.summary.clone(),
        network: match &recipe.model {
            Model::Pix2pix(model) => pix2pix::network(model),
            Model::ChromaNet(model) => chroma::network(model),
        },
        inference: recipe.inference,
        recipe: toml::to_string(recipe).unwrap_or_default(),
        samples: state.samples,
        data: options.data_note.clone(),
        licence: "MIT OR Apache-2.0".into(),
        metrics,
        date: options.date.clone(),
        things: Vec::new(),
    }
}

fn write_weights(path: &Path, tensors: &Tensors, card: &ModelCard) -> Result<(), TrainError> {
    let bytes = weights::to_bytes(tensors, card)?;
    write_atomic(path, &bytes, true).map_err(|e| TrainError::io(path)(std::io::Error::other(e.to_string())))
}

/// Losses and time since the last row of the log.
#[derive(Default)]
struct Recent {
    sums: Vec<(&'static str, f64)>,
    steps: u32,
    samples: usize,
    time: Duration,
}

impl Recent {
    fn add(&mut self, losses: Losses, samples: usize, time: Duration) {
        for (name, value) in losses {
            match self.sums.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += f64::from(value),
                None => self.sums.push((name, f64::from(value))),
            }
        }
        self.steps += 1;
        self.samples += samples;
        self.time += time;
    }

    fn take(&mut self) -> (Vec<(&'static str, f64)>, f64) {
        let Self { mut sums, steps, samples, time } = std::mem::take(self);
        sums.iter_mut().for_each(|(_, sum)| *sum /= f64::from(steps.max(1)));
        (sums, samples as f64 / time.as_secs_f64().max(1e-9))
    }
}

/// The validation pictures with the scores of gray and truth.
struct Judge<'a> {
    set: ValidationSet,
    gray: Scores,
    truth: Scores,
    recipe: &'a Recipe,
}

impl<'a> Judge<'a> {
    fn new(path: &Path, recipe: &'a Recipe, out: &Path) -> Result<Self, TrainError> {
        let index = Index::open(path, "val")?;
        let set = ValidationSet::load(&index, recipe.validation.pictures, recipe.validation.size_px)?;
        let folder = out.join("samples");
        fs::create_dir_all(&folder).map_err(TrainError::io(&folder))?;
        Ok(Self { gray: set.gray(), truth: set.truth(), set, recipe })
    }

    /// Measures the network, writes its weights, a sheet and the curves.
    fn validate(
        &self,
        trainer: &dyn Trainer,
        state: &mut State,
        figures: &mut Table,
        options: &RunOptions,
    ) -> Result<Event, TrainError> {
        let session = trainer.session(card(self.recipe, options, state, BTreeMap::new()))?;
        let scores = self.set.measure(&session, &PredictOptions::default())?;
        let score = scores.score(&self.gray, &self.truth);
        let best = state.best.is_none_or(|before| score < before);
        figures.row(
            state.step,
            &[
                ("psnr_db", scores.psnr_db),
                ("delta_e", scores.delta_e),
                ("colourfulness", scores.colourfulness),
                ("score", score),
                ("seconds", state.seconds),
            ],
        )?;
        let (n, size) = (scores.n, self.recipe.validation.size_px);
        let mut metrics = BTreeMap::new();
        for (who, scores) in [("", &scores), (" of gray", &self.gray), (" of the truth", &self.truth)] {
            if who != " of the truth" {
                metrics.insert(format!("PSNR{who}, dB, n = {n}, {size} px"), scores.psnr_db);
                metrics.insert(format!("mean CIEDE2000{who}, n = {n}, {size} px"), scores.delta_e);
            }
            metrics.insert(format!("colourfulness{who}, n = {n}, {size} px"), scores.colourfulness);
        }
        let card = card(self.recipe, options, state, metrics);
        let tensors = trainer.weights();
        write_weights(&options.out.join("latest.safetensors"), &tensors, &card)?;
        if best {
            state.best = Some(score);
            write_weights(&options.out.join("best.safetensors"), &tensors, &card)?;
        }
        let sheet = options.out.join(format!("samples/{:07}.png", state.step));
        samples::write(&sheet, &self.set, self.recipe.validation.samples, &session)?;
        curves::write(
            &options.out.join("curves.svg"),
            &[&options.out.join("log.tsv"), &options.out.join("validation.tsv")],
        )?;
        Ok(Event::Validated { step: state.step, scores, gray: self.gray, truth: self.truth, best })
    }
}
