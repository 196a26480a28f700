//! Lists the files of the built web app, if there is one, so that they become part of the program: as they are, and compressed
//! where that makes them smaller.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> io::Result<()> {
    let web = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../web");
    let dist = web.join("dist");
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        println!("cargo:rerun-if-changed={}", dist.display());
        collect(&dist, &dist, &mut files)?;
    } else if web.is_dir() {
        // So that the app is found when it appears.
        println!("cargo:rerun-if-changed={}", web.display());
    }
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut code = String::from("static FILES: &[File] = &[\n");
    for (number, (name, path)) in files.into_iter().enumerate() {
        let bytes = fs::read(&path)?;
        let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
        zipped.write_all(&bytes)?;
        let zipped = zipped.finish()?;
        let gzip = if zipped.len() < bytes.len() * 9 / 10 {
            let file = out.join(format!("asset-{number}.gz"));
            fs::write(&file, zipped)?;
            format!("Some(include_bytes!({file:?}))")
        } else {
            "None".to_owned()
        };
        let _ =
            writeln!(code, "    File {{ name: {name:?}, plain: include_bytes!({path:?}), gzip: {gzip} }},");
    }
    code.push_str("];\n");
    fs::write(out.join("assets.rs"), code)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            files.push((name.to_string_lossy().replace('\\', "/"), path.canonicalize()?));
        }
    }
    Ok(())
}
