//! `policy bypass`: every way in which an action can run with nobody asked.

use std::path::PathBuf;

use bundle::Bundle;
use clap::Args;
use policy::RuleView;
use serde_json::{Value, json};

use super::output::{Output, cell, counted, document, line, listed, table};
use super::{Found, open};

/// Arguments of `policy bypass`.
///
/// Told from the shape of the rules: it may list one that a condition makes impossible, and leaves none out. Exit code 0 whether
/// or not there are any.
#[derive(Debug, Args)]
pub struct Bypass {
    /// The bundle: its folder, or what `bundle build` made of one.
    #[arg(default_value = "infra/policies")]
    bundle: PathBuf,
    #[command(flatten)]
    output: Output,
}

/// One way.
struct Way {
    /// Its kind: `unattended`, `no hold`, `observe`.
    kind: &'static str,
    /// The action type.
    action: String,
    /// The rule, or what else opens it.
    rule: String,
    /// File and line.
    at: String,
    /// Why, as the rule says or as its shape shows.
    reason: String,
}

impl Bypass {
    pub(super) fn run(self) -> Found {
        let bundle = open(&self.bundle)?;
        let ways = ways(&bundle);
        if self.output.json {
            let way = |way: &Way| json!({ "way": way.kind, "action": way.action, "rule": way.rule, "at": way.at, "reason": way.reason });
            document(&Value::Array(ways.iter().map(way).collect()));
            return Ok(0);
        }
        let row = |way: &Way| {
            vec![cell(way.kind), cell(&way.action), cell(&way.rule), cell(&way.at), cell(&way.reason)]
        };
        table(&["way", "action", "rule", "at", "reason"], &ways.iter().map(row).collect::<Vec<_>>());
        line(&counted(ways.len(), "way"));
        Ok(0)
    }
}

fn ways(bundle: &Bundle) -> Vec<Way> {
    let mut found = Vec::new();
    for entry in bundle.entries() {
        let action = entry.action_type.as_str();
        let rules: Vec<RuleView<'_>> =
            bundle.engine().rules().filter(|rule| rule.applies_to(action)).collect();
        for rule in &rules {
            if let Some((kind, reason)) = way(rule, &rules, action) {
                let (action, rule_id) = (action.to_owned(), rule.id().to_owned());
                let at = format!("{}:{}", rule.file(), rule.line());
                found.push(Way { kind, action, rule: rule_id, at, reason });
            }
        }
    }
    found
}

/// What this rule lets pass, if it does.
fn way(rule: &RuleView<'_>, all: &[RuleView<'_>], action: &str) -> Option<(&'static str, String)> {
    if rule.observes() {
        let what = if rule.is_permit() { "this permit" } else { "this forbid" };
        // A permit that only observes lets nothing pass.
        return (!rule.is_permit()).then(|| ("observe", format!("{what} only observes: it stops nothing")));
    }
    if !rule.is_permit() {
        return None;
    }
    if let Some(why) = rule.unattended() {
        return Some(("unattended", why.to_owned()));
    }
    if rule.covered_by(action).is_some() {
        return None;
    }
    let holds: Vec<String> = all
        .iter()
        .filter(|other| other.approval().is_some() && !other.observes())
        .map(|other| format!("`{}`", other.id()))
        .collect();
    let reason = match holds.is_empty() {
        true => "no hold is about this action type".to_owned(),
        false => format!("may match where {} does not", listed(holds.iter())),
    };
    Some(("no hold", reason))
}
