//! `autochrome._native`: orders and pictures between Python and the library, and nothing else. What people call is the package around it,
//! `python/autochrome`.

// A test program would have to be linked with Python; what can be tested without it is in `tests/`, everything else in pytest.
#[cfg(not(test))]
mod catalogue;
#[cfg(not(test))]
mod errors;
#[cfg(not(test))]
mod measures;
#[cfg(not(test))]
mod pipeline;

/// The module.
#[cfg(not(test))]
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use crate::catalogue::{fields, filters, methods, models, sliders, srgb_profile, version};
    #[pymodule_export]
    use crate::measures::{ciede2000, ciede2000_map, colorfulness, psnr, rgb8, ssim};
    #[pymodule_export]
    use crate::pipeline::{Order, Pipeline, read, write};
}
