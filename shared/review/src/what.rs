//! *What* will run: a pure function of the shown parameters, the plan and the catalogue entry. Execution renders it
//! again and compares, so nothing of time, votes or people may enter here.

use std::collections::{BTreeMap, BTreeSet};

use bundle::{CatalogueEntry, FieldRule, HeldBy, Part, TargetError, Template, probes};
use redaction::{Reading, escape_hidden, escape_line, escape_value};
use serde_json::Value;
use wire::documents::{Difference, Differences, Field, Plan, Segment, What};
use wire::json::{JsonError, canonical, parse_value};

/// Why nothing can be shown, and so nothing may be asked or run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhatError {
    /// The catalogue entry names something that neither parameters nor plan hold.
    #[error("nothing is known as `{0}`, which the catalogue entry shows")]
    Missing(String),
    /// The parameters do not fit the catalogue entry.
    #[error(transparent)]
    Parameters(#[from] TargetError),
    /// The session policy or a parameter is no JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
}

/// Renders what will run. Every parameter is shown: what no line of the catalogue entry names gets a line of its own,
/// and so do what is held fixed, what is not, the calls and what they may use.
///
/// # Errors
/// [`WhatError`]; the caller denies.
pub fn what(entry: &CatalogueEntry, parameters: &Value, plan: &Plan) -> Result<What, WhatError> {
    let known = Known::of(entry, parameters, plan)?;
    let mut fields = Vec::new();
    for rule in &entry.fields {
        fields.extend(known.line(rule)?);
    }
    fields.extend(known.unnamed_parameters()?);
    fields.extend(known.unnamed_effects()?);
    fields.extend(known.held_fixed()?);
    let of_pins = entry.pins.iter().map(|pin| &pin.unpinned).filter(|sentence| !sentence.is_empty());
    fields.extend(of_pins.chain(&entry.unpinned).map(|sentence| field("Not held fixed", sentence, "")));
    fields.extend(calls(plan));
    fields.extend(may_use(plan)?);
    fields.push(match plan.role.is_empty() {
        true => field("Runs as", "Countersign itself", "with no role in any account"),
        false => field("Runs as", &plan.role, &format!("in account {}, {}", plan.account, plan.region)),
    });
    let answer = if entry.reversible.can { "Yes." } else { "No." };
    Ok(What {
        sentence: known.sentence(&entry.sentence)?,
        consequence: escape_value(&entry.consequence).text,
        fields,
        reversible: format!("{answer} {}", escape_value(&entry.reversible.description).text),
        sensitivity: entry.sensitivity.as_str().to_owned(),
        expected_seconds: entry.expected_seconds,
        if_lost: entry.idempotency.if_lost(probes(&entry.connector)).to_owned(),
        differences: plan.differences.as_ref().map(differences),
    })
}

/// Every text of *what* that people read, and what it is to them: words with letters that look like others are told. Each
/// field is named here, so that the compiler asks about a new one.
pub(crate) fn texts_of_what(what: &What) -> Vec<(&str, Reading)> {
    use Reading::{Note, Prose, Value};
    let What {
        sentence,
        consequence,
        fields,
        reversible,
        sensitivity: _,
        expected_seconds: _,
        if_lost: _,
        differences,
    } = what;
    let kind = |part: &Segment| if part.value { Value } else { Prose };
    let mut texts: Vec<(&str, Reading)> =
        sentence.iter().map(|part| (part.text.as_str(), kind(part))).collect();
    for Field { label, value, note } in fields {
        texts.extend([(label.as_str(), Prose), (value.as_str(), Value), (note.as_str(), Note)]);
    }
    for one in differences.iter().flat_map(|all| &all.items) {
        texts.extend([(one.kind.as_str(), Prose), (one.name.as_str(), Value), (one.note.as_str(), Prose)]);
        texts.extend(one.lines.iter().map(|line| (line.as_str(), Value)));
    }
    texts.extend([(consequence.as_str(), Prose), (reversible.as_str(), Prose)]);
    texts
}

/// Everything a template can name, and what the templates do name.
struct Known<'a> {
    entry: &'a CatalogueEntry,
    parameters: &'a Value,
    plan: &'a Plan,
    values: BTreeMap<String, String>,
    shown: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(entry: &'a CatalogueEntry, parameters: &'a Value, plan: &'a Plan) -> Result<Self, WhatError> {
        let mut values = BTreeMap::new();
        for (name, value) in parameters.as_object().into_iter().flatten() {
            values.insert(name.clone(), text(value)?);
        }
        values.extend(entry.values(parameters)?);
        let named = |group: &str, facts: &BTreeMap<String, String>| -> BTreeMap<String, String> {
            facts.iter().map(|(name, value)| (format!("{group}.{name}"), value.clone())).collect()
        };
        values.extend(named("pin", &plan.pins));
        values.extend(named("effect", &plan.effects));
        values.insert("plan.account".to_owned(), plan.account.clone());
        values.insert("plan.region".to_owned(), plan.region.clone());
        let lines = entry.fields.iter().flat_map(|rule| [Some(&rule.value), rule.note.as_ref()]);
        let shown = lines.flatten().flat_map(Template::names).collect();
        Ok(Self { entry, parameters, plan, values, shown })
    }

    fn fill(&self, template: &Template) -> Result<Vec<Part>, WhatError> {
        template.fill(|name| self.values.get(name).cloned()).map_err(WhatError::Missing)
    }

    fn text(&self, template: &Template) -> Result<String, WhatError> {
        Ok(self.fill(template)?.iter().map(Part::as_str).collect())
    }

    fn sentence(&self, template: &Template) -> Result<Vec<Segment>, WhatError> {
        let words = template.segments().iter().zip(self.fill(template)?);
        let segment = |(hole, part): (&Part, Part)| Segment {
            text: match hole {
                Part::Value(_) => escape_value(part.as_str()).text,
                // The catalogue's own words, with the spaces between them and the values.
                _ => escape_hidden(part.as_str()).text,
            },
            value: matches!(hole, Part::Value(name) if !self.is_ours(name)),
        };
        Ok(words.map(segment).collect())
    }

    /// What the directory says of a resource is in our words; what a connector read there is not.
    fn is_ours(&self, name: &str) -> bool {
        let fact = name.strip_prefix("effect.");
        fact.is_some_and(|fact| !self.entry.effects.iter().any(|read| read == fact))
    }

    /// A line of the catalogue entry; none where it names a parameter that need not be given and was not.
    fn line(&self, rule: &FieldRule) -> Result<Option<Field>, WhatError> {
        if self.left_out(&rule.value) {
            return Ok(None);
        }
        let note = rule.note.as_ref().filter(|note| !self.left_out(note));
        let note = note.map(|note| self.text(note)).transpose()?.unwrap_or_default();
        Ok(Some(field(&rule.label, &self.text(&rule.value)?, &note)))
    }

    fn left_out(&self, template: &Template) -> bool {
        let declared = self.entry.parameters.get("properties");
        let optional = |name: &str| declared.and_then(|declared| declared.get(name)).is_some();
        template.names().iter().any(|name| optional(name) && !self.values.contains_key(*name))
    }

    /// Parameters that no line shows, wholly or by all that is derived from them.
    fn unnamed_parameters(&self) -> Result<Vec<Field>, WhatError> {
        let whole = |name: &str| {
            let parts = self.entry.derived.get(name).map(Template::names);
            self.shown.contains(name)
                || parts.is_some_and(|parts| parts.iter().all(|part| self.shown.contains(part)))
        };
        let given = self.parameters.as_object().into_iter().flatten();
        given
            .filter(|(name, _)| !whole(name))
            .map(|(name, value)| Ok(field(&words(name), &text(value)?, "")))
            .collect()
    }

    fn unnamed_effects(&self) -> Result<Vec<Field>, WhatError> {
        let open = self.entry.effects.iter().map(|name| (name, format!("effect.{name}")));
        open.filter(|(_, full)| !self.shown.contains(full.as_str()))
            .map(|(name, full)| Ok(field(&words(name), self.value(&full)?, "")))
            .collect()
    }

    /// What the call holds fixed, unless a line shows it, and what is only compared again just before; pins the entry does not
    /// describe too.
    fn held_fixed(&self) -> Result<Vec<Field>, WhatError> {
        let described: BTreeSet<&str> = self.entry.pins.iter().map(|pin| pin.name.as_str()).collect();
        let mut fields = Vec::new();
        for pin in &self.entry.pins {
            let full = format!("pin.{}", pin.name);
            let value = self.value(&full)?;
            match pin.held_by {
                // E13: always, whatever the entry's own lines say of it.
                HeldBy::Check => {
                    let note = format!("{}; the call itself cannot hold it", pin.description);
                    fields.push(field("Checked just before the call", value, &note));
                }
                HeldBy::Call if self.shown.contains(full.as_str()) => {}
                HeldBy::Call => fields.push(field("Held fixed", value, &pin.description)),
            }
        }
        let others = self.plan.pins.iter().filter(|(name, _)| !described.contains(name.as_str()));
        fields.extend(others.map(|(name, value)| field("Checked just before the call", value, &words(name))));
        Ok(fields)
    }

    fn value(&self, name: &str) -> Result<&str, WhatError> {
        self.values.get(name).map(String::as_str).ok_or_else(|| WhatError::Missing(name.to_owned()))
    }
}

/// The plan's differences, escaped like every value but for the spaces of lines, which are shown as they are.
fn differences(all: &Differences) -> Differences {
    let shown = |text: &String| escape_value(text).text;
    let item = |one: &Difference| Difference {
        kind: shown(&one.kind),
        name: shown(&one.name),
        change: one.change,
        note: shown(&one.note),
        lines: one.lines.iter().map(|line| escape_line(line).text).collect(),
    };
    Differences { whole: all.whole, items: all.items.iter().map(item).collect(), left_out: all.left_out }
}

fn calls(plan: &Plan) -> Option<Field> {
    let calls: Vec<String> =
        plan.calls.iter().map(|call| format!("{} {}", call.service, call.operation)).collect();
    (!calls.is_empty()).then(|| field("Will call", &calls.join(", then "), ""))
}

/// One line per statement of the session policy; a statement of any but the plain form is shown as it is.
fn may_use(plan: &Plan) -> Result<Vec<Field>, WhatError> {
    if plan.role.is_empty() && plan.session_policy.is_empty() {
        return Ok(Vec::new());
    }
    let policy = parse_value(plan.session_policy.as_bytes())?;
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(one) => vec![one],
        None => vec![&policy],
    };
    statements.into_iter().map(|statement| Ok(field("May use", &allowed(statement)?, ""))).collect()
}

fn allowed(statement: &Value) -> Result<String, WhatError> {
    const PLAIN: [&str; 5] = ["Sid", "Effect", "Action", "Resource", "Condition"];
    let part = |name: &str| statement.get(name);
    let plain =
        statement.as_object().is_some_and(|parts| parts.keys().all(|key| PLAIN.contains(&key.as_str())))
            && part("Effect").and_then(Value::as_str) == Some("Allow");
    let (true, Some(actions), Some(resources)) = (plain, part("Action"), part("Resource")) else {
        return text(statement);
    };
    let condition = part("Condition").map(text).transpose()?;
    let condition = condition.map(|condition| format!(", only if {condition}")).unwrap_or_default();
    Ok(format!("{} on {}{condition}", list(actions)?, list(resources)?))
}

fn list(value: &Value) -> Result<String, WhatError> {
    let Value::Array(values) = value else { return text(value) };
    Ok(values.iter().map(text).collect::<Result<Vec<_>, _>>()?.join(", "))
}

/// Every parameter of a request of which nothing else is known.
pub(crate) fn parameters(parameters: &Value) -> Vec<Field> {
    let given = parameters.as_object().into_iter().flatten();
    given.map(|(name, value)| field(&words(name), &text(value).unwrap_or_default(), "")).collect()
}

/// A string as it is, anything else as canonical JSON.
pub(crate) fn text(value: &Value) -> Result<String, WhatError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => Ok(canonical(other)?.into_string()),
    }
}

/// `source_size` as `Source size`.
fn words(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn field(label: &str, value: &str, note: &str) -> Field {
    let shown = |text: &str| escape_value(text).text;
    Field { label: shown(label), value: shown(value), note: shown(note) }
}
