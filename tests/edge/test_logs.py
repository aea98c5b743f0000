"""The log: fields for systemd's journal, one JSON object a line elsewhere, and no text of an error in either."""

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_app import logs
from edge_app.logs import journal
from edge_app.logs.journal import JournalHandler
from edge_app.logs.lines import as_object, places
from edge_app.logs.recent import KEPT, RECENT

ABOUT = {"meter": "8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01", "slot": "2026-11-24T10:15:00Z"}


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger and the hook for errors, as they were before afterwards."""
    logger, hook = logging.getLogger(), sys.excepthook
    handlers, level = logger.handlers[:], logger.level
    yield logger
    for mine in set(logger.handlers) - {*handlers, RECENT}:
        mine.close()
    logger.handlers[:], logger.level, sys.excepthook = handlers, level, hook
    RECENT.lines.clear()


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    """What stands for systemd's journal."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "socket"))
        line.settimeout(30)
        yield line


def failed() -> Exception:
    try:
        try:
            int("erika@example.org")
        except ValueError as error:
            raise RuntimeError("nobody's business") from error
    except RuntimeError as error:
        return error
    raise AssertionError


def test_elsewhere_a_line_is_one_object_with_its_fields(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up()
    logging.getLogger("edge_app.tried").info("kept %d", 3, extra=ABOUT)
    line = json.loads(capsys.readouterr().err)
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "info", "logger": "edge_app.tried", "message": "kept 3", **ABOUT}


def test_where_standard_error_is_the_journal_s_it_is_spoken_to(
    root: logging.Logger, tmp_path: Path, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = os.fstat(2)
    monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
    monkeypatch.setattr(journal, "SOCKET", tmp_path / "socket")
    logs.set_up()
    logging.getLogger("edge_app.tried").warning("one\ntwo", extra=ABOUT)
    told = listening.recv(65536)
    lines = told.split(b"\n")
    assert told.startswith(b"MESSAGE\n" + (7).to_bytes(8, "little") + b"one\ntwo\n")
    assert {b"PRIORITY=4", b"SYSLOG_IDENTIFIER=edge-app", b"LOGGER=edge_app.tried"} <= set(lines)
    assert {f"METER={ABOUT['meter']}".encode(), f"SLOT={ABOUT['slot']}".encode()} <= set(lines)


def test_a_terminal_is_none_of_the_journal_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(journal, "SOCKET", tmp_path)
    assert journal.handler({"JOURNAL_STREAM": "1:1"}, 2) is None
    assert journal.handler({}, 2) is None


def test_the_journal_hears_the_place_of_an_error_and_its_absence_is_no_fault(
    tmp_path: Path, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = logging.LogRecord("edge_app.tried", logging.DEBUG, __file__, 1, "it failed", (), None)
    record.exc_info = (RuntimeError, failed(), None)
    handler = JournalHandler(tmp_path / "socket")
    handler.emit(record)
    told = listening.recv(65536)
    assert b"PRIORITY=7" in told
    assert b"ERROR=RuntimeError from ValueError < failed:" in told
    assert b"erika" not in told
    assert b"business" not in told
    listening.close()
    monkeypatch.setattr(logging, "raiseExceptions", False)
    handler.emit(record)
    handler.close()


def test_of_a_group_each_error_has_its_place() -> None:
    group = BaseExceptionGroup("several", [failed(), failed()])
    assert places(group).count("RuntimeError from ValueError") == 2


def test_an_error_that_was_not_foreseen_is_told_without_its_text() -> None:
    words = "from edge_app import logs; logs.set_up(); raise RuntimeError('erika@example.org')"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    line = json.loads(done.stderr)
    assert done.returncode == 1
    assert (line["level"], line["error"]) == ("critical", "RuntimeError < <module>:1")


def test_the_newest_lines_are_remembered(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up()
    for number in range(KEPT + 3):
        logging.getLogger("edge_app.tried").info("line %d", number)
    capsys.readouterr()
    assert [RECENT.lines[0]["message"], RECENT.lines[-1]["message"]] == ["line 3", f"line {KEPT + 2}"]


def test_a_field_that_was_not_given_is_not_there() -> None:
    record = logging.LogRecord("edge_app.tried", logging.INFO, __file__, 1, "said", (), None)
    assert as_object(record).keys() == {"time", "level", "logger", "message"}
