//! What a text could hold by its bytes alone: one pass, so that most detectors are not asked about most texts. It says yes too
//! often rather than no.

/// A byte's classes.
const DIGIT: u8 = 1;
/// Letters, digits, `/` and `+`.
const PLAIN: u8 = 2;
/// What base64 is made of, both alphabets.
const BASE64: u8 = 4;
/// What secrets are made of.
const SECRET: u8 = 8;
/// Anything but white space.
const SHOWN: u8 = 16;
/// What begins an escape.
const ESCAPE: u8 = 32;
/// `@`.
const AT: u8 = 64;

#[expect(clippy::indexing_slicing, reason = "a table built when this crate is compiled")]
static CLASSES: [u8; 256] = {
    let mut classes = [SHOWN; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT | PLAIN | BASE64 | SECRET | SHOWN,
            b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'+' => PLAIN | BASE64 | SECRET | SHOWN,
            b'-' | b'_' => BASE64 | SECRET | SHOWN,
            b'.' | b':' | b'=' | b'|' | b'!' => SECRET | SHOWN,
            b'%' => SECRET | SHOWN | ESCAPE,
            b'\\' | b'&' => SHOWN | ESCAPE,
            b'@' => SHOWN | AT,
            b' ' | b'\t' | b'\n' | b'\r' => 0,
            _ => SHOWN,
        };
        byte += 1;
    }
    classes
};

/// What a text is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Glance {
    pub(super) digits: u32,
    /// Whether there are escapes of addresses, JSON or HTML.
    pub(super) escapes: bool,
    /// Whether there is an `@`.
    pub(super) at: bool,
    /// The longest run of letters, digits, `/` and `+`.
    pub(super) plain: u32,
    /// Of what base64 is made of.
    pub(super) base64: u32,
    /// Of what secrets are made of.
    pub(super) secret: u32,
    /// Without white space.
    pub(super) shown: u32,
}

impl Glance {
    pub(super) fn of(text: &str) -> Self {
        let mut glance = Self::default();
        let (mut plain, mut base64, mut secret, mut shown, mut all) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u8);
        let longer = |run: u32, class: u8, bit: u8| if class & bit != 0 { run.wrapping_add(1) } else { 0 };
        for byte in text.bytes() {
            let class = CLASSES.get(usize::from(byte)).copied().unwrap_or(SHOWN);
            all |= class;
            glance.digits = glance.digits.wrapping_add(u32::from(class & DIGIT));
            plain = longer(plain, class, PLAIN);
            base64 = longer(base64, class, BASE64);
            secret = longer(secret, class, SECRET);
            shown = longer(shown, class, SHOWN);
            glance.plain = glance.plain.max(plain);
            glance.base64 = glance.base64.max(base64);
            glance.secret = glance.secret.max(secret);
            glance.shown = glance.shown.max(shown);
        }
        glance.escapes = all & ESCAPE != 0;
        glance.at = all & AT != 0;
        glance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_measured() {
        let glance = Glance::of("ab/c-d.e f%20 12");
        assert_eq!(
            glance,
            Glance { digits: 4, escapes: true, at: false, plain: 4, base64: 6, secret: 8, shown: 8 }
        );
        assert_eq!(Glance::of(""), Glance::default());
    }
}
