//! The tests of the Python package, with the library that cargo has built for the tests of Rust: nothing is compiled again.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::shell::{WORKSPACE, cargo, root, run as run_command, succeeds, target};

/// What the package must be able to run on.
const RECENT: &str = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 9))";

/// Builds what the tests need, with the features of all tests, and runs them alone.
pub fn run() -> Result<()> {
    run_command(
        cargo(["test", "--no-run", "--quiet", "--test", "keywords", "--test", "cli"]).args(WORKSPACE),
    )?;
    let folder = target().join("xtask/python");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let notes = folder.join("skipped.txt");
    fs::write(&notes, "")?;
    test(&notes)
}

/// Runs pytest; a line in the file `notes` says why not, where Python or what it needs cannot be had.
pub fn test(notes: &Path) -> Result<()> {
    let folder = target().join("xtask/python");
    let python = match interpreter(&folder)? {
        Ok(python) => python,
        Err(why) => {
            eprintln!("\nThe Python package was not tested: {why}");
            let mut notes = fs::File::options().append(true).open(notes)?;
            return Ok(writeln!(notes, "the Python package: {why}")?);
        }
    };
    lay_out(&folder.join("package"))?;
    let tests = root().join("python/tests");
    run_command(
        Command::new(python)
            .args(["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"])
            .arg(&tests)
            .current_dir(root())
            .env("PYTHONPATH", folder.join("package"))
            .env("AUTOCHROME_PROGRAM", target().join("debug/autochrome"))
            .env("AUTOCHROME_SKIPPED", notes),
    )
}

/// The server of S3's API that tests of Rust talk to, in the same environment; a test says what it does without.
pub fn moto_server() -> Result<Option<PathBuf>> {
    let folder = target().join("xtask/python");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let program = interpreter(&folder)?.ok().map(|python| python.with_file_name("moto_server"));
    Ok(program.filter(|program| program.exists()))
}

/// Python with what the tests import, in an environment of its own; or why there is none.
fn interpreter(folder: &Path) -> Result<Result<PathBuf, String>> {
    if !succeeds(Command::new("python3").args(["-c", RECENT])) {
        return Ok(
            Err("it needs Python 3.9 or later with venv (`sudo apt install python3-venv`)".to_owned()),
        );
    }
    let (venv, requirements) = (folder.join("venv"), root().join("python/tests/requirements.txt"));
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted =
        fs::read(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let installed = venv.join("installed.txt");
    if fs::read(&installed).is_ok_and(|there| there == wanted) && succeeds(Command::new(&python).arg("-V")) {
        return Ok(Ok(python));
    }
    eprintln!("\nPreparing Python in {}", venv.display());
    let made = succeeds(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    if !(made && succeeds(Command::new(&python).args(pip).arg(&requirements))) {
        return Ok(Err(format!("pip could not install {}", requirements.display())));
    }
    fs::write(&installed, wanted)?;
    Ok(Ok(python))
}

/// The package as `pip install ./python` would lay it out.
fn lay_out(folder: &Path) -> Result<()> {
    let (source, package) = (root().join("python/autochrome"), folder.join("autochrome"));
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(&package)?;
    for entry in source.read_dir()? {
        let path = entry?.path();
        if path.is_file() {
            fs::copy(&path, package.join(path.file_name().unwrap_or_default()))?;
        }
    }
    let built = format!("{}_native{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let built = target().join("debug/deps").join(built);
    let name = if cfg!(windows) { "_native.pyd" } else { "_native.abi3.so" };
    fs::copy(&built, package.join(name))
        .with_context(|| format!("the tests of Rust did not build {}", built.display()))?;
    Ok(())
}
