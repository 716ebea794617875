//! Action types that can never run: their connector does not exist, or no rule permits them.

use bundle::Bundle;
use policy::Diagnostic;

use crate::held::connectors;
use crate::sources::Sources;

/// What keeps action types of a bundle from ever running. The bundle builds all the same, so that an author can write the
/// type before its connector and its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    /// Types whose connector does not exist. These bundles are not published.
    pub errors: Vec<Diagnostic>,
    /// Types that no rule permits. Every proposal of them is denied, which may be what the author wants for now.
    pub warnings: Vec<Diagnostic>,
}

impl Unreachable {
    /// What of this bundle, compiled from these sources, can never run.
    #[must_use]
    pub fn of(bundle: &Bundle, sources: &Sources) -> Self {
        let file = |action_type: &str| format!("actions/{action_type}.yaml");
        let unknown = bundle.entries().filter(|entry| connectors().all(|known| known != entry.connector));
        let errors = unknown.map(|entry| {
            let message =
                format!("there is no connector `{}`, so this action type can never run", entry.connector);
            let help =
                format!("the connectors are {}; a new one is written in `shared/connectors`", listed());
            let found = sources.at(&file(&entry.action_type), &["connector", &entry.connector], message);
            Diagnostic { help: Some(help), ..found }
        });
        let permitted = |action_type: &str| {
            bundle.engine().rules().any(|rule| rule.is_permit() && rule.applies_to(action_type))
        };
        let unpermitted = bundle.entries().filter(|entry| !permitted(&entry.action_type));
        let warnings = unpermitted.map(|entry| {
            let name = &entry.action_type;
            let message = format!("no rule permits `{name}`, so every proposal of it is denied");
            let help = format!("`countersign policy new policy NAME --action {name}` writes a permit and a hold to begin with");
            Diagnostic { help: Some(help), ..sources.at(&file(name), &["type", name], message) }
        });
        Self { errors: errors.collect(), warnings: warnings.collect() }
    }
}

fn listed() -> String {
    connectors().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
