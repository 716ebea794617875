//! Every exit code, once. `docs/cli.md` and the help say what each means.

/// Done; it ran; nothing was found.
pub const DONE: u8 = 0;
/// Something was found: mistakes, differences, findings.
pub const FOUND: u8 = 1;
/// It could not be done: wrong usage, a refusal, or no answer.
pub const USAGE: u8 = 2;
/// The action was denied.
pub const DENIED: u8 = 3;
/// The action expired or was taken back.
pub const EXPIRED: u8 = 4;
/// The action failed, or its outcome is unknown.
pub const FAILED: u8 = 5;
/// The action is not over yet.
pub const WAITING: u8 = 6;
/// Nothing new was proposed: the key had been used before.
pub const REPLAYED: u8 = 7;
/// The token is no longer accepted, and no other can be got.
pub const TOKEN_ENDED: u8 = 8;
/// It is suspended, and the rules in force know nothing of that name.
pub const UNKNOWN: u8 = 9;
