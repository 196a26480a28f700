//! `cargo xtask bench`: how fast and how large, measured, compared with the last committed run, and written down.
//!
//! Every part gives figures; `docs/performance/figures.tsv` holds those of the last run of each part, and the tables of
//! `docs/performance.md` and the plots beside it are made from that file. What a part needs and does not find is said and
//! left out.

mod figures;
mod learning;
mod pictures;
mod process;
mod report;
mod stages;
mod whole;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use self::figures::{Figure, Figures};
use crate::flags;
use crate::shell::{self, root, target};

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
pub fn run(flags: flags::Bench) -> Result<()> {
    let python = || std::env::var_os("AUTOCHROME_PYTHON").unwrap_or_else(|| "python3".into()).into();
    let only: Vec<&str> = flags.only.iter().flat_map(|parts| parts.split(',')).collect();
    if let Some(wrong) = only.iter().find(|id| PARTS.iter().all(|part| part.id != **id)) {
        let known = PARTS.map(|part| part.id).join(", ");
        bail!("there is no part `{wrong}`; there are {known}");
    }
    let mut bench = Bench {
        program: shell::release(flags.program)?,
        libtorch: flags.libtorch.map(|program| program.canonicalize()).transpose()?,
        python: flags.python.unwrap_or_else(python),
        count: flags.count.unwrap_or(200),
        quick: flags.quick,
        folder: target().join("xtask/bench"),
        skipped: Vec::new(),
    };
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
    for part in PARTS.iter().filter(|part| only.is_empty() || only.contains(&part.id)) {
        eprintln!("\n{}", part.id);
        let found = (part.run)(&mut bench).with_context(|| format!("part `{}`", part.id))?;
        print!("{}", figures::compared(&found, &committed));
        all.replace(part.id, found);
    }
    if !(flags.dry || flags.quick) {
        all.write(&path)?;
        report::write(&all)?;
        println!("\ndocs/performance/ and the tables of docs/performance.md are written.");
    }
    for line in &bench.skipped {
        println!("skipped: {line}");
    }
    Ok(())
}
