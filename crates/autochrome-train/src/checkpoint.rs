//! State on disk that survives being killed at any moment.
//!
//! A checkpoint is a folder. The new one is written beside the old one and takes its place by renaming; between the
//! two renames the old one still stands under its second name, so that there is always a whole checkpoint.

use std::fs;
use std::path::{Path, PathBuf};

use autochrome_net::weights;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::recipe::Recipe;
use crate::trainer::{Trainer, TrainerState};

/// The extension of files of tensors.
const EXTENSION: &str = "safetensors";

/// Where the run stands, beside the trainer's own state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Steps done.
    pub step: u64,
    /// Training samples seen.
    pub samples: u64,
    /// Seconds spent training, over all sittings.
    pub seconds: f64,
    /// Smallest validation score so far.
    pub best: Option<f64>,
    /// The recipe, so that another one does not continue this run by mistake.
    pub recipe: Recipe,
}

fn names(run: &Path) -> [PathBuf; 3] {
    [run.join("checkpoint"), run.join("checkpoint.new"), run.join("checkpoint.old")]
}

pub(crate) fn save(run: &Path, state: &State, trainer: &dyn Trainer) -> Result<(), TrainError> {
    let [current, new, old] = names(run);
    remove(&new)?;
    fs::create_dir_all(&new).map_err(TrainError::io(&new))?;
    for (name, tensors) in trainer.state() {
        let path = new.join(name).with_extension(EXTENSION);
        fs::write(&path, weights::to_exact_bytes(&tensors)?).map_err(TrainError::io(&path))?;
    }
    let text = serde_json::to_string_pretty(state).map_err(|e| TrainError::Checkpoint(e.to_string()))?;
    let path = new.join("state.json");
    fs::write(&path, text).map_err(TrainError::io(&path))?;
    for entry in fs::read_dir(&new).map_err(TrainError::io(&new))? {
        let path = entry.map_err(TrainError::io(&new))?.path();
        fs::File::open(&path).and_then(|file| file.sync_all()).map_err(TrainError::io(&path))?;
    }
    // With `checkpoint` gone, `checkpoint.old` may be the only whole one: keep it until the new one stands.
    if current.exists() {
        remove(&old)?;
        fs::rename(&current, &old).map_err(TrainError::io(&current))?;
    }
    fs::rename(&new, &current).map_err(TrainError::io(&new))?;
    remove(&old)
}

/// What the trainer was when a checkpoint was written.
pub(crate) fn load(folder: &Path) -> Result<TrainerState, TrainError> {
    let mut state = TrainerState::new();
    for entry in fs::read_dir(folder).map_err(TrainError::io(folder))? {
        let path = entry.map_err(TrainError::io(folder))?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = fs::read(&path).map_err(TrainError::io(&path))?;
            state.insert(name, weights::tensors_of(&bytes)?);
        }
    }
    Ok(state)
}

/// The folder of the last whole checkpoint and its state; `None` when there is none.
pub(crate) fn find(run: &Path) -> Result<Option<(PathBuf, State)>, TrainError> {
    let [current, _, old] = names(run);
    for folder in [current, old] {
        let path = folder.join("state.json");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(source) => return Err(TrainError::Io { path, source }),
        };
        let state = serde_json::from_str(&text).map_err(|e| {
            TrainError::Checkpoint(format!("{}: {e}; delete the folder to start anew", path.display()))
        })?;
        return Ok(Some((folder, state)));
    }
    Ok(None)
}

/// Refuses to continue a run with a recipe that would not have led here.
///
/// The stage under way and later ones may be changed, or more added: a run is planned as it goes.
pub(crate) fn fits(state: &State, recipe: &Recipe) -> Result<(), TrainError> {
    let was = &state.recipe;
    let (reached, _, _) = was.stage_at(state.step);
    let same_past = was.stage.get(..reached) == recipe.stage.get(..reached);
    if was.id == recipe.id && was.model == recipe.model && was.seed == recipe.seed && same_past {
        return Ok(());
    }
    Err(TrainError::Checkpoint(
        "the folder holds a run of another recipe; choose another --out, or delete its checkpoint".into(),
    ))
}

fn remove(folder: &Path) -> Result<(), TrainError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(TrainError::Io { path: folder.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}
