//! DTLS 1.0 (RFC 4347), 1.2 (RFC 6347) and 1.3 (RFC 9147): datagrams to records, fragments to messages, messages to facts.
//!
//! ```text
//!  datagram 1  [h|[hs|ClientHello 0..900        ]]
//!  datagram 2  [h|[hs|ClientHello 900..1300]]                     fragments of one message, in any order, any number of times
//!  datagram 3  [h|[hs|ServerHello]][h|[hs|Certificate 0..700]]    several records in a datagram
//! ```
//!
//! The sibling of [`tls`](crate::tls) behind the seam [`flow::datagram`](crate::flow::datagram): what it shows is the same
//! [`Seen`](crate::tls::Seen), where segments are datagrams.

mod association;
mod fragment;
mod record;

pub use association::Association;
