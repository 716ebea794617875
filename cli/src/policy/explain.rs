//! `policy explain`: which rules decide, and what would change that.

use std::path::PathBuf;

use bundle::Bundle;
use bundle_build::{Answer, Answered, CaseFacts, Question};
use clap::Args;
use domain::Principal;
use policy::{Explained, RuleChange, RuleOutcome};
use serde_json::{Value, json};

use super::output::{Output, answer, answer_json};
use super::{Found, PolicyError, cases, open};
use crate::console::{Cell, Console, Tone, cell};

/// Arguments of `policy explain`.
#[derive(Debug, Args)]
#[command(after_help = super::help("explain infra/policies --case 'nobody becomes administrator'"))]
pub struct Explain {
    /// The bundle: its folder, or what `bundle build` made of one.
    #[arg(default_value = "infra/policies")]
    bundle: PathBuf,
    /// The case with this name.
    #[arg(long, required_unless_present = "proposal")]
    case: Option<String>,
    /// Files of cases, instead of the folder's `cases/*.yaml`.
    #[arg(long, num_args = 1..)]
    cases: Vec<PathBuf>,
    /// A proposal instead of a case: a JSON file as the API takes it.
    #[arg(long, conflicts_with = "case", requires = "principal")]
    proposal: Option<PathBuf>,
    /// Who proposes it: a subject at the people's issuer.
    #[arg(long)]
    principal: Option<String>,
    #[command(flatten)]
    output: Output,
}

impl Explain {
    pub(super) fn run(self, console: &Console) -> Found {
        let bundle = open(&self.bundle)?;
        let (name, question) = self.question(&bundle)?;
        let given = question.answer(&bundle);
        // What is no request is asked of no rule.
        let facts = (given.outcome != Answered::Refused).then(|| question.known(&bundle).ok()).flatten();
        let rules = match &facts {
            None => Vec::new(),
            Some(facts) => bundle
                .engine()
                .explain(facts, &question.facts.approvals)
                .map_err(|reason| PolicyError::Usage(reason.message))?,
        };
        if self.output.json {
            let rules: Vec<Value> = rules.iter().map(as_json).collect();
            console.document(&json!({ "question": name, "answer": answer_json(&given), "rules": rules }));
        } else {
            console.line(&name);
            show(console, &given, &rules);
        }
        Ok(0)
    }

    fn question(&self, bundle: &Bundle) -> Result<(String, Question), PolicyError> {
        let (Some(file), Some(principal)) = (&self.proposal, &self.principal) else {
            let wanted = self.case.clone();
            let wanted = wanted.ok_or_else(|| PolicyError::Usage("name a case with --case".to_owned()))?;
            let found = cases(&self.cases, &self.bundle)?.into_iter().find(|case| case.name == wanted);
            let case = found.ok_or_else(|| PolicyError::Usage(format!("there is no case `{wanted}`")))?;
            return Ok((wanted, case.question(bundle)));
        };
        let bytes = std::fs::read(file).map_err(|error| PolicyError::File(file.clone(), error))?;
        let wrong = |why: String| PolicyError::Usage(format!("`{}`: {why}", file.display()));
        let body = wire::json::parse_value(&bytes).map_err(|error| wrong(error.to_string()))?;
        let kind = body.get("type").and_then(Value::as_str);
        let kind = kind.ok_or_else(|| wrong("a proposal has a `type`".to_owned()))?;
        let parameters = body.get("parameters").cloned();
        let parameters = parameters.ok_or_else(|| wrong("a proposal has `parameters`".to_owned()))?;
        let issuer = bundle.people_issuer().to_owned();
        let question = Question {
            principal: Principal { issuer, subject: principal.clone() },
            action_type: kind.to_owned(),
            parameters,
            claims: [].into(),
            facts: CaseFacts::default(),
        };
        Ok((format!("{kind} by {principal}"), question))
    }
}

fn show(console: &Console, given: &Answer, rules: &[Explained<'_>]) {
    let told = answer(given);
    console.line(&told.text);
    given.reasons.iter().for_each(|reason| console.line(format!("  {}", reason.message)));
    let mut rows = Vec::new();
    for explained in rules {
        let rule = explained.rule;
        let effect = match (rule.is_permit(), rule.approval()) {
            (true, _) => "permit",
            (false, Some(_)) => "hold",
            (false, None) => "forbid",
        };
        let effect = if rule.observes() { format!("{effect}, observing") } else { effect.to_owned() };
        let tone = match (&explained.outcome, rule.is_permit()) {
            (RuleOutcome::Matched, true) => Tone::Good,
            (RuleOutcome::Matched, false) if rule.approval().is_some() => Tone::Asks,
            (RuleOutcome::Matched, false) | (RuleOutcome::Erred(_), _) => Tone::Bad,
            (RuleOutcome::Unmatched(_), _) => Tone::Plain,
        };
        let head = Cell { text: outcome(&explained.outcome).to_owned(), tone };
        // Sentences stand below their rule, so the place stands in the same cell: the last one has no width.
        let rule = format!("{}  {}:{}", rule.id(), rule.file(), rule.line());
        rows.push(vec![head, cell(effect), cell(rule)]);
        for said in sentences(explained) {
            rows.push(vec![cell(""), cell(""), cell(said)]);
        }
    }
    console.line("");
    console.table(&["outcome", "effect", "rule"], &rows);
}

fn outcome(outcome: &RuleOutcome) -> &'static str {
    match outcome {
        RuleOutcome::Matched => "matches",
        RuleOutcome::Unmatched(_) => "does not",
        RuleOutcome::Erred(_) => "ERRS",
    }
}

/// What does not hold, and what would turn it.
fn sentences(explained: &Explained<'_>) -> Vec<String> {
    let joined =
        |parts: &[String]| parts.iter().map(|part| format!("`{part}`")).collect::<Vec<_>>().join(", ");
    let mut said = Vec::new();
    match (&explained.outcome, &explained.change) {
        (RuleOutcome::Erred(what), _) => said.push(format!("  could not be asked, which denies: {what}")),
        (RuleOutcome::Unmatched(_), RuleChange::Hold(parts)) => {
            said.push(format!("  would match if these held: {}", joined(parts)));
        }
        (RuleOutcome::Unmatched(parts), _) => said.push(format!("  does not hold: {}", joined(parts))),
        (_, RuleChange::Approval(name)) => said.push(format!("  is lifted by `{name}`, and by nothing less")),
        (_, RuleChange::Fail(parts)) => {
            said.push(format!("  would not match if one of these failed: {}", joined(parts)))
        }
        (RuleOutcome::Matched, RuleChange::Nothing | RuleChange::Hold(_)) => {}
    }
    let instead = explained.rule.instead().filter(|_| explained.outcome == RuleOutcome::Matched);
    said.extend(instead.map(|instead| format!("  instead: {instead}")));
    said
}

fn as_json(explained: &Explained<'_>) -> Value {
    let rule = explained.rule;
    let (outcome, parts) = match &explained.outcome {
        RuleOutcome::Matched => ("matched", Value::Null),
        RuleOutcome::Unmatched(parts) => ("unmatched", json!(parts)),
        RuleOutcome::Erred(what) => ("erred", json!([what])),
    };
    let change = match &explained.change {
        RuleChange::Nothing => Value::Null,
        RuleChange::Approval(name) => json!({ "approval": name }),
        RuleChange::Hold(parts) => json!({ "all_hold": parts }),
        RuleChange::Fail(parts) => json!({ "one_fails": parts }),
    };
    json!({
        "rule": rule.id(), "file": rule.file(), "line": rule.line(), "permit": rule.is_permit(),
        "observes": rule.observes(), "approval": rule.approval(), "outcome": outcome, "parts": parts,
        "change": change, "instead": rule.instead(),
    })
}
