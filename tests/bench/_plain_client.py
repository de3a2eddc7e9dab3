"""The yardstick of the first token: the least a program does that streams through the openai package.

Asks twice, the first time to warm up, and prints when the first text of the second answer was there (microseconds of
the monotonic clock). Run as a script, so that it imports no package of ours.
"""

from __future__ import annotations

import sys
import time

from openai import OpenAI


def main(base_url: str) -> None:
    """Ask twice."""
    with OpenAI(base_url=base_url, api_key="none", max_retries=0) as client:
        for _ in range(2):
            first_us = 0
            for chunk in client.chat.completions.create(
                model="glm-4.6v-flash", messages=[{"role": "user", "content": "What is this?"}], stream=True
            ):
                if not first_us and chunk.choices and chunk.choices[0].delta.content:
                    first_us = time.monotonic_ns() // 1000
    print(first_us, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
