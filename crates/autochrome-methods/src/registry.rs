//! The one list of methods; help texts, the API and the documentation are made from it.

use crate::error::nearest;
use crate::example::{collection, deep, intrinsic, irony, superpixel, welsh};
use crate::{
    GuidanceKind, GuidanceKinds, Method, MethodError, MethodInfo, ModelSource, gray, neural, palette,
    scribble,
};

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

/// The method for somebody who named none and said this.
///
/// The default takes it where it can as it is: spots of colour guide the network. Else it is a method that accepts all of it and, if
/// there is such a method, one that was made for it: that cannot begin without some of it. Of several the first in the list is taken. Where no method accepts all, [`MethodInfo::check_said`] of the answer says what
/// does not fit. A seed chooses between methods only where nothing else does.
#[must_use]
pub fn for_guidance(said: GuidanceKinds) -> &'static Entry {
    let mut colors = said;
    colors.remove(GuidanceKind::Seed);
    let default = &METHODS[0];
    if colors.iter().all(|kind| default.info.takes.contains(&kind)) {
        return default;
    }
    let rank = |entry: &&Entry| {
        let info = entry.info;
        let accepts_all = colors.iter().all(|kind| info.accepts(kind));
        let made_for_it = info.needs.iter().any(|need| !need.is_of_picture());
        let can_begin = info.missing_input(colors).is_none();
        let rank = match (accepts_all, made_for_it, can_begin) {
            (true, true, true) => 0,
            (true, _, true) => 1,
            (true, _, false) => 2,
            (false, true, true) => 3,
            (false, ..) => 4,
        };
        (rank, !said.iter().all(|kind| info.accepts(kind)))
    };
    METHODS.iter().min_by_key(rank).unwrap_or(default)
}

/// The methods that accept guidance of this kind, in the order of the list.
pub fn accepting(kind: GuidanceKind) -> impl Iterator<Item = &'static Entry> {
    METHODS.iter().filter(move |entry| entry.info.accepts(kind))
}

/// The first method that has an option of this id.
#[must_use]
pub fn with_option(id: &str) -> Option<&'static Entry> {
    METHODS.iter().find(|entry| entry.info.option(id).is_some())
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
    fn the_method_that_fits_what_was_said_is_found() {
        use GuidanceKind::{Marks, Points, Recolors, References, Seed, Strokes, Swatches};
        for (said, wanted) in [
            (&[][..], "neural"),
            (&[Points], "neural"),
            (&[Points, Strokes], "scribble"),
            (&[Strokes], "scribble"),
            (&[Marks, Points], "scribble"),
            (&[Recolors], "palette"),
            (&[References], "deep"),
            (&[References, Recolors], "palette"),
            (&[References, Strokes], "deep"),
            (&[References, Swatches], "welsh"),
            (&[References, Seed], "irony"),
            (&[Seed], "neural"),
            // What fits no method is given to one that can tell what is wrong with it.
            (&[Swatches], "welsh"),
            (&[Recolors, Points], "scribble"),
        ] {
            let kinds: GuidanceKinds = said.iter().copied().collect();
            assert_eq!(for_guidance(kinds).info.id, wanted, "{said:?}");
        }
    }

    #[test]
    fn a_method_takes_what_it_needs_and_says_what_it_looks_at() {
        for Entry { info, .. } in methods() {
            for need in info.needs {
                assert!(!need.any_of.is_empty(), "{}", info.id);
                assert!(need.any_of.iter().all(|kind| info.takes.contains(kind)), "{}", info.id);
            }
            let takes_references = info.takes.contains(&GuidanceKind::References);
            assert_eq!(
                info.reference_px(&crate::Options::default()).is_some(),
                takes_references,
                "{}",
                info.id
            );
        }
    }

    #[test]
    fn what_must_be_said_is_missed_before_a_picture_is_seen_and_what_the_picture_has_is_not() {
        let check = |id: &str, said: &[GuidanceKind]| {
            find(id).unwrap().info.check_said(said.iter().copied().collect()).map_err(|error| error.code())
        };
        assert_eq!(check("scribble", &[]), Err("guidance-missing"));
        assert_eq!(check("welsh", &[]), Err("guidance-missing"));
        assert_eq!(check("palette", &[]), Err("guidance-missing"));
        assert_eq!(check("palette", &[GuidanceKind::Recolors]), Ok(()));
        assert_eq!(check("neural", &[GuidanceKind::Strokes]), Ok(()));
        assert_eq!(check("gray", &[GuidanceKind::Strokes]), Err("guidance-unsupported"));
    }

    #[test]
    fn methods_are_found_by_what_they_accept_and_by_their_options() {
        assert!(accepting(GuidanceKind::Marks).any(|entry| entry.info.id == "neural"));
        assert!(accepting(GuidanceKind::Swatches).all(|entry| entry.info.id == "welsh"));
        assert_eq!(with_option("sketch").map(|entry| entry.info.id), Some("scribble"));
        assert!(with_option("no such option").is_none());
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
