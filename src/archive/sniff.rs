//! Candidates to rows: the first and the last bytes of a file say what it is and give its id.
//!
//! Each file is opened once; its first 64 KiB are read once and serve for the magic bytes, the peek at the first packet
//! and the id; its last 64 KiB are read for the id alone. The name of a file decides only whether something that is
//! no capture deserves a row.

use super::identity::Digest;
use super::peek::{byte_order, peek};
use super::walk::{Candidate, Fault, fault_of};
use super::{Capture, Compression, Format, Source, Status, Unpacked, erf, identity, members, name, tar};
use crate::error::CaptureError;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// How much of each end of a file is read, in bytes.
pub(super) const EDGE: usize = 64 << 10;
/// Bytes of standard input that tell what it is and which: it has no end to look at before all of it is read, and streams
/// that are put together from the same beginning should have ids of their own.
pub(super) const STREAM_HEAD: usize = 1 << 20;

/// A row in the making, with what tells files apart.
#[derive(Debug)]
pub(super) struct Probe {
    pub capture: Capture,
    /// Reached through a symbolic link: if the file has another name, that one is taken.
    pub linked: bool,
    /// Device and inode; of a member of an archive those of the archive, and where it begins.
    pub node: Option<(u64, u64, u64)>,
    /// Of the size and both edges.
    pub digest: Option<Digest>,
    /// Of the whole content, where it was read anyway.
    pub whole: Option<Digest>,
}

/// What a candidate turned out to hold.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub probes: Vec<Probe>,
    /// Files, or members of an archive, that are no captures and no rows.
    pub not_captures: u64,
}

impl Probe {
    pub fn new(text: String, source: Source, linked: bool) -> Probe {
        Probe { capture: Capture::new(text, source), linked, node: None, digest: None, whole: None }
    }

    /// What to open.
    pub fn path(&self) -> Option<&Path> {
        match &self.capture.source {
            Source::Path(path) => Some(path),
            Source::Member(member) => Some(&member.archive),
            Source::Stdin(_) => None,
        }
    }

    /// Where it begins in that.
    pub fn place(&self) -> u64 {
        if let Source::Member(member) = &self.capture.source { member.offset } else { 0 }
    }
}

/// Looks into a candidate. `buffer` holds [`EDGE`] bytes of anything.
pub(super) fn probe(candidate: Candidate, buffer: &mut [u8]) -> Found {
    let mut found = Found::default();
    match probe_file(candidate, buffer, &mut found) {
        Some(row) => found.probes.push(row),
        None if found.probes.is_empty() => found.not_captures += 1,
        None => {}
    }
    found
}

/// The row of a file, none if it needs none; the members of an archive go to `found`.
fn probe_file(candidate: Candidate, buffer: &mut [u8], found: &mut Found) -> Option<Probe> {
    let Candidate { open, text, named, linked, fault } = candidate;
    let mut row = Probe::new(text, Source::Path(open.clone()), linked);
    if let Some(fault) = fault {
        row.capture.refuse(fault);
        return Some(row);
    }
    // A file that is no capture is told by its row if someone asked for it, or would miss it.
    let wanted = named || name::looks_like_capture(&row.capture.path_text);
    let missing = if named { Status::Failed } else { Status::Skipped };
    match look(&open, &mut row, buffer) {
        Ok(Look::Known) => Some(row),
        Ok(Look::Tar(packing)) => {
            match File::open(&open).and_then(|file| members::index(file, packing, &mut row, buffer)) {
                Ok((members, error)) => {
                    *found = members;
                    row.capture.status = Status::Failed;
                    row.capture.error = error;
                }
                Err(error) => row.capture.refuse(fault_of(&error, named)),
            }
            if row.capture.error.is_none() && found.probes.is_empty() && wanted {
                row.capture.refuse(Fault {
                    status: missing,
                    code: "unknown_format",
                    detail: "a tar archive with no capture inside".into(),
                });
            }
            row.capture.error.is_some().then_some(row)
        }
        Ok(Look::Empty) => wanted.then(|| {
            row.capture.status = Status::Empty;
            row
        }),
        Ok(Look::Unread(code, detail)) => {
            row.capture.refuse(Fault { status: missing, code, detail });
            Some(row)
        }
        Ok(Look::Damaged(error)) => wanted.then(|| {
            row.capture.status = Status::Failed;
            row.capture.error = Some(error);
            row
        }),
        Ok(Look::Unknown(detail)) => wanted.then(|| {
            row.capture.refuse(Fault { status: missing, code: "unknown_format", detail });
            row
        }),
        Err(error) => {
            let mut fault = fault_of(&error, named);
            if !wanted {
                fault.status = Status::Skipped;
            }
            row.capture.refuse(fault);
            Some(row)
        }
    }
}

/// The row of standard input. At most [`STREAM_HEAD`] bytes are taken from it.
pub(super) fn probe_stdin(stdin: &mut dyn Read) -> Probe {
    let mut head = Vec::new();
    let read = stdin.take(STREAM_HEAD as u64).read_to_end(&mut head);
    let kind = sniff(&head);
    let mut capture = Capture::new("<stdin>".to_owned(), Source::Stdin(Vec::new()));
    let failed = |code, detail| Fault { status: Status::Failed, code, detail };
    match (read, kind) {
        (Err(error), _) => capture.refuse(failed("io_error", error.to_string())),
        (Ok(0), _) => capture.status = Status::Empty,
        (Ok(_), Some(Kind::Capture(format))) => capture.recognise(format, &head),
        (Ok(count), Some(Kind::Compressed(compression))) => {
            capture.compression = Some(compression);
            match look_inside(compression, Box::new(io::Cursor::new(head.clone())), &mut capture) {
                Look::Known | Look::Empty => {}
                Look::Tar(_) => capture.refuse(failed("unsupported_format", TAR_ON_STDIN.into())),
                // What is to be had from the bytes that were taken may be too little to tell.
                Look::Damaged(error) if count < STREAM_HEAD || error.code != "cut_stream" => {
                    capture.status = Status::Failed;
                    capture.error = Some(error);
                }
                Look::Damaged(_) => {}
                Look::Unread(code, detail) => capture.refuse(failed(code, detail)),
                Look::Unknown(detail) => capture.refuse(failed("unknown_format", detail)),
            }
        }
        (Ok(_), Some(Kind::Tar)) => capture.refuse(failed("unsupported_format", TAR_ON_STDIN.into())),
        (Ok(_), Some(Kind::Foreign(what))) => capture.refuse(failed("unsupported_format", format!("{what} is not read yet"))),
        (Ok(_), None) => capture.refuse(failed("unknown_format", unknown(&head))),
    }
    if !head.is_empty() {
        capture.id = identity::text('c', &identity::digest_of(&[&head]));
    }
    capture.source = Source::Stdin(head);
    Probe { capture, linked: false, node: None, digest: None, whole: None }
}

const TAR_ON_STDIN: &str = "a tar archive on standard input is not read, as its members are read apart; save it as a file";

/// What a first look says.
pub(super) enum Look {
    Known,
    /// A tar archive, compressed or not.
    Tar(Option<Compression>),
    Empty,
    /// Recognised, and not read by this version: code and detail.
    Unread(&'static str, String),
    Unknown(String),
    /// Compressed, and too damaged to tell what is within.
    Damaged(CaptureError),
}

fn look(path: &Path, row: &mut Probe, buffer: &mut [u8]) -> io::Result<Look> {
    // Between the walk and now the file may have become a pipe, whose opening would wait for a writer.
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Ok(Look::Unread("special_file", "no regular file any more".to_owned()));
    }
    let size = meta.len();
    row.capture.size = Some(size);
    row.node = Some((meta.dev(), meta.ino(), 0));
    let read = read_at(&file, buffer, 0)?;
    let head = &buffer[..read];
    if head.is_empty() {
        return Ok(Look::Empty);
    }
    let look = look_at(head, Box::new(file.try_clone()?), &mut row.capture);
    if !matches!(look, Look::Unknown(_)) || row.capture.size.is_some_and(|s| s <= EDGE as u64) {
        let digest = identity::digest_file(&file, size, buffer, read)?;
        row.capture.id = identity::text('c', &digest);
        row.digest = Some(digest);
    }
    Ok(look)
}

/// What begins with `head`; `all` gives its bytes from the beginning.
pub(super) fn look_at(head: &[u8], all: Box<dyn Read + Send>, capture: &mut Capture) -> Look {
    match sniff(head) {
        Some(Kind::Capture(format)) => {
            capture.recognise(format, head);
            Look::Known
        }
        Some(Kind::Compressed(compression)) => {
            capture.compression = Some(compression);
            look_inside(compression, all, capture)
        }
        Some(Kind::Tar) => Look::Tar(None),
        Some(Kind::Foreign(what)) => Look::Unread("unsupported_format", format!("{what} is not read yet")),
        None if head.is_empty() => Look::Empty,
        None => Look::Unknown(unknown(head)),
    }
}

/// Looks into a compressed file, which is read from its beginning.
fn look_inside(compression: Compression, packed: Box<dyn Read + Send>, capture: &mut Capture) -> Look {
    let mut head = Vec::new();
    let read = Unpacked::new(compression, packed).and_then(|unpacked| unpacked.take(EDGE as u64).read_to_end(&mut head));
    let name = compression.name();
    match sniff(&head) {
        Some(Kind::Capture(format)) => {
            capture.recognise(format, &head);
            Look::Known
        }
        Some(Kind::Compressed(inner)) => {
            Look::Unread("nested_archive", format!("{} data inside {name} data; only one layer is read", inner.name()))
        }
        Some(Kind::Tar) => Look::Tar(Some(compression)),
        Some(Kind::Foreign(what)) => Look::Unread("unsupported_format", format!("{what} inside {name} data is not read yet")),
        None => match read {
            Ok(0) => Look::Unknown(format!("{name} data with nothing inside")),
            Err(error) if head.len() < MAGIC => Look::Damaged(broken(&error)),
            _ => Look::Unknown(format!("{name} data with no capture inside: {}", unknown(&head))),
        },
    }
}

/// What a stream ended with.
pub(super) fn broken(error: &io::Error) -> CaptureError {
    let known = error.get_ref().and_then(|inner| inner.downcast_ref::<CaptureError>());
    known.cloned().unwrap_or_else(|| CaptureError { code: "io_error", detail: format!("Reading failed: {error}."), offset: 0 })
}

/// Fills the buffer from `offset` on, as far as the file goes.
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset.saturating_add(filled as u64)) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn unknown(head: &[u8]) -> String {
    let first: Vec<String> = head.iter().take(12).map(|b| format!("{b:02x}")).collect();
    format!("neither pcap nor pcapng: it begins with {}", first.join(" "))
}

impl Capture {
    fn new(path_text: String, source: Source) -> Self {
        Capture {
            id: String::new(),
            path_text,
            source,
            size: None,
            format: None,
            compression: None,
            first_time: None,
            link: None,
            status: Status::Ready,
            error: None,
            duplicate_of: None,
        }
    }

    pub(super) fn refuse(&mut self, fault: Fault) {
        self.status = fault.status;
        self.error = Some(CaptureError { code: fault.code, detail: fault.detail, offset: 0 });
    }

    fn recognise(&mut self, format: Format, head: &[u8]) {
        self.format = Some(format);
        let first = peek(format, head);
        self.first_time = first.time;
        self.link = first.link;
    }
}

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Capture(Format),
    Compressed(Compression),
    /// A tar archive: its first block is a header.
    Tar,
    /// Captures of kinds that are not read.
    Foreign(&'static str),
}

/// So many bytes tell every kind but an archive.
const MAGIC: usize = 12;

/// The kind of a file by its first bytes; [`MAGIC`] are enough, 512 for an archive, two records for ERF.
pub(super) fn sniff(head: &[u8]) -> Option<Kind> {
    use Compression::{Bzip2, Gzip, Lz4, Xz, Zstd};
    let word = [*head.first()?, *head.get(1)?, *head.get(2)?, *head.get(3)?];
    match word {
        [0xa1, 0xb2, 0xc3, 0xd4] | [0xd4, 0xc3, 0xb2, 0xa1] => return Some(Kind::Capture(Format::Pcap)),
        [0xa1, 0xb2, 0x3c, 0x4d] | [0x4d, 0x3c, 0xb2, 0xa1] => return Some(Kind::Capture(Format::PcapNanos)),
        [0xa1, 0xb2, 0xcd, 0x34] | [0x34, 0xcd, 0xb2, 0xa1] => return Some(Kind::Capture(Format::PcapModified)),
        [0x1c, 0x00, 0x01, 0xac] | [0xac, 0x01, 0x00, 0x1c] => return Some(Kind::Capture(Format::LcapNanos)),
        [0x1c, 0x00, 0x01, 0xab] | [0xab, 0x01, 0x00, 0x1c] => return Some(Kind::Capture(Format::Lcap)),
        // The type of a section header reads the same in both byte orders and is also a plausible line of text:
        // the byte-order magic settles it.
        [0x0a, 0x0d, 0x0d, 0x0a] if head.len() < 12 || byte_order(head, 0).is_some() => return Some(Kind::Capture(Format::Pcapng)),
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => return Some(Kind::Compressed(Zstd)),
        [0x04, 0x22, 0x4d, 0x18] => return Some(Kind::Compressed(Lz4)),
        [0x1f, 0x8b, 0x08, _] => return Some(Kind::Compressed(Gzip)),
        _ => {}
    }
    let starts = |magic: &[u8]| head.starts_with(magic);
    let block = head.get(4..10).unwrap_or(&[]);
    if starts(b"\xfd7zXZ\0") {
        Some(Kind::Compressed(Xz))
    } else if starts(b"BZh") && (b"1AY&SY" == block || b"\x17\x72\x45\x38\x50\x90" == block) {
        Some(Kind::Compressed(Bzip2))
    } else if starts(b"snoop\0\0\0") {
        Some(Kind::Capture(Format::Snoop))
    } else if starts(b"RTSS") {
        Some(Kind::Capture(Format::Netmon1))
    } else if starts(b"GMBU") {
        Some(Kind::Capture(Format::Netmon2))
    } else if starts(b"TRSNIFF data    \x1a") || starts(b"XCP\0") {
        Some(Kind::Foreign("a Sniffer capture"))
    } else if starts(b"\x7fver") {
        Some(Kind::Foreign("an OmniPeek capture"))
    } else if starts(b"iptrace 1.0") || starts(b"iptrace 2.0") {
        Some(Kind::Foreign("an iptrace capture"))
    } else if tar::is_header(head) || head.get(257..262) == Some(b"ustar") {
        Some(Kind::Tar)
    } else if erf::is_erf(head) {
        Some(Kind::Capture(Format::Erf))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magics() {
        let check = |bytes: &[u8], kind| assert_eq!(sniff(bytes), kind, "{bytes:x?}");
        let capture = |format| Some(Kind::Capture(format));
        let packed = |compression| Some(Kind::Compressed(compression));
        check(b"\xd4\xc3\xb2\xa1", capture(Format::Pcap));
        check(b"\xa1\xb2\xc3\xd4rest", capture(Format::Pcap));
        check(b"\xa1\xb2\x3c\x4d", capture(Format::PcapNanos));
        check(b"\xa1\xb2\xcd\x34", capture(Format::PcapModified));
        check(b"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a", capture(Format::Pcapng));
        check(b"\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4d", capture(Format::Pcapng));
        check(b"\n\r\r\nempty lines first", None);
        check(b"\x1f\x8b\x08\x08", packed(Compression::Gzip));
        check(b"\x28\xb5\x2f\xfd", packed(Compression::Zstd));
        check(b"\x52\x2a\x4d\x18", packed(Compression::Zstd));
        check(b"\x04\x22\x4d\x18", packed(Compression::Lz4));
        check(b"\xfd7zXZ\0", packed(Compression::Xz));
        check(b"BZh91AY&SY", packed(Compression::Bzip2));
        check(b"BZh, a word", None);
        check(b"snoop\0\0\0", capture(Format::Snoop));
        check(b"iptrace 2.0", Some(Kind::Foreign("an iptrace capture")));
        check(b"iptrace of the day", None);
        check(b"RTSS", capture(Format::Netmon1));
        check(b"GMBU", capture(Format::Netmon2));
        check(b"\x1c\0\x01\xac", capture(Format::LcapNanos));
        check(b"\xac\x01\0\x1c", capture(Format::LcapNanos));
        check(b"\x1c\0\x01\xab", capture(Format::Lcap));
        check(b"\xab\x01\0\x1c", capture(Format::Lcap));
        check(b"", None);
        check(b"\xd4\xc3\xb2", None);
        check(b"# README", None);
    }
}
