//! Project chores, run as `cargo xtask CHORE`. In Rust rather than shell, so that they run wherever cargo does.

mod ci;
mod load;
mod shell;
mod smoke;
mod test;
mod web;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask test     run all tests; installs what they need, and says what had to be skipped
cargo xtask lint     formatting, lints and documentation, without a warning
cargo xtask smoke    train for ten steps, stopped and resumed
cargo xtask web      build the web app (needs Node); the next build puts it into the program
cargo xtask web-test test the web app, in a real browser too; says what it had to skip
cargo xtask serve    build the web app and the program, and run them
cargo xtask load DIR  64 clients for a minute against the server, beside colorize on the same folder
cargo xtask ci       test, web-test, lint and smoke: what must hold before a change is taken
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (chore, folder) = (arguments.next(), arguments.next());
    let result = match (chore.as_deref().unwrap_or_default(), folder.as_deref()) {
        ("test", None) => test::run(),
        ("lint", None) => ci::lint(),
        ("smoke", None) => smoke::run(),
        ("web", None) => web::build(),
        ("web-test", None) => web::test(),
        ("serve", None) => web::serve(),
        ("load", Some(folder)) => load::run(folder),
        ("ci", None) => ci::run_all(),
        ("help" | "--help" | "-h", _) => {
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
