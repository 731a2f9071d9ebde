//! tlscensus

pub mod report;
