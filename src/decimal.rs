//! Numbers as decimal text, appended to a buffer: the formatter of every cell and fingerprint. A leaf.

/// Appends a whole number in decimal.
pub fn append_integer(value: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = value;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends `value / 10^decimals` with all its decimals.
pub fn append_fixed(value: i64, decimals: usize, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let scale = 10u64.pow(decimals as u32);
    let magnitude = value.unsigned_abs();
    append_integer(magnitude / scale, out);
    out.push(b'.');
    let start = out.len();
    out.resize(start + decimals, b'0');
    let mut rest = magnitude % scale;
    for place in out[start..].iter_mut().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}
