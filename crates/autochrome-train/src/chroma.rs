//! The flagship: rebalanced classes, refinement, hints, and a PatchGAN in adversarial stages.

use autochrome_color::bins;
use autochrome_data::{Batch, Index};
use autochrome_engine::card::NetworkConfig;
use autochrome_engine::{ModelCard, Session, scale_luma};
use autochrome_net::backend::ChromaNetBackend;
use autochrome_net::layers::Noise;
use autochrome_net::models::chroma_net::{AB_SCALE, ChromaNet};
use autochrome_net::models::projected_gan::ProjectedGan;
use autochrome_net::norm::Statistics;
use autochrome_net::weights::{self, Tensors};
use autochrome_net::{Init as _, losses};
use burn::tensor::{Int, Tensor, TensorData};

use crate::TrainError;
use crate::average::Average;
use crate::learner::{Learner, Seen, mean};
use crate::optimizer::AdamW;
use crate::prior;
use crate::recipe::{Chroma, Perceived, Stage};
use crate::replicas::Group;
use crate::teachers::Teachers;
use crate::trainer::{self, Losses, MeanLosses, Moment, Trainer, TrainerState, shrink, tensor};
use crate::training_device::TrainingDevice;

/// Pictures the class prior is measured on.
const PRIOR_PICTURES: usize = 2000;

pub(crate) struct ChromaTrainer {
    engine: TrainingDevice,
    recipe: Chroma,
    seed: u64,
    class_weights: Vec<f32>,
    generator: Learner<ChromaNet>,
    average: Average,
    /// None where no stage is adversarial.
    discriminator: Option<Learner<ProjectedGan>>,
    teachers: Teachers,
}

/// Networks that were trained before.
pub(crate) struct Given<'a> {
    /// Where the generator starts.
    pub start: Option<&'a Tensors>,
    /// What the discriminator looks through.
    pub features: Option<&'a Tensors>,
    /// Who teaches.
    pub teachers: Teachers,
}

impl ChromaTrainer {
    /// A network that begins where `given.start` has its tensors.
    pub(crate) fn new(
        recipe: &Chroma,
        seed: u64,
        given: Given<'_>,
        index: &Index,
        engine: TrainingDevice,
    ) -> Result<Self, TrainError> {
        let device = engine.device();
        let (mut generator, discriminator) = trainer::seeded(seed, device, || {
            (recipe.generator.init(device), recipe.discriminator.as_ref().map(|config| config.init(device)))
        });
        if let Some(start) = given.start {
            generator = weights::apply(generator, start, |path| start.contains_key(path))?;
        }
        let discriminator = match (discriminator, given.features) {
            (Some(network), Some(features)) => {
                let network = network.look_through(features)?;
                Some(Learner::new("discriminator", network, AdamW::new(0.5, 0.999, 0.0)))
            }
            (Some(_), None) => {
                let problem = "`model.discriminator` looks through a pretrained network: add --features FILE";
                return Err(TrainError::Recipe(problem.to_owned()));
            }
            (None, _) => None,
        };
        Ok(Self {
            class_weights: prior::class_weights(index, PRIOR_PICTURES, recipe.rebalance_most),
            average: Average::new(&generator, recipe.ema),
            generator: Learner::new("generator", generator, AdamW::new(0.9, 0.999, recipe.weight_decay)),
            discriminator,
            recipe: recipe.clone(),
            teachers: given.teachers,
            seed,
            engine,
        })
    }

    /// Five classes a sample at quarter size and their shares, which sum to the weight of the sample's own class.
    fn targets(&self, batch: &Batch) -> (Tensor<4, Int>, Tensor<4>) {
        let size = batch.size_px / 4;
        let ab = shrink(&batch.ab, batch.size_px, 4);
        let n = size * size;
        let mut classes = vec![0i64; 5 * batch.n * n];
        let mut shares = vec![0.0f32; 5 * batch.n * n];
        for picture in 0..batch.n {
            for i in 0..n {
                let (a, b) = (ab[2 * picture * n + i], ab[(2 * picture + 1) * n + i]);
                let weight = self.class_weights[bins::nearest(a, b)];
                for (k, (class, share)) in bins::soft_encode(a, b).into_iter().enumerate() {
                    let at = (5 * picture + k) * n + i;
                    classes[at] = class as i64;
                    shares[at] = share * weight;
                }
            }
        }
        let shape = [batch.n, 5, size, size];
        let device = self.engine.device();
        (
            Tensor::from_data(TensorData::new(classes, shape), device),
            Tensor::from_data(TensorData::new(shares, shape), device),
        )
    }
}

fn is_encoder(path: &str) -> bool {
    path.starts_with("encoder")
}

/// Whether a stage changes the parameter at `path`.
fn is_trained(path: &str, stage: &Stage) -> bool {
    if !is_encoder(path) {
        return true;
    }
    let block =
        path.strip_prefix("encoder.blocks.").and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
    let early = block.map_or(stage.encoder_frozen_blocks > 0, |block| block < stage.encoder_frozen_blocks);
    stage.encoder_rate > 0.0 && !early
}

/// What the network made of one part of a batch.
struct Attempt {
    /// Its losses but the adversarial one, weighed.
    loss: Tensor<1>,
    /// What the discriminator sees of it, in an adversarial stage.
    seen: Option<Seen>,
}

impl ChromaTrainer {
    /// One part of a batch, the `part`th of this process.
    fn attempt(
        &self,
        batch: &Batch,
        part: usize,
        moment: &Moment<'_>,
        group: &Group,
        log: &mut MeanLosses,
    ) -> Result<Attempt, TrainError> {
        let (engine, recipe, stage) = (&self.engine, &self.recipe, moment.stage);
        let input = |values: Vec<f32>, size| tensor(values, batch.n, size, engine.device());
        let n = batch.size_px * batch.size_px;
        let gray: Vec<f32> = batch.luma.iter().map(|&l| scale_luma(l)).collect();
        let mut hints = Vec::with_capacity(3 * batch.n * n);
        for picture in 0..batch.n {
            hints.extend(batch.hint_ab[2 * picture * n..][..2 * n].iter().map(|v| v / AB_SCALE));
            hints.extend_from_slice(&batch.hint_mask[picture * n..][..n]);
        }
        let half = batch.size_px / 2;
        let truth = shrink(&batch.ab, batch.size_px, 2).into_iter().map(|v| v / AB_SCALE).collect();
        let truth = input(truth, half);
        let class_weight = recipe.classes * stage.classes;
        // What counts for nothing is not worth a tenth of the step.
        let targets = (class_weight > 0.0).then(|| self.targets(batch));

        let frozen = stage.encoder_rate == 0.0;
        let encoder_statistics = if frozen || stage.encoder_statistics_fixed {
            Statistics::Running
        } else {
            group.statistics(part)
        };
        let mut noise = Noise::new(self.seed, group.part_step(moment.step, part));
        let (gray, hints) = (input(gray, batch.size_px), input(hints, batch.size_px));
        let lesson = self.teachers.teacher_answer(engine, &gray, &hints, recipe.temperature);
        let prediction = self.generator.module.forward(
            gray.clone(),
            hints,
            encoder_statistics,
            group.statistics(part),
            Some((&mut noise, recipe.dropout)),
        );
        let ab = prediction.ab(recipe.temperature);
        let logits = prediction.logits;
        let [taught, told] = [recipe.teaching, 1.0 - recipe.teaching];
        let aim = match &lesson {
            None => truth.clone(),
            Some(lesson) => truth.clone().mul_scalar(told).add(lesson.ab.clone().mul_scalar(taught)),
        };
        let class_loss = targets.map(|(classes, shares)| match lesson {
            None => losses::soft_cross_entropy(logits, classes, shares),
            Some(lesson) => {
                let told_loss = losses::soft_cross_entropy(logits.clone(), classes, shares).mul_scalar(told);
                told_loss.add(losses::cross_entropy(logits, lesson.probabilities).mul_scalar(taught))
            }
        });
        let mut note = |name, loss: &Tensor<1>| log.note(name, loss, moment.step);
        let colours = if let Some(Perceived { weight, colourfulness }) = stage.perceived {
            let perceived = losses::perceived(&ab, &aim);
            let colour = losses::colourfulness(&ab);
            note("perceived", &perceived)?;
            note("colourfulness", &colour)?;
            perceived.sub(colour.mul_scalar(colourfulness)).mul_scalar(weight)
        } else {
            let huber = losses::huber(ab.clone(), aim.clone(), recipe.huber_delta);
            note("huber", &huber)?;
            huber.mul_scalar(recipe.huber)
        };
        let far = (stage.far_gradient > 0.0).then(|| losses::far_gradient(&ab, &aim));
        let gradient = losses::gradient(ab.clone(), aim);
        note("gradient", &gradient)?;
        let mut loss = colours.add(gradient.mul_scalar(recipe.gradient));
        if let Some(far) = far {
            note("far_gradient", &far)?;
            loss = loss.add(far.mul_scalar(stage.far_gradient));
        }
        if let Some(class_loss) = class_loss {
            note("classes", &class_loss)?;
            loss = loss.add(class_loss.mul_scalar(class_weight));
        }
        let judges = stage.adversarial > 0.0 || stage.features > 0.0;
        let seen = self.discriminator.as_ref().filter(|_| judges).map(|Learner { module: judge, .. }| Seen {
            real: engine.no_grad(|| judge.see(&gray, truth)).into_iter().map(|x| engine.detach(x)).collect(),
            fake: judge.see(&gray, ab),
        });
        if let Some(seen) = &seen {
            let features = losses::features(&seen.fake, &seen.real);
            note("features", &features)?;
            if stage.features > 0.0 {
                loss = loss.add(features.mul_scalar(stage.features));
            }
        }
        Ok(Attempt { loss, seen })
    }
}

impl Trainer for ChromaTrainer {
    fn step(
        &mut self,
        parts: &[Batch],
        moment: &Moment<'_>,
        group: &mut Group,
    ) -> Result<Losses, TrainError> {
        let stage = moment.stage;
        let wanted = |path: &str| is_trained(path, stage);
        self.engine.track(&self.generator.module, wanted);
        let mut log = MeanLosses::default();
        let (mut losses, mut seen) = (Vec::new(), Vec::new());
        for (i, batch) in parts.iter().enumerate() {
            let attempt = self.attempt(batch, i, moment, group, &mut log)?;
            losses.push(attempt.loss);
            seen.extend(attempt.seen);
        }
        let mut told = None;
        if let Some(discriminator) = self.discriminator.as_mut().filter(|_| stage.adversarial > 0.0) {
            told = Some(discriminator.learn_to_tell_seen(&self.engine, &seen, moment, group)?);
            for (loss, Seen { real, fake }) in losses.iter_mut().zip(&seen) {
                let told = discriminator.module.tell(fake).into_iter().zip(discriminator.module.tell(real));
                let adversarial = mean(told.map(|(fake, real)| losses::relativistic(fake, real)));
                log.note("adversarial", &adversarial, moment.step)?;
                *loss = loss.clone().add(adversarial.mul_scalar(stage.adversarial));
            }
        }
        let rate = |path: &str| moment.rate * if is_encoder(path) { stage.encoder_rate } else { 1.0 };
        self.generator.descend(&self.engine, group.mean_loss(losses), wanted, rate, group)?;
        self.average.follow(&self.generator.module, moment.step);
        let mut log = log.over(group)?;
        log.extend(told.map(|told| ("discriminator", told)));
        Ok(log)
    }

    fn session(&self, card: ModelCard) -> Result<Session, TrainError> {
        let network = weights::apply(
            self.engine.for_inference(&self.generator.module),
            self.average.tensors(),
            |_| true,
        )?;
        Ok(Session::new(card, ChromaNetBackend::new(network, &self.engine.inference_device())))
    }

    fn weights(&self) -> Tensors {
        self.average.tensors().clone()
    }

    fn state(&self) -> TrainerState {
        let mut state = TrainerState::new();
        self.generator.put(&mut state);
        if let Some(discriminator) = &self.discriminator {
            discriminator.put(&mut state);
        }
        self.average.put(&mut state);
        state
    }

    fn restore(&mut self, state: &TrainerState) -> Result<(), TrainError> {
        self.generator.take(state, &self.engine)?;
        if let Some(discriminator) = &mut self.discriminator {
            discriminator.take(state, &self.engine)?;
        }
        self.average.take(state)
    }
}

/// The network description for the model card.
pub(crate) fn network(recipe: &Chroma) -> NetworkConfig {
    NetworkConfig::ChromaNet(recipe.generator.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_blocks_are_frozen_with_the_stem_and_the_decoder_never_is() {
        let text = include_str!("../../../recipes/flagship.toml");
        let stage = crate::Recipe::parse(text).unwrap().stage[0].clone();
        let trained = |encoder_rate: f64, encoder_frozen_blocks: usize, path: &str| {
            is_trained(path, &Stage { encoder_rate, encoder_frozen_blocks, ..stage.clone() })
        };
        assert!(
            trained(0.0, 0, "at_16.conv.weight") && !trained(0.0, 0, "encoder.blocks.15.project.conv.weight")
        );
        assert!(trained(0.1, 0, "encoder.stem.conv.weight") && !trained(0.1, 3, "encoder.stem.conv.weight"));
        assert!(!trained(0.1, 3, "encoder.blocks.2.depthwise.conv.weight"));
        assert!(trained(0.1, 3, "encoder.blocks.3.depthwise.conv.weight"));
        assert!(trained(0.1, 3, "encoder.blocks.10.depthwise.conv.weight"));
    }
}
