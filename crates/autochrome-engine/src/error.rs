use thiserror::Error;

/// What can go wrong with weights and inference.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NetError {
    /// The weights file is not one of ours, is damaged, or does not fit its own card.
    #[error("the weights cannot be used: {0}; get the file again or train it anew")]
    Weights(String),
    /// The description beside an ONNX file does not parse, or does not fit the file.
    #[error("the description of the ONNX file does not fit: {0}; mend the TOML file beside it")]
    Description(String),
    /// ONNX Runtime is not in this build, or its library is not on this machine.
    #[error(
        "ONNX files need ONNX Runtime: {0}; build with `--features onnxruntime`, `pip install onnxruntime`, and set \
         ORT_DYLIB_PATH to the libonnxruntime it brings"
    )]
    RuntimeMissing(String),
    /// ONNX Runtime refuses the file, or failed while it ran.
    #[error(
        "ONNX Runtime cannot run this file: {0}; is it whole, and does its description say the right sizes?"
    )]
    Runtime(String),
    /// The picture or an option does not fit the network.
    #[error("{0}")]
    Input(String),
}

impl NetError {
    /// A stable name for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Weights(_) => "bad-weights",
            Self::Description(_) => "bad-onnx-description",
            Self::RuntimeMissing(_) => "no-onnx-runtime",
            Self::Runtime(_) => "onnx-runtime-failed",
            Self::Input(_) => "bad-network-input",
        }
    }
}
