"""The errors that were foreseen, drawn as a tree, each with someone to tell.

EdgeError
├── ConfigError      the installer, before anything has started
│   └── BundleError       the same, in a text file beside the bundle
├── ProbeError       whoever looks at the meter's state; the station opens the port again
├── TelegramError    a count; the next telegram may be whole
├── PluginError      the list of models; the other plugins run on
├── StoreError       the operator: the database cannot be used
├── UpdateError      whoever looks after the fleet: a version is refused, the one that runs goes on
│   └── UpdateServerError nobody answered where updates come from; the next round asks again
├── TunnelError      the journal; another try follows
└── CloudError       the status page; the upload waits longer each time
    ├── UnreachableError  nobody answered, or not in time
    ├── RefusedError      the cloud will not take this content, however often it is sent
    └── ForbiddenError    the cloud will not take it from us: consent, certificate or scope
"""

from collections.abc import Sequence


class EdgeError(Exception):
    """Something that was foreseen; its text is fit for a log and for people."""


class ConfigError(EdgeError):
    """A setting is missing or wrong; the text names file, line, setting and what was expected."""


class BundleError(ConfigError):
    """A device cannot be enrolled with a bundle; `mistakes` are sentences, each naming its file."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


class ProbeError(EdgeError):
    """A port cannot be opened or has stopped giving bytes; the text names the port, `kind` is one word for the cause.

    absent   there is no such port
    busy     somebody else has it
    denied   we may not open it
    lost     it was there and went away
    silent   it is there and gives no bytes
    unfit    the driver cannot open such an address
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class TelegramError(EdgeError):
    """A telegram is damaged; `kind` is one word for it.

    checksum     a transport or message CRC does not fit
    content      the checksums fit, the structure does not
    form         a mode D telegram breaks a rule of its form
    parity       a character of a mode D telegram has the wrong parity
    implausible  a mode D telegram says what cannot be, such as energy that falls
    truncated    the stream ended, or a new telegram began, before this one was whole
    length       no end came within the longest telegram there is
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(detail or kind)
        self.kind = kind


class PluginError(EdgeError):
    """A meter plugin could not be used; the text names it and says why."""


class StoreError(EdgeError):
    """The database cannot be opened or is damaged; the text names the file."""


class TunnelError(EdgeError):
    """The tunnel did not come up; the text is what ssh said, `answered` whether there was a bastion to say it of."""

    def __init__(self, detail: str, *, answered: bool) -> None:
        super().__init__(detail)
        self.answered = answered


class UpdateError(EdgeError):
    """A version, or what was signed of it, cannot be used; the text says why."""


class UpdateServerError(UpdateError):
    """Nobody answered where updates come from, or not to the end."""


class CloudError(EdgeError):
    """The Data API could not be used."""


class UnreachableError(CloudError):
    """Nobody answered, the answer was no answer of the Data API, or it came too late."""


class RefusedError(CloudError):
    """The content was refused as such (400, 404, 409, 413, 422); sending it again changes nothing."""


class ForbiddenError(CloudError):
    """We may not do this (401, 403): certificate, scope or consent stand against it."""
