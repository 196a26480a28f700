use autochrome_errors::ErrorCode;
use thiserror::Error;

/// What can go wrong with weights and inference.
#[derive(Debug, Error, ErrorCode)]
#[non_exhaustive]
pub enum NetError {
    /// The weights file is not one of ours, is damaged, or does not fit its own card.
    #[error("the weights cannot be used: {0}; get the file again or train it anew")]
    #[code("bad-weights", Environment)]
    Weights(String),
    /// The description beside an ONNX file does not parse, or does not fit the file.
    #[error("the description of the ONNX file does not fit: {0}; mend the TOML file beside it")]
    #[code("bad-onnx-description", Environment)]
    Description(String),
    /// ONNX Runtime is not in this build, or its library is not on this machine.
    #[error(
        "ONNX files need ONNX Runtime: {0}; build with `--features onnxruntime`, `pip install onnxruntime`, and set \
         ORT_DYLIB_PATH to the libonnxruntime it brings"
    )]
    #[code("no-onnx-runtime", Environment)]
    RuntimeMissing(String),
    /// ONNX Runtime refuses the file, or failed while it ran.
    #[error(
        "ONNX Runtime cannot run this file: {0}; is it whole, and does its description say the right sizes?"
    )]
    #[code("onnx-runtime-failed", Environment)]
    Runtime(String),
    /// Nobody waits for the answer any more.
    #[error("stopped before it was finished")]
    #[code("stopped", Stopped)]
    Stopped,
    /// The picture or an option does not fit the network.
    #[error("{0}")]
    #[code("bad-network-input", Environment)]
    Input(String),
}
