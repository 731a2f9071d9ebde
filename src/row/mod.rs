//! Rows: one line of a table each, plain serde structs with a sentence for every column.
//!
//! The schema of a table is declared once, by [`table!`](crate::table): the struct, its CSV header and cells, and what
//! `DICTIONARY.md`, `datapackage.json` and `load.sql` say all come from the same lines. A new column is one line there.

pub mod assemble;
pub mod capture;
pub mod cell;
mod certificates;
mod fingerprints;
pub mod flow;
mod judge;
mod list;
pub mod mask;
pub mod message;
mod negotiated;
pub mod network;
pub mod read;
pub mod step;
mod word;

pub use cell::{Cell, Kind, Millis, Seconds, Share, Style, Wild};
pub use list::{Codes, WildList};
pub use mask::Mask;
pub use word::Word;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name, a contract.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Whether its text comes out of captures (guarded against formulas).
    pub wild: bool,
    /// What it says, what its unit is and when it is empty.
    pub doc: &'static str,
}

/// What a table is called and holds.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The name of its file without the ending.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// Its columns in order.
    pub columns: &'static [Column],
    /// The columns that identify a row.
    pub key: &'static [&'static str],
}

/// A row of a table.
pub trait Row {
    /// The table that it belongs to.
    const TABLE: Table;
    /// Appends the row as one CSV line, CRLF included.
    fn append_csv(&self, style: Style, out: &mut Vec<u8>);
    /// Hands out each cell as it stands in a CSV file.
    fn cells(&self, style: Style, each: &mut dyn FnMut(&[u8]));
    /// How many of its cells the guard against formulas alters.
    fn guarded_cells(&self) -> u64;
    /// The row by the text of its cells, asked for by column. A column that is not there (a file of another version) has its
    /// default; none where a text does not fit its column.
    fn read(cell: &dyn Fn(&str) -> Option<String>) -> Option<Self>
    where
        Self: Sized;
}

/// Whether a value is its type's default, which a state leaves out: most cells of a row are empty.
pub(crate) fn is_absent<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Declares a table: its row struct and its schema at once.
#[macro_export]
macro_rules! table {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $file:literal, key [$($key:literal),* $(,)?];
        $($(#[doc = $cdoc:literal])+ $field:ident : $type:ty,)+
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[doc = $cdoc])+ #[serde(skip_serializing_if = "crate::row::is_absent")] pub $field: $type,)+
        }

        impl $crate::row::Row for $name {
            const TABLE: $crate::row::Table = $crate::row::Table {
                name: $file,
                doc: concat!($($doc),+),
                columns: &[$($crate::row::Column {
                    name: stringify!($field),
                    kind: <$type as $crate::row::Cell>::KIND,
                    wild: <$type as $crate::row::Cell>::WILD,
                    doc: concat!($($cdoc),+),
                }),+],
                key: &[$($key),*],
            };

            fn append_csv(&self, style: $crate::row::Style, out: &mut Vec<u8>) {
                $(
                    $crate::row::Cell::append(&self.$field, style, out);
                    out.push(b',');
                )+
                out.pop();
                out.extend_from_slice(b"\r\n");
            }

            fn cells(&self, style: $crate::row::Style, each: &mut dyn FnMut(&[u8])) {
                let mut cell = Vec::with_capacity(64);
                $(
                    cell.clear();
                    $crate::row::Cell::append(&self.$field, style, &mut cell);
                    each(&cell);
                )+
            }

            fn guarded_cells(&self) -> u64 {
                0 $(+ u64::from($crate::row::Cell::is_guarded(&self.$field)))+
            }

            fn read(cell: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
                let mut row = Self::default();
                $(
                    if let Some(text) = cell(stringify!($field)) {
                        row.$field = $crate::row::read::ReadCell::read(&text)?;
                    }
                )+
                Some(row)
            }
        }
    };
}
