//! What TLS comes after or in: a preamble, which ends where TLS begins, or OpenVPN, whose packets carry it.

use super::super::openvpn::{OpenVpn, Part};
use super::super::preamble::Preamble;
use super::super::record;
use super::{Place, Session};
use crate::flow::{Chunk, Gap};

/// Bytes of OpenVPN without any TLS after which it is taken for something else.
const MAX_WITHOUT_TLS: u64 = 16 << 10;

/// What a flow begins with.
#[derive(Debug, Default)]
pub(super) enum Outer {
    /// No byte was seen yet.
    #[default]
    Unknown,
    /// TLS itself, or what is not known: TLS may begin with any segment.
    Nothing,
    /// A protocol that is followed to its end.
    Preamble(Box<Preamble>),
    /// Packets of OpenVPN.
    OpenVpn(Box<OpenVpn>),
}

impl Outer {
    /// Whether a first segment is of a protocol that is known to lead to TLS.
    pub(super) fn is_opened_by(bytes: &[u8]) -> bool {
        Preamble::is_opened_by(bytes) || OpenVpn::open(bytes).is_some()
    }
}

impl Session {
    /// Takes the flow's first bytes for what they look like.
    pub(super) fn begin(&mut self, chunk: Chunk<'_>) {
        self.outer = if chunk.offset != 0 || record::could_open(chunk.bytes, true, true) {
            Outer::Nothing
        } else if let Some(preamble) = Preamble::open(chunk.side, chunk.bytes) {
            Outer::Preamble(Box::new(preamble))
        } else if let Some(openvpn) = OpenVpn::open(chunk.bytes) {
            self.seen.facts.preamble = "openvpn";
            Outer::OpenVpn(Box::new(openvpn))
        } else {
            Outer::Nothing
        };
    }

    /// Takes bytes of which the first ones may be of the preamble.
    pub(super) fn deliver_behind_preamble(&mut self, chunk: Chunk<'_>) {
        let mut rest = chunk;
        // Once one side speaks TLS the other one answers in it, were it with an alert.
        let answered = self.seen.records[0].all + self.seen.records[1].all > 0;
        while let Outer::Preamble(preamble) = &mut self.outer {
            if preamble.is_over(chunk.side) {
                break;
            }
            let between = preamble.is_between(chunk.side);
            if (between || rest.at == 0) && record::could_open(rest.bytes, between, answered) {
                preamble.end(chunk.side);
                if preamble.is_over(chunk.side.other()) {
                    self.outer = Outer::Nothing;
                }
                if record::v2_hello(rest.bytes) != record::V2Hello::No {
                    self.expect_v2_hello(chunk.side);
                } else {
                    self.expect_record(chunk.side);
                }
                break;
            }
            let Some(used) = preamble.take(chunk.side, rest.bytes) else {
                self.failed |= !answered;
                self.outer = Outer::Nothing;
                return;
            };
            rest = rest.behind(used);
            if rest.bytes.is_empty() {
                return;
            }
        }
        self.deliver_records(rest);
    }

    /// Takes bytes of OpenVPN's packets.
    pub(super) fn deliver_in_openvpn(&mut self, chunk: Chunk<'_>) {
        let Outer::OpenVpn(mut openvpn) = std::mem::take(&mut self.outer) else { return };
        let mut rest = chunk;
        while !rest.bytes.is_empty() {
            let (used, part) = openvpn.take(rest.side, rest.bytes, rest.at == 0);
            let taken = Chunk { bytes: &rest.bytes[..used], ..rest };
            match part {
                Part::Other => {}
                Part::Tls { begins } => {
                    let is_lost = self.directions[chunk.side.index()].place == Place::Lost;
                    if is_lost && begins && record::could_start(taken.bytes, taken.bytes.len() < record::HEADER, true) {
                        self.expect_record(chunk.side);
                    }
                    if self.directions[chunk.side.index()].place != Place::Lost {
                        self.deliver_records(taken);
                    }
                }
                Part::Lost => self.lose(chunk.side),
            }
            rest = rest.behind(used);
        }
        self.failed |= self.seen.records[0].all + self.seen.records[1].all == 0 && rest.offset > MAX_WITHOUT_TLS;
        self.outer = Outer::OpenVpn(openvpn);
    }

    /// Passes over missing bytes of OpenVPN's packets.
    pub(super) fn skip_in_openvpn(&mut self, gap: Gap) {
        let Outer::OpenVpn(openvpn) = &mut self.outer else { return };
        match openvpn.skip(gap.side, gap.len) {
            Part::Other => {}
            Part::Tls { .. } => self.skip_records(gap),
            Part::Lost => self.lose(gap.side),
        }
    }
}
