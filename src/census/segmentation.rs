//! `segmentation.csv`: how handshake messages are cut into TCP segments and TLS records.
//!
//! Kept are the shapes of messages (bucket of bytes, bucket of segments) with their counts, by kind of message: once by
//! version, once by MSS of the receiver, once by server, of which so many are kept as in `servers.csv`. Versions add up to all.

use super::bounded::Bounded;
use super::few::{Few, MAX_VERSIONS, Sum, Usual, version_name};
use super::histogram::{bucket, quantile};
use super::servers::MAX_SERVERS;
use super::{Part, Server, server, server_text};
use crate::row::assemble::FlowRows;
use crate::row::message::MessageRow;
use crate::row::{Share, Word};
use crate::table;
use crate::tls::names;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

table! {
    /// How one kind of handshake message is cut, over all complete ones of a group. Complete: state `seen`, `encrypted` or `decrypted`.
    SegmentationRow, "segmentation", key ["group_by", "key", "message", "direction"];
    /// What the group shares: `message`, `version` (chosen), `server` (address and port) or `mss` (that the receiver announced, which limits the sender).
    group_by: Word,
    /// Its value: the message's name again, the version's name, `192.0.2.1:443`, the MSS in bytes; `other`: versions without a name and uncommon MSS values beyond those that are told apart. Empty: not known.
    key: Word,
    /// IANA's name in snake case; `encrypted_handshake` where the type is hidden; `encrypted_flight` for the first protected flight of TLS 1.3.
    message: Word,
    /// Who sent it: `client` or `server`.
    direction: Word,
    /// Complete messages of this kind in the group.
    count: u64,
    /// Median of their bytes. A quantile is exact below 256; above, it is at most 0.4 % off (fixed buckets); more where messages of one kind in one group come in more than 1,024 (with a server or MSS 256) sizes by segments, whose buckets are put together.
    bytes_p50: Option<u64>,
    /// 95th percentile of their bytes, with the same error.
    bytes_p95: Option<u64>,
    /// Bytes of the longest, exact.
    bytes_max: u64,
    /// Fewest TCP segments that one took, exact.
    segments_min: u32,
    /// Median of the segments; exact below 256.
    segments_p50: Option<u64>,
    /// 95th percentile of the segments; exact below 256.
    segments_p95: Option<u64>,
    /// Most segments that one took, exact.
    segments_max: u32,
    /// Messages that took one segment.
    segments_1: u64,
    /// Messages that took two.
    segments_2: u64,
    /// Messages that took three.
    segments_3: u64,
    /// Messages that took four.
    segments_4: u64,
    /// Messages that took five.
    segments_5: u64,
    /// Messages that took six.
    segments_6: u64,
    /// Messages that took seven.
    segments_7: u64,
    /// Messages that took eight or more.
    segments_8plus: u64,
    /// Share of the messages that took more than one segment, in per cent.
    split_pct: Share,
    /// Mean of the TLS records that they span.
    records_mean: Share,
    /// Messages that IP fragments carried.
    ip_fragmented: u64,
}

/// A kind of message and its sender: the code of a handshake type, or 256 and the place in `UNCODED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Kind {
    code: u16,
    from_client: bool,
}

/// Messages whose name does not follow from a code. New ones are added at the end.
const UNCODED: [&str; 5] = ["hello_retry_request", "encrypted_handshake", "change_cipher_spec", "encrypted_flight", "ssl2_client_hello"];

impl Kind {
    /// The kind of a message that takes part in the handshake; alerts and application data do not.
    fn of(message: &MessageRow) -> Option<Self> {
        let code = match UNCODED.iter().position(|name| *name == message.message) {
            Some(at) => 256 + at as u16,
            None if message.layer == "handshake" => message.message_code?.into(),
            None => return None,
        };
        Some(Kind { code, from_client: message.direction == "client" })
    }

    /// Its name in tables, as in messages.csv.
    pub fn name(self) -> Word {
        match u8::try_from(self.code) {
            Ok(code) => names::handshake_type(code).map_or_else(|| format!("handshake_{code}").into(), Word::from),
            Err(_) => UNCODED.get(usize::from(self.code) - 256).copied().unwrap_or_default().into(),
        }
    }

    fn direction(self) -> Word {
        if self.from_client { "client".into() } else { "server".into() }
    }
}

/// Shapes of a kind of message in a version, and of one in a server or with an MSS, at most.
const SHAPES: [usize; 2] = [1_024, 256];

/// MSS values that are told apart, at most.
const MAX_MSS: usize = 512;

/// The MSS of a receiver, where it is known: what an Ethernet and tunnels over it leave, and the defaults of old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
struct Mss(Option<u16>);

impl Usual for Mss {
    fn is_usual(&self) -> bool {
        self.0.is_none_or(|mss| matches!(mss, 1_200..=1_460 | 512 | 536 | 8_900..=8_960))
    }
}

/// Messages of one kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Cell {
    kind: Kind,
    segments_min: u32,
    segments_max: u32,
    bytes_max: u64,
    records: u64,
    ip_fragmented: u64,
    /// Sorted: ((bucket of bytes, bucket of segments), count). Buckets are put together by twos, fours and so on until there are
    /// few enough; up to eight segments stay apart.
    shapes: SmallVec<[((u16, u16), u64); 1]>,
    /// How many buckets are put together, as a power of two: the least that makes few enough of all shapes seen, in any
    /// order.
    #[serde(default)]
    coarse: u8,
}

/// The first of the buckets that are put together with those of a shape.
fn coarsened((bytes, segments): (u16, u16), coarse: u8) -> (u16, u16) {
    let first = |bucket: u16| bucket >> coarse << coarse;
    (first(bytes), if segments <= 8 { segments } else { first(segments).max(9) })
}

impl Cell {
    fn new(kind: Kind) -> Self {
        Cell {
            kind,
            segments_min: u32::MAX,
            segments_max: 0,
            bytes_max: 0,
            records: 0,
            ip_fragmented: 0,
            shapes: SmallVec::new(),
            coarse: 0,
        }
    }

    fn observe(&mut self, message: &MessageRow, most: usize) {
        self.segments_min = self.segments_min.min(message.segments);
        self.segments_max = self.segments_max.max(message.segments);
        self.bytes_max = self.bytes_max.max(message.bytes);
        self.records += u64::from(message.records);
        self.ip_fragmented += u64::from(message.ip_fragments.is_some_and(|fragments| fragments > 0));
        self.add((bucket(message.bytes), bucket(message.segments.into())), 1, most);
    }

    fn merge(&mut self, other: &Cell, most: usize) {
        self.segments_min = self.segments_min.min(other.segments_min);
        self.segments_max = self.segments_max.max(other.segments_max);
        self.bytes_max = self.bytes_max.max(other.bytes_max);
        self.records += other.records;
        self.ip_fragmented += other.ip_fragmented;
        self.coarsen(other.coarse);
        for (shape, count) in &other.shapes {
            self.add(*shape, *count, most);
        }
    }

    fn add(&mut self, shape: (u16, u16), count: u64, most: usize) {
        self.count(coarsened(shape, self.coarse), count);
        while self.shapes.len() > most {
            self.coarsen(self.coarse + 1);
        }
    }

    /// Puts so many more buckets together.
    fn coarsen(&mut self, coarse: u8) {
        if coarse > self.coarse {
            self.coarse = coarse;
            for (shape, count) in std::mem::take(&mut self.shapes) {
                self.count(coarsened(shape, coarse), count);
            }
        }
    }

    fn count(&mut self, shape: (u16, u16), count: u64) {
        match self.shapes.binary_search_by_key(&shape, |held| held.0) {
            Ok(at) => self.shapes[at].1 += count,
            Err(at) => {
                // There are many cells of servers with a shape or two: the first lies in its place, and no room is kept for more.
                if self.shapes.len() < 4 {
                    self.shapes.reserve_exact(1);
                }
                self.shapes.insert(at, (shape, count));
            }
        }
    }
}

/// The kinds of messages of one group, sorted by kind.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Cells(Vec<Cell>);

impl Cells {
    fn cell(&mut self, kind: Kind) -> &mut Cell {
        let at = match self.0.binary_search_by_key(&kind, |cell| cell.kind) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, Cell::new(kind));
                at
            }
        };
        &mut self.0[at]
    }

    fn merge(&mut self, other: &Cells, most: usize) {
        for cell in &other.0 {
            self.cell(cell.kind).merge(cell, most);
        }
    }
}

/// Cells of a group whose kinds have at most so many shapes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Group<const SHAPES: usize>(Cells);

impl<const SHAPES: usize> Sum for Group<SHAPES> {
    fn add(&mut self, other: Self) {
        self.0.merge(&other.0, SHAPES);
    }
}

/// The shapes of messages.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Segmentation {
    /// By the version chosen.
    versions: Few<Option<u16>, Group<{ SHAPES[0] }>, MAX_VERSIONS>,
    /// By the MSS that the receiver announced.
    mss: Few<Mss, Group<{ SHAPES[1] }>, MAX_MSS>,
    servers: Bounded<Server, Cells, MAX_SERVERS>,
}

impl Part for Segmentation {
    fn observe(&mut self, rows: &FlowRows) {
        let flow = &rows.flow;
        let complete = |message: &&MessageRow| matches!(message.state.as_ref(), "seen" | "encrypted" | "decrypted");
        let messages: Vec<_> = rows.messages.iter().filter(complete).filter_map(|message| Some((Kind::of(message)?, message))).collect();
        let count = |cells: &mut Cells, from: Option<bool>, most: usize| {
            let sent = messages.iter().filter(|(kind, _)| from.is_none_or(|client| kind.from_client == client));
            sent.for_each(|(kind, message)| cells.cell(*kind).observe(message, most));
        };
        if messages.is_empty() {
            return;
        }
        count(&mut self.versions.entry(flow.tls_version_code).0, None, SHAPES[0]);
        for (from_client, mss) in [(true, flow.mss_server_bytes), (false, flow.mss_client_bytes)] {
            if messages.iter().any(|(kind, _)| kind.from_client == from_client) {
                count(&mut self.mss.entry(Mss(mss)).0, Some(from_client), SHAPES[1]);
            }
        }
        if let Some(cells) = server(rows).and_then(|server| self.servers.entry_with(server, Cells::default)) {
            count(cells, None, SHAPES[1]);
        }
    }

    fn merge(&mut self, other: Self) {
        self.versions.merge(other.versions);
        self.mss.merge(other.mss);
        self.servers.merge(other.servers, |ours, theirs| ours.merge(&theirs, SHAPES[1]));
    }
}

impl Segmentation {
    /// Messages to receivers whose MSS is not told apart.
    pub fn beyond(&self) -> u64 {
        let others = self.mss.in_order().into_iter().filter(|(mss, _)| mss.is_none());
        others.flat_map(|(_, group)| &group.0.0).flat_map(|cell| &cell.shapes).map(|(_, count)| count).sum()
    }

    /// The table: the groups message, version, server and mss, each by key, kind and direction.
    pub fn rows(&self) -> impl Iterator<Item = SegmentationRow> {
        let versions = self.versions.in_order().into_iter();
        let versions = versions.flat_map(|(version, cells)| group("version", version_name(version), &cells.0));
        let servers = self.servers.in_order().into_iter().flat_map(|(server, cells)| group("server", server_text(*server), cells));
        let name = |mss: Option<&Mss>| match mss {
            None => "other".into(),
            Some(Mss(mss)) => mss.map_or_else(Word::default, |mss| mss.to_string().into()),
        };
        let mss = self.mss.in_order().into_iter().flat_map(move |(mss, cells)| group("mss", name(mss), &cells.0));
        self.messages().into_iter().chain(versions).chain(servers).chain(mss)
    }

    /// The first group of the table: one row a kind of message.
    pub fn messages(&self) -> Vec<SegmentationRow> {
        let mut all = Cells::default();
        self.versions.values().for_each(|cells| all.merge(&cells.0, SHAPES[0]));
        all.0.iter().map(|cell| row("message", cell.kind.name(), cell)).collect()
    }
}

fn group<'a>(group_by: &'static str, key: Word, cells: &'a Cells) -> impl Iterator<Item = SegmentationRow> + use<'a> {
    cells.0.iter().map(move |cell| row(group_by, key.clone(), cell))
}

fn row(group_by: &'static str, key: Word, cell: &Cell) -> SegmentationRow {
    let centre = |bucket: u16| if bucket <= 8 { bucket } else { bucket + ((1 << cell.coarse) >> 1) };
    let mut segments: Vec<(u16, u64)> = cell.shapes.iter().map(|((_, bucket), count)| (centre(*bucket), *count)).collect();
    segments.sort_unstable();
    let count = segments.iter().map(|(_, count)| count).sum();
    let took = |wanted: std::ops::RangeInclusive<u16>| -> u64 {
        segments.iter().filter(|(bucket, _)| wanted.contains(bucket)).map(|(_, count)| count).sum()
    };
    // Of buckets that are put together the middle one stands for all. The shapes are sorted by bytes first.
    let half = (1 << cell.coarse) >> 1;
    let bytes_at = |percent| {
        quantile(cell.shapes.iter().map(|((bucket, _), count)| (*bucket + half, *count)), percent).map(|value| value.min(cell.bytes_max))
    };
    let segments_at = |percent| quantile(segments.iter().copied(), percent).map(|value| value.min(cell.segments_max.into()));
    SegmentationRow {
        group_by: group_by.into(),
        key,
        message: cell.kind.name(),
        direction: cell.kind.direction(),
        count,
        bytes_p50: bytes_at(50),
        bytes_p95: bytes_at(95),
        bytes_max: cell.bytes_max,
        segments_min: cell.segments_min,
        segments_p50: segments_at(50),
        segments_p95: segments_at(95),
        segments_max: cell.segments_max,
        segments_1: took(1..=1),
        segments_2: took(2..=2),
        segments_3: took(3..=3),
        segments_4: took(4..=4),
        segments_5: took(5..=5),
        segments_6: took(6..=6),
        segments_7: took(7..=7),
        segments_8plus: took(8..=u16::MAX),
        split_pct: Share::percent(took(2..=u16::MAX), count),
        records_mean: Share::mean(cell.records, count),
        ip_fragmented: cell.ip_fragmented,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A kind keeps the name that messages.csv gives it.
    #[test]
    fn names_come_back() {
        use crate::row::step;
        use crate::tls::Content;
        let hidden = [
            Content::V2ClientHello,
            Content::HelloRetryRequest,
            Content::EncryptedHandshake,
            Content::ChangeCipherSpec,
            Content::EncryptedFlight,
        ];
        for content in (0..=u8::MAX).map(Content::Handshake).chain(hidden) {
            let named = step::name(content);
            let message =
                MessageRow { layer: named.layer.into(), message: named.message.clone(), message_code: named.code, ..MessageRow::default() };
            assert_eq!(Kind::of(&message).unwrap().name(), named.message);
        }
    }

    /// However many shapes there are, few are held, the same in any order, and counts up to eight segments are exact.
    #[test]
    fn shapes_are_put_together_where_there_are_many() {
        const MOST: usize = 64;
        let kind = Kind { code: 1, from_client: true };
        let message = |at: u64| MessageRow { bytes: at * at % 70_001, segments: (at % 40) as u32, ..MessageRow::default() };
        let of = |at: std::ops::Range<u64>| {
            let mut cell = Cell::new(kind);
            at.for_each(|at| cell.observe(&message(at), MOST));
            cell
        };
        let whole = of(0..9_000);
        assert!(whole.shapes.len() <= MOST && whole.coarse > 0, "{} {}", whole.shapes.len(), whole.coarse);
        for cut in [0, 10, 100, 5_000, 8_999] {
            let (mut left, right) = (of(0..cut), of(cut..9_000));
            let mut turned = right.clone();
            turned.merge(&left, MOST);
            left.merge(&right, MOST);
            let text = |cell: &Cell| serde_json::to_string(cell).unwrap();
            assert!(text(&left) == text(&whole) && text(&turned) == text(&whole), "cut at {cut}");
        }
        let row = row("message", "".into(), &whole);
        assert_eq!((row.count, row.segments_1, row.segments_7, row.segments_8plus), (9_000, 225, 225, 9_000 - 8 * 225));
    }

    /// Every group counts every complete message of the handshake once.
    #[test]
    fn groups_add_up_to_a_plain_count() {
        let flows = crate::census::tests::flows(400);
        let mut segmentation = Segmentation::default();
        flows.iter().for_each(|rows| segmentation.observe(rows));
        let rows: Vec<_> = segmentation.rows().collect();
        let complete: Vec<_> = flows.iter().flat_map(|rows| &rows.messages).filter(|message| message.state != "partial").collect();
        for group in ["message", "version", "server", "mss"] {
            let of = || rows.iter().filter(|row| row.group_by == group);
            assert_eq!(of().map(|row| row.count).sum::<u64>(), complete.len() as u64, "{group}");
            assert_eq!(of().map(|row| row.bytes_max).max(), complete.iter().map(|message| message.bytes).max(), "{group}");
            for row in of() {
                let buckets = [row.segments_1, row.segments_2, row.segments_3, row.segments_4, row.segments_5, row.segments_6];
                assert_eq!(buckets.iter().sum::<u64>() + row.segments_7 + row.segments_8plus, row.count);
            }
        }
        let certificates = rows.iter().find(|row| row.group_by == "message" && row.message == "certificate").unwrap();
        let mut bytes: Vec<_> = complete.iter().filter(|message| message.message == "certificate").map(|message| message.bytes).collect();
        bytes.sort_unstable();
        let exact = bytes[(bytes.len() * 95).div_ceil(100) - 1];
        assert!(certificates.bytes_p95.unwrap().abs_diff(exact) * 256 <= exact);
    }
}
