//! A ladder as text, for a terminal.
//!
//! ```text
//!       ms  client                     server     bytes  segs  frames  state
//!    0.000  │── 2 ClientHello ────────────▶│        517     1       4  seen
//!   12.345  │◀─ 4 Certificate ─────────────│      3,712     3    6–10  seen
//! ```
//!
//! A column is as wide as what stands in it; where the terminal is narrow, those that say less are left out. It is drawn
//! in Unicode and turned into ASCII at the end, character by character, so that columns stay where they are.

use super::figure::ladder::{again, frames, word};
use super::view::{Direction, Ladder, LadderLine, StepState};
use super::words;

/// The least width that a ladder is drawn in.
pub const MIN_WIDTH: usize = 60;
/// The greatest: wider arrows say nothing more.
const MAX_WIDTH: usize = 120;
/// Width of the column of times, and of that of states.
const TIME: usize = 9;
const STATE: usize = 11;
/// The least width between the two lines.
const MIN_LANE: usize = 20;

/// How a ladder is shown.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Characters in a line.
    pub width: usize,
    /// Whether anything but ASCII may be used.
    pub unicode: bool,
    /// Whether escapes for colours may be used.
    pub color: bool,
}

/// A column of numbers on the right: its head and its cells.
struct Column {
    head: &'static str,
    cell: fn(&LadderLine) -> String,
}

impl Column {
    /// Its width in a ladder, with two spaces before it.
    fn width(&self, ladder: &Ladder) -> usize {
        let cells = ladder.lines.rows().iter().map(|line| (self.cell)(line).chars().count());
        2 + cells.max().unwrap_or(0).max(self.head.len())
    }
}

/// In the order in which they are taken in.
const COLUMNS: [Column; 4] = [
    Column { head: "bytes", cell: |line| line.bytes.map(words::count).unwrap_or_default() },
    Column { head: "segs", cell: |line| line.segments.map(words::count).unwrap_or_default() },
    Column { head: "frames", cell: frames },
    Column { head: "recs", cell: |line| line.records.map(words::count).unwrap_or_default() },
];

/// The flow's facts, its ladder, and how to open it in Wireshark.
pub fn text(ladder: &Ladder, look: Look) -> String {
    let mut out = facts(ladder);
    out.push('\n');
    out += &drawing(ladder, look);
    out += &format!("\n{}\n", ladder.command);
    if look.unicode { out } else { ascii(&out) }
}

fn facts(ladder: &Ladder) -> String {
    let mss = |mss: Option<u32>| mss.map_or_else(|| "unknown".into(), |mss| words::count(mss.into()));
    let or = |text: &Option<String>, none: &str| text.as_deref().map_or_else(|| none.to_owned(), words::visible);
    let stream = ladder.stream.map(|stream| format!(", stream {stream}")).unwrap_or_default();
    let took = ladder.handshake_us.map(|us| format!(" in {}", words::duration(us))).unwrap_or_default();
    let lines = [
        ("flow", ladder.flow_id.clone()),
        ("capture", words::visible(&ladder.capture) + &stream),
        ("client", ladder.client.clone()),
        ("server", ladder.server.clone()),
        ("name", or(&ladder.sni, "none sent or unknown")),
        ("version", or(&ladder.version, "unknown")),
        ("suite", or(&ladder.suite, "unknown")),
        ("group", or(&ladder.group, "none or unknown") + &ladder.resumption.as_ref().map(|how| format!(", {how}")).unwrap_or_default()),
        ("ALPN", or(&ladder.alpn, "none or encrypted")),
        ("MSS", format!("client {}, server {}", mss(ladder.mss_client), mss(ladder.mss_server))),
        ("outcome", words::visible(&ladder.outcome) + &took),
    ];
    lines.into_iter().map(|(name, text)| format!("{name:<8} {text}\n")).collect()
}

fn drawing(ladder: &Ladder, look: Look) -> String {
    let width = look.width.clamp(MIN_WIDTH, MAX_WIDTH);
    // A line is: time, two spaces, line, lane, line, the columns, two spaces, state.
    let mut lane = width - TIME - 2 - 2 - 2 - STATE;
    let mut shown = Vec::new();
    for column in &COLUMNS {
        let width = column.width(ladder);
        if lane >= MIN_LANE + width {
            lane -= width;
            shown.push((column, width));
        }
    }
    let mut out = format!("{:>TIME$}  {}{}", "ms", "client", pad("server", lane + 2 - 6));
    shown.iter().for_each(|(column, width)| out += &pad(column.head, *width));
    out += "  state\n";
    for line in ladder.lines.rows() {
        let time = line.since_start_us.map(words::millis).unwrap_or_default();
        let (arrow, rest) = arrow(line, lane);
        let (on, off) = if look.color { (escape(line), "\x1b[0m") } else { ("", "") };
        let (left, right) = if line.direction == Direction::None { ('┆', '┆') } else { ('│', '│') };
        out += &format!("{time:>TIME$}  {left}{on}{arrow}{off}{right}");
        shown.iter().for_each(|(column, width)| out += &pad(&(column.cell)(line), *width));
        out += &format!("  {on}{}{off}\n", word(line.state));
        if let Some(rest) = rest {
            out += &format!("{:TIME$}  │   {}│\n", "", fit(&rest, lane - 3));
        }
    }
    let (shown, total) = (ladder.lines.shown(), ladder.lines.total());
    if shown < total {
        out += &format!("{} of {} lines shown, all in csv/messages.csv\n", words::count(shown), words::count(total));
    }
    out
}

/// The arrow of a line with its name on it, exactly `lane` wide, and what did not find room.
fn arrow(line: &LadderLine, lane: usize) -> (String, Option<String>) {
    let sent = line.direction != Direction::None && !matches!(line.state, StepState::NotPart | StepState::Missing);
    let shaft = match line.state {
        _ if !sent => ' ',
        StepState::Encrypted => '╌',
        _ => '─',
    };
    let left = if sent && matches!(line.direction, Direction::Server | Direction::Both) { '◀' } else { shaft };
    let right = if sent && matches!(line.direction, Direction::Client | Direction::Both) { '▶' } else { shaft };
    let told = [words::visible(&line.detail), again(line)];
    let detail = told.iter().filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ");
    let room = lane - 6;
    let name = format!("{} {}", line.step, line.name);
    let whole = if detail.is_empty() { name.clone() } else { format!("{name}: {detail}") };
    let (label, rest) = if whole.chars().count() <= room { (whole, None) } else { (name, Some(detail).filter(|text| !text.is_empty())) };
    let label: String = if label.chars().count() <= room { label } else { fit(&label, room) };
    let tail = room - label.chars().count() + 1;
    (format!("{left}{shaft} {label} {}{right}", String::from(shaft).repeat(tail)), rest)
}

/// Text in exactly so many characters, cut with an ellipsis or filled with spaces.
fn fit(text: &str, width: usize) -> String {
    let len = text.chars().count();
    if len <= width {
        return text.to_owned() + &" ".repeat(width - len);
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// Text on the right of so many characters, with at least one space before it.
fn pad(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.chars().count()).max(1)))
}

/// The escape that turns a colour on: who sent it, and what is wrong before that. Every state has its word, too.
fn escape(line: &LadderLine) -> &'static str {
    match (line.state, line.direction) {
        (StepState::Failed, _) => "\x1b[1;31m",
        (StepState::Missing, _) => "\x1b[33m",
        (StepState::NotPart, _) | (_, Direction::None) => "\x1b[2m",
        (_, Direction::Client) => "\x1b[36m",
        (_, Direction::Server) => "\x1b[35m",
        (_, Direction::Both) => "\x1b[0m",
    }
}

/// One ASCII character for each; what has no likeness is a question mark.
fn ascii(text: &str) -> String {
    let like = |c: char| match c {
        '│' => '|',
        '┆' => ':',
        '─' | '–' => '-',
        '╌' => '.',
        '◀' => '<',
        '▶' => '>',
        '…' => '~',
        'µ' => 'u',
        '\u{a0}' | '\u{202f}' => ' ',
        c if c.is_ascii() => c,
        _ => '?',
    };
    text.chars().map(like).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fill::ladder_of;

    fn ladders() -> Vec<Ladder> {
        crate::census::tests::flows(60).iter().map(|rows| ladder_of(rows, "a \u{1b}[31m.pcap", "")).collect()
    }

    #[test]
    fn every_line_of_a_drawing_fits_and_every_state_has_a_word() {
        for ladder in ladders() {
            for width in [0, 60, 72, 79, 100, 500] {
                let look = Look { width, unicode: true, color: false };
                let drawn = drawing(&ladder, look);
                let most = width.clamp(MIN_WIDTH, MAX_WIDTH);
                for line in drawn.lines() {
                    assert!(line.chars().count() <= most, "{width}: {line}");
                }
                for line in ladder.lines.rows() {
                    assert!(drawn.contains(word(line.state)));
                }
                let edges: std::collections::BTreeSet<_> = drawn
                    .lines()
                    .skip(1)
                    .filter(|line| line.contains(['│', '┆']))
                    .map(|line| line.chars().position(|c| "│┆".contains(c)))
                    .collect();
                assert_eq!(edges.len(), 1, "{drawn}");
            }
        }
    }

    #[test]
    fn nothing_but_ascii_where_nothing_else_may_be_and_no_escape_of_a_capture() {
        for mut ladder in ladders() {
            ladder.sni = Some("\u{202e}ex\u{1b}]0;x\u{7}\u{4f8b}".into());
            let shown = text(&ladder, Look { width: 80, unicode: false, color: false });
            assert!(shown.is_ascii() && !shown.contains('\u{1b}') && !shown.contains('\u{7}'), "{shown}");
            assert!(!text(&ladder, Look { width: 80, unicode: true, color: false }).contains(['\u{1b}', '\u{202e}']));
        }
    }
}
