//! Proxies, redirects, links and addresses: where the command line connects to, and where it sends the token.

#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use serde_json::json;
use support::Sandbox;
use support::api::{ID, TOKEN, done, issuer, sandbox};
use support::server::{Does, Server};

/// What a person sends who looked at the target.
const RESOLVE: &[&str] = &["resolve", ID, "--happened", "--looked-at", "x"];
/// E19: no variable of the environment leads the token through a proxy: neither the API's nor what is sent to an issuer.
#[test]
fn no_proxy_of_the_environment() {
    let (proxy, api, issuer) =
        (Server::script(vec![done()]), Server::script(vec![done()]), issuer(None, TOKEN));
    let mut sandbox = Sandbox::new().env("COUNTERSIGN_API", &api.address);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        sandbox = sandbox.env(name, &proxy.address);
    }
    std::fs::write(sandbox.file("secret"), "client-secret").unwrap();
    let by_issuer = ["--issuer", &issuer.address, "--client", "ci", "--secret-file", &sandbox.file("secret")]
        .map(str::to_owned);
    let mut by_issuer: Vec<&str> = by_issuer.iter().map(String::as_str).collect();
    by_issuer.splice(0..0, ["wait", ID]);
    assert_eq!(sandbox.run(&by_issuer).code, 0);
    assert_eq!(sandbox.env("COUNTERSIGN_TOKEN", TOKEN).run(&["wait", ID]).code, 0);
    assert_eq!((proxy.asked().len(), api.asked().len(), issuer.asked().len()), (0, 2, 2));
}

/// E19: a proxy that was asked for sees where TLS leads, and never a token; without TLS there is none.
#[test]
fn a_proxy_that_was_asked_for() {
    let proxy = Server::script(vec![Does::answers("502 Bad Gateway", "", "")]);
    let through = ["wait", ID, "--timeout", "1", "--proxy", &proxy.address];
    let ran = sandbox("https://api.example.com").run(&through);
    assert_eq!(ran.code, 6, "{ran:?}");
    let asked = proxy.asked();
    assert!(
        !asked.is_empty() && asked.iter().all(|asked| asked.line() == "CONNECT api.example.com:443"),
        "{asked:?}"
    );
    assert!(asked.iter().all(|asked| !asked.head.contains(TOKEN) && asked.header("authorization").is_none()));
    let api = Server::script(vec![done()]);
    let ran = sandbox(&api.address).run(&through);
    assert!(ran.code == 2 && ran.err.contains("the proxy would read the token"), "{ran:?}");
    let ran = sandbox(&api.address).run(&["wait", ID, "--proxy", "socks5://127.0.0.1:1"]);
    assert!(ran.code == 2 && ran.err.contains("--proxy must be"), "{ran:?}");
    assert_eq!((api.asked().len(), proxy.asked().len()), (0, asked.len()));
}

/// E19: a redirect is followed neither with the token nor with a client's secret, within one origin or out of it.
#[test]
fn no_redirect_is_followed() {
    let elsewhere = Server::script(vec![done()]);
    for status in
        ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        for target in [format!("{}/x?secret=y", elsewhere.address), "/v1/elsewhere".to_owned()] {
            let location = format!("location: {target}\r\n");
            let api = Server::script(vec![Does::answers(status, &location, "")]);
            for arguments in
                [&["wait", ID][..], &["suspend", "--list"], &["suspend", "--all", "--reason", "x"], RESOLVE]
            {
                let ran = sandbox(&api.address).run(arguments);
                assert!(ran.code == 2 && ran.err.contains("is not followed"), "{ran:?}");
                assert!(!ran.err.contains("secret=y"), "{ran:?}");
            }
            let sandbox = sandbox(&api.address);
            assert_eq!(sandbox.run(&["propose", &sandbox.proposal()]).code, 2);
            assert_eq!(api.asked().len(), 5);
            let issuer = Server::new(move |_, asked| {
                let base = format!("http://{}", asked.header("host").unwrap());
                match asked.line().starts_with("POST") {
                    true => Does::answers(status, &location, ""),
                    false => Does::json(
                        &json!({ "issuer": base, "token_endpoint": format!("{base}/t") }).to_string(),
                    ),
                }
            });
            let secret = sandbox.file("secret");
            std::fs::write(&secret, "client-secret").unwrap();
            let by = ["wait", ID, "--issuer", &issuer.address, "--client", "ci", "--secret-file", &secret];
            let ran = sandbox.run(&by);
            assert!(ran.code == 2 && ran.err.contains("is not followed"), "{ran:?}");
        }
    }
    assert_eq!(elsewhere.asked().len(), 0);
}

/// E19: what an answer links to is asked for nothing.
#[test]
fn links_are_not_followed() {
    let elsewhere = Server::script(vec![done()]);
    let link = elsewhere.address.clone();
    let api = Server::new(move |number, _| {
        let status = if number == 0 { "pending" } else { "succeeded" };
        let links = json!({ "self": format!("{link}/v1/actions/{ID}"), "review": link, "records": link });
        let body =
            json!({ "id": ID, "status": status, "final": number > 0, "agent_message": "", "links": links });
        let headers = format!("location: {link}/v1/actions/{ID}\r\n");
        Does::answers("202 Accepted", &headers, &body.to_string())
    });
    let sandbox = sandbox(&api.address);
    assert_eq!(sandbox.run(&["propose", &sandbox.proposal(), "--wait"]).code, 0);
    let lines: Vec<String> = api.asked().iter().map(|asked| asked.line().to_owned()).collect();
    assert!(lines.len() == 2 && lines.iter().all(|line| line.contains("/v1/actions")), "{lines:?}");
    assert_eq!(elsewhere.asked().len(), 0);
    let id = format!("../../{}?x=", "a".repeat(20));
    let hostile = Server::script(vec![Does::json(
        &json!({ "id": id, "status": "pending", "final": false }).to_string(),
    )]);
    let ran = sandbox.clone().run(&[
        "propose",
        &sandbox.proposal(),
        "--wait",
        "--timeout",
        "2",
        "--api",
        &hostile.address,
    ]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(
        hostile.asked().iter().all(|asked| asked.line() == "POST /v1/actions"),
        "an id that is none leads nowhere"
    );
}

/// E19: https, or this very machine; written in the one way there is.
#[test]
fn addresses() {
    for api in [
        "http://api.example.com",
        "http://127.0.0.1@evil.example",
        "http://2130706433",
        "https://user@api.example.com",
        "https://api.example.com.",
        "https://аpi.example.com",
        "//127.0.0.1",
        "ftp://127.0.0.1",
    ] {
        for arguments in [&["wait", ID][..], &["suspend", "--list"], &["login", "--no-browser"]] {
            let ran =
                Sandbox::new().env("COUNTERSIGN_TOKEN", TOKEN).run(&[arguments, &["--api", api]].concat());
            assert!(ran.code == 2 && ran.err.contains("not an address to send a token to"), "{api}: {ran:?}");
            let ran = sandbox(api).run(arguments);
            assert!(ran.code == 2 && !ran.err.contains(TOKEN), "{api}: {ran:?}");
        }
    }
}
