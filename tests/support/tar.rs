//! tar archives for tests, member by member.

/// A header and data behind it, filled up; the size in the header as given.
pub fn member_of(kind: u8, name: &[u8], size: u64, data: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name);
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut block);
    block.extend_from_slice(data);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

/// Writes the checksum of a header.
pub fn seal(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block[..512].iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A file.
pub fn member(name: &str, data: &[u8]) -> Vec<u8> {
    member_of(b'0', name.as_bytes(), data.len() as u64, data)
}

/// A file whose name stands in front of it, as GNU tar and as pax write it.
pub fn long_gnu(name: &str, data: &[u8]) -> Vec<u8> {
    let text = [name.as_bytes(), b"\0"].concat();
    [member_of(b'L', b"././@LongLink", text.len() as u64, &text), member("cut", data)].concat()
}

/// See [`long_gnu`].
pub fn long_pax(name: &str, data: &[u8]) -> Vec<u8> {
    let text = record("mtime", "1.5") + &record("path", name);
    [member_of(b'x', b"PaxHeaders/cut", text.len() as u64, text.as_bytes()), member("cut", data)].concat()
}

/// A pax record: its length counts itself.
pub fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let length = (1..).find(|length| length.to_string().len() + rest.len() == *length).unwrap();
    format!("{length}{rest}")
}

/// The end mark behind members.
pub fn tar(members: &[Vec<u8>]) -> Vec<u8> {
    [members.concat(), vec![0; 1024]].concat()
}
