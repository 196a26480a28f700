//! Project chores, run as `cargo xtask CHORE`. In Rust rather than shell, so that they run wherever cargo does.

mod bench;
mod ci;
mod comparison;
mod gallery;
mod load;
mod marked;
mod shell;
mod smoke;
mod test;
mod web;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask test     run all tests; installs what they need, and says what had to be skipped
cargo xtask lint     formatting, lints and documentation, without a warning
cargo xtask smoke    train for ten steps, stopped and resumed
cargo xtask features type-check the devices that tests cannot run on: cuda, wgpu, metal, rocm
cargo xtask web      build the web app (needs Node); the next build puts it into the program
cargo xtask web-test test the web app, in a real browser too; says what it had to skip
cargo xtask serve    build the web app and the program, and run them
cargo xtask bench    measure speed and memory; `cargo xtask bench --help` says which parts there are
cargo xtask comparison --data DIR   score every method and model: the tables of docs/comparison.md
cargo xtask gallery --data DIR      colour the pictures of docs/gallery.md anew
cargo xtask load DIR 64 clients for a minute against the server, beside colorize on the same folder
cargo xtask ci       test, web-test, lint and smoke: what must hold before a change is taken
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let chore = arguments.next();
    let result = match chore.as_deref() {
        Some("test") => test::run(),
        Some("lint") => ci::lint(),
        Some("smoke") => smoke::run(),
        Some("features") => ci::features(),
        Some("web") => web::build(),
        Some("web-test") => web::test(),
        Some("serve") => web::serve(),
        Some("bench") => bench::run(arguments),
        Some("comparison") => comparison::run(arguments),
        Some("gallery") => gallery::run(arguments),
        Some("load") => load::run(arguments),
        Some("ci") => ci::run_all(),
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
