//! Whether a certificate names a host (RFC 9525), and whether a chain is in order (RFC 5246 section 7.4.2).

use super::{Certificate, Chain, San, X509};
use std::net::IpAddr;
use std::sync::Arc;

/// Whether the certificate's subjectAltName names the host: a dNSName without regard to case, `*` for exactly the
/// leftmost label (RFC 9525 section 6.3), or an iPAddress where the host is written as one. The commonName does not
/// count. None where the list of names was cut and those that are left do not tell.
pub fn names_host(certificate: &X509, host: &[u8]) -> Option<bool> {
    let host = host.strip_suffix(b".").unwrap_or(host);
    let address: Option<IpAddr> = std::str::from_utf8(host).ok().and_then(|host| host.parse().ok());
    let named = certificate.sans.iter().any(|san| match (san, address) {
        (San::Ip(ours), Some(theirs)) => *ours == theirs,
        (San::Dns(pattern), None) => fits(pattern, host),
        _ => false,
    });
    if named || !certificate.sans_cut() { Some(named) } else { None }
}

fn fits(pattern: &[u8], host: &[u8]) -> bool {
    let pattern = pattern.strip_suffix(b".").unwrap_or(pattern);
    if host.is_empty() {
        return false;
    }
    match pattern.strip_prefix(b"*.") {
        Some(domain) => {
            let dot = host.iter().position(|byte| *byte == b'.');
            dot.is_some_and(|dot| dot > 0 && host[dot + 1..].eq_ignore_ascii_case(domain))
        }
        None => pattern.eq_ignore_ascii_case(host),
    }
}

/// How the certificates of a chain stand to one another, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// One certificate, issued by somebody else.
    Single,
    /// One certificate, whose issuer is its subject.
    SelfSigned,
    /// Each is issued by the next.
    Ordered,
    /// One at least is not issued by the next.
    Unordered,
    /// The list or a certificate cannot be read.
    Unreadable,
}

impl Order {
    /// The word in the column `certificate_chain`.
    pub fn as_str(self) -> &'static str {
        match self {
            Order::Single => "single",
            Order::SelfSigned => "self_signed",
            Order::Ordered => "ordered",
            Order::Unordered => "unordered",
            Order::Unreadable => "unreadable",
        }
    }
}

/// The order of a chain; none of an empty one.
pub fn order(chain: &Chain) -> Option<Order> {
    let read: Result<Vec<&X509>, _> = chain.certificates.iter().map(|certificate: &Arc<Certificate>| certificate.x509.as_ref()).collect();
    let Some(read) = read.ok().filter(|_| !chain.malformed) else { return Some(Order::Unreadable) };
    match read[..] {
        [] => None,
        [leaf] if leaf.self_signed => Some(Order::SelfSigned),
        [_] => Some(Order::Single),
        _ if read.windows(2).all(|pair| pair[0].issuer == pair[1].subject) => Some(Order::Ordered),
        _ => Some(Order::Unordered),
    }
}
