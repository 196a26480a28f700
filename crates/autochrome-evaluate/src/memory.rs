//! The process's peak memory, where the system tells it.

#[cfg(target_os = "linux")]
use std::fs;

/// Forgets the peak so far, so that the next [`peak_mb`] speaks of what comes; does nothing where that is impossible.
pub(crate) fn reset_peak() {
    #[cfg(target_os = "linux")]
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Most resident memory since the last [`reset_peak`], in megabytes (10⁶ bytes); `None` where the system does not tell.
pub(crate) fn peak_mb() -> Option<f64> {
    #[cfg(target_os = "linux")]
    {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kibibytes * 1024.0 / 1e6)
    }
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_large_allocation_raises_the_peak() {
        reset_peak();
        let before = peak_mb().unwrap();
        let block = vec![1_u8; 200_000_000];
        assert!(std::hint::black_box(&block).iter().step_by(4096).all(|&b| b == 1));
        assert!(peak_mb().unwrap() > before + 100.0);
    }
}
