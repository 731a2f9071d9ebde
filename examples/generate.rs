//! Writes captures of any size, made from the samples: for measurements, and to try the program on.
//!
//! ```text
//! cargo run --release --example generate -- bulk 1GB bulk.pcap
//! cargo run --release --example generate -- small 100GB - | tlscensus scan - -o OUT
//! ```
//!
//! What was written is told on the standard error stream: packets, flows, TLS flows (all of them complete).

#[path = "../benches/traffic/mod.rs"]
mod traffic;

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use traffic::{Format, Kind, Request};

/// Writes a capture made from the samples; the same arguments give the same bytes.
#[derive(Debug, Parser)]
struct Arguments {
    /// What the traffic is like: long downloads, small frames in many flows, or handshakes only
    #[arg(value_enum)]
    kind: KindName,
    /// Bytes to write: 100kB, 2MB, 1GB (powers of ten); at most one flow more is written
    #[arg(value_parser = size)]
    size: u64,
    /// The file; `-` is the standard output stream
    out: PathBuf,
    /// File format
    #[arg(long, value_enum, default_value = "pcap")]
    format: FormatName,
    /// Flows that are live at the same time [default: 300; small: 20000]
    #[arg(long)]
    flows: Option<usize>,
    /// Servers that the flows go to
    #[arg(long, default_value_t = 4096)]
    servers: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindName {
    Bulk,
    Small,
    Handshakes,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    Pcap,
    Pcapng,
}

fn size(text: &str) -> Result<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match &text[digits.len()..] {
        "" | "B" => 1,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        other => bail!("unknown unit {other}: use kB, MB, GB or TB"),
    };
    digits.parse::<u64>()?.checked_mul(unit).context("too large")
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let kind = match arguments.kind {
        KindName::Bulk => Kind::Bulk,
        KindName::Small => Kind::Small,
        KindName::Handshakes => Kind::Handshakes,
    };
    let mut request = Request::new(kind, arguments.size);
    request.format = match arguments.format {
        FormatName::Pcap => Format::Pcap,
        FormatName::Pcapng => Format::Pcapng,
    };
    request.flows = arguments.flows.unwrap_or(request.flows).max(1);
    request.servers = arguments.servers.clamp(1, (1 << 24) - (1 << 16));
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let out: Box<dyn Write> = match arguments.out.to_str() {
        Some("-") => Box::new(io::stdout().lock()),
        _ => Box::new(File::create(&arguments.out).with_context(|| format!("creating {}", arguments.out.display()))?),
    };
    match traffic::write(&samples, out, request) {
        Ok(written) => {
            let traffic::Written { bytes, packets, flows, tls } = written;
            eprintln!("{bytes} bytes, {packets} packets, {flows} flows, {tls} of them TLS, all complete");
            Ok(())
        }
        // Whoever reads has had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(error).context("writing"),
    }
}
