//! `countersign propose` and `wait` as a job at night runs them: with hiccups on the way, and nobody who looks.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::server::{Does, Server};
use support::{Ran, Sandbox};
use tokio::time::Instant;

const ID: &str = "act_aaaaaaaaaaaaaaaaaaaaaaaaaa";

fn action(status: &str) -> String {
    let over = !["proposed", "pending", "approved", "executing", "held"].contains(&status);
    json!({
        "id": ID, "status": status, "final": over, "agent_message": format!("It is {status}."),
        "created_at": "2026-11-21T14:47:31.204Z", "links": { "self": "http://127.0.0.1:1/v1/actions/x" },
    })
    .to_string()
}

fn pending() -> Does {
    Does::json(&action("pending"))
}

fn done() -> Does {
    Does::json(&action("succeeded"))
}

/// The command in a sandbox with a token and a proposal.
fn ran(server: &Server, arguments: &[&str]) -> (Ran, Duration) {
    let began = Instant::now();
    let sandbox =
        Sandbox::new().env("COUNTERSIGN_API", &server.address).env("COUNTERSIGN_TOKEN", "token-of-the-night");
    let ran = sandbox.run(arguments);
    (ran, began.elapsed())
}

fn waited(steps: Vec<Does>) -> (Ran, Server) {
    let server = Server::script(steps);
    let (ran, _) = ran(&server, &["wait", ID, "--timeout", "30"]);
    (ran, server)
}

/// C9: whatever may pass is waited out, be it at the first question or at a later one, and the outcome is told as usual.
#[test]
fn hiccups() {
    let html = "<html><h1>Bad Gateway</h1></html>";
    let whole = format!("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{}", action("succeeded"));
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"id\":";
    let problem = r#"{"code":"rate-limited","detail":"Slower"}"#;
    let hiccups = [
        ("503", Does::answers("503 Service Unavailable", "retry-after: 1\r\n", problem)),
        ("429", Does::answers("429 Too Many Requests", "retry-after: 1\r\n", problem)),
        ("502 with HTML", Does::answers("502 Bad Gateway", "content-type: text/html\r\n", html)),
        ("504 with nothing", Does::answers("504 Gateway Timeout", "", "")),
        ("500", Does::answers("500 Internal Server Error", "", "{}")),
        ("a status of a front", Does::answers("522 Connection timed out", "", "")),
        ("408", Does::answers("408 Request Timeout", "", "")),
        ("a reset", Does::Resets),
        ("half a status line", Does::Sends(b"HTTP/1.".to_vec())),
        ("no HTTP", Does::Sends(b"SSH-2.0-x\r\n".to_vec())),
        ("a body cut off", Does::Sends(whole.into_bytes())),
        ("a chunk cut off", Does::Sends(chunked.into())),
        ("HTML as if it were right", Does::answers("200 OK", "", html)),
        ("nothing as if it were right", Does::answers("200 OK", "", "")),
        ("204", Does::Sends(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec())),
        ("half a JSON text", Does::json(&action("succeeded")[..40])),
        ("another action", Does::json(&action("succeeded").replace("act_aaa", "act_bbb"))),
        ("JSON that is no action", Does::json("{}")),
    ];
    std::thread::scope(|scope| {
        for (name, hiccup) in hiccups {
            scope.spawn(move || {
                let (ran, server) = waited(vec![hiccup.clone(), pending(), hiccup, done()]);
                assert_eq!((ran.code, server.asked().len()), (0, 4), "{name}: {ran:?}");
                assert_eq!(ran.out, format!("{ID} succeeded\n"), "{name}");
                assert_eq!(ran.err, "It is succeeded.\n", "{name}: quiet where nobody looks");
            });
        }
    });
}

/// C9: `Retry-After` is kept to, in seconds and as a date; what would put the job to sleep for the night is not believed.
#[test]
fn retry_after() {
    let until = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:49:40 GMT\r\n";
    for (headers, least) in [("retry-after: 3\r\n", 3), (until, 3)] {
        let (ran, server) = waited(vec![Does::answers("429 Too Many Requests", headers, ""), done()]);
        let asked = server.asked();
        let between = asked[1].at - asked[0].at;
        assert!(ran.code == 0 && between >= Duration::from_secs(least), "{headers}: {between:?}");
        assert!(between < Duration::from_secs(least + 3), "{headers}: {between:?}");
    }
    let server = Server::script(vec![
        Does::answers("503 Service Unavailable", "retry-after: 86400\r\n", ""),
        pending(),
    ]);
    let (ran, passed) = ran(&server, &["wait", ID, "--timeout", "3"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(passed < Duration::from_secs(8), "the time counts more: {passed:?}");
    assert_eq!(server.asked().len(), 2, "one more look at the end");
}

/// C9: a front that answers at once makes no busy loop, and the time that counts is the time that passes.
#[test]
fn a_front_that_answers_at_once() {
    let server = Server::script(vec![pending()]);
    let (ran, passed) = ran(&server, &["wait", ID, "--timeout", "9", "--json"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!((9..13).contains(&passed.as_secs()), "{passed:?}");
    let asked = server.asked().len();
    assert!((4..8).contains(&asked), "{asked} questions");
    assert_eq!(wire::json::parse_value(ran.out.as_bytes()).unwrap()["status"], "pending");
    assert_eq!(ran.err, "");
}

/// C9: nobody answers until the time is over: exit code 6, what stood in the way, and no longer than that.
#[test]
fn nobody_answers() {
    let closed = { std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    let hanging = Server::script(vec![Does::Hangs(Duration::from_secs(60))]);
    let late = Server::script(vec![pending(), Does::Hangs(Duration::from_secs(60))]);
    std::thread::scope(|scope| {
        for (address, said) in [
            (format!("http://{closed}"), "refused"),
            (hanging.address, "timed out"),
            (late.address, "timed out"),
        ] {
            scope.spawn(move || {
                let began = Instant::now();
                let sandbox =
                    Sandbox::new().env("COUNTERSIGN_API", &address).env("COUNTERSIGN_TOKEN", "some-token");
                let ran = sandbox.run(&["wait", ID, "--timeout", "4"]);
                let passed = began.elapsed();
                assert_eq!(ran.code, 6, "{ran:?}");
                assert!(ran.err.contains("no answer in time") && ran.err.contains(said), "{ran:?}");
                assert!((4..9).contains(&passed.as_secs()), "{passed:?}");
            });
        }
    });
}

/// C9: what the API refuses for good ends at once, with its own words.
#[test]
fn refusals_end_at_once() {
    let problem = r#"{"code":"invalid-parameters","detail":"The parameters do not fit","errors":[{"pointer":"/parameters/source","detail":"must be text"}]}"#;
    for (status, words) in [
        ("404 Not Found", "404 Not Found: the answer is no JSON that gives a reason"),
        (
            "422 Unprocessable Entity",
            "invalid-parameters: The parameters do not fit\n  /parameters/source: must be text\n",
        ),
        ("501 Not Implemented", "501"),
    ] {
        let body = if status.starts_with("422") { problem } else { "<html>" };
        let (ran, server) = waited(vec![Does::answers(status, "", body)]);
        assert_eq!((ran.code, server.asked().len()), (2, 1), "{ran:?}");
        assert!(ran.err.contains(words), "{ran:?}");
    }
    // With `--json` the result is the problem document, each part of the input with its pointer.
    let server = Server::script(vec![Does::answers("422 Unprocessable Entity", "", problem)]);
    let sandbox =
        Sandbox::new().env("COUNTERSIGN_API", &server.address).env("COUNTERSIGN_TOKEN", "some-token");
    for arguments in [&["wait", ID, "--json"][..], &["propose", &sandbox.proposal(), "--json"]] {
        let ran = sandbox.run(arguments);
        let told = wire::json::parse_value(ran.out.as_bytes()).unwrap();
        let given = wire::json::parse_value(problem.as_bytes()).unwrap();
        assert_eq!((ran.code, told), (2, given), "{arguments:?}");
    }
    let sandbox = Sandbox::new().env("COUNTERSIGN_TOKEN", "some-token");
    let ran = sandbox.run(&["wait", "../v1/suspensions"]);
    assert_eq!(ran.code, 2, "what is no id is asked of nobody: {ran:?}");
}

fn unauthorized() -> Does {
    Does::answers("401 Unauthorized", "", r#"{"code":"invalid-token","detail":"The token does not count"}"#)
}

/// A server that takes one token.
fn taking(token: &'static str) -> Server {
    Server::new(move |number, asked| {
        let taken = asked.header("authorization") == Some(&format!("Bearer {token}"));
        match (taken, number) {
            (false, 0) => pending(),
            (false, _) => unauthorized(),
            (true, _) => done(),
        }
    })
}

/// C9: a token that ends is replaced, by whatever way it came: the file, the command, the issuer; with what was sent again.
#[test]
fn a_token_that_ends() {
    let sandbox = Sandbox::new();
    let (file, secret) = (sandbox.file("token"), sandbox.file("secret"));
    std::fs::write(&secret, "\u{feff}client-secret\n").unwrap();
    let count = sandbox.file("count");
    let command = format!("echo x >> {count}; echo token-$(wc -l < {count})");
    let issuer = Server::new(|number, asked| {
        let base = format!("http://{}", asked.header("host").unwrap());
        let document = json!({ "issuer": base, "token_endpoint": format!("{base}/token") });
        match number {
            0 => Does::Resets,
            _ if asked.line() == "POST /token" => {
                let token = if number < 4 { "token-1" } else { "token-2" };
                Does::json(&json!({ "access_token": token }).to_string())
            }
            _ => Does::json(&document.to_string()),
        }
    });
    let by_issuer = ["--issuer", &issuer.address, "--client", "ci", "--secret-file", &secret];
    for way in [vec!["--token-file", &file], vec!["--token-command", &command], by_issuer.to_vec()] {
        std::fs::write(&file, "token-1\n").unwrap();
        let api = taking("token-2");
        std::thread::scope(|scope| {
            // The file is replaced while the job waits, as a sidecar does it.
            scope.spawn(|| {
                while api.asked().is_empty() {
                    std::thread::sleep(Duration::from_millis(20));
                }
                std::fs::write(&file, "token-2\n").unwrap();
            });
            let api = ["--api", &api.address];
            let ran = sandbox.run(&[&["wait", ID, "--timeout", "30"], &api[..], &way].concat());
            assert_eq!(ran.code, 0, "{way:?}: {ran:?}");
        });
        let tokens: Vec<_> =
            api.asked().iter().map(|asked| asked.header("authorization").unwrap().to_owned()).collect();
        assert_eq!(tokens, ["Bearer token-1", "Bearer token-1", "Bearer token-2"], "{way:?}");
    }
    let secrets =
        issuer.asked().into_iter().filter(|asked| asked.body.contains("client_secret=client-secret"));
    assert_eq!(secrets.count(), 2);
}

/// C9: where no other token can be got that is said, at once, with an exit code of its own.
#[test]
fn a_token_that_ends_for_good() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("token");
    std::fs::write(&file, "token-1\n").unwrap();
    let given: [(&[&str], &str); 3] = [
        (&[], "no other can be got"),
        (&["--token-file", &file], "still holds the same token"),
        (&["--token-command", "echo token-$$"], "no other can be got"),
    ];
    for (way, words) in given {
        let api = taking("another");
        let began = Instant::now();
        let sandbox = sandbox.clone().env("COUNTERSIGN_API", &api.address);
        let sandbox = if way.is_empty() { sandbox.env("COUNTERSIGN_TOKEN", "token-1") } else { sandbox };
        let ran = sandbox.run(&[&["wait", ID, "--timeout", "60"], way].concat());
        assert_eq!(ran.code, 8, "{way:?}: {ran:?}");
        assert!(ran.err.contains(words) && ran.err.contains("invalid-token"), "{way:?}: {ran:?}");
        assert!(ran.err.starts_with(&format!("{ID} was pending when it was last seen\n")), "{ran:?}");
        assert!(began.elapsed() < Duration::from_secs(20));
        assert!(!ran.err.contains("token-1"), "{ran:?}");
    }
}

/// C9: a proposal whose answer was lost is sent again with the same key; that its first try had arrived is no replay.
#[test]
fn a_proposal_whose_answer_was_lost() {
    let lost = |created: &'static str| {
        Server::new(move |number, asked| match number {
            0 => Does::Resets,
            _ => {
                let headers = "idempotent-replayed: true\r\ndate: Sat, 21 Nov 2026 14:47:33 GMT\r\n";
                let body = action("pending").replace("2026-11-21T14:47:31.204Z", created);
                assert!(asked.line().starts_with("POST"));
                Does::answers("202 Accepted", headers, &body)
            }
        })
    };
    let propose = |server: &Server, more: &[&str]| {
        let sandbox =
            Sandbox::new().env("COUNTERSIGN_API", &server.address).env("COUNTERSIGN_TOKEN", "some-token");
        let ran = sandbox.run(&[&["propose", &sandbox.proposal()], more].concat());
        let keys: Vec<_> =
            server.asked().iter().map(|asked| asked.header("idempotency-key").unwrap().to_owned()).collect();
        assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
        ran
    };
    let now = "2026-11-21T14:47:31.204Z";
    for (created, more, code) in [
        (now, &[][..], 0),
        (now, &["--key", "k"], 0),
        ("2026-11-20T14:47:31.204Z", &["--key", "k"], 7),
        ("2026-11-20T14:47:31.204Z", &[], 0),
    ] {
        let ran = propose(&lost(created), more);
        assert_eq!(ran.code, code, "{created} {more:?}: {ran:?}");
        assert_eq!(ran.err.contains("nothing new was proposed"), code == 7, "{ran:?}");
    }
}

/// R1: a proposal that is no JSON as the API reads it is refused here already, with the file's name and in the API's words.
#[test]
fn a_file_that_is_no_proposal() {
    let server = Server::script(vec![done()]);
    for (bytes, words) in [
        (&b"\xef\xbb\xbf{}"[..], "malformed JSON: a byte-order mark in front"),
        (b"\xff\xfe{\0}\0", "malformed JSON"),
        (b"{\"a\":1,\"a\":2}", "malformed JSON"),
        (b"", "malformed JSON"),
    ] {
        let sandbox =
            Sandbox::new().env("COUNTERSIGN_API", &server.address).env("COUNTERSIGN_TOKEN", "some-token");
        std::fs::write(sandbox.proposal(), bytes).unwrap();
        let ran = sandbox.run(&["propose", &sandbox.proposal()]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("proposal.json") && ran.err.contains(words), "{ran:?}");
    }
    assert_eq!(server.asked().len(), 0);
    let value: Value = wire::json::parse_value(action("pending").as_bytes()).unwrap();
    assert_eq!(value["final"], false);
}
