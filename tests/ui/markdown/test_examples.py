"""Examples in the manner of CommonMark's and GFM's, one or more of each section: rendered in any cut, quickly."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from desktop_helper.services.markdown.parser import parse, to_html
from tests.ui.markdown.test_document import streamed, whole

EXAMPLES = [
    "\tfoo\tbaz\t\tbim",
    "  - foo\n\n\tbar",
    ">\t\tfoo",
    "-\t\tfoo",
    r"\!\"\#\$\%\&\'\(\)\*\+\,\-\.\/",
    "&nbsp; &amp; &copy; &#0;",
    "- `one\n- two`",
    "***\n---\n___",
    "- foo\n***\n- bar",
    "# foo\n####### foo\n#5 bolt",
    "## foo ##",
    "#\n## ",
    "Foo *bar\nbaz*\n====",
    "    a simple\n      indented",
    "```\n<\n >\n```",
    "~~~\naaa\n```\n~~~",
    "``\nfoo\n``",
    "````\naaa\n```\n``````",
    "> ```\n> aaa\n\nbbb",
    "<div>\n*foo*\n</div>",
    '[foo]: /url "title"\n\n[foo]',
    "[foo]: <http://a.b>\n\n[FOO]\n[foo][]",
    "aaa\n\n\nbbb",
    "> # Foo\n> bar\nbaz",
    "> - foo\n- bar",
    ">",
    "> > > foo\nbar",
    "1.  A\n\n        code\n\n    > quote",
    "- foo\n\n\n  bar",
    "10) foo\n    - bar",
    "-\n  foo\n-",
    "- - foo\n1. - 2. foo",
    "- foo\n  - bar\n    - baz\n      - boo",
    "1. a\n\n  2. b\n\n    3. c",
    "- a\n-\n\n- c",
    "* a\n  > b\n  ```\n  c\n  ```",
    "`` foo ` bar ``",
    "`foo`bar`",
    "*foo**bar**baz*",
    "**foo*bar**",
    "_foo_bar_baz_",
    "***strong** in em*",
    "*(**foo**)*",
    "[link](http://a.b 'title')",
    "[a](<b)c>)",
    "[link [foo [bar]]](http://a.b)",
    "![foo *bar*](http://a.b/c)",
    "<http://a.b>",
    "foo  \nbaz",
    "foo\\\nbaz",
    "foo\nbaz",
    "| foo | bar |\n| --- | --- |\n| b `\\|` az | **b \\|** im |",
    "| abc | defghi |\n:-: | -----------:\nbar | baz",
    "| abc | def |\n| --- |\n| bar |",
    "| a | b |\n|---|---|\n| c |\n| d | e | f |",
    "| a |\n|---|\n> bar",
    "- [ ] foo\n- [x] bar",
    "- [x] foo\n  - [ ] bar\n  - [X] baz",
    "- [x]\n- [y] no",
    "~~Hi~~ ~there~",
    "שלום **עולם** $x$",
    "👩‍👩‍👧 and 🇩🇪",
    "日本語と한국어\n中文**加粗**文字",
    "$a$ $b$\n$$c$$\n\\(d\\) \\[e\\]",
]


@pytest.mark.parametrize("source", EXAMPLES)
def test_an_example_is_shown_the_same_in_any_cut(qapp, source):
    begin = time.thread_time()
    parse(source, {})
    assert time.thread_time() - begin < 1
    assert streamed(source, [1] * len(source)).picture() == whole(source).picture()


def test_the_rich_copy_has_formulas_and_footnotes():
    html = to_html("$x<y$ b[^1]\n\n$$\nz\n$$\n\n[^1]: **q**\n")
    assert "<code>$x&lt;y$</code> b<sup>1</sup>" in html
    assert "<pre>z</pre>" in html
    assert "<strong>q</strong>" in html


def test_right_to_left_is_found_for_each_paragraph(qapp):
    document = whole("שלום עולם\n\nhello").document
    directions = [document.findBlockByNumber(number).textDirection().name for number in range(2)]
    assert directions == ["RightToLeft", "LeftToRight"]


def test_ziamath_is_loaded_by_the_first_formula_only():
    code = (
        "import sys, desktop_helper.ui.answer_text, desktop_helper.services.markdown.parser as p; p.warm_up();"
        "print('ziamath' in sys.modules, 'latex2mathml' in sys.modules, 'PySide6.QtSvg' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[:2] == ["False", "False"]
