//! tlscensus
