//! `docs/deploy.md` and the pages of `docs/deploy/` compared with the templates: every parameter, output, name and alarm is there.
#![expect(clippy::unwrap_used, reason = "a test's own helper functions fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use infra_tests::{resources, text, yaml};
use serde_json::Value;

const TEMPLATES: [&str; 3] = ["infra/state.yaml", "infra/template.yaml", "infra/target.yaml"];
const PAGES: [&str; 4] =
    ["docs/deploy.md", "docs/deploy/issuers.md", "docs/deploy/parameters.md", "docs/deploy/operations.md"];
const OPERATIONS: &str = "docs/deploy/operations.md";

/// The cells of a page's table rows, in order.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let lines = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("|---"));
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

fn quoted(cell: &str) -> &str {
    cell.trim_matches('`')
}

/// Every parameter of every template stands in the table of its template, in order, with its default and a sentence.
#[test]
fn every_parameter_is_explained() {
    let page = text("docs/deploy/parameters.md").unwrap();
    for file in TEMPLATES {
        let section =
            page.split(&format!("## `{file}`")).nth(1).unwrap_or_else(|| panic!("no section for {file}"));
        let section = section.split("\n## ").next().unwrap();
        let told: Vec<(String, String)> = rows(section)
            .iter()
            .filter(|row| row.len() == 3 && row[0] != "parameter")
            .inspect(|row| assert!(row[2].ends_with('.') && row[2].len() > 20, "{file}: {row:?}"))
            .map(|row| (quoted(row[0]).to_owned(), quoted(row[1]).to_owned()))
            .collect();
        let template = yaml(file).unwrap();
        let parameters = template["Parameters"].as_object().unwrap();
        let expected: Vec<(String, String)> = parameters
            .iter()
            .map(|(name, parameter)| (name.clone(), shown(parameter.get("Default"))))
            .collect();
        assert_eq!(told, expected, "{file}: the table of docs/deploy/parameters.md");
    }
}

fn shown(default: Option<&Value>) -> String {
    match default {
        None => "none".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "empty".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The names that a deployment has once it is deployed, without the account.
fn deployed_names(deployment: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in TEMPLATES {
        collect(yaml(file).unwrap().get("Resources").unwrap(), &mut names);
    }
    let stacks = text("samconfig.toml").unwrap();
    let stacks = stacks.lines().filter_map(|line| line.strip_prefix("stack_name = "));
    names.extend(stacks.map(|name| name.trim_matches('"').to_owned()));
    names
        .into_iter()
        .map(|name| name.replace("${Deployment}", deployment).replace("-${AWS::AccountId}", ""))
        .filter(|name| name.contains("countersign"))
        .collect()
}

fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(names.insert(text.clone())),
        Value::Array(all) => all.iter().for_each(|one| collect(one, names)),
        Value::Object(all) => all.values().for_each(|one| collect(one, names)),
        _ => {}
    }
}

/// Every name of a stack, function, queue, table, bucket, log group, role or secret that the pages use exists in a deployment.
#[test]
fn every_name_exists() {
    let mut tried = 0;
    for deployment in ["dev", "production"] {
        let names = deployed_names(deployment);
        for page in PAGES {
            let text = text(page).unwrap();
            for separator in ['-', '/'] {
                let start = format!("countersign{separator}{deployment}");
                for (at, _) in text.match_indices(&start) {
                    let rest = text.get(at..).unwrap();
                    let end = rest.find(|c: char| !(c.is_ascii_lowercase() || "-/".contains(c)));
                    let name = rest.get(..end.unwrap_or(rest.len())).unwrap().trim_end_matches(['-', '/']);
                    let known = names.iter().any(|one| {
                        one == name || one.starts_with(&format!("{name}-")) || one.ends_with(name)
                    });
                    assert!(known, "{page}: there is no `{name}`");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried >= 30, "{tried}");
}

/// Every environment that the pages deploy is one of `samconfig.toml`, and every output that they read one of a template.
#[test]
fn every_environment_and_output_exists() {
    let configuration = text("samconfig.toml").unwrap();
    let outputs: BTreeSet<String> = TEMPLATES
        .iter()
        .flat_map(|file| yaml(file).unwrap()["Outputs"].as_object().cloned().unwrap_or_default())
        .map(|(name, _)| name)
        .collect();
    let (mut environments, mut read) = (0, 0);
    for page in PAGES {
        let text = text(page).unwrap();
        for rest in text.split("--config-env ").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            assert!(configuration.contains(&format!("[{name}.deploy.parameters]")), "{page}: {name}");
            environments += 1;
        }
        for rest in text.split("OutputKey=='").skip(1) {
            let name = rest.split('\'').next().unwrap();
            assert!(outputs.contains(name), "{page}: {name}");
            read += 1;
        }
    }
    assert!(environments >= 8 && read >= 2, "{environments} {read}");
    let page = text("docs/deploy/parameters.md").unwrap();
    let table = page.split("## Outputs").nth(1).unwrap().split("\n## ").next().unwrap();
    for row in rows(table).iter().filter(|row| row.len() == 3 && row[1] != "output") {
        for name in row[1].split(", ") {
            assert!(outputs.contains(quoted(name)), "docs/deploy/parameters.md: {name}");
        }
    }
}

/// Every alarm of the templates has a row that says when it is on, what stops, and what to do.
#[test]
fn every_alarm_says_what_to_do() {
    let page = text(OPERATIONS).unwrap();
    let told: BTreeMap<&str, Vec<&str>> =
        rows(&page).into_iter().filter(|row| row.len() == 4).map(|row| (quoted(row[0]), row)).collect();
    let mut alarms = 0;
    for file in TEMPLATES {
        for (id, _) in resources(&yaml(file).unwrap(), "AWS::CloudWatch::Alarm") {
            let row = told.get(id).unwrap_or_else(|| panic!("{OPERATIONS} has no row for {id}"));
            assert!(row[3].len() > 40, "{id}: {row:?}");
            alarms += 1;
        }
    }
    assert_eq!(told.keys().filter(|name| name.ends_with("Alarm")).count(), alarms, "a row for no alarm");
    let reports: Vec<_> = resources(&yaml("infra/template.yaml").unwrap(), "AWS::Logs::MetricFilter")
        .map(|(_, filter)| filter["Properties"]["LogGroupName"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(reports.len(), 7, "what one of the functions reports reaches nobody: {reports:?}");
}

/// What `docs/catalogue.md` says that a connector's two roles need is what they have in the template.
#[test]
fn every_connector_s_permissions_are_those_of_its_roles() {
    let page = text("docs/catalogue.md").unwrap();
    let section = page.split("\n## Connectors\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let template = yaml("infra/target.yaml").unwrap();
    let granted: BTreeMap<String, BTreeSet<String>> = resources(&template, "AWS::IAM::Role")
        .map(|(_, role)| {
            let role = &role["Properties"];
            let statements = role["Policies"][0]["PolicyDocument"]["Statement"].as_array().unwrap();
            let actions = statements.iter().map(|one| one["Action"].as_str().unwrap().to_owned());
            let name = role["RoleName"].as_str().unwrap().replace("countersign-${Deployment}-", "");
            (name, actions.collect())
        })
        .collect();
    let mut tried = 0;
    for row in rows(section).iter().filter(|row| row.len() == 8 && row[0].starts_with('`')) {
        for (kind, cell) in [("inspect", row[4]), ("run", row[6])] {
            let Some(granted) = granted.get(&format!("{kind}-{}", quoted(row[0]))) else {
                assert_eq!(cell, "none", "{row:?}");
                continue;
            };
            let told: BTreeSet<String> = cell.split(", ").map(|one| quoted(one).to_owned()).collect();
            assert_eq!(&told, granted, "{kind} {}", row[0]);
            tried += 1;
        }
    }
    assert_eq!(tried, granted.len(), "a role of no connector");
}

/// The sources of the functions and of what they share.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("functions"), root.join("shared")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true => folders.push(entry),
                false if entry.extension().is_some_and(|name| name == "rs") => files.push(entry),
                false => {}
            }
        }
    }
    files
}

/// The message of the log line that these arguments of a macro are: their last text.
fn message(arguments: &str) -> String {
    let (mut depth, mut inside, mut texts) = (0_u32, false, vec![String::new()]);
    for character in arguments.chars() {
        match character {
            '"' if inside => texts.push(String::new()),
            '(' if !inside => depth += 1,
            ')' if !inside && depth == 0 => break,
            ')' if !inside => depth -= 1,
            other if inside => texts.last_mut().unwrap().push(other),
            _ => {}
        }
        inside ^= character == '"';
    }
    texts.pop();
    texts.pop().unwrap()
}

/// Every log line that `ReportAlarm` counts has a row that says what to do, and every row is of such a line.
#[test]
fn every_report_says_what_to_do() {
    let page = text(OPERATIONS).unwrap();
    let section = page.split("### What functions report").nth(1).unwrap().split("\n## ").next().unwrap();
    let told: BTreeSet<String> = rows(section)
        .iter()
        .filter(|row| row.len() == 3 && row[0].starts_with('`'))
        .map(|row| quoted(row[0]).to_owned())
        .collect();
    let mut reported = BTreeSet::new();
    for file in sources() {
        let source = std::fs::read_to_string(&file).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        for rest in source.split("alarm = true,").skip(1) {
            reported.insert(message(rest));
        }
    }
    let missing: Vec<_> = reported.difference(&told).collect();
    let stale: Vec<_> = told.difference(&reported).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "{OPERATIONS}: no row for {missing:?}; no such line {stale:?}"
    );
}

/// The page names every field of the sample's directory, so that nobody deploys a made-up organisation.
#[test]
fn every_field_of_the_sample_directory_is_to_be_changed() {
    let page = text("docs/deploy.md").unwrap();
    let kept = ["classifications", "environments"];
    // The page has the name that the field is about to get.
    let renamed = [("may_suspend", "may_suspend")];
    for name in yaml("infra/policies/directory.yaml").unwrap().as_object().unwrap().keys() {
        let name = renamed.iter().find(|(old, _)| old == name).map_or(name.as_str(), |(_, new)| new);
        assert!(kept.contains(&name) || page.contains(&format!("`{name}`")), "docs/deploy.md: {name}");
    }
}

/// A check of `checkov` that is skipped says why, in a sentence.
#[test]
fn every_skipped_check_has_its_reason() {
    let mut skipped = 0;
    for file in TEMPLATES {
        for (id, body) in yaml(file).unwrap()["Resources"].as_object().unwrap() {
            for skip in body.pointer("/Metadata/checkov/skip").and_then(Value::as_array).into_iter().flatten()
            {
                let reason = skip["comment"].as_str().unwrap();
                assert!(reason.len() > 40 && reason.ends_with('.'), "{file}: {id}: {skip}");
                assert!(skip["id"].as_str().unwrap().starts_with("CKV_AWS_"), "{file}: {id}: {skip}");
                skipped += 1;
            }
        }
    }
    assert_eq!(skipped, 40, "a check is skipped that was not, or no longer");
}
