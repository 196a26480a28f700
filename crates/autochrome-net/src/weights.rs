//! Tensors out of modules and into them.

pub use autochrome_engine::weights::{
    NamedTensor, Tensors, card_of, from_bytes, tensors_of, to_bytes, to_exact_bytes,
};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Shape, Tensor, TensorData};

use crate::NetError;

/// Every float parameter and running statistic of a module.
#[must_use]
pub fn collect<M: Module>(module: &M) -> Tensors {
    let mut collector = Collector::default();
    module.visit(&mut collector);
    collector.tensors
}

/// Puts tensors into a module by path; those whose path `keep` refuses stay as they are.
///
/// # Errors
/// [`NetError::Weights`] when a tensor is missing or has another shape.
pub fn apply<M: Module>(module: M, tensors: &Tensors, keep: impl Fn(&str) -> bool) -> Result<M, NetError> {
    let mut applier = Applier { path: Vec::new(), tensors, wanted: &keep, problem: None };
    let module = module.map(&mut applier);
    match applier.problem {
        None => Ok(module),
        Some(problem) => Err(NetError::Weights(problem)),
    }
}

#[derive(Default)]
struct Collector {
    path: Vec<String>,
    tensors: Tensors,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let data = param.val().into_data();
        let shape = data.shape().to_vec();
        let values = data.convert::<f32>().try_to_vec::<f32>().unwrap_or_default();
        self.tensors.insert(self.path.join("."), NamedTensor { shape, values });
    }
}

struct Applier<'a> {
    path: Vec<String>,
    tensors: &'a Tensors,
    wanted: &'a dyn Fn(&str) -> bool,
    problem: Option<String>,
}

impl ModuleMapper for Applier<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let path = self.path.join(".");
        if !(self.wanted)(&path) {
            return param;
        }
        let Some(tensor) = self.tensors.get(&path) else {
            self.problem.get_or_insert_with(|| format!("'{path}' is missing"));
            return param;
        };
        // Asking for the value would draw random weights first, only to throw them away.
        let wanted = param.lazy_shape();
        if wanted != Shape::from(tensor.shape.clone()) {
            self.problem.get_or_insert_with(|| format!("'{path}' is {:?}, not {wanted:?}", tensor.shape));
            return param;
        }
        let data = TensorData::new(tensor.values.clone(), tensor.shape.clone());
        let (id, device) = (param.id, param.lazy_device());
        param.transform_for_load(Tensor::from_data(data, &device), id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::patch_gan::PatchGanConfig;
    use burn::tensor::Device;

    #[test]
    fn what_is_collected_can_be_put_back() {
        let net = PatchGanConfig { width: 2, layers: 1 }.init(2, &Device::flex());
        let tensors = collect(&net);
        assert!(tensors.keys().any(|k| k.ends_with("norm.running_mean")), "{:?}", tensors.keys());
        let other = PatchGanConfig { width: 2, layers: 1 }.init(2, &Device::flex());
        assert_ne!(collect(&other), tensors);
        assert_eq!(collect(&apply(other, &tensors, |_| true).unwrap()), tensors);
    }

    #[test]
    fn a_missing_tensor_and_a_wrong_shape_are_named() {
        let net = PatchGanConfig { width: 2, layers: 1 }.init(2, &Device::flex());
        let mut tensors = collect(&net);
        let removed = tensors.remove("judge.weight").unwrap();
        let error = apply(net.clone(), &tensors, |_| true).unwrap_err();
        assert!(error.to_string().contains("judge.weight"), "{error}");
        tensors.insert("judge.weight".into(), NamedTensor { shape: vec![1], values: removed.values });
        assert_eq!(apply(net, &tensors, |_| true).unwrap_err().code(), "bad-weights");
    }
}
