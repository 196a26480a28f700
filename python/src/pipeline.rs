//! Orders, and pictures that they are carried out on.

use std::cell::RefCell;
use std::path::PathBuf;

use autochrome::document::OrderDocument;
use autochrome::{
    Alpha, Error, Features, FileType, Format, GuidanceFile, GuidanceFiles, Kind, Limits, MediaError,
    Memories, Model, Pixels, Watch, read_file, write_atomic,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyDict};

use crate::errors::exception;

/// What carries out orders: methods that are open, and the memory that all pictures share.
#[pyclass(frozen, module = "autochrome._native")]
pub struct Pipeline(autochrome::Pipeline);

/// What is to be done with a picture, checked.
#[pyclass(frozen, module = "autochrome._native")]
pub struct Order(autochrome::Order);

/// A file that says something about the colours.
#[derive(FromPyObject)]
pub enum File {
    /// Its bytes.
    Bytes(PyBackedBytes),
    /// Where it lies.
    Path(PathBuf),
}

/// A file of the result, the seed that it came from, its place among the answers, and its page.
type ResultFile<'py> = (Bound<'py, PyBytes>, Option<u64>, usize, usize);

/// Width, height, samples of red, green and blue, opacity, whether samples have 16 bits, the seed, and the place among the answers.
type ResultPixels<'py> =
    (u32, u32, Bound<'py, PyByteArray>, Option<Bound<'py, PyByteArray>>, bool, Option<u64>, usize);

/// Rows, columns, length of a vector, and values.
type Scale<'py> = (usize, usize, usize, Bound<'py, PyByteArray>);

#[pymethods]
impl Pipeline {
    #[new]
    fn new(memory_mb: u32) -> Self {
        Self(autochrome::Pipeline::new().with_memory(u64::from(memory_mb) << 20))
    }

    /// The order that a document (JSON), a model and files make together.
    fn order(
        &self,
        py: Python<'_>,
        document: &str,
        model: Option<&str>,
        references: Vec<File>,
        scribbles: Option<File>,
    ) -> PyResult<Order> {
        let document: OrderDocument =
            serde_json::from_str(document).map_err(|error| PyTypeError::new_err(error.to_string()))?;
        let make = || {
            let mut draft = match Memories::of_user() {
                Some(memories) => document.draft_with(&memories)?,
                None => document.draft()?,
            };
            if let Some(model) = model {
                draft.model = Model::find(model)?;
            }
            let references = references.into_iter().enumerate();
            let files = GuidanceFiles {
                scribbles: scribbles.map(|file| guidance_file("the scribbles".to_owned(), file)),
                references: references
                    .map(|(number, file)| guidance_file(format!("reference {}", number + 1), file))
                    .collect(),
                ..GuidanceFiles::default()
            };
            self.0.order(draft, &files)
        };
        py.detach(make).map(Order).map_err(|error| exception(py, &error))
    }

    /// Opens the method of an order: its id, and that of its model.
    fn open(&self, py: Python<'_>, order: &Order) -> PyResult<(&'static str, Option<String>)> {
        let opened = py.detach(|| self.0.open(&order.0)).map_err(|error| exception(py, &error))?;
        Ok((opened.info().id, opened.model().map(str::to_owned)))
    }

    /// From the bytes of a file to those of others.
    fn run<'py>(
        &self,
        py: Python<'py>,
        bytes: PyBackedBytes,
        order: &Order,
    ) -> PyResult<(Vec<ResultFile<'py>>, Bound<'py, PyDict>)> {
        let finished = watched(py, |watch| self.0.run(&bytes, &order.0, watch))?;
        let facts = facts(py, finished.method, finished.model, finished.kind, finished.warnings)?;
        let format = match finished.file_type {
            FileType::Picture(format) => format.extension(),
            FileType::OpenRaster => "ora",
        };
        facts.set_item("format", format)?;
        facts.set_item("size", finished.size)?;
        let results = finished.results.into_iter();
        let results = results.map(|file| {
            let page = file.page;
            (PyBytes::new(py, &file.bytes), file.seed, file.answer, page)
        });
        Ok((results.collect(), facts))
    }

    /// From the bytes of a file to pixels, in 8 bits where `narrow` asks for them.
    fn paint<'py>(
        &self,
        py: Python<'py>,
        bytes: PyBackedBytes,
        order: &Order,
        narrow: bool,
    ) -> PyResult<(Vec<ResultPixels<'py>>, Bound<'py, PyDict>)> {
        let painted = watched(py, |watch| self.0.paint(&bytes, &order.0, watch))?;
        let facts = facts(py, painted.method, painted.model, painted.kind, painted.warnings)?;
        let answers = painted.answers.into_iter();
        let answers = answers.map(|answer| {
            let raster = answer.colored.into_raster();
            let (rgb, deep) = samples(py, raster.pixels(), narrow);
            let alpha = raster.alpha().map(|alpha| opacity(py, alpha, narrow));
            (raster.width(), raster.height(), rgb, alpha, deep, answer.seed, answer.answer)
        });
        Ok((answers.collect(), facts))
    }

    /// What the network sees: for each scale the rows and columns of the grid, the length of a vector, and all vectors as `f32`.
    fn features<'py>(
        &self,
        py: Python<'py>,
        bytes: PyBackedBytes,
        order: &Order,
    ) -> PyResult<Vec<Scale<'py>>> {
        let scales = py.detach(|| self.0.features(&bytes, &order.0));
        let scales = scales.map_err(|error| exception(py, &error))?;
        let scale = |features: &Features| {
            let (columns, rows) = features.size();
            let values: Vec<f32> = features.vectors().flatten().copied().collect();
            (rows, columns, features.channels(), PyByteArray::new(py, bytemuck::cast_slice(&values)))
        };
        Ok(scales.iter().map(scale).collect())
    }

    /// What kind of picture it is, without colouring it.
    fn inspect<'py>(&self, py: Python<'py>, bytes: PyBackedBytes) -> PyResult<Bound<'py, PyDict>> {
        let seen = py.detach(|| self.0.inspect(&bytes)).map_err(|error| exception(py, &error))?;
        let facts = PyDict::new(py);
        facts.set_item("format", seen.format.extension())?;
        facts.set_item("size", (seen.width, seen.height))?;
        facts.set_item("bits", if seen.depth == autochrome::Depth::Sixteen { 16 } else { 8 })?;
        facts.set_item("pages", seen.pages)?;
        add_kind(&facts, seen.kind)?;
        facts.set_item("borders", seen.inner.map(|inner| (inner.x, inner.y, inner.width, inner.height)))?;
        facts.set_item("warnings", seen.warnings)?;
        Ok(facts)
    }
}

#[pymethods]
impl Order {
    /// The same with results in the format that the name of a file says.
    fn named(&self, py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let make = || {
            let unknown = || MediaError::UnknownExtension { path: path.clone() };
            let format = extension.and_then(Format::from_extension).ok_or_else(unknown)?;
            self.0.clone().in_format(Some(format))
        };
        make().map(Self).map_err(|error| exception(py, &error))
    }
}

/// The bytes of a file, within the default limits.
#[pyfunction]
pub fn read(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyBytes>> {
    let bytes = py.detach(|| read_file(&path, &Limits::default()));
    let bytes = bytes.map_err(|error| exception(py, &error.at(&path).into()))?;
    Ok(PyBytes::new(py, &bytes))
}

/// Writes a file that appears under its name when it is complete.
#[pyfunction]
pub fn write(py: Python<'_>, path: PathBuf, bytes: PyBackedBytes, overwrite: bool) -> PyResult<()> {
    let written = py.detach(|| write_atomic(&path, &bytes, overwrite));
    written.map_err(|error| exception(py, &error.into()))
}

fn guidance_file(name: String, file: File) -> GuidanceFile {
    match file {
        File::Bytes(bytes) => GuidanceFile::from_bytes(name, bytes.to_vec()),
        File::Path(path) => GuidanceFile::at(&path),
    }
}

/// Works without the interpreter, and stops between stages when Python has a signal to handle, such as Ctrl-C.
fn watched<T: Send>(py: Python<'_>, work: impl FnOnce(&Watch<'_>) -> Result<T, Error> + Send) -> PyResult<T> {
    let (result, signal) = py.detach(|| {
        let signal = RefCell::new(None);
        let reached = |_: f32| {
            if signal.borrow().is_none() {
                *signal.borrow_mut() = Python::attach(|py| py.check_signals().err());
            }
            signal.borrow().is_some()
        };
        let result = work(&Watch { reached: &reached, preview: None });
        (result, signal.into_inner())
    });
    match signal {
        Some(signal) => Err(signal),
        None => result.map_err(|error| exception(py, &error)),
    }
}

fn facts<'py>(
    py: Python<'py>,
    method: &str,
    model: Option<String>,
    kind: Kind,
    warnings: Vec<String>,
) -> PyResult<Bound<'py, PyDict>> {
    let facts = PyDict::new(py);
    facts.set_item("method", method)?;
    facts.set_item("model", model)?;
    add_kind(&facts, kind)?;
    facts.set_item("warnings", warnings)?;
    Ok(facts)
}

fn add_kind(facts: &Bound<'_, PyDict>, kind: Kind) -> PyResult<()> {
    facts.set_item("coloring", kind.coloring.id())?;
    facts.set_item("subject", kind.subject.id())?;
    facts.set_item("faded", kind.faded)
}

/// Samples as bytes, and whether there are two for each.
fn samples<'py>(py: Python<'py>, pixels: &Pixels, narrow: bool) -> (Bound<'py, PyByteArray>, bool) {
    match pixels {
        Pixels::Rgb8(samples) | Pixels::Gray8(samples) => (PyByteArray::new(py, samples), false),
        Pixels::Rgb16(samples) | Pixels::Gray16(samples) if narrow => (narrowed(py, samples), false),
        Pixels::Rgb16(samples) | Pixels::Gray16(samples) => {
            (PyByteArray::new(py, bytemuck::cast_slice(samples)), true)
        }
    }
}

fn opacity<'py>(py: Python<'py>, alpha: &Alpha, narrow: bool) -> Bound<'py, PyByteArray> {
    match alpha {
        Alpha::Eight(samples) => PyByteArray::new(py, samples),
        Alpha::Sixteen(samples) if narrow => narrowed(py, samples),
        Alpha::Sixteen(samples) => PyByteArray::new(py, bytemuck::cast_slice(samples)),
    }
}

/// The nearest of 8 bits.
fn narrowed<'py>(py: Python<'py>, samples: &[u16]) -> Bound<'py, PyByteArray> {
    let narrowed: Vec<u8> = samples.iter().map(|&sample| ((u32::from(sample) + 128) / 257) as u8).collect();
    PyByteArray::new(py, &narrowed)
}
