//! Which vector instructions the engine computes with.

use std::fmt;

use pulp::{Arch, WithSimd};

/// A set of vector instructions that this processor has.
#[derive(Clone, Copy)]
pub struct Instructions(Arch);

impl Instructions {
    /// The widest there are here, found once a process.
    #[must_use]
    pub fn best() -> Self {
        Self(Arch::new())
    }

    /// Every set that this processor has, the widest first: for tests, and to compare.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(pulp::x86::V4::try_new().map(Arch::V4));
            all.extend(pulp::x86::V3::try_new().map(Arch::V3));
        }
        #[cfg(target_arch = "aarch64")]
        all.extend(pulp::aarch64::Neon::try_new().map(Arch::Neon));
        all.push(Arch::Scalar);
        all.into_iter().map(Self).collect()
    }

    /// What they are called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Arch::V4(_) => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Arch::V3(_) => "AVX2",
            #[cfg(target_arch = "aarch64")]
            Arch::Neon(_) => "NEON",
            _ => "none",
        }
    }

    /// Runs an operation with them.
    #[inline(always)]
    pub(super) fn dispatch<O: WithSimd>(self, operation: O) -> O::Output {
        self.0.dispatch(operation)
    }
}

impl fmt::Debug for Instructions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
