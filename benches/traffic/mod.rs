//! Captures of any size, made from the samples: real handshakes under other names.
//!
//! ```text
//!  templates (flows of samples)  ──►  a window of live flows, each a copy at some packet  ──►  file
//!                                     a random one sends one to three packets, then the next
//! ```
//!
//! The same request gives the same bytes. Nothing grows with the size of the file. The clock is that of a link of
//! 1 Gbit/s that is never idle. A copy differs from its sample in addresses, ports, sequence numbers and times; randoms,
//! names and certificates are the sample's.

mod file;
mod template;

pub use file::Format;
use file::Writer;
use std::io::{self, Write};
use std::path::Path;
use template::{Names, Template};

/// What the traffic is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TLS handshakes, about half of them followed by long downloads in segments of 1,448 bytes.
    Bulk,
    /// Frames of about 100 bytes and very many flows, one in ten of them TLS.
    Small,
    /// TLS handshakes of many kinds, half of them with a page of 6,000 bytes.
    Handshakes,
}

/// What to write.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The kind of traffic.
    pub kind: Kind,
    /// The file format.
    pub format: Format,
    /// Bytes; the file has at most one flow more.
    pub size: u64,
    /// Flows that are live at the same time.
    pub flows: usize,
    /// Servers that they go to, one of them drawn for each flow; at most 2^24 - 2^16.
    pub servers: usize,
}

impl Request {
    /// Classic pcap, with as many live flows as the kind has by default, and 4,096 servers.
    pub fn new(kind: Kind, size: u64) -> Self {
        let flows = if kind == Kind::Small { 20_000 } else { 300 };
        Request { kind, format: Format::Pcap, size, flows, servers: 1 << 12 }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Bytes of the file.
    pub bytes: u64,
    /// Packets.
    pub packets: u64,
    /// TCP connections.
    pub flows: u64,
    /// Those of them that are TLS: each with a completed handshake.
    pub tls: u64,
}

/// Samples whose flows all complete their handshakes, without loss.
const HANDSHAKES: [&str; 13] = [
    "tls12-ecdhe-rsa",
    "tls12-rsa",
    "tls12-dhe",
    "tls12-client-auth",
    "tls12-resumption-ticket",
    "tls12-resumption-id",
    "tls13",
    "tls13-hrr",
    "tls13-client-auth",
    "tls13-psk",
    "tls13-early-data",
    "chromium",
    "tls10",
];

/// 2026-01-01, in nanoseconds since 1970.
const START: u64 = 1_767_225_600_000_000_000;

/// Writes a capture made from the samples in a folder.
pub fn write(samples: &Path, out: impl Write, request: Request) -> io::Result<Written> {
    let mix = Mix::new(samples, request.kind)?;
    let mut writer = Writer::new(out, request.format);
    let mut random = Random(0);
    let mut live: Vec<Flow> = Vec::new();
    let mut written = Written::default();
    // Bytes of the flows that were begun, whether written or not.
    let mut begun = writer.bytes;
    let mut clock = START;
    loop {
        if live.len() < request.flows && begun < request.size {
            let flow = Flow::begin(written.flows, &mix, request.servers, &mut random);
            begun += flow.template(&mix).bytes(request.format.overhead(0) as u64, flow.cycles);
            written.flows += 1;
            written.tls += u64::from(flow.template(&mix).tls);
            live.push(flow);
        }
        if live.is_empty() {
            break;
        }
        let chosen = random.below(live.len());
        for _ in 0..1 + random.below(3) {
            let flow = &mut live[chosen];
            let packet = &mix.templates[flow.template].packets[flow.at];
            // Preamble, checksum and gap between frames: 24 bytes of time on an Ethernet.
            clock += (packet.frame.len() as u64 + 24) * 8;
            writer.packet(clock / 1000, packet.frame.len(), |bytes| packet.fill(&flow.names, bytes))?;
            written.packets += 1;
            if flow.is_over(&mix) {
                live.swap_remove(chosen);
                break;
            }
        }
    }
    writer.flush()?;
    written.bytes = writer.bytes;
    Ok(written)
}

/// Templates, each as often as it is wanted.
struct Mix {
    templates: Vec<Template>,
    /// Indices of templates: one is drawn for each flow.
    draws: Vec<usize>,
    /// The most common numbers of cycles, and one in twenty.
    cycles: (usize, u32),
}

impl Mix {
    fn new(samples: &Path, kind: Kind) -> io::Result<Mix> {
        let missing = |what: &'static str| move || io::Error::new(io::ErrorKind::InvalidData, what);
        let mut handshakes = Vec::new();
        for name in HANDSHAKES {
            handshakes.extend(template::flows(samples, name, true)?);
        }
        let short: Vec<Template> = handshakes.iter().filter_map(Template::without_page).collect();
        let mut mix = Mix { templates: Vec::new(), draws: Vec::new(), cycles: (4, 21) };
        match kind {
            Kind::Handshakes => mix.add(handshakes.into_iter().chain(short), 1),
            Kind::Bulk => {
                let mut downloads = Vec::new();
                for flow in template::flows(samples, "bulk", true)? {
                    downloads.push(flow.with_download().ok_or_else(missing("the sample bulk has no download"))?);
                }
                mix.add(downloads.into_iter(), handshakes.len() * 4 / 5);
                mix.add(handshakes.into_iter(), 1);
            }
            Kind::Small => {
                let mut talks = Vec::new();
                for flow in template::flows(samples, "plain-http", false)? {
                    for exchanges in [1, 1, 2] {
                        talks.push(flow.small_talk(exchanges).ok_or_else(missing("the sample plain-http has no exchange"))?);
                    }
                }
                // Of the handshakes those that resume a session: their frames are small.
                let small: Vec<Template> = short.into_iter().filter(|flow| flow.bytes(0, 0) < 3500).collect();
                mix.add(talks.into_iter(), small.len() * 3);
                mix.add(small.into_iter(), 1);
            }
        }
        Ok(mix)
    }

    fn add(&mut self, templates: impl Iterator<Item = Template>, times: usize) {
        for template in templates {
            self.draws.extend(std::iter::repeat_n(self.templates.len(), times));
            self.templates.push(template);
        }
    }
}

/// A live flow: which copy, and how far it is.
struct Flow {
    template: usize,
    at: usize,
    cycles: u32,
    names: Names,
}

impl Flow {
    fn begin(number: u64, mix: &Mix, servers: usize, random: &mut Random) -> Flow {
        // An odd factor permutes the numbers: no two of 2^36 flows have the same names, neighbours differ in all bits.
        let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let names = Names {
            client: 10 << 24 | (scattered >> 15) as u32 & 0x1f_ffff,
            server: (192 << 24 | 168 << 16) + random.below(servers) as u32,
            port: 0x8000 | scattered as u16 & 0x7fff,
            client_isn: random.next() as u32,
            server_isn: random.next() as u32,
        };
        let cycles = if random.below(20) == 0 { mix.cycles.1 } else { random.below(mix.cycles.0) as u32 };
        Flow { template: mix.draws[random.below(mix.draws.len())], at: 0, cycles, names }
    }

    fn template<'m>(&self, mix: &'m Mix) -> &'m Template {
        &mix.templates[self.template]
    }

    /// Goes on to the next packet; whether there was none.
    fn is_over(&mut self, mix: &Mix) -> bool {
        let template = self.template(mix);
        self.at += 1;
        if let Some((cycle, bytes)) = &template.cycle {
            if self.at == cycle.end {
                self.names.server_isn = self.names.server_isn.wrapping_add(*bytes);
                self.cycles -= 1;
                self.at = if self.cycles > 0 { cycle.start } else { cycle.end };
            } else if self.at == cycle.start && self.cycles == 0 {
                self.at = cycle.end;
            }
        }
        self.at == template.packets.len()
    }
}

/// SplitMix64: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}
