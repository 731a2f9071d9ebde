//! tlscensus takes a census of TLS in archives of packet captures.

pub mod archive;
pub mod capture;
pub mod cli;
pub mod error;
pub mod progress;
pub mod time;
