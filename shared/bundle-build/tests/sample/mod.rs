//! The sample bundle as values: a test changes what a file says at a JSON pointer, however the file is written.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's own functions fail loudly; not every test uses all"
)]

use std::path::{Path, PathBuf};

use bundle_build::{Compiled, Sources};
use serde_json::Value;

pub const APPROVALS: &str = "approvals.yaml";
pub const DIRECTORY: &str = "directory.yaml";

/// The folder of the sample.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies")
}

/// The sample's sources, and what a test made of them.
#[derive(Clone)]
pub struct Sample {
    pub sources: Sources,
}

impl Sample {
    pub fn new() -> Self {
        Self { sources: Sources::read(&folder()).unwrap() }
    }

    /// What the file says at a pointer.
    pub fn at(&self, file: &str, pointer: &str) -> Value {
        let value = self.read(file);
        value.pointer(pointer).unwrap_or_else(|| panic!("{file} has no `{pointer}`")).clone()
    }

    /// Puts a value at a pointer. What holds it must be there; the member itself may be new, and a list's `-` is its end.
    pub fn set(mut self, file: &str, pointer: &str, value: Value) -> Self {
        let mut document = self.read(file);
        let (above, last) = split(pointer);
        match document.pointer_mut(above) {
            Some(Value::Object(members)) => drop(members.insert(last.replace("~1", "/"), value)),
            Some(Value::Array(list)) if last == "-" => list.push(value),
            Some(Value::Array(list)) => *list.get_mut(last.parse::<usize>().unwrap()).unwrap() = value,
            _ => panic!("{file} has no `{above}`"),
        }
        self.write(file, &document);
        self
    }

    /// Takes away what stands at a pointer, which must be there.
    pub fn without(mut self, file: &str, pointer: &str) -> Self {
        let mut document = self.read(file);
        let (above, last) = split(pointer);
        let gone = match document.pointer_mut(above) {
            Some(Value::Object(members)) => members.remove(last).is_some(),
            Some(Value::Array(list)) => {
                let place = last.parse::<usize>().unwrap();
                place < list.len() && !list.remove(place).is_null()
            }
            _ => false,
        };
        assert!(gone, "{file} has no `{pointer}`");
        self.write(file, &document);
        self
    }

    pub fn compile(&self) -> Result<Compiled, Vec<String>> {
        let compiled = Compiled::from_sources(&self.sources, None);
        compiled.map_err(|wrong| wrong.iter().map(ToString::to_string).collect())
    }

    /// Everything that is wrong, each with file and place.
    pub fn mistakes(&self) -> Vec<String> {
        self.compile().err().unwrap_or_default()
    }

    fn read(&self, file: &str) -> Value {
        let text = self.sources.0.get(file).unwrap_or_else(|| panic!("there is no {file}"));
        serde_saphyr::from_str(text).unwrap()
    }

    /// JSON is YAML.
    fn write(&mut self, file: &str, document: &Value) {
        let text = serde_json::to_string_pretty(document).unwrap();
        assert_ne!(
            self.sources.0.insert(file.to_owned(), text.clone()),
            Some(text),
            "{file}: nothing was changed"
        );
    }
}

fn split(pointer: &str) -> (&str, &str) {
    pointer.rsplit_once('/').unwrap_or_else(|| panic!("`{pointer}` is no pointer"))
}
