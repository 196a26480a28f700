//! The filter graph: what FFmpeg does to frames before they come through the pipe.

use crate::probe::{Film, Scan};

/// Columns of the small frames that cuts are found on.
pub const SMALL_WIDTH: usize = 64;
/// Rows of the small frames that cuts are found on.
pub const SMALL_HEIGHT: usize = 36;

/// Which frames come at full size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Every {
    /// The first, and then the first after each such time; above 0.
    Seconds(f64),
    /// The first, and then each so-manieth; at least 1.
    Frames(u64),
}

/// The graph with two ends: `small` has every frame as gray, `full` the chosen ones as RGB.
///
/// Full-size RGB of every frame would cost more than decoding. So frames are chosen before they are converted, and what needs
/// every frame gets by with 2,304 bytes of each.
pub(crate) fn graph(film: &Film, every: Every, first_s: f64) -> String {
    let stream = film.stream;
    let (width, height) = (film.width, film.height);
    let deinterlace = match film.scan {
        Scan::Progressive => "",
        Scan::Interlaced | Scan::Telecined => "bwdif=mode=send_frame:deint=all,",
        Scan::Unknown => "bwdif=mode=send_frame:deint=interlaced,",
    };
    let due = match every {
        // Half a millisecond of grace: time stamps are rounded to what the container can say.
        Every::Seconds(seconds) => format!("gte(t-prev_selected_t\\,{:.6})", seconds - 5e-4),
        Every::Frames(frames) => format!("gte(n-prev_selected_n\\,{frames})"),
    };
    let tones = if film.hdr {
        "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,\
         zscale=t=bt709:m=bt709:r=full,format=yuv444p,"
    } else {
        ""
    };
    let matrix = match (film.names_matrix || film.hdr, height >= 720 || width >= 1280) {
        (true, _) => "auto",
        (false, true) => "bt709",
        (false, false) => "bt601",
    };
    format!(
        "[0:{stream}]split[all][some];\
         [all]scale={SMALL_WIDTH}:{SMALL_HEIGHT}:flags=area,format=gray[small];\
         [some]{deinterlace}select='gte(t\\,{first_s:.6})*(isnan(prev_selected_t)+{due})',{tones}\
         scale={width}:{height}:in_color_matrix={matrix}:out_range=full:flags=bicubic+accurate_rnd+full_chroma_int,\
         setsar=1,format=rgb24[full]"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film() -> Film {
        Film {
            path: "a.mp4".into(),
            width: 640,
            height: 360,
            duration_s: None,
            frame_rate_fps: None,
            scan: Scan::Progressive,
            hdr: false,
            names_matrix: false,
            stream: 0,
        }
    }

    #[test]
    fn a_film_without_a_matrix_gets_that_of_its_size() {
        let graph = |film: &Film| graph(film, Every::Frames(1), 0.0);
        assert!(graph(&film()).contains("in_color_matrix=bt601"));
        assert!(graph(&Film { width: 1280, height: 720, ..film() }).contains("in_color_matrix=bt709"));
        assert!(graph(&Film { names_matrix: true, ..film() }).contains("in_color_matrix=auto"));
    }

    #[test]
    fn only_what_may_be_interlaced_is_deinterlaced() {
        let graph = |scan| graph(&Film { scan, ..film() }, Every::Seconds(1.0), 0.0);
        assert!(!graph(Scan::Progressive).contains("bwdif"));
        assert!(graph(Scan::Interlaced).contains("deint=all"));
        assert!(graph(Scan::Unknown).contains("deint=interlaced"));
    }
}
