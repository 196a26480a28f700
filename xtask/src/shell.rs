//! Running other programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo puts what it builds, and chores what they need for a while.
pub fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// cargo, in the root of the workspace.
pub fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Everything there is, training, queues in NATS and OpenTelemetry too. Chores that build name the same features, so that nothing is compiled twice.
pub const WORKSPACE: [&str; 3] =
    ["--workspace", "--features", "autochrome-cli/train,autochrome-cli/nats,autochrome-cli/otel"];

/// Shows `command` and runs it to its end.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    eprintln!("\n$ {shown}");
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    ensure!(status.success(), "`{shown}` failed ({status})");
    Ok(())
}

/// Whether `command` runs and succeeds; its output is thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The program as the tests have built it; `cargo build` would compile its dependencies once more, with other features.
pub fn program() -> Result<PathBuf> {
    run(cargo(["test", "--no-run", "--quiet"]).args(WORKSPACE))?;
    Ok(target().join("debug/autochrome"))
}

/// `program`, or the release build, made now, where none is named.
pub fn release(program: Option<PathBuf>) -> Result<PathBuf> {
    match program {
        Some(program) => {
            program.canonicalize().with_context(|| format!("there is no program at {}", program.display()))
        }
        None => {
            // Some chores train; the others run the same code with it and without.
            run(&mut cargo(["build", "--release", "--package", "autochrome-cli", "--features", "train"]))?;
            Ok(target().join("release/autochrome"))
        }
    }
}

/// Tries to install a package of Debian; whoever asked looks whether it is there.
pub fn apt_install(package: &str) {
    if !succeeds(Command::new("apt-get").arg("--version")) {
        return;
    }
    eprintln!("{package} is missing; trying to install it");
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(["-o", "DPkg::Lock::Timeout=300"]).args(arguments);
        succeeds(command.env("DEBIAN_FRONTEND", "noninteractive"))
    };
    // Package lists may be old or absent, as in a container.
    let install = ["install", "-y", "--no-install-recommends", package];
    if !(apt(&install) || (apt(&["update"]) && apt(&install))) {
        eprintln!("it could not be installed (`sudo apt install {package}` may)");
    }
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}
