//! How the samples of a raw frame lie in memory.

/// How many pixels share a sample of chroma.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// There is none.
    Gray,
    /// Two by two: 4:2:0.
    Both,
    /// Two in a row: 4:2:2.
    Columns,
    /// Each has its own: 4:4:4.
    Full,
}

/// Planar Y′CbCr, one byte a sample, or two (low byte first) above 8 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bits a sample: 8, 10 or 12.
    pub depth: u8,
    /// How chroma is sampled.
    pub sampling: Sampling,
}

/// What is asked of FFmpeg so that frames come in a layout of ours, their Y′ as it is where the film has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// FFmpeg's name of the format.
    pub format: &'static str,
    /// The layout of that format.
    pub layout: Layout,
    /// Whether Y′ must be computed, because the film is RGB.
    pub from_rgb: bool,
    /// Whether the film has opacity, which is lost.
    pub drops_alpha: bool,
}

impl Layout {
    /// Bytes a sample.
    #[must_use]
    pub fn bytes(self) -> usize {
        if self.depth > 8 { 2 } else { 1 }
    }

    /// Columns and rows of a plane of chroma; (0, 0) without chroma.
    #[must_use]
    pub fn chroma_size(self, width: usize, height: usize) -> (usize, usize) {
        match self.sampling {
            Sampling::Gray => (0, 0),
            Sampling::Both => (width.div_ceil(2), height.div_ceil(2)),
            Sampling::Columns => (width.div_ceil(2), height),
            Sampling::Full => (width, height),
        }
    }

    /// Bytes of a frame.
    #[must_use]
    pub fn frame_bytes(self, width: usize, height: usize) -> usize {
        let (chroma_width, chroma_height) = self.chroma_size(width, height);
        (width * height + 2 * chroma_width * chroma_height) * self.bytes()
    }

    /// FFmpeg's name of it.
    #[must_use]
    pub fn pixel_format(self) -> &'static str {
        match (self.sampling, self.depth) {
            (Sampling::Gray, 8) => "gray",
            (Sampling::Gray, 10) => "gray10le",
            (Sampling::Gray, _) => "gray12le",
            (Sampling::Both, 8) => "yuv420p",
            (Sampling::Both, 10) => "yuv420p10le",
            (Sampling::Both, _) => "yuv420p12le",
            (Sampling::Columns, 8) => "yuv422p",
            (Sampling::Columns, 10) => "yuv422p10le",
            (Sampling::Columns, _) => "yuv422p12le",
            (Sampling::Full, 8) => "yuv444p",
            (Sampling::Full, 10) => "yuv444p10le",
            (Sampling::Full, _) => "yuv444p12le",
        }
    }

    /// The four bytes that NUT calls it by.
    pub(crate) fn nut_tag(self) -> [u8; 4] {
        match (self.sampling, self.depth) {
            (Sampling::Gray, 8) => *b"Y800",
            (Sampling::Gray, depth) => [b'Y', b'1', 0, depth],
            (Sampling::Both, 8) => *b"I420",
            (Sampling::Both, depth) => [b'Y', b'3', 11, depth],
            (Sampling::Columns, 8) => *b"Y42B",
            (Sampling::Columns, depth) => [b'Y', b'3', 10, depth],
            (Sampling::Full, 8) => *b"444P",
            (Sampling::Full, depth) => [b'Y', b'3', 0, depth],
        }
    }
}

/// What to ask for when a film has this format, FFmpeg's name of it.
#[must_use]
pub fn request(format: &str) -> Request {
    let plain = |format: &'static str, depth, sampling| Request {
        format,
        layout: Layout { depth, sampling },
        from_rgb: false,
        drops_alpha: false,
    };
    let drops_alpha = ["yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16", "pal8"]
        .iter()
        .any(|alpha| format.starts_with(alpha));
    let depth = depth(format);
    let like = |depth, sampling| plain(Layout { depth, sampling }.pixel_format(), depth, sampling);
    let request = if let Some(rest) = format.strip_prefix("yuvj") {
        // Full range by name: asking for the other name would squeeze it.
        match rest {
            "420p" => plain("yuvj420p", 8, Sampling::Both),
            "422p" | "411p" => plain("yuvj422p", 8, Sampling::Columns),
            _ => plain("yuvj444p", 8, Sampling::Full),
        }
    } else if format.starts_with("gray") || format.starts_with("ya") || format.starts_with("mono") {
        like(depth, Sampling::Gray)
    } else if format.contains("420") || format.starts_with("nv12") || format.starts_with("nv21") {
        like(depth, Sampling::Both)
    } else if ["nv16", "yuyv", "uyvy", "yvyu", "nv20"].iter().any(|name| format.starts_with(name))
        || ["422", "411", "410"].iter().any(|name| format.contains(name))
    {
        like(depth, Sampling::Columns)
    } else if format.starts_with("p010") || format.starts_with("p016") {
        like(depth.max(10), Sampling::Both)
    } else if format.starts_with("yuv") || format.starts_with("nv24") || format.starts_with("ayuv") {
        like(depth, Sampling::Full)
    } else {
        Request { from_rgb: true, ..like(depth, Sampling::Full) }
    };
    Request { drops_alpha, ..request }
}

/// Bits a sample of a format, by its name, as far as they are kept.
fn depth(format: &str) -> u8 {
    if format.starts_with("nv") {
        return if format.starts_with("nv20") { 10 } else { 8 };
    }
    let name = format.strip_suffix("le").or_else(|| format.strip_suffix("be")).unwrap_or(format);
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    match &name[name.len() - digits..] {
        "9" | "10" => 10,
        "12" | "14" | "16" | "48" | "64" => 12,
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_formats_are_asked_for_as_they_are() {
        for format in ["yuv420p", "yuv422p10le", "yuv444p12le", "gray", "gray10le", "yuvj420p", "yuv444p"] {
            let request = request(format);
            assert_eq!((request.format, request.from_rgb, request.drops_alpha), (format, false, false));
        }
    }

    #[test]
    fn others_are_asked_for_as_what_loses_least() {
        for (format, asked, from_rgb) in [
            ("nv12", "yuv420p", false),
            ("p010le", "yuv420p10le", false),
            ("yuv420p9be", "yuv420p10le", false),
            ("yuva444p10le", "yuv444p10le", false),
            ("yuv411p", "yuv422p", false),
            ("yuv440p", "yuv444p", false),
            ("uyvy422", "yuv422p", false),
            ("rgb24", "yuv444p", true),
            ("gbrp10le", "yuv444p10le", true),
            ("rgb48be", "yuv444p12le", true),
            ("gray16le", "gray12le", false),
            ("monob", "gray", false),
        ] {
            let request = request(format);
            assert_eq!((request.format, request.from_rgb), (asked, from_rgb), "{format}");
        }
        assert!(request("yuva420p").drops_alpha && !request("yuv420p").drops_alpha);
    }

    #[test]
    fn odd_sizes_round_chroma_up() {
        let layout = Layout { depth: 10, sampling: Sampling::Both };
        assert_eq!(layout.chroma_size(5, 3), (3, 2));
        assert_eq!(layout.frame_bytes(5, 3), 2 * (15 + 12));
    }
}
