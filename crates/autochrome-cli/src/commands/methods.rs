//! `autochrome methods`: the registry, for people or as JSON.

use autochrome::registry::{self, Entry};
use autochrome::{DefaultValue, GuidanceKind, MethodInfo, OptionSpec};
use serde_json::{Value, json};

use crate::args::MethodsArguments;
use crate::exit::{Blame as _, Exit, Failure};
use crate::output;

/// Lists the methods, or shows one.
pub fn run(arguments: &MethodsArguments) -> Result<Exit, Failure> {
    let text = match &arguments.method {
        Some(id) => {
            let info = registry::find(id).usage()?.info;
            if arguments.json { as_json(info).to_string() } else { page(info) }
        }
        None if arguments.json => {
            Value::Array(registry::methods().iter().map(|entry| as_json(entry.info)).collect()).to_string()
        }
        None => list(registry::methods()),
    };
    output::line(text.trim_end())?;
    Ok(Exit::Success)
}

fn list(entries: &[Entry]) -> String {
    let width = entries.iter().map(|entry| entry.info.id.len()).max().unwrap_or(0);
    entries
        .iter()
        .map(|Entry { info, .. }| {
            let default = if info.id == registry::DEFAULT { " (default)" } else { "" };
            format!("{:width$}  {}{default}\n", info.id, info.summary)
        })
        .collect()
}

fn page(info: &MethodInfo) -> String {
    let mut page = format!("{} ({})\n{}.\n", info.name, info.id, info.summary);
    if let Some(paper) = &info.paper {
        let year = paper.year.map(|year| format!(", {year}")).unwrap_or_default();
        page += &format!("\nPaper: {}. \"{}\"{year}\n", paper.authors, paper.title);
    }
    if !info.takes.is_empty() {
        page += &format!("\nTakes: {}\n", names(info.takes).join(", "));
    }
    for need in info.needs {
        page += &format!("Needs: {}\n", names(need.any_of).join(" or "));
    }
    if !info.options.is_empty() {
        page += "\nOptions (--set OPTION=VALUE):\n";
        for option in info.options {
            page += &format!(
                "  {}  {}\n      {}, default {}\n",
                option.id(),
                option.help(),
                option.range(),
                default(option)
            );
        }
    }
    page
}

fn default(option: &OptionSpec) -> String {
    match option.default() {
        DefaultValue::Is(value) => value.to_string(),
        DefaultValue::Card => "as the model's card says".to_owned(),
    }
}

fn names(kinds: &[GuidanceKind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.name()).collect()
}

fn ids(kinds: &[GuidanceKind]) -> Vec<&'static str> {
    kinds.iter().map(|kind| kind.id()).collect()
}

fn as_json(info: &MethodInfo) -> Value {
    let options: Vec<Value> = info
        .options
        .iter()
        .map(|option| {
            let default = match option.default() {
                DefaultValue::Is(value) => Some(value.to_string()),
                DefaultValue::Card => None,
            };
            json!({"id": option.id(), "help": option.help(), "range": option.range(), "default": default})
        })
        .collect();
    let needs: Vec<Vec<&str>> = info.needs.iter().map(|need| ids(need.any_of)).collect();
    let paper = info.paper.as_ref().map(|p| json!({"title": p.title, "authors": p.authors, "year": p.year}));
    json!({
        "id": info.id,
        "name": info.name,
        "summary": info.summary,
        "paper": paper,
        "guidance": names(info.takes),
        "takes": ids(info.takes),
        "needs": needs,
        "options": options,
        "uses_model": info.uses_model,
        "default": info.id == registry::DEFAULT,
    })
}
