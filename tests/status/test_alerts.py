"""Alerts: told once, grouped, by mail and by webhook, with nothing in them that tells of people."""

import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pytest

from cloud_api.errors import SetupError
from cloud_api.folder.layout import SERVER
from cloud_api.monitoring import settings
from cloud_api.monitoring.settings import MailSettings, Monitoring, WebhookSettings
from cloud_api.pages.words import speaking
from cloud_api.store.silence import LONGEST
from cloud_api.store.troubles import Trouble
from cloud_api.watch.channels import Mail, UndeliveredError, Webhook, channels
from cloud_api.watch.message import SHOWN, Message
from tests.cloud.asking import ask
from tests.cloud.conftest import Home
from tests.cloud.running import DRAFT, Cloud, HandClock
from tests.status.watching import hook_server, mail_server, watch

SAY = speaking("en")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PATH = "/household/meter/{}/incident/{}"


async def incident(home: Home, step: str = "report", kind: str = "SERIAL-PORT-UNAVAILABLE", **more: str) -> None:
    answer = await ask(home.client, "POST", PATH.format(home.meter, step), json={"kind": kind, **more})
    assert answer[0] == 200, answer


def mail(port: int, **more: Any) -> Mail:
    given = {"security": "none", "sender": "watch@example.org", "recipients": ("admin@example.org",)}
    return Mail(MailSettings(host="127.0.0.1", port=port, **(given | more)), SAY)


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


async def test_each_is_told_in_the_language_that_is_set(cloud: Cloud, granted: Home) -> None:
    await incident(granted, cause="absent")
    async with mail_server() as (box, port), hook_server() as hook:
        ways = Monitoring(
            mail=MailSettings(
                host="127.0.0.1",
                port=port,
                security="none",
                sender="watch@example.org",
                recipients=("admin@example.org", "erika@example.org", "max@example.org"),
                languages={"erika@example.org": "de"},
            ),
            webhook=WebhookSettings(url=hook.url, language="de"),
        )
        async with watch(cloud, *channels(ways, speaking)) as rounds:
            await rounds.one()
            await rounds.one()
    letters = {letter["To"]: letter for letter in box.letters}
    assert set(letters) == {"admin@example.org, max@example.org", "erika@example.org"}
    assert letters["erika@example.org"]["Subject"] == "Zählwerk: 1 Gerät braucht jemanden (1 SERIAL-PORT-UNAVAILABLE)"
    assert "Der Lesekopf ist nicht eingesteckt." in letters["erika@example.org"].get_content()
    assert "Der Lesekopf ist nicht eingesteckt." in hook.documents()[0]["text"]
    assert len(box.letters) == 2


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it does not see what surrounds it
@pytest.mark.filterwarnings("ignore:Session.login_data is deprecated")  # a word of the server about itself
@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_goes_encrypted_and_logged_in(
    cloud: Cloud, granted: Home, tmp_path: Path, security: Literal["starttls", "tls"]
) -> None:
    await incident(granted)
    (tmp_path / "password").write_text("right\n")
    trust = ssl.create_default_context(cafile=cloud.folder.ca)
    async with mail_server(certified(cloud), implicit=security == "tls") as (box, port):
        told = MailSettings(
            host="127.0.0.1",
            port=port,
            security=security,
            sender="watch@example.org",
            recipients=("admin@example.org",),
            user="watch",
            password_file=tmp_path / "password",
        )
        async with watch(cloud, Mail(told, SAY, trust=trust)) as rounds:
            await rounds.one()
        assert len(box.letters) == 1
        (tmp_path / "password").write_text("wrong\n")
        with pytest.raises(UndeliveredError, match="SMTPAuthenticationError"):
            await Mail(told, SAY, trust=trust).send(Message.of([], status_url=None))
        with pytest.raises(UndeliveredError, match="mail server"):  # whose certificate nobody here knows
            await Mail(told, SAY).send(Message.of([], status_url=None))
    assert len(box.letters) == 1


def certified(cloud: Cloud) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cloud.folder.pki / f"{SERVER}.pem", cloud.folder.pki / f"{SERVER}.key")
    return context


async def test_nothing_personal_is_told(cloud: Cloud, granted: Home) -> None:
    await incident(granted, cause="Erika Mustermann was here", detail="Musterweg 4a")
    async with (
        mail_server() as (box, port),
        hook_server() as hook,
        watch(cloud, mail(port), Webhook(WebhookSettings(url=hook.url), SAY)) as rounds,
    ):
        await rounds.one()
    told = box.letters[0].as_string() + json.dumps(hook.received)
    for personal in (*DRAFT["participant"].values(), "Musterweg", "65195", "Wiesbaden", "Erika", "cellar"):
        assert personal not in told


async def test_the_same_is_told_once_however_often_it_is_looked(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    async with hook_server() as hook:
        await incident(granted)
        for _ in range(3):
            async with watch(cloud, Webhook(WebhookSettings(url=hook.url), SAY)) as rounds:  # as after a restart
                await rounds.one()
                clock.move(HOUR)
                await rounds.one()
    assert len(hook.received) == 1


async def test_what_comes_and_goes_is_told_once_an_hour(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url), SAY)) as rounds:
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
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url), SAY)) as rounds:
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
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url), SAY)) as rounds:
        clock.move(timedelta(days=80))
        await rounds.one()
    assert hook.received == []


async def test_a_certificate_that_was_not_renewed_is_told(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url), SAY)) as rounds:
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
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url), SAY)) as rounds:
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
    async with hook_server() as hook, watch(cloud, Webhook(WebhookSettings(url=hook.url), SAY)) as rounds:
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
        await Webhook(WebhookSettings(url=nowhere), SAY).send(message)
    with pytest.raises(UndeliveredError, match="mail server: SMTPConnectError"):
        await mail(unused_tcp_port).send(message)


async def test_a_token_goes_with_a_webhook(cloud: Cloud, granted: Home, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret-token\n")
    await incident(granted)
    async with hook_server() as hook:
        webhook = Webhook(WebhookSettings(url=hook.url, token_file=tmp_path / "token"), SAY)
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
    assert [channel.name for channel in channels(read, speaking)] == ["mail", "webhook"]


def test_without_settings_nobody_is_told(tmp_path: Path) -> None:
    assert settings.load(tmp_path) == Monitoring()
    assert channels(Monitoring(), speaking) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[mail]\nhost = 'x'\nsender = 'a@b'\nrecipients = []", "recipients"),
        ("[mail]\nhost = 'x'\nsender = 'nobody'\nrecipients = ['a@b']", "sender"),
        ("[mail]\nhost = 'x'\nsender = 'a@b'\nrecipients = ['a@b']\npassword_file = 1", "Expected a path"),
        (
            "[mail]\nhost = 'x'\nsender = 'a@b'\nrecipients = ['a@b']\nlanguages = {'c@b' = 'de'}",
            "none of the recipients",
        ),
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
    assert message.subject(SAY) == "Zählwerk: 25 devices need somebody (25 DEVICE-SILENT)"
    assert message.text(SAY).count(" since 2026-11-24 10:00 UTC") == SHOWN
    assert "and 5 more" in message.text(SAY)
