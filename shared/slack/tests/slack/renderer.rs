//! Messages for a Block Kit renderer in a browser: `tests/chat/run-slack` shows them to `tests/chat/slack/render.py`.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use slack::render;

use crate::cards::{KEY, PAGE, hostile_card, ordinary};

/// The texts of the rich-text elements, in order: what a renderer must show as they are.
fn rich_texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| rich_texts(value, into)),
        Value::Object(fields) if fields.get("type") == Some(&json!("text")) => {
            into.push(fields["text"].as_str().unwrap().to_owned());
        }
        Value::Object(fields) => fields.values().for_each(|value| rich_texts(value, into)),
        _ => {}
    }
}

/// O2, W7, C41: one ordinary message, hostile ones, and a control whose text must be interpreted, so that a renderer that
/// interprets nothing is noticed.
#[test]
#[ignore = "writes the messages for tests/chat/slack/render.py: tests/chat/run-slack"]
fn messages_for_the_renderer() {
    let line = |blocks: Value, control: bool| {
        let mut texts = Vec::new();
        rich_texts(&blocks, &mut texts);
        json!({ "blocks": blocks, "texts": texts, "page": PAGE, "control": control }).to_string()
    };
    let (mut runner, cards) = (TestRunner::deterministic(), hostile_card());
    let hostile = (0..100).map(|_| cards.new_tree(&mut runner).unwrap().current());
    let mut lines = vec![line(render(&ordinary(), KEY, PAGE).unwrap().blocks, false)];
    lines.extend(hostile.map(|card| line(render(&card, KEY, PAGE).unwrap().blocks, false)));
    let text = json!({ "type": "mrkdwn", "text": "*now* <https://mallory.example|approve> :tada:" });
    lines.push(line(json!([{ "type": "section", "text": text }]), true));
    let file = std::env::var("SLACK_MESSAGES").expect("tests/chat/run-slack names the file");
    std::fs::write(file, lines.join("\n")).unwrap();
}
