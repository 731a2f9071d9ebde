//! tlscensus takes a census of TLS in archives of packet captures.

pub mod archive;
pub mod capture;
pub mod census;
pub mod cli;
pub mod decimal;
pub mod error;
pub mod flow;
pub mod ledger;
pub mod packet;
pub mod progress;
pub mod report;
pub mod row;
pub mod run;
pub mod scan;
pub mod time;
pub mod tls;
