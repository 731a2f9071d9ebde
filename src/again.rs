//! The commands that work on finished runs: a conductor beside [`run`](crate::run), which needs no capture.
//!
//! ```text
//!  OUT/state/ ──┬──► report   the page and the counted tables again
//!               ├──► merge    several states and their flows' tables become one result
//!               └──► diff     what is in one and not in the other
//!  OUT/csv/   ─────► show     one flow, step by step
//! ```

pub mod state;

mod diff;
mod flows;
mod merge;
mod past;
mod report;
mod show;

pub use diff::diff;
pub use merge::merge;
pub use past::Past;
pub use report::report;
pub use show::show;
pub use state::State;
