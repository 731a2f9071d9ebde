//! Section 8: how messages are cut.

use super::super::view;
use super::super::words::{count, counted, share};
use crate::census::Census;
use crate::census::flights::Flights;
use crate::census::histogram::ERROR_PERMILLE;
use crate::census::segmentation::SegmentationRow;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Messages in the order of a handshake; others follow.
const ORDER: [&str; 18] = [
    "ssl2_client_hello",
    "client_hello",
    "hello_retry_request",
    "server_hello",
    "encrypted_flight",
    "certificate",
    "compressed_certificate",
    "certificate_status",
    "server_key_exchange",
    "certificate_request",
    "server_hello_done",
    "client_key_exchange",
    "certificate_verify",
    "change_cipher_spec",
    "encrypted_handshake",
    "new_session_ticket",
    "finished",
    "hello_request",
];

/// Section 8.
pub fn segmentation(census: &Census) -> view::Segmentation {
    let mut rows = census.segmentation.messages();
    let place = |row: &SegmentationRow| ORDER.iter().position(|name| *name == row.message).unwrap_or(ORDER.len());
    rows.sort_by_key(place);
    let sum = |count: fn(&SegmentationRow) -> u64| rows.iter().map(count).sum::<u64>();
    let (client, server) = (&census.mss.client, &census.mss.server);
    let sizes: BTreeSet<u16> = client.keys().chain(server.keys()).copied().collect();
    let flows = |size: &u16| (client.get(size).copied().unwrap_or(0), server.get(size).copied().unwrap_or(0));
    let mut mss: Vec<_> =
        sizes.iter().rev().map(|size| view::MssRow { mss_bytes: u32::from(*size), client: flows(size).0, server: flows(size).1 }).collect();
    if mss.len() > view::MAX_MSS {
        mss.sort_by_key(|row| Reverse(row.client + row.server));
    }
    view::Segmentation {
        messages: sum(|row| row.count),
        split: sum(|row| row.count - row.segments_1),
        ip_fragmented: sum(|row| row.ip_fragmented),
        offload_flows: census.totals.offload_flows,
        quantile_error_permille: ERROR_PERMILLE,
        says: says(&census.flights),
        cuts: census.flights.cuts,
        split_hellos: (census.totals.client_hello_split, census.totals.client_hello_cuts),
        old_hellos: census.totals.client_hellos.saturating_sub(census.totals.client_hello_cuts),
        flights: census.flights.full,
        rows: rows.iter().map(message).collect(),
        mss_clients: client.values().sum(),
        mss_servers: server.values().sum(),
        mss: mss.into_iter().collect(),
    }
}

fn message(row: &SegmentationRow) -> view::MessageCut {
    view::MessageCut {
        message: row.message.clone().into_owned(),
        from_client: row.direction == "client",
        count: row.count,
        bytes_p50: row.bytes_p50,
        bytes_p95: row.bytes_p95,
        bytes_max: Some(row.bytes_max),
        segments: [
            row.segments_1,
            row.segments_2,
            row.segments_3,
            row.segments_4,
            row.segments_5,
            row.segments_6,
            row.segments_7,
            row.segments_8plus,
        ],
        segments_max: row.segments_max.into(),
    }
}

fn says(flights: &Flights) -> [String; 2] {
    let messages: u64 = flights.cuts.iter().flatten().sum();
    let cuts = format!(
        "{} of {} in plain ({}) lie in one record and one segment.",
        count(flights.cuts[0][0]),
        counted(messages, "message"),
        share(flights.cuts[0][0], messages)
    );
    let known: u64 = flights.full.iter().sum();
    let within = |segments: usize| share(flights.full[..segments].iter().sum(), known);
    let flight = format!(
        "Of {} whose client announced an MSS, {} fit the initial window of ten segments (RFC 6928) and {} the older one of four (RFC 3390); a flight that does not waits for an acknowledgement.",
        counted(known, "first flight"),
        within(10),
        within(4)
    );
    [cuts, flight]
}
