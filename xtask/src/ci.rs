//! `cargo xtask ci`: what must hold before a change is taken.

use anyhow::{Result, ensure};

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
    run(cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-Dwarnings"))?;
    web::lint()
}

/// Type-checks the devices that tests cannot run on, and says which do; compiles their backends, which takes minutes.
pub fn features() -> Result<()> {
    let mut failed = Vec::new();
    for feature in ["cuda", "wgpu", "metal", "rocm"] {
        match run(&mut cargo(["check", "--package", "autochrome-net", "--features", feature])) {
            Ok(()) => eprintln!("{feature}: type-checks"),
            Err(error) => {
                eprintln!("{feature}: {error}");
                failed.push(feature);
            }
        }
    }
    ensure!(failed.is_empty(), "these features do not type-check here: {}", failed.join(", "));
    Ok(())
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
