//! `policy diff`: decisions that differ between two bundles.

use std::path::PathBuf;

use bundle_build::Answer;
use clap::Args;
use serde_json::{Value, json};

use super::output::{Output, answer, answer_json, counted};
use super::recorded::{RecordedDecisions, Undecidable};
use super::replay::Change;
use super::{COULD_NOT, FOUND, Found, PolicyError, cases, open};
use crate::console::{Console, cell};

/// Arguments of `policy diff`.
///
/// Exit code 0: no decision differs; 1: some do; 2: some cannot be told, because what decides is masked or the log does not
/// read, and none that can differs. Recorded denials that no rule made are left out: no bundle decides them.
#[derive(Debug, Args)]
#[command(after_help = super::help("diff infra/policies new-policies --ledger ./log"))]
pub struct Diff {
    /// The one bundle: its folder, or what `bundle build` made of one.
    before: PathBuf,
    /// The other.
    after: PathBuf,
    /// Files of cases, instead of the `cases/*.yaml` of both folders.
    #[arg(long, num_args = 1..)]
    cases: Vec<PathBuf>,
    /// Recorded actions too: a folder with the bucket's `log/`, or `s3://bucket[/prefix]`.
    #[arg(long)]
    ledger: Option<String>,
    #[command(flatten)]
    output: Output,
}

/// A request, and what each bundle answers.
struct Compared {
    name: String,
    place: String,
    before: Result<Answer, Undecidable>,
    after: Result<Answer, Undecidable>,
}

impl Compared {
    fn change(&self) -> Option<Change> {
        Change::between(self.before.as_ref().ok()?, self.after.as_ref().ok()?)
    }

    fn unsure(&self) -> Option<&Undecidable> {
        self.before.as_ref().err().or(self.after.as_ref().err())
    }
}

impl Diff {
    pub(super) async fn run(self, console: &Console) -> Found {
        let (before, after) = (open(&self.before)?, open(&self.after)?);
        let mut asked = Vec::new();
        for case in self.cases()? {
            let ask = |bundle: &bundle::Bundle| Ok(case.question(bundle).answer(bundle));
            let (before, after) = (ask(&before), ask(&after));
            asked.push(Compared { name: case.name, place: case.place, before, after });
        }
        let mut unread = Vec::new();
        if let Some(ledger) = &self.ledger {
            let recorded = RecordedDecisions::read(ledger).await?;
            asked.extend(recorded.decisions.iter().filter(|one| one.by_rules()).map(|one| Compared {
                name: one.request.action_type.clone(),
                place: one.action.to_string(),
                before: one.under(&before, &recorded),
                after: one.under(&after, &recorded),
            }));
            unread = recorded.unread;
        }
        if asked.is_empty() {
            return Err(PolicyError::Usage("nothing to compare with: no cases, no --ledger".to_owned()));
        }
        if self.output.json {
            console.document(&as_json(&asked, &unread))
        } else {
            show(console, &asked, &unread)
        }
        let unsure = !unread.is_empty() || asked.iter().any(|one| one.unsure().is_some());
        let differs = asked.iter().any(|one| one.change().is_some());
        Ok(if differs {
            FOUND
        } else if unsure {
            COULD_NOT
        } else {
            0
        })
    }

    /// The cases of both folders; of two with one name and place the later one's.
    fn cases(&self) -> Result<Vec<bundle_build::Case>, PolicyError> {
        let mut all = cases(&self.cases, &self.after)?;
        if self.cases.is_empty() {
            let known = |case: &bundle_build::Case| all.iter().any(|one| one.name == case.name);
            let before = cases(&[], &self.before)?;
            let more: Vec<_> = before.into_iter().filter(|case| !known(case)).collect();
            all.extend(more);
        }
        Ok(all)
    }
}

fn show(console: &Console, asked: &[Compared], unread: &[String]) {
    let mut rows = Vec::new();
    for one in asked {
        let told = |answered: &Result<Answer, Undecidable>| match answered {
            Ok(given) => answer(given),
            Err(why) => cell(why.to_string()),
        };
        let change = match (one.unsure(), one.change()) {
            (Some(_), _) => "cannot be told",
            (None, Some(change)) => change.says(),
            (None, None) => continue,
        };
        rows.push(vec![cell(change), cell(&one.name), told(&one.before), told(&one.after), cell(&one.place)]);
    }
    console.table(&["change", "request", "before", "after", "at"], &rows);
    unread.iter().for_each(|why| console.line(format!("not read: {why}")));
    let differ = asked.iter().filter(|one| one.change().is_some()).count();
    console.line(format!("{}, {differ} differ", counted(asked.len(), "decision")));
}

fn as_json(asked: &[Compared], unread: &[String]) -> Value {
    let one = |compared: &Compared| {
        json!({
            "request": compared.name, "at": compared.place, "change": compared.change().map(Change::says),
            "before": compared.before.as_ref().ok().map(answer_json),
            "after": compared.after.as_ref().ok().map(answer_json), "undecidable": compared.unsure().map(ToString::to_string),
        })
    };
    json!({ "decisions": asked.iter().map(one).collect::<Vec<_>>(), "unread": unread })
}
