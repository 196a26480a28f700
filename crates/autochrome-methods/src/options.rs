//! The knobs of a method: described as data, set from text or typed values, read with their types.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::MethodInfo;
use crate::error::{MethodError, nearest};

/// What holds for an option when nothing is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DefaultValue<T> {
    /// This value.
    Is(T),
    /// What the model's card says.
    Card,
}

/// A real number that can be set.
#[derive(Debug)]
pub struct RealSpec {
    /// Short lower-case name.
    pub id: &'static str,
    /// One line on what it does.
    pub help: &'static str,
    /// Smallest allowed value.
    pub min: f64,
    /// Largest allowed value.
    pub max: f64,
    /// Step of a slider; any number between is allowed all the same.
    pub step: Option<f64>,
    /// What it is measured in; empty for a plain factor.
    pub unit: &'static str,
    /// Value when nothing is set.
    pub default: DefaultValue<f64>,
}

/// A whole number that can be set.
#[derive(Debug)]
pub struct IntSpec {
    /// Short lower-case name.
    pub id: &'static str,
    /// One line on what it does.
    pub help: &'static str,
    /// Smallest allowed value, not negative.
    pub min: u32,
    /// Largest allowed value.
    pub max: u32,
    /// What it counts, such as `px`; empty where the help says it.
    pub unit: &'static str,
    /// Value when nothing is set.
    pub default: DefaultValue<u32>,
}

/// Something that is on or off.
#[derive(Debug)]
pub struct SwitchSpec {
    /// Short lower-case name.
    pub id: &'static str,
    /// One line on what it does when on.
    pub help: &'static str,
    /// State when nothing is set.
    pub default: DefaultValue<bool>,
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
    pub default: DefaultValue<&'static str>,
}

/// An option of a method.
#[derive(Debug)]
pub enum OptionSpec {
    /// A real number within a range.
    Real(&'static RealSpec),
    /// A whole number within a range.
    Int(&'static IntSpec),
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
            Self::Real(spec) => spec.id,
            Self::Int(spec) => spec.id,
            Self::Switch(spec) => spec.id,
            Self::Choice(spec) => spec.id,
        }
    }

    /// One line on what it does.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Real(spec) => spec.help,
            Self::Int(spec) => spec.help,
            Self::Switch(spec) => spec.help,
            Self::Choice(spec) => spec.help,
        }
    }

    /// What may be set: `0 to 1`, `16 to 2048 px`, `on or off`.
    #[must_use]
    pub fn range(&self) -> String {
        let with_unit =
            |range: String, unit: &str| if unit.is_empty() { range } else { format!("{range} {unit}") };
        match self {
            Self::Real(spec) => with_unit(format!("{} to {}", spec.min, spec.max), spec.unit),
            Self::Int(spec) => with_unit(format!("{} to {}", spec.min, spec.max), spec.unit),
            Self::Switch(_) => "on or off".to_owned(),
            Self::Choice(spec) => spec.choices.join(" or "),
        }
    }

    /// What holds when nothing is set.
    #[must_use]
    pub fn default(&self) -> DefaultValue<OptionValue> {
        fn of<T: Copy>(default: DefaultValue<T>, value: fn(T) -> OptionValue) -> DefaultValue<OptionValue> {
            match default {
                DefaultValue::Is(is) => DefaultValue::Is(value(is)),
                DefaultValue::Card => DefaultValue::Card,
            }
        }
        match self {
            Self::Real(spec) => of(spec.default, OptionValue::Real),
            Self::Int(spec) => of(spec.default, OptionValue::Int),
            Self::Switch(spec) => of(spec.default, OptionValue::Switch),
            Self::Choice(spec) => of(spec.default, OptionValue::Choice),
        }
    }

    /// The value of this option that `input` means; `None` when it means none or one out of range.
    fn value(&self, input: &OptionInput<'_>) -> Option<OptionValue> {
        match self {
            Self::Real(spec) => {
                let number = input.number()?;
                // Adding 0 makes 0 of -0, which would else be another value of the same meaning.
                (spec.min..=spec.max).contains(&number).then_some(OptionValue::Real(number + 0.0))
            }
            Self::Int(spec) => {
                let number = input.number()?;
                let allowed = (f64::from(spec.min)..=f64::from(spec.max)).contains(&number);
                (allowed && number.fract() == 0.0).then_some(OptionValue::Int(number as u32))
            }
            Self::Switch(_) => match &*input.text() {
                "on" | "true" | "yes" | "1" => Some(OptionValue::Switch(true)),
                "off" | "false" | "no" | "0" => Some(OptionValue::Switch(false)),
                _ => None,
            },
            Self::Choice(spec) => {
                let text = input.text();
                spec.choices.iter().copied().find(|choice| *choice == text).map(OptionValue::Choice)
            }
        }
    }
}

/// The value of an option, of the option's own type and within its range.
#[derive(Clone, Copy, Debug)]
pub enum OptionValue {
    /// Of [`OptionSpec::Real`].
    Real(f64),
    /// Of [`OptionSpec::Int`].
    Int(u32),
    /// Of [`OptionSpec::Switch`].
    Switch(bool),
    /// Of [`OptionSpec::Choice`].
    Choice(&'static str),
}

impl OptionValue {
    /// What tells two values apart; a real number counts by its bits, so that it can be hashed.
    fn bits(&self) -> (u8, u64, &'static str) {
        match *self {
            Self::Real(number) => (0, number.to_bits(), ""),
            Self::Int(number) => (1, number.into(), ""),
            Self::Switch(on) => (2, on.into(), ""),
            Self::Choice(choice) => (3, 0, choice),
        }
    }
}

impl PartialEq for OptionValue {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for OptionValue {}

impl Hash for OptionValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

impl fmt::Display for OptionValue {
    /// Text that [`Options::set`] reads as the same value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real(number) => number.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Switch(on) => f.write_str(if *on { "on" } else { "off" }),
            Self::Choice(choice) => f.write_str(choice),
        }
    }
}

/// What an option is set to, as somebody gives it: text of a command line, or a value of JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OptionInput<'a> {
    /// Words or digits.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// True or false.
    Switch(bool),
}

impl OptionInput<'_> {
    fn number(&self) -> Option<f64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Number(number) => Some(*number),
            Self::Switch(_) => None,
        }
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Switch(on) => Cow::Borrowed(if *on { "true" } else { "false" }),
        }
    }
}

impl<'a> From<&'a str> for OptionInput<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for OptionInput<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for OptionInput<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for OptionInput<'_> {
    fn from(on: bool) -> Self {
        Self::Switch(on)
    }
}

/// The options that were set for one method; what was not set has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    set: BTreeMap<&'static str, OptionValue>,
}

impl Options {
    /// Sets option `id` of `method`, from text or a typed value.
    ///
    /// # Errors
    /// When the method has no such option or the value is out of range.
    pub fn set<'a>(
        &mut self,
        method: &MethodInfo,
        id: &str,
        value: impl Into<OptionInput<'a>>,
    ) -> Result<(), MethodError> {
        let Some(spec) = method.option(id) else {
            let known: Vec<String> = method.options.iter().map(|spec| spec.id().to_owned()).collect();
            let nearest = nearest(id, &known);
            return Err(MethodError::UnknownOption { method: method.id, id: id.to_owned(), nearest, known });
        };
        let input = value.into();
        let value = spec.value(&input).ok_or_else(|| MethodError::InvalidOption {
            id: spec.id(),
            value: input.text().into_owned(),
            expected: spec.range(),
        })?;
        self.set.insert(spec.id(), value);
        Ok(())
    }

    /// The options that were set, by id; the texts of ids and values are what [`Options::set`] takes.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, OptionValue)> {
        self.set.iter().map(|(id, value)| (*id, *value))
    }

    /// The value of a real number. One that is left to the card and was not set counts as its smallest value; ask for those
    /// with [`Options::given_real`].
    #[must_use]
    pub fn real(&self, spec: &RealSpec) -> f64 {
        self.given_real(spec).unwrap_or(match spec.default {
            DefaultValue::Is(value) => value,
            DefaultValue::Card => spec.min,
        })
    }

    /// The value of a real number, if it was set.
    #[must_use]
    pub fn given_real(&self, spec: &RealSpec) -> Option<f64> {
        match self.set.get(spec.id) {
            Some(OptionValue::Real(number)) => Some(*number),
            _ => None,
        }
    }

    /// The value of a whole number. One that is left to the card and was not set counts as its smallest value; ask for those
    /// with [`Options::given_int`].
    #[must_use]
    pub fn int(&self, spec: &IntSpec) -> u32 {
        self.given_int(spec).unwrap_or(match spec.default {
            DefaultValue::Is(value) => value,
            DefaultValue::Card => spec.min,
        })
    }

    /// The value of a whole number, if it was set.
    #[must_use]
    pub fn given_int(&self, spec: &IntSpec) -> Option<u32> {
        match self.set.get(spec.id) {
            Some(OptionValue::Int(number)) => Some(*number),
            _ => None,
        }
    }

    /// Whether a switch is on. One that is left to the card and was not set counts as off; ask for those with
    /// [`Options::given_switch`].
    #[must_use]
    pub fn switch(&self, spec: &SwitchSpec) -> bool {
        self.given_switch(spec).unwrap_or(spec.default == DefaultValue::Is(true))
    }

    /// Whether a switch is on, if it was set.
    #[must_use]
    pub fn given_switch(&self, spec: &SwitchSpec) -> Option<bool> {
        match self.set.get(spec.id) {
            Some(OptionValue::Switch(on)) => Some(*on),
            _ => None,
        }
    }

    /// The choice that was made, or is made when nothing is set; `None` where the card decides.
    #[must_use]
    pub fn choice(&self, spec: &ChoiceSpec) -> Option<&'static str> {
        match (self.set.get(spec.id), spec.default) {
            (Some(&OptionValue::Choice(choice)), _) | (_, DefaultValue::Is(choice)) => Some(choice),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WARMTH: RealSpec = RealSpec {
        id: "warmth",
        help: "How warm",
        min: -1.0,
        max: 2.0,
        step: Some(0.1),
        unit: "",
        default: DefaultValue::Is(1.0),
    };
    static SIDE: IntSpec =
        IntSpec { id: "side", help: "How long", min: 2, max: 64, unit: "px", default: DefaultValue::Is(8) };
    static FLIP: SwitchSpec =
        SwitchSpec { id: "flip", help: "Average over a mirrored run", default: DefaultValue::Card };
    static SIZE: ChoiceSpec = ChoiceSpec {
        id: "size",
        help: "Working size",
        choices: &["small", "large"],
        default: DefaultValue::Is("small"),
    };
    static INFO: MethodInfo = MethodInfo {
        id: "test",
        name: "Test",
        summary: "A method to test options with",
        paper: None,
        needs: &[],
        takes: &[],
        options: &[
            OptionSpec::Real(&WARMTH),
            OptionSpec::Int(&SIDE),
            OptionSpec::Switch(&FLIP),
            OptionSpec::Choice(&SIZE),
        ],
        uses_model: false,
        reference_side: None,
    };

    fn all() -> Options {
        let mut options = Options::default();
        for (id, value) in [("warmth", "0.1"), ("side", "16"), ("flip", "on"), ("size", "large")] {
            options.set(&INFO, id, value).unwrap();
        }
        options
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        let options = Options::default();
        assert_eq!((options.real(&WARMTH), options.given_real(&WARMTH)), (1.0, None));
        assert_eq!((options.int(&SIDE), options.given_int(&SIDE)), (8, None));
        assert_eq!((options.switch(&FLIP), options.given_switch(&FLIP)), (false, None));
        assert_eq!(options.choice(&SIZE), Some("small"));
    }

    #[test]
    fn what_is_set_is_read_back() {
        let options = all();
        assert_eq!((options.real(&WARMTH), options.int(&SIDE)), (0.1, 16));
        assert_eq!((options.given_switch(&FLIP), options.choice(&SIZE)), (Some(true), Some("large")));
    }

    #[test]
    fn typed_values_are_those_of_their_text() {
        let mut typed = Options::default();
        typed.set(&INFO, "warmth", 0.1).unwrap();
        typed.set(&INFO, "side", 16.0).unwrap();
        typed.set(&INFO, "flip", true).unwrap();
        typed.set(&INFO, "size", "large").unwrap();
        assert_eq!(typed, all());
        let mut zero = Options::default();
        zero.set(&INFO, "warmth", -0.0).unwrap();
        assert_eq!(zero.iter().next(), Some(("warmth", OptionValue::Real(0.0))));
    }

    #[test]
    fn what_is_shown_is_read_as_the_same() {
        let mut again = Options::default();
        for (id, value) in all().iter() {
            again.set(&INFO, id, &value.to_string()).unwrap();
        }
        assert_eq!(again, all());
    }

    #[test]
    fn values_out_of_range_are_refused_with_the_range() {
        let mut options = Options::default();
        for (id, value) in [
            ("warmth", "2.1"),
            ("warmth", "NaN"),
            ("side", "1"),
            ("side", "2.5"),
            ("flip", "maybe"),
            ("size", "huge"),
        ] {
            let error = options.set(&INFO, id, value).unwrap_err();
            assert_eq!(error.code(), "option-out-of-range");
            assert!(error.to_string().contains(value), "{error}");
        }
        assert!(options.set(&INFO, "warmth", true).is_err() && options.set(&INFO, "side", f64::NAN).is_err());
        assert_eq!(options, Options::default());
    }

    #[test]
    fn a_misspelt_option_is_answered_with_the_right_one() {
        let error = Options::default().set(&INFO, "warmht", "1").unwrap_err();
        assert!(error.to_string().contains("did you mean `warmth`?"), "{error}");
    }
}
