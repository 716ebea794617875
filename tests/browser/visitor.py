"""People at a real browser. No page needs a script, so scripts are switched off; every complaint of the browser counts."""

from __future__ import annotations

import os
import unittest
from dataclasses import dataclass, field

from agent import STACK, Agent, place
from playwright.sync_api import BrowserContext, Page, Response, sync_playwright

DESKTOP = {"viewport": {"width": 1100, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
SCREENSHOTS = place.LOCAL / "screenshots"
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    # Names resolve to nothing: whatever the browser may want to tell somebody stays here.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@dataclass
class Visitor:
    """One person with a browser of their own."""

    name: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def tab(self) -> Page:
        page = self.context.new_page()
        listen(page, self.complaints)
        return page

    def open(self, path: str, page: Page | None = None) -> Page:
        """Opens one of our pages, signing in if the provider asks; `status` of the answer stays on the page."""
        page = page or self.page
        page.goto(STACK["api"] + path)
        return self.at_provider(page) if self.is_at_provider(page) else page

    def is_at_provider(self, page: Page) -> bool:
        return page.url.startswith(STACK["issuer"])

    def at_provider(self, page: Page, name: str = "") -> Page:
        """Types name and password, which are the same here; a page of ours may have to lead there first."""
        page.wait_for_url(f"{STACK['issuer']}/**")
        for field_name in ("username", "password"):
            page.fill(f"[name={field_name}]", name or self.name)
        with page.expect_navigation():
            page.click("button")
        return page

    def csrf(self) -> str:
        return self.page.get_attribute("form[action='/signout'] [name=csrf]", "value") or ""


def listen(page: Page, complaints: list[str]) -> None:
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))


class BrowserTest(unittest.TestCase):
    """A browser for each class, a fresh context for each person; refusals are no complaint, anything else is."""

    flags: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        cls.agent = Agent()
        cls.driver = sync_playwright().start()
        cls.addClassCleanup(cls.driver.stop)
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        path = os.environ["CHROMIUM"]
        cls.browser = cls.driver.chromium.launch(executable_path=path, args=[*FLAGS, *root, *cls.flags])
        cls.addClassCleanup(cls.browser.close)

    def visitor(self, name: str, device: dict = DESKTOP, scheme: str = "light") -> Visitor:
        context = self.browser.new_context(**device, java_script_enabled=False, color_scheme=scheme)
        context.set_default_timeout(30_000)
        self.addCleanup(context.close)
        visitor = Visitor(name, context, context.new_page())
        listen(visitor.page, visitor.complaints)
        self.addCleanup(self.no_complaints, visitor)
        return visitor

    def no_complaints(self, visitor: Visitor) -> None:
        """What the browser says itself about an answer that is a refusal is not ours to change."""
        complaints = [text for text in visitor.complaints if "the server responded with a status of 4" not in text]
        self.assertEqual(complaints, [], f"the browser complains about a page of {visitor.name}")

    def shoot(self, page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def text(self, page: Page, selector: str = "main") -> str:
        return " ".join(page.inner_text(selector).split())

    def fits(self, page: Page) -> None:
        """Nothing has to be scrolled sideways."""
        wide = page.evaluate("document.documentElement.scrollWidth")
        self.assertLessEqual(wide, page.viewport_size["width"], f"{page.url} is wider than its window")

    def press(self, page: Page, button: str) -> Response:
        """The answer to pressing this button, its page loaded."""
        with page.expect_navigation(), page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            page.tap(button) if page.evaluate("navigator.maxTouchPoints") else page.click(button)
        return sent.value
