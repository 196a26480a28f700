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
    left_out()?;
    web::lint()
}

/// That the program and the library need no tensor library, the program no client of NATS and none of OpenTelemetry, that of the README's
/// first command no server either; and that both programs type-check.
fn left_out() -> Result<()> {
    for (package, features, left_out) in [
        ("autochrome", &[][..], "burn"),
        ("autochrome-cli", &[], "burn"),
        ("autochrome-cli", &[], "async-nats"),
        ("autochrome-cli", &[], "opentelemetry"),
        ("autochrome-cli", &["--no-default-features"], "axum"),
    ] {
        let tree = cargo(["tree", "--package", package, "--edges", "normal", "--prefix", "none"])
            .args(features)
            .output()
            .context("cannot list what is compiled")?;
        ensure!(tree.status.success(), "`cargo tree` failed for {package}");
        let tree = String::from_utf8_lossy(&tree.stdout);
        let found = tree.lines().find(|line| line.starts_with(left_out));
        ensure!(found.is_none(), "{package} depends on {}", found.unwrap_or_default());
    }
    run(&mut cargo(["check", "--package", "autochrome-cli"]))?;
    run(&mut cargo(["check", "--package", "autochrome-cli", "--no-default-features"]))
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
