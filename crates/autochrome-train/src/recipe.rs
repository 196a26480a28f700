//! A training run as a TOML file.

use autochrome_data::{AugmentOptions, CropOptions, HintOptions};
use autochrome_engine::card::Inference;
use autochrome_net::models::chroma_net::ChromaNetConfig;
use autochrome_net::models::patch_gan::PatchGanConfig;
use autochrome_net::models::projected_gan::ProjectedGanConfig;
use autochrome_net::models::unet::UNetConfig;
use serde::{Deserialize, Serialize};

use crate::TrainError;

/// Everything that decides what a run learns, except the pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the model.
    pub id: String,
    /// One sentence for the model card.
    pub summary: String,
    /// Weights, crops, hints: everything random follows from it.
    #[serde(default)]
    pub seed: u64,
    /// What is trained, by which losses.
    pub model: Model,
    /// Stages, one after the other.
    pub stage: Vec<Stage>,
    /// How the result is measured.
    #[serde(default)]
    pub validation: Validation,
    /// How the shipped model wants to be asked.
    pub inference: Inference,
}

/// Network and losses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Model {
    /// The paper's conditional GAN.
    Pix2pix(Pix2pix),
    /// The flagship.
    ChromaNet(Chroma),
}

/// The paper's conditional GAN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pix2pix {
    /// The U-Net.
    pub generator: UNetConfig,
    /// The PatchGAN.
    pub discriminator: PatchGanConfig,
    /// Form of the generator's adversarial loss.
    #[serde(default)]
    pub adversarial: Adversarial,
    /// Weight of the L1 loss (eq. 7); the paper has 100.
    pub lambda_l1: f32,
    /// Adam's β₁; the paper has 0.5.
    pub beta_1: f32,
    /// Adam's β₂.
    pub beta_2: f32,
    /// Decay of the averaged weights a step; 0, the paper's, ships the generator as its last step left it.
    #[serde(default)]
    pub ema: f64,
}

/// Form of the generator's adversarial loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adversarial {
    /// Equation 1: minimise log(1 − D).
    Minimax,
    /// Equation 4: maximise log D.
    #[default]
    NonSaturating,
}

/// The flagship's losses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chroma {
    /// The network.
    #[serde(default)]
    pub generator: ChromaNetConfig,
    /// The discriminator of stages with `adversarial` or `features`.
    #[serde(default)]
    pub discriminator: Option<ProjectedGanConfig>,
    /// Weight of the rebalanced cross-entropy.
    pub classes: f32,
    /// Largest weight rebalancing gives a class; the mean is 1.
    pub rebalance_most: f32,
    /// Weight of the Huber loss on ab / 110.
    pub huber: f32,
    /// Where the Huber loss turns from quadratic to linear, in ab / 110.
    pub huber_delta: f32,
    /// Weight of the gradient loss.
    pub gradient: f32,
    /// Share of the encoder's deep channels hidden from the decoder in each sample.
    #[serde(default)]
    pub dropout: f64,
    /// Share of what is learnt that teachers say, where there are any; the rest is the truth.
    #[serde(default = "default_teaching")]
    pub teaching: f32,
    /// Annealing temperature the refinement is trained with.
    pub temperature: f32,
    /// AdamW's weight decay.
    pub weight_decay: f32,
    /// Decay of the averaged weights a step.
    pub ema: f64,
}

/// A stretch of training with one set of numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Optimiser steps.
    pub steps: u64,
    /// Samples a step.
    pub batch: usize,
    /// Parts of a batch that are normalised each by itself, as processes that learn together do; their gradients are averaged.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub parts: usize,
    /// Learning rate at the start.
    pub learning_rate: f64,
    /// Share of the learning rate left at the end, approached as `schedule` says.
    #[serde(default = "unscaled")]
    pub final_share: f64,
    /// How the rate falls.
    #[serde(default)]
    pub schedule: Schedule,
    /// Steps over which the rate rises from nothing.
    #[serde(default)]
    pub warmup_steps: u64,
    /// The encoder's learning rate relative to the others'; 0 freezes it.
    #[serde(default = "unscaled")]
    pub encoder_rate: f64,
    /// The encoder's stem and this many of its blocks stay as they are: the first ones see edges, cost most of the
    /// backward pass, and have least to gain.
    #[serde(default)]
    pub encoder_frozen_blocks: usize,
    /// The encoder normalises by its running statistics instead of the batch's.
    #[serde(default)]
    pub encoder_statistics_fixed: bool,
    /// What the class loss weighs, as a share of `model.classes`; at 0 classes follow from the colours alone. Only for `chroma-net`.
    #[serde(default = "all")]
    pub classes: f32,
    /// Weight of the gradient loss between means over cells of many pixels; crops are at least 64 px then. Only for `chroma-net`.
    #[serde(default)]
    pub far_gradient: f32,
    /// Judges colours as people see them, instead of by the Huber loss. Only for `chroma-net`.
    #[serde(default)]
    pub perceived: Option<Perceived>,
    /// Weight of the adversarial loss. Only for `chroma-net`.
    #[serde(default)]
    pub adversarial: f32,
    /// Weight of the difference between features of the pretrained network that the discriminator looks through. Only for `chroma-net`.
    #[serde(default)]
    pub features: f32,
    /// Crops.
    pub crop: CropOptions,
    /// Simulated hints.
    #[serde(default)]
    pub hints: HintOptions,
    /// Degraded input.
    #[serde(default)]
    pub augment: AugmentOptions,
}

/// Errors as people see them, against colour for its own sake.
///
/// The answer that errs least is duller than any it could be, and a gain on everything afterwards makes certain colours too strong. What a
/// unit of colourfulness may cost in error is better said while the network learns. Only for networks that know something: to one that does
/// not, colours beyond any picture pay better than right ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Perceived {
    /// Weight of both.
    pub weight: f32,
    /// Units of perceived difference that a unit of colourfulness is worth.
    pub colourfulness: f32,
}

fn one() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for it.
fn is_one(parts: &usize) -> bool {
    *parts == 1
}

fn all() -> f32 {
    1.0
}

fn default_teaching() -> f32 {
    0.7
}

fn unscaled() -> f64 {
    1.0
}

/// How a learning rate falls over a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Half a cosine.
    #[default]
    Cosine,
    /// Constant for the first half, then a straight line, as pix2pix.
    HalfLinear,
}

impl Stage {
    /// The learning rate at `step` of this stage.
    #[must_use]
    pub fn rate_at(&self, step: u64) -> f64 {
        let progress = step as f64 / self.steps.max(1) as f64;
        let left = match self.schedule {
            Schedule::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
            Schedule::HalfLinear => (2.0 * (1.0 - progress)).min(1.0),
        };
        let warm = if step < self.warmup_steps { (step + 1) as f64 / self.warmup_steps as f64 } else { 1.0 };
        self.learning_rate * warm * (self.final_share + (1.0 - self.final_share) * left)
    }
}

/// How the result is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Validation {
    /// Steps between measurements.
    pub every_steps: u64,
    /// Pictures measured, spread evenly over the folder; 0 takes all.
    pub pictures: usize,
    /// Side of the centre crop, in pixels.
    pub size_px: usize,
    /// Pictures on the sample sheet.
    pub samples: usize,
}

impl Default for Validation {
    fn default() -> Self {
        Self { every_steps: 1000, pictures: 128, size_px: 256, samples: 16 }
    }
}

impl Recipe {
    /// A recipe from TOML.
    ///
    /// # Errors
    /// [`TrainError::Recipe`] with the line that is wrong, or the number that makes no sense.
    pub fn parse(text: &str) -> Result<Self, TrainError> {
        let recipe: Self = toml::from_str(text).map_err(|e| TrainError::Recipe(e.to_string()))?;
        recipe.check().map_err(|problem| TrainError::Recipe(problem.to_owned()))?;
        Ok(recipe)
    }

    fn check(&self) -> Result<(), &'static str> {
        let sane_id = !self.id.is_empty() && self.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !sane_id {
            return Err("`id` is made of letters, digits and hyphens");
        }
        if self.stage.is_empty() {
            return Err("there is no [[stage]]");
        }
        let multiple = match &self.model {
            Model::Pix2pix(p) if !(2..=10).contains(&p.generator.levels) => {
                return Err("`model.generator.levels` is 2 to 10");
            }
            Model::Pix2pix(p) => 1 << p.generator.levels,
            Model::ChromaNet(_) => autochrome_net::models::chroma_net::MULTIPLE_PX,
        };
        for stage in &self.stage {
            if stage.batch == 0 || stage.steps == 0 {
                return Err("a stage has at least one step and one sample a step");
            }
            if stage.parts == 0 || !stage.batch.is_multiple_of(stage.parts) {
                return Err("`batch` is a multiple of `parts`");
            }
            if stage.crop.size_px == 0 || stage.crop.size_px % multiple != 0 {
                return Err("`crop.size_px` is not a multiple of what the network halves it by");
            }
            let judged = stage.adversarial > 0.0 || stage.features > 0.0;
            if judged && matches!(&self.model, Model::ChromaNet(model) if model.discriminator.is_none()) {
                return Err("`adversarial` and `features` need [model.discriminator]");
            }
            if stage.far_gradient > 0.0 && stage.crop.size_px < 64 {
                return Err("`crop.size_px` is at least 64 with `far_gradient`");
            }
            if !(stage.learning_rate > 0.0 && stage.learning_rate < 1.0) {
                return Err("`learning_rate` is between 0 and 1");
            }
        }
        if self.validation.every_steps == 0 || self.validation.size_px < 16 {
            return Err("`validation` needs every_steps above 0 and size_px of at least 16");
        }
        Ok(())
    }

    /// Steps of all stages.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.stage.iter().map(|stage| stage.steps).sum()
    }

    /// The stage of a step, its number, and the step's number within it.
    #[must_use]
    pub fn stage_at(&self, step: u64) -> (usize, &Stage, u64) {
        let mut start = 0;
        for (i, stage) in self.stage.iter().enumerate() {
            if step < start + stage.steps || i + 1 == self.stage.len() {
                return (i, stage, step - start);
            }
            start += stage.steps;
        }
        unreachable!("a checked recipe has a stage")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_recipes_parse() {
        for text in [
            include_str!("../../../recipes/paper.toml"),
            include_str!("../../../recipes/flagship.toml"),
            include_str!("../../../recipes/flagship-second.toml"),
        ] {
            let recipe = Recipe::parse(text).unwrap();
            let again = Recipe::parse(&toml::to_string(&recipe).unwrap()).unwrap();
            assert_eq!(recipe, again);
        }
    }

    #[test]
    fn fine_tuning_goes_on_with_the_network_that_is_shipped() {
        let shipped = include_bytes!("../../../assets/models/flagship.safetensors");
        let (card, _) = autochrome_net::weights::from_bytes(shipped).unwrap();
        for text in
            [include_str!("../../../recipes/fine-tune.toml"), include_str!("../../../recipes/flagship.toml")]
        {
            let Model::ChromaNet(model) = Recipe::parse(text).unwrap().model else { panic!("{text}") };
            assert_eq!(crate::chroma::network(&model), card.network);
        }
    }

    #[test]
    fn the_papers_numbers_stand_in_its_recipe() {
        let recipe = Recipe::parse(include_str!("../../../recipes/paper.toml")).unwrap();
        let Model::Pix2pix(p) = &recipe.model else { panic!("{:?}", recipe.model) };
        assert_eq!((p.lambda_l1, p.beta_1, p.beta_2), (100.0, 0.5, 0.999));
        assert_eq!(p.adversarial, Adversarial::NonSaturating);
        assert!(recipe.stage.iter().all(|s| s.learning_rate <= 2e-4 && s.batch <= 10));
    }

    #[test]
    fn a_typing_error_is_named() {
        let text = include_str!("../../../recipes/paper.toml").replace("lambda_l1", "lamda_l1");
        let message = Recipe::parse(&text).unwrap_err().to_string();
        assert!(message.contains("lamda_l1") || message.contains("lambda_l1"), "{message}");
    }

    #[test]
    fn the_rate_warms_up_and_falls() {
        let recipe = Recipe::parse(include_str!("../../../recipes/flagship.toml")).unwrap();
        let stage = &Stage { warmup_steps: 10, ..recipe.stage[1].clone() };
        assert!(stage.rate_at(0) < stage.rate_at(9));
        assert!(stage.rate_at(stage.steps - 1) < stage.rate_at(10));
    }
}
