//! How the demo prints: a time, who, what; softer lines below for the details.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what the demo is for")]

use std::io::IsTerminal;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

/// The printer.
pub(crate) struct DemoPrinter {
    began: Instant,
    colour: bool,
    /// Makes names and idempotency keys of this run its own.
    pub(crate) run: u64,
}

impl DemoPrinter {
    /// Starts the clock.
    #[expect(clippy::disallowed_methods, reason = "a process of its own, printing wall-clock time")]
    pub(crate) fn begin() -> Self {
        let run =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
        Self { began: Instant::now(), colour: std::io::stdout().is_terminal(), run }
    }

    /// A heading.
    pub(crate) fn scene(&self, title: &str) {
        println!("\n{}", self.paint("1", title));
    }

    /// Who did what.
    pub(crate) fn line(&self, who: &str, what: &str) {
        println!("{}  {} {what}", self.clock(), self.paint("1", &format!("{who:<9}")));
    }

    /// A detail below the last line.
    pub(crate) fn detail(&self, text: &str) {
        println!("        {:<9} {}", "", self.paint("2", text));
    }

    /// Somebody was refused, and that is right.
    pub(crate) fn refused(&self, who: &str, tried: &str, why: &str) {
        println!(
            "{}  {} {tried} {}",
            self.clock(),
            self.paint("1", &format!("{who:<9}")),
            self.paint("31", &format!("refused: {why}"))
        );
    }

    /// Something went through.
    pub(crate) fn agreed(&self, who: &str, what: &str) {
        println!("{}  {} {}", self.clock(), self.paint("1", &format!("{who:<9}")), self.paint("32", what));
    }

    /// The last line.
    #[expect(clippy::disallowed_methods, reason = "a process of its own, printing wall-clock time")]
    pub(crate) fn end(&self) {
        let seconds = Instant::now().duration_since(self.began).as_secs_f32();
        println!("\n{}", self.paint("32", &format!("All of it as it should be, in {seconds:.0} seconds.")));
    }

    /// Something is not as it should be.
    pub(crate) fn broke(&self, text: &str) {
        eprintln!("\n{}", self.paint("31", &format!("Not as it should be: {text}")));
    }

    #[expect(clippy::disallowed_methods, reason = "a process of its own, printing wall-clock time")]
    fn clock(&self) -> String {
        let seconds = Instant::now().duration_since(self.began).as_secs_f32();
        self.paint("2", &format!("{seconds:6.1}"))
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The first sixteen characters of a digest: enough to compare by eye.
pub(crate) fn short(digest: &str) -> String {
    digest.strip_prefix("sha256:").unwrap_or(digest).chars().take(16).collect()
}

/// A text field, or a dash.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("–")
}
