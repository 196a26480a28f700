//! Pictures to measure with, drawn by a formula, so that nobody needs to bring any.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::Bench;
use super::process::cost;

impl Bench {
    /// A colour JPEG of about `megapixels`, 4:3, made once a run.
    pub fn photo(&self, megapixels: f64) -> Result<PathBuf> {
        let height = (megapixels * 1e6 * 0.75).sqrt().round() as u32;
        let path = self.path(&format!("photo-{megapixels}.jpg"));
        if !path.exists() {
            let source = path.with_extension("ppm");
            write_ppm(&source, height * 4 / 3, height, 1)?;
            self.to_jpeg(&source, &path)?;
            fs::remove_file(source)?;
        }
        Ok(path)
    }

    /// A folder of `count` different JPEGs of one megapixel (or what `height` says), made once a run.
    pub fn album(&self, name: &str, count: usize, height: u32) -> Result<PathBuf> {
        let (folder, sources) = (self.path(name), self.path(&format!("{name}-ppm")));
        if folder.exists() {
            return Ok(folder);
        }
        fs::create_dir_all(&sources)?;
        for number in 0..count {
            write_ppm(&sources.join(format!("{number:04}.ppm")), height * 4 / 3, height, number as u32)?;
        }
        let mut command = self.gray();
        cost(command.arg(&sources).arg("--out-dir").arg(&folder).args(["--format", "jpeg"]))?;
        fs::remove_dir_all(sources)?;
        Ok(folder)
    }

    /// The program, asked to decode and encode only.
    pub fn gray(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["colorize", "--method", "gray", "--overwrite"]);
        command
    }

    fn to_jpeg(&self, source: &Path, path: &Path) -> Result<()> {
        cost(self.gray().arg(source).arg("-o").arg(path).args(["--format", "jpeg"])).map(drop)
    }
}

/// Smooth shapes with fine grain, as a scan has them: neither flat nor noise.
fn write_ppm(path: &Path, width: u32, height: u32, number: u32) -> Result<()> {
    let mut bytes = Vec::with_capacity(3 * width as usize * height as usize + 32);
    writeln!(bytes, "P6 {width} {height} 255")?;
    let mut grain = number.wrapping_mul(2_654_435_761) | 1;
    for y in 0..height {
        let row = (y as f32 / (67.0 + number as f32)).cos();
        for x in 0..width {
            grain ^= grain << 13;
            grain ^= grain >> 17;
            grain ^= grain << 5;
            let wave = (x as f32 / 91.0 + number as f32).sin() * row * 80.0 + (grain % 16) as f32;
            bytes.extend([0.0, 12.0, 24.0].map(|shift| (104.0 + wave + shift) as u8));
        }
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
