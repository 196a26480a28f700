//! Who differentiates: burn on any device, or LibTorch by itself.

use autochrome_net::device::{self, DeviceError};
use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};

/// A device and its way to gradients.
#[derive(Clone, Debug)]
pub struct TrainingDevice {
    device: Device,
    native: bool,
}

impl TrainingDevice {
    /// The engine for a device name of [`device::NAMES`].
    pub fn named(name: &str) -> Result<Self, DeviceError> {
        let native = name.starts_with("libtorch");
        let device = device::named(name)?;
        Ok(Self { device: if native { device } else { device.autodiff() }, native })
    }

    /// Where modules and batches of the training step live.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Where inference happens: the same device without gradients.
    pub fn inference_device(&self) -> Device {
        self.device.clone().without_autodiff()
    }

    /// To be called before a forward pass whose gradients `wanted` parameters (by path) shall have.
    pub fn track<M: Module>(&self, module: &M, wanted: impl Fn(&str) -> bool) {
        #[cfg(feature = "libtorch")]
        if self.native {
            autochrome_net::native::track(module, wanted);
        }
        #[cfg(not(feature = "libtorch"))]
        let _ = (module, wanted);
    }

    /// Gradients of `loss` for the parameters whose path `wanted` accepts.
    pub fn gradients<M: Module>(
        &self,
        loss: Tensor<1>,
        module: &M,
        wanted: impl Fn(&str) -> bool,
    ) -> GradientsParams {
        #[cfg(feature = "libtorch")]
        if self.native {
            return autochrome_net::native::gradients(loss, module);
        }
        let mut ids = Ids { path: Vec::new(), wanted, ids: Vec::new() };
        module.visit(&mut ids);
        GradientsParams::from_params(&mut loss.backward(), module, &ids.ids)
    }

    /// The same values, through which no gradient flows.
    pub fn detach<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        #[cfg(feature = "libtorch")]
        if self.native {
            return autochrome_net::native::detach(x);
        }
        x.detach()
    }

    /// Work whose arithmetic is not to be differentiated: optimiser steps, validation.
    pub fn no_grad<R>(&self, work: impl FnOnce() -> R) -> R {
        #[cfg(feature = "libtorch")]
        if self.native {
            return autochrome_net::native::no_grad(work);
        }
        work()
    }

    /// The module for inference.
    pub fn for_inference<M: Module>(&self, module: &M) -> M {
        if self.native { module.clone() } else { module.valid() }
    }
}

struct Ids<F> {
    path: Vec<String>,
    wanted: F,
    ids: Vec<ParamId>,
}

impl<F: Fn(&str) -> bool> ModuleVisitor for Ids<F> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if (self.wanted)(&self.path.join(".")) {
            self.ids.push(param.id);
        }
    }
}
