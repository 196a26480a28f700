//! Where tensors live: the CPU by default, others by cargo feature.

use autochrome_errors::ErrorCode;
use burn::tensor::Device;
use thiserror::Error;

/// Names a caller may ask for, whether or not this build has them.
pub const NAMES: [&str; 7] = ["cpu", "libtorch", "libtorch-bf16", "cuda", "wgpu", "metal", "rocm"];

/// Why there is no such device.
#[derive(Debug, Error, ErrorCode)]
#[non_exhaustive]
pub enum DeviceError {
    /// The asked-for device is not compiled in.
    #[error(
        "device '{name}' is not in this build; rebuild with `--features {feature}` or use `--device cpu`"
    )]
    #[code("device-not-built", BadRequest)]
    NotBuilt {
        /// The device as asked for.
        name: String,
        /// The cargo feature that brings it.
        feature: &'static str,
    },
    /// The processor has no instructions for the asked-for device's numbers.
    #[error(
        "device 'libtorch-bf16' needs a processor with AVX-512, which this one lacks; use `--device libtorch`"
    )]
    #[code("device-unfit", Environment)]
    Processor,
    /// No device has this name.
    #[error("there is no device '{0}'; use one of cpu, libtorch, cuda, wgpu, metal, rocm")]
    #[code("unknown-device", BadRequest)]
    Unknown(String),
}

/// Lets tensors on the CPU compute on this many threads, from now on and in the whole process; to be called before the first of them does.
pub fn use_threads(count: usize) {
    // A pool that is there already keeps its size.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(count).build_global();
    #[cfg(feature = "libtorch")]
    tch::set_num_threads(i32::try_from(count).unwrap_or(i32::MAX));
}

/// The device called `name`; `cpu` is burn's pure-Rust backend and always there.
///
/// # Errors
/// [`DeviceError::Unknown`] for a name outside [`NAMES`], [`DeviceError::NotBuilt`] when the build lacks its feature,
/// [`DeviceError::Processor`] when it would crawl on this machine.
pub fn named(name: &str) -> Result<Device, DeviceError> {
    match name {
        "cpu" => Ok(Device::flex()),
        #[cfg(feature = "libtorch")]
        "libtorch-bf16" if !multiplies_bf16() => Err(DeviceError::Processor),
        #[cfg(feature = "libtorch")]
        #[allow(deprecated)] // Still the fastest CPU training there is; see docs/decisions.
        "libtorch" | "libtorch-bf16" => {
            crate::native::use_half_precision(name == "libtorch-bf16");
            Ok(Device::libtorch())
        }
        #[cfg(feature = "cuda")]
        "cuda" => Ok(Device::cuda(0)),
        #[cfg(feature = "wgpu")]
        "wgpu" => Ok(Device::wgpu(Default::default())),
        #[cfg(feature = "metal")]
        "metal" => Ok(Device::metal(Default::default())),
        #[cfg(feature = "rocm")]
        "rocm" => Ok(Device::rocm(0)),
        other => match NAMES.iter().find(|known| **known == other).map(|name| name.trim_end_matches("-bf16"))
        {
            Some(feature) => Err(DeviceError::NotBuilt { name: other.into(), feature }),
            None => Err(DeviceError::Unknown(other.into())),
        },
    }
}

/// Whether LibTorch multiplies in bfloat16 by more than its reference code, which took forty times as long as single precision on a processor
/// with AVX2 only.
#[cfg(feature = "libtorch")]
fn multiplies_bf16() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx512bw");
    #[cfg(not(target_arch = "x86_64"))]
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_device_lists_the_known_ones() {
        let error = named("tpu").unwrap_err();
        assert_eq!(error.code(), "unknown-device");
        assert!(error.to_string().contains("cuda"));
    }

    #[test]
    fn the_cpu_is_always_there() {
        assert!(named("cpu").is_ok());
    }
}
