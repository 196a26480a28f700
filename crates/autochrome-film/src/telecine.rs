//! Whether a film was telecined: of its fields every fifth is there twice.

use std::process::Stdio;

use crate::ffmpeg::Ffmpeg;
use crate::probe::input;
use crate::source::Source;

/// Seconds of a film that are looked at.
const LOOKED_AT_S: f64 = 10.0;
/// Fewest frames that tell anything.
const FEWEST: u32 = 40;
/// Rates, in frames a second, that telecined films have.
const RATES_FPS: std::ops::Range<f64> = 29.0..30.5;
/// Share of frames with a repeated field: two of five, less what stands still or is too dark to tell.
const SHARE: std::ops::Range<f64> = 0.25..0.5;

/// Looks at the first seconds of a film; what cannot be looked at is not telecined.
pub(crate) fn is_telecined(ffmpeg: &Ffmpeg, source: &Source) -> bool {
    if !source.frame_rate_fps.is_some_and(|rate| RATES_FPS.contains(&rate)) {
        return false;
    }
    let mut command = ffmpeg.ffmpeg();
    command.args(["-v", "info", "-t", &LOOKED_AT_S.to_string()]).args(input(&source.path));
    command.args(["-map", &format!("0:{}", source.stream), "-vf", "idet", "-f", "null", "-"]);
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).output();
    output.is_ok_and(|output| repeats(&String::from_utf8_lossy(&output.stderr)))
}

/// Whether the filter `idet` counted as many repeated fields as telecining makes.
fn repeats(told: &str) -> bool {
    // "[Parsed_idet_0 @ 0x5581] Repeated Fields: Neither:   144 Top:    48 Bottom:    48"
    let Some(line) = told.lines().rev().find_map(|line| line.split_once("Repeated Fields:")) else {
        return false;
    };
    let count = |name: &str| {
        let (_, rest) = line.1.split_once(name)?;
        rest.split_whitespace().next()?.parse::<u32>().ok()
    };
    let (Some(neither), Some(top), Some(bottom)) = (count("Neither:"), count("Top:"), count("Bottom:"))
    else {
        return false;
    };
    let all = neither + top + bottom;
    // Both fields take turns.
    all >= FEWEST
        && SHARE.contains(&(f64::from(top + bottom) / f64::from(all)))
        && top.min(bottom) * 2 >= top.max(bottom)
}

#[cfg(test)]
mod tests {
    use super::repeats;

    #[test]
    fn two_repeated_fields_in_five_frames_are_telecine() {
        let told = |neither: u32, top: u32, bottom: u32| {
            repeats(&format!(
                "x\n[Parsed_idet_0 @ 0x1] Repeated Fields: Neither: {neither:5} Top: {top:5} Bottom:{bottom:6}\ny"
            ))
        };
        assert!(told(144, 48, 48) && told(150, 45, 41));
        assert!(!told(240, 0, 0) && !told(144, 96, 0) && !told(6, 2, 2) && !repeats("nothing"));
    }
}
