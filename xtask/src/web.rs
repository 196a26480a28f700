//! `cargo xtask web`: the web app, built with Node, so that the next `cargo build` puts it into the program.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{apt_install, cargo, program, root, run as run_command, succeeds};

/// Oldest Node that builds the app.
const NODE: u32 = 20;

/// Builds the app.
pub fn build() -> Result<()> {
    match try_build()? {
        None => Ok(()),
        Some(missing) => bail!(missing),
    }
}

/// Unit tests of the app, then the app in a real browser, served by the program; what the machine has not is said plainly.
pub fn test() -> Result<()> {
    if let Some(missing) = try_build()? {
        skipped("the web app and its tests", &missing);
        return Ok(());
    }
    run_command(&mut npm(&["test"]))?;
    let browser =
        std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    if !browser.exists() {
        apt_install("chromium");
    }
    if !browser.exists() {
        let missing = format!(
            "there is no browser at {}; `sudo apt install chromium`, or set CHROMIUM to one that is there",
            browser.display()
        );
        skipped("the web app in a real browser", &missing);
        return Ok(());
    }
    run_command(npm(&["run", "e2e"]).env("AUTOCHROME", program()?).env("CHROMIUM", browser))
}

/// Formatting and lints of the app, and whether its types are those of web/openapi.json; a test of the server sees to that file.
pub fn lint() -> Result<()> {
    if let Some(missing) = try_install()? {
        skipped("formatting and lints of the web app", &missing);
        return Ok(());
    }
    run_command(&mut npm(&["run", "lint"]))
}

/// Writes web/openapi.json as the server tells it, and the app's types as that says.
pub fn api() -> Result<()> {
    let test = "the_document_that_the_web_app_is_made_of_is_this_one";
    run_command(
        cargo(["test", "--package", "autochrome-server", "--test", "http", test])
            .env("AUTOCHROME_BLESS", "1"),
    )?;
    if let Some(missing) = try_install()? {
        bail!(missing);
    }
    run_command(&mut npm(&["run", "api"]))
}

/// Builds the app and the program, and runs them.
pub fn serve() -> Result<()> {
    build()?;
    run_command(&mut cargo(["run", "--release", "--package", "autochrome-cli", "--", "serve"]))
}

fn skipped(what: &str, why: &str) {
    eprintln!("\nSkipped:\n  - {what}: {why}");
}

/// Builds the app, or tells what the machine has not.
fn try_build() -> Result<Option<String>> {
    match try_install()? {
        None => run_command(&mut npm(&["run", "build"])).map(|()| None),
        missing => Ok(missing),
    }
}

/// Installs what the app is built with, or tells what the machine has not.
fn try_install() -> Result<Option<String>> {
    if node_version().is_none_or(|version| version < NODE) || !succeeds(Command::new("npm").arg("--version"))
    {
        return Ok(Some(format!(
            "it needs Node {NODE} or newer with npm, from https://nodejs.org or your system's packages"
        )));
    }
    if let Err(error) = install() {
        // Without a network there is nothing to mend here; with one, something is wrong with the lock file.
        if succeeds(&mut npm(&["ping"])) {
            return Err(error);
        }
        return Ok(Some("npm's registry cannot be reached".to_owned()));
    }
    Ok(None)
}

/// The first number of `node --version`.
fn node_version() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs what the lock file says, unless that was done since it changed.
fn install() -> Result<()> {
    let changed = |name: &str| web().join(name).metadata().and_then(|data| data.modified());
    let fresh = match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    };
    if fresh { Ok(()) } else { run_command(&mut npm(&["ci", "--no-audit", "--no-fund"])) }
}

fn web() -> PathBuf {
    Path::new(root()).join("web")
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(web());
    command
}
