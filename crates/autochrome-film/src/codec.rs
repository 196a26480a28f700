//! What a coloured film is written as.

use crate::error::{FilmError, Result};
use crate::layout::{Layout, Sampling};

/// A way to compress video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Plays everywhere.
    H264,
    /// Smaller, 8 to 12 bits.
    H265,
    /// Smaller still, slow.
    Av1,
    /// For editing, 10 bits.
    ProRes,
    /// Without any loss.
    Ffv1,
}

impl Codec {
    /// The one that plays in most places and keeps the depth of the film.
    #[must_use]
    pub fn for_depth(depth: u8) -> Self {
        if depth > 8 { Self::H265 } else { Self::H264 }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::H265 => "h265",
            Self::Av1 => "av1",
            Self::ProRes => "prores",
            Self::Ffv1 => "ffv1",
        }
    }

    /// The rate factor that is used when none is given: lower is better and larger. `None` for codecs without one.
    #[must_use]
    pub fn default_crf(self) -> Option<u8> {
        match self {
            Self::H264 => Some(19),
            Self::H265 => Some(21),
            Self::Av1 => Some(30),
            Self::ProRes | Self::Ffv1 => None,
        }
    }

    /// Checks a rate factor that was asked for.
    ///
    /// # Errors
    /// [`FilmError::Crf`] when the codec has none, or none so high.
    pub fn check_crf(self, crf: Option<u8>) -> Result<()> {
        let Some(crf) = crf else { return Ok(()) };
        let refuse = |expected| Err(FilmError::Crf { codec: self.name(), crf, expected });
        match self {
            Self::H264 | Self::H265 if crf > 51 => refuse("give 0 to 51"),
            Self::Av1 if crf > 63 => refuse("give 0 to 63"),
            Self::ProRes | Self::Ffv1 => refuse("it has no such setting; leave crf out"),
            _ => Ok(()),
        }
    }

    /// The layout that frames of `film` are written in: nothing of Y′ is lost where the codec can hold it.
    #[must_use]
    pub fn layout(self, film: Layout, width: usize, height: usize) -> Layout {
        let most = match self {
            Self::H264 | Self::Av1 | Self::ProRes => 10,
            Self::H265 | Self::Ffv1 => 12,
        };
        let depth = if self == Self::ProRes { 10 } else { film.depth.min(most) };
        let wanted = if film.sampling == Sampling::Gray { Sampling::Both } else { film.sampling };
        let sampling = match (self, wanted) {
            (Self::Ffv1, sampling) => sampling,
            (Self::ProRes, Sampling::Full) => Sampling::Full,
            (Self::ProRes, _) => Sampling::Columns,
            // Shared chroma needs a partner for every column and row.
            (_, Sampling::Both) if width % 2 + height % 2 > 0 => Sampling::Full,
            (_, Sampling::Columns) if !width.is_multiple_of(2) => Sampling::Full,
            (_, sampling) => sampling,
        };
        Layout { depth, sampling }
    }

    /// The arguments for the encoder.
    pub(crate) fn arguments(self, crf: Option<u8>, layout: Layout) -> Vec<String> {
        let words: &[&str] = match self {
            Self::H264 => &["libx264", "-preset", "veryfast"],
            Self::H265 => &["libx265", "-preset", "veryfast", "-x265-params", "log-level=error"],
            // The fast encoder knows shared chroma only.
            Self::Av1 if layout.sampling == Sampling::Both => &["libsvtav1", "-preset", "10"],
            Self::Av1 => &["libaom-av1", "-cpu-used", "8", "-row-mt", "1", "-b:v", "0"],
            Self::ProRes if layout.sampling == Sampling::Full => &["prores_ks", "-profile:v", "4444"],
            Self::ProRes => &["prores_ks", "-profile:v", "hq"],
            Self::Ffv1 => &["ffv1", "-level", "3", "-slicecrc", "1", "-g", "1"],
        };
        let mut arguments: Vec<String> =
            ["-c:v"].iter().chain(words).map(|word| (*word).to_owned()).collect();
        if let Some(crf) = crf.or(self.default_crf()).filter(|_| self.default_crf().is_some()) {
            arguments.extend(["-crf".to_owned(), crf.to_string()]);
        }
        arguments.extend(["-pix_fmt".to_owned(), layout.pixel_format().to_owned()]);
        arguments
    }

    /// The container of finished parts; both keep time stamps as they are.
    pub(crate) fn part_format(self) -> &'static str {
        match self {
            Self::H264 | Self::H265 | Self::Av1 => "mp4",
            Self::ProRes | Self::Ffv1 => "mov",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILM: Layout = Layout { depth: 8, sampling: Sampling::Both };

    #[test]
    fn a_film_of_eight_bits_stays_as_it_is() {
        for codec in [Codec::H264, Codec::H265, Codec::Av1, Codec::Ffv1] {
            assert_eq!(codec.layout(FILM, 1280, 720), FILM);
        }
    }

    #[test]
    fn odd_sizes_are_kept_by_chroma_for_each_pixel() {
        assert_eq!(Codec::H264.layout(FILM, 641, 360).sampling, Sampling::Full);
        assert_eq!(Codec::Ffv1.layout(FILM, 641, 361).sampling, Sampling::Both);
    }

    #[test]
    fn ten_bits_stay_ten_bits() {
        let ten = Layout { depth: 10, ..FILM };
        assert_eq!(Codec::for_depth(10).layout(ten, 64, 64).depth, 10);
        assert_eq!(Codec::ProRes.layout(FILM, 64, 64), Layout { depth: 10, sampling: Sampling::Columns });
    }

    #[test]
    fn a_rate_factor_is_one_of_the_codec() {
        for (codec, most) in [(Codec::H264, 51), (Codec::H265, 51), (Codec::Av1, 63)] {
            assert!(codec.check_crf(None).is_ok() && codec.check_crf(Some(most)).is_ok());
            let error = codec.check_crf(Some(most + 1)).unwrap_err();
            assert_eq!(error.code(), "option-out-of-range");
            assert!(error.to_string().contains(&format!("0 to {most}")), "{error}");
        }
        for codec in [Codec::ProRes, Codec::Ffv1] {
            assert!(codec.check_crf(None).is_ok() && codec.check_crf(Some(20)).is_err());
        }
    }

    #[test]
    fn gray_films_get_room_for_colour() {
        let gray = Layout { depth: 8, sampling: Sampling::Gray };
        assert_eq!(Codec::Ffv1.layout(gray, 64, 64).sampling, Sampling::Both);
    }
}
