//! `cargo xtask web`: the web app, built with Node, so that the next `cargo build` puts it into the program.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::shell::{cargo, root, run as run_command, succeeds};

/// Builds the app.
pub fn build() -> Result<()> {
    ensure!(
        succeeds(Command::new("npm").arg("--version")),
        "npm is missing; install Node 20 or newer from https://nodejs.org or your system's packages"
    );
    install()?;
    run_command(&mut npm(&["run", "build"]))
}

/// Unit tests of the app, then the app in a real browser, served by the program.
pub fn test() -> Result<()> {
    build()?;
    run_command(&mut npm(&["test"]))?;
    let browser =
        std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    if !browser.exists() {
        install_browser();
    }
    if !browser.exists() {
        bail!(
            "the browser test was skipped: there is no browser at {}; `apt-get install chromium`, or set CHROMIUM to \
             one that is there",
            browser.display()
        );
    }
    run_command(&mut cargo(["build", "--package", "autochrome-cli"]))?;
    run_command(&mut npm(&["run", "e2e"]))
}

/// Builds the app and the program, and runs them.
pub fn serve() -> Result<()> {
    build()?;
    run_command(&mut cargo(["run", "--release", "--package", "autochrome-cli", "--", "serve"]))
}

/// Tries Debian's own Chromium; whoever asked looks whether it is there.
fn install_browser() {
    for arguments in [&["update"][..], &["install", "--yes", "--no-install-recommends", "chromium"]] {
        let mut apt = Command::new("apt-get");
        apt.args(["-o", "DPkg::Lock::Timeout=300"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        if !succeeds(&mut apt) {
            return;
        }
    }
}

/// Installs what the lock file says, unless that was done since it changed.
fn install() -> Result<()> {
    let changed = |name: &str| root().join("web").join(name).metadata().and_then(|data| data.modified());
    let fresh = match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    };
    if fresh { Ok(()) } else { run_command(&mut npm(&["ci", "--no-audit", "--no-fund"])) }
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(root().join("web"));
    command
}
