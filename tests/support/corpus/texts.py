"""Texts in every encoding, tables, source code, web pages, notebooks, mails, books, and what holds such files."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from email.header import Header
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import partial
from io import BytesIO

from tests.support import office_files, page_files
from tests.support.corpus import pictures
from tests.support.corpus.entry import Entry

CHINESE = "第三季度的销售额为一百二十三万元，比去年同期增长了百分之十五。请各部门在星期五之前提交报告，谢谢大家的努力。"
TAIWAN = "第三季的銷售額為一百二十三萬元，比去年同期增長了百分之十五。請各部門在星期五之前提交報告，謝謝大家的努力。"
JAPANESE = "第三四半期の売上高は百二十三万円で、前年同期に比べて十五パーセント増加しました。報告書を提出してください。"
KOREAN = (
    "삼분기 매출은 백이십삼만 원으로 작년 같은 기간보다 십오 퍼센트 증가했습니다. 금요일까지 보고서를 제출해 주세요."
)
RUSSIAN = (
    "Выручка за третий квартал выросла на пятнадцать процентов по сравнению с прошлым годом. Сдайте отчёты до пятницы."
)
GERMAN = "Der Umsatz des dritten Vierteljahres stieg um fünfzehn Prozent. Die Größe der Tür überrascht: süße Äpfel."
GREEK = "Τα έσοδα του τρίτου τριμήνου αυξήθηκαν κατά δεκαπέντε τοις εκατό σε σχέση με πέρυσι. Παραδώστε τις εκθέσεις."
POLISH = "Przychody w trzecim kwartale wzrosły o piętnaście procent. Proszę złożyć sprawozdania do piątku."

ENCODED = (
    *((encoding, CHINESE) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "gbk", "gb18030", "gb2312")),
    ("big5", TAIWAN),
    *((encoding, JAPANESE) for encoding in ("shift_jis", "euc_jp")),
    *((encoding, KOREAN) for encoding in ("euc_kr", "cp949")),
    *((encoding, RUSSIAN) for encoding in ("cp1251", "koi8_r", "utf-16")),
    *((encoding, GERMAN) for encoding in ("cp1252", "latin-1", "utf-16-le", "utf-16-be")),
    ("cp1253", GREEK),
    ("cp1250", POLISH),
)
CODE = {
    "main.rs": 'fn main() {\n    println!("{}", 6 * 7);\n}\n',
    "notes.md": "# Notes\n\n* one\n* two\n",
    "settings.toml": '[tool]\nname = "grün"\n',
    "data.json": '{"a": [1, 2, {"b": null}]}',
    "Makefile": "all:\n\tcc -o x x.c\n",
    "view.ts": "export const answer: number = 42;\n",
    "build.log": "\x1b[31merror\x1b[0m: no such file\n",
    "change.diff": "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n",
    "dos.bat": "@echo off\r\necho hello\r\n\x1a",
    "mac.txt": "first line\rsecond line\r",
    "film.srt": "1\n00:00:01,000 --> 00:00:02,000\nHello there\n",
    "query.sql": "SELECT name FROM trees WHERE height > 20;\n",
    "page.xml": '<?xml version="1.0"?>\n<trees><tree name="birch"/></trees>\n',
}
TABLE = (("Name", "Größe", "Datum"), ("Birke", "21,5", "2024-03-01"), ("Eiche; alt", "30", "2024-04-02"))


def _texts() -> list[Entry]:
    files = [
        Entry(f"{encoding} {text[:3]}.txt", "Python", partial((text * 2).encode, encoding), words=(text, text))
        for encoding, text in ENCODED
    ]
    return files + [Entry(name, "by hand", partial(text.encode), words=(text,)) for name, text in CODE.items()]


def table(delimiter: str, encoding: str, quote: str = '"') -> bytes:
    """As spreadsheets write them."""
    lines = (delimiter.join(f"{quote}{cell}{quote}" if delimiter in cell else cell for cell in row) for row in TABLE)
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def _tables() -> list[Entry]:
    kinds = ((";", "utf-8-sig", "csv"), (";", "cp1252", "csv"), ("\t", "utf-16", "tsv"), ("\t", "utf-16", "csv"),
             ("|", "utf-8", "csv"), ("\t", "utf-8", "tsv"))  # fmt: skip
    said = ("A text", "Birke", "21,5", "2024-03-01", "alt", "30")
    made = [
        Entry(f"{encoding} {at}.{suffix}", "as Excel", partial(table, delimiter, encoding), words=said)
        for at, (delimiter, encoding, suffix) in enumerate(kinds)
    ]
    chinese = "姓名,城市,数量\n张伟,北京,12\n王芳,上海,7\n李娜,广州市天河区,31\n"
    quoted = 'key,value\n1,"two\nlines"\n2,"a ""word"""\n'
    long = "n,square\n" + "".join(f"{n},{n * n}\n" for n in range(20_000))
    return [
        *made,
        Entry("gbk.csv", "as Excel in China", partial(chinese.encode, "gbk"), words=("姓名", "王芳", "上海", "31")),
        Entry("quoted.csv", "Python", partial(quoted.encode), words=("two", "lines", 'a "word"')),
        Entry("long.csv", "Python", partial(long.encode), words=("99", "9801"), notes=("is attached",)),
    ]


def _pages() -> list[Entry]:
    gbk = f'<html><head><meta charset="gb2312"><title>报告</title></head><body><p>{CHINESE}</p></body></html>'
    old = "<HTML><BODY BGCOLOR=white><FONT SIZE=7>Welcome</FONT><P>one<P>two<BR>three<TABLE>"
    old += "<CAPTION>Sums</CAPTION><TR><TD>4<TD>5</TABLE>"
    return [
        Entry("tea.html", "by hand", lambda: page_files.HTML, words=("Kinds of tea", "Oolong", "白茶", "75",
              "The end."),
              absent=("secret-script",)),
        Entry("gbk.htm", "an old editor", partial(gbk.encode, "gbk"), words=(CHINESE,)),
        Entry("old.html", "a browser of 1996", partial(old.encode), words=("Welcome", "one", "two", "three", "Sums",
              "4", "5")),
        Entry("bare.html", "by hand", lambda: b"<title>Short</title><head><meta name=x><p>no end of the head",
              words=("Short", "no end of the head")),
        Entry("whole.html", "a browser that saves all in one", whole_page, words=("before", "[picture 1: red]",
              "after"),
              pictures=1, spots=((0.5, 0.5, office_files.RED),)),
        Entry("bees.ipynb", "Jupyter", page_files.ipynb, words=("Bee study", "print(6 * 7)", "forty-", "two",
              "KeyError"),
              pictures=1, spots=((0.5, 0.5, office_files.BLUE),)),
        Entry("old.ipynb", "Jupyter 3", old_notebook, words=("Old heading", "x = 41", "42")),
        Entry("storms.epub", "by hand", page_files.epub, words=("Storms", "Night", "stormy", "Morning", "sun rose")),
        Entry("bees.odt", "by hand", page_files.odt, words=("On bees", "honey", "dark", "Hive", "12", "Buzz."),
              pictures=1),
        Entry("bees.ods", "by hand", page_files.ods, words=("Hives", "12.5", "2026-01-02")),
        Entry("bees.odp", "by hand", page_files.odp, words=("Wings", "Stings")),
        Entry("first.rtf", "by hand", lambda: page_files.RTF, words=("First bold line", "Café 中文", "A1", "B2",
              "{brace}"),
              absent=("Hidden Font", "Secret", "Nobody")),
    ]  # fmt: skip


def whole_page() -> bytes:
    """With a picture in itself, and one elsewhere."""
    red = base64.b64encode(office_files.coloured(office_files.RED)).decode()
    elsewhere = '<img src="http://127.0.0.1:9/x.png"><img src="data:image/png;base64,?">'
    return f'<html><body><p>before</p><img alt="red" src="data:image/png;base64,{red}">{elsewhere}<p>after'.encode()


def old_notebook() -> bytes:
    """Of version 3, whose cells are in worksheets."""
    output = {"output_type": "pyout", "prompt_number": 1, "text": ["42"]}
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["Old heading"]},
        {"cell_type": "code", "language": "python", "input": ["x = 41\n", "x + 1"], "outputs": [output]},
    ]
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}).encode()


def _mails() -> list[Entry]:
    return [
        Entry("honey.eml", "email", page_files.eml, words=("Ann <ann@example.org>", "蜂蜜 order", "ten jars of honey",
              "invoice.pdf"), pictures=1, spots=((0.5, 0.5, office_files.RED),),
              notes=("These cannot be read: invoice.pdf",)),
        Entry("base64.eml", "email", partial(mail, "base64", "utf-8"), words=("报告", CHINESE)),
        Entry("quoted.eml", "email", partial(mail, "quoted-printable", "gb2312"), words=("报告", CHINESE)),
        Entry("eight bits.eml", "email", partial(mail, "8bit", "utf-8"), words=(CHINESE,)),
        Entry("html only.eml", "email", html_mail, words=("Dear Bo", "two jars")),
        Entry("forwarded.eml", "email", forwarded, words=("Fwd: jars", "see below")),
        Entry("unix mail", "sendmail", lambda: b"Return-Path: <a@example.org>\nReceived: by x\nFrom: a@example.org\n"
              b"Subject: plain\n\nJust words.\n", words=("plain", "Just words.")),
    ]  # fmt: skip


def mail(transfer: str, charset: str) -> bytes:
    """A Chinese one, encoded for the way."""
    message = EmailMessage()
    message["From"], message["To"] = "li@example.org", "wang@example.org"
    message["Subject"] = Header("季度报告", charset).encode()
    message.set_content(CHINESE, cte=transfer, charset=charset)
    return message.as_bytes()


def html_mail() -> bytes:
    """Without a plain version."""
    message = MIMEMultipart("related")
    message["From"], message["Subject"] = "ann@example.org", "Jars"
    message.attach(MIMEText("<p>Dear <b>Bo</b></p><p>two jars</p>", "html"))
    return message.as_bytes()


def forwarded() -> bytes:
    """With another mail inside."""
    message = EmailMessage()
    message["From"], message["Subject"] = "cy@example.org", "Fwd: jars"
    message.set_content("see below\n")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "ann@example.org", "jars"
    inner.set_content("ten jars\n")
    message.add_attachment(inner)
    return message.as_bytes()


def zipped(kind: int, *, names: str = "") -> bytes:
    """A folder as a program packs it."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        archive.writestr("project/readme.md", "# Birch project\n")
        archive.writestr("project/src/main.py", "print('birch')\n")
        archive.writestr("project/chart.png", pictures.saved(pictures.chart, "PNG"))
        archive.writestr("project/report.docx", office_files.docx())
        archive.writestr("__MACOSX/._readme.md", b"\0\5\x16\7")
        if names:
            archive.writestr(names, "inside")
    return buffer.getvalue()


def tarred(flags: str) -> bytes:
    """The same by GNU tar."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(BytesIO(zipped(zipfile.ZIP_STORED))) as archive:
        archive.extractall(folder)
        return subprocess.run(["tar", flags, "-", "project"], cwd=folder, capture_output=True, check=True).stdout


def mail_with_files() -> bytes:
    """With what people attach to mails."""
    message = EmailMessage()
    message["From"], message["Subject"] = "ann@example.org", "The birches"
    message.set_content("please have a look\n")
    files = {"report.docx": office_files.docx(), "project.zip": zipped(zipfile.ZIP_DEFLATED)}
    for name, data in (files | {"chart.png": pictures.saved(pictures.chart, "PNG")}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def _packed() -> list[Entry]:
    said = ("project/", "readme.md", "src/", "main.py", "Birch project", "print('birch')")
    seen = {"pictures": 1, "spots": pictures.QUARTERS, "absent": ("__MACOSX",)}
    made: list[tuple[str, str, Callable[[], bytes]]] = [
        ("deflated.zip", "zipfile", partial(zipped, zipfile.ZIP_DEFLATED)),
        ("stored.zip", "zipfile", partial(zipped, zipfile.ZIP_STORED)),
        ("named.zip", "zipfile", partial(zipped, zipfile.ZIP_DEFLATED, names="说明/说明.txt")),
    ]
    tars = {"project.tar": "cf", "project.tgz": "czf", "project.tar.bz2": "cjf", "project.tar.xz": "cJf"}
    if shutil.which("tar"):
        made += [(name, "tar", partial(tarred, flags)) for name, flags in tars.items()]
    files = [Entry(name, by, make, notes=("are attached",), **seen) for name, by, make in made]  # type: ignore[arg-type]
    return [
        *files,
        Entry("birches.eml", "email", mail_with_files, words=("please have a look", *said[:4], "marmalade")),
        Entry("read.zip", "zipfile", partial(zipped, zipfile.ZIP_DEFLATED), words=tuple(said[:4])),
        Entry("app.log.gz", "gzip", lambda: gzip.compress(b"12:00 started\n12:01 stopped\n" * 40, mtime=0),
              words=("12:00 started", "12:01 stopped")),
        Entry("table.csv.gz", "gzip", lambda: gzip.compress(table(";", "utf-8"), mtime=0), words=("Birke", "21,5")),
        Entry("chart.png.gz", "gzip", lambda: gzip.compress(pictures.saved(pictures.chart, "PNG")), pictures=1,
              spots=pictures.QUARTERS),
    ]  # fmt: skip


def entries() -> list[Entry]:
    """All of them."""
    return [*_texts(), *_tables(), *_pages(), *_mails(), *_packed()]
