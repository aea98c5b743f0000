"""What a trouble means and what is to be done next, in words for people; pages translate them."""

from typing import NamedTuple

from cloud_api.store.silence import SILENT
from cloud_api.store.troubles import CERTIFICATE


class Explained(NamedTuple):
    """What is the matter, and the next step."""

    cause: str
    step: str


PORT, CODES = "SERIAL-PORT-UNAVAILABLE", "OBIS-CODES-UNAVAILABLE"
RELEASE, SIGNATURES = "RELEASE-STOPPED", "RELEASE-SIGNATURES-END"

_KINDS = {
    SILENT: Explained(
        "Nothing was heard of the device for three hours.",
        "Ask the household whether it has power and network; then try to reach it through the tunnel.",
    ),
    CERTIFICATE: Explained(
        "The device has not renewed its certificate, which ends within two weeks.",
        "Look whether it was active lately; once the certificate has ended, it renews it late by itself.",
    ),
    PORT: Explained(
        "No telegram arrives from the meter that could be believed.",
        "Fetch the diagnostics of the device and look at its reading head.",
    ),
    RELEASE: Explained(
        "Devices that began with a release are worse off than the others, so no further one begins with it.",
        "Look at the page of releases, then retire this one, or resume it.",
    ),
    SIGNATURES: Explained(
        "Signatures of releases end, and devices believe no update after that.",
        "Let holders sign: `cloud-api release refresh --keys`; a timestamp is signed by the running service.",
    ),
    CODES: Explained(
        "The meter sends telegrams and keeps its power to itself.",
        "Ask the household for the meter's PIN, and let it be entered on the device's pages.",
    ),
}
_CAUSES = {
    "absent": Explained("The reading head is not plugged in.", "Ask the household to plug it in."),
    "busy": Explained("Another program holds the port.", "Look on the device which one, and end it."),
    "denied": Explained("The device may not open the port.", "Look at the rights of the port on the device."),
    "lost": Explained("The reading head went away while it was read.", "Ask the household to look at its plug."),
    "unfit": Explained("The port cannot be set as the meter needs it.", "Try another reading head."),
    "silent": Explained(
        "The reading head is there, and nothing comes from the meter.",
        "Ask the household to put the reading head straight onto the meter's window.",
    ),
    "garbled": Explained(
        "Most telegrams arrive damaged.", "Ask the household to put the reading head straight, and away from light."
    ),
    "settings": Explained(
        "Bytes arrive in which no telegram can be found.", "Compare the meter with the model that is registered."
    ),
    "model": Explained("The telegrams are those of another model.", "Correct the meter's model in the registration."),
    "foreign": Explained(
        "The telegrams are those of another meter than before.", "Ask whether the meter was exchanged, and register it."
    ),
    "clock": Explained(
        "The device did not know the time of day, and measurements of before a power cut were lost.",
        "Ask the household whether the device has internet when its power comes back.",
    ),
    "locked": Explained(
        "The meter wants a PIN, and none is known.", "Ask the household to order its PIN from the grid operator."
    ),
    "refused": Explained("The PIN was entered, and the meter stayed locked.", "Ask the household to check the PIN."),
    "interrupted": Explained("The entry of the PIN did not come to its end.", "Let it be entered once more."),
    "menu": Explained(
        "On this model a person has to switch something on in the menu.",
        "Send the household the page on its meter's menu.",
    ),
    "brief": Explained(
        "The PIN works for two minutes only.", "Ask the household whether light may be sent to the meter now and then."
    ),
    "dark": Explained("The light of the reading head cannot be switched.", "Try another reading head."),
}
OTHER = Explained(
    "The device tells of something that this version of the service does not know.", "Fetch the device's diagnostics."
)


def explain(kind: str, cause: str | None) -> Explained:
    """By the cause, where that is known, else by the kind."""
    return _CAUSES.get(cause or "") or _KINDS.get(kind, OTHER)


def every() -> list[Explained]:
    return [*_KINDS.values(), *_CAUSES.values(), OTHER]
