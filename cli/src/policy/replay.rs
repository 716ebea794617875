//! `policy replay`: what a new bundle would have changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use bundle::Bundle;
use bundle_build::{Answer, Answered};
use clap::Args;
use domain::Timestamp;
use serde_json::{Value, json};
use wire::text::rfc3339;

use super::output::{Output, answer, answer_json, counted};
use super::recorded::{Recorded, RecordedDecisions, Undecidable};
use super::{COULD_NOT, FOUND, Found, open};
use crate::console::{Console, cell};

/// Arguments of `policy replay`.
///
/// Exit code 0: every recorded decision of rules stays as it was; 1: some differ; 2: some cannot be told, because what decides
/// is masked or the log does not read, and none that can differs. Denials that no rule made (a token that does not count, a
/// target that cannot be planned) are counted and listed apart: rules do not decide them, so they change no exit code.
/// What is masked in the log is not guessed. What became of an action stays as recorded: a replay asks what policy would have
/// said to the same request at the same time, not what agents or people would have done then.
#[derive(Debug, Args)]
#[command(after_help = super::help("replay new-policies --ledger ./log"))]
pub struct Replay {
    /// The new bundle: its folder, or what `bundle build` made of one.
    bundle: PathBuf,
    /// A folder with the bucket's `log/`, as `ledger fetch` makes it, or `s3://bucket[/prefix]`.
    #[arg(long)]
    ledger: String,
    #[command(flatten)]
    output: Output,
}

/// How an answer changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// It was not, now it runs unasked.
    Allowed,
    /// It was not, now it never runs.
    Denied,
    /// It was not, now people are asked.
    Asked,
    /// Others are asked.
    AskedOthers,
}

impl Change {
    /// None when nothing that anybody would notice changed.
    pub(super) fn between(was: &Answer, is: &Answer) -> Option<Self> {
        let denies = |answer: &Answer| matches!(answer.outcome, Answered::Forbid | Answered::Refused);
        match is.outcome {
            _ if denies(was) && denies(is) => None,
            Answered::RequireApproval if was.outcome == is.outcome => {
                (was.requirements != is.requirements).then_some(Self::AskedOthers)
            }
            outcome if outcome == was.outcome => None,
            Answered::Permit => Some(Self::Allowed),
            Answered::RequireApproval => Some(Self::Asked),
            Answered::Forbid | Answered::Refused => Some(Self::Denied),
        }
    }

    pub(super) fn says(self) -> &'static str {
        match self {
            Self::Allowed => "newly allowed",
            Self::Denied => "newly denied",
            Self::Asked => "newly asked",
            Self::AskedOthers => "others asked",
        }
    }
}

/// One recorded decision and what the new bundle makes of it.
struct Again<'a> {
    recorded: &'a Recorded,
    was: Answer,
    is: Result<Answer, Undecidable>,
}

impl Again<'_> {
    /// Whether rules decide it, but nobody can say how.
    fn unsure(&self) -> bool {
        matches!(self.is, Err(Undecidable::Masked(_)))
    }

    /// The code of a denial that no rule made.
    fn not_by_rules(&self) -> Option<&str> {
        match &self.is {
            Err(Undecidable::NotByRules(code)) => Some(code),
            _ => None,
        }
    }

    fn change(&self) -> Option<Change> {
        Change::between(&self.was, self.is.as_ref().ok()?)
    }
}

impl Replay {
    pub(super) async fn run(self, console: &Console) -> Found {
        let bundle = open(&self.bundle)?;
        let log = RecordedDecisions::read(&self.ledger).await?;
        let again =
            |recorded| Again { recorded, was: Recorded::was(recorded), is: recorded.under(&bundle, &log) };
        let all: Vec<Again<'_>> = log.decisions.iter().map(again).collect();
        let prompts = Prompts::count(&all, &bundle);
        if self.output.json {
            console.document(&as_json(&all, &log.unread, &prompts));
        } else {
            show(console, &all, &log.unread, &prompts);
        }
        let differs = all.iter().any(|one| one.change().is_some());
        let unsure = !log.unread.is_empty()
            || all.iter().all(|one| one.not_by_rules().is_some())
            || all.iter().any(Again::unsure);
        Ok(if differs {
            FOUND
        } else if unsure {
            COULD_NOT
        } else {
            0
        })
    }
}

fn show(console: &Console, all: &[Again<'_>], unread: &[String], prompts: &Prompts) {
    let mut rows = Vec::new();
    for one in all {
        let (told, is) = match (&one.is, one.change()) {
            (Err(Undecidable::NotByRules(_)), _) => ("not by rules", cell("-")),
            (Err(Undecidable::Masked(why)), _) => ("cannot be told", cell(why)),
            (Ok(is), Some(change)) => (change.says(), answer(is)),
            (Ok(_), None) => continue,
        };
        let recorded = one.recorded;
        let (at, kind) = (rfc3339(recorded.at), &recorded.request.action_type);
        rows.push(vec![
            cell(told),
            cell(recorded.action.as_str()),
            cell(at),
            cell(kind),
            answer(&one.was),
            is,
        ]);
    }
    console.table(&["change", "action", "decided", "type", "was", "is"], &rows);
    unread.iter().for_each(|why| console.line(format!("not read: {why}")));
    prompts.show(console);
    console.line(summary(all));
}

fn summary(all: &[Again<'_>]) -> String {
    let number = |wanted: Change| all.iter().filter(|one| one.change() == Some(wanted)).count();
    let unsure = all.iter().filter(|one| one.unsure()).count();
    let others = all.iter().filter(|one| one.not_by_rules().is_some()).count();
    let changed = all.iter().filter(|one| one.change().is_some()).count();
    let told = [Change::Allowed, Change::Denied, Change::Asked, Change::AskedOthers]
        .map(|change| format!("{} {}", number(change), change.says()))
        .join(", ");
    let same = all.len().saturating_sub(unsure + others).saturating_sub(changed);
    format!(
        "{}: {told}, {same} the same, {unsure} cannot be told, {others} not decided by rules",
        counted(all.len(), "recorded decision")
    )
}

fn as_json(all: &[Again<'_>], unread: &[String], prompts: &Prompts) -> Value {
    let one = |again: &Again<'_>| {
        json!({
            "action": again.recorded.action.as_str(), "revision": again.recorded.request.revision,
            "decided": rfc3339(again.recorded.at), "type": again.recorded.request.action_type,
            "change": again.change().map(Change::says), "was": answer_json(&again.was),
            "is": again.is.as_ref().ok().map(answer_json), "undecidable": again.is.as_ref().err().map(ToString::to_string), "not_by_rules": again.not_by_rules(),
        })
    };
    json!({
        "decisions": all.iter().map(one).collect::<Vec<_>>(), "unread": unread, "prompts": prompts.json(),
        "summary": summary(all),
    })
}

/// Who is asked how often: group → then or now → day → number, and hour of the day (UTC) → number.
#[derive(Default)]
struct Prompts {
    groups: BTreeMap<String, [Asked; 2]>,
    days: usize,
}

#[derive(Default, Clone)]
struct Asked {
    days: BTreeMap<String, usize>,
    hours: BTreeMap<String, usize>,
}

impl Prompts {
    fn count(all: &[Again<'_>], bundle: &Bundle) -> Self {
        let mut prompts = Self::default();
        let mut days = BTreeSet::new();
        for one in all {
            let at = one.recorded.at;
            days.insert(part(at, 0, 10));
            for group in one.recorded.groups() {
                prompts.add(&group, 0, at);
            }
            for group in one.is.as_ref().map(|is| groups(is, bundle)).unwrap_or_default() {
                prompts.add(&group, 1, at);
            }
        }
        prompts.days = days.len();
        prompts
    }

    fn add(&mut self, group: &str, when: usize, at: Timestamp) {
        let both = self.groups.entry(group.to_owned()).or_default();
        if let Some(asked) = both.get_mut(when) {
            *asked.days.entry(part(at, 0, 10)).or_default() += 1;
            *asked.hours.entry(part(at, 11, 13)).or_default() += 1;
        }
    }

    fn show(&self, console: &Console) {
        let row = |(group, [was, is]): (&String, &[Asked; 2])| {
            let (before, now) = (was.a_day(self.days), is.a_day(self.days));
            vec![cell(group), cell(before), cell(now), cell(is.busiest()), cell(is.by_hour())]
        };
        let rows: Vec<_> = self.groups.iter().map(row).collect();
        console.table(&["group asked", "a day, was", "a day, is", "busiest day", "by hour (UTC)"], &rows);
    }

    fn json(&self) -> Value {
        let asked = |asked: &Asked| json!({ "by_day": asked.days, "by_hour": asked.hours });
        let group = |(name, [was, is]): (&String, &[Asked; 2])| {
            (name.clone(), json!({ "was": asked(was), "is": asked(is) }))
        };
        Value::Object(self.groups.iter().map(group).collect())
    }
}

impl Asked {
    /// The mean over the days on which anything was decided, with one decimal.
    fn a_day(&self, days: usize) -> String {
        let tenths = (self.days.values().sum::<usize>() * 10).checked_div(days).unwrap_or(0);
        format!("{}.{}", tenths / 10, tenths % 10)
    }

    fn busiest(&self) -> String {
        let most = self.days.iter().max_by_key(|(day, number)| (**number, std::cmp::Reverse((*day).clone())));
        most.map_or_else(|| "-".to_owned(), |(day, number)| format!("{day}: {number}"))
    }

    fn by_hour(&self) -> String {
        let hours: Vec<String> =
            self.hours.iter().map(|(hour, number)| format!("{hour}h {number}")).collect();
        if hours.is_empty() { "-".to_owned() } else { hours.join(", ") }
    }
}

/// The groups an answer asks.
fn groups(answer: &Answer, bundle: &Bundle) -> BTreeSet<String> {
    let rules = answer.requirements.iter().filter_map(|name| bundle.requirement(name));
    rules.flat_map(|rule| &rule.groups).map(|wanted| wanted.group.clone()).collect()
}

/// A stretch of the time as written: the day, or the hour.
fn part(at: Timestamp, from: usize, to: usize) -> String {
    rfc3339(at).get(from..to).unwrap_or_default().to_owned()
}
