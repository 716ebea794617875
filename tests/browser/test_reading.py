"""Reading, prefetching and scanning a link decide nothing."""

from __future__ import annotations

from agent import STACK
from visitor import BrowserTest


class Reading(BrowserTest):
    """A link in a message is opened by many things that are not a person who decides."""

    def test_a_link_changes_nothing(self) -> None:
        """W21, O1: GET, HEAD, OPTIONS and prefetches, with and without Alice's session, leave the action as it was."""
        action = self.agent.export()
        before = self.agent.action(action)
        alice = self.visitor("alice")
        alice.open("/")
        scanner = self.visitor("mallory")
        address = f"{STACK['api']}/review/{action}"
        for visitor in (alice, scanner):
            for path in (address, f"{address}/verdict", f"{address}/verdict?verdict=approve", f"{STACK['api']}/signin/return"):
                for method in ("GET", "HEAD", "OPTIONS"):
                    for purpose in ({}, {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}):
                        visitor.context.request.fetch(path, method=method, headers=purpose, max_redirects=0)
            visitor.context.request.post(f"{address}/verdict", max_redirects=0)
        self.assertEqual(self.agent.action(action), before)

    def test_what_every_page_carries(self) -> None:
        """O6: no script, nothing from elsewhere, no frame, nothing kept, and the browser has nothing to complain about."""
        action = self.agent.export()
        alice = self.visitor("alice")
        loaded: list[str] = []
        alice.page.on("request", lambda request: loaded.append(request.url))
        for path in ("/", "/history", f"/review/{action}"):
            page = alice.open(path)
            answer = page.request.get(STACK["api"] + path)
            policy = answer.headers["content-security-policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(answer.headers["cache-control"], "no-store")
            self.assertEqual(page.locator("script, iframe, img, [style], [onclick]").count(), 0, path)
        ours = (STACK["api"], STACK["issuer"])
        self.assertEqual([address for address in loaded if not address.startswith(ours)], [])
        kept = {cookie["name"]: cookie for cookie in alice.context.cookies(STACK["api"])}
        session = kept["__Host-session"]
        self.assertTrue(session["httpOnly"] and session["secure"] and session["sameSite"] in ("Lax", "Strict"), session)
