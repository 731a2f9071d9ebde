//! tlscensus takes a census of TLS in archives of packet captures.
//!
//! Stages in the order in which data meets them: [`archive`], [`capture`], [`packet`], [`flow`], [`tls`], [`row`], [`census`],
//! [`report`]. [`run`] conducts them; [`scan`] is the command that does all of it, and [`again`] works on what it left. ARCHITECTURE.md has the picture.

#![warn(missing_docs)]
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod again;
pub mod archive;
pub mod capture;
pub mod census;
pub mod cli;
pub mod decimal;
pub mod dtls;
pub mod error;
pub mod flow;
pub mod ledger;
pub mod packet;
pub mod progress;
pub mod quic;
pub mod report;
pub mod row;
pub mod run;
pub mod scan;
pub mod time;
pub mod tls;
