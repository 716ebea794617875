//! The samples.

use crate::carriers::{self, Carrier};
use crate::names::Name;
use crate::ordinary;
use crate::personal;
use crate::random::SeededDraw;
use crate::secrets::{self, Made, Make, Secret};

/// Of the ways of writing, each secret is put into one in so many, beginning elsewhere for each.
const EVERY: usize = 3;
/// So often each kind stands in each place without a name, and personal data with its name.
const AGAIN: usize = 2;

/// What a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A secret that can be told by itself, by itself.
    Alone,
    /// A secret with its name beside it.
    Named,
    /// A secret with its name beside it in another language than English.
    Foreign,
    /// A secret that can be told by itself, encoded and without a name.
    Encoded,
    /// Personal data that can be told by itself, by itself.
    PersonAlone,
    /// Personal data with its name beside it.
    PersonNamed,
    /// Nothing.
    Ordinary,
}

/// What is known of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What must not stay readable, as it stands in the text.
    pub secret: String,
    /// The same before it was encoded.
    pub plain: String,
    /// All of what was put into the text, e.g. the URL around the secret; it may be masked too.
    pub whole: String,
    /// Its kind, e.g. `github-pat`.
    pub kind: &'static str,
    /// The way of naming it, e.g. `German`.
    pub name: &'static str,
}

/// A text of the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The text.
    pub text: String,
    /// What it holds.
    pub class: Class,
    /// The way of writing, e.g. `yaml, single quotes`; of an ordinary text what it is, e.g. `log`.
    pub way: &'static str,
    /// The secret; nothing for an ordinary text.
    pub label: Option<Label>,
}

impl Sample {
    fn of(
        made: &Made,
        kind: &'static str,
        class: Class,
        carrier: &Carrier,
        name: &Name,
        random: &mut SeededDraw,
    ) -> Self {
        let written = carrier.write(name, made, random);
        let style = if matches!(class, Class::Named | Class::Foreign) { name.style } else { "" };
        Self {
            text: written.text,
            class,
            way: carrier.name,
            label: Some(Label {
                secret: written.secret,
                plain: made.secret.clone(),
                whole: written.whole,
                kind,
                name: style,
            }),
        }
    }
}

/// The corpus of this seed.
#[must_use]
pub fn generate(seed: u64) -> Vec<Sample> {
    let mut random = SeededDraw::new(seed);
    let mut samples = Vec::new();
    for (index, secret) in secrets::all().enumerate() {
        alone(secret, &mut samples, &mut random);
        named(secret, index, &mut samples, &mut random);
    }
    foreign(&mut samples, &mut random);
    persons(&mut samples, &mut random);
    let ordinary = ordinary::all(&mut random).into_iter();
    samples.extend(ordinary.map(|(way, text)| Sample { text, class: Class::Ordinary, way, label: None }));
    samples
}

fn alone(secret: &Secret, samples: &mut Vec<Sample>, random: &mut SeededDraw) {
    if !secret.shaped {
        return;
    }
    let name = Name::usual(secret.called);
    let places = carriers::ALONE.iter().map(|carrier| (carrier, Class::Alone));
    let places = places.cycle().take(AGAIN * carriers::ALONE.len());
    for (carrier, class) in places.chain(carriers::ENCODED.iter().map(|carrier| (carrier, Class::Encoded))) {
        let made = secret.sample(random);
        if carrier.holds(&made.whole) {
            samples.push(Sample::of(&made, secret.name, class, carrier, &name, random));
        }
    }
}

fn named(secret: &Secret, index: usize, samples: &mut Vec<Sample>, random: &mut SeededDraw) {
    for carrier in carriers::named().skip(index % EVERY).step_by(EVERY) {
        let made = secret.sample(random);
        if !carrier.holds(&made.whole) {
            continue;
        }
        let name = match random.below(4) {
            0 => Name::vendor_token(secret.called),
            1 => Name::english(random),
            _ => Name::usual(secret.called),
        };
        samples.push(Sample::of(&made, secret.name, Class::Named, carrier, &name, random));
    }
}

fn foreign(samples: &mut Vec<Sample>, random: &mut SeededDraw) {
    let password = Secret {
        name: "password in other languages",
        called: "password",
        make: Make::Form("[a-z]{5}[A-Z]{2}[0-9]{3}-[a-z]{4}"),
        shaped: false,
    };
    for name in Name::foreign() {
        for carrier in carriers::foreign() {
            let made = password.sample(random);
            samples.push(Sample::of(&made, password.name, Class::Foreign, carrier, &name, random));
        }
    }
}

fn persons(samples: &mut Vec<Sample>, random: &mut SeededDraw) {
    for kind in personal::ALL {
        let name = Name::usual(kind.called);
        let alone =
            carriers::ALONE.iter().filter(|_| kind.shaped).map(|carrier| (carrier, Class::PersonAlone));
        let named = carriers::PERSONAL.iter().map(|carrier| (carrier, Class::PersonNamed));
        for (carrier, class) in alone.chain(named) {
            for _ in 0..AGAIN {
                let made = Made::of(&(kind.make)(random));
                samples.push(Sample::of(&made, kind.name, class, carrier, &name, random));
            }
        }
    }
}
