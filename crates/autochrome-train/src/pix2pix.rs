//! The paper's conditional GAN: one step of the discriminator, one of the generator.

use std::path::Path;

use autochrome_color::lab::lab_to_srgb;
use autochrome_data::Batch;
use autochrome_engine::card::NetworkConfig;
use autochrome_engine::{ModelCard, Session, scale_luma};
use autochrome_net::backend::UNetBackend;
use autochrome_net::layers::Noise;
use autochrome_net::models::chroma_net::AB_SCALE;
use autochrome_net::models::patch_gan::PatchGan;
use autochrome_net::models::unet::{Output, UNet};
use autochrome_net::norm::Statistics;
use autochrome_net::weights::{self, Tensors};
use autochrome_net::{Init as _, losses};

use crate::TrainError;
use crate::average::Average;
use crate::learner::Learner;
use crate::optimizer::AdamW;
use crate::recipe::{Adversarial, Pix2pix};
use crate::trainer::{self, Losses, Moment, Trainer, finite, tensor};
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
    fn step(&mut self, batch: &Batch, moment: &Moment<'_>) -> Result<Losses, TrainError> {
        let engine = &self.engine;
        let input = |values: Vec<f32>| tensor(values, batch.n, batch.size_px, engine.device());
        let gray = input(batch.luma.iter().map(|&l| scale_luma(l)).collect());
        let truth = input(self.truth(batch));

        engine.track(&self.generator.module, |_| true);
        let mut noise = Noise::new(self.seed, moment.step);
        let fake = self.generator.module.forward(gray.clone(), Statistics::Learn, Some(&mut noise));
        let discriminator_loss =
            self.discriminator.learn_to_tell(engine, &gray, truth.clone(), fake.clone(), moment)?;

        let logits = self.discriminator.patch_logits(&gray, fake.clone());
        let adversarial = match self.recipe.adversarial {
            Adversarial::Minimax => losses::generator_minimax(logits),
            Adversarial::NonSaturating => losses::generator_non_saturating(logits),
        };
        let l1 = losses::l1(fake, truth);
        let adversarial_loss = finite("adversarial", adversarial.clone().into_scalar(), moment.step)?;
        let l1_loss = finite("l1", l1.clone().into_scalar(), moment.step)?;
        let loss = adversarial.add(l1.mul_scalar(self.recipe.lambda_l1));
        self.generator.descend(engine, loss, |_| true, |_| moment.rate);
        if let Some(average) = &mut self.average {
            average.follow(&self.generator.module, moment.step);
        }

        self.dead_steps = if discriminator_loss < DEAD_LOSS { self.dead_steps + 1 } else { 0 };
        if self.dead_steps >= DEAD_PATIENCE {
            let (step, patience, loss) = (moment.step, DEAD_PATIENCE, discriminator_loss);
            return Err(TrainError::DeadDiscriminator { step, patience, loss });
        }
        Ok(vec![("discriminator", discriminator_loss), ("adversarial", adversarial_loss), ("l1", l1_loss)])
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

    fn save(&self, folder: &Path) -> Result<(), TrainError> {
        self.generator.save(folder)?;
        self.discriminator.save(folder)?;
        self.average.as_ref().map_or(Ok(()), |average| average.save(folder))
    }

    fn load(&mut self, folder: &Path) -> Result<(), TrainError> {
        self.generator.load(folder, &self.engine)?;
        self.discriminator.load(folder, &self.engine)?;
        self.average.as_mut().map_or(Ok(()), |average| average.load(folder))
    }
}

/// The network description for the model card.
pub(crate) fn network(recipe: &Pix2pix) -> NetworkConfig {
    NetworkConfig::Unet(recipe.generator.clone())
}
