"""The double itself, asked by Slack's own client, and its traffic judged by Slack's own server library."""

from __future__ import annotations

import copy
import json
import threading
import time
import unittest
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

import blocks
import methods
import server
import traffic
from blocks import Invalid
from workspace import SIGNING_SECRET, TOKEN

_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PLAIN = {"type": "plain_text", "text": "Deny", "emoji": False}
ACTIONS = {"type": "actions", "block_id": "one-answers", "elements": [{"type": "button", "action_id": "deny", "value": "reference", "text": PLAIN}]}
VIEW = {
    "type": "modal", "callback_id": "countersign_deny", "private_metadata": "reference", "title": PLAIN, "submit": PLAIN,
    "blocks": [{"type": "input", "block_id": "reason", "label": PLAIN,
                "element": {"type": "plain_text_input", "action_id": "reason", "max_length": 2000}}],
}


class Double(unittest.TestCase):
    def setUp(self) -> None:
        self.running = server.serve(0, "")
        threading.Thread(target=self.running.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.running.server_port}"
        self.client = WebClient(token=TOKEN, base_url=f"{self.base}/api/")

    def tearDown(self) -> None:
        self.running.shutdown()
        self.running.server_close()

    def ask(self, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(self.base + path, None if body is None else json.dumps(body).encode())
        with _http.open(request, timeout=10) as answer:
            return json.load(answer)

    def refused(self, code: str, method: str, **arguments: object) -> None:
        with self.assertRaises(SlackApiError) as caught:
            getattr(self.client, method)(**arguments)
        self.assertEqual(caught.exception.response["error"], code)

    def test_what_slack_refuses(self) -> None:
        """Tokens, conversations, accounts, messages: each with Slack's own code."""
        self.client.auth_test()
        self.refused("channel_not_found", "chat_postMessage", channel="C0NONE", text="x")
        self.refused("is_archived", "chat_postMessage", channel="C0ARCHIVED", text="x")
        self.refused("not_in_channel", "chat_postMessage", channel="C0OUTSIDE", text="x")
        self.refused("no_text", "chat_postMessage", channel="C0DATA")
        self.refused("message_not_found", "chat_update", channel="C0DATA", ts="1.2", text="x")
        self.refused("channel_not_found", "chat_update", channel="U0ALICE", ts="1.2", text="x")
        self.refused("user_not_found", "users_info", user="U0NOBODY")
        self.refused("cannot_dm_bot", "conversations_open", users="U0BOTUSER")
        self.refused("user_disabled", "conversations_open", users="U0GONE")
        self.refused("invalid_blocks", "chat_postMessage", channel="C0DATA", text="x", blocks=[{"type": "header"}])
        self.client.token = "xoxb-another"
        self.refused("invalid_auth", "auth_test")

    def test_an_update_without_blocks_keeps_the_buttons(self) -> None:
        """As Slack does: only new blocks take old buttons away."""
        sent = self.client.chat_postMessage(channel="C0DATA", text="x", blocks=[ACTIONS])
        self.client.chat_update(channel="C0DATA", ts=sent["ts"], text="ended")
        request = {"user": "U0ALICE", "channel": "C0DATA", "ts": sent["ts"], "action_id": "deny", "deliver": False}
        self.ask("/press", request)
        self.client.chat_update(channel="C0DATA", ts=sent["ts"], text="ended", blocks=[{"type": "section", "text": PLAIN}])
        with self.assertRaises(urllib.error.HTTPError):
            self.ask("/press", request)

    def test_modals(self) -> None:
        """A trigger opens one modal, for three seconds."""
        sent = self.client.chat_postMessage(channel="C0DATA", text="x", blocks=[ACTIONS])
        space = server.Handler.space
        trigger = traffic.press(space, "U0ALICE", "C0DATA", sent["ts"], "deny")["trigger_id"]
        self.refused("invalid_trigger_id", "views_open", trigger_id="none", view=VIEW)
        opened = self.client.views_open(trigger_id=trigger, view=VIEW)
        self.refused("exchanged_trigger_id", "views_open", trigger_id=trigger, view=VIEW)
        space.triggers[late := space.trigger("U0ALICE")]["until"] = time.monotonic() - 1
        self.refused("expired_trigger_id", "views_open", trigger_id=late, view=VIEW)
        payload = traffic.submit(space, "U0ALICE", opened["view"]["id"], {"reason": "Too much"})
        self.assertEqual(payload["view"]["state"]["values"]["reason"]["reason"]["value"], "Too much")
        with self.assertRaises(traffic.NothingThere):
            traffic.submit(space, "U0BOB", opened["view"]["id"], {"reason": "Too much"})

    def test_what_becomes_of_a_modal(self) -> None:
        """The answer to a submission closes the modal, puts another in its place, or says what is wrong with an input of it."""
        space = server.Handler.space
        view = self.client.views_open(trigger_id=space.trigger("U0ALICE"), view=VIEW)["view"]["id"]
        for wrong in ({"response_action": "errors", "errors": {"nothing": "x"}}, {"response_action": "none"},
                      {"response_action": "update", "view": {"type": "modal"}}):
            with self.assertRaises(methods.Failed):
                methods.answered(space, view, json.dumps(wrong))
        methods.answered(space, view, json.dumps({"response_action": "errors", "errors": {"reason": "needed"}}))
        self.assertEqual(space.views[view]["callback_id"], "countersign_deny")
        methods.answered(space, view, json.dumps({"response_action": "update", "view": VIEW | {"callback_id": "next"}}))
        self.assertEqual((space.views[view]["callback_id"], space.views[view]["for"]), ("next", "U0ALICE"))
        methods.answered(space, view, "")
        self.assertNotIn(view, space.views)

    def test_bolt_accepts_what_is_signed_and_nothing_else(self) -> None:
        """The traffic is Slack's: Bolt takes it, and refuses it once anything is changed."""
        sent = self.client.chat_postMessage(channel="C0DATA", text="x", blocks=[ACTIONS])
        request = self.ask("/press", {"user": "U0ALICE", "channel": "C0DATA", "ts": sent["ts"], "action_id": "deny", "deliver": False})
        self.assertEqual(self.ask("/judge", request), {"status": 200})
        self.assertEqual(self.ask("/judge", request | {"body": request["body"] + "&x=1"}), {"status": 401})
        old = traffic.signed({"type": "block_actions"}, SIGNING_SECRET, int(time.time()) - 301)
        self.assertEqual(self.ask("/judge", old), {"status": 401})
        self.assertEqual(self.ask("/judge", traffic.signed({"type": "block_actions"}, "another")), {"status": 401})

    def test_traffic_is_delivered(self) -> None:
        """A press goes out once, signed; the answer comes back, and no answer within three seconds is none."""
        received: list[tuple[dict, str]] = []

        class App(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                received.append((dict(self.headers), body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        app = HTTPServer(("127.0.0.1", 0), App)
        threading.Thread(target=app.serve_forever, daemon=True).start()
        server.Handler.callback = f"http://127.0.0.1:{app.server_port}/callbacks/slack"
        sent = self.client.chat_postMessage(channel="C0DATA", text="x", blocks=[ACTIONS])
        request = {"user": "U0ALICE", "channel": "C0DATA", "ts": sent["ts"], "action_id": "deny"}
        self.assertEqual(self.ask("/press", request), {"status": 200, "body": ""})
        (headers, body), = received
        self.assertTrue(SignatureVerifier(SIGNING_SECRET).is_valid_request(body, headers))
        app.shutdown()
        app.server_close()
        self.assertEqual(self.ask("/press", request)["status"], 0)

    def test_faults_and_what_would_be_interpreted(self) -> None:
        """429 with Retry-After on demand; and every text that is mrkdwn is listed."""
        self.ask("/faults", {"method": "chat.postMessage", "error": "ratelimited", "retry_after": 7})
        with self.assertRaises(SlackApiError) as caught:
            self.client.chat_postMessage(channel="C0DATA", text="x")
        self.assertEqual((caught.exception.response.status_code, caught.exception.response.headers["Retry-After"]), (429, "7"))
        self.client.chat_postMessage(channel="C0DATA", text="<!channel>", mrkdwn=True)
        self.assertEqual(self.ask("/messages")["messages"][0]["interpreted"], ["<!channel>"])

    def test_limits(self) -> None:
        """Element by element, also where slack_sdk's own check looks no deeper."""
        good = [ACTIONS, {"type": "header", "text": PLAIN}]
        blocks.check_message(good)
        blocks.check_view(VIEW)

        def refused(change) -> None:
            broken = copy.deepcopy(good)
            change(broken)
            with self.assertRaises(Invalid):
                blocks.check_message(broken)

        button = lambda broken: broken[0]["elements"][0]  # noqa: E731
        refused(lambda broken: button(broken)["text"].update(text="x" * 76))
        refused(lambda broken: button(broken)["text"].update(text="&" * 16))
        refused(lambda broken: button(broken).update(value="x" * 2001))
        refused(lambda broken: button(broken).update(action_id="x" * 256))
        refused(lambda broken: button(broken).update(unknown=1))
        refused(lambda broken: broken[0]["elements"].append(button(broken)))
        refused(lambda broken: broken[0]["elements"].extend(button(broken) | {"action_id": str(n)} for n in range(25)))
        refused(lambda broken: broken[0].update(block_id="x" * 256))
        refused(lambda broken: broken.append(copy.deepcopy(broken[0])))
        refused(lambda broken: broken[1]["text"].update(text="x" * 151))
        refused(lambda broken: broken[1]["text"].update(type="mrkdwn"))
        refused(lambda broken: broken.extend({"type": "header", "text": PLAIN} for _ in range(49)))
        refused(lambda broken: broken.append({"type": "section", "fields": [PLAIN] * 11}))
        refused(lambda broken: broken.append({"type": "alert", "text": PLAIN}))
        refused(lambda broken: broken.extend({"type": "section", "text": PLAIN | {"text": "x" * 2900}} for _ in range(5)))
        for name, value in (("title", PLAIN | {"text": "x" * 25}), ("private_metadata", "x" * 3001), ("callback_id", "x" * 256)):
            with self.assertRaises(Invalid):
                blocks.check_view(VIEW | {name: value})


if __name__ == "__main__":
    unittest.main()
