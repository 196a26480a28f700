//! The two programs, found once.

use std::process::{Command, Stdio};

use crate::error::{FilmError, Result};

/// An FFmpeg that is there and works.
#[derive(Clone, Debug)]
pub struct Ffmpeg {
    version: String,
}

impl Ffmpeg {
    /// Asks `ffmpeg` and `ffprobe` of the search path for their versions.
    ///
    /// # Errors
    /// [`FilmError::NoFfmpeg`] with the line that installs it.
    pub fn find() -> Result<Self> {
        first_line("ffprobe")?;
        let line = first_line("ffmpeg")?;
        // "ffmpeg version 5.1.8-0+deb12u1 Copyright ..."
        let version = line.split_whitespace().nth(2).unwrap_or("unknown").to_owned();
        Ok(Self { version })
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
        let mut numbers = self.version.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) if (major, minor) < (5, 1) => ["-vsync", "passthrough"],
            _ => ["-fps_mode", "passthrough"],
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
