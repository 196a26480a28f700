use thiserror::Error;

/// What can go wrong with weights, devices and inference.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NetError {
    /// The weights file is not one of ours, is damaged, or does not fit its own card.
    #[error("the weights cannot be used: {0}; get the file again or train it anew")]
    Weights(String),
    /// The asked-for device is not compiled in.
    #[error(
        "device '{name}' is not in this build; rebuild with `--features {feature}` or use `--device cpu`"
    )]
    Device {
        /// The device as asked for.
        name: String,
        /// The cargo feature that brings it.
        feature: &'static str,
    },
    /// No device has this name.
    #[error("there is no device '{0}'; use one of cpu, libtorch, cuda, wgpu, metal, rocm")]
    UnknownDevice(String),
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
            Self::Device { .. } => "device-not-built",
            Self::UnknownDevice(_) => "unknown-device",
            Self::Input(_) => "bad-network-input",
        }
    }
}
