//! The one list of methods; help texts, the API and the documentation are made from it.

use crate::error::nearest;
use crate::example::{collection, deep, intrinsic, irony, superpixel, welsh};
use crate::{Method, MethodError, MethodInfo, ModelSource, gray, neural, palette, scribble};

/// Makes a method, with this model or its default one.
type Open = fn(Option<ModelSource<'_>>) -> Result<Box<dyn Method>, MethodError>;

/// A method that can be opened.
#[derive(Debug)]
pub struct Entry {
    /// What there is to know about it.
    pub info: &'static MethodInfo,
    open: Open,
}

impl Entry {
    /// The method, ready to run; methods with weights take the default model when `model` is `None`.
    ///
    /// # Errors
    /// When the model is unknown, unreadable, or given to a method that has no use for one.
    pub fn open(&self, model: Option<ModelSource<'_>>) -> Result<Box<dyn Method>, MethodError> {
        if model.is_some() && !self.info.uses_model {
            return Err(MethodError::ModelUnused { method: self.info.id });
        }
        (self.open)(model)
    }
}

static METHODS: &[Entry] = &[
    Entry { info: &neural::INFO, open: neural::open },
    Entry { info: &deep::INFO, open: deep::open },
    Entry { info: &collection::INFO, open: collection::open },
    Entry { info: &superpixel::INFO, open: |_| Ok(Box::new(superpixel::Superpixel)) },
    Entry { info: &irony::INFO, open: |_| Ok(Box::new(irony::Irony)) },
    Entry { info: &intrinsic::INFO, open: |_| Ok(Box::new(intrinsic::Intrinsic)) },
    Entry { info: &welsh::INFO, open: |_| Ok(Box::new(welsh::Welsh)) },
    Entry { info: &scribble::INFO, open: |_| Ok(Box::new(scribble::Scribble)) },
    Entry { info: &palette::INFO, open: |_| Ok(Box::new(palette::Palette)) },
    Entry { info: &gray::INFO, open: |_| Ok(Box::new(gray::Gray)) },
];

/// Id of the method that is taken when none is named.
pub const DEFAULT: &str = "neural";

/// Every method, the default first.
#[must_use]
pub fn methods() -> &'static [Entry] {
    METHODS
}

/// The method of this id.
///
/// # Errors
/// When there is none; the error lists those that exist and the one that was probably meant.
pub fn find(id: &str) -> Result<&'static Entry, MethodError> {
    METHODS.iter().find(|entry| entry.info.id == id).ok_or_else(|| {
        let known: Vec<String> = METHODS.iter().map(|entry| entry.info.id.to_owned()).collect();
        MethodError::UnknownMethod { id: id.to_owned(), nearest: nearest(id, &known), known }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_can_be_typed() {
        let ids: BTreeSet<&str> = methods().iter().map(|entry| entry.info.id).collect();
        assert_eq!(ids.len(), methods().len());
        for id in ids {
            assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{id}");
        }
    }

    #[test]
    fn options_are_unique_within_a_method() {
        for entry in methods() {
            let ids: BTreeSet<&str> = entry.info.options.iter().map(|option| option.id()).collect();
            assert_eq!(ids.len(), entry.info.options.len(), "{}", entry.info.id);
        }
    }

    #[test]
    fn the_default_stands_first() {
        assert_eq!(methods()[0].info.id, DEFAULT);
    }

    #[test]
    fn a_misspelt_method_is_answered_with_the_right_one() {
        let error = find("grey").err().unwrap();
        assert!(error.to_string().contains("did you mean `gray`?"), "{error}");
    }

    #[test]
    fn a_model_for_a_method_without_weights_is_refused() {
        let error = find("gray").unwrap().open(Some(ModelSource::Builtin("paper"))).err().unwrap();
        assert_eq!(error.code(), "model-unused");
    }
}
