//! The source folder: `actions/*.yaml`, `policies/*.cedar`, `approvals.yaml`, `directory.yaml`.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use policy::Diagnostic;
use serde::de::DeserializeOwned;

use crate::text;

/// File name, relative to the folder, to text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources(pub BTreeMap<String, String>);

impl Sources {
    /// Reads a folder. A file in a place where nobody would look for it is an error: a rule that is never read is a hole.
    ///
    /// # Errors
    /// Everything that cannot be read or has no place.
    pub fn read(folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut files = BTreeMap::new();
        let mut wrong = Vec::new();
        for (below, ending) in [("", ""), ("actions", ".yaml"), ("policies", ".cedar")] {
            let names = match names(&folder.join(below)) {
                Ok(names) => names,
                Err(error) => {
                    wrong.push(general(
                        if below.is_empty() { "." } else { below },
                        format!("cannot be read: {error}"),
                    ));
                    continue;
                }
            };
            for name in names {
                let file = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
                match place(below, ending, &name) {
                    Place::Skip => {}
                    Place::Nowhere => wrong.push(general(&file, misplaced(below, ending))),
                    Place::Read => match text::read(&folder.join(&file), &file) {
                        Ok(text) => drop(files.insert(file, text)),
                        Err(found) => wrong.push(found),
                    },
                }
            }
        }
        if wrong.is_empty() { Ok(Self(files)) } else { Err(wrong) }
    }

    /// The text of a file, empty if there is none.
    pub(crate) fn text(&self, file: &str) -> &str {
        self.0.get(file).map_or("", String::as_str)
    }

    /// Files below a folder, by name.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = (&str, &str)> {
        let inside =
            move |file: &&String| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.0.iter().filter(move |(file, _)| inside(file)).map(|(file, text)| (file.as_str(), text.as_str()))
    }

    /// A YAML file as typed; duplicate keys and unknown fields are refused.
    pub(crate) fn yaml<T: DeserializeOwned>(&self, file: &str) -> Result<T, Diagnostic> {
        let text = self.0.get(file).ok_or_else(|| general(file, "there is no such file".to_owned()))?;
        serde_saphyr::from_str(text).map_err(|error| {
            let at = error.location();
            let part =
                |number: Option<u64>| number.and_then(|n| usize::try_from(n).ok()).map_or(1, |n| n.max(1));
            let offset = offset(text, part(at.map(|at| at.line())), part(at.map(|at| at.column())));
            let said = error.without_snippet().to_string();
            let first = said.lines().next().unwrap_or("does not read");
            // The place stands in front already, and nobody here can set the reader's options.
            let cut =
                [" at line ", ", set DuplicateKeyPolicy"].iter().filter_map(|words| first.find(words)).min();
            let message = first.get(..cut.unwrap_or(first.len())).unwrap_or(first).to_owned();
            Diagnostic::at(file, text, offset, message)
        })
    }

    /// A finding at the place of a key: `path` are keys from the outside in. Where one is not found, at the last that was.
    pub(crate) fn at(&self, file: &str, path: &[&str], message: String) -> Diagnostic {
        let text = self.text(file);
        let mut offset = 0;
        let mut found = (0, 0);
        for key in path {
            let Some(place) = key_after(text, offset, key) else { break };
            (found, offset) = ((place, key.len()), place + key.len());
        }
        Diagnostic::at(file, text, found.0, message).over(found.1)
    }
}

enum Place {
    Read,
    Skip,
    Nowhere,
}

fn place(below: &str, ending: &str, name: &str) -> Place {
    let readable = if below.is_empty() {
        ["approvals.yaml", "directory.yaml"].contains(&name)
    } else {
        name.ends_with(ending)
    };
    let known = below.is_empty() && ["actions", "policies", "cases", "README.md"].contains(&name);
    match (readable, known || name.starts_with('.')) {
        (true, _) => Place::Read,
        (false, true) => Place::Skip,
        (false, false) => Place::Nowhere,
    }
}

fn misplaced(below: &str, ending: &str) -> String {
    if below.is_empty() {
        "nothing reads this: a bundle has `actions/`, `policies/`, `approvals.yaml`, `directory.yaml`"
            .to_owned()
    } else {
        format!("nothing reads this: files in `{below}/` end in `{ending}`")
    }
}

pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

pub(crate) fn general(file: &str, message: String) -> Diagnostic {
    Diagnostic::about(file, message)
}

/// The byte offset of a line and a column, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines.by_ref().take(line - 1).map(str::len).sum();
    let within = lines.next().and_then(|line| line.char_indices().nth(column - 1));
    before + within.map_or(0, |(at, _)| at)
}

/// The next place where this text stands as a key or a value, not inside a longer word.
fn key_after(text: &str, from: usize, key: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || "_-/".contains(c);
    let rest = text.get(from..)?;
    rest.match_indices(key).find_map(|(at, _)| {
        let before = rest.get(..at)?.chars().next_back();
        let after = rest.get(at + key.len()..)?.chars().next();
        let whole = |c: Option<char>| c.is_none_or(|c| !part(c));
        (whole(before) && whole(after)).then_some(from + at)
    })
}
