//! How good colours are, measured: scores, statistics, tables and the report.
//!
//! Colour pictures are made gray, given colour again by the path that every user's picture takes, and compared with what
//! they were. Two rows stand in every table: `gray` paints nothing, `truth` paints the true colours. The figures
//! themselves come from [`autochrome_color`]; this crate decides what they are measured on, puts means and intervals
//! around them, and shows them.
//!
//! ```
//! use std::path::Path;
//! use std::sync::atomic::AtomicBool;
//!
//! use autochrome_data::Index;
//! use autochrome_evaluate::{EvaluateOptions, EvaluationSet, Painter, SetOptions, evaluate, table};
//!
//! let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/photos"));
//! let stop = AtomicBool::new(false);
//! let options = SetOptions { size_px: 64, limit: 2, truth: true, jobs: 1 };
//! let set = EvaluationSet::load(&Index::folder(folder)?, folder, options, &stop)?;
//!
//! let painters = [Painter::gray(), Painter::truth()];
//! let evaluation = evaluate(&set, &painters, &EvaluateOptions::default(), &stop, |_| ())?;
//! assert_eq!(evaluation.rows[1].total.against_truth.as_ref().map(|t| t.delta_e.value), Some(0.0));
//! println!("{}", table::text(&set, &evaluation));
//! # Ok::<(), autochrome_evaluate::EvaluateError>(())
//! ```

mod edges;
mod encoder;
mod error;
#[cfg(test)]
mod example;
mod frechet;
mod hints;
pub mod json;
mod locality;
mod masks;
mod memory;
mod painter;
mod pairs;
mod predictions;
mod regions;
pub mod report;
mod run;
mod score;
mod set;
mod skin;
mod statistics;
mod summary;
pub mod table;
mod variety;
mod workers;

pub use autochrome_data::Index;
pub use edges::{Edges, edges};
pub use error::EvaluateError;
pub use hints::{COUNTS, HintPoint, PATCH_PX};
pub use locality::Locality;
pub use masks::{OTHER, UNKNOWN};
pub use painter::Painter;
pub use pairs::Pair;
pub use regions::{ONE_COLOUR, PATCHY, Region};
pub use run::{EvaluateOptions, Evaluation, Frechet, Progress, Row, evaluate};
pub use score::{AgainstTruth, PSNR_CAP_DB, Scores};
pub use set::{EvaluationSet, Picture, SetOptions};
pub use skin::{GRAY_CHROMA, OFF_HUE_FROM, OFF_HUE_TO, SOURCES, Skin, is_skin, is_source};
pub use statistics::{Bootstrap, Estimate};
pub use summary::{Patchwork, Summary, TruthSummary};
pub use variety::{SuggestionHits, Variety};
