//! What the templates call: `words` and `figure` under short names.

use askama::{Result, Values, filter_fn};

use crate::report::view::{Level, Problem, Status, Value};
use crate::report::{figure, words};

/// A count, however many references askama put before it.
pub trait Number {
    /// The count.
    fn number(&self) -> u64;
}

impl Number for u64 {
    fn number(&self) -> u64 {
        *self
    }
}

impl Number for u32 {
    fn number(&self) -> u64 {
        u64::from(*self)
    }
}

impl<T: Number> Number for &T {
    fn number(&self) -> u64 {
        (**self).number()
    }
}

/// A count with separators.
#[filter_fn]
pub fn n(value: impl Number, _: &dyn Values) -> Result<String> {
    Ok(words::count(value.number()))
}

/// A count of things: `1 flow`, `2 flows`.
#[filter_fn]
pub fn counted(value: impl Number, _: &dyn Values, noun: &str) -> Result<String> {
    Ok(words::counted(value.number(), noun))
}

/// A count that may be unknown.
#[filter_fn]
pub fn maybe(value: &Option<u64>, _: &dyn Values) -> Result<String> {
    Ok(value.map_or("–".into(), words::count))
}

/// A size that may be unknown.
#[filter_fn]
pub fn maybe_mss(value: &Option<u32>, _: &dyn Values) -> Result<String> {
    Ok(value.map_or("unknown".into(), |mss| words::count(u64::from(mss))))
}

/// Per cent of a whole.
#[filter_fn]
pub fn pct<W: Number>(part: impl Number, _: &dyn Values, whole: W) -> Result<String> {
    Ok(words::share(part.number(), whole.number()))
}

/// The width of a bar.
#[filter_fn]
pub fn bar<W: Number>(part: impl Number, _: &dyn Values, whole: W) -> Result<u64> {
    Ok(figure::bar(part.number(), whole.number()))
}

/// How dark a cell is: 0 for none, 6 for the most, one less for each halving.
#[filter_fn]
pub fn heat<W: Number>(part: impl Number, _: &dyn Values, most: W) -> Result<u32> {
    let (part, most) = (part.number(), most.number());
    Ok(most.checked_div(part).map_or(0, |times| 6u32.saturating_sub(times.max(1).ilog2()).max(1)))
}

/// Bytes with a unit.
#[filter_fn]
pub fn size(value: impl Number, _: &dyn Values) -> Result<String> {
    Ok(words::bytes(value.number()))
}

/// A duration with a unit.
#[filter_fn]
pub fn took(us: impl Number, _: &dyn Values) -> Result<String> {
    Ok(words::duration(us.number()))
}

/// Milliseconds, or nothing where unknown.
#[filter_fn]
pub fn ms(us: &Option<u64>, _: &dyn Values) -> Result<String> {
    Ok(us.map_or(String::new(), words::millis))
}

/// Microseconds as milliseconds.
#[filter_fn]
pub fn micros(us: impl Number, _: &dyn Values) -> Result<String> {
    Ok(words::millis(us.number()))
}

/// A day.
#[filter_fn]
pub fn day(us: &i64, _: &dyn Values) -> Result<String> {
    Ok(words::day(*us))
}

/// A time.
#[filter_fn]
pub fn utc(us: &i64, _: &dyn Values) -> Result<String> {
    Ok(words::utc(*us))
}

/// Hostile text, made visible and clipped; askama escapes it.
#[filter_fn]
pub fn vis(text: &str, _: &dyn Values) -> Result<String> {
    Ok(words::visible(text))
}

/// The beginning of a flow's id: as much as `tlscensus show` asks for.
#[filter_fn]
pub fn brief(flow_id: &str, _: &dyn Values) -> Result<String> {
    Ok(words::reveal(&flow_id.chars().take(9).collect::<String>()))
}

/// A name or address in pieces that may end a line: after underscores, colons, dots.
#[filter_fn]
pub fn pieces(text: &str, _: &dyn Values) -> Result<Vec<String>> {
    Ok(words::visible(text).split_inclusive(['_', ':', '.']).map(String::from).collect())
}

/// A sentence: longer than a name may be.
#[filter_fn]
pub fn sentence(text: &str, _: &dyn Values) -> Result<String> {
    Ok(words::clip(text, super::SENTENCE))
}

/// Text beside an arrow: short, or it would run over its neighbours.
#[filter_fn]
pub fn label(text: &str, _: &dyn Values) -> Result<String> {
    Ok(words::clip(text, 40))
}

/// What is said of an arrow beside its name.
#[filter_fn]
pub fn aside(text: &str, _: &dyn Values) -> Result<String> {
    Ok(words::clip(text, 60))
}

/// The command that shows the bytes at which a capture broke off.
#[filter_fn]
pub fn look(problem: &Problem, _: &dyn Values) -> Result<Option<String>> {
    Ok((problem.path.len() <= 400).then(|| words::look(&problem.path, problem.offset_bytes)))
}

/// A command to copy: made visible, never clipped in the middle; too long, it is left out.
#[filter_fn]
pub fn command(text: &str, _: &dyn Values) -> Result<String> {
    Ok(if text.len() > 1_000 { "(too long to show)".into() } else { words::reveal(text) })
}

/// A code point of two bytes.
#[filter_fn]
pub fn hex(code: &u16, _: &dyn Values) -> Result<String> {
    Ok(format!("0x{:04x}", code))
}

/// A figure of the verdict.
#[filter_fn]
pub fn written(value: &Value, _: &dyn Values) -> Result<String> {
    Ok(value_text(*value))
}

/// The word for a level.
#[filter_fn]
pub fn word(level: &Level, _: &dyn Values) -> Result<&'static str> {
    Ok(level_word(*level))
}

/// The class for a level.
#[filter_fn]
pub fn class(level: &Level, _: &dyn Values) -> Result<&'static str> {
    Ok(match level {
        Level::Good => "good",
        Level::Neutral => "neutral",
        Level::Warn => "warn",
        Level::Bad => "bad",
    })
}

/// The word for a status, as in `captures.csv`.
#[filter_fn]
pub fn status(status: &Status, _: &dyn Values) -> Result<&'static str> {
    Ok(match status {
        Status::Ok => "ok",
        Status::Truncated => "truncated",
        Status::Failed => "failed",
        Status::Skipped => "skipped",
        Status::Duplicate => "duplicate",
        Status::Empty => "empty",
    })
}

/// The class for a status.
#[filter_fn]
pub fn status_class(status: &Status, _: &dyn Values) -> Result<&'static str> {
    Ok(match status {
        Status::Ok => "good",
        Status::Truncated => "warn",
        Status::Failed => "bad",
        Status::Skipped | Status::Duplicate | Status::Empty => "neutral",
    })
}

/// The word for a level.
pub fn level_word(level: Level) -> &'static str {
    match level {
        Level::Good => "good",
        Level::Neutral => "for information",
        Level::Warn => "look",
        Level::Bad => "act",
    }
}

/// A figure of the verdict as text.
pub fn value_text(value: Value) -> String {
    match value {
        Value::Count(n) => words::count(n),
        Value::Share(part, whole) if whole > 0 => words::share(part, whole),
        Value::Bytes(n) => words::bytes(n),
        Value::Share(..) | Value::Unknown => "–".into(),
    }
}
