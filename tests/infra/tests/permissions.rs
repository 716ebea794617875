//! Who may touch what: the permission matrix of the functions and of the roles in a target account, as written in the
//! templates. Read a changed snapshot like a change of the locks.
#![expect(clippy::unwrap_used, reason = "a test's own helper functions fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use infra_tests::{PolicyStatement, resources, statements, text, yaml};
use serde_json::Value;

const FUNCTIONS: [&str; 7] = ["intake", "policy", "ledger", "notify", "callbacks", "execution", "sweep"];

fn function_of(statement: &PolicyStatement) -> Option<&'static str> {
    FUNCTIONS.into_iter().find(|name| statement.role.to_lowercase() == format!("{name}role"))
}

/// Rows resources, columns functions, cells what the function may do there; conditions below.
fn matrix(all: &[PolicyStatement]) -> String {
    let mut cells: BTreeMap<String, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    let mut conditions = BTreeSet::new();
    for statement in all {
        let Some(function) = function_of(statement) else { continue };
        let (service, action) = statement.action.split_once(':').unwrap();
        let own = statement.resource.replace(&format!("{}Logs", capital(function)), "own log group");
        cells.entry(format!("{service} {own}")).or_default().entry(function).or_default().push(action);
        if !statement.condition.is_empty() {
            conditions.insert(format!(
                "{function} {} {}: {}",
                statement.action, statement.resource, statement.condition
            ));
        }
    }
    let mut out = String::new();
    for (row, columns) in &cells {
        writeln!(out, "{row}").unwrap();
        for function in FUNCTIONS {
            if let Some(actions) = columns.get(function) {
                writeln!(out, "    {function:<10} {}", actions.join(", ")).unwrap();
            }
        }
    }
    writeln!(out, "\nonly if").unwrap();
    conditions.iter().for_each(|line| writeln!(out, "    {line}").unwrap());
    out
}

fn capital(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

/// P5, D1, D2: each function may do exactly this. An absent line is a permission that nobody has.
#[test]
fn functions_may_touch_exactly_what_the_matrix_says() {
    insta::assert_snapshot!(matrix(&statements(&yaml("infra/template.yaml").unwrap()).unwrap()));
}

/// P11: in a target account an inspection role only looks, and a run role does one kind of thing.
#[test]
fn roles_in_a_target_account_do_one_thing_each() {
    let template = yaml("infra/target.yaml").unwrap();
    let mut out = String::new();
    for statement in statements(&template).unwrap() {
        let PolicyStatement { role, action, resource, condition, .. } = statement;
        writeln!(out, "{role:<28} {action:<38} {resource} {condition}").unwrap();
    }
    for (id, role) in resources(&template, "AWS::IAM::Role") {
        for trust in
            role.pointer("/Properties/AssumeRolePolicyDocument/Statement").unwrap().as_array().unwrap()
        {
            writeln!(
                out,
                "{id:<28} is for {:<30} {}",
                trust["Action"].as_str().unwrap(),
                trust["Principal"]["AWS"]
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(out);
}

/// P11: only execution may name a source identity and tag a session, and only it may assume a role that runs anything.
#[test]
fn only_execution_may_run() {
    for statement in statements(&yaml("infra/template.yaml").unwrap()).unwrap() {
        let runs = statement.resource.contains("-run-")
            || ["sts:SetSourceIdentity", "sts:TagSession"].contains(&statement.action.as_str());
        assert!(!runs || statement.role == "ExecutionRole", "{statement:?}");
    }
}

/// P1, P9: nobody may delete, scan, shorten or lift retention, or use an action by pattern.
#[test]
fn nobody_may_delete_scan_or_change_retention() {
    let harmless = ["sqs:DeleteMessage", "ec2:DeleteNetworkInterface"];
    for file in ["infra/template.yaml", "infra/target.yaml"] {
        for statement in
            statements(&yaml(file).unwrap()).unwrap().iter().filter(|found| found.effect == "Allow")
        {
            let action = statement.action.as_str();
            let verb = action.split_once(':').unwrap().1;
            let forbidden =
                ["Delete", "Scan", "PutObjectRetention", "LegalHold", "Bypass", "PartiQL", "BatchWrite", "*"];
            assert!(
                harmless.contains(&action) || !forbidden.iter().any(|word| verb.contains(word)),
                "{statement:?}"
            );
        }
    }
}

/// One permission a statement, by name: no resource is a bare wildcard but where AWS has no name to give.
#[test]
fn statements_name_what_they_allow() {
    let nameless = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
    for file in ["infra/template.yaml", "infra/target.yaml"] {
        let all = statements(&yaml(file).unwrap()).unwrap();
        for statement in all.iter().filter(|found| found.effect == "Allow" && found.resource == "*") {
            assert!(nameless.contains(&statement.action.as_str()), "{statement:?}");
        }
        let sids: BTreeSet<_> = all.iter().map(|found| (&found.role, &found.sid)).collect();
        assert_eq!(sids.len(), all.len(), "a Sid occurs twice in one role of {file}");
        let pairs: BTreeSet<_> =
            all.iter().map(|found| (&found.role, &found.action, &found.resource)).collect();
        assert_eq!(pairs.len(), all.len(), "a permission is given twice in one role of {file}");
    }
}

/// P5: a key is used by the roles that the matrix names and administered without being used.
#[test]
fn keys_are_used_by_their_functions_alone() {
    let template = yaml("infra/state.yaml").unwrap();
    let mut out = String::new();
    for (id, key) in resources(&template, "AWS::KMS::Key") {
        for statement in key.pointer("/Properties/KeyPolicy/Statement").unwrap().as_array().unwrap() {
            let action = match &statement["Action"] {
                Value::String(one) => one.clone(),
                many => many
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one.as_str().unwrap())
                    .collect::<Vec<_>>()
                    .join(" "),
            };
            let roles = statement.pointer("/Condition/ArnLike/aws:PrincipalArn").and_then(Value::as_array);
            let roles: Vec<_> = roles
                .into_iter()
                .flatten()
                .map(|arn| arn.as_str().unwrap())
                .filter(|arn| arn.contains(":role/"))
                .collect();
            let roles = roles
                .join(" ")
                .replace("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/countersign-${Deployment}-", "");
            writeln!(out, "{id:<14} {:<15} {roles:<18} {action}", statement["Sid"].as_str().unwrap())
                .unwrap();
        }
    }
    insta::assert_snapshot!(out);
}

/// P9: objects of the log and of the bundles are new or refused, nothing goes, whatever a role's own policy says.
#[test]
fn bucket_policies_refuse_overwriting_and_deleting() {
    let template = yaml("infra/template.yaml").unwrap();
    let mut out = String::new();
    for (id, policy) in resources(&template, "AWS::S3::BucketPolicy") {
        writeln!(out, "{id}\n{:#}", policy.pointer("/Properties/PolicyDocument/Statement").unwrap()).unwrap();
    }
    insta::assert_snapshot!(out);
    for guard in ["CreateOnlyGuard", "TransportGuard"] {
        assert_eq!(
            template["Parameters"][guard]["Default"], "on",
            "{guard} is on unless somebody says otherwise"
        );
        assert!(!text("samconfig.toml").unwrap().contains(guard), "{guard} is for the local stack alone");
    }
}

fn sample_types() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/policies/actions");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // What Countersign does itself has no role anywhere.
    let files = files.filter(|file| std::fs::read_to_string(file).unwrap().contains("run_role:"));
    files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// The action types that the functions may assume roles for are those that the target template has
/// roles for and the sample bundle describes.
#[test]
fn every_type_has_an_inspection_role_and_a_run_role() {
    let granted = |kind: &str| -> BTreeSet<String> {
        let all = statements(&yaml("infra/template.yaml").unwrap()).unwrap();
        let names = all.iter().filter_map(|found| {
            found.resource.split_once(&format!("-{kind}-")).map(|(_, name)| name.to_owned())
        });
        names.collect()
    };
    let target = yaml("infra/target.yaml").unwrap();
    let made = |kind: &str| -> BTreeSet<String> {
        let names = resources(&target, "AWS::IAM::Role")
            .filter_map(|(_, role)| role["Properties"]["RoleName"].as_str());
        names
            .filter_map(|name| {
                name.strip_prefix(&format!("countersign-${{Deployment}}-{kind}-")).map(str::to_owned)
            })
            .collect()
    };
    assert_eq!(granted("inspect"), made("inspect"));
    assert_eq!(granted("run"), made("run"));
    assert_eq!(made("inspect"), made("run"));
    assert_eq!(made("run"), sample_types());
}
