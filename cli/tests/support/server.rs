//! A server that answers as a test tells it to, bytes and all, and remembers what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub head: String,
    pub body: String,
    pub at: Instant,
}

impl Asked {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// Method and target.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
    }
}

/// What it does with a connection once a request has come.
#[derive(Debug, Clone)]
pub enum Does {
    /// Sends these bytes and closes.
    Sends(Vec<u8>),
    /// Closes with a reset.
    Resets,
    /// Says nothing for this long.
    Hangs(Duration),
}

impl Does {
    /// A whole answer.
    pub fn answers(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Sends(
            format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
            )
            .into_bytes(),
        )
    }

    pub fn json(body: &str) -> Self {
        Self::answers("200 OK", "content-type: application/json\r\n", body)
    }
}

pub struct Server {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Answers the n-th request with what `does` says of it.
    pub fn new(does: impl Fn(usize, &Asked) -> Does + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (kept, does) = (asked.clone(), Arc::new(does));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (kept, does) = (kept.clone(), does.clone());
                std::thread::spawn(move || {
                    let Some((request, length)) = peek(&stream) else { return };
                    let number = {
                        let mut kept = kept.lock().unwrap();
                        kept.push(request.clone());
                        kept.len() - 1
                    };
                    act(stream, length, does(number, &request));
                });
            }
        });
        Self { address, asked }
    }

    /// Answers these one after another, the last one for ever.
    pub fn script(steps: Vec<Does>) -> Self {
        Self::new(move |number, _| steps.get(number).or(steps.last()).unwrap().clone())
    }

    /// Everything it was asked.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// Closing while something is unread resets the connection; so for everything else the request is read first.
fn act(mut stream: TcpStream, length: usize, does: Does) {
    if !matches!(does, Does::Resets) && stream.read_exact(&mut vec![0; length]).is_err() {
        return;
    }
    match does {
        Does::Sends(bytes) => drop(stream.write_all(&bytes)),
        Does::Resets => {}
        Does::Hangs(time) => std::thread::sleep(time),
    }
}

/// The request once it is all there, unread, and its length.
fn peek(stream: &TcpStream) -> Option<(Asked, usize)> {
    let mut bytes = vec![0; 64 * 1024];
    for _ in 0..2000 {
        let there = stream.peek(&mut bytes).ok().filter(|there| *there > 0)?;
        let text = String::from_utf8_lossy(bytes.get(..there)?).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let asked = Asked { head: head.to_owned(), body: body.to_owned(), at: Instant::now() };
            let length = asked.header("content-length").map_or(0, |value| value.parse().unwrap());
            if body.len() >= length {
                return Some((asked, there));
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    None
}
