//! A server of canned answers on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A request as it came.
#[derive(Debug)]
pub struct Request {
    pub line: String,
    pub headers: String,
    pub body: String,
}

impl Request {
    /// Its JSON.
    pub fn json(&self) -> serde_json::Value {
        self.body.parse().unwrap()
    }
}

pub struct Server {
    pub base: String,
    requests: Receiver<Request>,
}

impl Server {
    /// Answers the requests in this order, each with its own connection.
    pub fn answering(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/api/", listener.local_addr().unwrap());
        let (seen, requests) = channel();
        thread::spawn(move || {
            for answer in answers {
                let (stream, _) = listener.accept().unwrap();
                seen.send(request(&stream)).unwrap();
                // A client that has read enough closes; that is its right.
                let _ = (&stream).write_all(answer.as_bytes());
            }
        });
        Self { base, requests }
    }

    /// The next request that came.
    pub fn next(&self) -> Request {
        self.requests.try_recv().expect("a request")
    }

    /// Whether there was none.
    pub fn is_quiet(&self) -> bool {
        self.requests.try_recv().is_err()
    }
}

fn request(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut read_line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line
    };
    let (line, mut headers) = (read_line(), String::new());
    loop {
        match read_line() {
            end if end.trim().is_empty() => break,
            header => headers.push_str(&header),
        }
    }
    let length =
        headers.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    Request { line, headers, body: String::from_utf8(body).unwrap() }
}

/// An answer with this status, these further headers and this body.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}")
}

/// An answer of HTTP 200.
pub fn ok(body: &str) -> String {
    answer("200 OK", "content-type: application/json\r\n", body)
}
