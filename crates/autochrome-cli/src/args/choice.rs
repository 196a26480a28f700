//! Which method answers, with which model and options: the same for pictures and films.

use autochrome::{Error, Model, OrderDraft, Setting};
use clap::Args;

use super::values::{key_value, method_ids};

/// `--method`, `--model` and `--set`.
#[derive(Clone, Debug, Args)]
pub struct MethodChoice {
    /// Method; `autochrome methods` lists them [default: neural, or the one that fits the guidance]
    #[arg(long, value_name = "ID", value_parser = method_ids())]
    pub method: Option<String>,

    /// Built-in model, weights file, or ONNX file with its description (.toml) next to it
    #[arg(long, value_name = "ID|FILE")]
    pub model: Option<String>,

    /// Set a method option; may be repeated
    #[arg(long = "set", value_name = "OPTION=VALUE", value_parser = key_value)]
    pub options: Vec<(String, String)>,
}

impl MethodChoice {
    /// An order of this method, and of nothing else.
    ///
    /// # Errors
    /// When there is no such model.
    pub fn draft(&self) -> Result<OrderDraft, Error> {
        let text = |(id, value): &(String, String)| (id.clone(), Setting::Text(value.clone()));
        Ok(OrderDraft {
            method: self.method.clone(),
            model: self.model.as_deref().map_or(Ok(Model::Default), Model::find)?,
            settings: self.options.iter().map(text).collect(),
            ..OrderDraft::default()
        })
    }
}
