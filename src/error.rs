//! What can go wrong for the run as a whole, and what can go wrong with one capture.
//!
//! A damaged capture is an outcome, not an [`Error`]: it becomes a row in `captures.csv` ([`CaptureError`]) and the
//! run goes on. [`Error`] is for what ends the run.

use serde::Serialize;
use std::path::PathBuf;

/// What ends a run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused something that the run cannot do without.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a gerund: `writing`, `creating`.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The output folder is there already.
    #[error("{} exists; choose another folder or pass --force", .0.display())]
    OutputExists(PathBuf),
    /// The output folder exists and was not written by tlscensus, so `--force` will not replace it.
    #[error("{} exists and is not a result of tlscensus (no manifest.json); it is left alone", .0.display())]
    OutputForeign(PathBuf),
    /// A finished run cannot be worked on.
    #[error("{}: {reason}", path.display())]
    Result {
        /// Its folder, or the file in it.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The arguments name something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// The report template failed.
    #[error("rendering the report: {0}")]
    Render(#[from] askama::Error),
    /// A structure could not be written as JSON.
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The worker threads could not be started.
    #[error("starting the worker threads: {0}")]
    Threads(String),
}

impl Error {
    /// For `map_err`: an I/O error with what was tried and where.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::Io { action, path, source }
    }

    /// A finished run with which something is wrong.
    pub fn result(path: impl Into<PathBuf>, reason: impl Into<String>) -> Error {
        Error::Result { path: path.into(), reason: reason.into() }
    }
}

/// Why a capture could not be read, or not to its end: a row in `captures.csv`, never the end of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{code} at byte {offset}: {detail}")]
pub struct CaptureError {
    /// A short fixed word for tables and scripts, snake case: `bad_magic`, `cut_packet`.
    pub code: &'static str,
    /// A sentence with what was found and what was needed.
    pub detail: String,
    /// The offset in the file (after decompression) at which it was noticed, in bytes.
    pub offset: u64,
}
