//! `docs/invariants.md`: reads the definitions, writes the links, and makes the list for `tests/README.md`.

use std::collections::BTreeMap;

use crate::Citations;

/// One `##` section of the page, for example "P: guarantees".
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// The heading without `## `.
    pub heading: String,
    /// Its definitions in the order of the page.
    pub invariants: Vec<Invariant>,
}

/// One definition: `- **P1.** A sentence. Owed: what is missing. [tests](…)`.
#[derive(Debug, PartialEq, Eq)]
pub struct Invariant {
    /// For example `P1`.
    pub id: String,
    /// What holds, in one sentence.
    pub sentence: String,
    /// What no test covers yet, and why.
    pub owed: Option<String>,
}

/// The sections of the page that define ids.
#[must_use]
pub fn groups(page: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            groups.push(Group { heading: heading.to_owned(), invariants: Vec::new() });
        } else if let (Some(group), Some(invariant)) = (groups.last_mut(), invariant(line)) {
            group.invariants.push(invariant);
        }
    }
    groups.retain(|group| !group.invariants.is_empty());
    groups
}

fn invariant(line: &str) -> Option<Invariant> {
    let (id, text) = line.strip_prefix("- **")?.split_once(".** ")?;
    let text = text.split_once(" [tests](").map_or(text, |(before, _)| before);
    let (sentence, owed) = match text.split_once(" Owed: ") {
        Some((sentence, owed)) => (sentence, Some(owed.to_owned())),
        None => (text, None),
    };
    Some(Invariant { id: id.to_owned(), sentence: sentence.to_owned(), owed })
}

/// The page with a link to its tests behind every definition that has tests, and with no other link of that kind.
#[must_use]
pub fn linked(page: &str, cited: &Citations) -> String {
    let mut new = String::with_capacity(page.len());
    for line in page.lines() {
        match invariant(line) {
            Some(Invariant { id, .. }) => {
                let text = line.split_once(" [tests](").map_or(line, |(before, _)| before);
                new.push_str(text);
                if cited.contains_key(&id) {
                    new.push_str(&format!(" [tests](../tests/README.md#{})", id.to_lowercase()));
                }
            }
            None => new.push_str(line),
        }
        new.push('\n');
    }
    new
}

/// The list for `tests/README.md`: one heading per id, under it the sentence and one line per file of tests.
#[must_use]
pub fn listing(groups: &[Group], cited: &Citations) -> String {
    let mut list = String::new();
    for Group { heading, invariants } in groups {
        list.push_str(&format!("\n### {heading}\n"));
        for invariant in invariants {
            let Some(tests) = cited.get(&invariant.id) else { continue };
            list.push_str(&format!("\n#### {}\n\n{}\n\n", invariant.id, invariant.sentence));
            let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for (path, name) in tests {
                files.entry(path).or_default().push(format!("`{name}`"));
            }
            for (path, names) in files {
                list.push_str(&format!("- [{path}](../{path}): {}\n", names.join(", ")));
            }
        }
    }
    list.push('\n');
    list
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const PAGE: &str = "# T\n\n## P: guarantees\n\n- **P1.** One holds. [tests](../tests/README.md#old)\n\
                        - **P2.** Two holds. Owed: no channel.\n\n## Other\n\ntext\n";

    /// Definitions, what is owed, and links that follow the tests.
    #[test]
    fn definitions_are_read_and_linked() {
        let found = groups(PAGE);
        assert_eq!(found.len(), 1);
        let expected = |id: &str, sentence: &str, owed: Option<&str>| Invariant {
            id: id.to_owned(),
            sentence: sentence.to_owned(),
            owed: owed.map(str::to_owned),
        };
        let two = [expected("P1", "One holds.", None), expected("P2", "Two holds.", Some("no channel."))];
        assert_eq!(found[0].invariants, two);

        let tests =
            BTreeSet::from([("a.rs".to_owned(), "x".to_owned()), ("a.rs".to_owned(), "y".to_owned())]);
        let cited = Citations::from([("P2".to_owned(), tests)]);
        let page = linked(PAGE, &cited);
        assert!(page.contains("- **P1.** One holds.\n"), "{page}");
        assert!(page.contains("Owed: no channel. [tests](../tests/README.md#p2)\n"), "{page}");
        assert!(listing(&found, &cited).contains("#### P2\n\nTwo holds.\n\n- [a.rs](../a.rs): `x`, `y`\n"));
    }
}
