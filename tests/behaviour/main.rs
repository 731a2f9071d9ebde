//! Tests by behaviour, one file a promise. They need the Rust toolchain and the folder `samples`, nothing else.

#[path = "../support/mod.rs"]
mod support;

mod again;
mod anonymize;
mod compressed;
mod cut_hellos;
mod damage;
mod derived;
mod dtls;
mod duplicates;
mod exit_codes;
mod findings;
mod fingerprints;
mod formats;
mod forms;
mod frozen_time;
mod generations;
mod golden;
mod hostile;
mod imports;
mod members;
mod merging;
mod openvpn;
mod period;
mod preambles;
mod prefixes;
mod quic;
mod readmes;
mod reassembly;
mod records;
mod registries;
mod series_cuts;
mod tcp_oddities;
mod think_time;
mod threads;
