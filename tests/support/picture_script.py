"""What is asked and answered in the pictures of the documentation."""

from __future__ import annotations

USAGE = {"prompt_tokens": 1463, "completion_tokens": 212, "total_tokens": 1675}

WATCH_QUESTION = "Has the build failed?"

CHART_QUESTION = "Which quarter did best, and why the drop?"
CHART_THINKING = "The tallest bar is the third one. The table below it gives the regions for Q3 and Q4."
CHART_ANSWER = """**Q3** did best, at 4.8 M. The drop in Q4 comes from Europe: orders fell 38 % while Asia held.

| Region | Q3 | Q4 | Change |
| --- | --- | --- | --- |
| Europe | 1.9 M | 1.2 M | −38 % |
| Asia | 1.7 M | 1.7 M | 0 % |

To see it in your own data:

```sql
SELECT region, sum(amount) FROM orders
WHERE quarter = 'Q4' GROUP BY region;
```

Growth follows *g = (b − a) / a* for each region."""

ZH_QUESTION = "哪个季度最好？之后为什么下降？"
ZH_THINKING = "图中第三个季度的柱子最高。下面的表格按地区列出了三、四季度的数据。"
ZH_ANSWER = """**第三季度**最好，达到 480 万。第四季度的下降主要来自欧洲：订单减少了 38%，其他地区保持不变。

| 地区 | 三季度 | 四季度 | 变化 |
| --- | --- | --- | --- |
| 欧洲 | 190 万 | 120 万 | −38% |
| 亚洲 | 170 万 | 170 万 | 0% |

在自己的数据中查看：

```sql
SELECT region, sum(amount) FROM orders
WHERE quarter = 'Q4' GROUP BY region;
```

1. 先按地区汇总订单；
2. 再与上一季度比较；
3. 最后检查是否只有一个客户造成了变化。"""

PAGE_QUESTION = "What does this error mean and what should I check first?"
PAGE_ANSWER = """The linker found a call to `render_frame`, but no object file that **defines** it.

Check first:

1. Is the file with its definition still in the target? Three commits touched the build graph.
2. Does its name match, including `extern "C"`?

`git log --stat -3 -- CMakeLists.txt` shows what was taken out."""
PAGE_QUESTION_ZH = "这个错误是什么意思？应该先检查什么？"
PAGE_ANSWER_ZH = """链接器找到了对 `render_frame` 的调用，但没有任何目标文件**定义**它。

请先检查：

1. 定义它的源文件是否还在构建目标中？最近有三次提交改动了构建图。
2. 名称是否一致，包括 `extern "C"`？"""

LONG_QUESTION = "Review this build log and tell me how to fix it. Show the code, please."
LONG_ANSWER = """## What went wrong

The linker cannot find `render_frame`: the symbol is **declared** in `renderer.h`, but the file that *defines* it was
taken out of the build three commits ago.

> undefined symbol: render_frame, referenced by main.o

## How to fix it

1. Put the source back into the target.
2. Build once from scratch, so that no old object is reused.
   - `ninja -t clean` is enough.
   - A full checkout is not needed.
3. Add a check, so that it cannot happen again.

```python
from pathlib import Path

def missing_sources(listed: set[str], root: Path) -> list[str]:
    \"\"\"Sources on disk that no target builds.\"\"\"
    found = {path.name for path in root.rglob("*.cpp")}
    return sorted(found - listed)  # an empty list is what you want
```

| Step | Minutes | Who |
| --- | ---: | --- |
| Put the source back | 2 | you |
| Clean build | 14 | the build machine |
| Check in CI | 20 | anyone |

See [the linker's manual](https://example.org/ld) for `--no-undefined`, which reports this at once. With a build time of
14 minutes, bisecting seven commits takes at most 42."""


TABLE_QUESTION = "Put the release dates into a table, with everything you know about them."
TABLE_ANSWER = """Here is what the page says:

| Version | Date | Codename | Supported until | Notes |
| --- | ---: | --- | :---: | --- |
""" + "".join(
    f"| {major}.{minor} | 2025-{minor + 1:02}-{major + 9:02} | Long-winded name {minor} | 20{26 + minor} | "
    f"{'Security fixes only, see the announcement' if minor % 3 else '—'} |\n"
    for major in (3, 4)
    for minor in range(9)
)

FORMULA_QUESTION = "How is the standard deviation defined, and what does the normal distribution look like?"
FORMULA_ANSWER = r"""The standard deviation of $n$ values is

$$\sigma = \sqrt{\frac{1}{n} \sum_{i=1}^{n} (x_i - \mu)^2}$$

where $\mu = \frac{1}{n}\sum_i x_i$ is their mean. The density of the normal distribution is

$$f(x) = \frac{1}{\sigma\sqrt{2\pi}} \, e^{-\frac{(x-\mu)^2}{2\sigma^2}}$$

- Within $\mu \pm \sigma$ lie about 68 % of all values.
- Within $\mu \pm 2\sigma$ lie about 95 %."""

RTL_QUESTION = "מה כתוב בשלט הזה? Translate it too."
RTL_ANSWER = """בשלט כתוב **"הכניסה אסורה"**. זה שלט אזהרה רגיל:

- אין להיכנס לאזור
- יש לפנות למשרד בטלפון 03-555-0100
  - בין השעות 9:00 ו־17:00

> השלט הוצב על ידי העירייה.

In English it reads “No entry”. وبالعربية: «ممنوع الدخول».

```python
print("הכניסה אסורה")  # code goes from left to right
```

| עברית | English |
| --- | --- |
| כניסה | entry |
| אסור | forbidden |"""


def printed_report(pages: int) -> bytes:
    """A report as a printer would get it: chapters, paragraphs, a chart now and then."""
    import pymupdf

    words = "Orders grew in most regions, while prices of parts kept rising until the middle of the year. " * 24
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page()
            top = 70
            if number % 6 == 1:
                page.insert_text((60, 100), f"Chapter {number // 6 + 1}", fontsize=24)
                top = 130
            if number % 4 == 3:
                for index in range(8):
                    bar = (80 + index * 56, 300 - index * 22 % 160, 116 + index * 56, 320)
                    page.draw_rect(bar, color=None, fill=(0.25, 0.34, 0.84))
                top = 350
            page.insert_textbox((60, top, 535, 790), words, fontsize=11)
            page.insert_text((290, 815), str(number), fontsize=10)
        return bytes(document.tobytes())


def report_pdf(pages: int = 12) -> bytes:
    """A report with a heading, a few lines and a chart on each page."""
    import pymupdf

    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page(width=420, height=280)
            page.draw_rect((0, 0, 420, 280), color=None, fill=(1.0, 0.87, 0.72))
            page.insert_text((40, 70), f"Report, page {number}", fontsize=28)
            for index in range(6):
                page.draw_rect(
                    (40 + index * 56, 230 - index * 18, 84 + index * 56, 240), color=None, fill=(0.95, 0.55, 0.4)
                )
        return bytes(document.tobytes())
