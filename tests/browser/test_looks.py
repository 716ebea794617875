"""Everybody can read it: small screens, large letters, dark rooms, screen readers."""

from __future__ import annotations

from audit import audit, contrast
from visitor import DESKTOP, PHONE, BrowserTest


class Looks(BrowserTest):
    """Each page there is, in each way it is looked at."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.waiting, cls.denied = cls.agent.export(), cls.agent.export("somewhere-else")
        cls.stopped = cls.agent.export()
        cls.agent.cancel(cls.stopped)

    def pages(self, device: dict, scheme: str):
        """A name and an open page for each kind of page."""
        alice, dana = self.visitor("alice", device, scheme), self.visitor("dana", device, scheme)
        for who, name, path in (
            (alice, "inbox", "/"),
            (alice, "history", "/history"),
            (alice, "review", f"/review/{self.waiting}"),
            (alice, "timeline", f"/review/{self.stopped}"),
            (alice, "nothing", "/review/nothing"),
            (dana, "owner", f"/review/{self.waiting}"),
            (dana, "denied", f"/review/{self.denied}"),
        ):
            page = who.open(path)
            page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = true)")
            yield name, page

    def test_light_and_dark(self) -> None:
        """Every text stands out from its ground, by day and by night; structure and names are there for a screen reader."""
        for scheme in ("light", "dark"):
            for name, page in self.pages(DESKTOP, scheme):
                with self.subTest(page=name, scheme=scheme):
                    self.shoot(page, f"{name}-{scheme}")
                    self.assertEqual(audit(page), [])
                    self.assertEqual(contrast(page), [])

    def test_a_small_screen(self) -> None:
        """360 pixels are enough: nothing is wider."""
        for name, page in self.pages(PHONE, "light"):
            with self.subTest(page=name):
                self.shoot(page, f"{name}-360")
                self.fits(page)
                self.assertEqual(audit(page), [])


class LargeLetters(Looks):
    """The same with letters twice as large, as somebody set them in their browser."""

    flags = ("--blink-settings=defaultFontSize=32,defaultFixedFontSize=26",)

    def test_light_and_dark(self) -> None:
        """Letters are as large as the reader wants them, and nothing is lost."""
        page = self.visitor("alice").open(f"/review/{self.waiting}")
        self.assertEqual(page.evaluate("getComputedStyle(document.querySelector('dd')).fontSize"), "32px")
        self.fits(page)
        self.shoot(page, "review-large")
