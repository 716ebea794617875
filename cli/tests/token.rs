//! The token goes to its own API and nowhere else, and nobody gets to see it.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::json;
use support::Sandbox;
use support::api::{ID, TOKEN, done, issuer, sandbox};
use support::server::{Does, Server};

/// Client credentials ask for the scopes that were named, and for none otherwise: Okta and Entra ID refuse without one.
#[test]
fn client_credentials_ask_for_scopes() {
    for (scopes, expected) in [
        (&[][..], None),
        (&["--token-scope", "countersign:propose"], Some("scope=countersign%3Apropose")),
        (&["--token-scope", "a", "--token-scope", "b"], Some("scope=a+b")),
    ] {
        let (api, issuer) = (Server::script(vec![done()]), issuer(None, TOKEN));
        let sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address);
        let secret = sandbox.file("secret");
        std::fs::write(&secret, "client-secret").unwrap();
        let by = ["wait", ID, "--issuer", &issuer.address, "--client", "ci", "--secret-file", &secret];
        assert_eq!(sandbox.run(&[&by[..], scopes].concat()).code, 0);
        let asked = issuer.asked();
        let form = &asked.iter().find(|asked| asked.line().starts_with("POST")).unwrap().body;
        assert!(form.contains("grant_type=client_credentials"), "{form}");
        assert_eq!(form.split('&').find(|field| field.starts_with("scope=")), expected, "{form}");
    }
}

/// E19: a sign-in counts for the one API it was made for, and only while nobody else can read or write it.
#[test]
fn a_sign_in_is_bound_to_its_api() {
    let api = Server::script(vec![Does::json(r#"{"items":[]}"#)]);
    let sandbox = Sandbox::new();
    let folder = sandbox.file(".config/countersign");
    std::fs::create_dir_all(&folder).unwrap();
    let file = format!("{folder}/login.json");
    let keep = |address: &str| {
        let kept = json!({ "api": address, "token": TOKEN, "until": "2099-01-01T00:00:00.000Z" });
        std::fs::write(&file, kept.to_string()).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    let list = |address: &str| sandbox.run(&["suspend", "--list", "--api", address]);
    keep(&api.address);
    assert_eq!(list(&api.address).code, 0);
    assert_eq!(list(&api.address.replace("http:", "HTTP:")).code, 0, "the same address");
    let port = api.address.rsplit(':').next().unwrap();
    for other in [
        format!("http://localhost:{port}"),
        format!("http://127.0.0.2:{port}"),
        format!("{}/v2", api.address),
        format!("http://user@127.0.0.1:{port}"),
        format!("http://127.0.0.1.:{port}"),
        "http://127.0.0.1:1".to_owned(),
    ] {
        let ran = list(&other);
        assert!(ran.code == 2 && !ran.err.contains(TOKEN), "{other}: {ran:?}");
    }
    assert_eq!(api.asked().len(), 2);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let ran = list(&api.address);
    assert!(ran.code == 2 && ran.err.contains("can be read or changed by others"), "{ran:?}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&file, "{\"api\":").unwrap();
    let ran = list(&api.address);
    assert!(ran.code == 2 && ran.err.contains("holds no sign-in: `countersign login` again"), "{ran:?}");
    assert_eq!(api.asked().len(), 2);
}

/// E19: a token stands in no output, whoever repeats it, and in no list of processes.
#[test]
fn a_token_is_not_shown() {
    let echo = |body: String| vec![Does::answers("403 Forbidden", "", &body)];
    let detail = json!({ "code": "no", "detail": format!("you sent Bearer {TOKEN}") }).to_string();
    let html = format!("<html>{TOKEN}</html>");
    let answer =
        json!({ "id": ID, "status": "succeeded", "final": true, "agent_message": TOKEN }).to_string();
    for steps in [echo(detail), echo(html), vec![Does::json(&answer)]] {
        let api = Server::script(steps);
        for more in [&[][..], &["--json"]] {
            let ran = sandbox(&api.address).run(&[&["wait", ID], more].concat());
            assert!(!ran.out.contains(TOKEN) && !ran.err.contains(TOKEN), "{ran:?}");
        }
    }
    for arguments in
        [&["wait", "--help"][..], &["wait", ID, "--token", TOKEN], &["wait", &format!("--token={TOKEN}")]]
    {
        let ran = sandbox("http://127.0.0.1:1").run(arguments);
        assert!(!ran.out.contains(TOKEN) && !ran.err.contains(TOKEN), "{ran:?}");
    }
    let ran =
        sandbox("http://127.0.0.1:1").env("COUNTERSIGN_TOKEN", "two\nlines of-a-token").run(&["wait", ID]);
    assert!(
        ran.code == 2 && ran.err.contains("gives no token") && !ran.err.contains("of-a-token"),
        "{ran:?}"
    );

    let api = Server::script(vec![Does::Hangs(Duration::from_secs(20))]);
    let sandbox = sandbox(&api.address);
    std::fs::write(sandbox.file("token"), TOKEN).unwrap();
    let mut child = sandbox.command(&["wait", ID, "--token-file", &sandbox.file("token")]).spawn().unwrap();
    while api.asked().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let line = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&line).contains(TOKEN));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// E19: discovery sends secrets to the issuer's own origin, or to one that somebody named.
#[test]
fn endpoints_of_an_issuer() {
    let (elsewhere, api) = (issuer(None, TOKEN), Server::script(vec![done()]));
    let issuer = issuer(Some(format!("{}/token", elsewhere.address)), TOKEN);
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address);
    let secret = sandbox.file("secret");
    std::fs::write(&secret, "client-secret").unwrap();
    let by = ["wait", ID, "--issuer", &issuer.address, "--client", "ci", "--secret-file", &secret];
    for arguments in [&by[..], &["login", "--no-browser", "--issuer", &issuer.address]] {
        let ran = sandbox.run(arguments);
        assert!(
            ran.code == 2 && ran.err.contains(&format!("--endpoint-origin {}", elsewhere.address)),
            "{ran:?}"
        );
    }
    assert_eq!((elsewhere.asked().len(), api.asked().len()), (0, 0));
    let ran = sandbox.run(&[&by[..], &["--endpoint-origin", &elsewhere.address]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(elsewhere.asked().len(), 1);
}

/// A token command that fails without a word is told as that.
#[test]
fn a_token_command_that_says_nothing() {
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", "http://127.0.0.1:1");
    let ran = sandbox.run(&["wait", ID, "--token-command", "exit 127"]);
    assert!(ran.code == 2 && ran.err.contains("it printed no error"), "{ran:?}");
}
