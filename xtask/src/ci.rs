//! `cargo xtask ci`: what must hold before a change is taken.

use anyhow::{Context as _, Result, ensure};

use crate::shell::{WORKSPACE, cargo, run, succeeds};
use crate::{smoke, test, web};

/// Everything; the web app before the tests, so that the program is built once, with the app in it.
pub fn run_all() -> Result<()> {
    format()?;
    web::test()?;
    test::run()?;
    lint()?;
    smoke::run()
}

/// Formatting, lints and documentation, without a warning.
pub fn lint() -> Result<()> {
    format()?;
    run(cargo(["clippy", "--all-targets"]).args(WORKSPACE).args(["--", "-D", "warnings"]))?;
    run(cargo(["doc", "--no-deps"]).args(WORKSPACE).env("RUSTDOCFLAGS", "-Dwarnings"))?;
    without_training()?;
    web::lint()
}

/// That the program as the README builds it, and the library, need no tensor library; and that the program type-checks so.
fn without_training() -> Result<()> {
    for package in ["autochrome", "autochrome-cli"] {
        let tree = cargo(["tree", "--package", package, "--edges", "normal", "--prefix", "none"])
            .output()
            .context("cannot list what is compiled")?;
        ensure!(tree.status.success(), "`cargo tree` failed for {package}");
        let tree = String::from_utf8_lossy(&tree.stdout);
        let burn = tree.lines().find(|line| line.starts_with("burn"));
        ensure!(burn.is_none(), "{package} depends on {}", burn.unwrap_or_default());
    }
    run(&mut cargo(["check", "--package", "autochrome-cli"]))
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
