"""Who vouches for a server: the system, and whom the user names. Real TLS, on loopback."""

from __future__ import annotations

import ssl
from dataclasses import replace

import pytest

from desktop_helper.backends.openai_compatible import BACKEND
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished
from desktop_helper.core.protocols import BackendTools
from desktop_helper.services.egress import Egress
from desktop_helper.services.egress_certificates import check_authority
from tests.support.glm_server import answer
from tests.support.tls_server import COMPANY_CA, TlsServer
from tests.support.wire import KEY, ask, said, wire_profile


def asked(base_url: str, folder, ca_file: str = ""):
    """All events of one question to `base_url`."""
    tools = BackendTools(Egress(folder / "egress.jsonl", lambda: False).http_client, lambda _: KEY, folder, folder)
    backend = BACKEND.create(replace(wire_profile(base_url), ca_file=ca_file), tools)
    try:
        return ask(backend)
    finally:
        backend.close()


def test_an_authority_that_nobody_knows_is_refused_with_a_remedy(tmp_path) -> None:
    with TlsServer(answer("Hi.")) as server:
        events = asked(server.base_url, tmp_path)
        assert server.requests == [], "the key must not go to it"
    assert isinstance(events[-1], Failed)
    error = events[-1].error
    assert error.kind is ErrorKind.NETWORK
    assert error.message.startswith("The certificate of 127.0.0.1 is not trusted (")
    assert "in Settings" in error.fix
    assert "--ca-file" in error.command_fix


def test_the_users_own_authority_is_accepted(tmp_path) -> None:
    with TlsServer(answer("Hi.")) as server:
        events = asked(server.base_url, tmp_path, str(COMPANY_CA))
    assert events[-1] == Finished()
    assert said(events)[1] == "Hi."


def test_also_as_der_and_among_words_of_any_encoding(tmp_path) -> None:
    pem = COMPANY_CA.read_text(encoding="ascii")
    (tmp_path / "ca.der").write_bytes(ssl.PEM_cert_to_DER_cert(pem))
    (tmp_path / "bundle.pem").write_bytes("Die Firma für alle\n".encode("latin-1") + pem.encode() + b"\nend\n")
    with TlsServer(answer("Hi.")) as server:
        assert asked(server.base_url, tmp_path, str(tmp_path / "ca.der"))[-1] == Finished()
        assert asked(server.base_url, tmp_path, str(tmp_path / "bundle.pem"))[-1] == Finished()


def test_another_name_is_refused_although_the_authority_is_known(tmp_path) -> None:
    with TlsServer(answer("Hi."), other_name=True) as server:
        events = asked(server.base_url, tmp_path, str(COMPANY_CA))
        assert server.requests == []
    assert isinstance(events[-1], Failed)
    assert events[-1].error.message.startswith("The certificate of 127.0.0.1 was issued for another name")


def test_an_authority_of_one_profile_holds_for_no_other(tmp_path) -> None:
    with TlsServer(answer("Hi.")) as server:
        assert asked(server.base_url, tmp_path, str(COMPANY_CA))[-1] == Finished()
        assert isinstance(asked(server.base_url, tmp_path)[-1], Failed)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "There is no certificate file"),
        (b"", "holds no certificate"),
        (b"-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n", "holds no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n", "holds no certificate"),
        (b"\x30\x82\x01\x01 is no DER", "holds no certificate"),
        (b"x" * 4_000_001, "holds no certificate"),
    ],
)
def test_a_file_that_is_none_is_told_in_one_sentence(tmp_path, content: bytes | None, told: str) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(HelperError) as caught:
        check_authority(str(file))
    assert caught.value.kind is ErrorKind.CONFIG
    assert told in caught.value.message
    assert str(file) in caught.value.message
    assert "PEM or DER" in caught.value.fix
    events = asked("https://127.0.0.1:9/v1", tmp_path, str(file))
    assert isinstance(events[-1], Failed)
    assert events[-1].error.message == caught.value.message


def test_a_folder_is_told(tmp_path) -> None:
    with pytest.raises(HelperError, match="cannot be read"):
        check_authority(str(tmp_path))
