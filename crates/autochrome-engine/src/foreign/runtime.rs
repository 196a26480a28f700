//! ONNX Runtime, loaded when it is needed.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use autochrome_color::Chroma;
use ort::environment::Environment;
use ort::session::{Session, SessionInputValue};
use ort::value::Tensor;

use super::Description;
use crate::NetError;
use crate::backend::{Backend, Question, Sides};

/// A network that ONNX Runtime runs.
#[derive(Debug)]
pub(crate) struct Runtime {
    description: Description,
    session: Mutex<Session>,
    /// Names of the picture's input and of the output.
    names: [String; 2],
}

impl Runtime {
    /// Loads `library`, unless ONNX Runtime is loaded already, and the network.
    pub(crate) fn new(model: &[u8], description: Description, library: &Path) -> Result<Self, NetError> {
        let environment = environment(library)?;
        let mut builder = Session::builder(&environment).map_err(failed)?;
        let session = builder.commit_from_memory(model).map_err(failed)?;
        let pick = |named: &Option<String>, there: Vec<&str>, what: &str| match named {
            Some(name) if there.contains(&name.as_str()) => Ok(name.clone()),
            Some(name) => Err(NetError::Description(format!(
                "there is no {what} '{name}'; the file has {}",
                there.join(", ")
            ))),
            None => there
                .first()
                .map(|name| (*name).to_owned())
                .ok_or_else(|| NetError::Description(format!("the file has no {what}"))),
        };
        let inputs = || session.inputs().iter().map(|input| input.name()).collect::<Vec<_>>();
        let outputs = session.outputs().iter().map(|output| output.name()).collect();
        let names = [
            pick(&description.input.name, inputs(), "input")?,
            pick(&description.output.name, outputs, "output")?,
        ];
        for extra in [&description.input.hints, &description.input.temperature].into_iter().flatten() {
            pick(&Some(extra.clone()), inputs(), "input")?;
        }
        Ok(Self { description, session: Mutex::new(session), names })
    }
}

impl Backend for Runtime {
    fn sides(&self) -> Sides {
        let Description { input, inference, .. } = &self.description;
        input.multiple_px.map_or(Sides::Square(inference.size_px), Sides::Multiples)
    }

    fn takes_hints(&self) -> bool {
        self.description.input.hints.is_some()
    }

    fn answer(&self, question: &Question<'_>) -> Result<Chroma, NetError> {
        let Question { width, height, luma, hints, temperature } = *question;
        let picture = self.description.planes(luma);
        let mut inputs: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(3);
        let mut give = |name, shape: Vec<usize>, values: Vec<f32>| -> Result<(), NetError> {
            inputs.push((name, Tensor::from_array((shape, values)).map_err(failed)?.into()));
            Ok(())
        };
        give(&self.names[0], vec![1, picture.len() / luma.len(), height, width], picture)?;
        if let Some(name) = &self.description.input.hints {
            give(name, vec![1, 3, height, width], hints.to_vec())?;
        }
        if let Some(name) = &self.description.input.temperature {
            give(name, vec![1], vec![temperature])?;
        }
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(inputs).map_err(failed)?;
        let (shape, values) = outputs[self.names[1].as_str()].try_extract_tensor::<f32>().map_err(failed)?;
        let shape: Vec<usize> = shape.iter().map(|&size| usize::try_from(size).unwrap_or(0)).collect();
        self.description.chroma(&shape, values)
    }
}

/// The one environment of the process.
fn environment(library: &Path) -> Result<Environment, NetError> {
    static ONLY: Mutex<Option<Environment>> = Mutex::new(None);
    let mut only = ONLY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*only {
        return Ok(environment.clone());
    }
    let builder = ort::init_from(library).map_err(|e| NetError::RuntimeMissing(e.to_string()))?;
    Ok(only.insert(builder.build().map_err(failed)?).clone())
}

fn failed<T>(error: ort::Error<T>) -> NetError {
    NetError::Runtime(error.to_string())
}
