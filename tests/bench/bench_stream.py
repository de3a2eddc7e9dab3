"""What does the user wait for while an answer comes? Run it with `python -m tests.bench.bench_stream`.

    first text on the page after the server sent it / the openai package alone handing the text out
    longest stall of the event loop in a long answer / one QTextBrowser.setMarkdown of the finished answer, and 50 ms
    longest collection of garbage meanwhile          / 20 ms

The real app on a private desktop, answered by a scripted server in the same minutes. The first has no goal: the app
collects what comes within a frame or two on purpose. The second is what a window that sets everything again pays for
each chunk at the end; 1.0 at most. Both in CPU time of the UI thread, since other programs make any loop stall. The
answer has 32,000 tokens, as long as a model may write.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.bench._figures import Figure, Options, options, report
from tests.bench._programs import home
from tests.support.app import App, running_app, server_profile
from tests.support.glm_server import MODEL, GlmServer, WaitFor, answer
from tests.support.xrig import XRig, wait_until

ROUNDS = 7
CHUNKS, QUICK_CHUNKS = 32_000, 60
CHUNK_S = 0.002  # faster than a hosted model
GOAL_STALL, GOAL_STALL_MS, GOAL_GARBAGE_MS = 1.0, 50.0, 20.0
PLAIN_CLIENT, NAIVE_VIEW = (Path(__file__).with_name(name) for name in ("_plain_client.py", "_naive_view.py"))
NOTHING_MS = 16.0  # shorter stalls are not written down
SECTION = """## Section {number}

The **third** quarter did best with `4.8 M`, see [the table](https://a.example/{number}). 第四季度的下降来自欧洲。

- first point with some text that is long enough to wrap in a narrow window
- second point
  - nested with `code`

| Region | Q3 | Q4 |
|---|--:|--:|
| Europe | 1.9 M | 1.2 M |

```python
def load(key: str, number: int = {number}) -> bytes:
    return open(f"/data/{{key}}", "rb").read()
```

"""


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    with XRig(panel="tint2") as rig, GlmServer() as server, home() as folder:
        profile = server_profile(server.base_url, MODEL)
        with running_app(rig, folder, profile=profile, max_tokens=None) as app:
            app.command("trigger", "chat")
            app.wait_focus()
            server.script(answer("Hello."))
            app.ask("warm-up")
            app.wait_answer()
            figures = [_first_token(app, server, chosen), *_stalls(app, server, chosen)]
    return report(figures, chosen)


def _first_token(app: App, server: GlmServer, chosen: Options) -> Figure:
    ours, plain = [], []
    for _ in range(chosen.rounds(ROUNDS)):
        sent_us = _ask(app, server)
        ours.append(_first_after(app, sent_us) - sent_us)
        app.wait_answer(len(app.answers()))
        plain.append(_plain_ms(server))
    return Figure("first text on the page, against the openai package", statistics.median(ours) / 1e3, _median(plain))


def _ask(app: App, server: GlmServer) -> int:
    """Have one question answered; when the server sent the first word."""
    go = threading.Event()
    reply = answer("Hello, this is the answer.")
    server.script(reply.but(steps=(reply.steps[0], WaitFor(go), *reply.steps[1:])))
    before = len(server.chats)
    app.ask("What is this?")
    server.wait_for_requests(before + 1, 20)
    return _let_go(go)


def _plain_ms(server: GlmServer) -> float:
    """The same from the plain client, whose second answer counts."""
    go = threading.Event()
    reply = answer("Hello, this is the answer.")
    server.script(reply, reply.but(steps=(reply.steps[0], WaitFor(go), *reply.steps[1:])))
    before = len(server.chats)
    argv = [sys.executable, str(PLAIN_CLIENT), server.base_url]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as client:
        server.wait_for_requests(before + 2, 60)
        sent_us = _let_go(go)
        return (int(client.communicate(timeout=60)[0]) - sent_us) / 1e3


def _let_go(go: threading.Event) -> int:
    time.sleep(0.3)  # the client reads the head of the reply and comes to rest
    now_us = time.monotonic_ns() // 1000
    go.set()
    return now_us


def _first_after(app: App, sent_us: int) -> int:
    """The end of the first rendering after `sent_us`."""

    def found() -> list[int]:
        events: list[dict[str, Any]] = app.traced("render:chunk")
        return [event["ts"] + event["dur"] for event in events if event["ts"] > sent_us]

    return wait_until(found, "the first text on the page")[0]


def _stalls(app: App, server: GlmServer, chosen: Options) -> list[Figure]:
    chunks = QUICK_CHUNKS if chosen.quick else CHUNKS
    text = "".join(SECTION.format(number=number) for number in range(chunks))[: chunks * 4]
    server.script(answer(text, delay=CHUNK_S))
    app.command("trigger", "new")
    app.wait_focus()
    began_us = time.monotonic_ns() // 1000
    before = len(server.chats)
    app.ask("Tell me everything.")
    server.wait_for_requests(before + 1, 20)  # from now on the newest conversation is the new one
    assert app.wait_answer(timeout_s=300).message.text == text
    stalls: list[dict[str, Any]] = app.traced("loop:stall")
    longest = max([event["args"]["cpu_ms"] for event in stalls if event["ts"] > began_us], default=NOTHING_MS)
    sweeps: list[dict[str, Any]] = app.traced("garbage:collect")
    garbage = max([event["args"]["cpu_ms"] for event in sweeps if event["ts"] > began_us], default=0.0)
    naive = subprocess.run(
        [sys.executable, str(NAIVE_VIEW)], env=app.rig.env, input=text, capture_output=True, text=True, check=True
    )
    what = f"longest stall in {chunks} chunks, CPU"
    return [
        Figure(f"{what}, against setMarkdown", longest, float(naive.stdout), goal=GOAL_STALL),
        Figure(f"{what}, against 50 ms", longest, GOAL_STALL_MS, goal=1.0),
        Figure("longest collection of garbage, CPU, against 20 ms", garbage, GOAL_GARBAGE_MS, goal=1.0),
    ]


def _median(values: list[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    raise SystemExit(main())
