//! QUIC (RFC 9000, RFC 9001, RFC 9369): datagrams to packets, CRYPTO frames to messages, messages to facts.
//!
//! ```text
//!  datagram 1  [Initial: CRYPTO 0..1100, PADDING]
//!  datagram 2  [Initial: CRYPTO 1100..1700, PADDING]            the ClientHello, in any number of frames and any order
//!  datagram 3  [Initial: ACK, CRYPTO 0..90][Handshake: ...]     ServerHello; what follows is protected with secrets
//! ```
//!
//! The keys of Initial packets follow from the first Destination Connection ID, which is in plain: they protect from
//! accidents, not from observers. The sibling of [`tls`](crate::tls) behind the seam
//! [`flow::datagram`](crate::flow::datagram): what it shows is the same [`Seen`](crate::tls::Seen), where segments are
//! datagrams and records CRYPTO frames.

mod connection;
mod crypto;
mod frame;
mod initial;
mod keyring;
mod packet;
#[cfg(test)]
mod vectors;

pub use connection::Connection;
