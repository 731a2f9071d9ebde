//! Which files a connection has a packet in, where the files of a series are read side by side.
//!
//! ```text
//!  place 0   | file 0     | file 2    | file 5 ...     files at one place follow one another:
//!  place 1   | file 1          | file 3   | file 4     one number a place tells whether a file is new
//! ```
//!
//! Files that are read one after another need none of this: the file of the last packet tells.

/// The last file with a packet, for each place at which a file can be open.
#[derive(Debug, Default)]
#[expect(clippy::box_collection, reason = "one pointer in each flow: few series are merged")]
pub(super) struct SideBySide(Option<Box<Vec<u32>>>);

/// No file.
const NONE: u32 = u32::MAX;

impl SideBySide {
    /// Notes a packet in `file`, which is open at `place`; gives whether it is the first one in that file.
    pub fn enter(&mut self, file: u32, place: u8) -> bool {
        let files = self.0.get_or_insert_default();
        if files.len() <= usize::from(place) {
            files.resize(usize::from(place) + 1, NONE);
        }
        std::mem::replace(&mut files[usize::from(place)], file) != file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_new_once() {
        let mut files = SideBySide::default();
        let steps = [(0, 0), (1, 1), (0, 0), (1, 1), (2, 0), (1, 1), (2, 0), (3, 5)];
        assert_eq!(steps.map(|(file, place)| files.enter(file, place)), [true, true, false, false, true, false, false, true]);
    }
}
