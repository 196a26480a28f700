//! The knobs of a method: described as data, set from text, read with their types.

use std::collections::BTreeMap;

use crate::MethodInfo;
use crate::error::{MethodError, nearest};

/// A number that can be set.
#[derive(Debug)]
pub struct NumberSpec {
    /// Short lower-case name.
    pub id: &'static str,
    /// One line on what it does, with its unit.
    pub help: &'static str,
    /// Smallest allowed value.
    pub min: f64,
    /// Largest allowed value.
    pub max: f64,
    /// Value when nothing is set; `None` leaves it to the model's card.
    pub default: Option<f64>,
}

/// Something that is on or off.
#[derive(Debug)]
pub struct SwitchSpec {
    /// Short lower-case name.
    pub id: &'static str,
    /// One line on what it does when on.
    pub help: &'static str,
    /// State when nothing is set; `None` leaves it to the model's card.
    pub default: Option<bool>,
}

/// One of a few named possibilities.
#[derive(Debug)]
pub struct ChoiceSpec {
    /// Short lower-case name.
    pub id: &'static str,
    /// One line on what is chosen.
    pub help: &'static str,
    /// The possibilities.
    pub choices: &'static [&'static str],
    /// The one taken when nothing is set.
    pub default: &'static str,
}

/// An option of a method.
#[derive(Debug)]
pub enum OptionSpec {
    /// A number within a range.
    Number(&'static NumberSpec),
    /// On or off.
    Switch(&'static SwitchSpec),
    /// One of a few.
    Choice(&'static ChoiceSpec),
}

impl OptionSpec {
    /// The option's name.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Number(spec) => spec.id,
            Self::Switch(spec) => spec.id,
            Self::Choice(spec) => spec.id,
        }
    }

    /// One line on what it does.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Number(spec) => spec.help,
            Self::Switch(spec) => spec.help,
            Self::Choice(spec) => spec.help,
        }
    }

    /// What may be set: `0 to 1`, `on or off`.
    #[must_use]
    pub fn range(&self) -> String {
        match self {
            Self::Number(spec) => format!("{} to {}", spec.min, spec.max),
            Self::Switch(_) => "on or off".to_owned(),
            Self::Choice(spec) => spec.choices.join(" or "),
        }
    }

    /// What holds when nothing is set; `None` where the model's card decides.
    #[must_use]
    pub fn default(&self) -> Option<String> {
        match self {
            Self::Number(spec) => spec.default.map(|number| number.to_string()),
            Self::Switch(spec) => spec.default.map(|on| if on { "on" } else { "off" }.to_owned()),
            Self::Choice(spec) => Some(spec.default.to_owned()),
        }
    }

    fn parse(&self, text: &str) -> Option<Value> {
        match self {
            Self::Number(spec) => {
                let number: f64 = text.parse().ok()?;
                (spec.min..=spec.max).contains(&number).then_some(Value::Number(number))
            }
            Self::Switch(_) => match text {
                "on" | "true" | "yes" | "1" => Some(Value::Switch(true)),
                "off" | "false" | "no" | "0" => Some(Value::Switch(false)),
                _ => None,
            },
            Self::Choice(spec) => {
                spec.choices.iter().find(|choice| **choice == text).map(|c| Value::Choice(c))
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Number(f64),
    Switch(bool),
    Choice(&'static str),
}

/// The options that were set for one method; what was not set has its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    set: BTreeMap<&'static str, Value>,
}

impl Options {
    /// Sets option `id` of `method` from text, as a command line or a form gives it.
    ///
    /// # Errors
    /// When the method has no such option or the value is out of range.
    pub fn set(&mut self, method: &MethodInfo, id: &str, value: &str) -> Result<(), MethodError> {
        let Some(spec) = method.options.iter().find(|spec| spec.id() == id) else {
            let known: Vec<String> = method.options.iter().map(|spec| spec.id().to_owned()).collect();
            let nearest = nearest(id, &known);
            return Err(MethodError::UnknownOption { method: method.id, id: id.to_owned(), nearest, known });
        };
        let parsed = spec.parse(value).ok_or_else(|| MethodError::InvalidOption {
            id: spec.id(),
            value: value.to_owned(),
            expected: spec.range(),
        })?;
        self.set.insert(spec.id(), parsed);
        Ok(())
    }

    /// The value of a number, within the range of its description.
    #[must_use]
    pub fn number(&self, spec: &NumberSpec) -> Option<f64> {
        match self.set.get(spec.id) {
            Some(Value::Number(number)) => Some(*number),
            _ => spec.default,
        }
    }

    /// Whether a switch is on.
    #[must_use]
    pub fn switch(&self, spec: &SwitchSpec) -> Option<bool> {
        match self.set.get(spec.id) {
            Some(Value::Switch(on)) => Some(*on),
            _ => spec.default,
        }
    }

    /// The choice that was made.
    #[must_use]
    pub fn choice(&self, spec: &ChoiceSpec) -> &'static str {
        match self.set.get(spec.id) {
            Some(Value::Choice(choice)) => choice,
            _ => spec.default,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WARMTH: NumberSpec =
        NumberSpec { id: "warmth", help: "How warm", min: 0.0, max: 2.0, default: Some(1.0) };
    static FLIP: SwitchSpec = SwitchSpec { id: "flip", help: "Average over a mirrored run", default: None };
    static SIZE: ChoiceSpec =
        ChoiceSpec { id: "size", help: "Working size", choices: &["small", "large"], default: "small" };
    static INFO: MethodInfo = MethodInfo {
        id: "test",
        name: "Test",
        summary: "A method to test options with",
        paper: None,
        guidance: &[],
        options: &[OptionSpec::Number(&WARMTH), OptionSpec::Switch(&FLIP), OptionSpec::Choice(&SIZE)],
        uses_model: false,
    };

    #[test]
    fn what_is_not_set_has_its_default() {
        let options = Options::default();
        assert_eq!(options.number(&WARMTH), Some(1.0));
        assert_eq!(options.switch(&FLIP), None);
        assert_eq!(options.choice(&SIZE), "small");
    }

    #[test]
    fn what_is_set_is_read_back() {
        let mut options = Options::default();
        for (id, value) in [("warmth", "0.5"), ("flip", "on"), ("size", "large")] {
            options.set(&INFO, id, value).unwrap();
        }
        assert_eq!(options.number(&WARMTH), Some(0.5));
        assert_eq!(options.switch(&FLIP), Some(true));
        assert_eq!(options.choice(&SIZE), "large");
    }

    #[test]
    fn values_out_of_range_are_refused_with_the_range() {
        let mut options = Options::default();
        for (id, value) in [("warmth", "2.1"), ("warmth", "NaN"), ("flip", "maybe"), ("size", "huge")] {
            let error = options.set(&INFO, id, value).unwrap_err();
            assert_eq!(error.code(), "option-out-of-range");
            assert!(error.to_string().contains(value), "{error}");
        }
        assert_eq!(options, Options::default());
    }

    #[test]
    fn a_misspelt_option_is_answered_with_the_right_one() {
        let error = Options::default().set(&INFO, "warmht", "1").unwrap_err();
        assert!(error.to_string().contains("did you mean `warmth`?"), "{error}");
    }
}
