//! Where the browser comes back to: one address of this machine, for one sign-in.

use std::time::Duration;

use identity::ProviderError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use url::Url;

use crate::api::{ApiError, refused};

/// The longest request that is read, in bytes.
const LONGEST: usize = 16 * 1024;
/// How long a browser may take to send one.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// A port that listens.
pub(crate) struct Back {
    listener: TcpListener,
    address: String,
}

/// The contents of a request to it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Brought {
    /// The sign-in's code.
    Code(String),
    /// The issuer's own refusal.
    Refused(ProviderError),
    /// Something that has nothing to do with this sign-in.
    Other,
}

impl Back {
    /// Listens on this port, for this machine alone; 0 leaves the choice to the system.
    pub(crate) async fn open(port: u16) -> Result<Self, ApiError> {
        let failed = |error| ApiError::File(format!("127.0.0.1:{port}"), error);
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, address: format!("http://127.0.0.1:{port}/return") })
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The code of the sign-in with this `state`; whatever else comes is answered and forgotten.
    pub(crate) async fn code(&self, state: &str, issuer: &str) -> Result<String, ApiError> {
        loop {
            let Ok((mut stream, _)) = self.listener.accept().await else { continue };
            let Ok(Some(target)) = timeout(REQUEST_TIMEOUT, target(&mut stream)).await else { continue };
            match self.brought(&target, state, issuer) {
                Brought::Code(code) => {
                    answer(&mut stream, "200 OK", "The sign-in has come back. This page can be closed.")
                        .await;
                    return Ok(code);
                }
                Brought::Refused(error) => {
                    answer(&mut stream, "200 OK", "Nobody was signed in. This page can be closed.").await;
                    return Err(ApiError::Answer(format!("the issuer refused: {}", refused::told(&error))));
                }
                Brought::Other => answer(&mut stream, "404 Not Found", "Nothing is here.").await,
            }
        }
    }

    fn brought(&self, target: &str, state: &str, issuer: &str) -> Brought {
        let Ok(url) = Url::parse(&self.address).and_then(|base| base.join(target)) else {
            return Brought::Other;
        };
        let ours = url.as_str().split('?').next() == Some(self.address.as_str());
        let said = |name: &str| {
            let mut found =
                url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            found.next().filter(|_| found.next().is_none())
        };
        // RFC 9207: an answer that names its issuer must name the one that was asked.
        let asked = said("iss").is_none_or(|iss| iss == issuer);
        if !ours || !asked || said("state").as_deref() != Some(state) {
            return Brought::Other;
        }
        match (said("code"), said("error")) {
            (Some(code), None) if !code.is_empty() => Brought::Code(code),
            (None, Some(error)) => {
                Brought::Refused(ProviderError::new(&error, said("error_description").as_deref()))
            }
            _ => Brought::Other,
        }
    }
}

/// The target of a GET, once its headers have all come.
async fn target(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut piece = [0; 1024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        request.extend_from_slice(piece.get(..read)?);
        if request.len() > LONGEST {
            return None;
        }
    }
    let request = String::from_utf8(request).ok()?;
    let mut words = request.lines().next()?.split(' ');
    let target = (words.next() == Some("GET")).then(|| words.next()).flatten()?;
    target.starts_with('/').then(|| target.to_owned())
}

async fn answer(stream: &mut TcpStream, status: &str, text: &'static str) {
    // Without an icon of its own the page would have the browser ask for one, when nobody listens any more.
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><link rel=\"icon\" href=\"data:,\">\
         <title>countersign</title><p>{text}</p></html>"
    );
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         content-security-policy: default-src 'none'; img-src data:\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
    // A browser that is gone does not change what it brought.
    drop(stream.write_all(answer.as_bytes()).await);
    drop(stream.shutdown().await);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O5: only this sign-in's own answer counts: its state, its address, its issuer, each said once.
    #[tokio::test]
    async fn what_comes_back() {
        let back = Back::open(0).await.unwrap();
        let brought = |target: &str| back.brought(target, "s-1", "https://id.example.com");
        assert_eq!(brought("/return?code=c-1&state=s-1"), Brought::Code("c-1".to_owned()));
        let named = "/return?code=c-1&state=s-1&iss=https%3A%2F%2Fid.example.com";
        assert_eq!(brought(named), Brought::Code("c-1".to_owned()));
        let refused = "/return?error=access_denied%1b%5b31m&error_description=No&state=s-1";
        assert_eq!(
            brought(refused),
            Brought::Refused(ProviderError::new("access_denied\u{1b}[31m", Some("No")))
        );
        for other in [
            "/return?code=c-1",
            "/return?code=c-1&state=s-2",
            "/return?code=c-1&state=s-2&state=s-1",
            "/return?code=c-1&code=c-2&state=s-1",
            "/return?code=&state=s-1",
            "/return?code=c-1&error=x&state=s-1",
            "/return?code=c-1&state=s-1&iss=https%3A%2F%2Fother.example.com",
            "/favicon.ico",
            "//other.example.com/return?code=c-1&state=s-1",
        ] {
            assert_eq!(brought(other), Brought::Other, "{other}");
        }
    }

    /// Strangers, half requests and other sign-ins are answered or dropped, and the one that is waited for still comes.
    #[tokio::test]
    async fn strangers_first() {
        let back = Back::open(0).await.unwrap();
        let place = back.address().trim_start_matches("http://").trim_end_matches("/return").to_owned();
        let visits = async {
            for request in
                ["POST /return?code=x&state=s-1 HTTP/1.1\r\n\r\n", "GET /x HTTP/1.1\r\n\r\n", "GET /ret"]
            {
                let mut stream = TcpStream::connect(&place).await.unwrap();
                stream.write_all(request.as_bytes()).await.unwrap();
                stream.shutdown().await.unwrap();
                let mut answered = String::new();
                // The answer to half a request is none.
                drop(stream.read_to_string(&mut answered).await);
                assert!(!answered.contains("200 OK"), "{request}: {answered}");
            }
            let mut stream = TcpStream::connect(&place).await.unwrap();
            stream.write_all(b"GET /return?code=c-1&state=s-1 HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
            let mut answered = String::new();
            stream.read_to_string(&mut answered).await.unwrap();
            assert!(answered.contains("200 OK"), "{answered}");
        };
        let (code, ()) = tokio::join!(back.code("s-1", "https://id.example.com"), visits);
        assert_eq!(code.unwrap(), "c-1");
    }
}
