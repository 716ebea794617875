//! Who belongs to which group, as a test says it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use bundle::Bundle;
use domain::{Fault, Membership, Person, Timestamp};
use fn_callbacks::{Directory, NamedGroups, SuspensionRules};

/// A directory that gives some people groups and lends some a seat, and lists the members of some.
#[derive(Clone)]
pub struct Groups {
    pub given: BTreeMap<String, Vec<String>>,
    pub listed: Vec<String>,
    /// Who stands in, in which group, for whom.
    pub lent: Vec<(&'static str, &'static str, &'static str)>,
    /// The groups that a token's claim counts for.
    pub claimable: Arc<Mutex<BTreeSet<String>>>,
    /// Whether no bundle in force can be established.
    pub unreachable: bool,
}

impl Default for Groups {
    /// Bob and Carol are sre, Alice owns data. Whoever else a token puts there belongs there too.
    fn default() -> Self {
        let given = [("alice", "data-owners"), ("bob", "sre"), ("carol", "sre")];
        let given = given.map(|(who, group)| (who.to_owned(), vec![group.to_owned()]));
        let claimable = Arc::new(Mutex::new(super::NAMED.map(str::to_owned).into_iter().collect()));
        Self { given: given.into(), listed: Vec::new(), lent: Vec::new(), claimable, unreachable: false }
    }
}

#[async_trait]
impl Directory for Groups {
    async fn membership(&self, person: &Person, _: Timestamp) -> Result<Membership, Fault> {
        if self.unreachable {
            return Err(Fault::passing("no bundle is in force"));
        }
        let groups = self.given.get(&person.folded_subject()).cloned().unwrap_or_default();
        let mut lent = BTreeMap::<String, BTreeSet<Person>>::new();
        for (_, group, from) in self.lent.iter().filter(|(to, ..)| *to == person.folded_subject()) {
            let from = Person { subject: (*from).to_owned(), ..person.clone() };
            lent.entry((*group).to_owned()).or_default().insert(from);
        }
        let listed = self.listed.iter().cloned().collect();
        Ok(Membership { listed, groups: groups.into_iter().collect(), lent })
    }

    async fn suspension_rules(&self) -> Result<SuspensionRules, Fault> {
        let rules = SuspensionRules::of(self.bundle().await?.as_ref());
        Ok(SuspensionRules { groups: vec!["sre".to_owned()], types: vec!["s3-export".to_owned()], ..rules })
    }

    async fn groups(&self) -> Result<NamedGroups, Fault> {
        let listed: BTreeSet<String> = self.listed.iter().cloned().collect();
        let all = self.claimable.lock().unwrap().clone();
        Ok(NamedGroups { claimable: all.difference(&listed).cloned().collect(), listed })
    }

    async fn bundle(&self) -> Result<Arc<Bundle>, Fault> {
        static SAMPLE: OnceLock<Arc<Bundle>> = OnceLock::new();
        Ok(SAMPLE.get_or_init(|| Arc::new(testkit::sample_bundle().bundle)).clone())
    }
}
