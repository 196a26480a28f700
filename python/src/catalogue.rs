//! What there is to choose from, as the library lists it.

use autochrome::document::OrderDocument;
use autochrome::{Control, OptionSpec, models as library_models, registry, tone};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

/// The version of the library.
#[pyfunction]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The names that an order has, without those of filter and sliders.
#[pyfunction]
pub fn fields() -> PyResult<Vec<String>> {
    let written = serde_json::to_value(OrderDocument::default());
    let written = written.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    Ok(written.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect())
}

/// Every slider with its range.
#[pyfunction]
pub fn sliders(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let controls = tone::CONTROLS.iter().chain(autochrome::filters::CONTROLS);
    controls.map(|control| slider(py, control)).collect()
}

/// Every filter: id and summary.
#[pyfunction]
pub fn filters() -> Vec<(&'static str, &'static str)> {
    autochrome::filters::all().iter().map(|filter| (filter.id, filter.summary)).collect()
}

/// Every method with the ids of its options.
#[pyfunction]
pub fn methods(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let describe = |entry: &registry::Entry| {
        let facts = PyDict::new(py);
        facts.set_item("id", entry.info.id)?;
        facts.set_item("name", entry.info.name)?;
        facts.set_item("summary", entry.info.summary)?;
        facts.set_item("uses_model", entry.info.uses_model)?;
        let options: Vec<&str> = entry.info.options.iter().map(OptionSpec::id).collect();
        facts.set_item("options", options)?;
        Ok(facts)
    };
    registry::methods().iter().map(describe).collect()
}

/// The ids of the built-in models, the default first.
#[pyfunction]
pub fn models() -> Vec<&'static str> {
    library_models::builtin().iter().map(|model| model.id).collect()
}

/// The ICC profile of all results.
#[pyfunction]
pub fn srgb_profile(py: Python<'_>) -> Bound<'_, PyBytes> {
    PyBytes::new(py, autochrome::srgb_profile())
}

fn slider<'py>(py: Python<'py>, control: &Control) -> PyResult<Bound<'py, PyDict>> {
    let facts = PyDict::new(py);
    facts.set_item("id", control.id)?;
    facts.set_item("help", control.help)?;
    facts.set_item("min", control.min)?;
    facts.set_item("max", control.max)?;
    facts.set_item("default", control.default)?;
    facts.set_item("unit", control.unit)?;
    Ok(facts)
}
