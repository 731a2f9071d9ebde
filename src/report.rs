//! The last stage: what the census found, as files for people. It knows rows and counts, never a capture.

pub mod figure;
pub mod html;
pub mod verdict;
pub mod view;
pub mod words;
