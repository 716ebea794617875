//! Whatever fails: what may pass makes the message come again, what lasts denies, and nothing is allowed by it.

use domain::Fault;
use testkit::{Moment, Strike, killed};

use crate::sample_request::SampleRequest;
use crate::support::TestStack;

async fn ready() -> TestStack {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::customers()).await;
    stack
}

async fn passages() -> Vec<(&'static str, Moment)> {
    let stack = ready().await;
    stack.deliver().await.unwrap();
    stack.probe.passages()
}

/// F8, F9, F14, W25: every call fails once in a way that may pass, before or after it did its work: the message comes
/// again, and then it is decided as if nothing had been.
#[tokio::test]
async fn what_may_pass_comes_again() {
    for (number, (point, moment)) in passages().await.iter().enumerate() {
        let why = format!("{moment:?} {point} ({number})");
        let stack = ready().await;
        stack.probe.strike(number, Strike::Fault);
        let fault = stack.deliver().await.expect_err(&why);
        assert!(fault.is_passing(), "{why}: {fault}");
        let written = *point == "state.extend" && *moment == Moment::After;
        assert_eq!(stack.gist().await == "proposed", !written, "{why}");
        stack.probe.clear();
        stack.deliver().await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
        assert_eq!(stack.gist().await, "pending data-owners", "{why}");
    }
}

/// P10, F11, F12, F14, F26: every call fails in a way that lasts: denied with a reason, or, where nothing can be read or
/// written at all, left to its deadline; never allowed and never asked.
#[tokio::test]
async fn what_lasts_denies() {
    for (number, (point, moment)) in passages().await.iter().enumerate() {
        let why = format!("{moment:?} {point} ({number})");
        let stack = ready().await;
        stack.probe.strike(number, Strike::Lasting);
        let answer = stack.deliver().await;
        let gist = stack.gist().await;
        let expected = match (*point, *moment) {
            ("bundles.get", _) => "denied no-rules",
            ("documents.get", _) => "denied document-missing",
            // The item itself is read before anything else, the suspension list later.
            ("state.get", _) if number < 2 => "proposed",
            ("state.get" | "index.get", _) => "denied suspensions-unreadable",
            ("seal.decrypt", _) => "denied payload-unreadable",
            ("keys.fetch", _) => "denied token-invalid",
            ("sts.assume-inspect" | "target.inspect", _) => "denied cannot-plan",
            // The answer alone was lost: it is decided, and the message that comes again finds it so.
            ("state.extend", Moment::After) => "pending data-owners",
            _ => "proposed",
        };
        assert_eq!(gist, expected, "{why}");
        let left = ["state.extend", "documents.put"].contains(point) || number < 2;
        assert_eq!(answer.is_err(), left, "{why}");
    }
}

/// F1, P2: killed before and after every call and delivered again, it is decided once.
#[tokio::test]
async fn killed_anywhere_it_is_decided_once() {
    for (number, (point, moment)) in passages().await.iter().enumerate() {
        let why = format!("killed {moment:?} {point} ({number})");
        let stack = ready().await;
        stack.probe.strike(number, Strike::Kill);
        assert!(killed(stack.deliver()).await.is_none(), "{why}");
        stack.probe.clear();
        stack.deliver().await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
        assert_eq!(stack.gist().await, "pending data-owners", "{why}");
        assert_eq!(stack.item().await.entries().len(), 2, "{why}");
    }
}

/// F14: a provider that does not answer holds the decision; one whose key is gone for good denies.
#[tokio::test]
async fn keys_that_cannot_be_had() {
    let stack = ready().await;
    stack.keys.fail(Some(Fault::passing("no answer")));
    assert!(stack.deliver().await.unwrap_err().is_passing());
    assert_eq!(stack.gist().await, "proposed");
    stack.keys.fail(None);
    stack.people.rotate();
    stack.people.retire();
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "denied token-invalid");
}

/// D18: a document that is gone, or has other bytes than its name says, is denied.
#[tokio::test]
async fn documents_that_cannot_be_believed() {
    let stack = ready().await;
    let proposal = stack.item().await.state().proposal().unwrap().clone();
    for (digest, gone) in [(proposal.payload, true), (proposal.request, false)] {
        let stack = ready().await;
        match gone {
            true => stack.documents.remove(digest),
            false => stack.documents.forge(digest, "{}"),
        }
        stack.deliver().await.unwrap();
        assert_eq!(stack.gist().await, "denied document-missing");
    }
}
