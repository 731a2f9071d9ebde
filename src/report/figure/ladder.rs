//! One flow as a ladder: two vertical lines, an arrow for each message, the shaft cut into as many pieces as
//! the message took TCP segments.
//!
//! ```text
//!    time    client               server     bytes  segments  frames  state
//!   0.000      |------ ClientHello ----->|      517      1        4    seen
//!  12.345      |<==  ==  Certificate  == |    3,712      3     6-10    seen
//! ```

use super::super::view::{Direction, Ladder, LadderLine, StepState};
use super::super::words;

/// Width of the drawing.
pub const WIDTH: u64 = 920;
/// The client's line.
pub const CLIENT_X: u64 = 104;
/// The server's line.
pub const SERVER_X: u64 = 560;

/// Top edge of the first row.
const TOP: u64 = 52;
/// Height of a row.
const ROW: u64 = 38;
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
    /// The arrows.
    pub rows: Vec<Row<'a>>,
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
    /// Top edge of the shaft's pieces.
    pub top: u64,
    /// Their height.
    pub thick: u64,
    /// Left edges and widths; empty where nothing was sent.
    pub pieces: Vec<super::Piece>,
    /// Points of the arrow head towards the client.
    pub head_left: Option<String>,
    /// Points of the arrow head towards the server.
    pub head_right: Option<String>,
    /// Class of the arrow: who sent it and what state it is in.
    pub class: &'static str,
    /// The word for the state.
    pub word: &'static str,
    /// Who sent it, as a word.
    pub from: &'static str,
    /// `6`, `6–10` or nothing.
    pub frames: String,
}

/// Draws a ladder.
pub fn draw(ladder: &Ladder) -> LadderFigure<'_> {
    let rows: Vec<Row> = ladder.lines.rows().iter().enumerate().map(|(at, line)| row(line, at as u64)).collect();
    let foot = TOP + rows.len() as u64 * ROW + 4;
    LadderFigure { ladder, height: foot + 8, foot, rows }
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
    let segments = line.segments.unwrap_or(1).clamp(1, MOST_PIECES);
    let thick = if sent { 2 + segments.min(6) } else { 0 };
    let left = matches!(line.direction, Direction::Server | Direction::Both) && sent;
    let right = matches!(line.direction, Direction::Client | Direction::Both) && sent;
    let from = CLIENT_X + MARGIN + if left { HEAD } else { 0 };
    let to = SERVER_X - MARGIN - if right { HEAD } else { 0 };
    Row {
        line,
        text_y: y - 9,
        y,
        top: y - thick / 2,
        thick,
        pieces: if sent { cut(from, to, segments) } else { Vec::new() },
        head_left: left.then(|| head(CLIENT_X + MARGIN, CLIENT_X + MARGIN + HEAD, y)),
        head_right: right.then(|| head(SERVER_X - MARGIN, SERVER_X - MARGIN - HEAD, y)),
        class: class(line),
        word: word(line.state),
        from: match line.direction {
            Direction::Client => "client",
            Direction::Server => "server",
            Direction::Both => "both",
            Direction::None => "",
        },
        frames: frames(line),
    }
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
    format!("{tip},{y} {base},{} {base},{}", y - 6, y + 6)
}

#[cfg(test)]
mod tests {
    use super::*;

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
