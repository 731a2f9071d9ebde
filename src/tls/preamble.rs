//! What was spoken on a connection before TLS: told by the first bytes of both sides, not by ports.

/// Bytes of a PROXY protocol header of version 1, at most (PROXY protocol specification, section 2.1).
const PROXY_V1: usize = 107;
/// The signature of a PROXY protocol header of version 2 (section 2.2).
const PROXY_V2: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";

/// Length of a PROXY protocol header that the bytes begin with, and its name; TLS follows it in the same segment.
pub fn proxy_header(bytes: &[u8]) -> Option<(usize, &'static str)> {
    if bytes.starts_with(b"PROXY ") {
        let line = &bytes[..bytes.len().min(PROXY_V1)];
        let end = line.windows(2).position(|pair| pair == b"\r\n")?;
        return Some((end + 2, "proxy_v1"));
    }
    let length = bytes.strip_prefix(&PROXY_V2)?.get(2..4)?;
    let whole = 16 + usize::from(u16::from_be_bytes([length[0], length[1]]));
    (whole <= bytes.len()).then_some((whole, "proxy_v2"))
}

/// Names the protocol whose sides began so; `other` where TLS follows something that is not known.
///
/// The sources: RFC 3207 (SMTP), 2033 (LMTP), 9051 (IMAP), 2595 (POP3), 4217 (FTP), 4511 (LDAP), 6120 (XMPP), 4642 (NNTP),
/// 5804 (ManageSieve), 9110 section 9.3.6 (CONNECT), 1928 (SOCKS 5); the protocol documents of PostgreSQL, MySQL, IRCv3
/// and MS-RDPBCGR.
pub fn name(client: &[u8], server: &[u8]) -> &'static str {
    let client_says = |words: &[&str]| words.iter().any(|word| begins(client, word));
    match (client, server) {
        ([], []) => "",
        ([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f, ..], _) => "postgresql",
        ([4, 1, ..], _) => "socks4",
        ([5, methods, rest @ ..], _) if rest.len() >= usize::from(*methods).min(10) && *methods > 0 => "socks5",
        ([3, 0, _, _, _, 0xe0, ..], _) => "rdp",
        // An LDAPMessage with an ExtendedRequest.
        ([0x30, _, 2, 1, _, 0x77, ..], _) => "ldap",
        (_, [_, _, 0, 0, 10, ..]) => "mysql",
        _ if client_says(&["CONNECT "]) => "connect",
        _ if client_says(&["LHLO"]) => "lmtp",
        _ if client_says(&["EHLO", "HELO"]) => "smtp",
        _ if client_says(&["AUTH TLS", "AUTH SSL"]) => "ftp",
        _ if client_says(&["<?xml", "<stream"]) => "xmpp",
        _ if begins(server, "* OK") || begins(server, "* PREAUTH") => "imap",
        _ if begins(server, "+OK") => "pop3",
        _ if begins(server, "\"IMPLEMENT") => "managesieve",
        _ if begins(server, "220") && client_says(&["STARTTLS"]) => "smtp",
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
        check(b"\x01\x02", b"", "other");
        check(b"", b"", "");
    }

    #[test]
    fn proxy_headers() {
        let v1 = b"PROXY TCP4 10.0.0.1 10.0.0.2 40000 443\r\n\x16\x03\x01";
        assert_eq!(proxy_header(v1), Some((v1.len() - 3, "proxy_v1")));
        assert_eq!(proxy_header(b"PROXY TCP4 10.0.0.1"), None);
        let v2 = [&PROXY_V2[..], &[0x21, 0x11, 0, 12], &[0; 12], &[0x16, 3, 1]].concat();
        assert_eq!(proxy_header(&v2), Some((28, "proxy_v2")));
        for end in 0..v2.len() {
            let _ = proxy_header(&v2[..end]);
        }
    }
}
