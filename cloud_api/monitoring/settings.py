"""`monitoring.toml` in the data folder: who is told of troubles, and how. Without the file nobody is."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from cloud_api.errors import SetupError

FILE = "monitoring.toml"

Address = Annotated[str, Meta(pattern=r"^[^\s@<>,;]+@[^\s@<>,;]+\Z")]
Language = Literal["de", "en"]
WebAddress = Annotated[str, Meta(pattern=r"^https?://[^\s/]+[^\s]*\Z")]


class MailSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[mail] Alerts by e-mail."""

    host: Annotated[str, Meta(description="The mail server.")]
    port: Annotated[int, Meta(ge=1, le=65_535, description="Its port.")] = 587
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(description="`starttls`, `tls` from the first byte, or `none`, for a server on this machine."),
    ] = "starttls"
    sender: Annotated[Address, Meta(description="Whom alerts come from.")]
    recipients: Annotated[tuple[Address, ...], Meta(min_length=1, description="Whom they go to.")]
    language: Annotated[Language, Meta(description="`de` or `en`: of those that `languages` does not name.")] = "en"
    languages: Annotated[
        dict[Address, Language], Meta(description='Recipients who read another: `{ "erika@example.org" = "de" }`.')
    ] = {}
    user: Annotated[str | None, Meta(description="Name to log in with; without one nobody logs in.")] = None
    password_file: Annotated[Path | None, Meta(description="File with the password; relative to the folder.")] = None

    def __post_init__(self) -> None:
        for address in self.languages:
            if address not in self.recipients:
                raise ValueError("`languages` names somebody who is none of the recipients")

    def by_language(self) -> dict[Language, tuple[Address, ...]]:
        """Who reads what."""
        found: dict[Language, tuple[Address, ...]] = {}
        for recipient in self.recipients:
            language = self.languages.get(recipient, self.language)
            found[language] = (*found.get(language, ()), recipient)
        return found


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[webhook] Alerts by a POST of JSON, whose `text` chat services show."""

    url: Annotated[WebAddress, Meta(description="Where it goes.")]
    language: Annotated[Language, Meta(description="`de` or `en`.")] = "en"
    token_file: Annotated[
        Path | None, Meta(description="File with a token, sent as `Authorization: Bearer`; relative to the folder.")
    ] = None


class SentrySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[sentry] Faults of the service, without any value in them; needs the extra `sentry`."""

    dsn: Annotated[WebAddress, Meta(description="The DSN of the project.")]


class Monitoring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings."""

    status_url: Annotated[
        WebAddress | None, Meta(description="Address of the Status Frontend, for the link in alerts.")
    ] = None
    mail: MailSettings | None = None
    webhook: WebhookSettings | None = None
    sentry: SentrySettings | None = None


def load(folder: Path) -> Monitoring:
    """Raises SetupError with file and what was expected."""
    file = folder / FILE
    try:
        settings = msgspec.toml.decode(file.read_bytes(), type=Monitoring, strict=True, dec_hook=_path)
    except FileNotFoundError:
        return Monitoring()
    except (OSError, msgspec.DecodeError) as error:
        raise SetupError(f"{file}: {error}") from error
    replace = msgspec.structs.replace
    mail, webhook = settings.mail, settings.webhook
    if mail and mail.password_file:
        mail = replace(mail, password_file=folder / mail.password_file)
    if webhook and webhook.token_file:
        webhook = replace(webhook, token_file=folder / webhook.token_file)
    return replace(settings, mail=mail, webhook=webhook)


def _path(_kind: type, value: object) -> Path:
    if not isinstance(value, str):
        raise TypeError(f"Expected a path, got {type(value).__name__}")
    return Path(value)


def secret_in(file: Path) -> str:
    """What stands in a file that holds one secret. Raises OSError."""
    return file.read_text(encoding="utf-8").strip()
