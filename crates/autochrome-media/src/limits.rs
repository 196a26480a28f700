//! How much a stranger's file may cost.

use crate::{Format, MediaError};

/// Limits that are checked on the header, before memory for pixels is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels, width times height; 320 million unless told otherwise.
    pub max_pixels: u64,
    /// Most bytes of the file itself; 512 MB unless told otherwise.
    pub max_bytes: u64,
    /// Longest side in pixels; 50,000 unless told otherwise.
    pub max_side_px: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pixels: 320_000_000, max_bytes: 512_000_000, max_side_px: 50_000 }
    }
}

impl Limits {
    pub(crate) fn check_bytes(&self, bytes: u64) -> Result<(), MediaError> {
        if bytes > self.max_bytes {
            return Err(MediaError::TooManyBytes { bytes, limit: self.max_bytes });
        }
        Ok(())
    }

    pub(crate) fn check_size(&self, format: Format, width: u32, height: u32) -> Result<(), MediaError> {
        if width == 0 || height == 0 {
            return Err(MediaError::ZeroSize { format, width, height });
        }
        if width.max(height) > self.max_side_px {
            return Err(MediaError::SideTooLong { width, height, limit_px: self.max_side_px });
        }
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(MediaError::TooManyPixels { width, height, limit: self.max_pixels });
        }
        Ok(())
    }

    /// What a decoder may allocate besides: every sample of the widest layout twice, and a floor for small pictures.
    pub(crate) fn decoder_bytes(&self, width: u32, height: u32) -> u64 {
        (u64::from(width) * u64::from(height)).saturating_mul(16).saturating_add(64 << 20)
    }
}

/// `count` zeroes, or an error where a plain `vec!` would abort the process.
pub(crate) fn zeroed<T: Copy + Default>(count: usize) -> Result<Vec<T>, MediaError> {
    let mut samples = Vec::new();
    samples.try_reserve_exact(count).map_err(|_| MediaError::OutOfMemory)?;
    samples.resize(count, T::default());
    Ok(samples)
}
