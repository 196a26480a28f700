//! `--saturation` and its like: an argument for every slider that the library describes.

use std::collections::BTreeMap;

use autochrome::{Control, Look, Tone, filters, tone};
use clap::builder::TypedValueParser as _;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

/// What the sliders were set to.
#[derive(Clone, Debug, Default)]
pub struct SliderArguments {
    values: BTreeMap<&'static str, f32>,
}

/// The sliders that leave lightness alone, as films do.
#[derive(Clone, Debug, Default)]
pub struct ToneArguments(pub SliderArguments);

/// Every slider but the amount of a filter, which `--filter NAME=AMOUNT` says.
fn sliders() -> impl Iterator<Item = &'static Control> {
    let look = filters::CONTROLS.iter().filter(|control| control.id != filters::AMOUNT.id);
    tone::CONTROLS.iter().chain(look).copied()
}

impl SliderArguments {
    /// What acts on the colours alone.
    pub fn tone(&self) -> Tone {
        let Ok(tone) = Tone::from_values(|control| Ok::<_, std::convert::Infallible>(self.value(control)));
        tone
    }

    /// What may change lightness, with a filter and its amount.
    pub fn look(&self, filter: Option<(&'static filters::Filter, f32)>) -> Look {
        let (filter, amount) = filter.unzip();
        let value = |control: &'static Control| {
            let given = amount.filter(|_| control.id == filters::AMOUNT.id);
            Ok::<_, std::convert::Infallible>(given.unwrap_or_else(|| self.value(control)))
        };
        let Ok(look) = Look::from_values(filter, value);
        look
    }

    fn value(&self, control: &Control) -> f32 {
        self.values.get(control.id).copied().unwrap_or(control.default)
    }
}

fn argument(control: &'static Control) -> Arg {
    let parser = clap::builder::StringValueParser::new().try_map(|text| {
        let value = text.parse::<f64>().ok().and_then(|value| control.accept(value));
        value.ok_or_else(|| format!("give a number from {}", control.range()))
    });
    Arg::new(control.id)
        .long(control.id)
        .value_name("X")
        .help(format!("{} ({}) [default: {}]", control.help, control.range(), control.default))
        .allow_hyphen_values(control.min < 0.0)
        .value_parser(parser)
}

impl Args for ToneArguments {
    fn augment_args(command: Command) -> Command {
        tone::CONTROLS.iter().fold(command, |command, control| command.arg(argument(control)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ToneArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        SliderArguments::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl Args for SliderArguments {
    fn augment_args(command: Command) -> Command {
        sliders().fold(command, |command, control| command.arg(argument(control)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SliderArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = Self::default();
        arguments.update_from_arg_matches(matches)?;
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        // A command need not have all of them.
        let given = sliders().filter_map(|control| {
            Some((control.id, *matches.try_get_one::<f32>(control.id).ok().flatten()?))
        });
        self.values.extend(given);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<SliderArguments, String> {
        let command = SliderArguments::augment_args(Command::new("x").no_binary_name(true));
        let matches = command.try_get_matches_from(arguments).map_err(|error| error.to_string())?;
        SliderArguments::from_arg_matches(&matches).map_err(|error| error.to_string())
    }

    #[test]
    fn every_slider_is_an_argument_and_what_is_not_given_changes_nothing() {
        assert!(parse(&[]).unwrap().tone().is_identity());
        for control in sliders() {
            let arguments = parse(&[&format!("--{}", control.id), &control.max.to_string()]).unwrap();
            let identity = arguments.tone().is_identity() && arguments.look(None).is_identity();
            assert!(!identity, "{}", control.id);
        }
        assert_eq!(parse(&["--tint", "-7.5"]).unwrap().tone().tint, -7.5);
    }

    #[test]
    fn a_film_has_the_sliders_that_leave_lightness_alone() {
        let command = || ToneArguments::augment_args(Command::new("x").no_binary_name(true));
        let matches = command().try_get_matches_from(["--saturation", "0.5"]).unwrap();
        let tone = ToneArguments::from_arg_matches(&matches).unwrap().0.tone();
        assert_eq!(tone, Tone { saturation: 0.5, ..Tone::default() });
        assert!(command().try_get_matches_from(["--contrast", "1.2"]).is_err());
    }

    #[test]
    fn a_number_out_of_range_is_refused_with_the_range() {
        for (arguments, range) in [(["--saturation", "4.01"], "0 to 4"), (["--tint", "x"], "-50 to 50")] {
            assert!(parse(&arguments).unwrap_err().contains(range));
        }
    }
}
