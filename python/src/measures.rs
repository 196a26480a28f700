//! Figures of pictures: the same functions that `autochrome evaluate` uses, on 8-bit sRGB.

use autochrome::{Chroma, DecodeOptions, Error, decode};
use autochrome_color::delta_e::{ciede2000_plane, mean_ciede2000};
use autochrome_color::lab::{lab_to_rgb8, rgb8_to_lab};
use autochrome_color::metrics;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyByteArray;

use crate::errors::exception;

/// Width, height and samples of red, green and blue, interleaved.
type Rgb8 = (usize, usize, PyBackedBytes);

/// The pixels of a file in 8 bits.
#[pyfunction]
pub fn rgb8(py: Python<'_>, bytes: PyBackedBytes) -> PyResult<(usize, usize, Bound<'_, PyByteArray>)> {
    let read = || {
        let picture = decode(&bytes, &DecodeOptions::default())?;
        let (width, height) = picture.luma.size();
        let chroma = picture.chroma.unwrap_or_else(|| Chroma::neutral(width, height));
        Ok::<_, Error>((width, height, lab_to_rgb8(&picture.luma, &chroma)))
    };
    let (width, height, rgb) = py.detach(read).map_err(|error| exception(py, &error))?;
    Ok((width, height, PyByteArray::new(py, &rgb)))
}

/// Decibels over all samples.
#[pyfunction]
pub fn psnr(py: Python<'_>, prediction: Rgb8, truth: Rgb8) -> PyResult<f32> {
    check([&prediction, &truth])?;
    Ok(py.detach(|| metrics::psnr(&prediction.2, &truth.2)))
}

/// Mean over the channels; `None` where a side is too short for the window.
#[pyfunction]
pub fn ssim(py: Python<'_>, prediction: Rgb8, truth: Rgb8) -> PyResult<Option<f32>> {
    check([&prediction, &truth])?;
    let (width, height, _) = truth;
    Ok(py.detach(|| metrics::ssim_rgb8(&prediction.2, &truth.2, width, height)))
}

/// Mean over pixels.
#[pyfunction]
pub fn ciede2000(py: Python<'_>, prediction: Rgb8, truth: Rgb8) -> PyResult<f32> {
    check([&prediction, &truth])?;
    let (width, height, _) = truth;
    Ok(py.detach(|| {
        let (luma, chroma) = rgb8_to_lab(&prediction.2, width, height);
        let (true_luma, true_chroma) = rgb8_to_lab(&truth.2, width, height);
        mean_ciede2000(&luma, &chroma, &true_luma, &true_chroma)
    }))
}

/// One `f32` for every pixel.
#[pyfunction]
pub fn ciede2000_map<'py>(
    py: Python<'py>,
    prediction: Rgb8,
    truth: Rgb8,
) -> PyResult<Bound<'py, PyByteArray>> {
    check([&prediction, &truth])?;
    let (width, height, _) = truth;
    let plane = py.detach(|| {
        let (luma, chroma) = rgb8_to_lab(&prediction.2, width, height);
        let (true_luma, true_chroma) = rgb8_to_lab(&truth.2, width, height);
        ciede2000_plane(&luma, &chroma, &true_luma, &true_chroma)
    });
    Ok(PyByteArray::new(py, bytemuck::cast_slice(plane.data())))
}

/// CF after Hasler and Süsstrunk.
#[pyfunction]
pub fn colorfulness(py: Python<'_>, picture: Rgb8) -> PyResult<f32> {
    check([&picture, &picture])?;
    Ok(py.detach(|| metrics::colourfulness(&picture.2)))
}

/// That both are what they say, and of one size.
fn check([one, two]: [&Rgb8; 2]) -> PyResult<()> {
    let is_whole = |(width, height, rgb): &Rgb8| width.checked_mul(3 * *height) == Some(rgb.len());
    if !is_whole(one) || !is_whole(two) {
        return Err(PyValueError::new_err("samples do not fill the size"));
    }
    if (one.0, one.1) != (two.0, two.1) {
        let sizes = format!("{} × {} and {} × {}", one.0, one.1, two.0, two.1);
        return Err(PyValueError::new_err(format!(
            "two pictures of one size are compared; these are {sizes}"
        )));
    }
    Ok(())
}
