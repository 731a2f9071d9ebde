//! An archive to rows: each member that is a capture is a capture like a file.
//!
//! ```text
//!  site/mon.tar  with  ./eth0.pcap  and  a/../eth1.pcap   ──►  site/mon.tar/eth0.pcap
//!                                                              site/mon.tar/a/\x2e\x2e/eth1.pcap
//! ```
//!
//! The path of a member is that of the archive and its name, without `.` and empty parts; `..` is spelled out, as it
//! leads nowhere. A name that comes again in the archive has `#2` behind it, `#3` and so on. Its id comes from its own bytes, so it
//! is that of the file that was put in. A row of the archive's own says what could not be read of it.
//!
//! An archive that is not compressed is read where its headers are and at the edges of its members. One that is
//! compressed is decoded once here, and its captures are hashed whole on the way.

use super::identity::{self, Digest};
use super::sniff::{EDGE, Found, Look, Probe, look_at, read_at};
use super::tar::{Bytes, Entry, Kind, Reader};
use super::walk::{Fault, visible_path};
use super::{Compression, Member, Source, Status, Unpacked, name};
use crate::error::CaptureError;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Rows that one archive may have: few bytes can hold very many members.
const MAX_ROWS: usize = 100_000;

/// What is in an archive; `row` becomes the archive's own if something is amiss, or nothing was found.
pub(super) fn index(
    file: File,
    packing: Option<Compression>,
    row: &mut Probe,
    buffer: &mut [u8],
) -> io::Result<(Found, Option<CaptureError>)> {
    let size = file.metadata()?.len();
    let bytes = match packing {
        None => Bytes::File(file, size),
        Some(compression) => Bytes::Stream(Box::new(Unpacked::new(compression, Box::new(file))?)),
    };
    let mut reader = Reader::new(bytes);
    let mut found = Found::default();
    let mut names: HashMap<String, u64> = HashMap::new();
    let Some(archive) = row.path().map(Path::to_owned) else { return Ok((found, None)) };
    loop {
        let entry = match reader.entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok((found, None)),
            Err(error) => return Ok((found, Some(error))),
        };
        if entry.kind == Kind::Other || entry.name.ends_with(b"/") {
            continue;
        }
        if found.probes.len() >= MAX_ROWS {
            let detail = format!("The tar archive has more than {MAX_ROWS} captures; the others are not read.");
            return Ok((found, Some(CaptureError { code: "too_many_members", detail, offset: entry.offset })));
        }
        let text = format!("{}/{}", row.capture.path_text, shown(&entry.name));
        let member = Member { archive: archive.clone(), packing, offset: entry.offset, size: entry.size };
        let mut probe = Probe::new(text, Source::Member(member), row.linked);
        match look(&mut reader, &entry, &mut probe, buffer) {
            Ok(true) => {
                let count = names.entry(probe.capture.path_text.clone()).or_default();
                *count += 1;
                if *count > 1 {
                    probe.capture.path_text += &format!("#{count}");
                }
                probe.node = row.node.map(|(device, node, _)| (device, node, entry.offset));
                found.probes.push(probe);
            }
            Ok(false) => found.not_captures += 1,
            Err(error) => return Ok((found, Some(error))),
        }
    }
}

/// Looks at a member; false if it is no capture and no row.
fn look(reader: &mut Reader, entry: &Entry, probe: &mut Probe, buffer: &mut [u8]) -> Result<bool, CaptureError> {
    let wanted = name::looks_like_capture(&probe.capture.path_text);
    if entry.kind == Kind::Sparse {
        let detail = "a file with holes in a tar archive is not read".to_owned();
        probe.capture.size = Some(entry.size);
        probe.capture.refuse(Fault { status: Status::Skipped, code: "sparse_member", detail });
        return Ok(wanted);
    }
    let first = entry.size.min(EDGE as u64) as usize;
    let head_bytes = reader.read(&mut buffer[..first])?;
    let head = &buffer[..head_bytes];
    probe.capture.size = Some(entry.size);
    let within: Box<dyn Read + Send> = match reader.file() {
        Some((file, _)) => match file.try_clone() {
            Ok(file) => Box::new(Part::new(file, entry.offset, entry.size)),
            Err(_) => Box::new(io::Cursor::new(head.to_vec())),
        },
        None => Box::new(io::Cursor::new(head.to_vec())),
    };
    let partial = reader.file().is_none() && entry.size > EDGE as u64;
    match look_at(head, within, &mut probe.capture) {
        Look::Known => {}
        // What is to be had from the first bytes may be too little to tell.
        Look::Damaged(error) if partial && error.code == "cut_stream" => {}
        Look::Empty => probe.capture.status = Status::Empty,
        Look::Tar(_) => {
            let detail = "a tar archive inside a tar archive; only one layer is read".to_owned();
            probe.capture.refuse(Fault { status: Status::Skipped, code: "nested_archive", detail });
            return Ok(true);
        }
        Look::Unread(code, detail) => {
            probe.capture.refuse(Fault { status: Status::Skipped, code, detail });
            return Ok(true);
        }
        Look::Damaged(error) => {
            probe.capture.status = Status::Failed;
            probe.capture.error = Some(error);
        }
        Look::Unknown(detail) => probe.capture.refuse(Fault { status: Status::Skipped, code: "unknown_format", detail }),
    }
    if probe.capture.status != Status::Ready {
        return Ok(wanted);
    }
    identify(reader, entry, probe, buffer, head_bytes);
    Ok(true)
}

/// Gives the member its size as far as it is there, and its id.
fn identify(reader: &mut Reader, entry: &Entry, probe: &mut Probe, buffer: &mut [u8], head: usize) {
    let mut end = None;
    let (size, digest) = match reader.file() {
        Some((file, whole)) => {
            let size = entry.size.min(whole.saturating_sub(entry.offset));
            let edge = EDGE as u64;
            let mut tail = vec![0; size.saturating_sub(edge).min(edge) as usize];
            let start = entry.offset + size - tail.len() as u64;
            let read = read_at(file, &mut tail, start).unwrap_or(0);
            (size, identity::digest_of(&[&size.to_le_bytes(), &buffer[..head], &tail[..read]]))
        }
        None => {
            let (size, digest, whole, error) = stream(reader, entry, &buffer[..head]);
            (probe.whole, end) = (Some(whole), error);
            (size, digest)
        }
    };
    if size < entry.size {
        let detail = format!("The tar archive ends inside this member: it has {} bytes, {size} are there.", entry.size);
        let cut = CaptureError { code: "cut_archive", detail, offset: size };
        probe.capture.error = Some(end.map_or(cut, |error| CaptureError { offset: size, ..error }));
    }
    probe.capture.size = Some(size);
    probe.capture.id = identity::text('c', &digest);
    probe.digest = Some(digest);
    if let Source::Member(member) = &mut probe.capture.source {
        member.size = size;
    }
}

/// Reads a member to its end: its size, the digest of its edges, that of all of it, and what ended it.
fn stream(reader: &mut Reader, entry: &Entry, head: &[u8]) -> (u64, Digest, Digest, Option<CaptureError>) {
    let mut whole = Sha256::new();
    whole.update(head);
    let mut size = head.len() as u64;
    // The last bytes, one edge or up to two.
    let mut tail: Vec<u8> = Vec::with_capacity(2 * EDGE);
    let mut piece = vec![0; EDGE];
    let mut end = None;
    while size < entry.size {
        let step = (entry.size - size).min(EDGE as u64) as usize;
        match reader.read(&mut piece[..step]) {
            Ok(0) => break,
            Ok(count) => {
                size += count as u64;
                whole.update(&piece[..count]);
                if tail.len() > EDGE {
                    tail.drain(..tail.len() - EDGE);
                }
                tail.extend_from_slice(&piece[..count]);
            }
            Err(error) => {
                end = Some(error);
                break;
            }
        }
    }
    let tail = &tail[tail.len().saturating_sub(EDGE)..];
    (size, identity::digest_of(&[&size.to_le_bytes(), head, tail]), whole.finalize().into(), end)
}

/// A member's name as text.
fn shown(name: &[u8]) -> String {
    let parts = name.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".");
    let texts = parts.map(|part| if part == b".." { "\\x2e\\x2e".into() } else { visible_path(Path::new(OsStr::from_bytes(part))) });
    texts.collect::<Vec<_>>().join("/")
}

/// A part of a file, from its beginning.
pub struct Part {
    file: File,
    at: u64,
    end: u64,
}

impl Part {
    /// `size` bytes from `offset`.
    pub fn new(file: File, offset: u64, size: u64) -> Part {
        Part { file, at: offset, end: offset.saturating_add(size) }
    }
}

impl Read for Part {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(bytes.len());
        let count = read_at(&self.file, &mut bytes[..room], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}
