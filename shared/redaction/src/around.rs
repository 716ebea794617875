//! What the structure around a value says of it: the name of its field, a name in the same list or object.

use serde_json::{Map, Value};

use crate::detect::{self, Named};
use crate::key::is_one_of;
use crate::said::Said;

/// What names say that were met before. Objects of a list mostly have the same names in the same order.
#[derive(Default)]
pub(crate) struct Names<'v> {
    met: Vec<(&'v str, Option<Named>)>,
    next: usize,
}

impl<'v> Names<'v> {
    /// So many are kept.
    const MOST: usize = 64;

    pub(crate) fn named(&mut self, name: &'v str) -> Option<Named> {
        let is = |at: &usize| self.met.get(*at).is_some_and(|(met, _)| *met == name);
        let place = Some(self.next).filter(is).or_else(|| (0..self.met.len()).find(is));
        self.next = place.unwrap_or(self.met.len()) + 1;
        if let Some((_, named)) = place.and_then(|place| self.met.get(place)) {
            return *named;
        }
        let named = detect::by_name(name);
        if self.met.len() < Self::MOST {
            self.met.push((name, named));
        }
        named
    }
}

/// What a list of names and values says of this member: `["--password", S]`, `["Authorization", S]`.
pub(crate) fn named_before(values: &[Value], index: usize) -> Option<Named> {
    let name = values.get(index.checked_sub(1)?)?.as_str()?;
    let option = name.starts_with('-');
    if name.len() > NAME || name.contains([' ', '=', ':']) {
        return None;
    }
    let named = detect::by_name(name)?;
    // Names of columns follow one another too.
    let value = values.get(index)?.as_str()?;
    ((option && !value.starts_with('-'))
        || (index % 2 == 1 && (named == Named::Header || detect::is_likely(value))))
    .then_some(named)
}

/// What an object says of its fields.
pub(crate) struct Around {
    /// What its own name says.
    named: Option<Named>,
    /// What a field that names another says.
    listed: Option<Named>,
    /// Whether it is a manifest of secrets.
    manifest: bool,
}

impl Around {
    pub(crate) fn of(fields: &Map<String, Value>, said: Option<Said>) -> Self {
        let manifest = fields.get("kind").and_then(Value::as_str) == Some("Secret");
        let named = said.map(|said| said.named).filter(|named| named.is_secret_or_key());
        Self { named, listed: listed(fields), manifest }
    }

    /// What this field is called and what stands around it, together. Under a secret's name a weaker one, `pin` or `run`,
    /// takes nothing away.
    pub(crate) fn says(&self, key: &str, own: Option<Named>) -> Option<Said> {
        let data = self.manifest && matches!(key, "data" | "stringData");
        let named = self.named.or(data.then_some(Named::Password)).filter(|_| !detect::is_about(key));
        let own = own.filter(|own| named.is_none() || own.is_secret()).map(Said::by_itself);
        let listed = self.listed.filter(|_| is_value(key)).map(|named| Said::by_pair(named, key));
        own.or(named.map(Said::by_another)).or(listed)
    }
}

/// What an object with a name and a value says of the value: `{"name": "DB_PASSWORD", "value": S}`.
fn listed(fields: &Map<String, Value>) -> Option<Named> {
    const NAMES: [&str; 9] = [
        "name",
        "key",
        "parametername",
        "parameterkey",
        "header",
        "headername",
        "variable",
        "field",
        "option",
    ];
    if !(2..=8).contains(&fields.len()) {
        return None;
    }
    let mut names = fields.iter().filter(|(key, _)| is_one_of(key, &NAMES));
    names.find_map(|(_, name)| name.as_str().filter(|name| name.len() <= NAME).and_then(detect::by_name))
}

/// So long is a name at most that stands in a list.
const NAME: usize = 128;

fn is_value(key: &str) -> bool {
    const VALUES: [&str; 10] = [
        "value",
        "values",
        "val",
        "content",
        "parametervalue",
        "stringvalue",
        "defaultvalue",
        "default",
        "data",
        "plaintext",
    ];
    is_one_of(key, &VALUES)
}
