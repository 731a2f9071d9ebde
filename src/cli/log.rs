//! What is said on standard error: lines for people, or for programs an object a line.

use clap::ValueEnum;
use std::io::Write;

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// A JSON object a line: time, level, message
    Json,
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What was done.
    Info,
    /// What is amiss with the input.
    Warning,
    /// Why the program ends.
    Error,
}

impl LogFormat {
    /// Says something.
    pub fn say(self, level: Level, message: &str) {
        // Where nobody listens there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "{}", self.line(level, message, jiff::Timestamp::now()));
    }

    /// The line of a message.
    fn line(self, level: Level, message: &str, now: jiff::Timestamp) -> String {
        match (self, level) {
            (LogFormat::Text, Level::Error) => format!("tlscensus: {message}"),
            (LogFormat::Text, _) => message.to_owned(),
            (LogFormat::Json, _) => {
                let level = match level {
                    Level::Info => "info",
                    Level::Warning => "warning",
                    Level::Error => "error",
                };
                serde_json::json!({ "time": format!("{now:.3}"), "level": level, "message": message }).to_string()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_in_either_form() {
        let now = jiff::Timestamp::from_millisecond(1_795_500_000_250).unwrap();
        let hostile = "no \"such\" file\nx";
        assert_eq!(LogFormat::Text.line(Level::Error, "no such file", now), "tlscensus: no such file");
        assert_eq!(LogFormat::Text.line(Level::Info, "done", now), "done");
        let line = LogFormat::Json.line(Level::Warning, hostile, now);
        assert!(!line.contains('\n'));
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((read["level"].as_str(), read["message"].as_str()), (Some("warning"), Some(hostile)));
        assert_eq!(read["time"], "2026-11-24T06:00:00.250Z");
    }
}
