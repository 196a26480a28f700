//! Finished networks that a new one learns from.
//!
//! Networks trained apart err apart, and their mean errs less than any of them; a network that learns to answer as they do together keeps
//! much of that at the cost of one.
//!
//! Sources: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network" (2015); Beyer et al., "Knowledge distillation: A good
//! teacher is patient and consistent" (2022), from which teachers and pupil see the very same crops.

use std::fs;
use std::path::PathBuf;

use autochrome_engine::NetError;
use autochrome_engine::card::NetworkConfig;
use autochrome_net::Init as _;
use autochrome_net::models::chroma_net::ChromaNet;
use autochrome_net::norm::Statistics;
use autochrome_net::weights;
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

use crate::TrainError;
use crate::training_device::TrainingDevice;

/// What teachers say of a batch, all of them together.
pub(crate) struct Lesson {
    /// Probabilities of the classes, `[n, 313, h/4, w/4]`.
    pub probabilities: Tensor<4>,
    /// Colours, ab divided by 110, `[n, 2, h/2, w/2]`.
    pub ab: Tensor<4>,
}

pub(crate) struct Teachers {
    networks: Vec<ChromaNet>,
    /// Where they compute.
    device: Device,
}

impl Teachers {
    /// Networks of the flagship's kind from weights files.
    pub(crate) fn read(files: &[PathBuf], engine: &TrainingDevice) -> Result<Self, TrainError> {
        let device = engine.inference_device();
        let read = |path: &PathBuf| {
            let bytes = fs::read(path).map_err(TrainError::io(path))?;
            let (card, tensors) = weights::from_bytes(&bytes)?;
            let NetworkConfig::ChromaNet(config) = card.network else {
                let name = path.display();
                return Err(NetError::Weights(format!("{name} is no network of the flagship's kind")).into());
            };
            Ok(weights::apply(config.init(&device), &tensors, |_| true)?)
        };
        Ok(Self { networks: files.iter().map(read).collect::<Result<_, TrainError>>()?, device })
    }

    /// The mean of their logits as probabilities, and of their colours; nothing when there are none.
    ///
    /// # Shapes
    /// As those of [`ChromaNet::forward`]; `gray` and `hints` on any device, the answer on that of `gray`.
    pub(crate) fn teacher_answer(
        &self,
        engine: &TrainingDevice,
        gray: &Tensor<4>,
        hints: &Tensor<4>,
        temperature: f32,
    ) -> Option<Lesson> {
        if self.networks.is_empty() {
            return None;
        }
        let here = |x: &Tensor<4>| Tensor::from_data(x.to_data(), &self.device);
        let (gray, hints) = (here(gray), here(hints));
        let [logits, ab] = engine.no_grad(|| {
            let said = self.networks.iter().map(|network| {
                let running = Statistics::Running;
                let said = network.forward(gray.clone(), hints.clone(), running, running, None);
                let ab = said.ab(temperature);
                [said.logits, ab]
            });
            said.reduce(|[logits, ab], [more_logits, more_ab]| [logits.add(more_logits), ab.add(more_ab)])
        })?;
        let mean = |sum: Tensor<4>| sum.div_scalar(self.networks.len() as f32);
        let there = |x: Tensor<4>| Tensor::from_data(x.into_data(), engine.device());
        Some(Lesson { probabilities: there(softmax(mean(logits), 1)), ab: there(mean(ab)) })
    }
}
