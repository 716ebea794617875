//! Every mistake in the sources is named, with its place, and stops the build.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod exemptions;
mod pins;
mod suspensions;
mod terms;

use std::path::{Path, PathBuf};

use bundle_build::{Compiled, Sources};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies")
}

/// The mistakes of the sample with one stretch of one file replaced.
fn mistakes(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut sources = Sources::read(&folder()).unwrap();
    let text = sources.0.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    *text = text.replacen(from, to, 1);
    match Compiled::from_sources(&sources, None) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.iter().map(ToString::to_string).collect(),
    }
}

fn each_is_named(table: &[(&str, &str, &str, &str)]) {
    for (file, from, to, expected) in table {
        let found = mistakes(file, from, to);
        let place = format!("{file}:");
        assert!(
            found.iter().any(|line| line.contains(expected) && line.starts_with(&place)),
            "{file}: `{from}` → `{to}` should say `{expected}`: {found:#?}"
        );
    }
}

const APPROVALS: &str = "approvals.yaml";
const DIRECTORY: &str = "directory.yaml";
const EXPORT: &str = "actions/s3-export.yaml";
const SECRET: &str = "actions/secret-put-value.yaml";
const LAMBDA: &str = "actions/lambda-invoke.yaml";
const JOBS: &str = "policies/jobs.cedar";
const ATTACH: &str = "actions/iam-attach-role-policy.yaml";

const SECRET_PINS: &str = "pins:
  - { name: secret_arn, held_by: call, description: \"the secret itself, not another of its name\" }
  - name: current_version
    description: the value it replaces
    held_by: check
    unpinned: Writing a secret names no version that it must replace, so a value written just before is replaced too.
";

/// O12: sources that do not read.
#[test]
fn unreadable_sources() {
    each_is_named(&[
        (EXPORT, "pins:", "pinz:", "unknown field `pinz`"),
        (EXPORT, "sensitivity: high", "sensitivity: extreme", "extreme"),
        (EXPORT, "summary:", "title: x\nsummary:", "duplicate mapping key"),
        (EXPORT, "idempotency: probeable\n", "", "idempotency"),
        (EXPORT, "source: s3-uri", "source: s3", "s3"),
        (EXPORT, "type: s3-export", "type: s3-exports", "belongs into `actions/s3-exports.yaml`"),
        (EXPORT, "{effect.destination_place}\"", "{effect.destination_place\"", "stays open"),
        (EXPORT, "sentence: \"Copy {source_key}", "sentence: \"Copy {Source key}", "is no name"),
        (APPROVALS, "deadline: PT1H", "deadline: soon", "seconds, or a duration"),
        (APPROVALS, "proof: idp", "proof: trust", "trust"),
        (
            APPROVALS,
            "groups: [{ group: data-owners",
            "name: x\n  groups: [{ group: data-owners",
            "its key alone",
        ),
        (DIRECTORY, "home_account:", "homeaccount:", "unknown field `homeaccount`"),
        (JOBS, "forbid (", "forbit (", "forbit"),
    ]);
}

/// W23, O12: a requirement that nobody could meet does not build.
#[test]
fn requirements_nobody_could_meet() {
    each_is_named(&[
        (APPROVALS, "group: sre, count: 2", "group: sre, count: 3", "too few distinct people"),
        (
            APPROVALS,
            "group: sre, count: 2 }",
            "group: sre, count: 2 }, { group: auditors, count: 1 }",
            "too few distinct",
        ),
        (APPROVALS, "group: sre, count: 2", "group: sre, count: 0", "between 1 and 20"),
        (APPROVALS, "group: sre, count: 2", "group: sres, count: 2", "`sres` is no group"),
        (
            APPROVALS,
            "group: sre, count: 2 }",
            "group: sre, count: 1 }, { group: sre, count: 1 }",
            "named twice",
        ),
        (APPROVALS, "[{ group: sre, count: 2 }]", "[]", "nobody is asked"),
        (APPROVALS, "deadline: PT1H", "deadline: PT10S", "between a minute and seven days"),
        (APPROVALS, "reminder: PT30M", "reminder: PT2H", "before the deadline"),
        (APPROVALS, "max_age: 300", "max_age: 0", "between a second and a day"),
        (APPROVALS, "proof: service", "proof: service\n  max_age: 300", "need `proof: idp`"),
    ]);
}

/// One person in two groups is one person, for the build too (W1).
#[test]
fn one_person_in_two_groups_is_one_person() {
    let mut sources = Sources::read(&folder()).unwrap();
    let edit = |sources: &mut Sources, file: &str, from: &str, to: &str| {
        let text = sources.0.get_mut(file).unwrap();
        assert!(text.contains(from));
        *text = text.replacen(from, to, 1);
    };
    edit(&mut sources, DIRECTORY, "members: [alice]", "members: [bob]");
    edit(&mut sources, APPROVALS, "\n  escalation: { after: PT30M, to: [sre] }", "");
    edit(&mut sources, APPROVALS, "\n  may_change: [/destination]", "");
    edit(
        &mut sources,
        APPROVALS,
        "[{ group: data-owners, count: 1 }]",
        "[{ group: data-owners, count: 1 }, { group: sre, count: 2 }]",
    );
    let wrong = Compiled::from_sources(&sources, None).unwrap_err();
    assert!(wrong.iter().any(|found| found.message.contains("too few distinct people")), "{wrong:?}");
    // Whom the directory does not list, the provider may have.
    edit(&mut sources, DIRECTORY, "data-owners: { members: [bob] }", "data-owners: {}");
    assert!(Compiled::from_sources(&sources, None).is_ok());
}

/// D13, P5: highly sensitive and irreversible types are asked about, with a fresh proof.
#[test]
fn dangerous_types_are_guarded() {
    let fresh = "proof: idp\n  max_age: 300\n  prompt_login: true";
    let proof = "must have `proof: idp`";
    let unattended = "@unattended(\"Nothing depends on what runs in development\")\n";
    let except = "resource)\nunless { resource.environment == \"development\" };";
    let unguarded = "policies/privileges.cedar:3:1: `agents-may-change-privileges` lets `lambda-invoke`";
    for (file, from, to, expected) in [
        (APPROVALS, fresh, "proof: service", proof),
        (APPROVALS, fresh, "proof: idp\n  max_age: 300", proof),
        (APPROVALS, fresh, "proof: idp\n  prompt_login: true", proof),
        (
            JOBS,
            unattended,
            "",
            "`jobs-in-development` lets `lambda-invoke` (irreversible) run without being asked",
        ),
        (JOBS, except, "resource);", "`agents-may-propose-jobs` lets `lambda-invoke` (irreversible)"),
        // A type comes under a permit that was written for others.
        (LAMBDA, "tags: [job-run]", "tags: [privilege-change]", unguarded),
    ] {
        let wrong = mistakes(file, from, to);
        assert!(wrong.iter().any(|line| line.contains(expected)), "{file}: `{from}`: {wrong:#?}");
    }
}

/// W22, D14: what names the target is always shown, and what is masked names nothing.
#[test]
fn targets_are_shown_and_secrets_name_nothing() {
    each_is_named(&[
        (
            EXPORT,
            "targets: [/source, /destination]",
            "targets: [/source]",
            "`/destination` decides what is touched",
        ),
        (
            EXPORT,
            "targets: [/source, /destination]",
            "masked: [{ pointer: /source, kind: path }]\n  targets: [/source, /destination]",
            "never masked",
        ),
        (
            EXPORT,
            "targets: [/source, /destination]",
            "targets: [/source, /destination, /sauce]",
            "`/sauce` is no parameter",
        ),
        (SECRET, "pointer: /value, kind: secret", "pointer: /value, kind: \"a b\"", "no kind of mask"),
        (SECRET, "new value into the secret {secret}", "new value {value} into {secret}", "`{value}` is no"),
        (SECRET, "\"{pin.secret_arn}\"", "\"{value}\"", "`{value}` is no"),
        (SECRET, "id: \"{secret}\"", "id: \"{value}\"", "`value` is no required simple parameter"),
        (LAMBDA, "value: \"{version}\"", "value: \"{payload}\"", "`{payload}` is no required"),
        (LAMBDA, "targets: [/function, /version]", "targets: []", "names no target"),
    ]);
}

/// P11, O8: a session policy names every action and resource whole.
#[test]
fn session_policies_are_exact() {
    each_is_named(&[
        (EXPORT, "\"s3:GetObjectVersion\"", "\"s3:Get*\"", "`s3:Get*`"),
        (
            EXPORT,
            "arn:aws:s3:::{source_bucket}/{source_key}",
            "arn:aws:s3:::{source_bucket}/*",
            "without `*` or `?`",
        ),
        (
            EXPORT,
            "Effect: Allow, Action: \"s3:PutObject\"",
            "Effect: Deny, Action: \"s3:PutObject\"",
            "`Effect: Allow`",
        ),
        (EXPORT, "Action: \"s3:PutObject\"", "NotAction: \"s3:PutObject\"", "`NotAction` has no place"),
        (
            EXPORT,
            "{source_bucket}/{source_key}\" }\n",
            "{source_bucket}/{effect.source_size}\" }\n",
            "{effect.source_size}",
        ),
        (EXPORT, "\"2012-10-17\"", "\"2008-10-17\"", "Version"),
        (LAMBDA, "{function}:{version}\"", "{function}:{version\"", "stays open"),
    ]);
}

/// O7, O12: schemas are closed, stand alone, and their example is a proposal.
#[test]
fn schemas_and_examples() {
    each_is_named(&[
        (EXPORT, "additionalProperties: false", "additionalProperties: true", "takes unknown fields"),
        (EXPORT, "type: string\n      maxLength: 1100", "maxLength: 1100", "does not say its type"),
        (
            LAMBDA,
            "type: string\n      maxLength: 8192",
            "$ref: \"https://example.com/schema\"",
            "outside the schema",
        ),
        (LAMBDA, "type: string\n      maxLength: 8192", "type: object", "takes unknown fields"),
        (LAMBDA, "type: string\n      maxLength: 8192", "type: array", "lists of anything"),
        (LAMBDA, "type: string\n      maxLength: 8192", "type: text", "no valid JSON Schema"),
        (LAMBDA, "version: \"1\"", "version: \"0\"", "the example: `/parameters/version`"),
        (
            LAMBDA,
            "'{\"model\":\"churn\"}'",
            "churn",
            "the example: `/parameters/payload`: must be well-formed JSON",
        ),
        (
            LAMBDA,
            "function: demo-retrain, version",
            "funktion: demo-retrain, version",
            "the example: `/parameters`",
        ),
        (LAMBDA, "  reason: The churn", "  because: The churn", "`because` is no field"),
        (LAMBDA, "type: lambda-invoke\n  parameters", "type: s3-export\n  parameters", "its `type` is not"),
        (
            ATTACH,
            "arn:aws:iam::000000000000:role/etl-nightly",
            "arn:aws:iam::111111111111:role/etl-nightly",
            "no account",
        ),
    ]);
}

/// What an entry says about itself.
#[test]
fn entries_say_everything() {
    each_is_named(&[
        (LAMBDA, "consequence: a job runs", "consequence: \" \"", "`consequence` says nothing"),
        (
            LAMBDA,
            "consequence: a job runs",
            "consequence: a job runs in production soon",
            "about three words",
        ),
        (
            LAMBDA,
            "sentence: \"Run version {version} of {function}\"",
            "sentence: Run it",
            "says nothing of what this one",
        ),
        (LAMBDA, "title: Run a function", "title: \"Run {function}\"", "belong into the `sentence`"),
        (SECRET, SECRET_PINS, "", "neither what is pinned"),
        (LAMBDA, "tags: [job-run]", "tags: [job-run, s3-export]", "`s3-export` is no name of a group"),
        (LAMBDA, "type: Function, id", "type: Agent, id", "cannot be the name of a resource type"),
        (LAMBDA, "id: \"{function}\"", "id: everything", "the same resource for every proposal"),
        (
            EXPORT,
            "  destination: { type: Object",
            "  approvals: { type: Object",
            "cannot be the name of a related",
        ),
        (
            EXPORT,
            "derived:\n  source: \"s3://{source_bucket}/{source_key}\"",
            "derived:\n  source: \"s3://{source_bucket}{source_key}\"",
            "words between them",
        ),
        (
            LAMBDA,
            "run_role: \"countersign-{deployment}-run-lambda-invoke\"",
            "run_role: admin",
            "`run_role` names",
        ),
    ]);
}

/// O8: a target that could be written in two ways would have two names in rules and directory.
#[test]
fn targets_have_one_name() {
    each_is_named(&[
        (
            EXPORT,
            "{ source: s3-uri, destination: s3-uri }",
            "{ source: s3-uri }",
            "`destination` decides what",
        ),
        (EXPORT, "source: s3-uri,", "sauce: s3-uri, source: s3-uri,", "`sauce` is no text"),
        (SECRET, "{ secret: name }", "{ secret: name, value: name }", "`value` is no text"),
        (SECRET, "{ secret: name }", "{ secret: arn }", "only one way of writing this"),
    ]);
}

/// A directory whose names lead nowhere.
#[test]
fn directories_that_lead_nowhere() {
    each_is_named(&[
        (DIRECTORY, "environment: staging", "environment: stagin", "`stagin` is no environment"),
        (
            DIRECTORY,
            "classification: customer }",
            "classification: custmer }",
            "`custmer` is no classification",
        ),
        (DIRECTORY, "teams: [data-agents] }", "teams: [data-agent] }", "`data-agent` is no team"),
        (DIRECTORY, "home_account: \"000000000000\"", "home_account: \"1\"", "none of the accounts"),
        (DIRECTORY, "id: \"000000000000\"", "id: \"00000000000\"", "twelve digits"),
        (DIRECTORY, "{ type: Function,", "{ type: Funktion,", "no action has resources of the type"),
        (DIRECTORY, "pattern: \"s3://customers/*\"", "pattern: \"*\"", "everything there is"),
        (DIRECTORY, "classifications: [public, internal, customer]", "classifications: []", "lists nothing"),
        (DIRECTORY, "auditors: auditors", "auditors: audit", "`audit` is no group"),
        (DIRECTORY, "zone: Europe/Berlin", "zone: Europe/Berlni", "no zone of the IANA database"),
        (DIRECTORY, "from: \"09:00\"", "from: \"17:00\"", "end before they begin"),
        (DIRECTORY, "days: [mon, tue, wed, thu, fri]", "days: [mon, mon]", "names each day of work once"),
        (DIRECTORY, "  business_hours:", "  # business_hours:", "say `business_hours`"),
    ]);
}
