//! The program `aerocert`: did this Aerospike cluster lose an acknowledged write, or serve a stale
//! read?

mod cli;
mod command;
mod config;
mod exit;
mod night;
mod output;
mod plan;
mod run;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Cli::parse();
    match command::execute(arguments) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::error(&failure);
            failure.exit().into()
        }
    }
}
