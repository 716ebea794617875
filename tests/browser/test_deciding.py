"""Deciding on the page: in one go, on a telephone, with the keyboard alone."""

from __future__ import annotations

import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from agent import STACK
from visitor import PHONE, BrowserTest


class Deciding(BrowserTest):
    """Alice is asked, and answers."""

    def test_approving(self) -> None:
        """P5, P12: sign in, find it in the inbox, read it whole, approve through the provider; it runs."""
        action = self.agent.export()
        alice = self.visitor("alice")
        inbox = alice.open("/")
        self.assertIn("Waiting for you", self.text(inbox, "h1"))
        self.shoot(inbox, "inbox")
        inbox.click(f"a[href='/review/{action}']")
        self.reads_as_it_should(inbox, action)
        self.shoot(inbox, "review")
        inbox.click("button.approve")
        alice.at_provider(inbox)
        self.assertIn(f"/review/{action}", inbox.url)
        done = self.agent.until(action, "succeeded", "failed", "denied")
        self.assertEqual(done["status"], "succeeded", done)
        self.assertEqual([one["proof"] for one in done["verdicts"]], ["idp"])
        timeline = alice.open(f"/review/{action}")
        self.assertIn("alice approved signed by their identity provider", self.text(timeline))
        self.assertEqual(timeline.locator("button.approve, button.deny").count(), 0)
        self.shoot(timeline, "timeline")

    def reads_as_it_should(self, page, action: str) -> None:
        shown, asked = self.text(page), self.agent.action(action)
        for words in (
            "Waiting for you",
            "What will run",
            asked["parameters"]["source"],
            asked["parameters"]["destination"],
            "In the agent's words",
            "ask ‹email 1›",
            "One of data-owners must agree",
            "Can be undone",
            "Nobody has agreed yet.",
        ):
            self.assertIn(words, shown)
        self.assertNotIn("jo.doe@partner.example", page.content())
        self.assertIn("e-mail address", page.get_attribute("blockquote mark", "title") or "")
        page.click("summary:has-text('For the record')")
        self.assertIn(asked["digest"], self.text(page))
        self.assertEqual(page.locator("input:checked").count(), 0, "a reason is preselected")

    def test_denying_on_a_telephone(self) -> None:
        """O11, P6: a denial with a reason from a small screen reaches the agent; then no button is left."""
        action = self.agent.export()
        alice = self.visitor("alice", PHONE)
        page = alice.open(f"/review/{action}")
        self.fits(page)
        self.shoot(page, "review-360")
        yes, no = page.locator("button.approve").bounding_box(), page.locator("button.deny").bounding_box()
        self.assertEqual((yes["width"], yes["height"]), (no["width"], no["height"]), "one button outweighs the other")
        self.assertGreaterEqual(no["height"], 44)
        self.assertGreaterEqual(no["y"] - yes["y"] - yes["height"], 16, "too close for a thumb")
        page.tap("label:has-text('wrong target')")
        page.fill("textarea", "Not that partner's bucket")
        self.press(page, "button.deny")
        self.assertIn("alice denied wrong target: Not that partner's bucket", self.text(page))
        self.assertEqual(page.locator("button.deny").count(), 0)
        self.fits(page)
        self.shoot(page, "denied-by-alice-360")
        denied = self.agent.until(action, "denied")
        self.assertEqual(denied["denial"]["code"], "wrong-target", denied)
        self.assertIn("Not that partner's bucket", denied["agent_message"])

    def test_a_denial_without_a_word(self) -> None:
        """O11: the agent learns from a denial, so one without any reason is asked for it and decides nothing."""
        action = self.agent.export()
        page = self.visitor("alice").open(f"/review/{action}")
        self.press(page, "button.deny")
        self.assertIn("Nothing was decided.", self.text(page, "[role=alert]"))
        self.assertIn("A denial needs a reason", self.text(page, "#reason-error"))
        self.assertEqual(page.evaluate("document.activeElement.id"), "reason", "the page leads to the field")
        self.assertEqual(self.agent.action(action)["status"], "pending")

    def test_sending_it_elsewhere(self) -> None:
        """D6, D14, P12, E5: folded away, one input holding what is shown; changed through the provider, decided anew, and not
        by whoever changed it."""
        action = self.agent.export()
        before = self.agent.action(action)
        alice = self.visitor("alice")
        page = alice.open(f"/review/{action}")
        shown = page.locator("input[name='change/destination']")
        self.assertFalse(shown.is_visible(), "nobody looked for it")
        page.click("summary:has-text('Change it')")
        self.assertEqual(shown.input_value(), before["parameters"]["destination"])
        self.shoot(page, "change")
        self.press(page, "details.change button")
        self.assertIn("You changed nothing", self.text(page, "[role=alert]"))
        elsewhere = before["parameters"]["destination"].replace("browser-", "elsewhere-")
        self.assertTrue(shown.is_visible(), "the form that was refused stays open")
        page.fill("input[name='change/destination']", elsewhere)
        page.click("details.change button")
        alice.at_provider(page)
        self.assertIn(f"/review/{action}", page.url)
        self.agent.until(action, "pending", "denied")
        page = alice.open(f"/review/{action}")
        words = ("What was changed", before["parameters"]["destination"], elsewhere, "changed by alice", "You changed this")
        for word in words:
            self.assertIn(word, self.text(page))
        self.assertEqual((page.locator("button.approve").count(), page.locator("button.deny").count()), (0, 1))
        self.fits(page)
        self.shoot(page, "changed")
        self.agent.cancel(action)

    def test_another_approves_what_was_changed(self) -> None:
        """E5, P12: Bob changes what the job is given, Carol agrees to what he made of it, and that is what runs."""
        job = {"function": "demo-retrain", "version": "1", "payload": '{"model":"churn"}'}
        body = {"type": "lambda-invoke", "parameters": job, "reason": "The churn model is two weeks old"}
        status, proposed = self.agent.call("POST", "/v1/actions", body, Idempotency_Key=secrets.token_hex(12))
        self.assertIn(status, (200, 202), proposed)
        action = proposed["id"]
        self.agent.until(action, "pending")
        bob = self.visitor("bob")
        page = bob.open(f"/review/{action}")
        page.click("summary:has-text('Change it')")
        page.fill("input[name='change/payload']", '{"model":"smaller"}')
        self.press(page, "details.change button")
        page.wait_for_selector("text=bob changed it")
        self.agent.until(action, "pending", "denied")
        page = bob.open(f"/review/{action}")
        self.assertIn("You changed this", self.text(page))
        self.assertEqual(page.locator("button.approve").count(), 0)
        carol = self.visitor("carol")
        page = carol.open(f"/review/{action}")
        self.press(page, "button.approve")
        done = self.agent.until(action, "succeeded", "failed", "denied")
        self.assertEqual((done["status"], done["parameters"]["payload"]), ("succeeded", '{"model":"smaller"}'), done)

    def test_a_provider_that_redirects_on(self) -> None:
        """C7: the provider's address redirects on to another origin, which browsers would hold against the form's page."""
        action = self.agent.export()
        alice = self.visitor("alice")
        page = alice.open(f"/review/{action}")
        issuer, seen = f"{STACK['issuer']}/authorize", []

        class Elsewhere(BaseHTTPRequestHandler):
            """Another origin in between, which leads back."""

            def do_GET(self) -> None:
                seen.append(self.path)
                self.send_response(302)
                self.send_header("Location", f"{issuer}?{urlsplit(self.path).query}&hop=1")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def through_elsewhere(route, request) -> None:
            if request.method != "GET" or "hop=1" in request.url:
                return route.continue_()
            location = f"http://127.0.0.1:{server.server_port}/on?{urlsplit(request.url).query}"
            return route.fulfill(status=302, headers={"location": location})

        alice.context.route(f"{issuer}?*", through_elsewhere)
        page.click("button.approve")
        alice.at_provider(page)
        self.assertEqual(len(seen), 1, "it went by the other origin")
        self.assertEqual(self.agent.until(action, "succeeded", "failed", "denied")["status"], "succeeded")

    def test_the_keyboard_alone(self) -> None:
        """From the top of the page to the signature with Tab and Enter; where one stands is always to be seen."""
        action = self.agent.export()
        alice = self.visitor("alice")
        page = alice.open(f"/review/{action}")
        for _ in range(40):
            page.keyboard.press("Tab")
            outline = "getComputedStyle(document.activeElement).outlineWidth"
            self.assertNotIn(page.evaluate(outline), ("", "0px"), page.evaluate("document.activeElement.outerHTML"))
            if page.evaluate("document.activeElement.matches('button.approve')"):
                break
        else:
            self.fail("Tab does not lead to the approve button")
        page.keyboard.press("Enter")
        page.wait_for_selector("[name=password]")
        page.focus("[name=username]")
        page.keyboard.type("alice")
        page.keyboard.press("Tab")
        page.keyboard.type("alice")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/review/{action}")
        self.assertEqual(self.agent.until(action, "succeeded", "failed")["status"], "succeeded")
