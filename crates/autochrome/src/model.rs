//! Which trained weights an order is carried out with.

use std::fmt;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use autochrome_engine::ModelCard;
use autochrome_methods::{MethodError, ModelSource, models};
use sha2::{Digest as _, Sha256};

use crate::Error;

/// The weights of a method that has any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Model {
    /// The method's default.
    #[default]
    Default,
    /// A model that is part of the program, by its id.
    Builtin(String),
    /// Weights from elsewhere.
    Weights(Arc<Weights>),
}

impl Model {
    /// The built-in model of this id, else the weights file or ONNX file of this name.
    ///
    /// # Errors
    /// When it is neither, or the file cannot be read.
    pub fn find(id_or_path: &str) -> Result<Self, Error> {
        if models::builtin().iter().any(|model| model.id == id_or_path) {
            return Ok(Self::Builtin(id_or_path.to_owned()));
        }
        let path = Path::new(id_or_path);
        if path.is_file() {
            return Ok(Self::Weights(Arc::new(Weights::open(path)?)));
        }
        let known = models::builtin().iter().map(|model| model.id.to_owned()).collect();
        Err(Error::UnknownModel { given: id_or_path.to_owned(), known })
    }

    /// What the model says of itself.
    ///
    /// # Errors
    /// When there is no such built-in model, or the weights are damaged.
    pub fn card(&self) -> Result<ModelCard, Error> {
        let builtin = match self {
            Self::Weights(weights) => return weights.card(),
            Self::Default => models::builtin().first().ok_or(MethodError::NoModel)?,
            Self::Builtin(id) => models::find(id)?,
        };
        Ok(builtin.card().map_err(MethodError::from)?)
    }

    /// What methods are opened with.
    #[must_use]
    pub fn source(&self) -> Option<ModelSource<'_>> {
        match self {
            Self::Default => None,
            Self::Builtin(id) => Some(ModelSource::Builtin(id)),
            Self::Weights(weights) => Some(weights.source()),
        }
    }
}

/// The content of a weights file, or of an ONNX file with its description; equal when the content is.
pub struct Weights {
    bytes: Vec<u8>,
    onnx: Option<Onnx>,
    digest: [u8; 32],
}

/// What an ONNX file needs besides.
struct Onnx {
    /// The TOML that describes it.
    description: String,
    /// The shared library of ONNX Runtime.
    library: PathBuf,
}

impl Weights {
    /// The content of a weights file of ours.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        let digest = Sha256::digest(&bytes).into();
        Self { bytes, onnx: None, digest }
    }

    /// A file: weights of ours, or ONNX with a description beside it that ends in `.toml`.
    ///
    /// ONNX Runtime is looked for where `ORT_DYLIB_PATH` says, else where the system keeps shared libraries.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|source| read_error(path, source))?;
        if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx")) {
            return Ok(Self::from_bytes(bytes));
        }
        let beside = path.with_extension("toml");
        let description =
            fs::read_to_string(&beside).map_err(|source| Error::Description { path: beside, source })?;
        let name = format!("{}onnxruntime{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        let library = std::env::var_os("ORT_DYLIB_PATH").map_or_else(|| name.into(), PathBuf::from);
        let mut digest = Sha256::new();
        digest.update(&bytes);
        digest.update(description.as_bytes());
        let digest = digest.finalize().into();
        Ok(Self { bytes, onnx: Some(Onnx { description, library }), digest })
    }

    /// The content of the file, for weights of ours; `None` for ONNX.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        self.onnx.is_none().then_some(&self.bytes)
    }

    fn source(&self) -> ModelSource<'_> {
        match &self.onnx {
            None => ModelSource::Bytes(&self.bytes),
            Some(Onnx { description, library }) => {
                ModelSource::Onnx { model: &self.bytes, description, library }
            }
        }
    }

    fn card(&self) -> Result<ModelCard, Error> {
        let card = match &self.onnx {
            None => models::card(&self.bytes),
            Some(onnx) => models::onnx_card(&onnx.description),
        };
        Ok(card.map_err(MethodError::from)?)
    }
}

fn read_error(path: &Path, source: std::io::Error) -> Error {
    autochrome_media::MediaError::Io { path: path.to_owned(), source }.into()
}

impl PartialEq for Weights {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Weights {}

impl Hash for Weights {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

impl fmt::Debug for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weights")
            .field("bytes", &self.bytes.len())
            .field("onnx", &self.onnx.is_some())
            .finish_non_exhaustive()
    }
}
