"""What a version did is seen from outside: in the database, at its page, and by whoever runs it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from edge_app.config import PagesConfig
from edge_app.errors import UpdateError
from edge_app.fleet.update.evidence import Mark, Seen, mark, page_answers, since
from edge_app.fleet.update.service import Systemd
from edge_app.fleet.update.trial import STARTS, Sight, Terms, Verdict, verdict
from edge_app.store.contacts import A_WHILE
from tests.update.cellar import BEGIN, SLOT, Cellar

TERMS = Terms.of(slot=SLOT, upload_every=timedelta(hours=1))
DONE = Seen(granted=True, measured=True, uploaded=True, answered=True)
MINUTE = timedelta(minutes=1)


def test_a_device_without_a_database_has_done_nothing(tmp_path: Path) -> None:
    assert mark(tmp_path / "none.db", now=BEGIN, lately=SLOT) == Mark()
    assert since(tmp_path / "none.db", Mark()) == Seen()


def test_what_was_done_since_a_mark_is_seen(tmp_path: Path) -> None:
    cellar = Cellar(tmp_path).set_up()
    before = mark(cellar.database, now=cellar.time.now(), lately=SLOT)
    assert before.measured
    assert since(cellar.database, before) == Seen(granted=True)
    cellar.time.pass_by(60)
    assert since(cellar.database, before) == DONE
    assert not mark(cellar.database, now=cellar.time.now() + timedelta(days=1), lately=SLOT).measured


@pytest.fixture
def pages(unused_tcp_port: int) -> PagesConfig:
    return PagesConfig(port=unused_tcp_port)


@pytest.mark.parametrize(("status", "answers"), [(200, True), (421, True), (500, False)])
async def test_a_page_answers_unless_it_has_a_fault(pages: PagesConfig, status: int, *, answers: bool) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    application = web.Application()
    application.router.add_get("/", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", pages.port).start()
    try:
        assert await asyncio.to_thread(page_answers, pages) is answers
    finally:
        await runner.cleanup()


def test_a_page_that_nobody_serves_does_not_answer_and_one_at_no_port_is_not_asked(pages: PagesConfig) -> None:
    assert not page_answers(pages)
    assert page_answers(PagesConfig(port=0))


def sight(**changed: object) -> Sight:
    values = {
        "starts": 1, "running": TERMS.least, "excused": timedelta(), "ready": True, "unready": timedelta(),
        "page": True, "seen": DONE,
    }  # fmt: skip
    return Sight(**values | changed)  # type: ignore[arg-type]  # fields by their names


def judged(before: Mark | None = None, **changed: object) -> Verdict:
    return verdict(sight(**changed), before or Mark(measured=True), TERMS)


def test_twenty_minutes_across_a_slot_boundary_and_all_that_was_asked_for_is_enough() -> None:
    assert TERMS.least == 20 * MINUTE > SLOT
    assert judged() == Verdict(kept=True)
    assert judged(running=TERMS.least - MINUTE) == Verdict()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"starts": STARTS + 1}, "started more than 3 times"),
        ({"unready": 7 * MINUTE}, "it is not ready"),
        ({"ready": False}, "it was not ready"),
        ({"page": False}, "its page did not answer"),
        ({"seen": msgspec.structs.replace(DONE, measured=False)}, "no measurement was stored"),
        ({"seen": msgspec.structs.replace(DONE, uploaded=False)}, "no upload was acknowledged"),
        ({"seen": Seen(), "running": TERMS.most + A_WHILE}, "the cloud did not answer it"),
    ],
)
def test_one_thing_missing_is_too_much_when_time_is_up(changed: dict[str, object], words: str) -> None:
    late = {"running": TERMS.most} | changed
    assert words in (judged(**late).given_up or "")


def test_the_time_for_which_nobody_reached_the_cloud_does_not_count_for_a_day() -> None:
    lacking = {"seen": Seen()}
    assert judged(running=TERMS.most, excused=MINUTE, **lacking) == Verdict()
    late = TERMS.most + A_WHILE + timedelta(days=1)
    assert judged(running=late, excused=late, **lacking).given_up


def test_an_upload_is_an_answer_and_any_other_is_waited_for_until_it_is_noted() -> None:
    assert judged(seen=msgspec.structs.replace(DONE, answered=False)) == Verdict(kept=True)
    assert judged(seen=Seen(), running=TERMS.most) == Verdict()
    assert judged(seen=Seen(), running=TERMS.most + A_WHILE).given_up


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command that notes what it is told, and ends as the file beside it says."""
    command = tmp_path / "systemctl"
    command.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/told\necho no >&2\nexit $(cat {tmp_path}/status)\n')
    command.chmod(0o755)
    (tmp_path / "status").write_text("0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return command


def test_systemd_is_asked_for_the_unit(systemctl: Path) -> None:
    service = Systemd()
    service.stop()
    service.start()
    service.restart()
    assert service.is_ready()
    told = systemctl.with_name("told").read_text().splitlines()
    assert told == [
        "stop edge-app.service", "start --no-block edge-app.service",
        "restart --no-block edge-app.service", "is-active --quiet edge-app.service"
    ]  # fmt: skip


def test_a_systemd_that_refuses_or_is_not_there_is_an_error(systemctl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    systemctl.with_name("status").write_text("1")
    assert not Systemd().is_ready()
    with pytest.raises(UpdateError, match="systemctl stop: no"):
        Systemd().stop()
    monkeypatch.setenv("PATH", str(systemctl.parent / "nothing"))
    with pytest.raises(UpdateError, match="cannot be used"):
        Systemd().start()
