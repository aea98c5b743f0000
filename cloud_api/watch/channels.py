"""The ways by which alerts reach people: e-mail, and a POST to wherever they read."""

import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any, Protocol

import aiosmtplib
import msgspec
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout

from cloud_api.monitoring.settings import MailSettings, Monitoring, WebhookSettings, secret_in
from cloud_api.watch.message import SHOWN, Message, Say

LONGEST = 20.0
"""Seconds until an alert has to be taken."""


class UndeliveredError(Exception):
    """An alert was not taken; the text says by whom and why, and quotes nothing of anybody."""


class UncertainError(UndeliveredError):
    """Nobody knows whether an alert was taken: the other side fell silent in the middle."""


class Channel(Protocol):
    """One way of telling."""

    @property
    def name(self) -> str: ...
    async def send(self, message: Message) -> None:
        """Raises UndeliveredError."""
        ...


def channels(settings: Monitoring, speaking: Callable[[str], Say]) -> list[Channel]:
    """Those that are set, each in its language; for recipients of mail who read another there is one of their own."""
    found: list[Channel] = []
    if settings.mail:
        for language, recipients in settings.mail.by_language().items():
            name = "mail" if language == settings.mail.language else f"mail-{language}"
            letters = msgspec.structs.replace(settings.mail, recipients=recipients, languages={})
            found.append(Mail(letters, speaking(language), name=name))
    if settings.webhook:
        found.append(Webhook(settings.webhook, speaking(settings.webhook.language)))
    return found


class Mail:
    """Alerts by e-mail."""

    def __init__(
        self, settings: MailSettings, say: Say, *, name: str = "mail", trust: ssl.SSLContext | None = None
    ) -> None:
        self._settings, self._say, self.name = settings, say, name
        self._trust = trust
        """Whom to trust in place of the authorities of this machine."""

    async def send(self, message: Message) -> None:
        settings = self._settings
        try:
            await aiosmtplib.send(
                self._letter(message),
                hostname=settings.host,
                port=settings.port,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                tls_context=self._trust,
                username=settings.user,
                password=secret_in(settings.password_file) if settings.password_file else None,
                timeout=LONGEST,
            )
        except _REFUSALS as error:
            raise UndeliveredError(f"mail server: {type(error).__name__}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise UncertainError(f"mail server: {type(error).__name__}") from error

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._settings.sender
        letter["To"] = ", ".join(self._settings.recipients)
        letter["Subject"] = message.subject(self._say)
        letter["Date"] = formatdate()
        letter["Message-ID"] = make_msgid(domain=self._settings.sender.rpartition("@")[2])
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text(self._say))
        return letter


class Webhook:
    """Alerts by a POST of JSON."""

    name = "webhook"

    def __init__(self, settings: WebhookSettings, say: Say) -> None:
        self._settings, self._say = settings, say

    async def send(self, message: Message) -> None:
        token = self._settings.token_file
        try:
            headers = {"Authorization": f"Bearer {secret_in(token)}"} if token else {}
            async with (
                ClientSession(timeout=ClientTimeout(total=LONGEST), headers=headers) as client,
                client.post(self._settings.url, json=_document(message, self._say), allow_redirects=False) as answer,
            ):
                if not 200 <= answer.status < 300:
                    raise UndeliveredError(f"webhook: answered {answer.status}")
        except ClientConnectorError as error:
            raise UndeliveredError(f"webhook: {type(error).__name__}") from error
        except (ClientError, OSError) as error:
            raise UncertainError(f"webhook: {type(error).__name__}") from error


_REFUSALS = (
    aiosmtplib.SMTPConnectError,
    aiosmtplib.SMTPNotSupported,
    aiosmtplib.SMTPResponseException,
    aiosmtplib.SMTPRecipientsRefused,
)


def _document(message: Message, say: Say) -> dict[str, Any]:
    return {
        "text": f"{message.subject(say)}\n\n{message.text(say)}",
        "notices": [
            {"kind": notice.kind, "about": notice.about, "detail": notice.detail, "since": notice.since.isoformat()}
            for notice in message.notices
        ],
        "groups": [
            {
                "kind": group.kind,
                "cause": group.cause or None,
                "count": len(group.troubles),
                "devices": [
                    {"uuid": str(trouble.device), "since": trouble.since.isoformat()}
                    for trouble in group.troubles[:SHOWN]
                ],
            }
            for group in message.groups
        ],
    }
