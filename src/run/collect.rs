//! What is collected of a series: counts by capture, first frames, losses, which are plain parts that merge; and what all
//! series bring in alike, which goes to a [`Harvest`].

use super::harvest::Harvest;
use super::store::RowKey;
use super::streams::{Births, Ranks, Streams};
use super::udp::Udp;
use super::{Run, SeriesFacts, lock};
use crate::archive::{Capture, Status};
use crate::census::Census;
use crate::flow::datagram::{DatagramFlow, DatagramReader, DatagramSink};
use crate::flow::direction::Direction;
use crate::flow::table::Sink;
use crate::flow::{End, Flow, FramePlace, Interest, Reader};
use crate::ledger::{Layer, Ledger, Place, Reason};
use crate::row::Row;
use crate::row::assemble::{Origin, assemble};
use crate::row::flow::FlowRow;
use crate::row::network::Network;
use crate::time::Timestamp;
use crate::tls::{Seen, Session};
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
    /// Frames that hold a packet of TCP that was captured before.
    pub duplicates: u64,
    /// TCP connections with a packet in it.
    pub tcp_flows: u64,
    /// UDP conversations with a packet in it.
    pub udp_flows: u64,
    /// First frames of the TCP connections and UDP conversations in it, a list for each part that was merged.
    births: [Vec<Births>; 2],
    /// First frames of the conversations whose numbers are asked for.
    wanted: Vec<u64>,
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
        self.duplicates += other.duplicates;
        self.tcp_flows += other.tcp_flows;
        self.udp_flows += other.udp_flows;
        let [segments, datagrams] = other.births;
        self.births[0].extend(segments);
        self.births[1].extend(datagrams);
        self.wanted.extend(other.wanted);
    }

    /// Adds what counts frames.
    pub fn merge_frames(&mut self, other: &CaptureCounts) {
        self.merge(other.clone());
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

/// What was collected beside the census.
#[derive(Debug, Default)]
pub struct Collected {
    /// Losses.
    pub ledger: Ledger,
    counts: BTreeMap<usize, CaptureCounts>,
    /// Cells of flows.csv that the guard against formulas altered.
    pub guarded_cells: u64,
}

impl Collected {
    /// Takes in another part. The order of parts does not matter.
    pub fn merge(&mut self, other: Collected) {
        self.ledger.merge(other.ledger);
        self.guarded_cells += other.guarded_cells;
        for (capture, counts) in other.counts {
            self.counts.entry(capture).or_default().merge(counts);
        }
    }

    /// Counts of a capture, by its index in the archive.
    pub fn counts(&self, capture: usize) -> CaptureCounts {
        let Some(counts) = self.counts.get(&capture) else { return CaptureCounts::default() };
        CaptureCounts { births: Default::default(), wanted: Vec::new(), ..counts.clone() }
    }

    /// The stream numbers of a capture.
    pub fn streams(&self, capture: usize) -> Streams {
        let Some(counts) = self.counts.get(&capture) else { return Streams::default() };
        let mut wanted = counts.wanted.clone();
        wanted.sort_unstable();
        wanted.dedup();
        let mut ranks = Ranks::new(&counts.births[1]);
        // Datagrams that wrap one another are in one frame: a flow's own is the innermost, so all others of it come before.
        let conversations = wanted.into_iter().map(|frame| (frame, ranks.of(frame + 1).saturating_sub(1))).collect();
        Streams { connections: Ranks::new(&counts.births[0]), conversations }
    }

    /// Gives the selected flows their stream numbers, which were not known when they were chosen.
    pub fn number_selection(&self, census: &mut Census, captures: &[Capture]) {
        let index: BTreeMap<&str, usize> = captures
            .iter()
            .enumerate()
            .filter(|(_, capture)| capture.status == Status::Ready)
            .map(|(index, capture)| (capture.id.as_str(), index))
            .collect();
        let whole = census.selection.flows_mut().map(|rows| {
            let FlowRow { capture_id, first_frame, stream, .. } = &mut rows.flow;
            (capture_id, *first_frame, rows.conversation, stream)
        });
        let glanced = census.glances.flows_mut().map(|flow| (&mut flow.capture_id, flow.first_frame, flow.conversation, &mut flow.stream));
        let mut flows: Vec<_> = whole
            .chain(glanced)
            .filter_map(|(id, frame, conversation, stream)| Some((*index.get(id.as_ref())?, frame, conversation, stream)))
            .collect();
        flows.sort_by_key(|(capture, frame, ..)| (*capture, *frame));
        let mut streams = (usize::MAX, Streams::default());
        for (capture, _, conversation, stream) in flows {
            if streams.0 != capture {
                streams = (capture, self.streams(capture));
            }
            *stream = Some(streams.1.number(conversation));
        }
    }

    /// Counts of a capture, to be added to.
    pub fn counts_mut(&mut self, capture: usize) -> &mut CaptureCounts {
        self.counts.entry(capture).or_default()
    }
}

/// The collecting end of one lane of a series.
pub struct Collector<'a> {
    run: &'a Run<'a>,
    series: &'a SeriesFacts<'a>,
    /// First frames of connections and of conversations, for the file under way.
    births: [Births; 2],
    file: u32,
    /// The same of the files before it, and of those that are read side by side with it.
    others: BTreeMap<u32, [Births; 2]>,
    /// A file, and the duplicates in it that are not counted yet.
    duplicates: (u32, u64),
    /// What was collected of this series.
    pub collected: Collected,
    /// What it adds to with all others, while a thread works for it and flows end.
    harvest: Option<Harvest>,
}

/// Should a panic end the series, what its thread brought in before, of others, is not lost.
impl Drop for Collector<'_> {
    fn drop(&mut self) {
        self.pause();
    }
}

impl<'a> Collector<'a> {
    /// An empty one.
    pub fn new(run: &'a Run<'a>, series: &'a SeriesFacts<'a>) -> Self {
        Collector {
            run,
            series,
            births: Default::default(),
            file: 0,
            others: BTreeMap::new(),
            duplicates: (0, 0),
            collected: Collected::default(),
            harvest: None,
        }
    }

    /// Between blocks: moves rows to the store, if there are many.
    pub fn relieve(&mut self) {
        if let Some(harvest) = &mut self.harvest {
            self.run.harvests.relieve(harvest, &self.run.store);
        }
    }

    /// Whenever its thread may go on with something else: gives back what it adds to.
    pub fn pause(&mut self) {
        self.relieve();
        if let Some(harvest) = self.harvest.take() {
            self.run.harvests.give(harvest);
        }
    }

    fn capture(&self, file: u32) -> usize {
        self.series.captures[file as usize]
    }

    /// Hands over what was collected.
    pub fn finish(mut self) {
        self.count_duplicates();
        self.turn_to(self.file);
        for (file, births) in std::mem::take(&mut self.others) {
            let capture = self.capture(file);
            let counts = self.collected.counts_mut(capture);
            counts.tcp_flows += births[0].count;
            counts.udp_flows += births[1].count;
            for (list, births) in counts.births.iter_mut().zip(births) {
                list.push(births);
            }
        }
        lock(&self.run.collected).merge(std::mem::take(&mut self.collected));
    }

    fn count_duplicates(&mut self) {
        let (file, count) = std::mem::take(&mut self.duplicates);
        if count > 0 {
            let capture = self.capture(file);
            self.collected.counts_mut(capture).duplicates += count;
        }
    }

    /// Puts the lists of the file under way aside, and goes on with those of another.
    fn turn_to(&mut self, file: u32) {
        let next = self.others.remove(&file).unwrap_or_default();
        let births = std::mem::replace(&mut self.births, next);
        if births.iter().any(|births| births.count > 0) {
            self.others.insert(self.file, births);
        }
        self.file = file;
    }

    fn born(&mut self, transport: usize, place: FramePlace) {
        if place.file != self.file {
            self.turn_to(place.file);
        }
        self.births[transport].push(place.frame);
    }

    /// Whether a flow is left out because of when it began, which is then counted.
    fn is_left_out(&mut self, began: Timestamp, place: Place) -> bool {
        let out = !self.series.period.holds(began);
        if out {
            self.collected.ledger.note(Layer::Flow, Reason::of("outside_period"), 0, place);
        }
        out
    }

    /// Keeps a finished flow: its rows, and what they add to the counts.
    fn keep(&mut self, network: &Network<'_>, seen: &mut Seen, end: End, latest: Timestamp) {
        let capture = self.capture(network.first.file);
        let place = Place { capture: capture as u32, frame: network.first.frame, offset: 0 };
        let losses = [
            (seen.facts.dropped, "messages_beyond_bound"),
            (seen.facts.fragments_beyond_bound, "fragments_beyond_bound"),
            (seen.facts.fragments_contradicting, "fragments_contradict"),
            (seen.facts.certificates_compressed, "certificate_not_decompressed"),
        ];
        for (_, reason) in losses.into_iter().filter(|(count, _)| *count > 0) {
            self.collected.ledger.note(Layer::Tls, Reason::of(reason), 0, place);
        }
        let unreadable = seen.facts.quic.map_or(0, |quic| quic.unreadable);
        if unreadable > 0 {
            let reason = Reason::of("quic_initial_not_decrypted");
            self.collected.ledger.note(Layer::Tls, reason, 0, place);
            self.collected.ledger.count(Layer::Tls, reason, unreadable - 1);
        }
        let origin = Origin { captures: &self.series.ids, series_id: &self.series.id };
        let mut rows = assemble(network, seen, end, latest, origin);
        rows.flow.findings = self.run.rules.judge(&rows);
        if let Some(mask) = self.series.mask {
            mask.rows(&mut rows);
        }
        let counts = self.collected.counts_mut(capture);
        if network.conversation.udp {
            counts.wanted.push(network.conversation.first_frame);
        }
        counts.tls_flows += 1;
        counts.completed += u64::from(rows.flow.outcome == "completed");
        counts.failed += u64::from(matches!(rows.flow.outcome.as_ref(), "alert" | "reset" | "closed" | "timeout"));
        counts.offload |= rows.flow.offload_suspected;
        if !self.run.style.raw {
            self.collected.guarded_cells += rows.flow.guarded_cells();
        }
        let key = RowKey { capture: capture as u32, frame: network.first.frame };
        let harvest = self.harvest.get_or_insert_with(|| self.run.harvests.take());
        harvest.rows.push(key, &rows, self.run.style);
        harvest.census.observe(&rows);
    }
}

impl Sink<Session> for Collector<'_> {
    fn appeared(&mut self, place: FramePlace) {
        self.born(0, place);
    }

    fn duplicate(&mut self, place: FramePlace, frames: u16) {
        if place.file != self.duplicates.0 {
            self.count_duplicates();
            self.duplicates.0 = place.file;
        }
        self.duplicates.1 += u64::from(frames);
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
        let anomalies = flow.directions.each_ref().map(Direction::anomalies);
        if anomalies.iter().any(|anomalies| anomalies.conflicts > 0) {
            self.collected.ledger.note(Layer::Stream, Reason::of("overlap_conflict"), 0, place);
        }
        let Some(mut session) = flow.reader.take().filter(|session| session.interest() == Interest::Found) else { return };
        if self.is_left_out(flow.first_time, place) {
            return;
        }
        session.finish();
        if anomalies.iter().any(|anomalies| anomalies.out_of_window > 0) {
            self.collected.ledger.note(Layer::Stream, Reason::of("out_of_window"), 0, place);
        }
        let gaps = anomalies.iter().map(|anomalies| anomalies.gap_bytes).sum::<u64>();
        if gaps > 0 {
            self.collected.ledger.note(Layer::Stream, Reason::of("gap_in_tls_flow"), gaps, place);
        }
        self.keep(&Network::from(&flow), &mut session.seen, end, latest);
    }
}

impl DatagramSink<Udp> for Collector<'_> {
    fn conversation(&mut self, place: FramePlace) {
        self.born(1, place);
    }

    fn forgotten(&mut self, file: u32, conversations: u64) {
        let place = Place { capture: self.capture(file) as u32, frame: 0, offset: 0 };
        if conversations > 0 {
            self.collected.ledger.note(Layer::Flow, Reason::of("conversations_forgotten"), conversations, place);
        }
    }

    fn over(&mut self, mut flow: DatagramFlow<Udp>, end: End, latest: Timestamp) {
        let place = Place { capture: self.capture(flow.first.file) as u32, frame: flow.first.frame, offset: 0 };
        if end == End::Evicted {
            self.collected.ledger.note(Layer::Flow, Reason::of("evicted"), 0, place);
        }
        if let Some(version) = flow.reader.gquic() {
            self.collected.ledger.note(Layer::Tls, Reason::with("gquic", version), flow.bytes.iter().sum(), place);
        }
        if flow.reader.interest() != Interest::Found || self.is_left_out(flow.first_time, place) {
            return;
        }
        let protocol = flow.reader.finish();
        let mut seen = flow.reader.take_seen();
        self.keep(&Network::of_datagrams(&flow, protocol), &mut seen, end, latest);
    }
}
