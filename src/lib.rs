//! tlscensus takes a census of TLS in archives of packet captures.

pub mod capture;
pub mod census;
pub mod decimal;
pub mod error;
pub mod flow;
pub mod ledger;
pub mod packet;
pub mod report;
pub mod row;
pub mod time;
pub mod tls;
