//! The channel against the double of Teams (`tests/chat/run-teams`).
