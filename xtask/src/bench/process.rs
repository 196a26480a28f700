//! Whole processes: how long, how much memory.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use wait4::Wait4 as _;

/// What a process cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub wall_s: f64,
    /// Most resident memory, in megabytes (10⁶ bytes).
    pub peak_mb: f64,
}

/// Runs `command` to its end, its output thrown away.
pub fn cost(command: &mut Command) -> Result<Cost> {
    let (cost, _) = cost_and_output(command.stdout(Stdio::null()))?;
    Ok(cost)
}

/// The same, with what it printed; `stdout` must have been set.
pub fn cost_and_output(command: &mut Command) -> Result<(Cost, String)> {
    let name = Path::new(command.get_program()).display().to_string();
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let (mut out, mut errors) = (child.stdout.take(), child.stderr.take());
    // Both pipes are emptied at once, lest the process waits for the one that nobody reads.
    let (text, errors) = std::thread::scope(|scope| {
        let errors = scope.spawn(move || read(errors.as_mut()));
        (read(out.as_mut()), errors.join().unwrap_or_default())
    });
    let used = child.wait4().with_context(|| format!("cannot wait for {name}"))?;
    let wall_s = began.elapsed().as_secs_f64();
    ensure!(used.status.success(), "{name} failed ({}):\n{errors}", used.status);
    Ok((Cost { wall_s, peak_mb: used.rusage.maxrss as f64 / 1e6 }, text))
}

fn read(pipe: Option<&mut impl std::io::Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // What cannot be read any more is missing from the text; the exit status tells the rest.
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Median wall time and highest peak of `n` runs.
pub fn repeated(n: usize, mut command: impl FnMut() -> Command) -> Result<Cost> {
    let costs = (0..n).map(|_| cost(&mut command())).collect::<Result<Vec<_>>>()?;
    Ok(Cost {
        wall_s: median(costs.iter().map(|cost| cost.wall_s).collect()),
        peak_mb: costs.iter().map(|cost| cost.peak_mb).fold(0.0, f64::max),
    })
}

/// The middle value; of two, their mean.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(Vec::new()).is_nan());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_has_a_cost_an_answer_and_a_failure() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo yes"]).stdout(Stdio::piped());
        let (cost, text) = cost_and_output(&mut command).unwrap();
        assert!(text == "yes\n" && cost.wall_s > 0.0 && cost.peak_mb > 0.1, "{cost:?} {text}");
        let error = super::cost(Command::new("sh").args(["-c", "echo broken >&2; exit 3"])).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
    }
}
