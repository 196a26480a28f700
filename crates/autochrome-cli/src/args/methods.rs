//! `autochrome methods`.

use clap::Args;

use super::values::method_ids;

/// `autochrome methods`.
#[derive(Debug, Args)]
pub struct MethodsArguments {
    /// Show this method with its options
    #[arg(value_name = "ID", value_parser = method_ids())]
    pub method: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
