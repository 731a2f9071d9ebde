//! TLS over TCP (RFC 5246, RFC 8446): ordered bytes to records, records to messages, messages to facts.
//!
//! ```text
//!  TCP segments   |   s1        |   s2        |   s3       |
//!  bytes          [h|....record 1....][h|..record 2..][h|...
//!  messages          [SH ][Certificate . . . . . . ][SHD]
//!                                     └ Span: 2 records, 3 segments, first and last frame
//! ```
//!
//! The only stage that names `tls_parser` and `x509_parser`. It knows neither packets nor files; of flows it knows the seam
//! [`flow::Reader`](crate::flow::Reader): bytes in order, gaps, and what carried them.

pub mod certificate;
mod deframe;
pub mod fingerprint;
pub mod hello;
pub mod key_exchange;
pub mod message;
pub mod names;
mod openvpn;
pub mod preamble;
mod record;
pub mod seen;
pub mod session;
pub mod span;
pub mod transport_parameters;

pub use message::{Content, Message, State};
pub use seen::Seen;
pub use session::Session;
