//! SeededDraw numbers and texts that depend on a seed alone, so that everybody measures the same corpus.

/// A generator (splitmix64). Not for secrets.
#[derive(Debug, Clone)]
pub struct SeededDraw(u64);

impl SeededDraw {
    /// The same seed, the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 for 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % limit).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// One of these; the empty text of none.
    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }

    /// So many decimal digits.
    pub fn digits(&mut self, count: usize) -> Vec<u32> {
        (0..count).map(|_| u32::try_from(self.below(10)).unwrap_or(0)).collect()
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| u8::try_from(self.below(256)).unwrap_or(0)).collect()
    }

    /// A text of this form: characters stand for themselves, `[a-z0-9]` for one of these, `{8}` or `{8,20}` repeats what
    /// stands in front. A `-` in a set stands last.
    pub fn text(&mut self, form: &str) -> String {
        let mut made = String::new();
        let mut rest = form.chars().peekable();
        while let Some(char) = rest.next() {
            let set = match char {
                '[' => ranges(&rest.by_ref().take_while(|char| *char != ']').collect::<Vec<_>>()),
                other => vec![other],
            };
            let mut count = 1;
            if rest.next_if(|char| *char == '{').is_some() {
                let numbers: String = rest.by_ref().take_while(|char| *char != '}').collect();
                let (low, high) = numbers.split_once(',').unwrap_or((&numbers, &numbers));
                let low = low.parse().unwrap_or(1);
                count = self.between(low, high.parse().unwrap_or(low));
            }
            made.extend((0..count).filter_map(|_| set.get(self.below(set.len()))));
        }
        made
    }
}

fn ranges(set: &[char]) -> Vec<char> {
    let mut chars = Vec::new();
    let mut rest = set;
    loop {
        rest = match rest {
            [low, '-', high, more @ ..] => {
                chars.extend(*low..=*high);
                more
            }
            [one, more @ ..] => {
                chars.push(*one);
                more
            }
            [] => return chars,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::SeededDraw;

    #[test]
    fn texts_have_their_form() {
        let mut random = SeededDraw::new(7);
        let made = random.text("ab_[A-C0-]{5,9}.[x]{3}");
        assert!(
            made.starts_with("ab_") && made.ends_with(".xxx") && (12..=16).contains(&made.len()),
            "{made}"
        );
        assert!(made[3..made.len() - 4].chars().all(|char| "ABC0-".contains(char)), "{made}");
        assert_eq!(SeededDraw::new(7).text("[a-z]{20}"), SeededDraw::new(7).text("[a-z]{20}"));
        assert_ne!(SeededDraw::new(7).text("[a-z]{20}"), SeededDraw::new(8).text("[a-z]{20}"));
    }
}
