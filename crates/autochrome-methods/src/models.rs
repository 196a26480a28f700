//! The models that are part of the program, and where else weights may come from.

use std::path::Path;

use autochrome_engine::foreign::Description;
use autochrome_engine::graph::{Graph, onnx};
use autochrome_engine::{ModelCard, NetError, Session, weights};

use crate::MethodError;
use crate::error::nearest;

/// A model that is part of the program.
#[derive(Clone, Copy, Debug)]
pub struct BuiltinModel {
    /// Short lower-case name: `--model ID`.
    pub id: &'static str,
    /// The weights file.
    pub bytes: &'static [u8],
}

impl BuiltinModel {
    /// What the model says of itself.
    ///
    /// # Errors
    /// When the weights are not a weights file of ours.
    pub fn card(&self) -> Result<ModelCard, NetError> {
        card(self.bytes)
    }
}

/// What the content of a weights file says of itself.
///
/// # Errors
/// When it is not a weights file of ours.
pub fn card(bytes: &[u8]) -> Result<ModelCard, NetError> {
    weights::card_of(bytes)
}

/// The card of a network in an ONNX file, from the description beside it.
///
/// # Errors
/// When the description does not parse.
pub fn onnx_card(description: &str) -> Result<ModelCard, NetError> {
    Ok(Description::parse(description)?.card())
}

/// A weights file as an ONNX file and the description that [`ModelSource::Onnx`] takes.
///
/// # Errors
/// When it is not a weights file of ours.
pub fn to_onnx(bytes: &[u8]) -> Result<(Vec<u8>, String), NetError> {
    let (card, mut tensors) = weights::from_bytes(bytes)?;
    let model = onnx::to_bytes(&Graph::new(&card.network, &mut tensors)?, &card);
    Ok((model, Description::of_export(&card).to_toml()?))
}

#[cfg(feature = "builtin-models")]
static BUILTIN: [BuiltinModel; 2] = [
    BuiltinModel { id: "flagship", bytes: include_bytes!("../../../assets/models/flagship.safetensors") },
    BuiltinModel { id: "paper", bytes: include_bytes!("../../../assets/models/paper.safetensors") },
];
#[cfg(not(feature = "builtin-models"))]
static BUILTIN: [BuiltinModel; 0] = [];

/// Every built-in model, the default first; none without the cargo feature `builtin-models`.
#[must_use]
pub fn builtin() -> &'static [BuiltinModel] {
    &BUILTIN
}

/// The built-in model of this id.
///
/// # Errors
/// When there is none; the error lists those that exist and the one that was probably meant.
pub fn find(id: &str) -> Result<&'static BuiltinModel, MethodError> {
    builtin().iter().find(|model| model.id == id).ok_or_else(|| {
        let known: Vec<String> = builtin().iter().map(|model| model.id.to_owned()).collect();
        MethodError::UnknownModel { id: id.to_owned(), nearest: nearest(id, &known), known }
    })
}

/// Where a method's trained weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelSource<'a> {
    /// A model that is part of the program, by its id.
    Builtin(&'a str),
    /// The content of a weights file.
    Bytes(&'a [u8]),
    /// A network of other people.
    Onnx {
        /// The content of the ONNX file.
        model: &'a [u8],
        /// The TOML that describes it.
        description: &'a str,
        /// The shared library of ONNX Runtime.
        library: &'a Path,
    },
}

impl<'a> ModelSource<'a> {
    /// The network, ready to answer; the default model for `None`.
    pub(crate) fn open(source: Option<Self>) -> Result<Session, MethodError> {
        let bytes = match source {
            Some(Self::Onnx { model, description, library }) => {
                return Ok(Session::from_onnx(model, description, library)?);
            }
            Some(Self::Bytes(bytes)) => Ok(bytes),
            Some(Self::Builtin(id)) => find(id).map(|model| model.bytes),
            None => builtin().first().map(|model| model.bytes).ok_or(MethodError::NoModel),
        };
        Ok(Session::from_bytes(bytes?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_model_carries_a_card_of_its_own_name() {
        for model in builtin() {
            assert_eq!(model.card().unwrap().id, model.id);
        }
    }

    #[test]
    fn an_unknown_model_is_an_error_that_lists_the_known_ones() {
        let error = ModelSource::open(Some(ModelSource::Builtin("no such model"))).unwrap_err();
        assert_eq!(error.code(), "unknown-model");
        assert!(builtin().iter().all(|model| error.to_string().contains(model.id)), "{error}");
    }
}
