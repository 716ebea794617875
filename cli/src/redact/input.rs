//! Reads the input: bounded, and never refused for not being UTF-8.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::RedactError;

const MIB: usize = 1024 * 1024;
/// The most bytes of a file that is read as a whole.
const WHOLE: usize = 64 * MIB;
/// The most bytes of a line that is read by itself.
const LINE: usize = 16 * MIB;

/// A text, and what it is.
pub(super) struct Input {
    pub(super) file: PathBuf,
    /// Its number among lines that are read one by one, from 1.
    pub(super) line: Option<usize>,
    /// A JSON object or array, or the text as a JSON string.
    pub(super) value: Value,
    pub(super) json: bool,
    /// Whether bytes were replaced.
    pub(super) mended: bool,
}

impl Input {
    pub(super) fn read(file: &Path) -> Result<Self, RedactError> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(WHOLE + 1).unwrap_or(u64::MAX);
        let read = open(file)?.take(limit).read_to_end(&mut bytes);
        read.map_err(|error| RedactError::File(file.to_owned(), error))?;
        if bytes.len() > WHOLE {
            return Err(RedactError::TooLong(file.to_owned(), WHOLE / MIB));
        }
        Ok(Self::of(file, None, &bytes))
    }

    fn of(file: &Path, line: Option<usize>, bytes: &[u8]) -> Self {
        let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let begins = plain.iter().find(|byte| !byte.is_ascii_whitespace());
        let structured = begins.is_some_and(|byte| matches!(byte, b'{' | b'['));
        let parsed = if structured { wire::json::parse_value(plain).ok() } else { None };
        let json = parsed.is_some();
        let text = String::from_utf8_lossy(plain);
        let mended = matches!(text, std::borrow::Cow::Owned(_));
        let value = parsed.unwrap_or_else(|| Value::String(text.into_owned()));
        Self { file: file.to_owned(), line, value, json, mended }
    }
}

/// The lines of a file, one at a time.
pub(super) struct Lines {
    file: PathBuf,
    reader: BufReader<Box<dyn Read>>,
    number: usize,
}

impl Lines {
    pub(super) fn open(file: &Path) -> Result<Self, RedactError> {
        Ok(Self { file: file.to_owned(), reader: BufReader::new(open(file)?), number: 0 })
    }

    pub(super) fn next(&mut self) -> Result<Option<Input>, RedactError> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(LINE + 1).unwrap_or(u64::MAX);
        let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut bytes);
        read.map_err(|error| RedactError::File(self.file.clone(), error))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        if bytes.len() > LINE {
            return Err(RedactError::Usage(format!(
                "`{}`: line {} has more than {} MiB",
                self.file.display(),
                self.number,
                LINE / MIB
            )));
        }
        let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok(Some(Input::of(&self.file, Some(self.number), line)))
    }
}

fn open(file: &Path) -> Result<Box<dyn Read>, RedactError> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let opened = File::open(file).map_err(|error| RedactError::File(file.to_owned(), error))?;
    Ok(Box::new(opened))
}
