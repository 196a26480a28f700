//! The substance of `autochrome video`: what a person says about moments (`guidance`), what is shown meanwhile (`report`), and
//! single frames instead of a film (`stills`).

pub mod guidance;
pub mod report;
pub mod stills;

use autochrome::{Blame, Error};
use autochrome_film::FilmError;

use crate::exit::{Exit, Failure};

/// Whose fault it is when no keyframe can be coloured.
pub fn blame(error: Error) -> Failure {
    Failure { exit: exit(error.blame()), error: error.into() }
}

/// Whose fault it is when a film cannot be coloured.
pub fn film_blame(error: FilmError) -> Failure {
    Failure { exit: exit(error.category().blame()), error: error.into() }
}

fn exit(blame: Blame) -> Exit {
    match blame {
        Blame::Input => Exit::SomeFailed,
        Blame::Request => Exit::Usage,
        Blame::Stopped => Exit::Interrupted,
        _ => Exit::Environment,
    }
}
