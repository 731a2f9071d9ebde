//! tlscensus takes a census of TLS in archives of packet captures.

pub mod capture;
pub mod error;
pub mod time;
