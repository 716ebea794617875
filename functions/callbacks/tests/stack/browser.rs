//! A browser at the pages.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::Timestamp;

use super::{Answer, TestStack};

/// A browser: keeps cookies, follows nothing by itself.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub async fn get(&mut self, stack: &TestStack, path: &str) -> Answer {
        self.request(stack, Method::GET, path, None).await
    }

    pub async fn post(&mut self, stack: &TestStack, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.request(stack, Method::POST, path, Some(form)).await
    }

    pub async fn request(
        &mut self,
        stack: &TestStack,
        method: Method,
        path: &str,
        form: Option<String>,
    ) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request =
            Request::builder().method(method).uri(path).header(header::COOKIE, cookies.join("; "));
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = form.map_or_else(Body::empty, Body::from);
        let answer = stack.send(request.body(body).unwrap()).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match value.is_empty() {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }

    /// Signs in, having typed the password just now.
    pub async fn sign_in(&mut self, stack: &TestStack, subject: &str, groups: &[&str]) {
        let left = self.get(stack, "/signin?to=/").await;
        let back = self.finish_sign_in(stack, &left, subject, groups, Some(stack.now())).await;
        assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/".to_owned()), "{}", back.body);
    }

    /// Comes back from the provider, at which this person signed in at that time.
    pub async fn finish_sign_in(
        &mut self,
        stack: &TestStack,
        left: &Answer,
        subject: &str,
        groups: &[&str],
        auth_time: Option<Timestamp>,
    ) -> Answer {
        let state = left.parameter("state").unwrap_or_else(|| unreachable!("no sign-in: {left:?}"));
        let code = stack.desk.sign_in(&state, subject, groups, auth_time);
        self.finish(stack, &format!("code={code}&state={state}")).await
    }

    /// Comes back from the provider with this answer, and goes on to where the sign-in leads.
    pub async fn finish(&mut self, stack: &TestStack, answer: &str) -> Answer {
        let back = self.get(stack, &format!("/signin/return?{answer}")).await;
        match back.location() {
            hop if hop.ends_with("&back=yes") => self.get(stack, &hop).await,
            _ => back,
        }
    }

    /// Opens the page and presses a button.
    pub async fn press(&mut self, stack: &TestStack, verdict: &str, extra: &[(&str, &str)]) -> Answer {
        let page = self.get(stack, &stack.page()).await;
        self.press_on(stack, &page, verdict, extra).await
    }

    /// Presses a button of a page that was opened before.
    pub async fn press_on(
        &mut self,
        stack: &TestStack,
        page: &Answer,
        verdict: &str,
        extra: &[(&str, &str)],
    ) -> Answer {
        let names = ["csrf", "action_digest", "review_digest"];
        let hidden: Vec<(&str, String)> = names.into_iter().map(|name| (name, page.field(name))).collect();
        let mut fields: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.push(("verdict", verdict));
        fields.extend(extra);
        self.post(stack, &format!("{}/verdict", stack.page()), &fields).await
    }
}
