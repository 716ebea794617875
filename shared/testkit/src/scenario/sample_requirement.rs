//! Who is asked.

use domain::{EmergencyRule, GrantLimit, GroupCount, Proof, Requirement, Terms};

/// What policy asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleRequirement {
    /// Nothing.
    Nobody,
    /// Nothing; one of sre may say what a lost attempt did.
    NobodyResolving,
    /// One of data-owners, proven by a fresh sign-in.
    DataOwner,
    /// Two of sre, `service` is enough.
    TwoOfSre,
    /// One of data-owners; in an emergency one of sre runs it at once, and it is looked at within the hour.
    OrInEmergency,
    /// One of sre, and Frank, for whom the agent acts.
    Confirmed,
    /// Two of sre, who do not see each other's votes.
    TwoBlind,
    /// The same, and they may change the destination.
    TwoBlindChanging,
    /// One of sre, who may grant more of the same destination.
    Granting,
    /// The same by one of data-owners, signed by the provider just now.
    GrantingSigned,
    /// One of sre; not begun once nobody has asked for it for a quarter of an hour.
    UnlessAbandoned,
    /// One of sre, reminded after a minute.
    Reminded,
    /// One of sre, who may change the destination.
    Changing,
    /// The same by one of data-owners, signed by the provider just now.
    ChangingSigned,
}

impl SampleRequirement {
    /// Who may say what a lost attempt did, where nobody is asked.
    pub(super) fn resolvers(self) -> Vec<Requirement> {
        let sre = GroupCount { group: "sre".to_owned(), count: 1 };
        let named = Requirement { name: "sre".to_owned(), groups: vec![sre], ..Requirement::default() };
        if self == Self::NobodyResolving { vec![named] } else { Vec::new() }
    }

    pub(super) fn requirements(self) -> Vec<Requirement> {
        let (name, group, count, proof) = match self {
            Self::Nobody | Self::NobodyResolving => return Vec::new(),
            Self::DataOwner | Self::GrantingSigned | Self::ChangingSigned => {
                ("data-owners", "data-owners", 1, Proof::Idp)
            }
            Self::TwoOfSre | Self::TwoBlind | Self::TwoBlindChanging => ("change", "sre", 2, Proof::Service),
            Self::OrInEmergency => ("data-owners", "data-owners", 1, Proof::Idp),
            Self::Confirmed | Self::Granting | Self::UnlessAbandoned | Self::Reminded | Self::Changing => {
                ("change", "sre", 1, Proof::Service)
            }
        };
        let rule = EmergencyRule { groups: vec!["sre".to_owned()], review_within: 3600 };
        let limit = GrantLimit { seconds: 3600, uses: 5, fixed: vec!["/destination".to_owned()] };
        let terms = Terms {
            emergency: (self == Self::OrInEmergency).then_some(rule),
            confirm: self == Self::Confirmed,
            grant: matches!(self, Self::Granting | Self::GrantingSigned).then_some(limit),
            abandoned_after: (self == Self::UnlessAbandoned).then_some(900),
            reminder: (self == Self::Reminded).then_some(60),
            blind: matches!(self, Self::TwoBlind | Self::TwoBlindChanging),
            may_change: match self {
                Self::Changing | Self::ChangingSigned | Self::TwoBlindChanging => {
                    vec!["/destination".to_owned()]
                }
                _ => Vec::new(),
            },
            ..Terms::default()
        };
        let fresh = proof == Proof::Idp;
        vec![Requirement {
            name: name.to_owned(),
            groups: vec![GroupCount { group: group.to_owned(), count }],
            proof,
            max_age: fresh.then_some(300),
            prompt_login: fresh,
            terms,
        }]
    }
}
