//! How a verification is told, to people and to programs.

use std::path::Path;

use domain::ActionId;
use ledger::verify::{Finding, Report, Trail};
use serde_json::{Value, json};
use wire::text::rfc3339;

use crate::console::Console;

/// Prints the report: findings first, what could not be checked, one action's records if asked, the summary last.
pub(super) fn report(console: &Console, report: &Report, action: Option<&ActionId>, as_json: bool) {
    if as_json {
        console.document(&value(report, action));
    } else {
        lines(report, action).into_iter().for_each(|line| console.line(line));
    }
}

pub(super) fn fetched(
    console: &Console,
    (objects, checkpoints): (usize, usize),
    folder: &Path,
    as_json: bool,
) {
    if as_json {
        console.document(&json!({ "objects": objects, "checkpoints": checkpoints, "folder": folder }));
    } else {
        console.line(format!("{objects} objects and {checkpoints} checkpoints in {}", folder.display()));
    }
}

/// The report as lines.
fn lines(report: &Report, action: Option<&ActionId>) -> Vec<String> {
    let mut lines: Vec<String> = findings(report, action).map(ToString::to_string).collect();
    lines.extend(report.unchecked.iter().map(|why| format!("not checked: {why}")));
    for trail in trails(report, action) {
        let at = trail.at.map_or_else(String::new, rfc3339);
        let (object, position) = (trail.object, trail.position);
        lines.push(format!("{at}  {}  object {object}, position {position}  {}", trail.kind, trail.digest));
    }
    let said = match (report.findings.len(), report.unchecked.is_empty()) {
        (0, true) => "clean".to_owned(),
        (0, false) => "incomplete".to_owned(),
        (1, _) => "1 finding".to_owned(),
        (many, _) => format!("{many} findings"),
    };
    let Report { objects, records, actions, size, root, .. } = report;
    lines.push(format!(
        "{said}: {objects} objects, {records} records of {actions} actions; tree of {size}, root {root}"
    ));
    lines
}

/// The report as JSON.
fn value(report: &Report, action: Option<&ActionId>) -> Value {
    let finding = |finding: &Finding| {
        json!({
            "object": finding.object, "position": finding.position, "action": finding.action,
            "sequence": finding.sequence, "code": finding.code, "meaning": finding.meaning,
        })
    };
    let trail = |trail: &Trail| {
        json!({
            "object": trail.object, "position": trail.position, "kind": trail.kind, "sequence": trail.sequence,
            "at": trail.at.map(rfc3339), "digest": trail.digest.to_string(),
        })
    };
    let result = match (report.findings.is_empty(), report.unchecked.is_empty()) {
        (false, _) => "findings",
        (true, false) => "incomplete",
        (true, true) => "clean",
    };
    json!({
        "result": result,
        "objects": report.objects, "records": report.records, "actions": report.actions,
        "size": report.size, "root": report.root.to_string(),
        "findings": findings(report, action).map(finding).collect::<Vec<_>>(),
        "unchecked": report.unchecked,
        "records_of_action": trails(report, action).map(trail).collect::<Vec<_>>(),
    })
}

/// With an action: its own, and those of the log as a whole.
fn findings<'a>(report: &'a Report, action: Option<&'a ActionId>) -> impl Iterator<Item = &'a Finding> {
    let concerns = move |finding: &&Finding| match (&finding.action, action) {
        (Some(of), Some(action)) => of == action.as_str(),
        _ => true,
    };
    report.findings.iter().filter(concerns)
}

fn trails<'a>(report: &'a Report, action: Option<&'a ActionId>) -> impl Iterator<Item = &'a Trail> {
    report.trails.iter().filter(move |trail| action.is_some_and(|action| trail.action == action.as_str()))
}
