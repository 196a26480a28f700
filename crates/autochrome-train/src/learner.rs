//! A network in training together with the optimiser that changes it, and the discriminator's step.

use autochrome_net::losses;
use autochrome_net::models::patch_gan::PatchGan;
use autochrome_net::models::projected_gan::ProjectedGan;
use autochrome_net::norm::Statistics;
use autochrome_net::weights;
use burn::module::Module;
use burn::tensor::Tensor;

use crate::TrainError;
use crate::optimizer::AdamW;
use crate::replicas::Group;
use crate::trainer::{self, Moment, TrainerState, finite};
use crate::training_device::TrainingDevice;

/// A module, its optimiser, and the name under which a checkpoint keeps both.
pub(crate) struct Learner<M> {
    name: &'static str,
    pub module: M,
    optimizer: AdamW,
}

impl<M: Module> Learner<M> {
    pub(crate) fn new(name: &'static str, module: M, optimizer: AdamW) -> Self {
        Self { name, module, optimizer }
    }

    /// One step down the slope of `loss`, added up over the group, of the parameters whose path `wanted` accepts; `rate` gives a path's
    /// learning rate.
    pub(crate) fn descend(
        &mut self,
        engine: &TrainingDevice,
        loss: Tensor<1>,
        wanted: impl Fn(&str) -> bool,
        rate: impl Fn(&str) -> f64,
        group: &mut Group,
    ) -> Result<(), TrainError> {
        let mut gradients = engine.gradients(loss, &self.module, wanted);
        engine.no_grad(|| group.sum_gradients(&self.module, &mut gradients))?;
        self.module = engine.no_grad(|| self.optimizer.step(self.module.clone(), gradients, rate));
        Ok(())
    }

    /// A discriminator's step down the mean of its losses, which it gives; afterwards it stands still for the generator's.
    fn learn_from(
        &mut self,
        engine: &TrainingDevice,
        losses: Vec<Tensor<1>>,
        learns: impl Fn(&str) -> bool,
        moment: &Moment<'_>,
        group: &mut Group,
    ) -> Result<f32, TrainError> {
        let loss = group.mean_loss(losses);
        let value = finite("discriminator", loss.clone().into_scalar(), moment.step)?;
        self.descend(engine, loss, learns, |_| moment.rate, group)?;
        engine.track(&self.module, |_| false);
        let mut sum = [value];
        group.sum(&mut sum)?;
        Ok(sum[0])
    }

    /// Adds weights and optimiser state to a trainer's.
    pub(crate) fn put(&self, state: &mut TrainerState) {
        let [weights, optimizer] = self.names();
        state.insert(weights, weights::collect(&self.module));
        state.insert(optimizer, self.optimizer.state());
    }

    /// Takes back what [`Learner::put`] added.
    pub(crate) fn take(&mut self, state: &TrainerState, engine: &TrainingDevice) -> Result<(), TrainError> {
        let [weights, optimizer] = self.names();
        self.module = weights::apply(self.module.clone(), trainer::part(state, &weights)?, |_| true)?;
        self.optimizer.restore(trainer::part(state, &optimizer)?, &engine.inference_device());
        Ok(())
    }

    fn names(&self) -> [String; 2] {
        [self.name.to_owned(), format!("{}_optimizer", self.name)]
    }
}

/// What a discriminator sees of one part of a batch.
pub(crate) struct Pair {
    /// Condition of both.
    pub gray: Tensor<4>,
    /// True colours.
    pub truth: Tensor<4>,
    /// The generator's.
    pub fake: Tensor<4>,
}

impl Learner<PatchGan> {
    /// Learns to tell truth from fakes, part by part, and gives its loss; afterwards it stands still for the generator's step.
    ///
    /// # Source
    /// Pandey and Rana, equation 8.
    pub(crate) fn learn_to_tell(
        &mut self,
        engine: &TrainingDevice,
        parts: &[Pair],
        moment: &Moment<'_>,
        group: &mut Group,
    ) -> Result<f32, TrainError> {
        engine.track(&self.module, |_| true);
        let loss_of = |Pair { gray, truth, fake }: &Pair| {
            let told = self.patch_logits(gray, truth.clone());
            losses::discriminator(told, self.patch_logits(gray, engine.detach(fake.clone())))
        };
        let losses = parts.iter().map(loss_of).collect();
        self.learn_from(engine, losses, |_| true, moment, group)
    }

    /// Logits of every patch.
    pub(crate) fn patch_logits(&self, gray: &Tensor<4>, colour: Tensor<4>) -> Tensor<4> {
        self.module.forward(gray.clone(), colour, Statistics::Batch)
    }
}

/// What a pretrained network sees of one part of a batch, scale by scale.
pub(crate) struct Seen {
    /// In true colours, outside the graph.
    pub real: Vec<Tensor<4>>,
    /// In the generator's.
    pub fake: Vec<Tensor<4>>,
}

impl Learner<ProjectedGan> {
    /// As the PatchGAN's, from what the pretrained network saw.
    pub(crate) fn learn_to_tell_seen(
        &mut self,
        engine: &TrainingDevice,
        parts: &[Seen],
        moment: &Moment<'_>,
        group: &mut Group,
    ) -> Result<f32, TrainError> {
        engine.track(&self.module, ProjectedGan::learns);
        let loss_of = |Seen { real, fake }: &Seen| {
            let fake: Vec<_> = fake.iter().map(|x| engine.detach(x.clone())).collect();
            let told = self.module.tell(real).into_iter().zip(self.module.tell(&fake));
            mean(told.map(|(real, fake)| losses::relativistic(real, fake)))
        };
        let losses = parts.iter().map(loss_of).collect();
        self.learn_from(engine, losses, ProjectedGan::learns, moment, group)
    }
}

/// The mean of losses of several scales.
pub(crate) fn mean(losses: impl ExactSizeIterator<Item = Tensor<1>>) -> Tensor<1> {
    let count = losses.len() as f32;
    match losses.reduce(Tensor::add) {
        Some(sum) => sum.div_scalar(count),
        None => unreachable!("a discriminator has heads"),
    }
}
