//! Vocabularies, rules and facts made from a number, and Cedar asked about them the plain way.
#![allow(dead_code, reason = "tests and benchmarks use different parts")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what is generated here fits, or the test fails"
)]

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, Schema};
use domain::Timestamp;
use policy::{
    ActionWords, Agent, Calendar, Counts, EvaluationContext, Fact, Facts, History, PROVENANCE, ParameterKind,
    ParameterWords, RequirementWords, Resource, Source, Vocabulary,
};
use serde_json::{Value, json};

/// A small generator of numbers (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn chance(&mut self, in_ten: usize) -> bool {
        self.roll(10) < in_ten
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }

    pub fn some(&mut self, of: &[String]) -> BTreeSet<String> {
        of.iter().filter(|_| self.chance(4)).cloned().collect()
    }
}

/// Rules and the words they use.
pub struct GeneratedRules {
    pub vocabulary: Vocabulary,
    pub rules: Vec<String>,
}

pub const REQUIREMENTS: [&str; 4] = ["data-owners", "sre", "security", "legal"];
const CLASSES: [&str; 3] = ["public", "internal", "customer"];
const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];

fn named(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

impl GeneratedRules {
    /// `actions` types in a few groups, and `rules` rules of which `broad` in ten are about every type.
    pub fn new(dice: &mut Dice, actions: usize, rules: usize, broad: usize) -> Self {
        let groups = named("group-", 1 + actions / 4);
        let parameter = |name: &str, kind| (name.to_owned(), ParameterWords { kind, required: true });
        let action = |name: String| ActionWords {
            groups: (0..dice.roll(3)).map(|_| dice.one(&groups).clone()).collect(),
            resource: (*dice.one(&["Object", "Role"])).to_owned(),
            related: if dice.chance(5) {
                BTreeMap::from([("destination".to_owned(), "Object".to_owned())])
            } else {
                BTreeMap::new()
            },
            parameters: BTreeMap::from([
                parameter("rows", ParameterKind::Whole),
                parameter("note", ParameterKind::Text),
                parameter("dry", ParameterKind::Truth),
                parameter("labels", ParameterKind::Texts),
            ]),
            high: false,
            irreversible: false,
            name,
        };
        let texts = |of: &[&str]| of.iter().map(|text| (*text).to_owned()).collect();
        let vocabulary = Vocabulary {
            actions: named("act-", actions).into_iter().map(action).collect(),
            teams: named("team-", 4).into_iter().collect(),
            classifications: texts(&CLASSES),
            environments: texts(&ENVIRONMENTS),
            requirements: REQUIREMENTS
                .map(|name| (name.to_owned(), RequirementWords { fresh_proof: true }))
                .into(),
        };
        let rules = (0..rules).map(|number| rule(dice, &vocabulary, number, broad)).collect();
        Self { vocabulary, rules }
    }

    pub fn text(&self) -> String {
        self.rules.concat()
    }

    pub fn sources(&self) -> Vec<Source> {
        vec![Source { file: "policies/generated.cedar".to_owned(), text: self.text() }]
    }

    /// What decides: without the rules that only observe.
    pub fn deciding(&self) -> String {
        let decides = |rule: &&String| !rule.contains("@mode");
        self.rules.iter().filter(decides).map(String::as_str).collect()
    }
}

fn rule(dice: &mut Dice, vocabulary: &Vocabulary, number: usize, broad: usize) -> String {
    let action = dice.one(&vocabulary.actions).clone();
    let group = action.groups.first().cloned();
    let (scope, related) = match (dice.chance(broad), group.filter(|_| dice.chance(3))) {
        (true, _) => ("action".to_owned(), false),
        (false, Some(group)) => (format!("action in Action::\"{group}\""), false),
        (false, None) => (format!("action == Action::\"{}\"", action.name), !action.related.is_empty()),
    };
    let principal = match dice.roll(8) {
        0..3 => "principal".to_owned(),
        3..7 => format!("principal in Team::\"team-{}\"", dice.roll(4)),
        _ => format!("principal == Agent::\"https://issuer.example|agent-{}\"", dice.roll(4)),
    };
    let condition = condition(dice, related);
    let head = format!("@id(\"rule-{number}\")");
    match dice.roll(10) {
        0..4 => format!("{head} permit ({principal}, {scope}, resource) {condition};\n"),
        4..8 => {
            let name = dice.one(&REQUIREMENTS);
            let lifted = format!("unless {{ context.approvals.contains(\"{name}\") }}");
            format!(
                "{head} @approval(\"{name}\") forbid ({principal}, {scope}, resource) {condition} {lifted};\n"
            )
        }
        8 => format!("{head} @mode(\"observe\") forbid ({principal}, {scope}, resource) {condition};\n"),
        _ => {
            format!(
                "{head} forbid ({principal}, {scope}, resource) {condition} when {{ context.change_freeze }};\n"
            )
        }
    }
}

fn condition(dice: &mut Dice, related: bool) -> String {
    let words = match dice.roll(if related { 15 } else { 13 }) {
        0 => return String::new(),
        1 => format!("resource.classification == \"{}\"", dice.one(&CLASSES)),
        2 => format!("[\"staging\", \"production\"].contains(resource.environment) || {}", dice.chance(5)),
        3 => format!("context.parameters.rows > {}", dice.roll(10)),
        4 => "context.parameters.dry".to_owned(),
        5 => format!("context.history.denied_day < {}", 1 + dice.roll(4)),
        6 => "context.changed_since_last.contains(\"first\")".to_owned(),
        7 => "context.business_hours && context.weekday < 6".to_owned(),
        8 => "principal.groups.contains(\"team-1\") && principal.owner != \"\"".to_owned(),
        9 => "context.provenance.verified && context.provenance.branch == \"main\"".to_owned(),
        10 => "context.now < datetime(\"2026-11-21T00:00:00.000Z\") || context.emergency".to_owned(),
        11 => "context.parameters.labels.contains(\"a\")".to_owned(),
        // Errs for the largest numbers.
        12 => "context.parameters.rows + 9223372036854775800 > 0".to_owned(),
        13 => "context.destination.inside".to_owned(),
        _ => "context.destination.classification != resource.classification".to_owned(),
    };
    format!("{} {{ {words} }}", dice.one(&["when", "unless"]))
}

/// Facts about one of the generated action types.
pub fn facts(dice: &mut Dice, generated: &GeneratedRules) -> Facts {
    let action = dice.one(&generated.vocabulary.actions).clone();
    let teams = dice.some(&named("team-", 4));
    let count = |dice: &mut Dice| {
        let hour = u32::try_from(dice.roll(4)).unwrap();
        Counts { hour, day: hour + 1, week: hour + 2 }
    };
    let history = History {
        executed: count(dice),
        denied: count(dice),
        failed: count(dice),
        changed_since_last: dice.some(&["first".to_owned(), "branch".to_owned()]),
    };
    let weekday = u8::try_from(1 + dice.roll(7)).unwrap();
    let repository = ("repository".to_owned(), "acme/reports".to_owned());
    let branch = ("ref".to_owned(), format!("refs/heads/{}", dice.one(&["main", "feature"])));
    let parameters = BTreeMap::from([
        ("rows".to_owned(), Fact::Whole(i64::try_from(dice.roll(11)).unwrap())),
        ("note".to_owned(), Fact::Text("n".to_owned())),
        ("dry".to_owned(), Fact::Truth(dice.chance(5))),
        ("labels".to_owned(), Fact::Texts(dice.some(&["a".to_owned(), "b".to_owned()]))),
    ]);
    Facts {
        agent: Agent {
            issuer: "https://issuer.example".to_owned(),
            subject: format!("agent-{}", dice.roll(6)),
            owner: dice.one(&["", "dana"]).to_string(),
            teams,
        },
        resource: resource(dice, &action.resource, "target"),
        related: action
            .related
            .iter()
            .map(|(name, kind)| (name.clone(), resource(dice, kind, "other")))
            .collect(),
        action: action.name,
        context: EvaluationContext {
            now: Timestamp::from_millis(1_795_000_000_123 + i64::try_from(dice.roll(500_000_000)).unwrap()),
            change_freeze: dice.chance(2),
            calendar: Calendar { weekday, hour: 9, business_hours: dice.chance(5), ..Calendar::default() },
            history: dice.chance(8).then_some(history),
            emergency: dice.chance(2),
            sensitivity: "medium".to_owned(),
            reversible: true,
            provenance: [repository, branch].into_iter().filter(|_| dice.chance(6)).collect(),
            parameters,
        },
    }
}

fn resource(dice: &mut Dice, kind: &str, id: &str) -> Resource {
    Resource {
        kind: kind.to_owned(),
        id: id.to_owned(),
        account: "000000000000".to_owned(),
        classification: (*dice.one(&CLASSES)).to_owned(),
        environment: (*dice.one(&ENVIRONMENTS)).to_owned(),
        inside: dice.chance(5),
        known: true,
        owner: String::new(),
    }
}

/// Cedar over the whole set, request and entities written as JSON: whether it allows, and whether any rule erred.
pub fn cedar(
    set: &PolicySet,
    schema: Option<&Schema>,
    facts: &Facts,
    approvals: &BTreeSet<String>,
    vocabulary: &Vocabulary,
) -> (bool, bool) {
    let entity = |kind: &str, id: &str| json!({ "type": kind, "id": id });
    let uid = |kind: &str, id: &str| EntityUid::from_json(entity(kind, id)).unwrap();
    let agent = format!("{}|{}", facts.agent.issuer, facts.agent.subject);
    let described = |it: &Resource| {
        json!({ "uid": entity(&it.kind, &it.id), "parents": [], "attrs": { "account": it.account,
            "classification": it.classification, "environment": it.environment, "inside": it.inside,
            "known": it.known, "owner": it.owner, "path": it.id } })
    };
    let teams: Vec<Value> = facts.agent.teams.iter().map(|team| entity("Team", team)).collect();
    let mut entities = vec![
        json!({ "uid": entity("Agent", &agent), "parents": teams, "attrs": { "issuer": facts.agent.issuer,
            "subject": facts.agent.subject, "owner": facts.agent.owner, "owned": !facts.agent.owner.is_empty(),
            "groups": facts.agent.teams } }),
        described(&facts.resource),
    ];
    entities.extend(facts.related.values().map(described));
    entities.extend(teams.iter().map(|team| json!({ "uid": team, "parents": [], "attrs": {} })));
    if schema.is_none() {
        let groups = &vocabulary.action(&facts.action).unwrap().groups;
        let groups: Vec<Value> = groups.iter().map(|group| entity("Action", group)).collect();
        entities.push(json!({ "uid": entity("Action", &facts.action), "parents": groups, "attrs": {} }));
    }
    let action = uid("Action", &facts.action);
    let context = Context::from_json_value(context(facts, approvals), schema.map(|schema| (schema, &action)));
    let resource = uid(&facts.resource.kind, &facts.resource.id);
    let request = Request::new(uid("Agent", &agent), action, resource, context.unwrap(), schema).unwrap();
    let entities = Entities::from_json_value(Value::Array(entities), schema).unwrap();
    let answer = Authorizer::new().is_authorized(&request, set, &entities);
    (answer.decision() == Decision::Allow, answer.diagnostics().errors().next().is_some())
}

fn context(facts: &Facts, approvals: &BTreeSet<String>) -> Value {
    let about = &facts.context;
    let fact = |name: &str| about.provenance.get(name).cloned().unwrap_or_default();
    let mut provenance: BTreeMap<String, Value> =
        PROVENANCE.iter().map(|name| ((*name).to_owned(), json!(fact(name)))).collect();
    provenance
        .insert("branch".to_owned(), json!(fact("ref").strip_prefix("refs/heads/").unwrap_or_default()));
    provenance.insert("verified".to_owned(), json!(!fact("repository").is_empty()));
    let before = about.history.clone().unwrap_or_default();
    let mut history = BTreeMap::new();
    for (kind, counts) in
        [("executed", before.executed), ("denied", before.denied), ("failed", before.failed)]
    {
        history.insert(format!("{kind}_hour"), counts.hour);
        history.insert(format!("{kind}_day"), counts.day);
        history.insert(format!("{kind}_week"), counts.week);
    }
    let parameters: BTreeMap<&String, Value> = about
        .parameters
        .iter()
        .map(|(name, fact)| {
            let value = match fact {
                Fact::Text(text) => json!(text),
                Fact::Whole(number) => json!(number),
                Fact::Truth(truth) => json!(truth),
                Fact::Texts(texts) => json!(texts),
            };
            (name, value)
        })
        .collect();
    let now = jiff::Timestamp::from_millisecond(about.now.millis()).unwrap();
    let now = json!({ "__extn": { "fn": "datetime", "arg": format!("{now:.3}") } });
    let calendar = &about.calendar;
    let mut context = json!({ "approvals": approvals, "change_freeze": about.change_freeze, "sensitivity": about.sensitivity,
        "reversible": about.reversible, "emergency": about.emergency, "business_hours": calendar.business_hours,
        "weekday": calendar.weekday, "hour": calendar.hour, "minute": calendar.minute, "date": calendar.date,
        "history": history, "changed_since_last": before.changed_since_last, "provenance": provenance, "parameters": parameters, "now": now });
    for (name, resource) in &facts.related {
        context[name] = json!({ "__entity": { "type": resource.kind, "id": resource.id } });
    }
    context
}
