//! Project chores, run as `cargo xtask CHORE`. In Rust rather than shell, so that they run wherever cargo does.

mod bench;
mod ci;
mod comparison;
mod flags;
mod gallery;
mod http;
mod load;
mod marked;
mod python;
mod server;
mod shell;
mod smoke;
mod test;
mod web;

use std::process::ExitCode;

use flags::XtaskCmd;

fn main() -> ExitCode {
    let result = match flags::Xtask::from_env_or_exit().subcommand {
        XtaskCmd::Test(_) => test::run(),
        XtaskCmd::Python(_) => python::run(),
        XtaskCmd::Lint(_) => ci::lint(),
        XtaskCmd::Smoke(_) => smoke::run(),
        XtaskCmd::Features(_) => ci::features(),
        XtaskCmd::Web(_) => web::build(),
        XtaskCmd::WebTest(_) => web::test(),
        XtaskCmd::WebApi(_) => web::api(),
        XtaskCmd::Serve(_) => web::serve(),
        XtaskCmd::Bench(flags) => bench::run(flags),
        XtaskCmd::Comparison(flags) => comparison::run(flags),
        XtaskCmd::Gallery(flags) => gallery::run(&flags.data),
        XtaskCmd::Load(flags) => load::run(flags),
        XtaskCmd::Ci(_) => ci::run_all(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
