//! What a cold function spends on a bundle of 1,000 rules over 100 action types: reading it, and its first decision.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures, prints, and fails loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use bundle::{Bundle, RequestContext};
use bundle_build::{Compiled, Sources};
use domain::{Principal, Timestamp};
use policy::Decision;

/// How often it is loaded; the middle one counts.
const TIMES: usize = 40;

fn main() {
    let sources = grown();
    let begun = Instant::now();
    let compiled = Compiled::from_sources(&sources, None).unwrap();
    println!("{:>9.1?} to build, {} bytes", begun.elapsed(), compiled.bytes.len());
    let mut loads = Vec::new();
    let mut firsts = Vec::new();
    for _ in 0..TIMES {
        let begun = Instant::now();
        let bundle = Bundle::load(&compiled.bytes).unwrap();
        loads.push(begun.elapsed());
        decide(&bundle);
        firsts.push(begun.elapsed());
    }
    let (load, first) = (middle(loads), middle(firsts));
    println!("{load:>9.1?} to load (p50)");
    println!("{first:>9.1?} to load, validate and decide for the first time (p50)");
    assert!(first < Duration::from_millis(20), "a cold function spends 20 ms or more on its rules");
}

fn decide(bundle: &Bundle) {
    let principal =
        Principal { issuer: "http://127.0.0.1:8081".to_owned(), subject: "demo-agent".to_owned() };
    let entry = bundle.entry("job-42").unwrap();
    let parameters = entry.example.get("parameters").unwrap();
    bundle.validate_parameters("job-42", parameters).unwrap();
    let claims = BTreeMap::new();
    let context = RequestContext::new(&claims, Timestamp::from_millis(1_795_000_000_000));
    let facts = bundle.facts(&principal, entry, parameters, &context).unwrap();
    let decision = bundle.engine().decide(&facts, &BTreeSet::new());
    assert!(matches!(decision, Decision::RequireApproval { .. }), "{decision:?}");
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The sample, grown to 100 action types with ten rules each.
fn grown() -> Sources {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies");
    let mut sources = Sources::read(&folder).unwrap();
    let entry = sources.0.get("actions/lambda-invoke.yaml").unwrap().clone();
    for number in 0..100 {
        let name = format!("job-{number}");
        let entry = entry.replace("type: lambda-invoke", &format!("type: {name}"));
        sources.0.insert(format!("actions/{name}.yaml"), entry.replace("tags: [job-run]", "tags: []"));
        sources.0.insert(format!("policies/{name}.cedar"), rules(&name));
    }
    sources
}

fn rules(name: &str) -> String {
    let scope = format!("action == Action::\"{name}\", resource");
    let mut text = format!(
        "@id(\"{name}-may\")\npermit (principal in Team::\"data-agents\", {scope});\n\n\
         @id(\"{name}-asks\") @approval(\"sre\") @reason(\"One of sre agrees\")\nforbid (principal, {scope})\n\
         unless {{ context.approvals.contains(\"sre\") }};\n\n"
    );
    for number in 0..8 {
        text += &format!(
            "// Not at night, and not for long.\n@id(\"{name}-{number}\")\n@reason(\"Rule {number} of this type says no\")\n\
             @instead(\"Ask again in the morning\")\nforbid (principal in Team::\"data-agents\", {scope})\n\
             when {{ resource.environment == \"production\" && context.weekday == {number} && context.change_freeze }}\n\
             unless {{ context.provenance.repository == \"acme/jobs-{number}\" }};\n\n"
        );
    }
    text
}
