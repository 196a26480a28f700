//! The two programs, found once.

use std::process::{Child, ChildStdout, Command, Stdio};

use crate::complaints::Complaints;
use crate::error::{FilmError, Result};

/// The oldest version that works, major and minor.
const OLDEST: (u32, u32) = (4, 4);

/// An FFmpeg that is there and works.
#[derive(Clone, Debug)]
pub struct Ffmpeg {
    version: String,
}

impl Ffmpeg {
    /// Asks `ffmpeg` and `ffprobe` of the search path for their versions.
    ///
    /// # Errors
    /// [`FilmError::NoFfmpeg`] with the line that installs it, and [`FilmError::OldFfmpeg`].
    pub fn find() -> Result<Self> {
        version(&first_line("ffprobe")?, "ffprobe")?;
        Ok(Self { version: version(&first_line("ffmpeg")?, "ffmpeg")? })
    }

    /// As FFmpeg prints it: `5.1.8-0+deb12u1`, or `N-109542-g0f3c8f9` when it was built from its repository.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// `ffmpeg`, silent but for errors, deaf to the terminal.
    pub(crate) fn ffmpeg(&self) -> Command {
        let mut command = quiet("ffmpeg");
        command.arg("-nostdin");
        command
    }

    /// `ffprobe`, silent but for errors.
    pub(crate) fn ffprobe(&self) -> Command {
        quiet("ffprobe")
    }

    /// The arguments that keep every frame at its own time; the older name was removed from later versions.
    pub(crate) fn keep_timestamps(&self) -> [&'static str; 2] {
        match numbers(&self.version) {
            Some(version) if version < (5, 1) => ["-vsync", "passthrough"],
            _ => ["-fps_mode", "passthrough"],
        }
    }

    /// Starts a command that writes what is wanted to its standard output, and complaints to the other.
    pub(crate) fn start(mut command: Command) -> Result<(Child, ChildStdout, Complaints)> {
        let missing = |source| FilmError::NoFfmpeg { tool: "ffmpeg", source };
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(missing)?;
        match (child.stdout.take(), child.stderr.take()) {
            (Some(stdout), Some(stderr)) => Ok((child, stdout, Complaints::collect(stderr))),
            _ => Err(missing(std::io::Error::other("no pipes to it"))),
        }
    }

    /// Whether HDR can be mapped to what a screen of the old kind shows.
    pub(crate) fn maps_tones(&self) -> bool {
        let output = quiet("ffmpeg").arg("-filters").stdin(Stdio::null()).output();
        output.is_ok_and(|output| {
            String::from_utf8_lossy(&output.stdout)
                .lines()
                .any(|line| line.split_whitespace().nth(1) == Some("zscale"))
        })
    }
}

/// The version in the first line that a tool prints: "ffmpeg version 5.1.8-0+deb12u1 Copyright ...".
fn version(line: &str, tool: &'static str) -> Result<String> {
    let version = line.strip_prefix(tool).and_then(|rest| rest.trim_start().strip_prefix("version "));
    let version = version.and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    // What was built from the repository has a date or a commit for a number.
    let built = version.starts_with("N-") || version.contains("-git-");
    match numbers(version) {
        _ if built => Ok(version.to_owned()),
        Some(numbers) if numbers >= OLDEST => Ok(version.to_owned()),
        _ => Err(FilmError::OldFfmpeg { tool, told: line.chars().take(80).collect() }),
    }
}

/// Major and minor number of `5.1.8-0+deb12u1` and `n6.0`; nothing of a version that has none.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix('n').unwrap_or(version).split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next().map_or(Some(0), |minor| minor.parse().ok())?))
}

fn quiet(tool: &'static str) -> Command {
    let mut command = Command::new(tool);
    command.args(["-hide_banner", "-v", "error"]);
    // Ctrl-C in a terminal goes to a whole group of processes. FFmpeg would end its stream in good order, and a film cut
    // short would look like a finished one.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

fn first_line(tool: &'static str) -> Result<String> {
    let missing = |source| FilmError::NoFfmpeg { tool, source };
    let output = Command::new(tool).arg("-version").stdin(Stdio::null()).output().map_err(missing)?;
    if !output.status.success() {
        return Err(missing(std::io::Error::other(format!("`{tool} -version` failed: {}", output.status))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_and_other_programs_are_refused() {
        for line in [
            "ffmpeg version 3.4.11-0ubuntu0.1 Copyright",
            "ffmpeg version 4.3.6-0+deb11u1",
            "avconv 12",
            "",
            "ffmpeg",
        ] {
            assert!(matches!(version(line, "ffmpeg"), Err(FilmError::OldFfmpeg { .. })), "{line}");
        }
        for line in [
            "ffmpeg version 4.4.2 Copyright",
            "ffmpeg version n7.1",
            "ffmpeg version 8",
            "ffmpeg version N-1-gab",
        ] {
            assert!(version(line, "ffmpeg").is_ok(), "{line}");
        }
    }

    #[test]
    fn each_version_is_asked_in_its_own_words() {
        let asked = |version: &str| Ffmpeg { version: version.to_owned() }.keep_timestamps()[0];
        for old in ["4.4.2-0ubuntu0.22.04.1", "5.0.1"] {
            assert_eq!(asked(old), "-vsync", "{old}");
        }
        for new in ["5.1.8-0+deb12u1", "7.1", "n6.0", "N-109542-g0f3c8f9", "2026-01-01-git-abc"] {
            assert_eq!(asked(new), "-fps_mode", "{new}");
        }
    }
}
