//! Whose account it is, and who reads along in a conversation.

use channel::DeliveryError;
use serde_json::{Value, json};
use slack::{Account, Conversation, Home, Presser, Refused, User, judge};

fn home() -> Home {
    Home { team: Some("T0HOME".to_owned()), enterprise: None }
}

fn grid() -> Home {
    Home { team: Some("T0HOME".to_owned()), enterprise: Some("E0GRID".to_owned()) }
}

fn presser(organisation: &str) -> Presser {
    Presser { organisation: organisation.to_owned(), user: "U0ALICE".to_owned() }
}

fn member() -> Value {
    json!({
        "id": "U0ALICE", "team_id": "T0HOME", "name": "alice", "deleted": false, "is_bot": false, "is_restricted": false,
        "is_ultra_restricted": false, "is_admin": true, "is_app_user": false, "profile": { "email": "alice@example.com" }
    })
}

fn with(mut user: Value, changes: Value) -> Value {
    user.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    user
}

fn without(mut user: Value, name: &str) -> Value {
    user.as_object_mut().unwrap().remove(name);
    user
}

fn judged(user: Value, home: &Home) -> Result<Account, Refused> {
    let user: User = serde_json::from_value(user).unwrap();
    judge(&presser("T0HOME"), &Ok(user), home)
}

fn account(organisation: &str) -> Account {
    Account { organisation: organisation.to_owned(), user: "U0ALICE".to_owned() }
}

/// A full member of the workspace is known by workspace and account.
#[test]
fn a_member() {
    assert_eq!(judged(member(), &home()), Ok(account("T0HOME")));
}

/// C36: a look-up that failed refuses, and so does an answer that leaves out what must be known or is about somebody else.
#[test]
fn what_is_not_known_refuses() {
    let failed = || DeliveryError::Passing { channel: "slack", code: "timed_out".to_owned(), retry_after: 0 };
    assert_eq!(judge(&presser("T0HOME"), &Err(failed()), &home()), Err(Refused::Unknown));
    for name in ["team_id", "deleted", "is_bot", "is_restricted", "is_ultra_restricted"] {
        assert_eq!(judged(without(member(), name), &home()), Err(Refused::Incomplete), "{name}");
    }
    assert_eq!(judged(with(member(), json!({ "id": "U0BOB" })), &home()), Err(Refused::Incomplete));
    let nowhere = Home { team: None, enterprise: None };
    assert_eq!(judged(member(), &nowhere), Err(Refused::NoHome));
}

/// C43: strangers and accounts of another workspace or organisation, also in a conversation that ours hosts.
#[test]
fn others() {
    let cases = [
        json!({ "is_stranger": true }),
        json!({ "team_id": "T0OTHER" }),
        // Not marked as a stranger, because it shares a channel with somebody here.
        json!({ "team_id": "T0OTHER", "is_stranger": false }),
        json!({ "team_id": "T0OTHER", "enterprise_user": { "id": "U0ALICE", "enterprise_id": "E0OTHER" } }),
        json!({ "team_id": "T0OTHER", "enterprise_user": { "id": "U0ALICE", "enterprise_id": "" } }),
    ];
    for change in cases {
        for home in [home(), grid()] {
            let found = judged(with(member(), change.clone()), &home);
            assert_eq!(found, Err(Refused::OtherOrganisation), "{change}");
        }
    }
    // The look-up says ours, the signed payload says another organisation.
    let user: User = serde_json::from_value(member()).unwrap();
    assert_eq!(judge(&presser("T0OTHER"), &Ok(user), &home()), Err(Refused::OtherOrganisation));
}

/// Guests, bots and accounts that are not active.
#[test]
fn kinds_of_accounts() {
    let cases = [
        ("is_restricted", Refused::Guest),
        ("is_ultra_restricted", Refused::Guest),
        ("is_bot", Refused::Bot),
        ("is_workflow_bot", Refused::Bot),
        ("is_connector_bot", Refused::Bot),
        ("deleted", Refused::Inactive),
        ("is_invited_user", Refused::Inactive),
    ];
    for (name, refused) in cases {
        assert_eq!(judged(with(member(), json!({ name: true })), &home()), Err(refused), "{name}");
    }
}

/// Enterprise Grid: an account of another workspace of our organisation is ours only where the organisation is configured,
/// and is then one account in all of its workspaces.
#[test]
fn enterprise_grid() {
    let ours = json!({ "enterprise_user": { "id": "U0ALICE", "enterprise_id": "E0GRID" } });
    assert_eq!(judged(with(member(), ours.clone()), &grid()), Ok(account("E0GRID")));
    let elsewhere = with(with(member(), ours), json!({ "team_id": "T0SECOND" }));
    assert_eq!(judged(elsewhere.clone(), &grid()), Ok(account("E0GRID")));
    assert_eq!(judged(elsewhere.clone(), &home()), Err(Refused::OtherOrganisation));
    for organisation in ["E0GRID", "T0SECOND"] {
        let user: User = serde_json::from_value(elsewhere.clone()).unwrap();
        assert_eq!(judge(&presser(organisation), &Ok(user), &grid()), Ok(account("E0GRID")));
    }
}

/// C43: a conversation that another organisation reads, or will read, takes no review; nor does a closed one.
#[test]
fn conversations() {
    let inside = json!({
        "id": "C0DATA", "is_channel": true, "is_archived": false, "is_member": true, "is_ext_shared": false,
        "is_shared": false, "is_org_shared": false, "is_pending_ext_shared": false
    });
    let check = |conversation: Value| serde_json::from_value::<Conversation>(conversation).unwrap().check();
    assert_eq!(check(inside.clone()), Ok(()));
    assert_eq!(check(with(inside.clone(), json!({ "is_shared": true, "is_org_shared": true }))), Ok(()));
    assert_eq!(check(json!({ "id": "D0ALICE", "is_im": true })), Ok(()));
    let shared = [
        json!({ "is_ext_shared": true }),
        json!({ "is_pending_ext_shared": true }),
        json!({ "is_shared": true }),
        json!({ "is_im": true, "is_ext_shared": true }),
    ];
    for change in shared {
        assert_eq!(check(with(inside.clone(), change.clone())), Err(Refused::SharedConversation), "{change}");
    }
    for change in [json!({ "is_archived": true }), json!({ "is_member": false })] {
        assert_eq!(check(with(inside.clone(), change)), Err(Refused::ClosedConversation));
    }
    for name in ["is_archived", "is_member", "is_ext_shared"] {
        assert_eq!(check(without(inside.clone(), name)), Err(Refused::Incomplete), "{name}");
    }
}
