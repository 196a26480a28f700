//! Error codes: what every error of the workspace has beside its message.
//!
//! A [`Code`] is a name that stays the same over versions, for programs to match on, a [`Category`] that says whose fault the
//! error is and how HTTP answers it, and its meaning in a sentence. [`ErrorCode`] gives an enum of errors its codes where its
//! variants stand, so that there is one place to add one: the doc comment of the variant is the meaning, and
//! `docs/errors.md` is made of all of them.
//!
//! ```
//! use autochrome_errors::{Category, ErrorCode};
//!
//! #[derive(Debug, thiserror::Error, ErrorCode)]
//! enum PaintError {
//!     /// The tube holds no paint.
//!     #[error("the tube of {colour} is empty; buy another")]
//!     #[code("no-paint", Environment)]
//!     Empty { colour: String },
//!     /// The brush cannot be used.
//!     #[error(transparent)]
//!     #[code(transparent)]
//!     Brush(BrushError),
//! }
//!
//! #[derive(Debug, thiserror::Error, ErrorCode)]
//! enum BrushError {
//!     /// The brush is wider than the canvas.
//!     #[error("the brush is {px} px wide; take a smaller one")]
//!     #[code("brush-too-wide", BadRequest)]
//!     Wide { px: u32 },
//! }
//!
//! let error = PaintError::Brush(BrushError::Wide { px: 900 });
//! assert_eq!((error.code(), error.category()), ("brush-too-wide", Category::BadRequest));
//! assert_eq!(PaintError::CODES[0].meaning, "The tube holds no paint.");
//! ```

mod category;

pub use autochrome_errors_derive::ErrorCode;
pub use category::{Blame, Category};

/// What there is to know about an error beside its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// A name that stays the same over versions.
    pub name: &'static str,
    /// What kind of error it is.
    pub category: Category,
    /// What it means, a sentence or two in Markdown.
    pub meaning: &'static str,
}
