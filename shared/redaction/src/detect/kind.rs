//! What a finding is: the word of its placeholder, how sensitive it is, and whether it is personal data.

/// The kinds in order, the most sensitive first. A detector can name no other, so none is without a rank.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $name:literal $of:ident),* $(,)?) => {
        /// A kind of what detectors find. The order is the order of sensitivity: where stretches overlap, the most
        /// sensitive names the whole.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum DataKind { $($(#[$doc])* $variant),* }

        impl DataKind {
            /// Every kind, the most sensitive first.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that its placeholder and a catalogue's exemptions use.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Whether it is personal data rather than a secret.
            pub(crate) const fn is_personal(self) -> bool {
                match self { $(Self::$variant => matches!(Data::$of, Data::Personal)),* }
            }
        }
    };
}

enum Data {
    Secret,
    Personal,
}

kinds! {
    PrivateKey "private-key" Secret,
    AwsSecret "aws-secret" Secret,
    AwsKey "aws-key" Secret,
    Jwt "jwt" Secret,
    Token "token" Secret,
    Password "password" Secret,
    Card "card" Personal,
    Iban "iban" Personal,
    Email "email" Personal,
    Phone "phone" Personal,
    Passport "passport" Personal,
    HealthId "health-id" Personal,
    NationalId "national-id" Personal,
    TaxId "tax-id" Personal,
    BankAccount "bank-account" Personal,
    CryptoAddress "crypto-address" Personal,
    DeviceId "device-id" Personal,
    BirthDate "birth-date" Personal,
}

impl DataKind {
    /// The kind of this name; none for a name that a catalogue made up.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The kinds that have a detector by themselves: each is a rule of its own name too.
    pub(crate) fn with_rule() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|kind| *kind <= Self::Phone)
    }
}

/// 0 is the most sensitive: what a catalogue marks with a kind of its own comes before everything that is found.
pub(crate) fn rank(kind: &str) -> usize {
    let place = DataKind::ALL.iter().position(|known| known.name() == kind);
    place.map_or(0, |place| place + 1)
}

/// Whether a kind is personal data rather than a secret.
pub(crate) fn is_personal(kind: &str) -> bool {
    DataKind::named(kind).is_some_and(DataKind::is_personal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind has a rank of its own, in the order of the table; a kind that only a catalogue knows comes first.
    #[test]
    fn every_kind_has_its_rank() {
        let ranks: Vec<usize> = DataKind::ALL.iter().map(|kind| rank(kind.name())).collect();
        assert_eq!(ranks, (1..=DataKind::ALL.len()).collect::<Vec<_>>());
        assert_eq!(rank("secret"), 0);
        for (rule, kind) in crate::detect::rules() {
            assert!(DataKind::named(kind).is_some(), "`{rule}` finds `{kind}`");
        }
        assert!(rank("token") < rank("email") && rank("card") < rank("passport"));
    }

    /// Secrets come before personal data, so that what is both is masked as a secret.
    #[test]
    fn secrets_come_first() {
        assert!(DataKind::ALL.is_sorted_by_key(|kind| kind.is_personal()));
    }
}
