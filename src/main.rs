//! The program `tlscensus`: reads the command line, calls the library, ends with an exit code.

use clap::Parser;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use tlscensus::archive::archive;
use tlscensus::cli::{Cli, Command};
use tlscensus::progress::Progress;
use tlscensus::row::Style;
use tlscensus::run::{Options, OutputFolder, run, write};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Scan(scan) = &cli.command {
        let archive = archive(&scan.selection.request()).unwrap();
        let progress = Progress::new(cli.messages.progress(scan.progress), archive.ready_bytes(), 0);
        let stop = AtomicBool::new(false);
        let threads = scan.jobs.map_or(2, |n| n.get());
        let style = Style { raw: scan.output.csv_raw };
        let folder = OutputFolder::create(scan.output.output.as_deref().unwrap(), scan.output.force).unwrap();
        let found = run(&archive, Options { threads, style }, &folder.scratch(), &progress, &stop).unwrap();
        progress.finish();
        write(folder.path(), found, scan.output.csv_bom.yes(), style).unwrap();
        std::fs::write(folder.path().join("manifest.json"), b"{}").unwrap();
        folder.publish().unwrap();
    }
    ExitCode::SUCCESS
}
