"""The settings of the plugin `mqtt`: which broker, as whom, and under which topics."""

import ssl
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from edge_app.metering import PluginError, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The table `[plugin.mqtt]` of `edge.toml`, which sends live values of the meters to a broker in the house.

    - `host`: name or address of the MQTT broker.
    - `port`: its port; 1883, or 8883 with `tls`, where it is left out.
    - `tls`: `true` where the broker speaks TLS.
    - `ca`: the PEM file of the authority that the broker is trusted by; the system's authorities where it is left out.
    - `username`: who this device is to the broker; nobody where it is left out.
    - `password_file`: a file with the password, which only its owner may read.
    - `prefix`: what the topics of the values begin with; `zaehlwerk` where it is left out.
    - `language`: `de` or `en`, what Home Assistant calls the values; `de` where it is left out.

    Relative paths begin in the configuration folder.
    """

    host: str
    port: int
    tls: ssl.SSLContext | None
    username: str | None
    password: str | None = field(repr=False)
    prefix: str
    language: str

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read and check the table. Raises PluginError with file, table and key."""
        secret, username = table.path("password_file"), table.text("username", "") or None
        if secret and not username:
            raise table.error("username", "a name, since there is a password_file", "")
        encrypted = table.flag("tls")
        settings = cls(
            host=table.text("host"),
            port=table.whole("port", 8883 if encrypted else 1883, least=1, most=65_535),
            tls=_trust(table) if encrypted else None,
            username=username,
            password=_password(table, secret) if secret else None,
            prefix=_prefix(table),
            language=table.one_of("language", ("de", "en"), "de"),
        )
        table.close()
        return settings

    @property
    def broker(self) -> str:
        """The broker as people are told of it."""
        return f"{self.host}:{self.port}"


def _trust(table: Table) -> ssl.SSLContext:
    authority = table.path("ca")
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise table.error("ca", f"a PEM file with certificates: {error.strerror}", str(authority)) from None


def _password(table: Table, file: Path) -> str:
    try:
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise PluginError(f"{table.where}: others may read {file}; `chmod 600 {file}` keeps it to its owner")
        return file.read_text(encoding="utf-8").partition("\n")[0]
    except OSError as error:
        raise table.error("password_file", f"a file that can be read: {error.strerror}", str(file)) from None
    except UnicodeDecodeError:
        raise table.error("password_file", "a file with UTF-8 text", str(file)) from None


def _prefix(table: Table) -> str:
    prefix = table.text("prefix", "zaehlwerk")
    if not all(prefix.split("/")) or set("+#\0") & set(prefix):
        raise table.error("prefix", "words with / between them, without + and #", prefix)
    return prefix
