"""What Sentry is told of a fault of the device: types and places, and nothing of anybody."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from edge_app.config import SentryConfig
from edge_app.errors import ConfigError
from edge_app.fleet import sentry

PERSONAL = ("erika@example.org", "Erika Mustermann", "Musterweg 4a", "65195", "PIN 4711", "Bearer hunter2")
logger = logging.getLogger("edge_app.test")


class Catching(Transport):
    """Keeps what would be sent."""

    sent: list[bytes]

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        type(self).sent = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope.serialize())


@pytest.fixture
def caught() -> Iterator[list[bytes]]:
    sentry.begin(SentryConfig(dsn="https://key@sentry.example.org/1"), transport=Catching)
    yield Catching.sent
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def fail() -> None:
    email, name, address, postal_code, pin, secret = PERSONAL
    try:
        {}[f"{email} {name}"]
    except KeyError as error:
        error.add_note(secret)
        raise ValueError(f"{address}, {postal_code}: {pin}") from error


def test_personal_data_in_an_exception_is_in_no_envelope(caught: list[bytes]) -> None:
    sentry_sdk.set_user({"email": PERSONAL[0]})
    sentry_sdk.set_tag("address", PERSONAL[2])
    sentry_sdk.set_context("secret", {"secret": PERSONAL[5]})
    sentry_sdk.add_breadcrumb(message=PERSONAL[4])
    try:
        fail()
    except ValueError:
        logger.exception("a request of %s failed with %s", PERSONAL[0], PERSONAL[5])
    (envelope,) = caught
    for personal in PERSONAL:
        assert personal.encode() not in envelope
        assert json.dumps(personal)[1:-1].encode() not in envelope
    event = json.loads(envelope.splitlines()[-1])
    assert [raised["type"] for raised in event["exception"]["values"]] == ["KeyError", "ValueError"]
    assert event["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "fail"
    assert set(event) <= {*sentry.EVENT, "exception"}


def test_an_error_without_an_exception_tells_its_logger_alone(caught: list[bytes]) -> None:
    logger.error("nothing is known of %s", PERSONAL[0])
    (envelope,) = caught
    assert PERSONAL[0].encode() not in envelope
    assert json.loads(envelope.splitlines()[-1])["logentry"] == {"message": "an error in the log of edge_app.test"}


def test_without_a_dsn_nothing_is_told() -> None:
    sentry.begin(SentryConfig())
    assert not sentry_sdk.get_client().is_active()


def test_a_dsn_without_the_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentry, "sentry_sdk", None)
    with pytest.raises(ConfigError, match="sentry-sdk is not installed"):
        sentry.begin(SentryConfig(dsn="https://key@sentry.example.org/1"))
