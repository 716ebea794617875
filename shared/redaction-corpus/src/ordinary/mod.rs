//! Texts in which nothing is secret: written by hand, and made from templates.

mod templates;

use crate::random::SeededDraw;

/// One a line; `\n` and `\t` stand for what they say.
const BY_HAND: &str = include_str!("by-hand.txt");
/// So many are made of each template.
const EACH: usize = 25;

/// The texts, each with where it comes from.
pub(crate) fn all(random: &mut SeededDraw) -> Vec<(&'static str, String)> {
    let by_hand = BY_HAND.lines().filter(|line| !line.is_empty());
    let mut texts: Vec<_> =
        by_hand.map(|line| ("by hand", line.replace("\\n", "\n").replace("\\t", "\t"))).collect();
    for (name, template) in templates::ALL {
        texts.extend((0..EACH).map(|_| (*name, filled(template, random))));
    }
    texts
}

const WORDS: [&str; 32] = [
    "orders",
    "billing",
    "report",
    "partner",
    "export",
    "customer",
    "pipeline",
    "worker",
    "catalogue",
    "invoice",
    "session",
    "gateway",
    "scheduler",
    "archive",
    "metrics",
    "ledger",
    "frontend",
    "search",
    "image",
    "checkout",
    "profile",
    "message",
    "storage",
    "policy",
    "release",
    "staging",
    "nightly",
    "quarter",
    "region",
    "account",
    "inventory",
    "delivery",
];

/// `‹code›` stands for something made: `word`, `Word`, `n` (a small number), `big` (a number), `hex7`, `hex40`, `hex64`,
/// `uuid`, `account`, `date`, `time`, `epoch`, `ip`, `b64` (a digest), `id` (of a resource), `version`, `money`.
fn filled(template: &str, random: &mut SeededDraw) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, (code, after))) =
        rest.split_once('‹').and_then(|(before, rest)| Some((before, rest.split_once('›')?)))
    {
        text.push_str(before);
        text.push_str(&part(code, random));
        rest = after;
    }
    text + rest
}

fn part(code: &str, random: &mut SeededDraw) -> String {
    let form = match code {
        "word" => return random.pick(&WORDS).to_owned(),
        "Word" => {
            let word = random.pick(&WORDS);
            let mut chars = word.chars();
            return chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
        }
        "date" => return format!("2026-{:02}-{:02}", random.between(1, 12), random.between(1, 28)),
        "time" => {
            let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
            return format!("{hour:02}:{minute:02}:{second:02}.{:03}", random.below(1000));
        }
        "ip" => return format!("10.{}.{}.{}", random.below(256), random.below(256), random.between(1, 254)),
        "version" => return format!("{}.{}.{}", random.below(20), random.below(40), random.below(30)),
        "b64" => return data_encoding::BASE64.encode(&random.bytes(32)),
        "b64-64" => return data_encoding::BASE64.encode(&random.bytes(64)),
        "n" => "[1-9]{1}[0-9]{0,2}",
        "big" => "[1-9]{1}[0-9]{5,8}",
        "hex7" => "[0-9a-f]{7}",
        "hex8" => "[0-9a-f]{8}",
        "hex16" => "[0-9a-f]{16}",
        "hex32" => "[0-9a-f]{32}",
        "hex40" => "[0-9a-f]{40}",
        "hex64" => "[0-9a-f]{64}",
        "uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]{1}[0-9a-f]{3}-[0-9a-f]{12}",
        "account" => "[1-9]{1}[0-9]{11}",
        "epoch" => "17[6-9]{1}[0-9]{10}",
        "id" => "0[0-9a-f]{16}",
        "pod" => "[bcdf]{1}[0-9b-f]{8}-[bcdfghjklmnpqrstvwxz2456789]{5}",
        "money" => "[1-9]{1}[0-9]{0,1},[0-9]{3}.[0-9]{2}",
        "unique" => "[A-Z2-7]{16}",
        _ => "",
    };
    random.text(form)
}
