//! Every mistake in the sources is named, with its place, and stops the build.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod asking;
mod channels;
mod exemptions;
mod pins;
mod suspensions;
mod terms;

#[path = "../sample/mod.rs"]
mod sample;

use sample::{APPROVALS, DIRECTORY, Sample};
use serde_json::{Value, json};

/// A file, a pointer, what stands there instead (none: nothing), and what is said about it.
type Mistake = (&'static str, &'static str, Option<Value>, &'static str);

fn each_is_named(table: Vec<Mistake>) {
    for (file, pointer, value, expected) in table {
        let sample = Sample::new();
        let what = format!("{file}{pointer} = {value:?}");
        let sample = match value {
            Some(value) => sample.set(file, pointer, value),
            None => sample.without(file, pointer),
        };
        is_named(&sample.mistakes(), (file, &what), expected);
    }
}

/// The same where the text itself is the mistake, or a rule's.
fn each_text_is_named(table: &[(&str, &str, &str, &str)]) {
    for (file, from, to, expected) in table {
        is_named(&texts(file, from, to), (file, to), expected);
    }
}

/// The mistakes of the sample with one stretch of one file replaced.
fn texts(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut sample = Sample::new();
    let text = sample.sources.0.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    *text = text.replacen(from, to, 1);
    sample.mistakes()
}

fn is_named(found: &[String], (file, what): (&str, &str), expected: &str) {
    let place = format!("{file}:");
    assert!(
        found.iter().any(|line| line.contains(expected) && line.starts_with(&place)),
        "{what} should say `{expected}`: {found:#?}"
    );
}

const EXPORT: &str = "actions/s3-export.yaml";
const SECRET: &str = "actions/secret-put-value.yaml";
const LAMBDA: &str = "actions/lambda-invoke.yaml";
const JOBS: &str = "policies/jobs.cedar";
const ATTACH: &str = "actions/iam-attach-role-policy.yaml";

/// O12: sources that do not read.
#[test]
fn unreadable_sources() {
    each_is_named(vec![
        (EXPORT, "/pinz", Some(json!([])), "unknown field `pinz`"),
        (EXPORT, "/sensitivity", Some(json!("extreme")), "extreme"),
        (EXPORT, "/idempotency", None, "idempotency"),
        (EXPORT, "/idempotency", Some(json!("neither")), "can find out what a lost attempt did"),
        (EXPORT, "/resolve", Some(json!("nobody")), "`nobody` is no requirement"),
        (EXPORT, "/formats/source", Some(json!("s3")), "s3"),
        (EXPORT, "/type", Some(json!("s3-exports")), "belongs into `actions/s3-exports.yaml`"),
        (EXPORT, "/sentence", Some(json!("Copy {source_key")), "stays open"),
        (EXPORT, "/sentence", Some(json!("Copy {Source key}")), "is no name"),
        (APPROVALS, "/data-owners/deadline", Some(json!("soon")), "seconds, or a duration"),
        (APPROVALS, "/data-owners/proof", Some(json!("trust")), "trust"),
        (APPROVALS, "/data-owners/name", Some(json!("x")), "its key alone"),
        (DIRECTORY, "/homeaccount", Some(json!("000000000000")), "unknown field `homeaccount`"),
    ]);
    each_text_is_named(&[
        (EXPORT, "summary:", "title: x\nsummary:", "duplicate mapping key"),
        (JOBS, "forbid (", "forbit (", "forbit"),
    ]);
}

/// W23, O12: a requirement that nobody could meet does not build.
#[test]
fn requirements_nobody_could_meet() {
    let sre = |count: u32| json!({ "group": "sre", "count": count });
    let auditor = json!({ "group": "auditors", "count": 1 });
    each_is_named(vec![
        (APPROVALS, "/sre-pair/groups", Some(json!([sre(3)])), "too few distinct people"),
        (APPROVALS, "/sre-pair/groups", Some(json!([sre(2), auditor])), "too few distinct"),
        (APPROVALS, "/sre-pair/groups", Some(json!([sre(0)])), "between 1 and 20"),
        (APPROVALS, "/sre-pair/groups/0/group", Some(json!("sres")), "`sres` is no group"),
        (APPROVALS, "/sre-pair/groups", Some(json!([sre(1), sre(1)])), "named twice"),
        (APPROVALS, "/sre-pair/groups", Some(json!([])), "nobody is asked"),
        (APPROVALS, "/sre-pair/deadline", Some(json!("PT10S")), "between a minute and seven days"),
        (APPROVALS, "/data-owners/reminder", Some(json!("PT2H")), "before the deadline"),
        (APPROVALS, "/sre-pair/max_age", Some(json!(0)), "between a second and a day"),
        (APPROVALS, "/sre/max_age", Some(json!(300)), "need `proof: idp`"),
    ]);
}

/// One person in two groups is one person, for the build too (W1).
#[test]
fn one_person_in_two_groups_is_one_person() {
    let both = json!([{ "group": "data-owners", "count": 1 }, { "group": "sre", "count": 2 }]);
    let sample = Sample::new()
        .set(DIRECTORY, "/groups/data-owners/members", json!(["bob"]))
        .without(APPROVALS, "/data-owners/escalation")
        .without(APPROVALS, "/data-owners/may_change")
        .set(APPROVALS, "/data-owners/groups", both);
    let wrong = sample.mistakes();
    assert!(wrong.iter().any(|found| found.contains("too few distinct people")), "{wrong:?}");
    // Whom the directory does not list, the provider may have.
    assert_eq!(sample.without(DIRECTORY, "/groups/data-owners/members").mistakes(), Vec::<String>::new());
}

/// D13, P5: highly sensitive and irreversible types are asked about, with a fresh proof.
#[test]
fn dangerous_types_are_guarded() {
    let proof = "must have `proof: idp`";
    let says = |wrong: &[String], expected: &str| {
        assert!(wrong.iter().any(|line| line.contains(expected)), "{expected}: {wrong:#?}");
    };
    let owners = |gone: &[&str]| {
        gone.iter()
            .fold(Sample::new(), |sample, field| sample.without(APPROVALS, &format!("/data-owners/{field}")))
    };
    let alone = owners(&["max_age", "prompt_login"]).set(APPROVALS, "/data-owners/proof", json!("service"));
    for sample in [alone, owners(&["prompt_login"]), owners(&["max_age"])] {
        says(&sample.mistakes(), proof);
    }
    let unattended = "@unattended(\"Nothing depends on what runs in development\")\n";
    let except = "resource)\nunless { resource.environment == \"development\" };";
    let asked = "`jobs-in-development` lets `lambda-invoke` (irreversible) run without being asked";
    says(&texts(JOBS, unattended, ""), asked);
    says(&texts(JOBS, except, "resource);"), "`agents-may-propose-jobs` lets `lambda-invoke` (irreversible)");
    // A type comes under a permit that was written for others.
    let unguarded = "policies/privileges.cedar:3:1: `agents-may-change-privileges` lets `lambda-invoke`";
    says(&Sample::new().set(LAMBDA, "/tags", json!(["privilege-change"])).mistakes(), unguarded);
}

/// W22, D14: what names the target is always shown, and what is masked names nothing.
#[test]
fn targets_are_shown_and_secrets_name_nothing() {
    let masked = json!([{ "pointer": "/source", "kind": "path" }]);
    let sentence = json!("Put the new value {value} into {secret}");
    each_is_named(vec![
        (EXPORT, "/redaction/targets/1", None, "`/destination` decides what is touched"),
        (EXPORT, "/redaction/masked", Some(masked), "never masked"),
        (EXPORT, "/redaction/targets/-", Some(json!("/sauce")), "`/sauce` is no parameter"),
        (SECRET, "/redaction/masked/0/kind", Some(json!("a b")), "no kind of mask"),
        (SECRET, "/sentence", Some(sentence), "`{value}` is no"),
        (SECRET, "/session_policy/Statement/0/Resource", Some(json!("{value}")), "`{value}` is no"),
        (SECRET, "/resource/id", Some(json!("{value}")), "`value` is no required simple parameter"),
        (LAMBDA, "/fields/1/value", Some(json!("{payload}")), "`{payload}` is no required"),
        (LAMBDA, "/redaction/targets", Some(json!([])), "names no target"),
    ]);
}

/// P11, O8: a session policy names every action and resource whole.
#[test]
fn session_policies_are_exact() {
    let read = "/session_policy/Statement/0/Resource";
    let write = "/session_policy/Statement/1";
    let deny = json!({ "Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/b" });
    let open = json!("arn:aws:lambda:{plan.region}:{plan.account}:function:{function}:{version");
    each_is_named(vec![
        (EXPORT, "/session_policy/Statement/0/Action", Some(json!("s3:Get*")), "`s3:Get*`"),
        (EXPORT, read, Some(json!("arn:aws:s3:::{source_bucket}/*")), "without `*` or `?`"),
        (EXPORT, write, Some(deny), "`Effect: Allow`"),
        (EXPORT, "/session_policy/Statement/1/NotAction", Some(json!("x")), "`NotAction` has no place"),
        (EXPORT, read, Some(json!("arn:aws:s3:::a/{effect.source_size}")), "{effect.source_size}"),
        (EXPORT, "/session_policy/Version", Some(json!("2008-10-17")), "Version"),
        (LAMBDA, read, Some(open), "stays open"),
    ]);
}

/// O7, O12: schemas are closed, stand alone, and their example is a proposal.
#[test]
fn schemas_and_examples() {
    let payload = "/parameters/properties/payload";
    let kind = "/parameters/properties/payload/type";
    let outside = json!({ "$ref": "https://example.com/schema" });
    let elsewhere = json!("arn:aws:iam::111111111111:role/etl-nightly");
    each_is_named(vec![
        (EXPORT, "/parameters/additionalProperties", Some(json!(true)), "takes unknown fields"),
        (EXPORT, "/parameters/properties/source/type", None, "does not say its type"),
        (LAMBDA, payload, Some(outside), "outside the schema"),
        (LAMBDA, kind, Some(json!("object")), "takes unknown fields"),
        (LAMBDA, kind, Some(json!("array")), "lists of anything"),
        (LAMBDA, kind, Some(json!("text")), "no valid JSON Schema"),
        (LAMBDA, "/example/parameters/version", Some(json!("0")), "the example: `/parameters/version`"),
        (
            LAMBDA,
            "/example/parameters/payload",
            Some(json!("churn")),
            "the example: `/parameters/payload`: must be well-formed JSON",
        ),
        (LAMBDA, "/example/parameters/funktion", Some(json!("x")), "the example: `/parameters`"),
        (LAMBDA, "/example/because", Some(json!("x")), "`because` is no field"),
        (LAMBDA, "/example/type", Some(json!("s3-export")), "its `type` is not"),
        (ATTACH, "/example/parameters/role", Some(elsewhere), "no account"),
    ]);
}

/// What an entry says about itself.
#[test]
fn entries_say_everything() {
    let long = json!("a job runs in production soon");
    let touching = json!("s3://{source_bucket}{source_key}");
    let related = json!({ "type": "Object", "id": "{destination}" });
    each_is_named(vec![
        (LAMBDA, "/consequence", Some(json!(" ")), "`consequence` says nothing"),
        (LAMBDA, "/consequence", Some(long), "about three words"),
        (LAMBDA, "/sentence", Some(json!("Run it")), "says nothing of what this one"),
        (LAMBDA, "/title", Some(json!("Run {function}")), "belong into the `sentence`"),
        (SECRET, "/pins", None, "neither what is pinned"),
        (LAMBDA, "/tags/-", Some(json!("s3-export")), "`s3-export` is no name of a group"),
        (LAMBDA, "/resource/type", Some(json!("Agent")), "cannot be the name of a resource type"),
        (LAMBDA, "/resource/id", Some(json!("everything")), "the same resource for every proposal"),
        (EXPORT, "/related/approvals", Some(related), "cannot be the name of a related"),
        (EXPORT, "/derived/source", Some(touching), "words between them"),
        (LAMBDA, "/run_role", Some(json!("admin")), "`run_role` names"),
    ]);
}

/// O8: a target that could be written in two ways would have two names in rules and directory.
#[test]
fn targets_have_one_name() {
    each_is_named(vec![
        (EXPORT, "/formats/destination", None, "`destination` decides what"),
        (EXPORT, "/formats/sauce", Some(json!("s3-uri")), "`sauce` is no text"),
        (SECRET, "/formats/value", Some(json!("name")), "`value` is no text"),
        (SECRET, "/formats/secret", Some(json!("arn")), "only one way of writing this"),
    ]);
}

/// A directory whose names lead nowhere.
#[test]
fn directories_that_lead_nowhere() {
    each_is_named(vec![
        (DIRECTORY, "/resources/6/environment", Some(json!("stagin")), "`stagin` is no environment"),
        (DIRECTORY, "/resources/0/classification", Some(json!("custmer")), "`custmer` is no classification"),
        (DIRECTORY, "/agents/0/teams", Some(json!(["data-agent"])), "`data-agent` is no team"),
        (DIRECTORY, "/home_account", Some(json!("1")), "none of the accounts"),
        (DIRECTORY, "/accounts/0/id", Some(json!("00000000000")), "twelve digits"),
        (DIRECTORY, "/resources/6/type", Some(json!("Funktion")), "no action has resources of the type"),
        (DIRECTORY, "/resources/0/pattern", Some(json!("*")), "everything there is"),
        (DIRECTORY, "/classifications", Some(json!([])), "lists nothing"),
        (DIRECTORY, "/auditors", Some(json!("audit")), "`audit` is no group"),
        (DIRECTORY, "/calendar/zone", Some(json!("Europe/Berlni")), "no zone of the IANA database"),
        (DIRECTORY, "/calendar/business_hours/from", Some(json!("17:00")), "end before they begin"),
        (
            DIRECTORY,
            "/calendar/business_hours/days",
            Some(json!(["mon", "mon"])),
            "names each day of work once",
        ),
        (DIRECTORY, "/calendar/business_hours", None, "say `business_hours`"),
    ]);
}
