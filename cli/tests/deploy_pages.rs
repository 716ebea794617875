//! `docs/deploy.md` and the pages of `docs/deploy/`: the issuers' examples are configuration, and every command is one.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::path::Path;

use identity::Issuers;
use support::run;

const PAGES: [&str; 4] = ["deploy.md", "deploy/issuers.md", "deploy/parameters.md", "deploy/operations.md"];

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)).unwrap()
}

fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let opening = format!("\n```{language}\n");
    page.split(opening.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

/// Every provider of the list has a whole value of `Issuers` that the functions' own parser takes, with one issuer of people.
#[test]
fn every_example_of_issuers_is_configuration() {
    let text = page("deploy/issuers.md");
    for preset in
        ["okta", "entra", "auth0", "keycloak", "cognito", "github-actions", "gitlab", "aws-workload"]
    {
        let named = format!("\"preset\": \"{preset}\"");
        assert!(blocks(&text, "json").iter().any(|example| example.contains(&named)), "{preset}");
        assert!(text.contains(&format!("(../identity/{preset}.md)")), "{preset} has no link");
    }
    for example in blocks(&text, "json") {
        let issuers = Issuers::parse(example).unwrap_or_else(|error| panic!("{error}\n{example}"));
        assert_eq!(issuers.all().filter(|issuer| issuer.people).count(), 1, "{example}");
    }
}

/// What `samconfig.toml` has in place of the issuers is refused by the functions' parser, so that nobody deploys it.
#[test]
fn placeholders_are_no_configuration() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samconfig.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let placeholders: Vec<&str> = text.split("Issuers = '''").skip(1).collect();
    assert_eq!(placeholders.len(), 2);
    for placeholder in placeholders {
        assert!(Issuers::parse(placeholder.split("'''").next().unwrap()).is_err());
    }
}

/// Every command of the pages is one, with these options; also those that no test can run.
#[test]
fn every_command_is_one() {
    let mut tried = 0;
    for name in PAGES {
        let text = page(name);
        let commands =
            [blocks(&text, "sh"), blocks(&text, "console")].concat().join("\n").replace("\\\n", " ");
        let commands = commands.split(['\n', '|', '(']).map(str::trim);
        for command in commands.filter_map(|line| line.strip_prefix("countersign ")) {
            tried += 1;
            let is_verb = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase());
            let mut verbs: Vec<&str> = command.split_whitespace().take_while(is_verb).collect();
            verbs.truncate(2);
            let (code, help) = run(&[&verbs[..], &["--help"]].concat());
            assert_eq!(code, 0, "{name}: {command}\n{help}");
            let flags = command.split_whitespace().filter(|word| word.starts_with("--"));
            for flag in flags.map(|flag| flag.trim_end_matches([')', '"'])) {
                let known =
                    help.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| word == flag);
                assert!(known, "{name}: {command}: {flag}");
            }
        }
    }
    assert!(tried >= 12, "{tried}");
}
