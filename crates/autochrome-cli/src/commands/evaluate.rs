//! `autochrome evaluate`: which rows the arguments ask for, and where the figures go.

use std::fs;
use std::path::Path;
use std::thread::available_parallelism;

use anyhow::Context as _;
use autochrome::{Blame as Fault, Error, GuidanceKind, Model, OrderDraft, Setting, registry, write_atomic};
use autochrome_evaluate::{
    EvaluateError, EvaluateOptions, EvaluationSet, Index, Painter, Pair, Progress, SetOptions, evaluate,
    json, report, table,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::EvaluateArguments;
use crate::exit::{Blame as _, Exit, Failure};
use crate::{interrupt, output};

/// Measures what the arguments name: the table goes to stdout, the rest to files.
pub fn run(arguments: &EvaluateArguments) -> Result<Exit, Failure> {
    let jobs = arguments.jobs.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
    let options = EvaluateOptions {
        jobs,
        hint_pictures: arguments.hint_pictures.unwrap_or(usize::MAX),
        hint_seed: arguments.seed,
        variants: arguments.variants.map_or(0, usize::from),
        suggestions: arguments.suggestions,
        frechet: !arguments.no_frechet,
        bootstrap: autochrome_evaluate::Bootstrap { seed: arguments.seed, ..Default::default() },
        ..EvaluateOptions::default()
    };
    let options = match &arguments.skin_sources[..] {
        [] => options,
        named => EvaluateOptions { skin_sources: named.to_vec(), ..options },
    };
    let painters = painters(arguments)?;
    let pairs = arguments.pairs.as_deref().map(Pair::read).transpose().usage()?;
    let index = Index::open(&arguments.data, "val").usage()?;
    // A manifest's pictures are named from its folder on.
    let root =
        if arguments.data.is_file() { arguments.data.parent() } else { Some(arguments.data.as_path()) };
    if let Some(folder) = &arguments.report {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))
            .environment()?;
    }

    interrupt::install()?;
    let stop = interrupt::flag();
    let size = SetOptions {
        size_px: arguments.size,
        limit: arguments.limit.unwrap_or(0),
        truth: !arguments.no_truth,
        jobs,
    };
    let bar = Bar::new();
    let work = || {
        let root = root.unwrap_or(Path::new(""));
        let set = match &pairs {
            Some(pairs) => EvaluationSet::load_pairs(pairs, root, size, stop)?,
            None => EvaluationSet::load(&index, root, size, stop)?,
        };
        let set = match &arguments.masks {
            Some(folder) => set.with_masks(folder)?,
            None => set,
        };
        let evaluation = evaluate(&set, &painters, &options, stop, |progress| bar.show(progress))?;
        let page = match &arguments.report {
            Some(_) => Some(report::html(&set, &evaluation, &painters, &title(&arguments.data), stop)?),
            None => None,
        };
        Ok((set, evaluation, page))
    };
    let result = work();
    bar.0.finish_and_clear();
    let (set, evaluation, page) = match result {
        Err(EvaluateError::Stopped) => {
            output::note("interrupted; nothing was written");
            return Ok(Exit::Interrupted);
        }
        result => result.map_err(blame)?,
    };

    output::print(table::text(&set, &evaluation).as_bytes())?;
    if let Some(file) = &arguments.json {
        write(file, &json::lines(&set, &evaluation))?;
    }
    if let (Some(folder), Some(page)) = (&arguments.report, page) {
        let file = folder.join("index.html");
        write(&file, &page)?;
        output::note(&format!("the report is {}", file.display()));
    }
    for (name, reason) in set.skipped() {
        output::note(&format!("{name}: {reason}"));
    }
    let whole = set.skipped().is_empty()
        && evaluation.failures.is_empty()
        && evaluation.rows.iter().all(|row| row.total.failed == 0);
    Ok(if whole { Exit::Success } else { Exit::SomeFailed })
}

/// The rows: gray, every method with every model, other programs, truth.
fn painters(arguments: &EvaluateArguments) -> Result<Vec<Painter>, Failure> {
    let mut painters = vec![Painter::gray()];
    let default = [registry::DEFAULT.to_owned()];
    let named =
        !(arguments.methods.is_empty() && arguments.models.is_empty() && !arguments.predictions.is_empty());
    let methods = if arguments.methods.is_empty() && named { &default[..] } else { &arguments.methods[..] };
    for id in methods.iter().filter(|id| id.as_str() != "gray") {
        let entry = registry::find(id).usage()?;
        let known = |(option, _): &&(String, String)| entry.info.option(option).is_some();
        let text = |(option, value): &(String, String)| (option.clone(), Setting::Text(value.clone()));
        let settings: Vec<_> = arguments.options.iter().filter(known).map(text).collect();
        let mut add = |name: String, model: Model| {
            let draft = OrderDraft {
                method: Some(id.clone()),
                model,
                settings: settings.clone(),
                ..OrderDraft::default()
            };
            let open = || entry.open(draft.model.source()).map_err(|error| blame_order(error.into()));
            draft.check_options(entry.info).map_err(blame_order)?;
            painters.push(Painter::method(&name, open()?, draft.clone()));
            if let Some(count) = arguments.hints.filter(|_| entry.info.takes.contains(&GuidanceKind::Points))
            {
                let name = format!("{name}, {count} hints");
                painters.push(Painter::hinted(name, open()?, draft.clone(), count.into(), arguments.seed));
            }
            if arguments.mood && entry.info.takes.contains(&GuidanceKind::Mood) {
                painters.push(Painter::told_mean(format!("{name}, true mean"), open()?, draft.clone()));
            }
            Ok::<(), Failure>(())
        };
        if !entry.info.uses_model || arguments.models.is_empty() {
            add(id.clone(), Model::Default)?;
            continue;
        }
        for model in &arguments.models {
            let label = label(model);
            let name = if id == registry::DEFAULT { label } else { format!("{id}:{label}") };
            let found = Model::find(model).map_err(blame_order)?;
            add(name, found)
                .map_err(|Failure { exit, error }| Failure { exit, error: error.context(model.clone()) })?;
        }
    }
    for (name, folder) in &arguments.predictions {
        painters.push(Painter::predictions(name, Path::new(folder)).usage()?);
    }
    if !arguments.no_truth {
        painters.push(Painter::truth());
    }
    let mut names: Vec<&str> = painters.iter().map(Painter::name).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            Err(Failure::usage(format!("two rows would be called `{}`; rename one or leave it out", pair[0])))
        }
        None => Ok(painters),
    }
}

/// A short name for a model: its id, or the last folder and the name of its file.
fn label(model: &str) -> String {
    let path = Path::new(model);
    if !path.is_file() {
        return model.to_owned();
    }
    let part = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let file = part(path.file_stem()).unwrap_or_else(|| model.to_owned());
    match part(path.parent().and_then(Path::file_name)) {
        Some(folder) => format!("{folder}/{file}"),
        None => file,
    }
}

fn title(data: &Path) -> String {
    format!(
        "Autochrome on {}",
        data.file_name().map_or_else(|| data.to_string_lossy(), |name| name.to_string_lossy())
    )
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    interrupt::undisturbed(|| write_atomic(file, text.as_bytes(), true)).environment()
}

fn blame(error: EvaluateError) -> Failure {
    let exit = if matches!(error, EvaluateError::Option { .. }) { Exit::Usage } else { Exit::Environment };
    Failure { exit, error: error.into() }
}

/// Whose fault it is when a method cannot be measured.
fn blame_order(error: Error) -> Failure {
    let exit = if error.blame() == Fault::Request { Exit::Usage } else { Exit::Environment };
    Failure { exit, error: error.into() }
}

struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos} of {len}  {wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    fn show(&self, progress: Progress<'_>) {
        let what = if progress.hints { "hint curve of" } else { "" };
        self.0.set_length(progress.of as u64);
        self.0.set_position(progress.done as u64);
        self.0.set_message(format!("{what} {}", progress.painter));
    }
}
