//! A network in training together with the optimiser that changes it, and the discriminator's step.

use std::path::Path;

use autochrome_net::losses;
use autochrome_net::models::patch_gan::PatchGan;
use autochrome_net::norm::Statistics;
use autochrome_net::weights;
use burn::module::Module;
use burn::tensor::Tensor;

use crate::TrainError;
use crate::optimizer::AdamW;
use crate::trainer::{self, Moment, finite};
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

    /// One step down the slope of `loss`, of the parameters whose path `wanted` accepts; `rate` gives a path's learning rate.
    pub(crate) fn descend(
        &mut self,
        engine: &TrainingDevice,
        loss: Tensor<1>,
        wanted: impl Fn(&str) -> bool,
        rate: impl Fn(&str) -> f64,
    ) {
        let gradients = engine.gradients(loss, &self.module, wanted);
        self.module = engine.no_grad(|| self.optimizer.step(self.module.clone(), gradients, rate));
    }

    /// Writes weights and optimiser state into a folder.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), TrainError> {
        let [weights, optimizer] = self.files();
        trainer::save_tensors(&weights::collect(&self.module), &folder.join(weights))?;
        trainer::save_tensors(&self.optimizer.state(), &folder.join(optimizer))
    }

    /// Takes back what [`Learner::save`] wrote.
    pub(crate) fn load(&mut self, folder: &Path, engine: &TrainingDevice) -> Result<(), TrainError> {
        let [weights, optimizer] = self.files().map(|file| trainer::load_tensors(&folder.join(file)));
        self.module = weights::apply(self.module.clone(), &weights?, |_| true)?;
        self.optimizer.restore(&optimizer?, &engine.inference_device());
        Ok(())
    }

    fn files(&self) -> [String; 2] {
        [format!("{}.safetensors", self.name), format!("{}_optimizer.safetensors", self.name)]
    }
}

impl Learner<PatchGan> {
    /// Learns to tell `truth` from `fake` and gives its loss; afterwards it stands still for the generator's step.
    ///
    /// # Source
    /// Pandey and Rana, equation 8.
    pub(crate) fn learn_to_tell(
        &mut self,
        engine: &TrainingDevice,
        gray: &Tensor<4>,
        truth: Tensor<4>,
        fake: Tensor<4>,
        moment: &Moment<'_>,
    ) -> Result<f32, TrainError> {
        engine.track(&self.module, |_| true);
        let loss = losses::discriminator(
            self.patch_logits(gray, truth),
            self.patch_logits(gray, engine.detach(fake)),
        );
        let value = finite("discriminator", loss.clone().into_scalar(), moment.step)?;
        self.descend(engine, loss, |_| true, |_| moment.rate);
        engine.track(&self.module, |_| false);
        Ok(value)
    }

    /// Logits of every patch.
    pub(crate) fn patch_logits(&self, gray: &Tensor<4>, colour: Tensor<4>) -> Tensor<4> {
        self.module.forward(gray.clone(), colour, Statistics::Batch)
    }
}
