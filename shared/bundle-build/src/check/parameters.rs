//! The parameters of a catalogue entry: the schema of one, and those that decide what is touched.

use std::collections::BTreeSet;

use bundle::{CatalogueEntry, Template, session_names};
use serde_json::Value;

/// The schema of the parameter a pointer leads to, through `properties` only.
pub(super) fn property<'a>(entry: &'a CatalogueEntry, pointer: &str) -> Option<&'a Value> {
    let mut schema = &entry.parameters;
    for name in pointer.strip_prefix('/')?.split('/') {
        schema = schema.get("properties")?.get(name)?;
    }
    Some(schema)
}

/// Parameters on which resources, roles or the session policy depend.
pub(super) fn needed(entry: &CatalogueEntry) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = session_names(&entry.session_policy);
    for (_, rule) in entry.resources() {
        let used = std::iter::once(&rule.id).chain(&rule.account).flat_map(Template::names);
        names.extend(used.map(str::to_owned));
    }
    let origin = |name: String| {
        let derived = entry.derived.iter().find(|(_, form)| form.names().contains(name.as_str()));
        derived.map_or(name, |(parameter, _)| parameter.clone())
    };
    let of_plan = |name: &String| name.contains('.');
    names.into_iter().filter(|name| !of_plan(name)).map(origin).collect()
}
