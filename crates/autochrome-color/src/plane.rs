//! One channel of a picture, and the two that carry its colour.

/// A rectangular field of `f32` samples, row by row from the top left, without padding.
///
/// The range and the unit are the owner's business: luma planes hold L of CIELAB in 0..=100, chroma planes hold
/// a or b of CIELAB (D65), roughly -110..=110.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plane {
    width: usize,
    height: usize,
    data: Vec<f32>,
}

impl Plane {
    /// A plane of `width` × `height` samples, all `value`.
    #[must_use]
    pub fn filled(width: usize, height: usize, value: f32) -> Self {
        Self { width, height, data: vec![value; width * height] }
    }

    /// A plane that takes `data` over; `None` unless there are exactly `width * height` samples.
    #[must_use]
    pub fn from_vec(width: usize, height: usize, data: Vec<f32>) -> Option<Self> {
        (Some(data.len()) == width.checked_mul(height)).then_some(Self { width, height, data })
    }

    /// Samples in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Every sample, row by row.
    #[must_use]
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// Every sample as its bits, row by row: equal bits are equal samples, NaN included, so they can be compared and hashed.
    #[must_use]
    pub fn bits(&self) -> &[u32] {
        bytemuck::cast_slice(&self.data)
    }

    /// Every sample, row by row, to write to.
    pub fn data_mut(&mut self) -> &mut [f32] {
        &mut self.data
    }

    /// The samples of row `y`.
    ///
    /// # Panics
    /// When `y` is not below the height.
    #[must_use]
    pub fn row(&self, y: usize) -> &[f32] {
        &self.data[y * self.width..][..self.width]
    }

    /// The samples themselves.
    #[must_use]
    pub fn into_vec(self) -> Vec<f32> {
        self.data
    }
}

/// The a and b of CIELAB (D65) of a picture, two planes of one size.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chroma {
    /// Green to red, about -90..=100 inside sRGB.
    pub a: Plane,
    /// Blue to yellow, about -110..=95 inside sRGB.
    pub b: Plane,
}

impl Chroma {
    /// Chroma without any colour.
    #[must_use]
    pub fn neutral(width: usize, height: usize) -> Self {
        Self { a: Plane::filled(width, height, 0.0), b: Plane::filled(width, height, 0.0) }
    }

    /// Width and height of both planes.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        self.a.size()
    }
}
