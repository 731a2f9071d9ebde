//! Numbers as decimal text, appended to a buffer: the formatter of every cell and fingerprint. A leaf.

/// The digits of 00 to 99: two at a time halve the divisions.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut value = 0;
    while value < 100 {
        pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        value += 1;
    }
    pairs
};

/// Writes a number right-aligned into a field, zeros in front; digits that do not fit are left out.
pub fn fill(value: u64, field: &mut [u8]) {
    let mut rest = value;
    let mut pairs = field.rchunks_exact_mut(2);
    for place in &mut pairs {
        place.copy_from_slice(&PAIRS[(rest % 100) as usize]);
        rest /= 100;
    }
    if let [place] = pairs.into_remainder() {
        *place = b'0' + (rest % 10) as u8;
    }
}

/// Appends a whole number in decimal.
pub fn append_integer(value: u64, out: &mut Vec<u8>) {
    if value < 10 {
        return out.push(b'0' + value as u8);
    }
    let mut digits = [0u8; 20];
    let len = value.ilog10() as usize + 1;
    fill(value, &mut digits[..len]);
    out.extend_from_slice(&digits[..len]);
}

/// Appends `value / 10^decimals` with all its decimals, at most 18.
pub fn append_fixed(value: i64, decimals: usize, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let scale = 10u64.pow(decimals as u32);
    let magnitude = value.unsigned_abs();
    append_integer(magnitude / scale, out);
    let mut digits = [b'.'; 19];
    fill(magnitude % scale, &mut digits[1..=decimals]);
    out.extend_from_slice(&digits[..=decimals]);
}
