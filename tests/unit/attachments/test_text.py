"""Text in every encoding, and what only looks like it."""

from __future__ import annotations

import hashlib

import pytest

from desktop_helper.attachments import text
from desktop_helper.core.documents import references
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import FilePart
from desktop_helper.core.protocols import ConvertOptions

CHINESE = "这是一个用来测试编码的中文文件。今天的天气很好，我们去公园散步。"
JAPANESE = "これは日本語のテストファイルです。今日はとても良い天気ですね。"
TRADITIONAL = "這是一個繁體中文的測試檔案，用來測試編碼。"
RUSSIAN = "Это русский текст для проверки кодировки, достаточно длинный."


def read(data: bytes, name: str = "a.txt") -> str:
    assert text.HANDLER.matches(data[:4096], name)
    (part,) = text.HANDLER.convert(data, name, ConvertOptions())
    assert isinstance(part, FilePart)
    assert part.data == data
    return part.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode(encoding: str) -> None:
    assert read((CHINESE + "\nabc\n").encode(encoding)) == CHINESE + "\nabc\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding: str) -> None:
    assert read("int main(void) { return 0; }\n".encode(encoding)) == "int main(void) { return 0; }\n"


@pytest.mark.parametrize(
    ("written", "encoding"),
    [(CHINESE, "gbk"), (JAPANESE, "shift_jis"), (TRADITIONAL, "big5"), (RUSSIAN, "cp1251"), (JAPANESE, "euc_jp")],
)
def test_older_encodings(written: str, encoding: str) -> None:
    assert read(written.encode(encoding)) == written


@pytest.mark.parametrize("written", ["发票", "你好，世界", "合同 2026 (final).doc"])
def test_a_few_chinese_characters_are_enough(written: str) -> None:
    assert read(written.encode("gbk")) == written


def test_logs_with_colours_are_text() -> None:
    assert read(b"\x1b[31merror\x1b[0m\r\n") == "\x1b[31merror\x1b[0m\r\n"


@pytest.mark.parametrize("data", [b"\x7fELF\x02\x01\x01\0\0\0\0\0", b"abc\0def", bytes(range(256)), b"\x01\x02 text"])
def test_binary_is_refused(data: bytes) -> None:
    assert not text.HANDLER.matches(data, "a.txt")
    with pytest.raises(HelperError, match=r"^a\.txt is not a text file\."):
        text.HANDLER.convert(data, "a.txt", ConvertOptions())


@pytest.mark.parametrize(
    ("data", "begin"),
    [
        (b"a" * 400_001, "a" * 400_000),
        ("中".encode() * 700_000, "中" * 400_000),
        ((CHINESE + "\n").encode("gbk") * 30_000, (CHINESE + "\n") * (400_000 // (len(CHINESE) + 1))),
    ],
)
def test_of_what_no_model_reads_as_a_whole_the_beginning_goes(data: bytes, begin: str) -> None:
    said, part = text.HANDLER.convert(data, "a.txt", ConvertOptions())
    assert isinstance(said, FilePart)
    assert said.text == f"a.txt is long; only its first {len(begin):,} characters are attached."
    (reference,) = references([said])
    assert reference.digest == hashlib.sha256(data).hexdigest()
    assert not reference.whole
    assert isinstance(part, FilePart)
    assert part.text == begin
    with pytest.raises(HelperError, match=r"^a\.txt is too long: a model reads at most 400,000 characters\."):
        text.HANDLER.convert(data, "a.txt", ConvertOptions(as_pictures=True))


def test_the_longest_is_read() -> None:
    data = b"a" * 400_000
    said, part = text.HANDLER.convert(data, "a.txt", ConvertOptions())
    assert [reference.whole for reference in references([said])] == [True]
    assert isinstance(part, FilePart)
    assert (part.data, part.text) == (data, "a" * 400_000)


@pytest.mark.parametrize(("name", "mime"), [("a.md", "text/markdown"), ("a.json", "text/plain"), ("a", "text/plain")])
def test_media_types_are_those_of_text(name: str, mime: str) -> None:
    (part,) = text.HANDLER.convert(b"{}", name, ConvertOptions())
    assert isinstance(part, FilePart)
    assert part.mime == mime


@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("latin-1", "A reunião foi adiada; não há solução até amanhã. Coração, ação, três."),
        ("latin-1", "Räksmörgås är gott. Vi åker över bron på måndag, så är det."),
        ("latin-1", "El señor García llegó mañana; ¿qué más podíamos hacer? Corazón, niño, canción."),
        ("cp1252", "Voilà : la réunion a été reportée, car le président était très occupé. L’équipe a perdu."),
        ("cp1252", "Die Größe der Straße wurde geändert. Fußgänger müssen über die Brücke. „Grüße“, sagte sie."),
        ("cp1252", "Le café naïve près de l’hôtel coûte 5 € où l’été français."),
        ("latin-1", "Le cafe naïf, où l'été est déjà passé, garçon, Noël, maïs, île."),
        ("iso8859-15", "Größe über Maß und Ärger, Öl kostet 5 €."),
        ("cp1252", "Größe über café naïve"),
        ("cp1252", "Åsa åkte båt över ån."),
        ("cp1252", "Það er gott veður í dag, þú ert góður."),
        ("cp1257", "Įsitikinkite, kad ąžuolas žydi. Šiandien gražu, žąsys skrenda į pietus."),
        ("iso8859-2", "Árvíztűrő tükörfúrógép, őszi eső és hűvös szél a városban."),
        ("cp1250", "Zażółć gęślą jaźń. Dzień dobry, proszę Państwa, to jest próba polskiego tekstu."),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy. Toto je zkouška českého textu."),
        ("cp1254", "İstanbul'da yaşıyorum, şimdi çalışıyorum."),
        ("cp1254", "Türkçe metin: İstanbul'da güneşli bir gün. Şu çocuk çok güzel konuşuyor, değil mi?"),
        ("cp1251", "Это русский текст, который объясняет, как пользоваться программой."),
        ("cp1253", "Αυτό είναι ένα ελληνικό κείμενο σε παλιά κωδικοποίηση. Καλημέρα σας."),
    ],
)
def test_old_encodings_of_europe_are_told_apart(encoding: str, words: str, times: int) -> None:
    said = f"{words}\n" * times
    assert read(said.encode(encoding)) == said
