//! `cargo xtask ci`: what must hold before a change is taken.

use anyhow::Result;

use crate::shell::{cargo, run, succeeds};
use crate::{smoke, test, web};

/// Everything, cheapest first.
pub fn run_all() -> Result<()> {
    format()?;
    test::run()?;
    web::test()?;
    lint()?;
    smoke::run()
}

/// Formatting, lints and documentation, without a warning.
pub fn lint() -> Result<()> {
    format()?;
    run(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run(cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-Dwarnings"))
}

fn format() -> Result<()> {
    // A toolchain of the minimal profile has neither; rustup brings both.
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !succeeds(&mut cargo([tool, "--version"])) {
            run(std::process::Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    run(&mut cargo(["fmt", "--all", "--check"]))
}
