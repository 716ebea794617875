//! `policy bypass`: every way in which an action can run without the people who would otherwise be asked, and everything that
//! is shown although redaction would refuse it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bundle::{Bundle, Delegation, Exempt};
use clap::Args;
use domain::{GrantLimit, Terms};
use policy::RuleView;
use serde_json::{Value, json};
use wire::text::rfc3339;

use super::output::{Output, counted, listed};
use super::{Found, PolicyError, open};
use crate::console::{Console, cell};

/// Arguments of `policy bypass`.
///
/// Told from the shape of the rules: it may list one that a condition makes impossible, and leaves none out. Exit code 0 whether
/// or not there are any.
#[derive(Debug, Args)]
#[command(after_help = super::help("bypass infra/policies --json"))]
pub struct Bypass {
    /// The bundle: its folder, or what `bundle build` made of one.
    #[arg(default_value = "infra/policies")]
    bundle: PathBuf,
    #[command(flatten)]
    output: Output,
}

/// One way.
struct Way {
    /// Its kind: `unattended`, `no hold`, `observe`, `grant`, `emergency`, `change`, `escalation`, `delegation`; `exempt`: past
    /// redaction.
    kind: &'static str,
    /// The action type.
    action: String,
    /// The rule, or the requirement that opens it; the target that is exempt.
    rule: String,
    /// File and line.
    at: String,
    /// Why, as the rule says or as its shape shows.
    reason: String,
}

impl Bypass {
    pub(super) fn run(self, console: &Console) -> Found {
        let bundle = open(&self.bundle)?;
        let ways = ways(&bundle, &approvals(&self.bundle)?);
        if self.output.json {
            let way = |way: &Way| json!({ "way": way.kind, "action": way.action, "rule": way.rule, "at": way.at, "reason": way.reason });
            console.document(&Value::Array(ways.iter().map(way).collect()));
            return Ok(0);
        }
        let row = |way: &Way| {
            vec![cell(way.kind), cell(&way.action), cell(&way.rule), cell(&way.at), cell(&way.reason)]
        };
        console.table(&["way", "action", "rule", "at", "reason"], &ways.iter().map(row).collect::<Vec<_>>());
        console.line(counted(ways.len(), "way"));
        Ok(0)
    }
}

/// The text in which a requirement's line is found; none of a compiled bundle, which is one file.
fn approvals(place: &Path) -> Result<String, PolicyError> {
    if !place.is_dir() {
        return Ok(String::new());
    }
    let file = place.join("approvals.yaml");
    std::fs::read_to_string(&file).map_err(|error| PolicyError::File(file, error))
}

fn ways(bundle: &Bundle, approvals: &str) -> Vec<Way> {
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
        found.extend(entry.redaction.exempt.iter().map(|one| exempt(action, one)));
        let asked: BTreeSet<&str> = rules.iter().filter_map(RuleView::approval).collect();
        for rule in asked.into_iter().filter_map(|name| bundle.requirement(name)) {
            for (kind, reason) in loosened(&rule.requirement().terms) {
                let (action, rule, at) = (action.to_owned(), rule.name.clone(), at(approvals, &rule.name));
                found.push(Way { kind, action, rule, at, reason });
            }
            let asks = |one: &&Delegation| rule.groups.iter().any(|wanted| wanted.group == one.group);
            for one in bundle.directory().delegations.iter().filter(asks) {
                let until = rfc3339(one.until);
                let reason = format!("`{}` votes in {} for `{}` until {until}", one.to, one.group, one.from);
                let (action, rule, at) = (action.to_owned(), rule.name.clone(), "directory.yaml".to_owned());
                found.push(Way { kind: "delegation", action, rule, at, reason });
            }
        }
    }
    found
}

/// C27: what an agent can get shown in clear, whoever reads it and in a locked log too.
fn exempt(action: &str, one: &Exempt) -> Way {
    Way {
        kind: "exempt",
        action: action.to_owned(),
        rule: one.target.clone(),
        at: format!("actions/{action}.yaml"),
        reason: format!("shows what `{}` finds there: {}", one.detector, one.because),
    }
}

/// Where approvals.yaml has a requirement; a compiled bundle does not say the line.
fn at(approvals: &str, name: &str) -> String {
    let mut lines = approvals.trim_start_matches('\u{feff}').lines();
    let line = lines.position(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')));
    line.map_or_else(|| "approvals.yaml".to_owned(), |line| format!("approvals.yaml:{}", line + 1))
}

/// How a requirement lets an action run without the people it names being asked about it.
fn loosened(terms: &Terms) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if let Some(grant) = &terms.grant {
        let GrantLimit { seconds, uses, .. } = grant;
        found.push(("grant", format!("one approval may grant {uses} more within {}", span(*seconds))));
    }
    if let Some(rule) = &terms.emergency {
        let (who, within) = (listed(rule.groups.iter()), span(rule.review_within));
        found.push(("emergency", format!("one of {who} runs it at once; a review follows within {within}")));
    }
    if terms.who_changed_may_approve {
        let what = match terms.may_change.is_empty() {
            true => "it".to_owned(),
            false => listed(terms.may_change.iter()),
        };
        found.push(("change", format!("whoever changed {what} may approve what they made of it")));
    }
    if let Some(escalation) = &terms.escalation {
        let (who, after) = (listed(escalation.groups.iter()), span(escalation.after));
        found.push(("escalation", format!("{who} may stand in after {after}")));
    }
    found
}

/// Seconds in the largest whole unit.
fn span(seconds: u32) -> String {
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute")];
    let whole = units.into_iter().find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    let (unit, name) = whole.unwrap_or((1, "second"));
    counted(usize::try_from(seconds / unit).unwrap_or(usize::MAX), name)
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{EmergencyRule, Escalation};

    /// W4, E5: whatever a requirement loosens is a way of its own; that others may change something is none.
    #[test]
    fn every_loosened_term_is_told() {
        assert_eq!(loosened(&Terms::default()), []);
        let open = Terms {
            grant: Some(GrantLimit { seconds: 7200, uses: 3, fixed: Vec::new() }),
            emergency: Some(EmergencyRule { groups: vec!["sre".to_owned()], review_within: 86_400 }),
            escalation: Some(Escalation { after: 90, groups: vec!["leads".to_owned()] }),
            may_change: vec!["/destination".to_owned()],
            who_changed_may_approve: true,
            ..Terms::default()
        };
        let told: Vec<String> = loosened(&open).iter().map(|(kind, why)| format!("{kind}: {why}")).collect();
        assert_eq!(
            told,
            [
                "grant: one approval may grant 3 more within 2 hours",
                "emergency: one of sre runs it at once; a review follows within 1 day",
                "change: whoever changed /destination may approve what they made of it",
                "escalation: leads may stand in after 90 seconds",
            ]
        );
    }
}
