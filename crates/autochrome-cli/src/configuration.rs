//! Values of options from a file and from the environment, for commands that run as services.
//!
//! What the command line says comes first, then the environment, then the file, then the default. Values from elsewhere are put
//! on the command line and parsed again, so that one parser checks all of them and says what is wrong.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, FromArgMatches as _};

use crate::args::{self, Arguments};
use crate::exit::{Blame as _, Failure};
use crate::output;

/// Commands that are configured.
const COMMANDS: [&str; 2] = ["serve", "worker"];
/// Options that say how to configure.
const OWN: [&str; 2] = ["config", "print-config"];
/// What stands before the name of an option in the environment.
const PREFIX: &str = "AUTOCHROME_";

/// The command line with everything that is configured besides; `None` when that was to be printed alone.
///
/// # Errors
/// When a file cannot be read or names what there is not.
pub fn parse() -> Result<Option<Arguments>, Failure> {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let matches = args::command().get_matches_from(&typed);
    let Some((name, given)) = matches.subcommand().filter(|(name, _)| COMMANDS.contains(name)) else {
        return Ok(Some(from(&matches)));
    };
    let options = options(name);
    let environment = |name: &str| std::env::var_os(variable(name)).filter(|value| !value.is_empty());
    let file =
        given.get_one::<PathBuf>("config").cloned().or_else(|| environment("config").map(PathBuf::from));
    let entries = match &file {
        Some(path) => {
            let text = fs::read_to_string(path);
            let text = text.with_context(|| format!("cannot read {}", path.display())).usage()?;
            entries(&text, name).with_context(|| path.display().to_string()).usage()?
        }
        None => Vec::new(),
    };
    let (mut line, mut sources) = (typed, Vec::new());
    for option in &options {
        let long = option.get_long().unwrap_or_default();
        let typed = given.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine);
        let from_file = || {
            let entry = entries.iter().find(|(entry, _)| entry == long);
            entry.map(|(_, value)| (value.into(), "file".to_owned()))
        };
        let from_environment = || environment(long).map(|value| (value, variable(long)));
        match from_environment().or_else(from_file).filter(|_| !typed) {
            Some((value, source)) => {
                line.extend(
                    argument(option, &value).with_context(|| format!("`{long}` ({source})")).usage()?,
                );
                sources.push((long.to_owned(), source));
            }
            None if typed => sources.push((long.to_owned(), "command line".to_owned())),
            None => {}
        }
    }
    let matches = args::command().get_matches_from(&line);
    let given = matches.subcommand_matches(name).ok_or_else(|| anyhow!("no command")).usage()?;
    if given.get_flag("print_config") {
        output::print(print(name, &options, given, &sources).as_bytes())?;
        return Ok(None);
    }
    Ok(Some(from(&matches)))
}

fn from(matches: &ArgMatches) -> Arguments {
    Arguments::from_arg_matches(matches).unwrap_or_else(|error| error.exit())
}

/// The options of a command that can be configured.
fn options(name: &str) -> Vec<Arg> {
    let command = args::command();
    let command = command.find_subcommand(name).cloned().unwrap_or_default();
    let configurable =
        |option: &&Arg| option.get_long().is_some_and(|long| !OWN.contains(&long) && long != "help");
    command.get_arguments().filter(configurable).cloned().collect()
}

/// The variable of the environment for an option.
fn variable(long: &str) -> String {
    format!("{PREFIX}{}", long.replace('-', "_").to_ascii_uppercase())
}

/// What a file says for a command: what stands in its own table precedes what stands above all tables.
fn entries(text: &str, name: &str) -> anyhow::Result<Vec<(String, String)>> {
    let table: toml::Table = text.parse()?;
    let knows =
        |command: &str, key: &str| options(command).iter().any(|option| option.get_long() == Some(key));
    let unknown =
        |key: &str| anyhow!("there is no option `{key}`; write it as on the command line, without --");
    let (mut own, mut general) = (Vec::new(), Vec::new());
    for (key, entry) in &table {
        match entry {
            toml::Value::Table(theirs) if COMMANDS.contains(&key.as_str()) => {
                for (option, entry) in theirs {
                    if !knows(key, option) {
                        return Err(unknown(option));
                    }
                    let value = value(option, entry)?;
                    if key == name {
                        own.push((option.clone(), value));
                    }
                }
            }
            entry if COMMANDS.iter().any(|command| knows(command, key)) => {
                let value = value(key, entry)?;
                // What only another command has is for that one.
                if knows(name, key) {
                    general.push((key.clone(), value));
                }
            }
            _ => return Err(unknown(key)),
        }
    }
    own.append(&mut general);
    Ok(own)
}

/// A value as it would be typed.
fn value(key: &str, value: &toml::Value) -> anyhow::Result<String> {
    match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(switch) => Ok(switch.to_string()),
        _ => bail!("`{key}` is a string, a whole number, true or false"),
    }
}

/// An option with a value, as it would be typed.
fn argument(option: &Arg, value: &OsStr) -> anyhow::Result<Option<OsString>> {
    let long = format!("--{}", option.get_long().unwrap_or_default());
    if matches!(option.get_action(), ArgAction::SetTrue) {
        return match value.to_str() {
            Some("true" | "1") => Ok(Some(long.into())),
            Some("false" | "0") => Ok(None),
            _ => Err(anyhow!("a switch is true or false")),
        };
    }
    let mut argument = OsString::from(long + "=");
    argument.push(value);
    Ok(Some(argument))
}

/// Every value in TOML, with where it comes from.
fn print(name: &str, options: &[Arg], given: &ArgMatches, sources: &[(String, String)]) -> String {
    let mut text = format!("[{name}]\n");
    for option in options {
        let (id, long) = (option.get_id().as_str(), option.get_long().unwrap_or_default());
        let source =
            sources.iter().find(|(option, _)| option == long).map_or("default", |(_, source)| source);
        let value = if matches!(option.get_action(), ArgAction::SetTrue) {
            Some(given.get_flag(id).to_string())
        } else {
            let raw = given.get_raw(id).and_then(|mut values| values.next());
            raw.map(|raw| written(&without_password(&raw.to_string_lossy())))
        };
        text += &match value {
            Some(value) => format!("{long} = {value}  # {source}\n"),
            None => format!("# {long} is not set\n"),
        };
    }
    text
}

/// A value as TOML: numbers as such.
fn written(value: &str) -> String {
    match value.parse::<i64>() {
        Ok(number) => number.to_string(),
        Err(_) => toml::Value::String(value.to_owned()).to_string(),
    }
}

/// A URL without the secret that may stand in it.
fn without_password(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    match rest.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://***@{place}"),
        None => value.to_owned(),
    }
}
