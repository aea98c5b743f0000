"""Alerts: told once, grouped, by mail and by webhook, with nothing in them that tells of people."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cloud_api.errors import SetupError
from cloud_api.monitoring import settings
from cloud_api.monitoring.settings import MailSettings, Monitoring, WebhookSettings
from cloud_api.store.silence import LONGEST
from cloud_api.store.troubles import Trouble
from cloud_api.watch.channels import Mail, UndeliveredError, Webhook, channels
from cloud_api.watch.message import SHOWN, Message
from tests.cloud.asking import ask
from tests.cloud.conftest import Home
from tests.cloud.running import DRAFT, Cloud, HandClock
from tests.status.watching import hook_server, mail_server, watch

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PATH = "/household/meter/{}/incident/{}"


async def incident(home: Home, step: str = "report", kind: str = "SERIAL-PORT-UNAVAILABLE", **more: str) -> None:
    answer = await ask(home.client, "POST", PATH.format(home.meter, step), json={"kind": kind, **more})
    assert answer[0] == 200, answer


def mail(port: int, **more: Any) -> Mail:
    given = {"security": "none", "sender": "watch@example.org", "recipients": ("admin@example.org",)}
    return Mail(MailSettings(host="127.0.0.1", port=port, **(given | more)))


async def test_an_incident_is_told_by_mail_with_cause_and_next_step(cloud: Cloud, granted: Home) -> None:
    await incident(granted, cause="absent", detail="Erika says that the dog ate it")
    async with mail_server() as (box, port), watch(cloud, mail(port), status_url="https://c.example/status") as rounds:
        await rounds.one()
    (letter,) = box.letters
    assert letter["Subject"] == "Zählwerk: 1 device needs somebody (1 SERIAL-PORT-UNAVAILABLE)"
    assert letter["To"] == "admin@example.org"
    text = letter.get_content()
    assert "The reading head is not plugged in." in text
    assert "Ask the household to plug it in." in text
    assert f"https://c.example/status/{granted.device}" in text


async def test_nothing_personal_is_told(cloud: Cloud, granted: Home) -> None:
    await incident(granted, cause="Erika Mustermann was here", detail="Musterweg 4a")
    async with (
        mail_server() as (box, port),
        hook_server() as hook,
        watch(cloud, mail(port), Webhook(WebhookSettings(url=hook.url))) as rounds,
    ):
        await rounds.one()
    told = box.letters[0].as_string() + json.dumps(hook.received)
    for personal in (*DRAFT["participant"].values(), "Musterweg", "65195", "Wiesbaden", "Erika", "cellar"):
        assert personal not in told


async def test_the_same_is_told_once_however_often_it_is_looked(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    async with hook_server() as hook:
        await incident(granted)
        for _ in range(3):
            async with watch(cloud, Webhook(WebhookSettings(url=hook.url))) as rounds:  # as after a restart
                await rounds.one()
                clock.move(HOUR)
                await rounds.one()
    assert len(hook.received) == 1


async def test_what_comes_and_goes_is_told_once_an_hour(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url))) as rounds:
        for _ in range(13):
            await incident(granted)
            await rounds.one()
            await incident(granted, "resolve")
            await rounds.one()
            clock.move(10 * MINUTE)
    assert len(hook.received) == 3


async def test_what_happens_together_is_told_in_one(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    await incident(granted, cause="absent")
    clock.move(LONGEST + MINUTE)
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url))) as rounds:
        rounds.since -= HOUR
        await rounds.one()
    (told,) = hook.documents()
    assert [(group["kind"], group["count"]) for group in told["groups"]] == [
        ("DEVICE-SILENT", 1),
        ("SERIAL-PORT-UNAVAILABLE", 1),
    ]


async def test_a_revoked_household_is_quiet(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    await incident(granted)
    assert (await ask(granted.client, "DELETE", "/household/consent"))[0] == 200
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url))) as rounds:
        clock.move(timedelta(days=80))
        await rounds.one()
    assert hook.received == []


async def test_a_certificate_that_was_not_renewed_is_told(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url))) as rounds:
        clock.move(timedelta(days=77))
        await rounds.one()
    kinds = {group["kind"] for told in hook.documents() for group in told["groups"]}
    assert "CERTIFICATE-ENDS" in kinds


async def test_what_was_not_taken_is_told_again_and_said_in_the_log_once(
    cloud: Cloud, granted: Home, caplog: pytest.LogCaptureFixture
) -> None:
    await incident(granted)
    async with mail_server() as (box, port), watch(cloud, mail(port)) as rounds:
        box.refusing = True
        await rounds.one()
        await rounds.one()
        box.refusing = False
        await rounds.one()
        await rounds.one()
    assert len(box.letters) == 1
    assert len([line for line in caplog.messages if "not delivered" in line]) == 1


async def test_what_may_have_been_taken_waits_for_an_hour(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    await incident(granted)
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url))) as rounds:
        hook.hang_up = True
        await rounds.one()
        hook.hang_up = False
        await rounds.one()
        assert len(hook.received) == 1
        clock.move(HOUR)
        await rounds.one()
    assert len(hook.received) == 2


async def test_a_webhook_that_refuses_is_asked_again_at_once(cloud: Cloud, granted: Home) -> None:
    await incident(granted)
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url))) as rounds:
        hook.status = 500
        await rounds.one()
        hook.status = 204
        await rounds.one()
        await rounds.one()
    assert len(hook.received) == 2


async def test_a_server_that_nobody_runs_is_said(unused_tcp_port: int) -> None:
    nowhere = f"http://127.0.0.1:{unused_tcp_port}/"
    message = Message.of([], status_url=None)
    with pytest.raises(UndeliveredError, match="webhook: ClientConnectorError"):
        await Webhook(WebhookSettings(url=nowhere)).send(message)
    with pytest.raises(UndeliveredError, match="mail server: SMTPConnectError"):
        await mail(unused_tcp_port).send(message)


async def test_a_token_goes_with_a_webhook(cloud: Cloud, granted: Home, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret-token\n")
    await incident(granted)
    async with hook_server() as hook:
        webhook = Webhook(WebhookSettings(url=hook.url, token_file=tmp_path / "token"))
        async with watch(cloud, webhook) as rounds:
            await rounds.one()
    ((headers, _),) = hook.received
    assert headers["Authorization"] == "Bearer secret-token"


def test_settings_are_read_and_files_are_the_folder_s(tmp_path: Path) -> None:
    (tmp_path / "monitoring.toml").write_text(
        """
        status_url = "https://cloud.example.org:8444/status"
        [mail]
        host = "mail.example.org"
        sender = "watch@example.org"
        recipients = ["admin@example.org"]
        user = "watch"
        password_file = "secrets/mail"
        [webhook]
        url = "https://chat.example.org/hooks/1"
        token_file = "secrets/hook"
        [sentry]
        dsn = "https://key@sentry.example.org/1"
        """
    )
    read = settings.load(tmp_path)
    assert read.mail
    assert read.webhook
    assert (read.mail.password_file, read.webhook.token_file) == (tmp_path / "secrets/mail", tmp_path / "secrets/hook")
    assert [channel.name for channel in channels(read)] == ["mail", "webhook"]


def test_without_settings_nobody_is_told(tmp_path: Path) -> None:
    assert settings.load(tmp_path) == Monitoring()
    assert channels(Monitoring()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[mail]\nhost = 'x'\nsender = 'a@b'\nrecipients = []", "recipients"),
        ("[mail]\nhost = 'x'\nsender = 'nobody'\nrecipients = ['a@b']", "sender"),
        ("[mail]\nhost = 'x'\nsender = 'a@b'\nrecipients = ['a@b']\npassword_file = 1", "Expected a path"),
        ("[webhook]\nurl = 'ftp://x'", "url"),
        ("[smoke]\nsignals = true", "unknown field `smoke`"),
        ("[mail", "monitoring.toml"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "monitoring.toml").write_text(text)
    with pytest.raises(SetupError, match=expected):
        settings.load(tmp_path)


def test_of_many_devices_some_are_named_and_the_others_counted() -> None:
    began = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    many = [Trouble(device=uuid4(), kind="DEVICE-SILENT", cause="", since=began) for _ in range(SHOWN + 5)]
    message = Message.of(many, status_url=None)
    assert message.subject == "Zählwerk: 25 devices need somebody (25 DEVICE-SILENT)"
    assert message.text.count(" since 2026-11-24 10:00 UTC") == SHOWN
    assert "and 5 more" in message.text
