//! Digests, commitments and ids against values worked out elsewhere.

use domain::*;

/// FIPS 180-2's "abc".
#[test]
fn sha256() {
    let text = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Digest::of(b"abc").to_string(), text);
    assert_eq!(text.parse(), Ok(Digest::of(b"abc")));
}

/// RFC 4231, test case 1 (key of 20 bytes 0x0b, padded with zeros as HMAC does) and its second half with 32 bytes.
#[test]
fn hmac_sha256() {
    let mut key = [0; 32];
    key[..20].fill(0x0b);
    let expected = "hmac-sha256:b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
    assert_eq!(Commitment::of(&Key::from_bytes(key), b"Hi There").to_string(), expected);
}

/// D5: without the key a commitment says nothing: two keys, two commitments.
#[test]
fn a_commitment_depends_on_its_key() {
    let of = |byte| Commitment::of(&Key::from_bytes([byte; 32]), b"+49 30 1234567");
    assert_ne!(of(1), of(2));
    assert_eq!(of(1), of(1));
}

#[test]
fn malformed_text_is_refused() {
    for text in ["", "sha256:", "sha256:AB", "ba78", "sha256:zz", &format!("sha256:{}", "0".repeat(63))] {
        assert!(text.parse::<Digest>().is_err(), "{text}");
    }
    let upper = Digest::of(b"abc").to_string().to_uppercase();
    assert!(upper.parse::<Digest>().is_err());
    for text in [
        "",
        "act_",
        "act_1",
        "act_mzxw6ytboiaaaaaaaaaaaaaaa",
        "ACT_mzxw6ytboiaaaaaaaaaaaaaaaa",
        "act_mzxw6ytboiaaaaaaaaaaaaaa=a",
    ] {
        assert!(text.parse::<ActionId>().is_err(), "{text}");
    }
}

/// The same request has the same id; STS session names and `SourceIdentity` hold it.
#[test]
fn ids() {
    let id = ActionId::of(br#"["https://agents","demo-agent",null,"export-1"]"#);
    assert_eq!(id, ActionId::of(br#"["https://agents","demo-agent",null,"export-1"]"#));
    assert_ne!(id, ActionId::of(br#"["https://agents","demo-agent",null,"export-2"]"#));
    assert_eq!(id.as_str().parse(), Ok(id.clone()));
    assert_eq!(id.as_str().len(), 30);
}

/// SHA-256(previous ‖ event), worked out by hand.
#[test]
fn the_chain_is_a_hash_over_hashes() {
    let first = ZERO_CHAIN.extend(b"one");
    assert_eq!(first, Digest::of(&[[0; 32].as_slice(), b"one"].concat()));
    assert_eq!(first.extend(b"two"), Digest::of(&[first.as_bytes().as_slice(), b"two"].concat()));
}
