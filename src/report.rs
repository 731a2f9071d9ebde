//! The last stage: what the census found, as files for people. It knows rows and counts, never a capture.

pub mod csv;
pub mod dictionary;
pub mod explain;
pub mod figure;
pub mod fill;
pub mod html;
pub mod load;
pub mod manifest;
pub mod package;
pub mod pages;
pub mod rows;
pub mod tables;
pub mod terminal;
pub mod verdict;
pub mod view;
pub mod words;
pub mod write;

pub use manifest::RunBlock;
pub use write::{Results, write_all};
