//! Slack's rules for blocks and views, walked element by element, written apart from the renderer.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What a message or a view shows and where it leads.
#[derive(Debug, Default)]
pub struct Shown {
    /// All texts, in order.
    pub texts: Vec<String>,
    /// All addresses.
    pub links: Vec<String>,
    /// The buttons' action ids, in order.
    pub actions: Vec<String>,
    /// How many `mrkdwn` objects there are.
    pub interpreted: usize,
}

impl Shown {
    /// All texts as one.
    pub fn all(&self) -> String {
        self.texts.join("\u{1}")
    }
}

/// Checks a message's blocks.
pub fn message(blocks: &Value) -> Shown {
    let blocks = blocks.as_array().expect("blocks are a list");
    assert!((1..=50).contains(&blocks.len()), "{} blocks", blocks.len());
    let whole = Value::Array(blocks.clone()).to_string();
    assert!(whole.encode_utf16().count() <= 13_000, "{} in all", whole.encode_utf16().count());
    walk(blocks, &["header", "section", "rich_text", "context", "actions"])
}

/// Checks a modal.
pub fn view(view: &Value) -> Shown {
    let view =
        keys(view, &["type", "callback_id", "title", "blocks"], &["private_metadata", "submit", "close"]);
    assert_eq!(view["type"], "modal");
    for name in ["title", "submit", "close"] {
        if let Some(text) = view.get(name) {
            plain(text, 24);
        }
    }
    long(&view["callback_id"], 255);
    view.get("private_metadata").inspect(|text| drop(long(text, 3000)));
    let blocks = view["blocks"].as_array().unwrap();
    assert!((1..=100).contains(&blocks.len()));
    let inputs = blocks.iter().any(|block| block["type"] == "input");
    assert!(!inputs || view.contains_key("submit"), "a modal with inputs has a submit button");
    walk(blocks, &["section", "input", "rich_text"])
}

fn walk(blocks: &[Value], allowed: &[&str]) -> Shown {
    let (mut shown, mut ids) = (Shown::default(), BTreeSet::new());
    for block in blocks {
        let kind = block["type"].as_str().expect("a block has a type");
        assert!(allowed.contains(&kind), "block `{kind}`");
        let id = long(&block["block_id"], 255);
        assert!(ids.insert(id.clone()), "block id `{id}` twice");
        match kind {
            "header" => {
                keys(block, &["type", "block_id", "text"], &[]);
                shown.texts.push(plain(&block["text"], 150));
            }
            "section" => section(block, &mut shown),
            "rich_text" => rich_text(block, &mut shown),
            "context" => context(block, &mut shown),
            "actions" => actions(block, &mut shown),
            _ => input(block, &mut shown),
        }
    }
    shown
}

fn section(block: &Value, shown: &mut Shown) {
    let block = keys(block, &["type", "block_id"], &["text", "fields"]);
    assert!(block.contains_key("text") || block.contains_key("fields"));
    if let Some(text) = block.get("text") {
        shown.texts.push(plain(text, 3000));
    }
    if let Some(fields) = block.get("fields") {
        let fields = fields.as_array().unwrap();
        assert!((1..=10).contains(&fields.len()));
        shown.texts.extend(fields.iter().map(|field| plain(field, 2000)));
    }
}

fn rich_text(block: &Value, shown: &mut Shown) {
    keys(block, &["type", "block_id", "elements"], &[]);
    for element in some(&block["elements"]) {
        keys(element, &["type", "elements"], &[]);
        let kind = element["type"].as_str().unwrap();
        assert!(["rich_text_section", "rich_text_preformatted"].contains(&kind), "{kind}");
        for piece in some(&element["elements"]) {
            match piece["type"].as_str().unwrap() {
                "text" => {
                    let piece = keys(piece, &["type", "text"], &["style"]);
                    shown.texts.push(long(&piece["text"], 3000));
                }
                "link" => {
                    let piece = keys(piece, &["type", "url", "text"], &[]);
                    shown.links.push(long(&piece["url"], 3000));
                }
                other => panic!("piece `{other}` of rich text"),
            }
        }
    }
}

fn context(block: &Value, shown: &mut Shown) {
    keys(block, &["type", "block_id", "elements"], &[]);
    let elements = some(&block["elements"]);
    assert!(elements.len() <= 10);
    for element in elements {
        if element["type"] == "mrkdwn" {
            keys(element, &["type", "text", "verbatim"], &[]);
            date(element["text"].as_str().unwrap());
            shown.interpreted += 1;
        } else {
            shown.texts.push(plain(element, 2000));
        }
    }
}

/// The one thing that may be interpreted: digits, our own format, and a time in UTC in front of the end.
fn date(text: &str) {
    let inner = text.strip_prefix("<!date^").and_then(|text| text.strip_suffix('>')).expect("a date");
    let (seconds, rest) = inner.split_once('^').unwrap();
    let (format, fallback) = rest.split_once('|').unwrap();
    assert!(seconds.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()), "{text}");
    assert_eq!(format, "{date_short_pretty} {time}");
    let harmless = |c: char| c.is_ascii_alphanumeric() || [' ', ':', '-'].contains(&c);
    assert!(fallback.chars().all(harmless), "{text}");
}

fn actions(block: &Value, shown: &mut Shown) {
    keys(block, &["type", "block_id", "elements"], &[]);
    let elements = some(&block["elements"]);
    assert!(elements.len() <= 25);
    let mut ids = BTreeSet::new();
    for element in elements {
        let element = keys(element, &["type", "action_id", "text"], &["url", "value"]);
        assert_eq!(element["type"], "button");
        let id = long(&element["action_id"], 255);
        assert!(ids.insert(id.clone()), "action `{id}` twice");
        shown.actions.push(id);
        shown.texts.push(plain(&element["text"], 75));
        assert!(element.contains_key("url") != element.contains_key("value"), "either a link or a reference");
        element.get("value").inspect(|value| drop(long(value, 2000)));
        shown.links.extend(element.get("url").map(|url| long(url, 3000)));
    }
}

fn input(block: &Value, shown: &mut Shown) {
    let block = keys(block, &["type", "block_id", "label", "element", "optional"], &[]);
    shown.texts.push(plain(&block["label"], 2000));
    let element =
        keys(&block["element"], &["type", "action_id", "multiline", "max_length"], &["initial_value"]);
    assert_eq!(element["type"], "plain_text_input");
    long(&element["action_id"], 255);
    assert!((1..=3000).contains(&element["max_length"].as_u64().unwrap()));
    if let Some(initial) = element.get("initial_value") {
        shown.texts.push(long(initial, 3000));
    }
}

fn plain(text: &Value, limit: usize) -> String {
    keys(text, &["type", "emoji", "text"], &[]);
    assert_eq!((&text["type"], &text["emoji"]), (&"plain_text".into(), &false.into()), "{text}");
    long(&text["text"], limit)
}

/// A text of 1 to `limit` characters, also once Slack has escaped it.
fn long(text: &Value, limit: usize) -> String {
    let text = text.as_str().expect("a text");
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let length = escaped.encode_utf16().count();
    assert!((1..=limit).contains(&length), "{length} of {limit}: {text}");
    text.to_owned()
}

fn some(list: &Value) -> &Vec<Value> {
    let list = list.as_array().expect("a list");
    assert!(!list.is_empty());
    list
}

/// An object with all of these keys, and no others than those that may be there.
fn keys<'a>(value: &'a Value, must: &[&str], may: &[&str]) -> &'a Map<String, Value> {
    let object = value.as_object().unwrap_or_else(|| panic!("an object: {value}"));
    let unknown: Vec<_> =
        object.keys().filter(|key| !must.contains(&key.as_str()) && !may.contains(&key.as_str())).collect();
    assert!(unknown.is_empty(), "unknown {unknown:?} in {value}");
    assert!(must.iter().all(|key| object.contains_key(*key)), "{must:?} in {value}");
    object
}
