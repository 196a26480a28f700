//! The paper's conditional GAN: one step of the discriminator, one of the generator.

use autochrome_color::lab::lab_to_srgb;
use autochrome_data::Batch;
use autochrome_engine::card::NetworkConfig;
use autochrome_engine::{ModelCard, Session, scale_luma};
use autochrome_net::backend::UNetBackend;
use autochrome_net::layers::Noise;
use autochrome_net::models::chroma_net::AB_SCALE;
use autochrome_net::models::patch_gan::PatchGan;
use autochrome_net::models::unet::{Output, UNet};
use autochrome_net::weights::{self, Tensors};
use autochrome_net::{Init as _, losses};

use crate::TrainError;
use crate::average::Average;
use crate::learner::{Learner, Pair};
use crate::optimizer::AdamW;
use crate::recipe::{Adversarial, Pix2pix};
use crate::replicas::Group;
use crate::trainer::{self, Losses, MeanLosses, Moment, Trainer, TrainerState, tensor};
use crate::training_device::TrainingDevice;

/// A discriminator loss below this means that it is right about every patch.
const DEAD_LOSS: f32 = 1e-5;

/// Steps in a row of such a loss that end a run.
const DEAD_PATIENCE: u64 = 500;

pub(crate) struct Pix2pixTrainer {
    engine: TrainingDevice,
    recipe: Pix2pix,
    seed: u64,
    generator: Learner<UNet>,
    average: Option<Average>,
    discriminator: Learner<PatchGan>,
    dead_steps: u64,
}

impl Pix2pixTrainer {
    pub(crate) fn new(
        recipe: &Pix2pix,
        seed: u64,
        start: Option<&Tensors>,
        engine: TrainingDevice,
    ) -> Result<Self, TrainError> {
        let device = engine.device();
        let (mut generator, discriminator) = trainer::seeded(seed, device, || {
            let colours = recipe.generator.output.channels();
            (recipe.generator.init(device), recipe.discriminator.init(colours, device))
        });
        if let Some(start) = start {
            generator = weights::apply(generator, start, |_| true)?;
        }
        let adam = || AdamW::new(recipe.beta_1, recipe.beta_2, 0.0);
        Ok(Self {
            engine,
            recipe: recipe.clone(),
            seed,
            average: (recipe.ema > 0.0).then(|| Average::new(&generator, recipe.ema)),
            generator: Learner::new("generator", generator, adam()),
            discriminator: Learner::new("discriminator", discriminator, adam()),
            dead_steps: 0,
        })
    }

    /// What the generator should have answered, in -1..=1.
    fn truth(&self, batch: &Batch) -> Vec<f32> {
        match self.recipe.generator.output {
            Output::Ab => batch.ab.iter().map(|v| v / AB_SCALE).collect(),
            Output::Rgb => {
                let n = batch.size_px * batch.size_px;
                let mut rgb = vec![0.0; 3 * batch.n * n];
                for picture in 0..batch.n {
                    for i in 0..n {
                        let ab = &batch.ab[2 * picture * n..];
                        let lab = [batch.luma_clean[picture * n + i], ab[i], ab[n + i]];
                        for (channel, value) in lab_to_srgb(lab).into_iter().enumerate() {
                            rgb[(3 * picture + channel) * n + i] = 2.0 * value - 1.0;
                        }
                    }
                }
                rgb
            }
        }
    }
}

impl Trainer for Pix2pixTrainer {
    fn step(
        &mut self,
        parts: &[Batch],
        moment: &Moment<'_>,
        group: &mut Group,
    ) -> Result<Losses, TrainError> {
        let engine = &self.engine;
        engine.track(&self.generator.module, |_| true);
        let attempt = |(i, batch): (usize, &Batch)| {
            let input = |values: Vec<f32>| tensor(values, batch.n, batch.size_px, engine.device());
            let gray = input(batch.luma.iter().map(|&l| scale_luma(l)).collect());
            let mut noise = Noise::new(self.seed, group.part_step(moment.step, i));
            let fake = self.generator.module.forward(gray.clone(), group.statistics(i), Some(&mut noise));
            Pair { gray, truth: input(self.truth(batch)), fake }
        };
        let pairs: Vec<Pair> = parts.iter().enumerate().map(attempt).collect();
        let discriminator_loss = self.discriminator.learn_to_tell(engine, &pairs, moment, group)?;

        let mut losses_of_parts = Vec::new();
        let mut log = MeanLosses::default();
        for Pair { gray, truth, fake } in pairs {
            let logits = self.discriminator.patch_logits(&gray, fake.clone());
            let adversarial = match self.recipe.adversarial {
                Adversarial::Minimax => losses::generator_minimax(logits),
                Adversarial::NonSaturating => losses::generator_non_saturating(logits),
            };
            let l1 = losses::l1(fake, truth);
            log.note("adversarial", &adversarial, moment.step)?;
            log.note("l1", &l1, moment.step)?;
            losses_of_parts.push(adversarial.add(l1.mul_scalar(self.recipe.lambda_l1)));
        }
        let loss = group.mean_loss(losses_of_parts);
        self.generator.descend(engine, loss, |_| true, |_| moment.rate, group)?;
        if let Some(average) = &mut self.average {
            average.follow(&self.generator.module, moment.step);
        }

        self.dead_steps = if discriminator_loss < DEAD_LOSS { self.dead_steps + 1 } else { 0 };
        if self.dead_steps >= DEAD_PATIENCE {
            let (step, patience, loss) = (moment.step, DEAD_PATIENCE, discriminator_loss);
            return Err(TrainError::DeadDiscriminator { step, patience, loss });
        }
        let mut losses = vec![("discriminator", discriminator_loss)];
        losses.extend(log.over(group)?);
        Ok(losses)
    }

    fn session(&self, card: ModelCard) -> Result<Session, TrainError> {
        let network =
            weights::apply(self.engine.for_inference(&self.generator.module), &self.weights(), |_| true)?;
        let output = self.recipe.generator.output;
        Ok(Session::new(card, UNetBackend::new(network, output, &self.engine.inference_device())))
    }

    fn weights(&self) -> Tensors {
        match &self.average {
            Some(average) => average.tensors().clone(),
            None => weights::collect(&self.generator.module),
        }
    }

    fn state(&self) -> TrainerState {
        let mut state = TrainerState::new();
        self.generator.put(&mut state);
        self.discriminator.put(&mut state);
        if let Some(average) = &self.average {
            average.put(&mut state);
        }
        state
    }

    fn restore(&mut self, state: &TrainerState) -> Result<(), TrainError> {
        self.generator.take(state, &self.engine)?;
        self.discriminator.take(state, &self.engine)?;
        self.average.as_mut().map_or(Ok(()), |average| average.take(state))
    }
}

/// The network description for the model card.
pub(crate) fn network(recipe: &Pix2pix) -> NetworkConfig {
    NetworkConfig::Unet(recipe.generator.clone())
}
