//! No colour at all: what everything else is measured against.

use autochrome_color::{Chroma, Plane};

use crate::{Answer, Guidance, Method, MethodError, MethodInfo, Options};

pub(crate) static INFO: MethodInfo = MethodInfo {
    id: "gray",
    name: "Gray",
    summary: "Adds no colour: decodes and encodes only, the baseline for quality and speed",
    paper: None,
    needs: &[],
    takes: &[],
    options: &[],
    uses_model: false,
    reference_side: None,
};

/// The method `gray`.
pub(crate) struct Gray;

impl Method for Gray {
    fn info(&self) -> &'static MethodInfo {
        &INFO
    }

    fn colorize(
        &self,
        luma: &Plane,
        guidance: &Guidance,
        _options: &Options,
    ) -> Result<Vec<Answer>, MethodError> {
        INFO.check(guidance)?;
        if luma.data().is_empty() {
            return Err(MethodError::EmptyPicture);
        }
        // One sample is enough to say "no colour anywhere".
        Ok(vec![Chroma::neutral(1, 1).into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Point, Srgb};

    #[test]
    fn every_picture_stays_gray() {
        let luma = Plane::filled(7, 5, 42.0);
        let answers = Gray.colorize(&luma, &Guidance::default(), &Options::default()).unwrap();
        assert_eq!(answers, [Chroma::neutral(1, 1).into()]);
    }

    #[test]
    fn guidance_is_refused_rather_than_ignored() {
        let color = Srgb { red: 200, green: 30, blue: 30 };
        let mut guidance = Guidance::default();
        guidance.points.push(Point { x: 0.5, y: 0.5, radius: 0.0, color });
        let error = Gray.colorize(&Plane::filled(2, 2, 1.0), &guidance, &Options::default()).unwrap_err();
        assert_eq!(error.code(), "guidance-unsupported");
    }

    #[test]
    fn a_picture_without_pixels_is_an_error() {
        let error = Gray.colorize(&Plane::default(), &Guidance::default(), &Options::default()).unwrap_err();
        assert_eq!(error.code(), "empty-picture");
    }
}
