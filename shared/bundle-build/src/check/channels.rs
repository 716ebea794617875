//! Channels of the directory: whoever has an entry exists, and every address has its channel's form.

use std::collections::BTreeSet;

use bundle::{Destination, Directory};
use url::{Host, Url};

use super::finding::says;

type Finding<'a> = (Vec<&'a str>, String);

/// The longest address, in bytes: it is part of the key under which a delivery is remembered.
const MAX_ADDRESS: usize = 400;

pub(super) fn check(directory: &Directory) -> Vec<Finding<'_>> {
    let rules = &directory.channels;
    let mut wrong = destinations(vec!["channels", "default"], &rules.default);
    for (name, list) in &rules.groups {
        let path = vec!["channels", "groups", name.as_str()];
        if !directory.groups.contains_key(name) {
            wrong.push((path.clone(), format!("`{name}` is no group")));
        }
        wrong.extend(destinations(path, list));
    }
    // Where the provider alone knows a group's members, the directory cannot tell who is somebody.
    let all_listed = directory.groups.values().all(|group| group.members.is_some());
    let known: BTreeSet<String> = directory.named().into_iter().map(str::to_ascii_lowercase).collect();
    for (subject, list) in &rules.people {
        let path = vec!["channels", "people", subject.as_str()];
        if !says(subject) || (all_listed && !known.contains(&subject.to_ascii_lowercase())) {
            wrong.push((path.clone(), format!("`{subject}` is nobody this file names")));
        }
        wrong.extend(destinations(path, list));
    }
    wrong
}

fn destinations<'a>(path: Vec<&'a str>, list: &[Destination]) -> Vec<Finding<'a>> {
    if list.is_empty() {
        return vec![(
            path,
            "an empty list would tell nobody: leave it out, and `default` counts".to_owned(),
        )];
    }
    let mut wrong = Vec::new();
    for (place, one) in list.iter().enumerate() {
        if list.iter().take(place).any(|earlier| earlier == one) {
            wrong.push((path.clone(), format!("{} `{}` is listed twice", one.channel(), one.address())));
        }
        let expected = match one {
            Destination::Console => continue,
            Destination::Slack(id) if is_slack(id) => continue,
            Destination::Slack(_) => "the id of a conversation or person, e.g. `C0123456789`",
            Destination::Teams(id) if is_teams(id) => continue,
            Destination::Teams(_) => {
                "the id of a conversation, e.g. `19:…@thread.tacv2`, or a person's object id at Entra ID"
            }
            Destination::Webhook(address) if is_https(address) => continue,
            Destination::Webhook(_) => {
                "an https address with a host's name, or http to 127.0.0.1, without user, password and fragment"
            }
        };
        let (channel, address) = (one.channel(), one.address());
        wrong.push((path.clone(), format!("`{address}` is no address of {channel}: it is {expected}")));
    }
    wrong
}

/// A conversation's or person's id: never a name, which somebody else could take.
fn is_slack(id: &str) -> bool {
    let kind = id.starts_with(['C', 'D', 'G', 'U', 'W']);
    kind && (6..=24).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A conversation's id, or a person's object id at Entra ID.
fn is_teams(id: &str) -> bool {
    let conversation = ["19:", "a:"].iter().any(|prefix| id.len() > prefix.len() && id.starts_with(prefix));
    let named = conversation && id.len() <= MAX_ADDRESS && id.bytes().all(|byte| byte.is_ascii_graphic());
    named || is_object_id(id)
}

/// Eight, four, four, four and twelve hexadecimal digits: what the channel opens a chat with.
fn is_object_id(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// https to a host by name, or plain http to this very machine (the local stack); written as it is requested, so that
/// nothing reads it another way.
pub(super) fn is_https(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let host = match (url.scheme(), url.host()) {
        ("https", Some(Host::Domain(name))) => {
            let name = name.trim_end_matches('.');
            name.contains('.') && !name.ends_with(".localhost") && !name.ends_with(".internal")
        }
        ("http", Some(Host::Ipv4(address))) => address.octets() == [127, 0, 0, 1],
        _ => false,
    };
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let plain = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
    host && bare && plain && text.len() <= MAX_ADDRESS
}
