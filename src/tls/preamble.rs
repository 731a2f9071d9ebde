//! What was spoken on a connection before TLS: told by the first bytes of both sides, not by ports.

mod follow;

pub use follow::Preamble;
use follow::{AMQP_TLS, POSTGRES_GSS, POSTGRES_SSL, PROXY_V2};

/// Names the protocol whose sides began so; `other` where TLS follows something that is not known.
///
/// The sources: RFC 3207 (SMTP), 2033 (LMTP), 9051 (IMAP), 2595 (POP3), 4217 (FTP), 4511 (LDAP), 6120 (XMPP), 4642 (NNTP),
/// 5804 (ManageSieve), 9110 section 9.3.6 (CONNECT), 1928 (SOCKS 5); the protocol documents of PROXY, SOCKS 4, PostgreSQL,
/// MySQL, IRCv3, AMQP 1.0 and MS-RDPBCGR.
pub fn name(client: &[u8], server: &[u8]) -> &'static str {
    let client_says = |words: &[&str]| words.iter().any(|word| begins(client, word));
    match (client, server) {
        ([], []) => "",
        _ if client.starts_with(&PROXY_V2) => "proxy_v2",
        _ if client_says(&["PROXY "]) => "proxy_v1",
        _ if client.starts_with(&POSTGRES_SSL) || client.starts_with(&POSTGRES_GSS) => "postgresql",
        _ if client.starts_with(&AMQP_TLS) || server.starts_with(&AMQP_TLS) => "amqp",
        ([4, 1, ..], _) => "socks4",
        ([5, methods, rest @ ..], _) if rest.len() >= usize::from(*methods).min(10) && *methods > 0 => "socks5",
        ([3, 0, _, _, _, 0xe0, ..], _) => "rdp",
        // An LDAPMessage with an ExtendedRequest.
        ([0x30, _, 2, 1, _, 0x77, ..], _) => "ldap",
        (_, [_, _, 0, 0, 10, ..]) | ([32, 0, 0, 1, ..], []) => "mysql",
        _ if client_says(&["CONNECT "]) => "connect",
        _ if client_says(&["LHLO"]) => "lmtp",
        _ if client_says(&["EHLO", "HELO"]) => "smtp",
        _ if client_says(&["AUTH TLS", "AUTH SSL"]) => "ftp",
        _ if client_says(&["<?xml", "<stream"]) => "xmpp",
        _ if begins(server, "* OK") || begins(server, "* PREAUTH") => "imap",
        _ if begins(server, "+OK") => "pop3",
        _ if begins(server, "\"IMPLEMENT") => "managesieve",
        // What answers EHLO, where the beginning is missing.
        _ if (begins(server, "220") || begins(server, "250")) && client_says(&["STARTTLS"]) => "smtp",
        // SMTP and FTP greet so: without the client it cannot be told.
        _ if begins(server, "220") && client.is_empty() => "other",
        _ if begins(server, "220") => "ftp",
        _ if begins(server, "200 ") || begins(server, "201 ") => "nntp",
        _ if client_says(&["STARTTLS", "CAP LS", "NICK ", "PASS "]) => "irc",
        _ => "other",
    }
}

/// Whether bytes begin with a word, in any case.
fn begins(bytes: &[u8], word: &str) -> bool {
    bytes.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell() {
        let check = |client: &[u8], server: &[u8], protocol: &str| assert_eq!(name(client, server), protocol);
        check(b"EHLO client", b"220 mail.exa", "smtp");
        check(b"STARTTLS\r\n", b"250-mail.exa", "smtp");
        check(b"", b"220 mail.exa", "other");
        check(b"STARTTLS\r\n", b":server NOTI", "irc");
        check(b"LHLO client", b"220 mail.exa", "lmtp");
        check(b"AUTH TLS\r\n", b"220 FTP read", "ftp");
        check(b"a1 STARTTLS\r", b"* OK IMAP4re", "imap");
        check(b"STLS\r\n", b"+OK ready\r\n", "pop3");
        check(b"STARTTLS\r\n", b"200 news.exa", "nntp");
        check(b"STARTTLS\r\n", b"\"IMPLEMENTATION\"", "managesieve");
        check(b"<?xml versio", b"<?xml versio", "xmpp");
        check(b"CONNECT www.", b"HTTP/1.1 200", "connect");
        check(&[5, 1, 0], &[5, 0], "socks5");
        check(&[4, 1, 1, 187, 10, 0, 0, 1, 0], &[0, 90], "socks4");
        check(&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f], b"S", "postgresql");
        check(&[32, 0, 0, 1], &[74, 0, 0, 0, 10, b'8'], "mysql");
        check(&[3, 0, 0, 19, 14, 0xe0, 0, 0], &[3, 0, 0, 19, 14, 0xd0], "rdp");
        check(&[0x30, 0x1d, 2, 1, 1, 0x77, 0x18], &[0x30, 0x0c], "ldap");
        check(b"CAP LS\r\n", b":server NOTI", "irc");
        check(b"AMQP\x02\x01\0\0", b"AMQP\x02\x01\0\0", "amqp");
        check(b"PROXY TCP4 1", b"", "proxy_v1");
        check(&PROXY_V2, b"220 mail.exa", "proxy_v2");
        check(b"\x01\x02", b"", "other");
        check(b"", b"", "");
    }
}
