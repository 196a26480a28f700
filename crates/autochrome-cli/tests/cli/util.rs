//! A fresh folder for every test, and what tests put into it.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use image::{DynamicImage, GrayImage, Luma};

/// A folder that is gone when the test is.
pub struct Folder {
    root: tempfile::TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// `autochrome` with this as its working folder.
    pub fn autochrome(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autochrome"));
        command.current_dir(self.root.path());
        command
    }

    /// `autochrome colorize --method gray` with these arguments.
    pub fn gray(&self, arguments: &[&str]) -> Command {
        let mut command = self.autochrome();
        command.args(["colorize", "--method", "gray"]).args(arguments);
        command
    }

    /// Writes a small gray picture in the format its name says.
    pub fn picture(&self, name: &str) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        ramp(48, 32).save(path).unwrap();
        self
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub fn open(&self, name: &str) -> DynamicImage {
        image::open(self.path(name)).unwrap()
    }

    /// Every file below, sorted, with forward slashes.
    pub fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        collect(self.root.path(), self.root.path(), &mut files);
        files.sort();
        files
    }
}

/// A picture that has every gray value somewhere.
pub fn ramp(width: u32, height: u32) -> GrayImage {
    GrayImage::from_fn(width, height, |x, y| Luma([((x * 7 + y * 13) % 256) as u8]))
}

/// The weights of an untrained network.
pub fn weights() -> Vec<u8> {
    autochrome_engine::tests_support::tiny_weights()
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.push(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"));
        }
    }
}
