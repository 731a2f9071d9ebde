//! Who is who: ids by content, and files that are another file once more.
//!
//! ```text
//!  id = SHA-256( size as u64, little-endian | first 64 KiB | last 64 KiB )    a file of at most 128 KiB: all of it
//! ```
//!
//! Equal ids and sizes are a suspicion. A file above 128 KiB is called a duplicate only after all of it was hashed; where
//! the suspicion was wrong, the files concerned get ids from their whole content, so an id never stands for two contents.

use super::name::rotation;
use super::sniff::{EDGE, Probe, read_at};
use super::{Source, Status};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs::File;
use std::hash::Hash;
use std::io;
use std::path::Path;

/// A SHA-256.
pub(super) type Digest = [u8; 32];

/// A letter and the first 12 hex digits of a digest.
pub(super) fn text(letter: char, digest: &Digest) -> String {
    digest[..6].iter().fold(letter.to_string(), |text, byte| text + &format!("{byte:02x}"))
}

pub(super) fn digest_of(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// The digest behind the id of a file whose first `head` bytes are in `buffer`, which is used up.
pub(super) fn digest_file(file: &File, size: u64, buffer: &mut [u8], head: usize) -> io::Result<Digest> {
    let mut hash = Sha256::new();
    hash.update(size.to_le_bytes());
    hash.update(&buffer[..head]);
    let edge = EDGE as u64;
    if size > edge {
        let tail = read_at(file, buffer, (size - edge).max(edge))?;
        // A file that grows meanwhile has the id of what it was.
        let tail = tail.min((size - edge).min(edge) as usize);
        hash.update(&buffer[..tail]);
    }
    Ok(hash.finalize().into())
}

/// The digest of `size` bytes from `offset`.
fn digest_whole(path: &Path, offset: u64, size: u64) -> io::Result<Digest> {
    let file = File::open(path)?;
    let mut buffer = vec![0; 4 * EDGE];
    let (mut hash, mut at) = (Sha256::new(), offset);
    let end = offset.saturating_add(size);
    loop {
        let room = (end - at).min(buffer.len() as u64) as usize;
        match read_at(&file, &mut buffer[..room], at)? {
            0 => return Ok(hash.finalize().into()),
            read => {
                hash.update(&buffer[..read]);
                at += read as u64;
            }
        }
    }
}

/// Marks what needs no second reading. `probes` are in path order. Of equal ones that is kept which was reached without a
/// symbolic link, has the most neighbours numbered like it (so that a stray copy does not tear a rotation), and comes first.
pub(super) fn mark_duplicates(probes: &mut [Probe]) {
    // The same file by two paths.
    for group in groups(probes, |p| p.node) {
        mark(probes, &group);
    }
    // Two files with the same content.
    for group in groups(probes, |p| p.digest.zip(p.capture.size)) {
        let whole = group.first().is_some_and(|&i| probes[i].capture.size.is_some_and(|size| size <= 2 * EDGE as u64));
        if whole {
            mark(probes, &group);
            continue;
        }
        let digests: Vec<(usize, Option<Digest>)> = group
            .par_iter()
            .map(|&i| match &probes[i].capture.source {
                Source::Path(path) => (i, digest_whole(path, 0, u64::MAX).ok()),
                Source::Member(_) if probes[i].whole.is_some() => (i, probes[i].whole),
                Source::Member(member) => (i, digest_whole(&member.archive, member.offset, member.size).ok()),
                Source::Stdin(_) => (i, None),
            })
            .collect();
        let mut by_content: HashMap<Digest, Vec<usize>> = HashMap::new();
        for (index, digest) in digests {
            if let Some(digest) = digest {
                by_content.entry(digest).or_default().push(index);
            }
        }
        let several = by_content.len() > 1;
        for (digest, same) in by_content {
            if several {
                same.iter().for_each(|&i| probes[i].capture.id = text('c', &digest));
            }
            mark(probes, &same);
        }
    }
    // The original of a second name may have turned out to be a copy itself.
    for index in 0..probes.len() {
        if let Some(first) = probes[index].capture.duplicate_of
            && let Some(original) = probes[first].capture.duplicate_of
        {
            probes[index].capture.duplicate_of = Some(original);
        }
    }
    for index in 0..probes.len() {
        if let Some(first) = probes[index].capture.duplicate_of {
            probes[index].capture.id = probes[first].capture.id.clone();
        }
    }
}

/// The ready ones that share a key, by index, the one to keep first; groups of one are left out.
fn groups<K: Eq + Hash>(probes: &[Probe], key: impl Fn(&Probe) -> Option<K>) -> Vec<Vec<usize>> {
    let ready = || probes.iter().enumerate().filter(|(_, p)| p.capture.status == Status::Ready);
    let mut by_key: HashMap<K, Vec<usize>> = HashMap::new();
    for (index, probe) in ready() {
        if let Some(key) = key(probe) {
            by_key.entry(key).or_default().push(index);
        }
    }
    let mut groups: Vec<Vec<usize>> = by_key.into_values().filter(|group| group.len() > 1).collect();
    if !groups.is_empty() {
        let mut neighbours: HashMap<(&str, String), usize> = HashMap::new();
        ready().filter_map(|(_, p)| numbering(p)).for_each(|of| *neighbours.entry(of).or_default() += 1);
        let count = |i: usize| numbering(&probes[i]).and_then(|of| neighbours.get(&of).copied()).unwrap_or(0);
        groups.iter_mut().for_each(|group| group.sort_by_cached_key(|&i| (probes[i].linked, Reverse(count(i)), i)));
    }
    groups
}

/// Folder and stem: what the files of a rotation have in common.
fn numbering(probe: &Probe) -> Option<(&str, String)> {
    let path = &probe.capture.path_text;
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    Some((folder, rotation(name, probe.capture.first_time?).stem))
}

fn mark(probes: &mut [Probe], group: &[usize]) {
    if let Some((&first, others)) = group.split_first() {
        for &index in others {
            probes[index].capture.status = Status::Duplicate;
            probes[index].capture.duplicate_of = Some(first);
        }
    }
}
