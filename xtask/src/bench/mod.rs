//! `cargo xtask bench`: how fast and how large, measured, compared with the last committed run, and written down.
//!
//! Every part gives figures; `docs/performance/figures.tsv` holds those of the last run of each part, and the tables of
//! `docs/performance.md` and the plots beside it are made from that file. What a part needs and does not find is said and
//! left out.

mod figures;
mod http;
mod learning;
mod pictures;
mod process;
mod report;
mod stages;
mod whole;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use self::figures::{Figure, Figures};
use crate::shell::{cargo, root, run as run_command, target};

const HELP: &str = "\
cargo xtask bench [OPTION...]   measure speed and memory; eight minutes, after a release build

  --only PART,...   measure these parts alone: stages start sizes threads folder film server training inference
  --count N         pictures of the part `folder` [200]
  --program FILE    measure this program instead of building one
  --libtorch FILE   train with this program too, built with the feature libtorch
  --python FILE     the Python that may have torch and onnxruntime [$AUTOCHROME_PYTHON, else python3]
  --quick           do as little as shows that everything works; the figures mean nothing, and nothing is written
  --dry             print the figures, and write nothing
";

/// One thing to measure.
struct Part {
    id: &'static str,
    run: fn(&mut Bench) -> Result<Vec<Figure>>,
}

const PARTS: [Part; 9] = [
    Part { id: "stages", run: stages::measure },
    Part { id: "start", run: whole::start },
    Part { id: "sizes", run: whole::sizes },
    Part { id: "threads", run: whole::threads },
    Part { id: "folder", run: whole::folder },
    Part { id: "film", run: whole::film },
    Part { id: "server", run: whole::server },
    Part { id: "training", run: learning::training },
    Part { id: "inference", run: learning::inference },
];

/// What parts need to know.
pub struct Bench {
    program: PathBuf,
    libtorch: Option<PathBuf>,
    python: PathBuf,
    count: usize,
    quick: bool,
    /// A folder of our own, emptied at the beginning.
    folder: PathBuf,
    skipped: Vec<String>,
}

impl Bench {
    /// A path in the folder of this run.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// How often something is to be done that is done `n` times where figures are to mean something.
    fn times(&self, n: usize) -> usize {
        if self.quick { 1 } else { n }
    }

    /// Notes that something was not measured.
    fn skip(&mut self, what: &str, why: impl std::fmt::Display) {
        eprintln!("  skipped: {what}: {why}");
        self.skipped.push(format!("{what}: {why}"));
    }
}

/// Measures what the arguments ask for.
pub fn run(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let python = std::env::var_os("AUTOCHROME_PYTHON").unwrap_or_else(|| "python3".into());
    let mut bench = Bench {
        program: PathBuf::new(),
        libtorch: None,
        python: python.into(),
        count: 200,
        quick: false,
        folder: target().join("xtask/bench"),
        skipped: Vec::new(),
    };
    let (mut only, mut dry) = (Vec::new(), false);
    while let Some(option) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{option} needs a value"));
        match option.as_str() {
            "--only" => only.extend(value()?.split(',').map(str::to_owned)),
            "--count" => bench.count = value()?.parse().context("--count takes a number")?,
            "--program" => bench.program = Path::new(&value()?).canonicalize()?,
            "--libtorch" => bench.libtorch = Some(Path::new(&value()?).canonicalize()?),
            "--python" => bench.python = value()?.into(),
            "--quick" => (bench.quick, dry) = (true, true),
            "--dry" => dry = true,
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(());
            }
            _ => bail!("`{option}` is unknown\n\n{HELP}"),
        }
    }
    if let Some(wrong) = only.iter().find(|id| PARTS.iter().all(|part| part.id != **id)) {
        bail!("there is no part `{wrong}`\n\n{HELP}");
    }
    if bench.program.as_os_str().is_empty() {
        // The part `training` needs the feature; the others run the same code with it and without.
        run_command(&mut cargo([
            "build",
            "--release",
            "--package",
            "autochrome-cli",
            "--features",
            "train",
        ]))?;
        bench.program = target().join("release/autochrome");
    }
    if bench.quick {
        bench.count = bench.count.min(3);
    }
    if bench.folder.exists() {
        std::fs::remove_dir_all(&bench.folder)?;
    }
    std::fs::create_dir_all(&bench.folder)?;

    let path = root().join("docs/performance/figures.tsv");
    let committed = figures::committed();
    let mut all = Figures::read(&path);
    for part in PARTS.iter().filter(|part| only.is_empty() || only.iter().any(|id| id == part.id)) {
        eprintln!("\n{}", part.id);
        let found = (part.run)(&mut bench).with_context(|| format!("part `{}`", part.id))?;
        print!("{}", figures::compared(&found, &committed));
        all.replace(part.id, found);
    }
    if !dry {
        all.write(&path)?;
        report::write(&all)?;
        println!("\ndocs/performance/ and the tables of docs/performance.md are written.");
    }
    for line in &bench.skipped {
        println!("skipped: {line}");
    }
    Ok(())
}
