"""Random Markdown as models write it, and worse: every construct, nested, cut short, in several scripts."""

from __future__ import annotations

import random
from collections.abc import Iterator

_INLINE = (
    "some words", "**bold**", "*soft*", "***both***", "~~gone~~", "`code`", "`` a`b ``",
    "[page](https://a.example/x)", "[foo]", "[bar][foo]", "[later]", "![alt](http://a.b/c.png)", "<b>tag</b>",
    "&amp; &copy;", "$5 and $10", "$x$", r"\(a_1\)", r"\[b\]", "$$c$$", r"$\frac{1}{2}$", r"$\nosuch{$",
    "note[^1]", "**open", "*half", "`tick", "~~strike", "[broken](http://a", "![pic", r"\*not\*", "a  ", "b\\",
    "snake_case_name", "2 * 3 * 4", "中文**加粗**文字", "日本語と한국어", "שלום עולם", "مرحبا **بك**",
    "👩‍👩‍👧 🇩🇪", "é e\u0301", "\u202egnp.exe", "a\u200bb", "https://plain.example", "<https://auto.example>",
    "[x](javascript:1)", "x" * 70, "|", "#tag", "_under_", "**a*b_", "\t", "\0",
)  # fmt: skip
_LINES = (
    "", "", "", "# {}", "## {} ##", "####### {}", "#", "===", "---", "***", "- {}", "- [ ] {}", "- [x] {}",
    "* {}", "+ {}", "1. {}", "2) {}", "10. {}", "-", "> {}", ">", "> - {}", "> > {}", "```", "```py", "~~~",
    "````", "x = '{}'  # c", "def f():", "| a | b |", "|---|--:|", "| {} | 2 |", "| {} ", "a | b", ":-: | -",
    "$$", "x^2", "$$ y^2 $$", r"\[", r"\]", "[foo]: http://a.b", "[later]: https://b.c 'title'",
    "[bad]: javascript:1", "[^1]: {}", "[^2]: ```", "<div>", "</div>", "<!-- {}", "\t{}", "{}", "{}", "{}",
)  # fmt: skip
_NESTS = ("", "", "", "", "", "  ", "    ", "   ", "> ", "- ", ">", "1. ", "\t", "      ")
_ENDS = ("\n", "\n", "\n", "\n", "\r\n", "\r")


def random_markdown(generator: random.Random, most_lines: int = 12) -> str:
    """A document of some lines."""
    end = generator.choice(_ENDS)
    mixed = generator.random() < 0.1
    lines = [_line(generator) for _ in range(generator.randint(1, most_lines))]
    ends = [generator.choice(_ENDS) if mixed else end for _ in lines]
    if generator.random() < 0.5:
        ends[-1] = ""
    return "".join(line + end for line, end in zip(lines, ends, strict=True))


def random_pieces(generator: random.Random, text: str) -> Iterator[str]:
    """`text` in pieces of random sizes: single characters, tokens, or nearly all of it."""
    largest = generator.choice((1, 4, 12, 40, 400))
    position = 0
    while position < len(text):
        size = generator.randint(1, largest)
        yield text[position : position + size]
        position += size


def _line(generator: random.Random) -> str:
    if generator.random() < 0.25:  # something of a kind, so that tables, lists and code get long enough to be some
        return "\n".join(_table(generator) if generator.random() < 0.5 else _code(generator))
    words = " ".join(generator.choice(_INLINE) for _ in range(generator.randint(1, 4)))
    return generator.choice(_NESTS) + generator.choice(_LINES).replace("{}", words)


def _table(generator: random.Random) -> list[str]:
    columns = generator.randint(1, 3)
    delimiters = "|" + "|".join(generator.choice((":--", "--:", ":-:", "---")) for _ in range(columns)) + "|"
    rows = [_row(generator, columns) for _ in range(generator.randint(1, 5))]
    return ["", rows[0], delimiters, *rows[1:], *generator.choice(([""], [], ["", "[foo]: http://a.b", ""]))]


def _row(generator: random.Random, columns: int) -> str:
    cells = " | ".join(generator.choice(_INLINE) for _ in range(columns))
    return "| " + cells + generator.choice((" |", "", " | x |"))


def _code(generator: random.Random) -> list[str]:
    fence = generator.choice(("```", "~~~", "````"))
    lines = ("x = 1", "", "  # no heading", "- no list", "'''", "``", "中文", "\ty")
    body = [generator.choice(lines) for _ in range(4)]
    language = generator.choice(("", "py", "json title", "nosuchlanguage"))
    return [fence + language, *body, *generator.choice(([fence], []))]
