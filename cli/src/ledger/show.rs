//! How a verification is told, to people and to programs.

use std::path::Path;

use bundle::Remark;
use domain::ActionId;
use ledger::verify::{FindingCause, Trail, VerificationFinding, VerificationReport};
use serde_json::{Value, json};
use wire::text::rfc3339;

use super::{Outcome, Verified};
use crate::console::Console;

/// What a fetch brought.
pub(super) struct Fetched {
    /// Log objects.
    pub objects: usize,
    /// Checkpoints.
    pub checkpoints: usize,
    /// Manifests, with the contents they name; or why there are none.
    pub bundles: Result<usize, String>,
}

/// What of a report is printed, and how.
pub(super) struct Shown<'a> {
    /// This action's findings and records, and the findings of the log as a whole.
    pub action: Option<&'a ActionId>,
    /// Findings that follow from others too.
    pub all: bool,
    /// As one JSON document, which always has all findings.
    pub as_json: bool,
}

/// Prints the report: findings first, what could not be checked, one action's records if asked, the summary last.
pub(super) fn report(console: &Console, verified: &Verified<'_>, shown: &Shown<'_>) {
    if shown.as_json {
        console.document(&value(verified, shown.action));
    } else {
        lines(verified, shown).into_iter().for_each(|line| console.line(line));
    }
}

/// Prints what a fetch brought.
pub(super) fn fetched(console: &Console, fetched: &Fetched, folder: &Path, as_json: bool) {
    let Fetched { objects, checkpoints, bundles } = fetched;
    let missing = bundles.as_ref().err();
    if as_json {
        console.document(&json!({
            "objects": objects, "checkpoints": checkpoints, "folder": folder,
            "bundles": bundles.as_ref().ok(), "bundles_missing": missing,
        }));
    } else {
        let brought = match bundles {
            Ok(manifests) => format!("{objects} objects, {checkpoints} checkpoints and {manifests} bundles"),
            Err(_) => format!("{objects} objects and {checkpoints} checkpoints"),
        };
        console.line(format!("{brought} in {}", folder.display()));
    }
    if let Some(why) = missing {
        console.note(format!(
            "no bundles were fetched ({why}): `ledger verify` leaves unchecked who belonged to which group"
        ));
    }
}

/// The report as lines.
fn lines(verified: &Verified<'_>, shown: &Shown<'_>) -> Vec<String> {
    let Verified { report, .. } = verified;
    let action = shown.action;
    let (causes, consequences): (Vec<&VerificationFinding>, Vec<&VerificationFinding>) =
        of(&report.findings, action).partition(|finding| finding.follows_from.is_none());
    let mut lines: Vec<String> = causes.iter().map(ToString::to_string).collect();
    let remark = |Remark { number, code, meaning }: &Remark| format!("bundle {number}: {meaning} ({code})");
    lines.extend(verified.bundle_findings().iter().map(remark));
    if shown.all {
        lines.extend(consequences.iter().map(ToString::to_string));
    } else if !consequences.is_empty() {
        lines.push(format!(
            "{} follow from these; `--all` shows them",
            counted(consequences.len(), "more finding")
        ));
    }
    lines.extend(report.unchecked.iter().map(|why| format!("not checked: {why}")));
    lines.extend(verified.bundle_gaps().iter().map(|gap| format!("not checked: {}", remark(gap))));
    lines.extend(of(&report.groups_unchecked, action).map(|left| format!("not checked: {left}")));
    for trail in trails(report, action) {
        let at = trail.at.map_or_else(String::new, rfc3339);
        let (object, position) = (trail.object, trail.position);
        lines.push(format!("{at}  {}  object {object}, position {position}  {}", trail.kind, trail.digest));
    }
    let said = match (verified.outcome(), report.causes().count() + verified.bundle_findings().len()) {
        (Outcome::Findings, many) => counted(many, "finding"),
        (Outcome::Incomplete, _) => "incomplete".to_owned(),
        (Outcome::Unchecked | Outcome::Clean, _) => "clean".to_owned(),
    };
    let unchecked = match report.groups_unchecked.len() {
        0 => String::new(),
        1 => ", the groups of 1 verdict unchecked".to_owned(),
        many => format!(", the groups of {many} verdicts unchecked"),
    };
    let VerificationReport { objects, records, actions, size, root, .. } = report;
    lines.push(format!(
        "{said}{unchecked}: {objects} objects, {records} records of {actions} actions; tree of {size}, root {root}"
    ));
    lines
}

/// The report as JSON.
fn value(verified: &Verified<'_>, action: Option<&ActionId>) -> Value {
    let Verified { report, timeline } = verified;
    let cause = |cause: &FindingCause| json!({ "object": cause.object, "code": cause.code });
    let finding = |finding: &VerificationFinding| {
        json!({
            "object": finding.object, "position": finding.position, "action": finding.action,
            "sequence": finding.sequence, "code": finding.code, "meaning": finding.meaning,
            "cause": finding.follows_from.is_none(), "follows_from": finding.follows_from.as_ref().map(cause),
        })
    };
    let trail = |trail: &Trail| {
        json!({
            "object": trail.object, "position": trail.position, "kind": trail.kind, "sequence": trail.sequence,
            "at": trail.at.map(rfc3339), "digest": trail.digest.to_string(),
        })
    };
    let remarks = |remarks: &[Remark]| {
        let one = |Remark { number, code, meaning }: &Remark| json!({ "number": number, "code": code, "meaning": meaning });
        remarks.iter().map(one).collect::<Vec<_>>()
    };
    let bundles = timeline.map(|timeline| {
        json!({
            "in_force": timeline.len(), "findings": remarks(timeline.findings()),
            "unchecked": remarks(timeline.gaps()),
        })
    });
    let result = match verified.outcome() {
        Outcome::Findings => "findings",
        Outcome::Incomplete => "incomplete",
        Outcome::Unchecked => "unchecked",
        Outcome::Clean => "clean",
    };
    json!({
        "result": result,
        "objects": report.objects, "records": report.records, "actions": report.actions,
        "size": report.size, "root": report.root.to_string(),
        "findings": of(&report.findings, action).map(finding).collect::<Vec<_>>(),
        "unchecked": report.unchecked,
        "groups_unchecked": of(&report.groups_unchecked, action).map(finding).collect::<Vec<_>>(),
        "bundles": bundles,
        "records_of_action": trails(report, action).map(trail).collect::<Vec<_>>(),
    })
}

/// `1 finding`, `2 findings`.
fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// With an action: its own, and those of the log as a whole.
fn of<'a>(
    list: &'a [VerificationFinding],
    action: Option<&'a ActionId>,
) -> impl Iterator<Item = &'a VerificationFinding> {
    let concerns = move |finding: &&VerificationFinding| match (&finding.action, action) {
        (Some(of), Some(action)) => of == action.as_str(),
        _ => true,
    };
    list.iter().filter(concerns)
}

fn trails<'a>(
    report: &'a VerificationReport,
    action: Option<&'a ActionId>,
) -> impl Iterator<Item = &'a Trail> {
    report.trails.iter().filter(move |trail| action.is_some_and(|action| trail.action == action.as_str()))
}
