//! `autochrome filters`: what can be put over a finished picture, for people or as JSON.

use autochrome::filters;
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::output;

/// Lists the filters.
pub fn run(as_json: bool) -> Result<Exit, Failure> {
    let all = filters::all();
    let text = if as_json {
        let filter = |filter: &filters::Filter| json!({"id": filter.id, "name": filter.name, "summary": filter.summary});
        Value::Array(all.iter().map(filter).collect()).to_string()
    } else {
        let width = all.iter().map(|filter| filter.id.len()).max().unwrap_or(0);
        let line = |filter: &filters::Filter| format!("{:width$}  {}\n", filter.id, filter.summary);
        all.iter().map(line).collect()
    };
    output::line(text.trim_end())?;
    Ok(Exit::Success)
}
