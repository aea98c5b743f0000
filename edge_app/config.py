"""Settings: one TOML file, `edge.toml` in the configuration folder, read once at the start and handed on from there.

Each setting is described where it is defined; the reference in the documentation is made of these descriptions.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from yarl import URL

from edge_app.errors import ConfigError
from edge_app.toml_lines import line_of

FILE = "edge.toml"

Seconds = Annotated[float, Meta(gt=0)]


class CloudConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[cloud] Where measurements go, and as whom."""

    url: Annotated[URL, Meta(description="Address of the Data API, such as `https://cloud.example.org:8443`.")]
    certificate: Annotated[Path, Meta(description="The device's certificate, PEM; relative to the folder.")] = Path(
        "device.pem"
    )
    key: Annotated[Path, Meta(description="The key of the certificate, PEM; relative to the folder.")] = Path(
        "device.key"
    )
    ca: Annotated[Path, Meta(description="The authority that the cloud is trusted by, PEM.")] = Path("ca.pem")
    upload_every: Annotated[Seconds, Meta(description="Seconds between uploads, at most.")] = 3600
    consent_every: Annotated[Seconds, Meta(description="Seconds between questions for the consent.")] = 900
    batch: Annotated[int, Meta(ge=1, le=1000, description="Measurements in one request.")] = 500
    timeout: Annotated[Seconds, Meta(description="Seconds after which a request is given up.")] = 30


class ScheduleConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[schedule] When a meter is measured."""

    interval: Annotated[
        int,
        Meta(ge=1, le=86_400, description="Seconds of a slot; 900 is what the survey wants, others are for trying."),
    ] = 900
    clock: Annotated[
        Literal["synchronised", "trusted"],
        Meta(
            description="`synchronised`: measure once the kernel or the cloud has confirmed the time of day; "
            "`trusted`: this machine's clock is known to be right."
        ),
    ] = "synchronised"


class ProbeConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[probe] How the probes' ports are opened."""

    driver: Annotated[Literal["serialx", "pyserial-asyncio"], Meta(description="The library that opens a port.")] = (
        "serialx"
    )
    silence: Annotated[Seconds, Meta(description="Seconds without a byte after which a port is opened again.")] = 30


class StoreConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[store] What is kept on the device."""

    database: Annotated[Path, Meta(description="The database; relative to the folder.")] = Path("edge.db")
    keep_days: Annotated[
        int, Meta(ge=0, description="Days for which a measurement is kept after the cloud has acknowledged it.")
    ] = 14


class PagesConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[pages] The device's page on the local network."""

    host: Annotated[str, Meta(description="Address to listen on.")] = "0.0.0.0"  # noqa: S104  # the household's network is meant
    port: Annotated[int, Meta(ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")] = 8080
    names: Annotated[
        tuple[str, ...],
        Meta(description="Names of this device beyond its host name; requests for any other name are refused."),
    ] = ("zaehler.local",)
    participant_code: Annotated[
        str | None,
        Meta(
            description="Argon2 hash of the participant's access code; without any code the pages answer to this "
            "device itself alone."
        ),
    ] = None
    installer_code: Annotated[
        str | None, Meta(description="Argon2 hash of the installer's access code, which opens the set-up pages.")
    ] = None
    announce: Annotated[
        bool, Meta(description="Whether the device makes itself known in the network as `zaehler.local` (mDNS).")
    ] = True


class UnlockConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[unlock] When the device enters a PIN that it keeps, by itself and once."""

    after: Annotated[Seconds, Meta(description="Seconds for which a meter's power has to stay away before.")] = 600


class TunnelConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[tunnel] How those who service the fleet reach this device."""

    mode: Annotated[
        Literal["always", "on-request", "off"],
        Meta(
            description="`always`: the tunnel is kept up; `on-request`: for a day, once the resident has allowed it on "
            "the device's pages; `off`: never."
        ),
    ] = "always"
    operators: Annotated[
        str | None,
        Meta(
            description="Public key of the authority by which operators are let in; taken over by `edge-app enrol`. "
            "Without one nobody is let in."
        ),
    ] = None
    host_key: Annotated[Path, Meta(description="Public key of this device's SSH server.")] = Path(
        "/var/durable/ssh/host_ed25519.pub"
    )
    ssh_port: Annotated[
        int, Meta(ge=1, le=65_535, description="Port of the loopback at which this device's SSH server listens.")
    ] = 22
    alive: Annotated[
        int, Meta(ge=1, description="Seconds between signs of life; after three without an answer the link is dead.")
    ] = 10
    folder: Annotated[
        Path, Meta(description="What the tunnel keeps, and the list of service sessions; relative to the folder.")
    ] = Path("tunnel")


class SentryConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[sentry] Faults of the service told to a Sentry, with no value of anybody's in them."""

    dsn: Annotated[str | None, Meta(description="The DSN of the project there; without one nothing is told.")] = None


class UpdateConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[update] Which versions of this application the device is to have."""

    channel: Annotated[
        str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\Z", description="The channel of releases that it follows.")
    ] = "stable"


class PluginsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[plugins] Meter models beyond those that are installed."""

    folder: Annotated[Path, Meta(description="Folder of single-file plugins; relative to the folder.")] = Path(
        "plugins"
    )


class PluginTables:
    """[plugin] What the plugins are told.

    Each plugin has a table of its own below it, `[plugin.NAME]`, which it checks itself.
    """

    def __init__(self, content: Mapping[str, Mapping[str, object]], *, file: Path = Path(FILE)) -> None:
        self.content = content
        """The tables by the name of their plugin."""
        self.file = file
        """Where they stand; relative paths begin in its folder."""


class MeterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[[meter]] One meter of the household that this device reads."""

    uuid: Annotated[UUID, Meta(description="The meter's uuid in the registration.")]
    model: Annotated[str, Meta(description="Its model number, one of `edge-app models`.")]
    port: Annotated[
        str | None,
        Meta(description="Device path, `socket://host:port` or `rfc2217://host:port` of its probe; not read without."),
    ] = None
    light: Annotated[
        Literal["break", "zeros"] | None,
        Meta(
            description="How the probe's LED is lit: `break`, the break condition, or `zeros`, bytes of zero; "
            "by what the port can carry where nothing is set."
        ),
    ] = None
    inverted: Annotated[bool, Meta(description="Whether the probe's LED shines while the line rests.")] = False
    unlock: Annotated[
        dict[str, float],
        Meta(description="Timings by which this meter's key differs from its model, such as `{ digit_on = 0.5 }`."),
    ] = {}
    keep_alive: Annotated[
        bool,
        Meta(
            description="Whether light is sent now and then, so that a meter goes on to show its power "
            "that would do so for two minutes only."
        ),
    ] = False


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings."""

    cloud: CloudConfig
    schedule: ScheduleConfig = ScheduleConfig()
    probe: ProbeConfig = ProbeConfig()
    store: StoreConfig = StoreConfig()
    pages: PagesConfig = PagesConfig()
    unlock: UnlockConfig = UnlockConfig()
    tunnel: TunnelConfig = TunnelConfig()
    sentry: SentryConfig = SentryConfig()
    update: UpdateConfig = UpdateConfig()
    plugins: PluginsConfig = PluginsConfig()
    plugin: PluginTables = PluginTables({})
    meter: tuple[MeterConfig, ...] = ()

    def __post_init__(self) -> None:
        for name in ("uuid", "port"):
            values = [str(value) for meter in self.meter if (value := getattr(meter, name)) is not None]
            twice = {value for value in values if values.count(value) > 1}
            if twice:
                raise ValueError(f"two [[meter]] have the same {name}, {', '.join(sorted(twice))}")


def load(folder: Path) -> Config:
    """Read the settings of a configuration folder. Raises ConfigError with file, line and what was expected."""
    file = folder / FILE
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read ({error})") from error

    def hook(kind: type, value: Any) -> Any:
        if kind is PluginTables:
            return _plugin_tables(value, file)
        if not isinstance(value, str):
            raise ValueError(f"Expected a text, got {value!r}")  # noqa: TRY004  # msgspec reports ValueError by its place
        if kind is URL:
            return _https(value)
        return Path(value)

    try:
        config: Config = msgspec.toml.decode(text, type=Config, strict=True, dec_hook=hook)
    except msgspec.ValidationError as error:
        sentence, _, place = str(error).partition(" - at `$")
        where = line_of(text, place.rstrip("`"), sentence)
        raise ConfigError(f"{file}{where}: {sentence}") from error
    except msgspec.DecodeError as error:
        raise ConfigError(f"{file}: no TOML: {error}") from error
    return _in_folder(config, folder)


def _plugin_tables(value: Any, file: Path) -> PluginTables:
    if not isinstance(value, dict) or not all(isinstance(table, dict) for table in value.values()):
        raise ValueError("Expected a table for each plugin, [plugin.NAME]")
    return PluginTables(value, file=file)


def _https(value: str) -> URL:
    url = URL(value)
    if url.scheme != "https" or not url.host:
        raise ValueError(f"Expected an address like https://cloud.example.org:8443, got {value!r}")
    return url


def _in_folder(config: Config, folder: Path) -> Config:
    """Take paths that were left at their defaults from the folder as well."""
    replace = msgspec.structs.replace
    cloud = config.cloud
    return replace(
        config,
        cloud=replace(cloud, certificate=folder / cloud.certificate, key=folder / cloud.key, ca=folder / cloud.ca),
        store=replace(config.store, database=folder / config.store.database),
        plugins=replace(config.plugins, folder=folder / config.plugins.folder),
        tunnel=replace(config.tunnel, folder=folder / config.tunnel.folder, host_key=folder / config.tunnel.host_key),
    )
