//! Roots to candidates: what lies at the paths given and beneath them, by name only.
//!
//! Every folder is opened once and every link is followed, whatever its name: hidden files and files that some
//! `.gitignore` lists are captures like others. A folder that is reached a second time, through a link to one of its
//! parents or to a neighbour, is a row and not walked again, so the walk ends on any file system. Folders reached without a
//! link go first, so that a file keeps its real name where it has one.
//!
//! It is a plain `read_dir` with a stack of its own: no recursion, no depth limit but that of the system. No file is
//! opened here.

use super::Status;
use crate::error::Error;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::collections::{HashMap, VecDeque};
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Component, Path, PathBuf};

/// What may be a capture, before its first byte is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The path to open it with.
    pub open: PathBuf,
    /// The path to show.
    pub text: String,
    /// Given as an argument or in a list, not met in a folder.
    pub named: bool,
    /// Reached through a symbolic link.
    pub linked: bool,
    /// Why it will not be opened.
    pub fault: Option<Fault>,
}

/// Why a candidate will not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub status: Status,
    pub code: &'static str,
    pub detail: String,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub candidates: Vec<Candidate>,
    pub excluded: u64,
    pub folders: u64,
}

/// Globs over the path as shown: a pattern without a slash is held against every name in it, one with a slash against
/// the path from its start and against each of its parents. So `old` is any file or folder of that name, `mon/*.pcap`
/// is what lies in the folder `mon` at the top, and `**/mon/*.pcap` in one at any depth.
#[derive(Debug)]
pub(super) struct Filter {
    include: Option<Patterns>,
    exclude: Option<Patterns>,
}

#[derive(Debug)]
struct Patterns {
    names: GlobSet,
    paths: GlobSet,
}

impl Filter {
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, Error> {
        Ok(Filter { include: Patterns::new(include)?, exclude: Patterns::new(exclude)? })
    }

    fn admits_folder(&self, path: &Path) -> bool {
        !self.exclude.as_ref().is_some_and(|p| p.matches(path))
    }

    fn admits_file(&self, path: &Path) -> bool {
        self.admits_folder(path) && self.include.as_ref().is_none_or(|p| p.matches(path))
    }
}

impl Patterns {
    fn new(globs: &[String]) -> Result<Option<Self>, Error> {
        if globs.is_empty() {
            return Ok(None);
        }
        let bad = |glob: &str, error: globset::Error| Error::Usage(format!("the glob {glob:?} is not valid: {}", error.kind()));
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for text in globs {
            let bare = text.strip_prefix("./").unwrap_or(text);
            let bare = bare.strip_suffix('/').unwrap_or(bare);
            let set = if bare.contains('/') { &mut paths } else { &mut names };
            let bare = bare.strip_prefix('/').unwrap_or(bare);
            set.add(GlobBuilder::new(bare).literal_separator(true).build().map_err(|e| bad(text, e))?);
        }
        let all = globs.join(" ");
        Ok(Some(Patterns { names: names.build().map_err(|e| bad(&all, e))?, paths: paths.build().map_err(|e| bad(&all, e))? }))
    }

    fn matches(&self, path: &Path) -> bool {
        path.ancestors().any(|part| part.file_name().is_some_and(|name| self.names.is_match(name)) || self.paths.is_match(part))
    }
}

/// The paths of a `--files-from` list. Empty entries are passed over, and so is a CR at the end of a line.
pub(super) fn read_list(list: &Path, null: bool, stdin: &mut dyn Read) -> Result<Vec<PathBuf>, Error> {
    let bytes = if list.as_os_str() == OsStr::new("-") {
        let mut bytes = Vec::new();
        stdin.read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(list)
    };
    let bytes = bytes.map_err(Error::io("reading the list of files", list))?;
    let entries = bytes.split(|&b| b == if null { 0 } else { b'\n' });
    let entries = entries.map(|e| if null { e } else { e.strip_suffix(b"\r").unwrap_or(e) });
    Ok(entries.filter(|e| !e.is_empty()).map(|e| PathBuf::from(OsString::from_vec(e.to_vec()))).collect())
}

/// Walks the roots. The result is sorted by path and holds each path once.
pub(super) fn walk(roots: &[PathBuf], filter: &Filter) -> Walked {
    let mut roots: Vec<Root> = roots.iter().map(|given| Root::new(given)).collect();
    roots.sort_by(|a, b| a.whole.cmp(&b.whole));
    roots.dedup_by(|a, b| a.whole == b.whole);
    let base = common_folder(&roots);
    let mut walk =
        Walk { filter, base: &base, seen: HashMap::new(), folders: VecDeque::new(), links: VecDeque::new(), out: Walked::default() };
    for root in &roots {
        let at = Place { open: root.given.clone(), whole: root.whole.clone(), named: true, linked: root.linked };
        match &root.meta {
            Ok(meta) => walk.meet(at, meta.file_type()),
            Err(error) => walk.refuse(at, error),
        }
    }
    while let Some(folder) = walk.folders.pop_front().or_else(|| walk.links.pop_front()) {
        walk.enter(folder);
    }
    let mut out = walk.out;
    // A file that is a root and lies in another root as well counts as named.
    out.candidates.sort_by(|a, b| (&a.text, !a.named, &a.open).cmp(&(&b.text, !b.named, &b.open)));
    out.candidates.dedup_by(|later, first| later.text == first.text && same_path(later, first));
    out
}

/// Two ways to write the same path (`d/x` met in `d`, `./d/x` given): equal once made absolute.
fn same_path(a: &Candidate, b: &Candidate) -> bool {
    let same = a.open == b.open || absolute(&a.open) == absolute(&b.open);
    same && (a.fault.is_none() == b.fault.is_none())
}

struct Root {
    given: PathBuf,
    /// Absolute, without `.` and `..`.
    whole: PathBuf,
    linked: bool,
    meta: io::Result<fs::Metadata>,
}

impl Root {
    fn new(given: &Path) -> Self {
        let linked = fs::symlink_metadata(given).is_ok_and(|m| m.is_symlink());
        Root { given: given.to_owned(), whole: absolute(given), linked, meta: fs::metadata(given) }
    }

    fn is_folder(&self) -> bool {
        self.meta.as_ref().is_ok_and(|m| m.is_dir())
    }
}

/// The path from the root of the file system, as written but for `.`; the system resolves a `..`, as only it knows what a
/// link before it means.
fn absolute(path: &Path) -> PathBuf {
    let resolved = if path.components().any(|c| c == Component::ParentDir) { fs::canonicalize(path) } else { std::path::absolute(path) };
    resolved.or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// The deepest folder that holds every root; a single folder is its own.
fn common_folder(roots: &[Root]) -> PathBuf {
    let mut folders =
        roots.iter().map(|r| if r.is_folder() { Some(r.whole.as_path()) } else { r.whole.parent() }.unwrap_or(Path::new("/")));
    let mut common: Vec<Component> = folders.next().map(|f| f.components().collect()).unwrap_or_default();
    for folder in folders {
        let shared = common.iter().zip(folder.components()).take_while(|(a, b)| **a == *b).count();
        common.truncate(shared);
    }
    common.iter().collect()
}

/// A path met on the way.
#[derive(Debug, Clone)]
struct Place {
    open: PathBuf,
    whole: PathBuf,
    named: bool,
    linked: bool,
}

struct Walk<'a> {
    filter: &'a Filter,
    base: &'a Path,
    /// Folders by device and inode, with the path they were entered by.
    seen: HashMap<(u64, u64), PathBuf>,
    folders: VecDeque<Place>,
    links: VecDeque<Place>,
    out: Walked,
}

impl Walk<'_> {
    /// Something whose type is known, links resolved.
    fn meet(&mut self, at: Place, kind: FileType) {
        let shown = self.shown(&at);
        if kind.is_dir() {
            if !at.named && !self.filter.admits_folder(&shown) {
                self.out.excluded += 1;
            } else if at.linked {
                self.links.push_back(at);
            } else {
                self.folders.push_back(at);
            }
        } else if !self.filter.admits_file(&shown) {
            self.out.excluded += 1;
        } else if kind.is_file() {
            self.push(at, &shown, None);
        } else {
            let what = if kind.is_fifo() {
                "a named pipe"
            } else if kind.is_socket() {
                "a socket"
            } else {
                "a device"
            };
            let status = if at.named { Status::Failed } else { Status::Skipped };
            let detail = format!("{what} is not opened; to read from a program, pipe it into '-'");
            self.push(at, &shown, Some(Fault { status, code: "special_file", detail }));
        }
    }

    /// Something that the system did not let us look at.
    fn refuse(&mut self, at: Place, error: &io::Error) {
        let shown = self.shown(&at);
        if !self.filter.admits_file(&shown) {
            self.out.excluded += 1;
            return;
        }
        let mut fault = fault_of(error, at.named);
        if fault.code == "not_found" && at.linked {
            let target = fs::read_link(&at.open).map(|t| visible_path(&t)).unwrap_or_default();
            fault = Fault { code: "broken_link", detail: format!("a symbolic link to {target}, which is not there"), ..fault };
        }
        self.push(at, &shown, Some(fault));
    }

    fn enter(&mut self, at: Place) {
        let shown = self.shown(&at);
        let node = match fs::metadata(&at.open) {
            Ok(meta) => (meta.dev(), meta.ino()),
            Err(error) => {
                let fault = fault_of(&error, at.named);
                return self.push(at, &shown, Some(fault));
            }
        };
        if let Some(first) = self.seen.get(&node) {
            if *first != at.whole {
                let above = fs::canonicalize(&at.whole).ok().zip(at.whole.parent().and_then(|p| fs::canonicalize(p).ok()));
                let looped = above.is_some_and(|(target, parent)| parent.starts_with(target));
                let first = visible_path(first.strip_prefix(self.base).unwrap_or(first));
                let (code, detail) = if looped {
                    ("link_loop", "a link to a folder that holds it; it is not walked again".to_owned())
                } else {
                    ("folder_seen", format!("the folder {first} under another name; it is not walked again"))
                };
                self.push(at, &shown, Some(Fault { status: Status::Skipped, code, detail }));
            }
            return;
        }
        self.seen.insert(node, at.whole.clone());
        let entries = match fs::read_dir(&at.open) {
            Ok(entries) => entries,
            Err(error) => {
                let fault = Fault { status: Status::Failed, ..fault_of(&error, at.named) };
                return self.push(at, &shown, Some(Fault { detail: format!("the folder cannot be read: {}", fault.detail), ..fault }));
            }
        };
        self.out.folders += 1;
        // By name, so that the path a folder is entered by does not depend on the order of the directory.
        let (mut inside, mut broken) = (Vec::new(), None);
        for entry in entries {
            match entry {
                Ok(entry) => inside.push((entry.file_name(), entry.file_type())),
                // The system may repeat an error for ever: the first one ends this folder.
                Err(error) => {
                    broken = Some(error);
                    break;
                }
            }
        }
        inside.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, kind) in inside {
            let link = kind.as_ref().is_ok_and(|k| k.is_symlink());
            let inner = Place { open: at.open.join(&name), whole: at.whole.join(&name), named: false, linked: at.linked || link };
            let kind = if link { fs::metadata(&inner.open).map(|m| m.file_type()) } else { kind };
            match kind {
                Ok(kind) => self.meet(inner, kind),
                Err(error) => self.refuse(inner, &error),
            }
        }
        if let Some(error) = broken {
            let detail = format!("the folder could not be read to its end: {error}");
            self.push(at, &shown, Some(Fault { status: Status::Failed, code: "io_error", detail }));
        }
    }

    /// The path to show, still as a path.
    fn shown(&self, at: &Place) -> PathBuf {
        match at.whole.strip_prefix(self.base) {
            Ok(inner) if !inner.as_os_str().is_empty() => inner.to_owned(),
            Ok(_) => at.whole.file_name().map_or_else(|| PathBuf::from("."), PathBuf::from),
            Err(_) => at.whole.clone(),
        }
    }

    fn push(&mut self, at: Place, shown: &Path, fault: Option<Fault>) {
        let text = visible_path(shown);
        self.out.candidates.push(Candidate { open: at.open, text, named: at.named, linked: at.linked, fault });
    }
}

/// What a refusal of the system means for a row: failed for what was asked for by name, skipped for what was met.
pub(super) fn fault_of(error: &io::Error, named: bool) -> Fault {
    let code = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "not_found",
        io::ErrorKind::PermissionDenied => "permission_denied",
        _ if error.raw_os_error() == Some(libc::ELOOP) => "link_loop",
        _ => "io_error",
    };
    // What was listed a moment ago and is gone was deleted or moved: nobody's failure.
    let gone = matches!(code, "not_found" | "link_loop");
    let status = if gone && !named { Status::Skipped } else { Status::Failed };
    Fault { status, code, detail: error.to_string() }
}

/// A path as text: bytes that are not UTF-8 as `\xNN`, and a backslash before an `x` as `\x5c`, so that no two paths look
/// the same.
pub(super) fn visible_path(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace("\\x", "\\x5cx"));
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        let check = |glob: &str, path: &str, expected| {
            let patterns = Patterns::new(&[glob.to_owned()]).unwrap().unwrap();
            assert_eq!(patterns.matches(Path::new(path)), expected, "{glob} on {path}");
        };
        check("*.pcap", "a/b/x.pcap", true);
        check("*.pcap", "a/b/x.pcapng", false);
        check("b", "a/b/x.pcap", true);
        check("b/", "a/b/x.pcap", true);
        check("a/*.pcap", "a/x.pcap", true);
        check("a/*.pcap", "a/b/x.pcap", false);
        check("a/*.pcap", "c/a/x.pcap", false);
        check("/a", "a/x.pcap", true);
        check("/b", "a/b/x.pcap", false);
        check("**/b/*.pcap", "a/b/x.pcap", true);
        check("./a/b", "a/b/x.pcap", true);
        check("{x,y}.pcap", "y.pcap", true);
        assert!(matches!(Filter::new(&["a[".to_owned()], &[]), Err(Error::Usage(_))));
    }

    #[test]
    fn lists() {
        let read = |bytes: &[u8], null| read_list(Path::new("-"), null, &mut &bytes[..]).unwrap();
        assert_eq!(read(b"a\nb c\r\n\nd", false), ["a", "b c", "d"].map(PathBuf::from));
        assert_eq!(read(b"a\nb\0c\r\0", true), ["a\nb", "c\r"].map(PathBuf::from));
        assert_eq!(read(b"\xff\n", false)[0].as_os_str().as_bytes(), b"\xff");
    }

    #[test]
    fn different_paths_look_different() {
        let visible = |bytes: &[u8]| visible_path(Path::new(OsStr::from_bytes(bytes)));
        assert_eq!(visible(b"a/\xc3\xa9\\b"), "a/\u{e9}\\b");
        assert_eq!(visible(b"\xff.pcap"), "\\xff.pcap");
        assert_eq!(visible(b"\\xff.pcap"), "\\x5cxff.pcap");
        assert_eq!(visible(b"\\\xff"), "\\\\xff");
        assert_eq!(visible(b"a\xf0\x9fb"), "a\\xf0\\x9fb");
    }
}
