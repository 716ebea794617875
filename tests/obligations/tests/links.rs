//! Links between the pages of this repository lead to files that exist, and to headings that exist.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !["target", "node_modules"].contains(&name.as_str()) {
            pages(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &str) -> Vec<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// Every relative link of every page leads somewhere.
#[test]
fn every_link_leads_somewhere() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let (mut found, mut broken, mut tried) = (Vec::new(), Vec::new(), 0);
    pages(&root, &mut found);
    for page in found {
        let text = fs::read_to_string(&page).unwrap();
        for target in link.captures_iter(&text).map(|found| found.get(1).unwrap().as_str()) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            tried += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let leads = path.exists()
                && (anchor.is_empty()
                    || fs::read_to_string(&path)
                        .is_ok_and(|text| anchors(&text).iter().any(|a| a == anchor)));
            if !leads {
                broken.push(format!("{}: {target}", page.strip_prefix(&root).unwrap().display()));
            }
        }
    }
    assert!(tried > 50, "the links are not found");
    assert!(broken.is_empty(), "{broken:#?}");
}
