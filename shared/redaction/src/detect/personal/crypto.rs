//! Addresses of crypto-currencies, by their checksums.

use sha2::{Digest, Sha256};
use sha3::Keccak256;

use super::row::{CRYPTO, stands_alone};
use crate::detect::{Found, Holds};
use crate::work;

/// No address is shorter, and of those with letters and digits alone none is longer.
pub(super) const SHORTEST: usize = 26;
const LONGEST: usize = 110;
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// What addresses in bech32 begin with, by their networks.
const NETWORKS: [&str; 15] = [
    "bc", "tb", "bcrt", "ltc", "tltc", "addr", "stake", "cosmos", "osmo", "bnb", "celo", "terra", "juno",
    "inj", "zs",
];

/// An address that a run of letters and digits is.
pub(super) fn find(text: &str, start: usize, end: usize) -> Option<Found> {
    let run = text.get(start..end).filter(|run| run.len() <= LONGEST)?;
    work::steps(run.len());
    let is = base58_check(run) || bech32(run) || checked_hex(run);
    let holds = Holds::ClosedGrammar { max: LONGEST, marks: "" };
    (is && stands_alone(text, start, end)).then_some(Found {
        range: start..end,
        kind: CRYPTO,
        rule: "crypto-address",
        holds,
    })
}

/// The length of what looks like an address, checksum or not, where its name stands in front.
pub(super) fn named(text: &str) -> Option<usize> {
    let length = text.bytes().take(LONGEST).take_while(u8::is_ascii_alphanumeric).count();
    let run = text.get(..length)?;
    let any = |class: fn(&u8) -> bool| run.bytes().any(|byte| class(&byte));
    let mixed = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit);
    let plain = (SHORTEST..=44).contains(&length) && mixed && run.bytes().all(|byte| BASE58.contains(&byte));
    (plain || hex(run).is_some() || bech32(run)).then_some(length)
}

/// Version, twenty bytes and four of a double SHA-256: Bitcoin and what followed it, by any version.
fn base58_check(run: &str) -> bool {
    if run.len() > 36 {
        return false;
    }
    let mut limbs = [0_u32; 7];
    work::steps(run.len() * limbs.len());
    for byte in run.bytes() {
        let Some(digit) = BASE58.iter().position(|known| *known == byte) else { return false };
        let mut carry = digit as u64;
        for limb in limbs.iter_mut().rev() {
            let sum = u64::from(*limb) * 58 + carry;
            *limb = u32::try_from(sum & 0xFFFF_FFFF).unwrap_or(0);
            carry = sum >> 32;
        }
        if carry > 0 {
            return false;
        }
    }
    let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_be_bytes()).collect();
    let (Some([0, 0, 0]), Some(address), Some(sum)) = (bytes.get(..3), bytes.get(3..24), bytes.get(24..28))
    else {
        return false;
    };
    work::steps(address.len());
    let twice = Sha256::digest(Sha256::digest(address));
    // Nothing but zeros is no address.
    address.iter().any(|byte| *byte > 0) && twice.get(..4) == Some(sum)
}

/// BIP 173 and BIP 350.
fn bech32(run: &str) -> bool {
    let Some((network, data)) = run.rsplit_once('1') else { return false };
    let known = NETWORKS.iter().any(|known| known.eq_ignore_ascii_case(network));
    let one_case = !(run.bytes().any(|byte| byte.is_ascii_lowercase())
        && run.bytes().any(|byte| byte.is_ascii_uppercase()));
    if !known || !one_case || data.len() < 8 {
        return false;
    }
    work::steps(run.len());
    let step = |sum: u32, value: u32| {
        const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let mixed = GENERATORS.iter().enumerate().filter(|(bit, _)| sum >> 25 >> bit & 1 == 1);
        mixed.fold((sum & 0x01FF_FFFF) << 5 ^ value, |sum, (_, generator)| sum ^ generator)
    };
    let network = || network.bytes().map(|byte| u32::from(byte.to_ascii_lowercase()));
    let head =
        network().map(|byte| byte >> 5).chain([0]).chain(network().map(|byte| byte & 31)).fold(1, step);
    let values = data.bytes().map(|byte| {
        let place = BECH32.iter().position(|known| *known == byte.to_ascii_lowercase());
        place.and_then(|place| u32::try_from(place).ok())
    });
    let sum = values.into_iter().try_fold(head, |sum, value| value.map(|value| step(sum, value)));
    matches!(sum, Some(1 | 0x2bc8_30a3))
}

/// The forty digits of `0x…`.
fn hex(run: &str) -> Option<&str> {
    let digits = run.strip_prefix("0x")?;
    (digits.len() == 40 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

/// EIP-55: capitals where the Keccak-256 of the small letters says so. Letters of one case alone are no checksum.
fn checked_hex(run: &str) -> bool {
    let Some(digits) = hex(run) else { return false };
    let any = |class: fn(&u8) -> bool| digits.bytes().any(|byte| class(&byte));
    if !any(u8::is_ascii_uppercase) || !any(u8::is_ascii_lowercase) {
        return false;
    }
    work::steps(digits.len());
    let sum = Keccak256::digest(digits.to_ascii_lowercase());
    let capital = sum.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| half >= 8);
    let mut letters = digits.bytes().zip(capital);
    letters.all(|(byte, capital)| byte.is_ascii_digit() || byte.is_ascii_uppercase() == capital)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_examples_hold() {
        for address in [
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        ] {
            assert!(find(address, 0, address.len()).is_some(), "{address}");
            let mut wrong = address.to_owned();
            wrong.replace_range(12..13, if &address[12..13] == "5" { "7" } else { "5" });
            assert!(find(&wrong, 0, wrong.len()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn hashes_are_no_addresses() {
        for run in [
            "9f2c41d0b7e35a1c6d8e4f2a9b0c1d2e3f4a5b6c",
            "0x52908400098527886e0f7030069857d2e4169ee7",
            "11111111111111111111111111111111",
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
        ] {
            assert!(find(run, 0, run.len()).is_none(), "{run}");
        }
    }
}
