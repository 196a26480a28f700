//! `autochrome colorize`: what the arguments mean, and the run.

use std::collections::BTreeMap;
use std::fs;
use std::io::{IsTerminal as _, Read as _};
use std::path::Path;
use std::thread::available_parallelism;

use anyhow::Context as _;
use autochrome::{Blame as Fault, Error, Extra, Format, GuidanceFiles, Limits, Order, OrderDraft, Pipeline};

use crate::args::{ColorizeArguments, FormatArgument};
use crate::colorize::guidance;
use crate::colorize::inputs::{self, Found, Input, Missing};
use crate::colorize::outputs::{self, Naming, Task};
use crate::colorize::report::Report;
use crate::colorize::worker::{Run, Settings};
use crate::exit::{Blame as _, Exit, Failure};
use crate::{interrupt, output};

/// Colours what the arguments name.
pub fn run(arguments: &ColorizeArguments) -> Result<Exit, Failure> {
    let naming = Naming {
        out_dir: arguments.out_dir.clone(),
        format: match arguments.format {
            FormatArgument::Same => None,
            FormatArgument::Png => Some(Format::Png),
            FormatArgument::Jpeg => Some(Format::Jpeg),
            FormatArgument::Webp => Some(Format::WebP),
            FormatArgument::Tiff => Some(Format::Tiff),
        },
        collage: arguments.collage,
        layers: arguments.layers,
        color_layer: arguments.color_layer,
        pages: arguments.pages,
        variants: arguments.variants as usize,
        resume: arguments.resume,
    };
    let Plan { tasks, missing, passed } = plan(arguments, &naming)?;
    let settings = Settings {
        jobs: arguments.jobs.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from),
        overwrite: arguments.overwrite,
        resume: arguments.resume,
        keep_dates: arguments.keep_dates,
        is_single: tasks.len() + missing.len() == 1,
        place_is_named: arguments.output.is_some() || arguments.out_dir.is_some(),
    };

    let mut report = Report::new(tasks.len() + missing.len(), passed, arguments.json);
    missing.iter().try_for_each(|missing| report.missing(missing))?;
    if tasks.is_empty() {
        return Ok(report.finish(false));
    }
    let pipeline = Pipeline::new().with_memory(u64::from(arguments.memory_limit) << 20);
    let order = order(arguments, &tasks, &pipeline)?;
    report.with(pipeline.open(&order).map_err(blame)?.as_ref());
    // Read before signals are caught: a program that waits for its input should end at the first Ctrl-C.
    let piped = if outputs::is_dash(&tasks[0].input) { Some(read_stdin()?) } else { None };
    if let Some(dir) = &arguments.out_dir {
        fs::create_dir_all(dir)
            .with_context(|| format!("cannot make the folder {}", dir.display()))
            .environment()?;
    }
    interrupt::install()?;
    let orders = in_formats(&order, &tasks)?;
    let run = Run { pipeline: &pipeline, orders: &orders, settings: &settings, piped: piped.as_deref() };
    let result = run.all(&tasks, |task, outcome| report.outcome(task, &outcome));
    let exit = report.finish(interrupt::requested());
    let fatal = result?;
    if fatal.is_some() && tasks.len() > 1 {
        output::note("stopped, the other pictures would fail in the same way");
    }
    Ok(fatal.unwrap_or(exit))
}

/// What the inputs mean.
#[derive(Default)]
struct Plan {
    /// What is to be done.
    tasks: Vec<Task>,
    /// Inputs that mean nothing.
    missing: Vec<Missing>,
    /// Files that were passed over, by their kind.
    passed: BTreeMap<&'static str, usize>,
}

fn plan(arguments: &ColorizeArguments, naming: &Naming) -> Result<Plan, Failure> {
    let ColorizeArguments { inputs: typed, output, out_dir, recursive, .. } = arguments;
    if typed.iter().chain(output).any(|path| outputs::is_dash(path)) {
        return Ok(Plan { tasks: vec![pipe(arguments, naming)?], ..Plan::default() });
    }
    let Found { inputs, missing, passed } = inputs::find(typed, *recursive, out_dir.as_deref());
    let Some(output) = output else {
        let wanted: Vec<bool> =
            inputs.iter().map(|input| arguments.shard.is_none_or(|shard| shard.holds(input))).collect();
        // All inputs are named first, so that results have the names of a run that is not shared.
        let tasks = outputs::assign(inputs, naming)?.into_iter().zip(wanted);
        let tasks = tasks.filter_map(|(task, wanted)| wanted.then_some(task)).collect();
        return Ok(Plan { tasks, missing, passed });
    };
    if typed.iter().any(|input| input.is_dir()) || inputs.len() + missing.len() > 1 {
        return Err(Failure::usage("--output names one file, but there are more inputs; use --out-dir"));
    }
    check_folder(output)?;
    let task = |input: Input| outputs::single(&input.path, output, naming);
    Ok(Plan { tasks: inputs.into_iter().map(task).collect::<Result<_, _>>()?, missing, passed })
}

/// What is to be done with every picture.
fn order(arguments: &ColorizeArguments, tasks: &[Task], pipeline: &Pipeline) -> Result<Order, Failure> {
    // Who names one file means it; in a folder lies what lies there.
    let is_alone = tasks.len() == 1 && arguments.inputs.len() == 1 && tasks[0].input == arguments.inputs[0];
    let ColorizeArguments { sliders, filter, quality, .. } = arguments;
    let beside = |wanted: bool| if wanted { Extra::Beside } else { Extra::Without };
    let mut draft = OrderDraft {
        pages: arguments.pages,
        variants: arguments.variants,
        invert: arguments.invert,
        borders: arguments.borders,
        leave_colored: !arguments.recolor && !is_alone,
        skip_damaged_pages: true,
        keep_tone: arguments.keep_tone,
        tone: sliders.tone(),
        look: sliders.look(*filter),
        collage: beside(arguments.collage),
        layers: beside(arguments.layers),
        color_layer: beside(arguments.color_layer),
        format: None,
        quality: *quality,
        ..arguments.choice.draft().map_err(blame)?
    };
    draft.guidance.seed = arguments.seed;
    let files: GuidanceFiles = guidance::read(&arguments.guidance, &mut draft)?;
    pipeline.order(draft, &files).map_err(blame)
}

/// The order once for every format that results have: names decide about them.
fn in_formats(order: &Order, tasks: &[Task]) -> Result<Vec<(Option<Format>, Order)>, Failure> {
    let mut orders: Vec<(Option<Format>, Order)> = Vec::new();
    for task in tasks {
        if orders.iter().all(|(format, _)| *format != task.format) {
            orders.push((task.format, order.clone().in_format(task.format).map_err(blame)?));
        }
    }
    Ok(orders)
}

/// Whose fault it is when no picture can be coloured.
fn blame(error: Error) -> Failure {
    let exit = if error.blame() == Fault::Request { Exit::Usage } else { Exit::Environment };
    Failure { exit, error: error.into() }
}

/// The one task of a run with `-` in it.
fn pipe(arguments: &ColorizeArguments, naming: &Naming) -> Result<Task, Failure> {
    let [input] = &arguments.inputs[..] else {
        return Err(Failure::usage("with - there is one input and one output"));
    };
    if arguments.out_dir.is_some() {
        return Err(Failure::usage(
            "a picture from stdin has no name; use --output FILE instead of --out-dir",
        ));
    }
    if arguments.shard.is_some() {
        return Err(Failure::usage("--shard shares files among machines; a picture from stdin is one"));
    }
    if let Some(output) = arguments.output.as_deref().filter(|output| !outputs::is_dash(output)) {
        check_folder(output)?;
        return outputs::single(input, output, naming);
    }
    let beside = [
        (arguments.json, "--json"),
        (arguments.collage, "--collage"),
        (arguments.layers, "--layers"),
        (arguments.color_layer, "--color-layer"),
    ];
    if let Some((_, flag)) = beside.into_iter().find(|(wanted, _)| *wanted) {
        return Err(Failure::usage(format!(
            "{flag} and the picture cannot both go to stdout; use --output FILE"
        )));
    }
    if arguments.variants > 1 {
        return Err(Failure::usage(
            "stdout holds one picture, and --variants asks for several answers; leave it out",
        ));
    }
    if std::io::stdout().is_terminal() {
        return Err(Failure::usage(
            "a terminal cannot show the picture; use --output FILE, or send stdout to a file",
        ));
    }
    Ok(Task {
        input: input.clone(),
        output: "-".into(),
        collage: None,
        layers: None,
        color_layer: None,
        further: Vec::new(),
        format: naming.format,
    })
}

/// The bytes of the input `-`, cut off where they are too many in any case.
fn read_stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let most = Limits::default().max_bytes + 1;
    std::io::stdin().lock().take(most).read_to_end(&mut bytes).context("cannot read stdin").environment()?;
    Ok(bytes)
}

fn check_folder(output: &Path) -> Result<(), Failure> {
    match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(Failure::usage(format!("there is no folder {}; make it first", folder.display())))
        }
        _ => Ok(()),
    }
}
