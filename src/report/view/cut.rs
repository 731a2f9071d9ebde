//! A list that keeps no more rows than the page may show, and says how many it left out.

/// The first `MAX` rows of a list, and how many the list has. Collect into it in order of importance.
#[derive(Clone, Debug)]
pub struct Cut<T, const MAX: usize> {
    rows: Vec<T>,
    total: u64,
}

impl<T, const MAX: usize> Cut<T, MAX> {
    /// For a source that was itself cut: the list has `total` rows although `rows` gives fewer.
    pub fn of(rows: impl IntoIterator<Item = T>, total: u64) -> Self {
        let mut cut: Self = rows.into_iter().collect();
        cut.total = cut.total.max(total);
        cut
    }

    /// Keeps at most so many rows.
    pub fn truncate(&mut self, rows: usize) {
        self.rows.truncate(rows);
    }

    /// The rows kept.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// Rows in the list before the cut.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Rows kept.
    pub fn shown(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl<T, const MAX: usize> Default for Cut<T, MAX> {
    fn default() -> Self {
        Self { rows: Vec::new(), total: 0 }
    }
}

impl<T, const MAX: usize> FromIterator<T> for Cut<T, MAX> {
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Self {
        let mut cut = Self::default();
        for row in iter {
            cut.total += 1;
            if cut.rows.len() < MAX {
                cut.rows.push(row);
            }
        }
        cut
    }
}
