//! What a lane collects: rows as text, counts, the selection of flows, losses. Plain parts that merge.

use super::SeriesFacts;
use super::store::{RowKey, Run as SortedRun};
use crate::archive::{Capture, Status};
use crate::census::Census;
use crate::flow::table::Sink;
use crate::flow::{End, Flow, FramePlace, Interest, Reader};
use crate::ledger::{Layer, Ledger, Place, Reason};
use crate::row::assemble::{Origin, assemble};
use crate::row::{Style, Wild};
use crate::time::Timestamp;
use crate::tls::Session;
use std::collections::BTreeMap;

/// Counts of one capture.
#[derive(Debug, Clone, Default)]
pub struct CaptureCounts {
    /// Frames that were handed out.
    pub packets: u64,
    /// Frames that the snap length cut.
    pub packets_cut: u64,
    /// The first frame and its time.
    pub first: Option<(u64, Timestamp)>,
    /// The latest time.
    pub latest: Option<Timestamp>,
    /// TLS flows that start in it.
    pub tls_flows: u64,
    /// Completed handshakes among them.
    pub completed: u64,
    /// Failed ones.
    pub failed: u64,
    /// Whether offload was seen.
    pub offload: bool,
    /// First frames of the TCP connections in it, a list for each part that was merged.
    births: Vec<Births>,
}

impl CaptureCounts {
    fn merge(&mut self, other: CaptureCounts) {
        self.packets += other.packets;
        self.packets_cut += other.packets_cut;
        self.first = match (self.first, other.first) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self.latest = self.latest.max(other.latest);
        self.tls_flows += other.tls_flows;
        self.completed += other.completed;
        self.failed += other.failed;
        self.offload |= other.offload;
        self.births.extend(other.births);
    }

    /// Adds what counts frames.
    pub fn merge_frames(&mut self, other: &CaptureCounts) {
        self.merge(CaptureCounts { births: Vec::new(), ..other.clone() });
    }

    /// Counts a frame.
    pub fn frame(&mut self, number: u64, time: Timestamp, cut: bool) {
        self.packets += 1;
        self.packets_cut += u64::from(cut);
        if self.first.is_none_or(|(first, _)| number < first) {
            self.first = Some((number, time));
        }
        self.latest = self.latest.max(Some(time));
    }
}

/// Ascending frame numbers, as differences in as few bytes as they need (seven bits a byte, lowest first).
#[derive(Debug, Clone, Default)]
pub struct Births {
    bytes: Vec<u8>,
    last: u64,
    count: u64,
}

impl Births {
    fn push(&mut self, frame: u64) {
        let mut rest = frame - self.last;
        self.last = frame;
        self.count += 1;
        while rest >= 0x80 {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }
}

/// Reads [`Births`] in order, to count those before a frame.
#[derive(Debug)]
struct BirthCursor {
    births: Births,
    at: usize,
    value: u64,
    passed: u64,
}

impl BirthCursor {
    fn new(births: Births) -> Self {
        let mut cursor = BirthCursor { births, at: 0, value: 0, passed: 0 };
        cursor.read();
        cursor
    }

    fn read(&mut self) {
        let (mut difference, mut shift) = (0u64, 0);
        while let Some(byte) = self.births.bytes.get(self.at) {
            self.at += 1;
            difference |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        self.value += difference;
    }

    fn before(&mut self, frame: u64) -> u64 {
        while self.passed < self.births.count && self.value < frame {
            self.passed += 1;
            self.read();
        }
        self.passed
    }
}

/// Wireshark's stream numbers of one capture, asked for in ascending order of first frames.
#[derive(Debug, Default)]
pub struct Streams {
    cursors: Vec<BirthCursor>,
}

impl Streams {
    /// The number of the connection whose first frame is `frame`: how many came before.
    pub fn number(&mut self, frame: u64) -> u64 {
        self.cursors.iter_mut().map(|cursor| cursor.before(frame)).sum()
    }
}

/// Everything that was collected.
#[derive(Debug, Default)]
pub struct Collected {
    /// The census.
    pub census: Census,
    /// Losses.
    pub ledger: Ledger,
    counts: BTreeMap<usize, CaptureCounts>,
    /// Cells of flows.csv that the guard against formulas altered.
    pub guarded_cells: u64,
}

impl Collected {
    /// Takes in another part. The order of parts does not matter.
    pub fn merge(&mut self, other: Collected) {
        self.census.merge(other.census);
        self.ledger.merge(other.ledger);
        self.guarded_cells += other.guarded_cells;
        for (capture, counts) in other.counts {
            self.counts.entry(capture).or_default().merge(counts);
        }
    }

    /// Counts of a capture, by its index in the archive.
    pub fn counts(&self, capture: usize) -> CaptureCounts {
        let Some(counts) = self.counts.get(&capture) else { return CaptureCounts::default() };
        CaptureCounts { births: Vec::new(), ..counts.clone() }
    }

    /// TCP connections with a packet in a capture.
    pub fn tcp_flows(&self, capture: usize) -> u64 {
        self.counts.get(&capture).map_or(0, |counts| counts.births.iter().map(|births| births.count).sum())
    }

    /// The stream numbers of a capture.
    pub fn streams(&self, capture: usize) -> Streams {
        let births = self.counts.get(&capture).map(|counts| counts.births.clone()).unwrap_or_default();
        Streams { cursors: births.into_iter().map(BirthCursor::new).collect() }
    }

    /// Gives the selected flows their stream numbers, which were not known when they were chosen.
    pub fn number_selection(&mut self, captures: &[Capture]) {
        let index: BTreeMap<&str, usize> = captures
            .iter()
            .enumerate()
            .filter(|(_, capture)| capture.status == Status::Ready)
            .map(|(index, capture)| (capture.id.as_str(), index))
            .collect();
        let mut selection = std::mem::take(&mut self.census.selection);
        let mut flows: Vec<_> = selection
            .flows_mut()
            .filter_map(|rows| Some((*index.get(rows.flow.capture_id.as_ref())?, rows.flow.first_frame, rows)))
            .collect();
        flows.sort_by_key(|(capture, frame, _)| (*capture, *frame));
        let mut streams = (usize::MAX, Streams::default());
        for (capture, frame, rows) in &mut flows {
            if streams.0 != *capture {
                streams = (*capture, self.streams(*capture));
            }
            rows.flow.stream = Some(streams.1.number(*frame));
        }
        drop(flows);
        self.census.selection = selection;
    }

    /// Counts of a capture, to be added to.
    pub fn counts_mut(&mut self, capture: usize) -> &mut CaptureCounts {
        self.counts.entry(capture).or_default()
    }
}

/// The collecting end of one lane of a series.
pub struct Collector<'a> {
    series: &'a SeriesFacts<'a>,
    style: Style,
    /// First frames of connections, for the file under way.
    births: Births,
    file: u32,
    /// The same of the files before it, and of those that are read side by side with it.
    others: BTreeMap<u32, Births>,
    /// What was collected besides rows.
    pub collected: Collected,
    /// Rows, unsorted.
    pub rows: SortedRun,
}

impl<'a> Collector<'a> {
    /// An empty one.
    pub fn new(series: &'a SeriesFacts<'a>, style: Style) -> Self {
        Collector {
            series,
            style,
            births: Births::default(),
            file: 0,
            others: BTreeMap::new(),
            collected: Collected::default(),
            rows: SortedRun::default(),
        }
    }

    fn capture(&self, file: u32) -> usize {
        self.series.captures[file as usize]
    }

    /// Hands out what was collected.
    pub fn finish(mut self) -> (Collected, SortedRun) {
        self.turn_to(self.file);
        for (file, births) in std::mem::take(&mut self.others) {
            let capture = self.capture(file);
            self.collected.counts_mut(capture).births.push(births);
        }
        (self.collected, self.rows)
    }

    /// Puts the list of the file under way aside, and goes on with that of another.
    fn turn_to(&mut self, file: u32) {
        let next = self.others.remove(&file).unwrap_or_default();
        let births = std::mem::replace(&mut self.births, next);
        if births.count > 0 {
            self.others.insert(self.file, births);
        }
        self.file = file;
    }
}

impl Sink<Session> for Collector<'_> {
    fn appeared(&mut self, place: FramePlace) {
        if place.file != self.file {
            self.turn_to(place.file);
        }
        self.births.push(place.frame);
    }

    fn late(&mut self, place: FramePlace, bytes: u32) {
        let place = Place { capture: self.capture(place.file) as u32, frame: place.frame, offset: 0 };
        self.collected.ledger.note(Layer::Flow, Reason::of("packet_after_close"), u64::from(bytes), place);
    }

    fn ended(&mut self, mut flow: Flow<Session>, end: End, latest: Timestamp) {
        let capture = self.capture(flow.first.file);
        let place = Place { capture: capture as u32, frame: flow.first.frame, offset: 0 };
        if end == End::Evicted {
            self.collected.ledger.note(Layer::Flow, Reason::of("evicted"), 0, place);
        }
        let conflicts = flow.directions.iter().map(|direction| direction.conflicts).sum::<u32>();
        if conflicts > 0 {
            self.collected.ledger.note(Layer::Stream, Reason::of("overlap_conflict"), 0, place);
        }
        let Some(mut session) = flow.reader.take().filter(|session| session.interest() == Interest::Found) else { return };
        session.finish();
        let gaps = flow.directions.iter().map(|direction| direction.gap_bytes).sum::<u64>();
        if gaps > 0 {
            self.collected.ledger.note(Layer::Stream, Reason::of("gap_in_tls_flow"), gaps, place);
        }
        if session.seen.facts.dropped > 0 {
            self.collected.ledger.note(Layer::Tls, Reason::of("messages_beyond_bound"), 0, place);
        }
        let origin = Origin { captures: &self.series.ids, series_id: &self.series.id };
        let rows = assemble(&flow, &session.seen, end, latest, origin);
        let counts = self.collected.counts_mut(capture);
        counts.tls_flows += 1;
        counts.completed += u64::from(rows.flow.outcome == "completed");
        counts.failed += u64::from(matches!(rows.flow.outcome.as_ref(), "alert" | "reset" | "closed" | "timeout"));
        counts.offload |= rows.flow.offload_suspected;
        if !self.style.raw {
            let alpn_offered = rows.flow.alpn_offered.0.first().is_some_and(Wild::is_guarded);
            self.collected.guarded_cells +=
                [rows.flow.sni.is_guarded(), rows.flow.alpn.is_guarded(), alpn_offered].map(u64::from).iter().sum::<u64>();
        }
        let key = RowKey { capture: capture as u32, frame: flow.first.frame };
        self.rows.push(key, &rows, self.style);
        self.collected.census.observe(&rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_count_what_came_before() {
        let mut lanes = [Births::default(), Births::default(), Births::default()];
        let frames: Vec<u64> = (0..1000u64).map(|n| 1 + n * n % 7 + n * 300).collect();
        for (index, frame) in frames.iter().enumerate() {
            lanes[index % 3].push(*frame);
        }
        let mut streams = Streams { cursors: lanes.into_iter().map(BirthCursor::new).collect() };
        for (index, frame) in frames.iter().enumerate() {
            assert_eq!(streams.number(*frame), index as u64);
        }
    }
}
