//! Lists: newest first, page by page.

use contract::Kit;
use store::{IndexRow, Listing};

use super::index::{identity, position, row};
use crate::kit;

/// Ten actions a second apart, every third decided, the last one dead.
async fn ten(kit: &Kit) -> Vec<IndexRow> {
    let mut rows = Vec::new();
    for n in 0..10_u32 {
        let mut row = row(&format!("listed {n}"), 1);
        row.created_at = row.created_at.plus_seconds(i64::from(n));
        row.principal = identity(if n % 2 == 0 { "demo-agent" } else { "ci-agent" });
        if n % 3 == 0 {
            row.status = "succeeded".to_owned();
            row.deciders = vec![identity("alice")];
        }
        row.quarantined = n == 8;
        row.grants = n % 4 == 0;
        kit.record.apply(&position(u64::from(n), 1, "event"), &row).await.unwrap();
        rows.insert(0, row);
    }
    rows
}

async fn all_pages(kit: &Kit, listing: &Listing, limit: u32) -> Vec<IndexRow> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let page = kit.index.list(listing, cursor.as_deref(), limit).await.unwrap();
        assert!(page.rows.len() <= usize::try_from(limit).unwrap(), "no more than asked for");
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            return rows;
        }
    }
}

#[tokio::test]
async fn every_list_shows_its_own_newest_first() {
    let kit = kit().await;
    let rows = ten(&kit).await;
    type Belongs = fn(&IndexRow) -> bool;
    let cases: [(Listing, Belongs); 11] = [
        (Listing::All, |_| true),
        (Listing::Group("data-owners".to_owned()), |_| true),
        (Listing::Inbox("data-owners".to_owned()), |row| row.status == "pending" && !row.quarantined),
        (Listing::Inbox("sre".to_owned()), |_| false),
        (Listing::Principal(identity("ci-agent")), |row| row.principal.subject == "ci-agent"),
        (Listing::Decider(identity("alice")), |row| row.status == "succeeded"),
        (Listing::Decider(identity("ALICE")), |row| row.status == "succeeded"),
        (Listing::Decider(identity("mallory")), |_| false),
        (Listing::Granting(identity("demo-agent")), |row| {
            row.grants && row.principal.subject == "demo-agent"
        }),
        (Listing::Granting(identity("ci-agent")), |_| false),
        (Listing::Accounts(identity("alice")), |_| false),
    ];
    for (listing, belongs) in cases {
        let expected: Vec<IndexRow> = rows.iter().filter(|row| belongs(row)).cloned().collect();
        for limit in [1, 2, 3, 5, 10, 100] {
            assert_eq!(all_pages(&kit, &listing, limit).await, expected, "{listing:?} by {limit}");
        }
    }
}

#[tokio::test]
async fn the_last_page_has_no_next() {
    let kit = kit().await;
    ten(&kit).await;
    let page = kit.index.list(&Listing::All, None, 10).await.unwrap();
    assert_eq!((page.rows.len(), page.next), (10, None));
}

#[tokio::test]
async fn a_group_once_asked_stays_named_and_an_inbox_empties() {
    let kit = kit().await;
    let first = row("moved on", 1);
    kit.record.apply(&position(1, 1, "decided"), &first).await.unwrap();
    let inbox = |group: &str| Listing::Inbox(group.to_owned());
    assert_eq!(all_pages(&kit, &inbox("data-owners"), 5).await, std::slice::from_ref(&first));
    let asked = IndexRow { groups: vec!["sre".to_owned()], ..row("moved on", 2) };
    kit.record.apply(&position(2, 2, "decided"), &asked).await.unwrap();
    let both = vec!["data-owners".to_owned(), "sre".to_owned()];
    assert_eq!(all_pages(&kit, &inbox("sre"), 5).await, [IndexRow { groups: both.clone(), ..asked }]);
    let done = IndexRow { groups: Vec::new(), status: "denied".to_owned(), ..row("moved on", 3) };
    kit.record.apply(&position(3, 3, "verdict_given"), &done).await.unwrap();
    assert_eq!(all_pages(&kit, &inbox("sre"), 5).await, []);
    let kept = IndexRow { groups: both, ..done };
    assert_eq!(all_pages(&kit, &Listing::Group("data-owners".to_owned()), 5).await, [kept]);
}

/// O8: a cursor is opaque: anything but one this list gave is refused for good.
#[tokio::test]
async fn foreign_cursors_are_refused() {
    let kit = kit().await;
    ten(&kit).await;
    let group = Listing::Group("data-owners".to_owned());
    let other = kit.index.list(&group, None, 2).await.unwrap().next.unwrap();
    let own = kit.index.list(&Listing::All, None, 2).await.unwrap().next.unwrap();
    let cut = own.get(..own.len() - 4).unwrap().to_owned();
    for cursor in [other.as_str(), cut.as_str(), "", "%", "MSMxIzE", "a#act_mzxw6ytboi", "' OR 1=1"] {
        let fault = kit.index.list(&Listing::All, Some(cursor), 2).await.unwrap_err();
        assert!(!fault.is_passing(), "{cursor}: {fault}");
    }
    let inbox = Listing::Inbox("data-owners".to_owned());
    assert!(kit.index.list(&inbox, Some(&other), 2).await.is_err(), "the group's cursor is not the inbox's");
    assert!(kit.index.list(&Listing::All, Some(&own), 2).await.is_ok());
}

/// O8: identities whose texts run into each other are different lists.
#[tokio::test]
async fn lists_of_look_alike_identities_are_apart() {
    let kit = kit().await;
    let pair =
        |issuer: &str, subject: &str| wire::text::Identity { issuer: issuer.into(), subject: subject.into() };
    let row = IndexRow { principal: pair("http://a|b", "c"), ..row("look-alike", 1) };
    kit.record.apply(&position(1, 1, "proposed"), &row).await.unwrap();
    assert_eq!(all_pages(&kit, &Listing::Principal(pair("http://a", "b|c")), 5).await, []);
    assert_eq!(all_pages(&kit, &Listing::Principal(pair("http://a|b", "c")), 5).await, [row]);
}
