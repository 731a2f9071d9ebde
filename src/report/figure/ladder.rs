//! One flow as a ladder: two vertical lines, an arrow for each message, the shaft cut into as many pieces as
//! the message took TCP segments.
//!
//! ```text
//!    time    client               server  round trip   bytes  records  segments  frames  state
//!   0.000      |------ ClientHello ----->|  .            517        1         1       4  seen
//!  12.345      |<==  ==  Certificate  == |  ' 12.345   3,712        1         3    6-10  seen
//! ```
//!
//! Messages of one flight stand on one ground. Where the page is narrow the style moves the parts together: the columns on
//! the right go, and a line beneath each arrow has their figures.
//!
//! A ladder has few elements, because those of all ladders are most of the page: an arrow is one path, and bytes, records
//! and segments are one text in a fixed pitch.

use super::super::view::{Direction, Ladder, LadderLine, StepState};
use super::super::words;

/// Width of the drawing.
pub const WIDTH: u64 = 940;
/// The client's line.
pub const CLIENT_X: u64 = 104;
/// The server's line.
pub const SERVER_X: u64 = 500;

/// Top edge of the first row.
const TOP: u64 = 52;
/// Height of a row.
const ROW: u64 = 40;
/// Characters that find room above an arrow on a narrow page.
const NARROW: usize = 42;
/// Pieces into which a shaft is cut at most; the number beside it is exact.
const MOST_PIECES: u64 = 12;
/// Space between a line and the arrow.
const MARGIN: u64 = 4;
/// Length of an arrow head.
const HEAD: u64 = 9;

/// One ladder, drawn.
#[derive(Clone, Debug)]
pub struct LadderFigure<'a> {
    /// The flow.
    pub ladder: &'a Ladder,
    /// Height of the drawing.
    pub height: u64,
    /// Lower end of the vertical lines.
    pub foot: u64,
    /// The names of bytes, records and segments, spaced as their figures are.
    pub heads: String,
    /// The arrows.
    pub rows: Vec<Row<'a>>,
    /// Grounds of every other flight: top edge and height.
    pub grounds: Vec<(u64, u64)>,
    /// From a message of the client to the server's answer.
    pub turns: Vec<Turn>,
}

/// A round trip, drawn as a brace on the server's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Path of the brace.
    pub path: String,
    /// Base line of its label.
    pub y: u64,
    /// How long it took, in milliseconds.
    pub took: String,
}

/// One arrow, drawn.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// What it shows.
    pub line: &'a LadderLine,
    /// Base line of the text above the shaft.
    pub text_y: u64,
    /// Middle of the shaft.
    pub y: u64,
    /// Whether anything was sent.
    pub sent: bool,
    /// Path of the arrow: the pieces of its shaft and its heads; a line from side to side where nothing was sent.
    pub path: String,
    /// Bytes, records and segments, each to the right of its column.
    pub figures: String,
    /// Class of the arrow: who sent it and what state it is in.
    pub class: &'static str,
    /// The word for the state.
    pub word: &'static str,
    /// Who sent it, as a word.
    pub from: &'static str,
    /// `6`, `6–10` or nothing.
    pub frames: String,
    /// `2 segments sent again` or nothing.
    pub again: String,
    /// The flight, where it begins here.
    pub flight: Option<u32>,
    /// Whether name and detail are too long to stand side by side on a narrow page.
    pub long: bool,
    /// All figures in one line, for narrow pages.
    pub under: String,
}

/// Draws a ladder.
pub fn draw(ladder: &Ladder) -> LadderFigure<'_> {
    let mut rows: Vec<Row> = ladder.lines.rows().iter().enumerate().map(|(at, line)| row(line, at as u64)).collect();
    let mut before = None;
    for row in &mut rows {
        row.flight = row.line.flight.filter(|flight| Some(*flight) != before);
        before = row.line.flight.or(before);
    }
    let foot = TOP + rows.len() as u64 * ROW + 4;
    LadderFigure { ladder, height: foot + 8, foot, heads: heads(), grounds: grounds(&rows), turns: turns(&rows), rows }
}

/// Stretches of rows of one flight, of every other flight.
fn grounds(rows: &[Row]) -> Vec<(u64, u64)> {
    let mut grounds: Vec<(u64, u64)> = Vec::new();
    let mut last = None;
    for row in rows {
        let Some(flight) = row.line.flight.filter(|flight| flight % 2 == 1) else { continue };
        let top = row.y - ROW + 15;
        match grounds.last_mut() {
            Some((from, height)) if last == Some(flight) && *from + *height == top => *height += ROW,
            _ => grounds.push((top, ROW)),
        }
        last = Some(flight);
    }
    grounds
}

/// From each message of the client that the server answers to the answer.
fn turns(rows: &[Row]) -> Vec<Turn> {
    let sent: Vec<_> = rows
        .iter()
        .filter(|row| row.sent && matches!(row.line.direction, Direction::Client | Direction::Server))
        .filter_map(|row| Some((row.line.direction, row.y, row.line.since_start_us?)))
        .collect();
    let x = SERVER_X + 8;
    let turn = |pair: &[(Direction, u64, u64)]| {
        let [(Direction::Client, from, asked), (Direction::Server, to, answered)] = pair else { return None };
        let took = answered.checked_sub(*asked)?;
        let (end, tip) = (x + 5, x + 9);
        let middle = (from + to) / 2;
        let path = format!("M{x},{from} H{end} V{middle} H{tip} H{end} V{to} H{x}");
        Some(Turn { path, y: middle + 4, took: words::millis(took) })
    };
    sent.windows(2).filter_map(turn).collect()
}

/// The word for a state: colour never stands alone.
pub fn word(state: StepState) -> &'static str {
    match state {
        StepState::Seen => "seen",
        StepState::Encrypted => "encrypted",
        StepState::NotPart => "not part",
        StepState::Missing => "missing",
        StepState::Failed => "failed here",
    }
}

/// `6–10`, or `6` where first and last are the same, or nothing where they are unknown.
pub fn frames(line: &LadderLine) -> String {
    match (line.first_frame, line.last_frame) {
        (Some(first), Some(last)) if first != last => format!("{}–{}", words::count(first), words::count(last)),
        (Some(one), _) | (None, Some(one)) => words::count(one),
        (None, None) => String::new(),
    }
}

fn row(line: &LadderLine, at: u64) -> Row<'_> {
    let y = TOP + at * ROW + 22;
    let sent = !matches!(line.state, StepState::NotPart | StepState::Missing) && line.direction != Direction::None;
    Row {
        line,
        text_y: y - 9,
        y,
        sent,
        path: if sent { arrow(line, y) } else { format!("M{},{y}H{}", CLIENT_X + 12, SERVER_X - 12) },
        figures: figures(line),
        class: class(line),
        word: word(line.state),
        from: match line.direction {
            Direction::Client => "client",
            Direction::Server => "server",
            Direction::Both => "both",
            Direction::None => "",
        },
        frames: frames(line),
        again: again(line),
        long: line.name.chars().count() + line.detail.chars().count() > NARROW,
        flight: None,
        under: under(line),
    }
}

/// The outlines of an arrow: a piece of the shaft for each segment, and the heads.
fn arrow(line: &LadderLine, y: u64) -> String {
    let segments = line.segments.unwrap_or(1).clamp(1, MOST_PIECES);
    let thick = 2 + segments.min(6);
    let left = matches!(line.direction, Direction::Server | Direction::Both);
    let right = matches!(line.direction, Direction::Client | Direction::Both);
    let from = CLIENT_X + MARGIN + if left { HEAD } else { 0 };
    let to = SERVER_X - MARGIN - if right { HEAD } else { 0 };
    let mut path = String::new();
    for super::Piece { x, w } in cut(from, to, segments) {
        path.push_str(&format!("M{x},{}h{w}v{thick}h-{w}z", y - thick / 2));
    }
    if left {
        path.push_str(&head(CLIENT_X + MARGIN, CLIENT_X + MARGIN + HEAD, y));
    }
    if right {
        path.push_str(&head(SERVER_X - MARGIN, SERVER_X - MARGIN - HEAD, y));
    }
    path
}

/// Names of the columns that stand in one text, and their width in characters.
const COLUMNS: [(&str, usize); 3] = [("bytes", 10), ("records", 9), ("segments", 10)];

/// The figures of a line under [`COLUMNS`]; nothing where it has none.
fn figures(line: &LadderLine) -> String {
    let figures = [line.bytes, line.records, line.segments];
    if figures.iter().all(Option::is_none) {
        return String::new();
    }
    let column = |(figure, (_, width)): (Option<u64>, (&str, usize))| format!("{:>width$}", figure.map(words::count).unwrap_or_default());
    figures.into_iter().zip(COLUMNS).map(column).collect()
}

/// The names of [`COLUMNS`], spaced as the figures are.
fn heads() -> String {
    COLUMNS.iter().map(|(name, width)| format!("{name:>width$}")).collect()
}

/// `2 segments sent again`, or nothing.
pub fn again(line: &LadderLine) -> String {
    match line.again {
        0 => String::new(),
        1 => "1 segment sent again".into(),
        n => format!("{} segments sent again", words::count(n)),
    }
}

/// `12.345 ms · 3,712 B · 3 seg · frames 6–10 · seen`.
fn under(line: &LadderLine) -> String {
    let frames = frames(line);
    let mut parts = Vec::new();
    parts.extend(line.since_start_us.map(|us| format!("{} ms", words::millis(us))));
    parts.extend(line.bytes.map(|bytes| format!("{} B", words::count(bytes))));
    parts.extend(line.segments.map(|segments| format!("{} seg", words::count(segments))));
    if !frames.is_empty() {
        parts.push(format!("{} {frames}", if frames.contains('–') { "frames" } else { "frame" }));
    }
    parts.push(word(line.state).into());
    parts.join(" · ")
}

fn class(line: &LadderLine) -> &'static str {
    match (line.state, line.direction) {
        (StepState::Failed, _) => "s-failed",
        (StepState::Missing, _) => "s-missing",
        (StepState::NotPart, _) => "s-notpart",
        (StepState::Encrypted, _) => "s-encrypted",
        (StepState::Seen, Direction::Client) => "s-client",
        (StepState::Seen, Direction::Server) => "s-server",
        (StepState::Seen, _) => "s-both",
    }
}

/// `n` pieces between two points with a space between them.
fn cut(from: u64, to: u64, n: u64) -> Vec<super::Piece> {
    let space = 4;
    let width = (to - from - space * (n - 1)) / n;
    (0..n)
        .map(|at| {
            let x = from + at * (width + space);
            super::Piece { x, w: if at + 1 == n { to - x } else { width } }
        })
        .collect()
}

fn head(tip: u64, base: u64, y: u64) -> String {
    format!("M{tip},{y}L{base},{}V{}z", y - 6, y + 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(direction: Direction, flight: u32, us: u64) -> LadderLine {
        LadderLine {
            step: 2,
            name: "x".into(),
            detail: String::new(),
            direction,
            state: StepState::Seen,
            since_start_us: Some(us),
            first_frame: Some(6),
            last_frame: Some(10),
            bytes: Some(3_712),
            records: Some(1),
            segments: Some(3),
            again: 2,
            flight: Some(flight),
        }
    }

    #[test]
    fn flights_share_a_ground_and_answers_have_a_brace() {
        use Direction::{Client, Server};
        let lines =
            [line(Client, 1, 0), line(Server, 2, 20_500), line(Server, 2, 21_000), line(Client, 3, 30_000), line(Client, 3, 30_000)];
        let ladder = Ladder { lines: lines.into_iter().collect(), ..crate::report::fill::ladder_of(&Default::default(), "", "") };
        let figure = draw(&ladder);
        assert_eq!(figure.grounds, [(TOP - 3, ROW), (TOP - 3 + 3 * ROW, 2 * ROW)]);
        let took: Vec<_> = figure.turns.iter().map(|turn| turn.took.as_str()).collect();
        assert_eq!(took, ["20.500"]);
        assert_eq!(figure.rows.iter().map(|row| row.flight).collect::<Vec<_>>(), [Some(1), Some(2), None, Some(3), None]);
        assert_eq!(figure.rows[1].under, "20.500 ms · 3,712 B · 3 seg · frames 6–10 · seen");
        assert_eq!(figure.rows[1].again, "2 segments sent again");
        assert_eq!(
            (figure.rows[1].figures.as_str(), figure.heads.as_str()),
            ("     3,712        1         3", "     bytes  records  segments")
        );
        assert_eq!(figure.rows[1].path, "M117,112h123v5h-123zM244,112h123v5h-123zM371,112h125v5h-125zM108,114L117,108V120z");
    }

    #[test]
    fn pieces_end_where_the_shaft_ends() {
        for n in 1..=MOST_PIECES {
            let pieces = cut(108, 547, n);
            assert_eq!(pieces.len() as u64, n);
            let last = pieces.last().unwrap();
            assert_eq!((pieces[0].x, last.x + last.w), (108, 547));
        }
    }
}
