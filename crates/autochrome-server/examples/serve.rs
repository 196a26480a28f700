//! The server alone, without the rest of the command line: `serve --data-dir DIR [--bind ADDRESS] [--model FILE]`.

use autochrome_server::{Config, serve};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)
    };
    let folder = after("--data-dir").map_or_else(std::env::temp_dir, Into::into);
    let mut config = Config::new(&folder);
    if let Some(bind) = after("--bind") {
        config.bind = bind.parse()?;
    }
    config.weights = after("--model").map(std::fs::read).transpose()?;
    serve(config, |address| println!("http://{address}"))?;
    Ok(())
}
