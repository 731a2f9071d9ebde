//! The frames that Initial packets may hold (RFC 9000 section 12.4): PADDING, PING, ACK, CRYPTO, CONNECTION_CLOSE.

use super::packet::varint;

/// A frame that matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'b> {
    /// Bytes of the handshake.
    Crypto {
        /// Their place in the side's handshake.
        offset: u64,
        /// The bytes.
        bytes: &'b [u8],
        /// Where the frame begins in the payload.
        at: usize,
        /// Where it ends.
        end: usize,
    },
    /// The connection is closed, with this error code of the transport.
    Close(u64),
    /// So many bytes of PADDING.
    Padding(usize),
}

/// Hands out the frames of a payload, up to the first that cannot be there; gives whether all were read.
pub fn each<'b>(payload: &'b [u8], mut out: impl FnMut(Frame<'b>)) -> bool {
    let mut at = 0;
    while at < payload.len() {
        let Some((frame, end)) = read(payload, at) else { return false };
        if let Some(frame) = frame {
            out(frame);
        }
        at = end;
    }
    true
}

fn read(payload: &[u8], at: usize) -> Option<(Option<Frame<'_>>, usize)> {
    let (kind, next) = varint(payload, at)?;
    let skip = |at: usize, count: u64| (0..count).try_fold(at, |at, _| Some(varint(payload, at)?.1));
    Some(match kind {
        0 => {
            // From behind the type, which may be written in more bytes than one: what is read always moves on.
            let end = next + payload[next..].iter().take_while(|byte| **byte == 0).count();
            (Some(Frame::Padding(end - at)), end)
        }
        1 => (None, next),
        2 | 3 => {
            let next = skip(next, 2)?;
            let (ranges, next) = varint(payload, next)?;
            // Largest, delay, count, first range; then a gap and a length each; then three counts of ECN.
            let rest = 1 + ranges.checked_mul(2)? + if kind == 3 { 3 } else { 0 };
            (None, skip(next, rest)?)
        }
        6 => {
            let (offset, next) = varint(payload, next)?;
            let (len, start) = varint(payload, next)?;
            let end = start.checked_add(usize::try_from(len).ok()?)?;
            (Some(Frame::Crypto { offset, bytes: payload.get(start..end)?, at, end }), end)
        }
        0x1c => {
            let (code, next) = varint(payload, next)?;
            let (reason, start) = varint(payload, skip(next, 1)?)?;
            let end = start.checked_add(usize::try_from(reason).ok()?)?;
            (Some(Frame::Close(code)), end.min(payload.len()))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_in_a_row() {
        let payload = [
            &[1, 2, 5, 0, 1, 0, 0, 3][..],
            &[3, 5, 0, 0, 0, 1, 2, 3],
            &[6, 0x40, 10, 2, 8, 9],
            &[0, 0, 0],
            &[0x1c, 0x41, 0x28, 6, 1, b'x'],
        ]
        .concat();
        let mut found = Vec::new();
        assert!(each(&payload, |frame| found.push(frame)));
        let expected = [Frame::Crypto { offset: 10, bytes: &[8, 9], at: 16, end: 22 }, Frame::Padding(3), Frame::Close(0x128)];
        assert_eq!(found, expected);
        for end in 0..payload.len() {
            each(&payload[..end], |_| {});
        }
        assert!(!each(&[8, 1, 2], |_| {}));
        // A type in more bytes than it needs is not allowed (RFC 9000 section 12.4), but written all the same it must not be read
        // for ever.
        let mut padding = 0;
        assert!(each(&[0x40, 0, 0, 0x80, 0, 0, 0, 1], |frame| {
            padding += if let Frame::Padding(len) = frame { len } else { 0 };
            assert!(padding <= 7);
        }));
        assert_eq!(padding, 7);
        // A count of ranges that nobody could send ends at the end of the payload.
        assert!(!each(&[2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0], |_| {}));
    }
}
