//! The last stage: what the census found, as files for people. It knows rows and counts, never a capture.

pub mod cbom;
pub mod csv;
pub mod dictionary;
pub mod explain;
pub mod figure;
pub mod fill;
pub mod html;
pub mod layout;
pub mod load;
pub mod manifest;
pub mod package;
pub mod pages;
#[cfg_attr(not(feature = "parquet"), path = "report/no_parquet.rs")]
pub mod parquet;
pub mod reading;
pub mod rows;
pub mod table_file;
pub mod tables;
pub mod terminal;
pub mod verdict;
pub mod view;
pub mod words;
pub mod write;

pub use layout::Layout;
pub use manifest::RunBlock;
pub use view::Baseline;
pub use write::{Results, TOP, write_all};

/// The figures of the verdict over these results.
pub fn figures(results: &Results) -> view::Figures {
    verdict::figures(&fill::page(results))
}
