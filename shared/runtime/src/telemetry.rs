//! Our own log: one JSON line per event on standard output, every line redacted.
//!
//! No log line should contain a value of a request or of an answer. Error texts come from many crates, so every line
//! still passes through the detectors before it is written. The values that one request masks are not known here.

use std::io::{self, Write};

use redaction::{Known, redact_text, redact_value};
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Settings;

/// Starts logging at the level of `RUST_LOG` (default `info`). Call it once, first of all; again it changes nothing.
pub fn start(settings: &Settings) {
    let wanted = settings.optional("RUST_LOG").unwrap_or("info");
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    if lines(filter, || Redacting(io::stdout())).try_init().is_err() {
        tracing::debug!("logging had been started before");
    }
}

fn lines<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter);
    lines.with_ansi(false).with_writer(writer).finish()
}

/// Writes whole lines, redacted. The subscriber gives one event at a time.
struct Redacting<W>(W);

impl<W: Write> Write for Redacting<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(shown(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The line as it may be written: its values one by one, as a whole where it is no JSON.
fn shown(line: &str) -> String {
    match wire::json::parse_value(line.trim_end().as_bytes()) {
        Ok(value) => format!("{}\n", redact_value(&value, "", &Known::nothing()).value),
        Err(_) => redact_text(line, "", &Known::nothing()).text,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use domain::Fault;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// P8: an error's text that quotes a secret is written without it; what the line says otherwise stays.
    #[test]
    fn no_secret_reaches_the_log() {
        let secrets = [
            "ghp_aB3daB3daB3daB3daB3daB3daB3daB3daB3d",
            "AKIAIOSFODNN7EXAMPLE",
            "hunter2-hunter2",
            "alice@example.com",
        ];
        let written = Lines::default();
        let lines = lines(EnvFilter::new("info"), {
            let written = written.clone();
            move || Redacting(written.clone())
        });
        tracing::subscriber::with_default(lines, || {
            let [token, key, password, address] = secrets;
            let fault = Fault::lasting(format!("the target says {token} and password={password}"));
            tracing::error!(alarm = true, action = "act_1", %fault, "somebody could not be told");
            tracing::warn!(detail = %format!("\"{key}\"\nsecond line"), ?fault, "about {address} and \u{202e}{token}");
        });
        let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        for secret in secrets {
            assert!(!written.contains(secret), "{secret} in {written}");
        }
        let lines: Vec<_> =
            written.lines().map(|line| wire::json::parse_value(line.as_bytes()).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{written}");
        assert_eq!((&lines[0]["alarm"], &lines[0]["level"]), (&true.into(), &"ERROR".into()));
        assert_eq!(
            (&lines[0]["action"], &lines[0]["message"]),
            (&"act_1".into(), &"somebody could not be told".into())
        );
        assert!(lines[0]["fault"].as_str().unwrap().starts_with("the target says ‹token 1›"), "{written}");
    }
}
