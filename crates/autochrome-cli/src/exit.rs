//! Exit codes are a contract: scripts may rely on them.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Success = 0,
    /// Some inputs failed; the others are done.
    SomeFailed = 1,
    /// The command line asks for something impossible; nothing was touched.
    Usage = 2,
    /// Something around the program is missing or broken: a model, a folder, the disk.
    Environment = 3,
    /// Ctrl-C or a request to terminate; what was finished stays.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command could not go on, and the code that says so.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong and what to do.
    pub error: anyhow::Error,
}

impl Failure {
    /// The command line asks for something impossible.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, error: anyhow::Error::msg(message.into()) }
    }

    /// What is asked for is not in this build; says which cargo feature has it.
    #[cfg(not(all(feature = "serve", feature = "dataset", feature = "evaluate", feature = "train")))]
    pub fn left_out(what: &str, feature: &str) -> Self {
        let message = format!(
            "this program was built without {what}; in a checkout of its source, `cargo install --path \
             crates/autochrome-cli --features {feature}` builds one with it"
        );
        Self { exit: Exit::Environment, error: anyhow::Error::msg(message) }
    }
}

/// Says whose fault an error is, where it is known.
pub trait Blame<T> {
    /// The command line's.
    fn usage(self) -> Result<T, Failure>;
    /// The surroundings'.
    fn environment(self) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> Blame<T> for Result<T, E> {
    fn usage(self) -> Result<T, Failure> {
        self.map_err(|error| Failure { exit: Exit::Usage, error: error.into() })
    }

    fn environment(self) -> Result<T, Failure> {
        self.map_err(|error| Failure { exit: Exit::Environment, error: error.into() })
    }
}
