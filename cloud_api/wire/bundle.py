"""The bundle of a measurement device, on its way to whoever writes it onto a card."""

from typing import Annotated

from msgspec import Meta

from cloud_api.wire.message import Message

PAGES = "http://zaehler.local/"
"""Where a device's pages are found in the household's network, as letters and slips say it."""
PAGES_OTHERWISE = "http://zaehler.local:8080/"
"""Where they are found too, and there alone on a device without the image, which has no firewall that leads there."""
PARTICIPANT_SLIP, INSTALLER_SLIP = "slip-participant.txt", "slip-installer.txt"
"""The files of a bundle that hold an access code each, for people, and stay off the card."""
SLIPS = frozenset({PARTICIPANT_SLIP, INSTALLER_SLIP})


class Bundle(Message, frozen=True, kw_only=True):
    """The files of a bundle, by name; they are made anew each time and kept nowhere here."""

    files: Annotated[
        dict[str, str],
        Meta(description="Texts; those whose names begin with slip hold an access code each, for people."),
    ]
