use std::path::{Path, PathBuf};

use autochrome_engine::NetError;
use autochrome_errors::ErrorCode;
use autochrome_net::device::DeviceError;
use thiserror::Error;

/// What can stop a training run.
#[derive(Debug, Error, ErrorCode)]
#[non_exhaustive]
pub enum TrainError {
    /// The recipe does not parse or contradicts itself.
    #[error("the recipe cannot be followed: {0}")]
    #[code("bad-recipe", BadRequest)]
    Recipe(String),
    /// Pictures are missing or unreadable.
    #[error(transparent)]
    #[code(transparent)]
    Data(#[from] autochrome_data::Error),
    /// A network or its weights.
    #[error(transparent)]
    #[code(transparent)]
    Net(#[from] NetError),
    /// Where it should be trained.
    #[error(transparent)]
    #[code(transparent)]
    Device(#[from] DeviceError),
    /// A file of the run cannot be read or written.
    #[error("{}: {source}", path.display())]
    #[code("io", Environment)]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder holds another run.
    #[error("{0}")]
    #[code("bad-checkpoint", BadInput)]
    Checkpoint(String),
    /// Processes that learn together do not fit.
    #[error("{0}")]
    #[code("bad-replica", BadRequest)]
    Replica(String),
    /// A process that learnt with this one is gone.
    #[error("{replica} is gone: {source}; start again with --resume")]
    #[code("replica-lost", Environment)]
    ReplicaLost {
        /// Which one.
        replica: String,
        /// What the connection said.
        source: std::io::Error,
    },
    /// A loss is no longer a number.
    #[error(
        "at step {step} the {loss} loss became {value}: lower the learning rate, then --resume from the last checkpoint"
    )]
    #[code("loss-not-a-number", BadInput)]
    NotANumber {
        /// When it happened.
        step: u64,
        /// Which of the losses.
        loss: &'static str,
        /// NaN or infinity.
        value: f32,
    },
    /// The discriminator wins every time, so that the generator learns nothing from it.
    #[error(
        "at step {step} the discriminator had been right about everything for {patience} steps (loss {loss:.2e}): \
         lower its width or raise lambda_l1, then start again"
    )]
    #[code("dead-discriminator", BadInput)]
    DeadDiscriminator {
        /// When it was noticed.
        step: u64,
        /// Steps in a row.
        patience: u64,
        /// Its loss.
        loss: f32,
    },
}

impl TrainError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}
