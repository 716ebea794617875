//! A person's browser: it keeps cookies, follows the way to the provider and comes back signed in.

use std::collections::BTreeMap;

use axum::Router;
use domain::ActionId;
use http::header;

use super::calls::{PEOPLE, Reply, now, request, send};
use crate::deployment::SimulatedDeployment;

/// A browser with its cookies.
pub(super) struct Browser {
    callbacks: Router,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn of(callbacks: Router) -> Self {
        Self { callbacks, cookies: BTreeMap::new() }
    }

    pub(super) async fn decide(
        &mut self,
        deployment: &SimulatedDeployment,
        person: usize,
        id: &ActionId,
        approve: bool,
    ) -> Option<Reply> {
        let verdict = if approve { "verdict=approve" } else { "verdict=deny&reason_code=not-now" };
        self.say(deployment, person, id, (verdict, approve)).await
    }

    pub(super) async fn say(
        &mut self,
        deployment: &SimulatedDeployment,
        person: usize,
        id: &ActionId,
        (verdict, signed): (&str, bool),
    ) -> Option<Reply> {
        let away = self.send("GET", &format!("/signin?to=/review/{id}"), String::new()).await;
        self.finish_sign_in(deployment, person, &away).await?;
        let page = self.send("GET", &format!("/review/{id}"), String::new()).await;
        let field =
            |name: &str| page.hidden(name).map(|value| format!("{name}={}", value.replace(':', "%3A")));
        let fields = [field("action_digest")?, field("review_digest")?, field("csrf")?];
        let form = format!("{}&{verdict}", fields.join("&"));
        let answer = self.send("POST", &format!("/review/{id}/verdict"), form).await;
        match signed {
            true => self.finish_sign_in(deployment, person, &answer).await,
            false => Some(answer),
        }
    }

    /// From the address of the provider back to ours, signed in.
    async fn finish_sign_in(
        &mut self,
        deployment: &SimulatedDeployment,
        person: usize,
        away: &Reply,
    ) -> Option<Reply> {
        let address = away.onward().filter(|address| address.contains("/authorize?"))?;
        let state = address.split_once("state=")?.1.split('&').next()?.to_owned();
        let (name, groups) = PEOPLE.get(person)?;
        let code = deployment.desk.sign_in(&state, name, groups, Some(now(deployment)));
        let back =
            self.send("GET", &format!("/signin/return?state={state}&code={code}"), String::new()).await;
        (back.status == 303).then_some(back)
    }

    async fn send(&mut self, method: &str, path: &str, form: String) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("cookie", cookies.as_str()),
        ];
        let reply = send(&self.callbacks, request(method, path, &headers, form)).await;
        for line in reply.headers.get_all(header::SET_COOKIE) {
            let pair = line
                .to_str()
                .ok()
                .and_then(|line| line.split(';').next())
                .and_then(|pair| pair.split_once('='));
            if let Some((name, value)) = pair {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        reply
    }
}
