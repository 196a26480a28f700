//! What can go wrong between a luma plane and its chroma.

use crate::GuidanceKind;
use autochrome_errors::ErrorCode;

/// An error of a method or of the registry; every message ends in what to do about it.
#[derive(Debug, thiserror::Error, ErrorCode)]
#[non_exhaustive]
pub enum MethodError {
    /// No method has this id.
    #[error("there is no method `{id}`{}; known: {}", did_you_mean(.nearest), .known.join(", "))]
    #[code("unknown-method", BadRequest)]
    UnknownMethod {
        /// What was asked for.
        id: String,
        /// The known id that resembles it most, when one does.
        nearest: Option<String>,
        /// Every known id.
        known: Vec<String>,
    },
    /// No model of this name is built in.
    #[error("there is no built-in model `{id}`{}; known: {}", did_you_mean(.nearest), list_or_none(.known))]
    #[code("unknown-model", BadRequest)]
    UnknownModel {
        /// What was asked for.
        id: String,
        /// The known id that resembles it most, when one does.
        nearest: Option<String>,
        /// Every built-in id.
        known: Vec<String>,
    },
    /// This build carries no weights at all and none were given.
    #[error("this build carries no model; give a weights file, or use the method `gray`")]
    #[code("no-model", Unavailable)]
    NoModel,
    /// A model was given to a method that has no use for one.
    #[error("the method `{method}` uses no model; leave the model out")]
    #[code("model-unused", BadRequest)]
    ModelUnused {
        /// The method's id.
        method: &'static str,
    },
    /// The method does not take this kind of guidance.
    #[error("the method `{method}` takes no {kind}; `autochrome methods` shows which do")]
    #[code("guidance-unsupported", BadRequest)]
    GuidanceUnsupported {
        /// The method's id.
        method: &'static str,
        /// The kind that does not fit.
        kind: GuidanceKind,
    },
    /// The method cannot begin without this kind of guidance.
    #[error("the method `{method}` needs {kind}: {remedy}")]
    // Only a picture can lack the colours that are to be changed.
    #[code("no-colours", BadInput, "The picture has no colours that could be changed.", when = *kind == GuidanceKind::Colors)]
    #[code("guidance-missing", BadRequest)]
    GuidanceMissing {
        /// The method's id.
        method: &'static str,
        /// The kind that is missing.
        kind: GuidanceKind,
        /// What to give.
        remedy: &'static str,
    },
    /// Guidance is there and of the right kind, but does not fit the picture or itself.
    #[error("these {kind} do not fit: {reason}")]
    #[code("guidance-unfit", BadRequest)]
    GuidanceUnfit {
        /// The kind that does not fit.
        kind: GuidanceKind,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A fix that was written in no way that is known, or with numbers that are none.
    #[error("the fix is not understood: {reason}")]
    #[code("bad-fix", BadRequest)]
    BadFix {
        /// What is wrong, and what to write.
        reason: String,
    },
    /// The method has no option of this name.
    #[error("the method `{method}` has no option `{id}`{}; known: {}", did_you_mean(.nearest), list_or_none(.known))]
    #[code("unknown-option", BadRequest)]
    UnknownOption {
        /// The method's id.
        method: &'static str,
        /// What was asked for.
        id: String,
        /// The known option that resembles it most, when one does.
        nearest: Option<String>,
        /// Every option of the method.
        known: Vec<String>,
    },
    /// The value of an option is outside of what the option allows.
    #[error("option `{id}` cannot be `{value}`; give {expected}")]
    #[code("option-out-of-range", BadRequest)]
    InvalidOption {
        /// The option's id.
        id: &'static str,
        /// What was given.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// The method or its model does not tell things apart.
    #[error(
        "the method `{method}` with this model tells no things apart; use the method `neural` with its own model"
    )]
    #[code("no-segmentation", BadRequest)]
    NoDescription {
        /// The method's id.
        method: &'static str,
    },
    /// The method has no network that looks at pictures.
    #[error("the method `{method}` sees no features; use the method `neural`")]
    #[code("no-features", BadRequest)]
    NoFeatures {
        /// The method's id.
        method: &'static str,
    },
    /// The picture has no pixels.
    #[error("the picture has no pixels")]
    #[code("empty-picture", BadInput)]
    EmptyPicture,
    /// The weights could not be used, or the network refused the picture.
    #[error(transparent)]
    #[code(transparent)]
    Network(#[from] autochrome_engine::NetError),
}

/// The known name that `given` was probably meant to be.
pub(crate) fn nearest(given: &str, known: &[String]) -> Option<String> {
    let given = given.to_lowercase();
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&given, name), name))
        .filter(|(distance, name)| *distance <= name.chars().count().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name.clone())
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

fn list_or_none(known: &[String]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        ["gray", "neural", "scribble"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        assert_eq!(nearest("nueral", &known()).as_deref(), Some("neural"));
        assert_eq!(nearest("GREY", &known()).as_deref(), Some("gray"));
    }

    #[test]
    fn a_different_word_is_not_taken_for_a_slip() {
        assert_eq!(nearest("watercolour", &known()), None);
    }
}
