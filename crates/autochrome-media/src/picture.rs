//! A decoded picture, and the pixels that are handed to the encoder.

use autochrome_color::{Chroma, Plane};

use crate::{Format, MediaError, Metadata, kind::Thumbnail};

/// Bits a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Depth {
    /// 8 bits; 1-, 2- and 4-bit files count as 8.
    Eight,
    /// 16 bits.
    Sixteen,
}

/// Opacity of every pixel, row by row; the largest value is opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alpha {
    /// 0..=255.
    Eight(Vec<u8>),
    /// 0..=65535.
    Sixteen(Vec<u16>),
}

impl Alpha {
    /// Number of pixels.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Eight(samples) => samples.len(),
            Self::Sixteen(samples) => samples.len(),
        }
    }

    /// Whether there is no pixel at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A picture: its lightness at full resolution and everything that must survive beside it.
///
/// All planes are upright: the orientation of the file has been applied.
#[derive(Clone, Debug)]
pub struct Picture {
    /// L of CIELAB (D65), 0..=100, full resolution.
    pub luma: Plane,
    /// a and b of CIELAB (D65) at full resolution; `None` for a picture without colour, and when
    /// [`crate::DecodeOptions::keep_chroma`] is off.
    pub chroma: Option<Chroma>,
    /// A small copy in colour; `None` for a picture without colour, and there only.
    pub thumbnail: Option<Thumbnail>,
    /// Opacity; `None` when every pixel is opaque.
    pub alpha: Option<Alpha>,
    /// Bits a sample in the file.
    pub depth: Depth,
    /// The format of the file.
    pub format: Format,
    /// What the file says of itself, ready to be written again.
    pub metadata: Metadata,
    /// Whether the file holds no colour: gray samples, or colour samples with red = green = blue everywhere.
    pub was_gray: bool,
    /// What had to be left out or guessed, one plain sentence each.
    pub warnings: Vec<String>,
}

impl Picture {
    /// Columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.luma.width()
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.luma.height()
    }
}

/// sRGB samples, row by row, interleaved; 0 is black and the type's largest value is white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pixels {
    /// Red, green, blue in 8 bits.
    Rgb8(Vec<u8>),
    /// Red, green, blue in 16 bits.
    Rgb16(Vec<u16>),
    /// Gray in 8 bits with the tone curve of sRGB.
    Gray8(Vec<u8>),
    /// Gray in 16 bits with the tone curve of sRGB.
    Gray16(Vec<u16>),
}

impl Pixels {
    /// Samples in total.
    #[must_use]
    pub fn samples(&self) -> usize {
        match self {
            Self::Rgb8(s) | Self::Gray8(s) => s.len(),
            Self::Rgb16(s) | Self::Gray16(s) => s.len(),
        }
    }

    /// Samples a pixel: 1 or 3.
    #[must_use]
    pub fn channels(&self) -> usize {
        match self {
            Self::Gray8(_) | Self::Gray16(_) => 1,
            Self::Rgb8(_) | Self::Rgb16(_) => 3,
        }
    }

    /// Bits a sample.
    #[must_use]
    pub fn depth(&self) -> Depth {
        match self {
            Self::Rgb8(_) | Self::Gray8(_) => Depth::Eight,
            Self::Rgb16(_) | Self::Gray16(_) => Depth::Sixteen,
        }
    }
}

/// Pixels with their size and opacity: what [`crate::encode`] takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raster {
    width: u32,
    height: u32,
    pixels: Pixels,
    alpha: Option<Alpha>,
}

impl Raster {
    /// Opaque pixels of `width` × `height`.
    ///
    /// # Errors
    /// [`MediaError::Shape`] unless the samples fill exactly that size and there is at least one pixel.
    pub fn new(width: u32, height: u32, pixels: Pixels) -> Result<Self, MediaError> {
        let expected = u64::from(width) * u64::from(height) * pixels.channels() as u64;
        if expected == 0 || expected != pixels.samples() as u64 {
            return Err(MediaError::Shape { width, height, samples: pixels.samples() });
        }
        Ok(Self { width, height, pixels, alpha: None })
    }

    /// The same with an opacity for every pixel, or opaque with `None`.
    ///
    /// # Errors
    /// [`MediaError::Shape`] unless there is one value for every pixel.
    pub fn with_alpha(mut self, alpha: Option<Alpha>) -> Result<Self, MediaError> {
        if let Some(alpha) = &alpha
            && alpha.len() as u64 != u64::from(self.width) * u64::from(self.height)
        {
            return Err(MediaError::Shape { width: self.width, height: self.height, samples: alpha.len() });
        }
        self.alpha = alpha;
        Ok(self)
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The samples.
    #[must_use]
    pub fn pixels(&self) -> &Pixels {
        &self.pixels
    }

    /// The opacity, if any pixel may be translucent.
    #[must_use]
    pub fn alpha(&self) -> Option<&Alpha> {
        self.alpha.as_ref()
    }

    /// The samples themselves.
    #[must_use]
    pub fn into_pixels(self) -> Pixels {
        self.pixels
    }
}
