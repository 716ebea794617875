//! Whom of a group one tells: a source of who is on call where one is needed, members where there are turns, hours that end.

use bundle::{Directory, Notify, OnCallSource, PagerDutySchedule, is_subject};

use super::channels::is_https;

type Finding<'a> = (Vec<&'a str>, String);

pub(super) fn check(directory: &Directory) -> Vec<Finding<'_>> {
    let mut wrong = Vec::new();
    for (name, group) in &directory.groups {
        let mut say = |field: &'static str, message: String| {
            wrong.push((vec!["groups", name.as_str(), field], message));
        };
        match (group.notify, &group.on_call) {
            (Notify::OnCall, None) => {
                say("notify", "nothing says who is on call: say `on_call` of this group".to_owned());
            }
            (Notify::All | Notify::Rotate | Notify::None, Some(_)) => {
                say("on_call", "nobody asks who is on call: say `notify: on_call` of this group".to_owned());
            }
            (Notify::Rotate, None) if group.members.as_ref().is_none_or(Vec::is_empty) => {
                say("notify", "nobody can take turns: this group lists no members".to_owned());
            }
            _ => {}
        }
        match &group.on_call {
            Some(OnCallSource::Https(address)) if !is_https(address) => {
                say("on_call", format!("`{address}` is not an https address with a host's name"));
            }
            Some(OnCallSource::PagerDuty(schedule)) => {
                for message in schedule_faults(directory, schedule) {
                    say("on_call", message);
                }
            }
            _ => {}
        }
        if group.quiet.is_some_and(|quiet| quiet.from == quiet.to) {
            say("quiet", "`from` and `to` are the same time: that would be the whole day".to_owned());
        }
    }
    wrong
}

fn schedule_faults(directory: &Directory, schedule: &PagerDutySchedule) -> Vec<String> {
    let mut faults = Vec::new();
    if schedule.people.is_empty() {
        faults.push("`people` is empty, so nobody would ever be found on call".to_owned());
    }
    for id in schedule.people.keys().chain([&schedule.schedule]) {
        if !is_pagerduty_id(id) {
            faults.push(format!("`{id}` is no id of PagerDuty: it is a `P` or `Q` and letters and digits"));
        }
    }
    let all_listed = directory.groups.values().all(|group| group.members.is_some());
    let named = directory.named();
    for person in schedule.people.values() {
        if all_listed && !named.iter().any(|one| is_subject(one, person)) {
            faults.push(format!("`{person}` is nobody this file names"));
        }
    }
    faults
}

fn is_pagerduty_id(id: &str) -> bool {
    let letters = id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    id.starts_with(['P', 'Q']) && (4..=24).contains(&id.len()) && letters
}
