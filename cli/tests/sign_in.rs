//! A person's sign-in: made in their browser, kept for one API, renewed without them.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::json;
use support::Sandbox;
use support::server::{Does, Server};

const TOKEN: &str = "eyJ.token-of-the-night.sig";

/// An issuer that gives this token, at its own endpoints.
fn issuer(token: &'static str) -> Server {
    Server::new(move |_, asked| {
        let base = format!("http://{}", asked.header("host").unwrap());
        if asked.line().starts_with("POST") {
            return Does::json(&json!({ "access_token": token, "expires_in": 600 }).to_string());
        }
        let document = json!({
            "issuer": base, "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"),
        });
        Does::json(&document.to_string())
    })
}

/// E19: signing in keeps the token for this API, readable by its owner alone, and shows neither it nor what proves the code.
#[test]
fn signing_in() {
    let (issuer, api) = (issuer(TOKEN), Server::script(vec![Does::json(r#"{"items":[]}"#)]));
    let sandbox =
        Sandbox::new().env("COUNTERSIGN_API", &api.address).env("COUNTERSIGN_ISSUER", &issuer.address);
    let mut login = sandbox.command(&["login", "--no-browser", "--timeout", "30"]);
    let mut child = login.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut lines = [String::new(), String::new()];
    lines.iter_mut().for_each(|line| assert!(said.read_line(line).unwrap() > 0));
    let address: url::Url = lines.last().unwrap().trim().parse().unwrap();
    let of = |name: &str| address.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let back = of("redirect_uri");
    let place = back.trim_start_matches("http://").trim_end_matches("/return").to_owned();
    let mut browser = std::net::TcpStream::connect(place).unwrap();
    let request = format!("GET /return?code=c-1&state={} HTTP/1.1\r\nhost: x\r\n\r\n", of("state"));
    std::io::Write::write_all(&mut browser, request.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let (mut out, mut err) = (String::new(), lines.concat());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    said.read_to_string(&mut err).unwrap();
    assert!(out.starts_with(&format!("signed in for {} until ", api.address)), "{out}");
    let exchange = issuer.asked().pop().unwrap();
    let verifier = exchange.body.split("code_verifier=").nth(1).unwrap().to_owned();
    assert!(!(out.clone() + &err).contains(TOKEN) && !(out + &err).contains(&verifier));
    let mode = |path: &str| std::fs::metadata(sandbox.file(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(".config/countersign"), mode(".config/countersign/login.json")), (0o700, 0o600));
    assert_eq!(sandbox.run(&["suspend", "--list"]).code, 0);
    assert_eq!(api.asked().pop().unwrap().header("authorization"), Some(&*format!("Bearer {TOKEN}")));
    assert_eq!(sandbox.run(&["logout"]).code, 0);
    assert_eq!(sandbox.run(&["suspend", "--list"]).code, 2);
}

/// The address that is registered at an issuer which compares ports is the one that the browser is sent back to.
#[test]
fn a_registered_port() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let issuer = issuer(TOKEN);
    let sandbox = Sandbox::new().env("COUNTERSIGN_ISSUER", &issuer.address);
    let port = free.to_string();
    let asked = sandbox.run(&["login", "--no-browser", "--timeout", "1", "--port", &port]);
    let back = format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{port}%2Freturn");
    assert!(asked.err.contains(&back), "{}", asked.err);
}

/// C9: a sign-in whose issuer gave a refresh token goes on without the person: when its time is over, and when the API refuses
/// it sooner; where the issuer gives no other that is said, with an exit code of its own.
#[test]
fn a_sign_in_that_goes_on() {
    let allowed = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let gate = allowed.clone();
    let issuer = Server::new(move |_, asked| {
        let base = format!("http://{}", asked.header("host").unwrap());
        if !asked.line().starts_with("POST") {
            return Does::json(
                &json!({ "issuer": base, "token_endpoint": format!("{base}/token") }).to_string(),
            );
        }
        let given = asked.body.split("refresh_token=").nth(1).unwrap_or_default();
        match gate.load(std::sync::atomic::Ordering::SeqCst) {
            true => {
                let next = json!({ "access_token": format!("token-for-{given}"), "refresh_token": format!("{given}x"), "expires_in": 600 });
                Does::json(&next.to_string())
            }
            false => Does::answers("400 Bad Request", "", r#"{"error":"invalid_grant"}"#),
        }
    });
    let api = Server::new(|_, asked| match asked.header("authorization").unwrap() {
        "Bearer token-for-refresh-1x" => Does::json(r#"{"items":[]}"#),
        _ => Does::answers(
            "401 Unauthorized",
            "",
            r#"{"code":"invalid-token","detail":"The token does not count"}"#,
        ),
    });
    let sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address);
    std::fs::create_dir_all(sandbox.file(".config/countersign")).unwrap();
    let file = sandbox.file(".config/countersign/login.json");
    let refresh = json!({ "issuer": issuer.address, "elsewhere": [], "client": "cli", "token": "refresh-1" });
    let kept = json!({ "api": api.address, "token": "token-of-yesterday", "until": "2020-01-01T00:00:00.000Z", "refresh": refresh });
    std::fs::write(&file, kept.to_string()).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    // The first token in place of yesterday's is refused by the API, the second is taken.
    let ran = sandbox.run(&["suspend", "--list"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let now = std::fs::read_to_string(&file).unwrap();
    assert!(now.contains("token-for-refresh-1x") && now.contains("refresh-1xx"), "{now}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!((issuer.asked().len(), api.asked().len()), (4, 2));
    allowed.store(false, std::sync::atomic::Ordering::SeqCst);
    std::fs::write(&file, now.replace("token-for-refresh-1x", "token-that-ended")).unwrap();
    let ran = sandbox.run(&["suspend", "--list"]);
    assert!(
        ran.code == 8 && ran.err.contains("invalid_grant") && ran.err.contains("countersign login"),
        "{ran:?}"
    );
    assert!(!ran.err.contains("refresh-1") && !ran.err.contains("token-that"), "{ran:?}");
    std::fs::write(&file, kept.to_string().replace("\"refresh\"", "\"other\"")).unwrap();
    let ran = sandbox.run(&["suspend", "--list"]);
    assert!(ran.code == 8 && ran.err.contains("no longer signed in"), "{ran:?}");
}

/// An issuer that has these scopes, and gives this answer to whatever is exchanged.
fn issuer_of(scopes: serde_json::Value, status: &'static str, answer: serde_json::Value) -> Server {
    Server::new(move |_, asked| {
        let base = format!("http://{}", asked.header("host").unwrap());
        if asked.line().starts_with("POST") {
            return Does::answers(status, "content-type: application/json\r\n", &answer.to_string());
        }
        let document = json!({
            "issuer": base, "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"), "scopes_supported": scopes,
        });
        Does::json(&document.to_string())
    })
}

/// Signs in with these arguments, coming back with this answer: which scopes were asked for, and how it ended.
fn sign_in(sandbox: &Sandbox, arguments: &[&str], answer: &str) -> (String, support::Ran) {
    let mut login = sandbox.command(&["login", "--no-browser", "--timeout", "30"]);
    let mut child = login.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut lines = [String::new(), String::new()];
    lines.iter_mut().for_each(|line| assert!(said.read_line(line).unwrap() > 0));
    let address: url::Url = lines.last().unwrap().trim().parse().unwrap();
    let of = |name: &str| address.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let place = of("redirect_uri").trim_start_matches("http://").trim_end_matches("/return").to_owned();
    let mut browser = std::net::TcpStream::connect(place).unwrap();
    let request = format!("GET /return?{answer}&state={} HTTP/1.1\r\nhost: x\r\n\r\n", of("state"));
    std::io::Write::write_all(&mut browser, request.as_bytes()).unwrap();
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    said.read_to_string(&mut err).unwrap();
    let code = child.wait().unwrap().code().unwrap();
    (of("scope"), support::Ran { code, out, err })
}

/// C18: what is asked for is what was chosen, now or at the last sign-in for this API at this issuer; where nothing was, `openid`
/// and what the issuer says it has. The scope for deciding is the one that the issuer calls so.
#[test]
fn scopes_of_a_sign_in() {
    let token = |scope: &str| json!({ "access_token": TOKEN, "expires_in": 600, "scope": scope });
    let asked = |scopes: serde_json::Value, rounds: &[&[&str]]| -> Vec<String> {
        let issuer = issuer_of(scopes, "200 OK", token("openid"));
        let sandbox = Sandbox::new().env("COUNTERSIGN_ISSUER", &issuer.address);
        let asked = rounds.iter().map(|arguments| {
            let (scope, ran) = sign_in(&sandbox, arguments, "code=c");
            assert_eq!(ran.code, 0, "{ran:?}");
            scope
        });
        asked.collect()
    };
    let all = json!(["openid", "groups", "countersign:read", "countersign:decide"]);
    assert_eq!(
        asked(all, &[&[], &["--decide"]]),
        ["openid groups countersign:read", "openid groups countersign:read countersign:decide"]
    );
    assert_eq!(
        asked(json!(["openid", "profile"]), &[&[], &["--decide"]]),
        ["openid", "openid countersign:decide"]
    );
    assert_eq!(asked(json!(null), &[&[]]), ["openid"]);
    let okta: &[&str] = &["--scope", "openid", "--scope", "profile", "--decide"];
    assert_eq!(
        asked(
            json!(["openid", "groups"]),
            &[okta, &["--decide"], &[], &["--scope", "openid offline_access"], &[]]
        ),
        [
            "openid profile countersign:decide",
            "openid profile countersign:decide",
            "openid profile",
            "openid offline_access",
            "openid offline_access",
        ]
    );
    let decide = "api://countersign/countersign:decide";
    let entra: &[&str] = &["--scope", "openid", "--decide", "--decide-scope", decide];
    assert_eq!(
        asked(json!(["openid"]), &[entra, &["--decide"]]),
        [format!("openid {decide}"), format!("openid {decide}")]
    );
}

/// C18: what a token may do is said by the scopes that the issuer gave, however it writes them; what was chosen at one issuer is
/// not asked of another.
#[test]
fn scopes_as_issuers_write_them() {
    let decide = "api://countersign/countersign:decide";
    for (given, chosen, may) in [
        ("openid countersign:decide", "countersign:decide", "to read and to decide"),
        (decide, decide, "to read and to decide"),
        ("countersign:decide", decide, "to read and to decide"),
        (decide, "countersign:decide", "to read and to decide"),
        ("openid countersign:decides", "countersign:decide", "to read\n"),
        ("openid xcountersign:decide", "countersign:decide", "to read\n"),
        ("openid", "countersign:decide", "to read\n"),
    ] {
        let issuer = issuer_of(json!(null), "200 OK", json!({ "access_token": TOKEN, "scope": given }));
        let sandbox = Sandbox::new().env("COUNTERSIGN_ISSUER", &issuer.address);
        let (_, ran) =
            sign_in(&sandbox, &["--decide", "--decide-scope", chosen, "--scope", "openid"], "code=c");
        assert!(ran.code == 0 && ran.out.contains(may), "{given}: {ran:?}");
        let other = issuer_of(json!(["openid", "groups"]), "200 OK", json!({ "access_token": TOKEN }));
        let (scope, _) = sign_in(&sandbox, &["--decide", "--issuer", &other.address], "code=c");
        assert_eq!(scope, "openid groups countersign:decide");
    }
}

/// C18: a refusal of the sign-in, or of its code, is told by its cause, with what to change; the issuer's own words are short and
/// visible ASCII.
#[test]
fn refusals_of_an_issuer() {
    let good = json!({ "access_token": TOKEN });
    for (error, words) in [
        ("invalid_scope", "choose others with --scope and --decide-scope"),
        ("access_denied", "an administrator assigns you"),
        ("login_required", "sign in there with your browser"),
        ("consent_required", "an administrator agrees for everybody"),
        ("temporarily_unavailable", "try again in a few minutes"),
        ("unauthorized_client", "registered there for other flows"),
        ("invalid_request", "loopback redirects"),
        ("x_own", "a reason of the issuer's own"),
    ] {
        let issuer = issuer_of(json!(null), "200 OK", good.clone());
        let sandbox = Sandbox::new().env("COUNTERSIGN_ISSUER", &issuer.address);
        let description = format!("%1b%5b31mNo%e2%80%ae%0a{}", "x".repeat(4000));
        let (_, ran) = sign_in(&sandbox, &[], &format!("error={error}&error_description={description}"));
        assert!(ran.code == 2 && ran.err.contains(words) && ran.err.contains(error), "{error}: {ran:?}");
        assert!(
            !ran.err.contains('\u{1b}') && !ran.err.contains('\u{202e}') && ran.err.len() < 1200,
            "{ran:?}"
        );
    }
    for (status, error, words) in [
        ("401 Unauthorized", "invalid_client", "its secret is wrong"),
        ("400 Bad Request", "invalid_grant", "counts no longer"),
        ("400 Bad Request", "invalid_scope", "choose others with --scope"),
    ] {
        let issuer = issuer_of(json!(null), status, json!({ "error": error, "error_description": "No" }));
        let sandbox = Sandbox::new().env("COUNTERSIGN_ISSUER", &issuer.address);
        let (_, ran) = sign_in(&sandbox, &[], "code=c");
        assert!(ran.code == 2 && ran.err.contains(words) && ran.err.contains(error), "{error}: {ran:?}");
    }
}
