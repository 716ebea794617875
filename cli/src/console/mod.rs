//! The one way out: whatever the command line prints is escaped and written here, and nowhere else.
//!
//! A line is one line on the terminal, whatever its text holds: characters that a terminal would obey or nobody could see
//! are spelled out (`⟨U+202E⟩`), line feeds among them. JSON has them as `\u` escapes. Secrets that a command knows are
//! replaced. Only this module names the process's own streams (`tests/guard.rs`).

mod line;
mod progress;

pub(crate) use line::{Cell, cell};
pub use line::{ConsoleLine, Tone};
pub use progress::ProgressLine;

use std::cell::RefCell;
use std::error::Error;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use serde_json::Value;

/// The reader of standard output is gone, and nothing else is wrong: as if by SIGPIPE.
pub const PIPE: u8 = 141;
/// Standard output could not be written, and nothing else is wrong (EX_IOERR).
pub const UNWRITTEN: u8 = 74;
/// Stands where a secret would.
const HIDDEN: &str = "‹secret›";
/// Shorter than this nothing is a secret: it would be found everywhere.
const SHORTEST: usize = 8;

/// Standard output and standard error of one run of a command.
pub struct Console {
    streams: RefCell<Streams>,
    secrets: RefCell<Vec<String>>,
    colours: [bool; 2],
    terminal: bool,
}

struct Streams {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    /// The first failure of standard output; nothing is written after it.
    lost: Option<io::Error>,
}

impl Console {
    /// The process's own streams. Colours go to terminals alone, and not where `NO_COLOR` is set.
    #[must_use]
    pub fn of_process() -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let plain = set("NO_COLOR").is_some() || set("TERM").is_some_and(|term| term == "dumb");
        let colours = [out.is_terminal() && !plain, err.is_terminal() && !plain];
        let terminal = err.is_terminal();
        Self { colours, terminal, ..Self::of(Box::new(BufWriter::new(out)), Box::new(err)) }
    }

    /// Writes to these, without colours.
    #[must_use]
    pub fn of(out: Box<dyn Write>, err: Box<dyn Write>) -> Self {
        let streams = RefCell::new(Streams { out, err, lost: None });
        Self { streams, secrets: RefCell::default(), colours: [false; 2], terminal: false }
    }

    /// From now on this text is never shown: a token, a client's secret.
    pub fn hide(&self, secret: &str) {
        if secret.len() >= SHORTEST {
            self.secrets.borrow_mut().push(secret.to_owned());
        }
    }

    /// One line of the result.
    pub fn line(&self, line: impl Into<ConsoleLine>) {
        let [colours, _] = self.colours;
        let text = self.shown(&line.into(), colours);
        self.write(&text);
    }

    /// A table with a head, its columns below each other; nothing when there are no rows.
    pub(crate) fn table(&self, head: &[&str], rows: &[Vec<Cell>]) {
        line::table(head, rows).into_iter().for_each(|row| self.line(row));
    }

    /// A result as indented JSON.
    pub fn document(&self, value: &Value) {
        self.write(&self.json(&format!("{value:#}\n")));
    }

    /// A result as JSON on one line.
    pub fn json_line(&self, value: &Value) {
        self.write(&self.json(&format!("{value}\n")));
    }

    /// The one secret that somebody asked to see, on a line of its own.
    pub fn reveal(&self, secret: &str) {
        let text = redaction::escape_value(secret).text;
        self.write(&format!("{text}\n"));
    }

    /// A line for the person at the terminal: a problem, or what happens meanwhile. One that cannot be written is lost.
    pub fn note(&self, line: impl Into<ConsoleLine>) {
        let [_, colours] = self.colours;
        let text = self.shown(&line.into(), colours);
        let mut streams = self.streams.borrow_mut();
        drop(streams.err.write_all(text.as_bytes()).and_then(|()| streams.err.flush()));
    }

    /// Why a command ended, with everything that led to it.
    pub fn problem(&self, error: &dyn Error) {
        self.note(format!("countersign: {}", chain(error)));
    }

    /// What is going on, on a terminal; nothing elsewhere, and nothing where `quiet`.
    #[must_use]
    pub fn progress(&self, quiet: bool) -> ProgressLine {
        ProgressLine::new(self.terminal && !quiet)
    }

    /// How the process ends that wanted to end with `code`: what it found out counts more than output that was lost.
    #[must_use]
    pub fn finish(&self, code: u8) -> ExitCode {
        self.write("");
        let lost = {
            let mut streams = self.streams.borrow_mut();
            let flushed = streams.out.flush();
            streams.lost.take().or(flushed.err())
        };
        let instead = match &lost {
            None => return ExitCode::from(code),
            Some(error) if error.kind() == ErrorKind::BrokenPipe => PIPE,
            Some(error) => {
                self.note(format!("countersign: the output cannot be written: {error}"));
                UNWRITTEN
            }
        };
        ExitCode::from(if code == 0 { instead } else { code })
    }

    fn write(&self, text: &str) {
        let mut streams = self.streams.borrow_mut();
        if streams.lost.is_none() {
            streams.lost = streams.out.write_all(text.as_bytes()).err();
        }
    }

    fn shown(&self, line: &ConsoleLine, colours: bool) -> String {
        line.render(|text| self.without_secrets(text), colours) + "\n"
    }

    fn json(&self, text: &str) -> String {
        line::escaped_json(&self.without_secrets(text))
    }

    fn without_secrets(&self, text: &str) -> String {
        let secrets = self.secrets.borrow();
        secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), HIDDEN))
    }
}

/// An error with its causes, each said once.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !said.contains(&text) {
            said = format!("{said}: {text}");
        }
        cause = next.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[derive(Clone, Default)]
    struct Kept(Rc<RefCell<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Kept {
        fn text(&self) -> String {
            String::from_utf8(self.0.take()).unwrap()
        }
    }

    /// E14: what a terminal would obey, or nobody would see, is spelled out, whoever wrote it; a line stays one line.
    #[test]
    fn nothing_raw_leaves() {
        let (out, err) = (Kept::default(), Kept::default());
        let console = Console::of(Box::new(out.clone()), Box::new(err.clone()));
        let hostile = "a\u{1b}[2Jb\u{9b}31mc\u{202e}d\u{200b}e\u{2028}f\ng\rh\u{7}i\u{feff}j\tk\u{7f}\u{85}";
        let shown = "a⟨U+001B⟩[2Jb⟨U+009B⟩31mc⟨U+202E⟩d⟨U+200B⟩e⟨U+2028⟩f⟨U+000A⟩g⟨U+000D⟩h⟨U+0007⟩i⟨U+FEFF⟩j⟨U+0009⟩k⟨U+007F⟩⟨U+0085⟩\n";
        console.line(hostile);
        assert_eq!(out.text(), shown);
        console.note(hostile);
        assert_eq!(err.text(), shown);
        console.problem(&io::Error::other(hostile));
        assert_eq!(err.text(), format!("countersign: {shown}"));
        let value = serde_json::json!({ hostile: [hostile, "\u{e0041}"] });
        for print in [Console::document, Console::json_line] {
            print(&console, &value);
            let text = out.text();
            assert!(redaction::find_hidden(&text).is_empty(), "{text:?}");
            assert!(text.contains("\\u202e") && text.contains("\\udb40\\udc41"), "{text}");
            assert_eq!(wire::json::parse_value(text.as_bytes()).unwrap(), value, "it means the same");
        }
    }

    /// E19: a secret that the command knows is in nothing it prints, whoever repeats it.
    #[test]
    fn secrets_are_not_shown() {
        let (out, err) = (Kept::default(), Kept::default());
        let console = Console::of(Box::new(out.clone()), Box::new(err.clone()));
        console.hide("eyJ.secret.token");
        console.line("you sent eyJ.secret.token");
        console.json_line(&serde_json::json!({ "detail": "eyJ.secret.token" }));
        console.note("eyJ.secret.token");
        let text = out.text() + &err.text();
        assert!(text.contains(HIDDEN) && !text.contains("eyJ"), "{text}");
        console.reveal("eyJ.secret.token");
        assert_eq!(out.text(), "eyJ.secret.token\n");
    }
}
