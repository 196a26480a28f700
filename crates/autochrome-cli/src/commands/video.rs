//! `autochrome video`: what the arguments mean, and the run.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use autochrome::Pipeline;
use autochrome::film::FilmColorist;
use autochrome_film::{
    Codec, Container, Existing, Ffmpeg, FilmError, FilmOptions, Range, SceneOptions, Source, colorize,
    parts_folder,
};

use crate::args::{CodecArgument, MethodChoice, VideoArguments};
use crate::exit::{Exit, Failure};
use crate::video::film_blame;
use crate::video::guidance;
use crate::video::report::Report;
use crate::video::stills::Stills;
use crate::{interrupt, output};

/// Colours the film that the arguments name.
pub fn run(arguments: &VideoArguments) -> Result<Exit, Failure> {
    if let Some(end) = arguments.end.filter(|end| *end <= arguments.start) {
        return Err(Failure::usage(format!("--end {end} lies before --start {}", arguments.start)));
    }
    if !arguments.input.is_file() {
        let input = arguments.input.display();
        return Err(Failure::usage(if arguments.input.is_dir() {
            format!("{input} is a folder; name one film")
        } else {
            format!("there is no file {input}")
        }));
    }
    let ffmpeg = Ffmpeg::find().map_err(film_blame)?;
    let source = Source::probe(&ffmpeg, &arguments.input).map_err(film_blame)?;
    interrupt::install()?;
    let pipeline = Pipeline::new();
    let colorist = guidance::colorist(arguments, &pipeline, &ffmpeg, &source, interrupt::flag())?;
    print_notes(&source);
    if arguments.preview.is_some() || arguments.keyframes_out.is_some() {
        return stills(arguments, &ffmpeg, &source, &colorist);
    }
    film(arguments, &ffmpeg, &source, &colorist)
}

fn film(
    arguments: &VideoArguments,
    ffmpeg: &Ffmpeg,
    source: &Source,
    colorist: &FilmColorist<'_>,
) -> Result<Exit, Failure> {
    let is_webm = arguments
        .output
        .as_deref()
        .and_then(Path::extension)
        .is_some_and(|it| it.eq_ignore_ascii_case("webm"));
    // The only codec that such a file can hold needs not be named.
    let codec = arguments.codec.map(codec).or(is_webm.then_some(Codec::Av1));
    let used = codec.unwrap_or_else(|| Codec::for_depth(source.layout().depth));
    let result = match &arguments.output {
        Some(output) => output.clone(),
        None => default_output(&arguments.input, used),
    };
    check_output(&arguments.input, &result)?;
    if arguments.resume && result.is_file() && !parts_folder(&result).exists() {
        output::note(&format!("{} is finished already", result.display()));
        return Ok(Exit::Success);
    }
    let container = Container::of(&result, used).map_err(film_blame)?;
    container.losses(&source.others).iter().for_each(|loss| output::note(loss));
    let layout = used.layout(source.layout(), source.width, source.height);
    if layout.depth < source.layout().depth {
        output::note(&format!("{} holds {} bits; --codec h265 or ffv1 keep all", used.name(), layout.depth));
    }
    let options = FilmOptions {
        range: range(arguments),
        codec,
        crf: arguments.crf,
        tone: *colorist.order().tone(),
        side_by_side: arguments.collage,
        recolor: arguments.recolor,
        keep_scenes: keep_scenes(arguments),
        existing: match (arguments.overwrite, arguments.resume) {
            (true, _) => Existing::Replace,
            (_, true) => Existing::Resume,
            _ => Existing::Refuse,
        },
        made_with: made_with(arguments, colorist),
    };
    let report = Report::new();
    let done =
        colorize(ffmpeg, source, &result, &options, colorist, interrupt::flag(), &|at| report.progress(at));
    report.end();
    colorist.warnings().iter().for_each(|warning| output::note(warning));
    let summary = match done {
        Err(FilmError::Stopped) => {
            output::note("interrupted; the same command with --resume goes on");
            return Ok(Exit::Interrupted);
        }
        done => done.map_err(film_blame)?,
    };
    report.summary(&summary, source, &options);
    output::line(&format!("{} -> {}", arguments.input.display(), result.display()))?;
    match summary.damage {
        Some(damage) => {
            output::note(&format!(
                "{}: the film is damaged, what could be read is done ({damage})",
                arguments.input.display()
            ));
            Ok(Exit::SomeFailed)
        }
        None => Ok(Exit::Success),
    }
}

fn stills(
    arguments: &VideoArguments,
    ffmpeg: &Ffmpeg,
    source: &Source,
    colorist: &FilmColorist<'_>,
) -> Result<Exit, Failure> {
    let options = SceneOptions {
        range: range(arguments),
        tone: *colorist.order().tone(),
        recolor: arguments.recolor,
        keep_scenes: keep_scenes(arguments),
    };
    let stills = Stills { ffmpeg, source, options, colorist, stop: interrupt::flag() };
    if let Some(sheet) = &arguments.preview {
        let count = stills.sheet(sheet, arguments.overwrite)?;
        let scenes = output::count(count, "scene");
        output::line(&format!("{} -> {} ({scenes})", arguments.input.display(), sheet.display()))?;
    }
    if let Some(folder) = &arguments.keyframes_out {
        let count = stills.pictures(folder, arguments.overwrite)?;
        let pictures = output::count(count, "picture");
        output::line(&format!("{} -> {} ({pictures})", arguments.input.display(), folder.display()))?;
    }
    colorist.warnings().iter().for_each(|warning| output::note(warning));
    Ok(Exit::Success)
}

/// What is done with a film that is not as most are.
fn print_notes(source: &Source) {
    if let Some(treatment) = source.treatment() {
        output::note(treatment);
    }
    if source.turned {
        output::note("the film is stored turned; it is written upright");
    }
    if source.hdr() {
        output::note("the film is HDR; colours are found as if it were not, and may be too weak");
    }
    if source.request.drops_alpha {
        output::note("the film has opacity, which is left out");
    }
}

/// Scenes that stay as they are, by their numbers from 0.
fn keep_scenes(arguments: &VideoArguments) -> BTreeSet<u64> {
    arguments.keep_gray.iter().map(|number| number - 1).collect()
}

fn range(arguments: &VideoArguments) -> Range {
    Range { start_s: arguments.start, end_s: arguments.end }
}

/// Everything that decides about colours, so that parts of runs that differ are not mixed.
fn made_with(arguments: &VideoArguments, colorist: &FilmColorist<'_>) -> String {
    let VideoArguments { choice: MethodChoice { method, options, .. }, keyframes, guidance, .. } = arguments;
    let keyframes = keyframes.as_deref().map(contents);
    let hints = guidance.hints.as_deref().map(std::fs::read);
    let model = colorist.method().model();
    // What is said of the whole film: words, mood, memory, fixes.
    let mut order = DefaultHasher::new();
    colorist.order().hash(&mut order);
    let method = method.as_deref().unwrap_or(colorist.method().info().id);
    format!(
        "{method} {model:?} {options:?} {keyframes:?} {hints:?} {:?} {:x}",
        guidance.reference,
        order.finish()
    )
}

/// Names, sizes and times of the files of a folder.
fn contents(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let mut contents: Vec<String> = entries
        .filter_map(|entry| {
            let file = entry.metadata().ok()?;
            Some(format!("{:?} {} {:?}", entry.file_name(), file.len(), file.modified().ok()))
        })
        .collect();
    contents.sort();
    contents
}

/// `NAME.color.EXT`, with an extension that can hold the codec.
fn default_output(input: &Path, codec: Codec) -> PathBuf {
    let own = input.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let fits = |extension: &str| Container::of(Path::new(&format!("x.{extension}")), codec).is_ok();
    let extension = match own.as_deref() {
        Some(own @ ("mkv" | "mov" | "mp4" | "m4v")) if fits(own) => own.to_owned(),
        _ if fits("mp4") => "mp4".to_owned(),
        _ => "mkv".to_owned(),
    };
    input.with_extension(format!("color.{extension}"))
}

fn check_output(input: &Path, result: &Path) -> Result<(), Failure> {
    if let Some(folder) = result.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
    {
        return Err(Failure::usage(format!("there is no folder {}; make it first", folder.display())));
    }
    let same =
        input.canonicalize().ok().zip(result.canonicalize().ok()).is_some_and(|(one, other)| one == other);
    if same {
        return Err(Failure::usage(format!(
            "the result would replace the input {}; choose another name",
            input.display()
        )));
    }
    Ok(())
}

fn codec(argument: CodecArgument) -> Codec {
    match argument {
        CodecArgument::H264 => Codec::H264,
        CodecArgument::H265 => Codec::H265,
        CodecArgument::Av1 => Codec::Av1,
        CodecArgument::Prores => Codec::ProRes,
        CodecArgument::Ffv1 => Codec::Ffv1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_lies_beside_its_film_in_a_file_that_can_hold_it() {
        let named = |input: &str, codec| default_output(Path::new(input), codec).display().to_string();
        assert_eq!(named("a/film.mkv", Codec::H264), "a/film.color.mkv");
        assert_eq!(named("film.avi", Codec::H264), "film.color.mp4");
        assert_eq!(named("film.mp4", Codec::Ffv1), "film.color.mkv");
    }
}
