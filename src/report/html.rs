//! `report.html`: one file that asks for nothing, works without JavaScript, and treats all text as hostile.
//!
//! Adding a section: a partial in `templates/sections/`, its `include` in `templates/report.html`, a line in
//! [`SECTIONS`], and its data in [`view::Page`]. Text is escaped by askama; `|safe` stands in
//! `templates/report.html` and `templates/ladder.html` alone, on the style, the script and the data block, and a test keeps it so.

mod columns;
mod filters;

use askama::Template;
use sha2::{Digest, Sha256};

use super::figure::area::{self, AreaFigure};
use super::figure::curve::{self, CurveFigure};
use super::figure::expiry::{self, ExpiryFigure};
use super::figure::{self, Piece, StripFigure, ladder};
use super::view::{self, MAX_BYTES, MAX_LADDER_TABLE_ROWS};
use super::words;

/// The sections in order: id, number, name in the navigation.
pub const SECTIONS: [(&str, u8, &str); 17] = [
    ("verdict", 0, "Verdict"),
    ("health", 1, "Run health"),
    ("findings", 2, "Findings"),
    ("versions", 3, "Versions"),
    ("suites", 4, "Cipher suites"),
    ("groups", 5, "Key exchange"),
    ("certificates", 6, "Certificates"),
    ("failures", 7, "Failures"),
    ("segmentation", 8, "Segmentation"),
    ("timing", 9, "Timing"),
    ("servers", 10, "Servers"),
    ("clients", 11, "Clients"),
    ("extensions", 12, "Extensions"),
    ("explorer", 13, "Flow explorer"),
    ("ladders", 14, "Ladders"),
    ("captures", 15, "Captures"),
    ("about", 16, "About"),
];

/// Bytes that the data of the flow explorer may take of the page.
const MAX_FLOWS_BYTES: usize = 2_000_000;
/// Longest sentence of the verdict, in characters.
const SENTENCE: usize = 600;
const STYLE: &str = concat!(
    include_str!("../../templates/report.css"),
    include_str!("../../templates/explorer.css"),
    include_str!("../../templates/ladder.css")
);
const SCRIPT: &str = concat!(include_str!("../../templates/explorer.js"), include_str!("../../templates/report.js"));

/// Renders the page. Ladders are left out from the end until it keeps to [`MAX_BYTES`].
pub fn render(page: &view::Page) -> askama::Result<String> {
    let (flows, explored) = flows(page);
    let mut ladders = page.ladders.ladders.rows().len();
    loop {
        let html = Report::new(page, &flows, explored, ladders).render()?;
        if html.len() <= MAX_BYTES || ladders == 0 {
            return Ok(html);
        }
        // About as many as fit if all are alike, and one less so that this ends.
        ladders = (ladders * MAX_BYTES / html.len()).min(ladders - 1);
    }
}

/// Flows as the explorer reads them from a file beside the page.
pub fn flows_json(rows: &[view::ExplorerRow]) -> String {
    columns::json(rows, &[])
}

/// The flows of the explorer as data, and how many they are: as many as keep to [`MAX_FLOWS_BYTES`].
fn flows(page: &view::Page) -> (String, usize) {
    let rows = page.explorer.rows.rows();
    let mut shown = rows.len();
    loop {
        let json = columns::json(&rows[..shown], &page.explorer.pages);
        if json.len() <= MAX_FLOWS_BYTES || shown == 0 {
            return (json, shown);
        }
        shown = (shown * MAX_FLOWS_BYTES / json.len()).min(shown - 1);
    }
}

/// A page of one flow alone, as `tlscensus show --html` writes it.
pub fn render_one(flow: view::Ladder) -> askama::Result<String> {
    let ladders = [Drawn { figure: ladder::draw(&flow), table: false }];
    One { flow: &flow, style: STYLE, style_hash: hash(STYLE), ladders: &ladders }.render()
}

/// Data for `<script type="application/json">`: valid JSON that cannot end its element.
pub fn json_block(value: &serde_json::Value) -> String {
    escaped(&value.to_string())
}

/// JSON without what could end an element or a line of a script.
fn escaped(json: &str) -> String {
    let mut block = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        let mut after = rest[at..].chars();
        block.push_str(&rest[..at]);
        block.extend(after.next().map(|c| format!("\\u{:04x}", c as u32)));
        rest = after.as_str();
    }
    block.push_str(rest);
    block
}

#[derive(Template)]
#[template(path = "report.html")]
struct Report<'a> {
    page: &'a view::Page,
    style: &'a str,
    script: &'a str,
    style_hash: String,
    script_hash: String,
    data: String,
    flows: &'a str,
    explored: u64,
    strip: Option<StripFigure>,
    area: Option<AreaFigure>,
    curves: Option<CurveFigure>,
    expiry: Option<ExpiryFigure>,
    ladders: Vec<Drawn<'a>>,
}

#[derive(Template)]
#[template(path = "ladder.html")]
struct One<'a> {
    flow: &'a view::Ladder,
    style: &'a str,
    style_hash: String,
    ladders: &'a [Drawn<'a>],
}

/// A ladder with its table where the page has rows left for it.
struct Drawn<'a> {
    figure: ladder::LadderFigure<'a>,
    table: bool,
}

impl<'a> Report<'a> {
    fn new(page: &'a view::Page, flows: &'a str, explored: usize, ladders: usize) -> Self {
        let mut rows = MAX_LADDER_TABLE_ROWS;
        let drawn = page.ladders.ladders.rows().iter().take(ladders).map(|flow| {
            let needed = flow.lines.rows().len() + 1;
            let table = needed <= rows;
            if table {
                rows -= needed;
            }
            Drawn { figure: ladder::draw(flow), table }
        });
        Self {
            page,
            style: STYLE,
            script: SCRIPT,
            style_hash: hash(STYLE),
            script_hash: hash(SCRIPT),
            data: data(page),
            flows,
            explored: explored as u64,
            strip: figure::strip(&page.health.strip),
            area: area::draw(&page.versions.over_time),
            curves: curve::draw(&page.timing),
            expiry: expiry::draw(&page.certificates.columns),
            ladders: drawn.collect(),
        }
    }

    /// The bar of captures: status, how many, where.
    fn status_stack(&self) -> Vec<(&'static str, u64, Piece)> {
        let of = &self.page.health.captures;
        let parts = [of.ok, of.empty, of.skipped, of.duplicate, of.truncated, of.failed];
        let names = ["ok", "empty", "skipped", "duplicate", "truncated", "failed"];
        let pieces = figure::stack(&parts, of.total());
        names.into_iter().zip(parts).zip(pieces).map(|((name, part), piece)| (name, part, piece)).collect()
    }

    /// The bar of one step: class, where.
    fn step_stack(&self, row: &view::StepCount) -> Vec<(&'static str, Piece)> {
        let parts = [row.seen, row.encrypted, row.not_part, row.missing, row.failed];
        let classes = ["seen", "encrypted", "notpart", "missing", "failed"];
        classes.into_iter().zip(figure::stack(&parts, self.funnel_whole())).filter(|(_, piece)| piece.w > 0).collect()
    }

    /// The flows at the first step: the width of the funnel.
    fn funnel_whole(&self) -> u64 {
        let sum = |row: &view::StepCount| row.seen + row.encrypted + row.not_part + row.missing + row.failed;
        self.page.failures.steps.rows().iter().map(sum).max().unwrap_or(0)
    }

    /// The largest cell of the matrix: the width of its bars.
    fn matrix_most(&self) -> u64 {
        let cells = |row: &view::MatrixRow| [row.alert, row.reset, row.closed, row.timeout, row.gap];
        self.page.failures.matrix.rows().iter().flat_map(cells).max().unwrap_or(0)
    }

    /// The parts of a bar with their places.
    fn pieces<'p>(&self, parts: &'p [view::Part]) -> Vec<(&'p view::Part, Piece)> {
        let counts: Vec<u64> = parts.iter().map(|part| part.count).collect();
        parts.iter().zip(figure::stack(&counts, 0)).collect()
    }

    /// The bar of flows by how they ended (completed, failed, not judged), against the longest such bar.
    fn endings(&self, endings: &[u64; 3], most: &u64) -> Vec<(&'static str, Piece)> {
        ["good", "bad", "neutral"].into_iter().zip(figure::stack(endings, *most)).filter(|(_, piece)| piece.w > 0).collect()
    }

    /// A row of the table of percentiles, drawn on the axis of the curves.
    fn boxed(&self, row: &view::QuantileRow) -> curve::BoxPlot {
        curve::boxed(row, curve::axis(&self.page.timing, 0, figure::WIDTH))
    }

    /// Sizes of ClientHellos from 0 to the longest.
    fn hello_box(&self, row: &view::HelloSizes) -> curve::BoxPlot {
        let most = self.page.groups.hellos.iter().map(|row| row.max).max().unwrap_or(0);
        curve::even(&row.at, most)
    }

    /// Bars of the server's first flights; empty where there is none.
    fn flights(&self) -> Vec<figure::Bar> {
        let flights = &self.page.segmentation.flights;
        if flights.iter().all(|count| *count == 0) { Vec::new() } else { figure::bars(flights) }
    }

    /// The largest cell of the matrix of records by segments.
    fn cuts_most(&self) -> u64 {
        self.page.segmentation.cuts.iter().flatten().copied().max().unwrap_or(0)
    }

    /// Where the time of a slow handshake goes, against the slowest: the TCP round trip, the wait for the ServerHello, the rest.
    fn spent(&self, row: &view::SlowRow) -> Vec<(&'static str, Piece)> {
        let spent = |row: &view::SlowRow| {
            let hello = row.hello_us.unwrap_or(0).min(row.handshake_us);
            [row.tcp_rtt_us.unwrap_or(0), hello, row.handshake_us - hello]
        };
        let all = |row: &view::SlowRow| spent(row).iter().fold(0u64, |sum, part| sum.saturating_add(*part));
        let most = self.page.timing.slowest.rows().iter().map(all).max().unwrap_or(0);
        ["c-rtt", "c-hello", "c-rest"].into_iter().zip(figure::stack(&spent(row), most)).filter(|(_, piece)| piece.w > 0).collect()
    }

    /// The flows of the busiest server and of the most frequent fingerprint, which head their tables.
    fn most_flows(&self) -> (u64, u64) {
        let page = self.page;
        (page.servers.rows.rows().first().map_or(0, |row| row.flows), page.clients.rows.rows().first().map_or(0, |row| row.flows))
    }

    /// Whether a rule has its finding in the page.
    fn has_finding(&self, id: &str) -> bool {
        self.page.findings.rows.rows().iter().any(|finding| finding.id == *id)
    }

    /// The flows of the explorer's plain table.
    fn plain(&self) -> &[view::ExplorerRow] {
        let rows = self.page.explorer.rows.rows();
        &rows[..rows.len().min(self.explored as usize).min(view::MAX_EXPLORED_ROWS).min(self.page.top.unwrap_or(usize::MAX))]
    }

    /// Whether a flow has its ladder in the page, so that a link to it leads somewhere.
    fn has_ladder(&self, flow_id: &str) -> bool {
        self.ladders.iter().any(|drawn| drawn.figure.ladder.flow_id == flow_id)
    }
}

/// The verdict as data, for the button that copies it and for programs that read the page.
fn data(page: &view::Page) -> String {
    let verdict = &page.verdict;
    let tiles: Vec<_> = verdict
        .tiles
        .iter()
        .map(|tile| serde_json::json!({ "label": words::visible(&tile.label), "value": filters::value_text(tile.value), "detail": words::visible(&tile.detail) }))
        .collect();
    json_block(&serde_json::json!({
        "title": words::visible(&page.title),
        "verdict": filters::level_word(verdict.level),
        "sentences": verdict.sentences.iter().map(|text| words::clip(text, SENTENCE)).collect::<Vec<_>>(),
        "tiles": tiles,
        "version": words::visible(&page.about.version),
    }))
}

/// A CSP source: `sha256-` and the digest in base64.
fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0u32, |word, at| word << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let sextet = (word >> (18 - 6 * at) & 63) as usize;
            text.push(if at <= chunk.len() { char::from(ALPHABET[sextet]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_data_block_cannot_end_its_element() {
        let hostile = serde_json::json!({ "a": "</script><!-- & \u{2028}\u{2029} \"" });
        let block = json_block(&hostile);
        assert!(!block.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&block).unwrap(), hostile);
    }
}
