"""The log tells what happened, one JSON object a line, and nothing of anybody."""

import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest

from cloud_api import logs
from cloud_api.logs import JsonLines
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import DRAFT, Cloud, draft


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, as it was before afterwards."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield logger
    logger.handlers[:], logger.level = handlers, level


async def test_a_whole_life_leaves_nothing_personal_in_the_log(
    cloud: Cloud, home: Home, root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(verbose=False)
    async with cloud.people() as people:
        await ask(people, "POST", "/management/household", json=draft())
        await ask(people, "POST", "/management/household", json=draft(participant={"name": "X", "email": "erika"}))
        await ask(people, "GET", f"/management/household/{home.household['uuid']}?erika@example.org")
        await ask(people, "GET", "/erika@example.org")
    for method in ("POST", "GET", "DELETE"):
        await ask(home.client, method, "/household/consent")
        await ask(home.client, "POST", UPLOAD, json=measured(home.meter, "2026-11-24T10:15:02.118Z"))
    told = capsys.readouterr().err
    assert "POST /management/household 201" in told
    assert "GET /management/household/{uuid} 200" in told
    assert "GET - 404" in told
    secrets = [cloud.secret(), home.household["uuid"], home.meter, home.device, "127.0.0.1", "10234.7412"]
    for private in [*DRAFT["participant"].values(), DRAFT["address"]["street"], "50.08", *secrets]:
        assert private not in told


def test_a_line_is_an_object(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(verbose=True)
    logging.getLogger("cloud_api.tried").debug("one thing")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["logger"], line["message"]) == ("debug", "cloud_api.tried", "one thing")
    assert line["time"].endswith("+00:00")


def test_of_an_exception_types_and_places_are_told(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(verbose=False)
    try:
        UUID("erika@example.org")
    except ValueError:
        logging.getLogger("cloud_api.tried").exception("it failed")
    line = json.loads(capsys.readouterr().err)
    assert line["error"].startswith("ValueError < __init__:")
    assert " < test_of_an_exception_types_and_places_are_told:" in line["error"]
    assert "erika" not in str(line)


def test_what_was_not_raised_has_no_place() -> None:
    record = logging.LogRecord("cloud_api", logging.ERROR, __file__, 1, "message", None, (None, None, None))
    assert "error" not in json.loads(JsonLines().format(record))
