//! Passwords and tokens in addresses, `scheme://user:password@host`, up to the last `@`; and `user:password` of commands.

use std::sync::LazyLock;

use regex::Regex;

use super::{DataKind, Found, likely};
use crate::pattern::compile;
use crate::work;

/// `curl -u user:password`, `--user`, `--proxy-user`, `mysql -ppassword`, `sshpass -p password`.
static OPTION: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?:^|[\s"'])(?:-u|-U|--user|--proxy-user)(?:[ =]|", ?")["']?[A-Za-z0-9_.@+-]{0,64}:("[^"]{1,256}"|[^\s"'/][^\s"']{0,255})"#,
        r#"|(?-u:\b)mysql[a-z]{0,8}[ ][^\n]{0,200}?[ ]-p["']?([^\s"'-][^\s"']{0,255})"#,
        r#"|(?-u:\b)sshpass[ ]+-p[ ]?["']?([^\s"']{1,256})"#,
        r#"|(?-u:\b)(?:docker|podman|helm|az|oc|twine|poetry|useradd|usermod|ncftp[a-z]{0,5}|smbclient|redis-cli)[ ][^\n]{0,200}?[ ](?:-p|-a)[ ]["']?([^\s"'|>;&-][^\s"']{0,255})"#,
        r#"|(?-u:\b)(?:sqlcmd|bcp|isql|unzip|zip|mosquitto_[a-z]{3})[ ][^\n]{0,200}?[ ]-P[ ]?["']?([^\s"'-][^\s"']{0,255})"#,
        r#"|(?-u:\b)ldap[a-z]{3,8}[ ][^\n]{0,200}?[ ]-w[ ]?["']?([^\s"'-][^\s"']{0,255})"#,
        r#"|(?-u:\b)7z[ ][^\n]{0,200}?[ ]-p["']?([^\s"'-][^\s"']{0,255})"#,
        r#"|(?-u:\b)echo[ ]["']?(?:[a-z0-9_.-]{1,32}:)?([^\s"':]{1,256})["']?[ ]{0,2}\|[^\n|]{0,120}(?:chpasswd|password-stdin)"#,
        r#"|(?i-u:\bidentified with )[A-Za-z0-9_'"]{1,40}(?i-u: (?:by|as) )["']([^"'\n]{1,256})"#,
        r#"|(?-u:\b)(?:vault|cargo)[ ]login[ ]([^\s"'=-][^\s"'=]{7,255})"#,
        r#"|(?-u:\b)rabbitmqctl[ ](?:add_user|change_password)[ ][^\s"']{1,64}[ ]["']?([^\s"']{1,256})"#,
        r#"|(?-u:\b)htpasswd[ ]-[a-zA-Z]{0,6}b[a-zA-Z]{0,6}[ ](?:[^\s"']{1,128}[ ]){1,2}["']?([^\s"']{4,256})"#,
        r#"|(?-u:\b)https?[ ](?:[^\n"']{0,100}[ ])?(?:-a|--auth)[ ]["']?(?:[^\s"':]{0,64}:)?([^\s"':]{4,256})"#,
    ))
});

pub(super) const OPTION_WORDS: &[&str] = &[
    "-u ",
    "-u=",
    "-u\"",
    "-u'",
    "--user",
    "--proxy-user",
    "mysql",
    "sshpass",
    "docker",
    "podman",
    "helm",
    "redis-cli",
    "smbclient",
    "twine",
    "poetry",
    "useradd",
    "usermod",
    "ncftp",
    "sqlcmd",
    "bcp ",
    "isql",
    "zip ",
    "mosquitto_",
    "ldapsearch",
    "ldapadd",
    "ldapmodify",
    "ldapwhoami",
    "ldappasswd",
    "7z ",
    "chpasswd",
    "password-stdin",
    "identified with",
    "vault login",
    "cargo login",
    "rabbitmqctl",
    "htpasswd",
    "http -a",
    "http --auth",
];

/// An address as far as it may reach, and the last `@` in it.
#[derive(Clone, Copy)]
struct Address {
    end: usize,
    at: Option<usize>,
    /// The mark in front of it, which ends it too.
    quote: char,
}

impl Address {
    fn of(text: &str, begin: usize, quote: char) -> Self {
        let ends =
            |char: char| char.is_whitespace() || "\"<>‹›\\".contains(char) || (quote == char && char != ' ');
        let rest = text.get(begin..).unwrap_or_default();
        let address = rest.find(ends).and_then(|end| rest.get(..end)).unwrap_or(rest);
        work::steps(address.len());
        Self { end: begin + address.len(), at: address.rfind('@').map(|at| begin + at), quote }
    }
}

pub(super) fn user_infos(text: &str, found: &mut Vec<Found>) {
    if !text.contains('@') {
        return;
    }
    let mut from = 0;
    let mut last = Address { end: 0, at: None, quote: ' ' };
    for (sign, _) in text.match_indices("://") {
        let begin = sign + 3;
        let head = text.get(from..sign).unwrap_or_default();
        let scheme = head
            .bytes()
            .rev()
            .take(32)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
            .count();
        if sign < from || scheme == 0 {
            continue;
        }
        let quote = head.get(..head.len() - scheme).and_then(|head| head.chars().next_back());
        let quote = quote.filter(|char| matches!(char, '\'' | '`')).unwrap_or(' ');
        if begin >= last.end || quote != last.quote {
            last = Address::of(text, begin, quote);
        }
        let Some(at) = last.at.filter(|at| *at >= begin) else { continue };
        if let Some(secret) = secret(text.get(begin..at).unwrap_or_default()) {
            found
                .push(Found { rule: "url-user-info", ..Found::open(begin + secret..at, DataKind::Password) });
            from = at;
        }
    }
}

/// Where in what stands before the last `@` the secret begins; none if that `@` belongs to a path.
fn secret(before: &str) -> Option<usize> {
    let authority = before.split(['/', '?', '#']).next().unwrap_or_default();
    let whole = authority.len() == before.len() || authority.contains('@');
    match authority.split_once(':') {
        Some((user, password)) => {
            let port = !whole && !password.is_empty() && password.bytes().all(|byte| byte.is_ascii_digit());
            let says = before.len() > user.len() + 1 && !port && !likely::is_reference(password);
            says.then_some(if likely::is_random(user) { 0 } else { user.len() + 1 })
        }
        None => (whole && likely::is_random(before)).then_some(0),
    }
}

/// `user:password` where a command takes one, and passwords behind short options of well-known commands.
pub(super) fn options(text: &str, found: &mut Vec<Found>) {
    for captures in OPTION.captures_iter(text) {
        let Some(value) = (1..captures.len()).find_map(|group| captures.get(group)) else { continue };
        // Users and ports.
        let ids =
            value.as_str().bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'-'))
                && (value.len() < 12 || value.as_str().contains(':'));
        if !ids && !likely::is_reference(value.as_str()) {
            found.push(Found { rule: "command-option", ..Found::open(value.range(), DataKind::Password) });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::detect::tests::shown;

    /// C25: up to the last `@`.
    #[test]
    fn passwords_in_addresses_are_found() {
        for (text, value) in [
            ("postgres://app:hunter2@db.example:5432/x", "hunter2"),
            ("https://:abc@host.example/", "abc"),
            ("postgres://app:pa/ss#1@db:5432/x", "pa/ss#1"),
            ("postgres://app:p?ss@localhost/x", "p?ss"),
            ("postgres://app:p@ss@db.example/x", "p@ss"),
            ("postgres://app:pässwort@db/x", "pässwort"),
            ("amqps://u:12345@mq/", "12345"),
            (
                "https://a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z6@dev.azure.com/acme/_git/etl",
                "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z6",
            ),
            ("curl -u admin:hunter2-hunter2 https://h.example", "hunter2-hunter2"),
            ("curl --user 'admin:hunter2' https://h.example", "hunter2"),
            ("mysql -h db -u root -phunter2 app", "hunter2"),
            ("sshpass -p hunter2 ssh host", "hunter2"),
        ] {
            assert_eq!(shown(text), [format!("password:{value}")], "{text}");
        }
    }

    #[test]
    fn other_addresses_are_left_alone() {
        for text in [
            "https://host.example:8080/path@2",
            "https://bob@host.example/path",
            "ssh://git@host.example:22/acme/etl.git",
            "https://host.example/a/@scope/package",
            "http://localhost:3000/x?y=a@",
            "docker run -u 1000:1000 image",
            "s3://bucket/a@b",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
    }
}
