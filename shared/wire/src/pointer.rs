//! JSON pointers (RFC 6901): how a name is written in one, and read out of one.

/// The segment of a pointer that leads to the member with this name, slash included: `a/b` is `/a~1b`.
#[must_use]
pub fn segment(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The member's name that a segment, without its slash, leads to.
#[must_use]
pub fn name(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every name comes back, whatever it holds.
    #[test]
    fn names_come_back() {
        for (text, written) in [("a", "/a"), ("", "/"), ("a/b", "/a~1b"), ("~1", "/~01"), ("~/~", "/~0~1~0")]
        {
            assert_eq!(segment(text), written);
            assert_eq!(name(&written[1..]), text);
        }
    }
}
