"""Who may not, and what is too late: each says so on its page, changes nothing, and is on the record."""

from __future__ import annotations

import time

from agent import STACK
from visitor import BrowserTest, Visitor


class Refused(BrowserTest):
    """Mallory is not asked, Dana answers for the agent, the agent is no person."""

    def forge(self, visitor: Visitor, action: str, page) -> tuple[int, str]:
        """Sends the form of somebody else's page from this person's own session."""
        names = ("action_digest", "review_digest")
        form = {name: page.get_attribute(f"[name={name}]", "value") for name in names}
        form |= {"csrf": visitor.csrf(), "verdict": "deny", "reason_code": "not-now"}
        answer = visitor.context.request.post(f"{STACK['api']}/review/{action}/verdict", form=form)
        return answer.status, answer.text()

    def test_who_may_not_decide(self) -> None:
        """D7, W20: no button for whoever may not, a forged form is refused, and the timeline names everybody who tried."""
        action = self.agent.export()
        alice, mallory, dana = (self.visitor(name) for name in ("alice", "mallory", "dana"))
        shown = alice.open(f"/review/{action}")
        hidden = mallory.open(f"/review/{action}")
        self.assertIn("not for you to see", self.text(hidden))
        self.assertEqual(hidden.locator("form.decide, main button").count(), 0)
        self.shoot(hidden, "not-for-mallory")
        status, words = self.forge(mallory, action, shown)
        self.assertEqual(status, 403, words)
        owner = dana.open(f"/review/{action}")
        self.assertIn("You belong to the requester set", self.text(owner))
        self.assertEqual(owner.locator("form.decide, main button").count(), 0)
        self.shoot(owner, "the-owner-may-not")
        self.assertEqual(self.forge(dana, action, shown)[0], 403)
        wish = {"verdict": "approve", "action_digest": f"sha256:{'0' * 64}", "review_digest": f"sha256:{'0' * 64}"}
        status, problem = self.agent.call("POST", f"/v1/actions/{action}/verdicts", wish)
        self.assertEqual((status, problem["code"]), (403, "agent-cannot-decide"))
        self.assertEqual(self.agent.attempts(action, 3), 3)
        self.assertEqual(self.agent.action(action)["verdicts"], [])
        shown.check("input[value=not-now]")
        self.press(shown, "button.deny")
        for name in ("mallory", "dana", "demo-agent"):
            self.assertIn(f"{name} tried to decide and may not", self.text(shown))
        self.shoot(shown, "timeline-with-attempts")

    def test_another_person_comes_back(self) -> None:
        """O5, D7: Alice presses the button, Bob signs in: nobody has voted, and it is on the record."""
        action = self.agent.export()
        alice = self.visitor("alice")
        page = alice.open(f"/review/{action}")
        page.click("button.approve")
        alice.at_provider(page, "bob")
        self.assertIn("Somebody else signed in", self.text(page))
        self.shoot(page, "somebody-else-signed-in")
        self.assertEqual(self.agent.attempts(action, 1), 1)
        found = self.agent.action(action)
        self.assertEqual((found["status"], found["verdicts"]), ("pending", []))

    def test_two_tabs(self) -> None:
        """P6: what one tab has said, another tab of the same person cannot take back once it runs."""
        action = self.agent.export()
        alice = self.visitor("alice")
        first = alice.open(f"/review/{action}")
        second = alice.open(f"/review/{action}", alice.tab())
        first.click("button.approve")
        alice.at_provider(first)
        done = self.agent.until(action, "succeeded", "failed")
        second.check("input[value=wrong-target]")
        answer = self.press(second, "button.deny")
        self.assertEqual(answer.status, 409)
        self.assertIn("You have already answered", self.text(second))
        self.shoot(second, "already-voted")
        self.assertEqual(self.agent.action(action), done)

    def test_what_ran_out_meanwhile(self) -> None:
        """W14, P6: the deadline passes while the page is open: 409, and nothing is decided."""
        action = self.agent.export(expires_in=12)
        page = self.visitor("alice").open(f"/review/{action}")
        page.check("input[value=not-now]")
        time.sleep(13)
        answer = self.press(page, "button.deny")
        self.assertEqual(answer.status, 409)
        self.assertIn("The time to decide has run out", self.text(page))
        self.shoot(page, "run-out")
        self.assertEqual(self.agent.action(action)["verdicts"], [])

    def test_what_was_taken_back_meanwhile(self) -> None:
        """W3, P6: the agent takes it back while Alice is at her provider: 409, and nothing is decided."""
        action = self.agent.export()
        alice = self.visitor("alice")
        page = alice.open(f"/review/{action}")
        page.click("button.approve")
        self.agent.cancel(action)
        answers = []
        page.on("response", lambda answer: "/signin/return" in answer.url and answers.append(answer.status))
        alice.at_provider(page)
        self.assertEqual(answers, [409])
        self.assertIn("Others have decided this already", self.text(page))
        self.shoot(page, "taken-back")
        found = self.agent.action(action)
        self.assertEqual((found["status"], found["verdicts"]), ("cancelled", []))

    def test_what_policy_denied(self) -> None:
        """O11: a denial by policy has its page for the owner: what, by which rule, what instead; nothing to press."""
        action = self.agent.export("somewhere-else")
        page = self.visitor("dana").open(f"/review/{action}")
        for words in (
            "Customer data goes only to places that the directory knows",
            "customer-data-stays-with-known-partners",
            "Allowed instead:",
            "s3://somewhere-else/browser-",
            "Policy denied it",
        ):
            self.assertIn(words, self.text(page))
        self.assertIn(f"s3://{STACK['log_bucket']} --action {action}", page.content())
        self.assertEqual(page.locator("main button").count(), 0)
        self.shoot(page, "denied-by-policy")
