"""A model of meter whose key is quicker than any real one, for trying the command in the time of a test."""

import re
from pathlib import Path

PLUGIN = '''"""A hasty meter."""

from edge_app.metering import ENERGY_IN, ENERGY_OUT, POWER, Layout, Meter, Reading, hookimpl


class Hasty(Meter):
    """An MT681 in a hurry."""

    model = "HASTY"
    vendor = "Nobody"
    name = "Nobody's hasty meter"
    locked = frozenset({ENERGY_IN, ENERGY_OUT})
    unlocked = locked | {POWER}

    def recognises(self, reading: Reading) -> bool:
        return reading.maker == "ISK" and reading.layout is Layout.EDL


@hookimpl
def meters() -> list[type[Meter]]:
    return [Hasty]
'''
SECONDS = (
    ("display", "shortest", 0.02),
    ("display", "long", 1.4),
    ("display", "pause", 1.0),
    ("unlock", "settle", 0.1),
    ("unlock", "wake_on", 0.1),
    ("unlock", "wake_off", 0.1),
    ("unlock", "digit_on", 0.2),
    ("unlock", "digit_off", 0.15),
    ("unlock", "digit_pause", 1.6),
    ("unlock", "long_on", 1.9),
)


def drop_in(folder: Path, *, menu: bool) -> None:
    """Put it into a plugins folder; with a menu, its telegram lengthens by InF alone."""
    profile = (Path(__file__).parents[2] / "meter_plugins" / "mt681.toml").read_text()
    profile = profile.replace("every = 3.5", "every = 0.2")
    for _, name, seconds in SECONDS:
        profile, times = re.subn(
            rf"(?m)^({name} = {{ (?:seconds|value) =) [0-9.]+(?:, within = [0-9.]+)?",
            rf"\g<1> {seconds}" + (", within = 0.0" if name in ("shortest", "long", "pause") else ""),
            profile,
        )
        assert times == 1, name
    if menu:
        profile = profile.replace('opened_by = "PIN"', 'opened_by = "InF"')
        profile = re.sub(r"(?m)^(walk_\w+ = { value =) 0", r"\g<1> 7", profile)
    folder.mkdir()
    (folder / "hasty.py").write_text(PLUGIN)
    (folder / "hasty.toml").write_text(profile)
