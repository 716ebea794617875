//! What every store must answer, whoever stands behind it.

mod accounts;
mod channels;
mod claim;
mod documents;
mod due;
mod index;
mod limits;
mod lists;
mod log;
mod sealing;
mod state;
mod watermark;
