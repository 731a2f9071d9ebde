//! What stands behind options: sizes and times as people write them.

use crate::time::Timestamp;

/// The least memory that makes sense.
const LEAST_MEMORY: u64 = 16 << 20;

/// Bytes with a suffix that counts in powers of 1,024, such as 512M, 4G or 4GiB.
pub fn memory(text: &str) -> Result<u64, String> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim().to_ascii_uppercase().trim_end_matches("IB").trim_end_matches('B') {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err("is no number of bytes such as 512M or 4G".to_owned()),
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    match bytes {
        Some(bytes) if bytes >= LEAST_MEMORY => Ok(bytes),
        Some(_) => Err("is less than 16M".to_owned()),
        None => Err("is no number of bytes such as 512M or 4G".to_owned()),
    }
}

/// A day, or a day and a time of day, with an offset or in UTC.
pub fn time(text: &str) -> Result<Timestamp, String> {
    let forms = [text.to_owned(), format!("{text}Z"), format!("{text}T00:00Z")];
    let time = forms.iter().find_map(|form| form.parse::<jiff::Timestamp>().ok());
    time.map(|time| Timestamp::from_wide(time.as_nanosecond())).ok_or_else(|| "is no time such as 2026-11-24T06:00:00Z".to_owned())
}
