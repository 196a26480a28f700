//! The keywords that Python knows are the names of an order: whoever adds a field, a slider or a filter is reminded here, Python or not.

use std::collections::BTreeSet;

use autochrome::document::OrderDocument;
use autochrome::{filters, tone};

const OPTIONS: &str = include_str!("../autochrome/_options.py");

/// What Python calls otherwise: spots and lines are `hints`, the sliders stand beside the rest, and a count belongs to `answers`.
const RENAMED: [&str; 4] = ["points", "strokes", "look", "variants"];

/// What is no field of an order.
const ADDED: [&str; 4] = ["hints", "filter", "references", "scribbles"];

#[test]
fn python_has_a_keyword_for_everything_that_can_be_ordered() {
    let document = serde_json::to_value(OrderDocument::default()).unwrap();
    let fields = document.as_object().unwrap().keys().map(String::as_str);
    let sliders = tone::CONTROLS.iter().chain(filters::CONTROLS).map(|control| control.id);
    let wanted: BTreeSet<&str> =
        fields.filter(|name| !RENAMED.contains(name)).chain(sliders).chain(ADDED).collect();

    let class = OPTIONS.split_once("class Wishes").unwrap().1;
    let names = class.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(": "));
    let known: BTreeSet<&str> = names
        .map(|(name, _)| name)
        .filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        .collect();
    assert_eq!(known, wanted);
}
