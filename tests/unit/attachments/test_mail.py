"""Files that are attached to a mail: seen, chosen and sent like those of an archive, behind the mail's own text."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest

from desktop_helper.attachments import _inside, archive, eml
from desktop_helper.core.documents import PageReading, Unit, references
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import office_files, sample_files
from tests.support.pdf_library import pdf_of

INLINE = '<p>see <img src="cid:logo@x"> below</p>'


def mail(text: str = "ten jars, please\n") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = "ann@example.org", "jars"
    made.set_content(text)
    return made


def with_files(**files: bytes) -> EmailMessage:
    made = mail()
    for name, data in files.items():
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name.replace("_", "."))
    return made


def convert(made: EmailMessage | bytes, **options: object) -> tuple[MediaPart, ...]:
    data = made if isinstance(made, bytes) else made.as_bytes()
    return eml.HANDLER.convert(data, "a.eml", ConvertOptions(**options))  # type: ignore[arg-type]


def listed(data: bytes, name: str) -> list[tuple[str, int]]:
    return [(member.path, member.size) for member in _inside.opened(data, name).members]


def texts(parts: tuple[MediaPart, ...]) -> dict[str, str]:
    return {part.name: part.text for part in parts if isinstance(part, FilePart)}


def test_the_mail_comes_first_then_what_is_attached() -> None:
    parts = convert(
        with_files(
            sheet_csv=b"a,b\n1,2\n",
            letter_pdf=pdf_of(["A letter about honey."]),
            report_docx=office_files.docx(),
            shot_png=sample_files.picture(),
            film_bin=b"\0\1",
        )
    )
    said = texts(parts)
    assert parts[0].name == "a.eml"
    assert "ten jars" in said["a.eml"]
    assert said["a.eml, what is attached to it"].startswith("a.eml holds 5 files; 4 of them are attached. Not among")
    assert said["a.eml, files in it"].split() == ["film.bin", "letter.pdf", "report.docx", "sheet.csv", "shot.png"]
    assert "honey" in said["letter.pdf, text of the pages"]
    assert "marmalade" in "".join(said.values())
    names = [part.name for part in parts if isinstance(part, ImagePart)]
    assert "letter.pdf, page 1 of 1" in names
    assert "shot.png" in names
    assert [name for name, _size in listed(with_files(b_txt=b"x").as_bytes(), "a.eml")] == ["b.txt"]


def test_one_without_files_is_only_a_text() -> None:
    (part,) = convert(mail())
    assert part.name == "a.eml"
    count, pages = eml.HANDLER.page_texts(mail().as_bytes(), "a.eml", PageReading(1, 9, unit=Unit.PART))  # type: ignore[misc]
    assert count == 1
    assert "ten jars" in pages[0].text


def test_what_is_chosen_goes_and_the_mail() -> None:
    made = with_files(a_txt=b"first words", b_txt=b"second words", long_pdf=pdf_of(["A page."] * 30))
    said = texts(convert(made, members=("b.txt",)))
    assert "ten jars" in said["a.eml"]
    assert said["b.txt"] == "second words"
    assert "a.txt" not in said
    parts = convert(made, members=("long.pdf",))
    assert sum(isinstance(part, ImagePart) for part in parts) == 20
    assert texts(parts)["long.pdf, pages 1 to 20 of 30"]
    assert not references(parts)


def test_a_document_that_is_too_long_is_searched() -> None:
    made = with_files(long_pdf=pdf_of([f"Page about number {page}." for page in range(1, 31)]), a_txt=b"words")
    parts = convert(made)
    assert not any(isinstance(part, ImagePart) for part in parts)
    (reference,) = references(parts)
    assert (reference.name, reference.unit, reference.whole, reference.holds) == ("a.eml", Unit.PART, False, 1)
    _count, pages = archive.page_texts(made.as_bytes(), "a.eml", PageReading(1, 99, unit=Unit.PART))
    assert pages[0].text.startswith("From: ann@example.org")
    assert pages[-1].name == "long.pdf, page 30 of 30"
    assert "number 30" in pages[-1].text


def test_a_long_mail_gives_way_to_its_parts_like_a_file() -> None:
    made = mail("a line of a long mail\n" * 6000)
    made.add_attachment(b"words", maintype="text", subtype="plain", filename="a.txt")
    parts = convert(made, max_video_tokens=9600)
    (reference,) = references(parts)
    assert (reference.whole, reference.holds) == (True, 2)
    assert parts[-2].name == "a.eml"


def test_pictures_of_its_text_are_in_it_and_others_are_files() -> None:
    made = mail()
    made.add_alternative(INLINE, subtype="html")
    page = made.get_payload()[1]  # type: ignore[index]
    page.add_related(office_files.coloured(office_files.RED), "image", "png", cid="<logo@x>", filename="logo.png")
    made.add_attachment(sample_files.picture(), maintype="image", subtype="png", filename="shot.png")
    parts = convert(made)
    assert [part.name for part in parts if isinstance(part, ImagePart)] == ["a.eml, picture 1", "shot.png"]
    assert listed(made.as_bytes(), "a.eml")[0][0] == "shot.png"


def test_a_text_behind_a_file_is_said() -> None:
    made = with_files(a_txt=b"words")
    made.attach(footer := EmailMessage())
    footer.set_content("Sent from a phone.\n")
    assert "Sent from a phone." in texts(convert(made))["a.eml"]


def test_files_with_one_name_and_without_are_told_apart() -> None:
    made = mail()
    for text in (b"one", b"two"):
        made.add_attachment(text, maintype="text", subtype="plain", filename="..\\up/../notes.txt")
    made.add_attachment(b"%PDF-", maintype="application", subtype="pdf")
    said = texts(convert(made))
    assert (said["notes.txt"], said["notes (2).txt"]) == ("one", "two")
    assert "file.pdf" in said["a.eml, files in it"]


def test_mails_and_archives_in_it_are_opened() -> None:
    inner = with_files(deep_txt=b"deep words")
    made = mail("see below\n")
    made.add_attachment(inner)
    zipped = office_files.zipped({"in.txt": b"zipped words", "old.eml": with_files(x_txt=b"older words").as_bytes()})
    made.add_attachment(zipped, maintype="application", subtype="zip", filename="b.zip")
    said = texts(convert(made))
    assert said["a.eml, files in it"].split() == (
        ["b.zip/", "in.txt", "old.eml", "old.eml/", "x.txt", "jars.eml", "jars.eml/", "deep.txt"]
    )
    assert said["jars.eml/deep.txt"] == "deep words"
    assert "ten jars" in said["jars.eml"]
    assert said["b.zip/in.txt"] == "zipped words"
    assert said["b.zip/old.eml/x.txt"] == "older words"
    assert "are only named" not in "".join(said.values())


def test_what_is_broken_is_said_and_the_rest_goes() -> None:
    said = texts(convert(with_files(broken_pdf=b"%PDF-1.7 and no more", broken_zip=b"PK\3\4", a_txt=b"words")))
    assert said["a.txt"] == "words"
    assert "These cannot be read: broken.pdf" in said["a.eml, what is attached to it"]
    assert "Not among them: broken.zip." in said["a.eml, what is attached to it"]


def test_a_password_is_why_a_document_is_not_read() -> None:
    locked = {"a_docx": office_files.ole2("EncryptedPackage"), "b_pdf": sample_files.pdf(password="open")}
    said = texts(convert(with_files(**locked, broken_pdf=b"%PDF-1.7 and no more")))["a.eml, what is attached to it"]
    assert "These cannot be read: broken.pdf. Protected with a password: a.docx, b.pdf. Attach one by itself" in said


def test_one_that_breaks_off_is_still_a_mail() -> None:
    whole = with_files(a_txt=b"words " * 500).as_bytes()
    for share in (0.2, 0.5, 0.8):
        said = texts(convert(whole[: int(len(whole) * share)]))
        assert "ann@example.org" in said["a.eml"]
        assert "a.eml breaks off before its end: some of it may be missing." in said["a.eml, what was left out"]
    assert "breaks off" not in "".join(texts(convert(whole)).values())
    about_another = mail()
    about_another.add_attachment(whole[:600], maintype="application", subtype="octet-stream", filename="b.eml")
    (note,) = [text for text in texts(convert(about_another)).values() if "breaks off" in text]
    assert note.startswith("b.eml breaks off")


@pytest.mark.parametrize(
    ("said", "written", "text"),
    [
        ("gb2312", "gbk", "镕基订了十罐"),  # the first character is in no GB 2312
        ("GB2312", "gb18030", "玥订了十罐"),
        ("shift_jis", "cp932", "①髙橋"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("iso-8859-1", "cp1252", "“ten jars” – 5 €"),
        ("x-made-up", "utf-8", "zehn Gläser für Käthe"),
        ("", "utf-8", "zehn Gläser für Käthe"),
        ("us-ascii", "utf-8", "十罐果酱，谢谢"),
        ("undefined", "utf-8", "zehn Gläser"),
        ("rot13", "utf-8", "zehn Gläser"),
    ],
)
def test_the_text_is_read_in_the_encoding_that_is_meant(said: str, written: str, text: str) -> None:
    charset = f"; charset={said}" if said else ""
    head = f"From: ann@example.org\nContent-Type: text/plain{charset}\nContent-Transfer-Encoding: 8bit\n\n"
    (part,) = convert(head.encode() + text.encode(written) + b"\n")
    assert isinstance(part, FilePart)
    assert part.text.endswith(f"\n\n{text}")


def test_headers_are_read_in_the_encoding_that_is_meant() -> None:
    coded = base64.b64encode("镕基.txt".encode("gbk")).decode()
    made = with_files(a_txt=b"words").as_bytes()
    made = made.replace(b"Subject: jars", f"Subject: =?GB2312?B?{coded}?=".encode())
    made = made.replace(b'filename="a.txt"', f'filename="=?gb2312?B?{coded}?="'.encode())
    said = texts(convert(made))
    assert "Subject: 镕基.txt" in said["a.eml"]
    assert said["镕基.txt"] == "words"


def test_a_mail_of_outlook_gets_a_sentence() -> None:
    from desktop_helper.attachments import docx

    with pytest.raises(HelperError, match="Outlook's own format") as caught:
        docx.HANDLER.convert(office_files.ole2("__properties_version1.0"), "a.msg", ConvertOptions())
    assert ".eml" in caught.value.fix
