//! What may lie in UDP datagrams: DTLS or QUIC, decided by the first payload that begins like one of them.

use crate::dtls::Association;
use crate::flow::datagram::DatagramReader;
use crate::flow::{Carrier, Interest, Side};
use crate::quic::Connection;
use crate::tls::Seen;
use crate::tls::seen::USUAL;

/// A reader of datagrams.
#[derive(Debug)]
pub enum Udp {
    /// A DTLS association.
    Dtls(Box<Association>),
    /// A QUIC connection.
    Quic(Box<Connection>),
}

impl Udp {
    /// Ends what is still open, and names the protocol.
    pub fn finish(&mut self) -> &'static str {
        match self {
            Udp::Dtls(association) => {
                association.finish();
                "dtls"
            }
            Udp::Quic(connection) => {
                connection.finish();
                "quic"
            }
        }
    }

    /// The version of Google's own QUIC, if the flow is that: it is followed to be counted, and has no rows.
    pub fn gquic(&self) -> Option<u32> {
        match self {
            Udp::Dtls(_) => None,
            Udp::Quic(connection) => connection.gquic(),
        }
    }

    /// What the flow showed, once it is over.
    pub fn take_seen(&mut self) -> Seen {
        std::mem::take(match self {
            Udp::Dtls(association) => &mut association.seen,
            Udp::Quic(connection) => &mut connection.seen,
        })
    }
}

impl DatagramReader for Udp {
    /// As for a TLS session: the reader itself and [`USUAL`].
    const BYTES: u64 = 1024 + USUAL;

    fn begin(bytes: &[u8], wire_len: u32) -> Option<Self> {
        Association::begin(bytes, wire_len as usize)
            .map(|one| Udp::Dtls(Box::new(one)))
            .or_else(|| Connection::begin(bytes).map(|one| Udp::Quic(Box::new(one))))
    }

    fn is_renewed_by(&self, side: Side, bytes: &[u8], wire_len: u32) -> bool {
        match self {
            Udp::Dtls(association) => association.is_renewed_by(bytes, wire_len as usize),
            Udp::Quic(connection) => connection.is_renewed_by(side, bytes),
        }
    }

    fn deliver(&mut self, side: Side, bytes: &[u8], carrier: Carrier) {
        match self {
            Udp::Dtls(association) => association.deliver(side, bytes, carrier),
            Udp::Quic(connection) => connection.deliver(side, bytes, carrier),
        }
    }

    fn held(&self) -> u64 {
        match self {
            Udp::Dtls(association) => association.held() + association.seen.held(),
            Udp::Quic(connection) => connection.held() + connection.seen.held(),
        }
        .saturating_sub(USUAL)
    }

    fn interest(&self) -> Interest {
        if self.gquic().is_some() { Interest::Undecided } else { Interest::Found }
    }
}
