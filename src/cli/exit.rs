//! How a run ends, for the shell.

use crate::error::Error;
use std::process::ExitCode;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    Fatal,
    Usage,
    /// Done, but some captures could not be read, or not to their end.
    SomeFailed,
    /// Done, and something was found that the user asked to fail on.
    Found,
    NoCaptures,
    Interrupted,
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Fatal => 1,
            Exit::Usage => 2,
            Exit::SomeFailed => 3,
            Exit::Found => 4,
            Exit::NoCaptures => 5,
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Exit {
        match error {
            Error::Usage(_) => Exit::Usage,
            _ => Exit::Fatal,
        }
    }
}
