//! Our own log: one JSON line per event on standard output.

use tracing_subscriber::EnvFilter;

use crate::Settings;

/// Starts logging at the level of `RUST_LOG` (default `info`). Call it once, first of all; again it changes nothing.
pub fn start(settings: &Settings) {
    let wanted = settings.optional("RUST_LOG").unwrap_or("info");
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_ansi(false);
    if lines.try_init().is_err() {
        tracing::debug!("logging had been started before");
    }
}
