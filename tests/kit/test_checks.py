"""Each check finds what it looks for, in a plugin that was good before its author touched it."""

import re
from pathlib import Path

import pytest

from edge_app.kit.grade import CHECKS, Grade
from tests.kit.plugins import Author

LOCKED_EXAMPLE = """
[[telegram]]
note = "before the PIN: whole kWh, no power"
locked = true
readings = { "1-0:1.8.0*255" = "4719 kWh", "1-0:2.8.0*255" = "902 kWh" }
"""
FED_IN = '"1-0:2.8.0*255" = "902177.3 Wh", '
RULE = 'return reading.maker == "NEW" and reading.layout is Layout.SML_104'

LENIENT = '''
START = bytes.fromhex("1b1b1b1b01010101")


class Lenient:
    """A protocol that believes whatever comes at once behind a start."""

    name = "sml"
    read = staticmethod(sml.read)

    class cutter:
        def feed(self, chunk):
            begun = chunk.data.split(START)[1:]
            return [Telegram(protocol="sml", data=START + each, at=chunk.at) for each in begun]

        def close(self):
            return []
'''


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


def with_names(author: Author) -> None:
    """Import whatever the snippets below use."""
    names = "Obis, POWER_IN, Quantity, SerialLine, Telegram, mode_d, sml, with_register"
    author.edit(
        author.plugin,
        {
            "\n\nfrom edge_app": "\n\nimport time\n"
            "from decimal import Decimal\n"
            "from edge_app.errors import TelegramError\n"
            f"from edge_app.metering import {names}\n"
            "from edge_app",
            "\nclass Some": f'\nONE = Quantity(value=Decimal(1), unit="kWh")\n{LENIENT}\n\nclass Some',
        },
    )


def complains(author: Author, check: str, complaint: str) -> None:
    wrongs = author.finding(check).wrongs
    assert [wrong for wrong in wrongs if re.search(complaint, wrong)], wrongs


def test_the_skeleton_is_right_in_all_but_its_guesses(author: Author) -> None:
    wrong = {check.name: author.finding(check.name).wrongs for check in CHECKS}
    assert {name for name, wrongs in wrong.items() if wrongs} == {"is-evidenced", "tells-sources"}
    assert "no recording of a real meter in the folder captures" in wrong["is-evidenced"][0]
    assert "variant usual: 'guess: made up" in wrong["tells-sources"][0]


@pytest.mark.parametrize(
    ("check", "old", "new", "complaint"),
    [
        ("examples", LOCKED_EXAMPLE, "", r"the variant usual has no \[\[telegram\]\] while locked"),
        ("length", "length = 236", "length = 240", r"unlocked: 236 bytes \(the profile says 240\)"),
        ("tells-sources", '"guess: made up', '"', "display: shortest: 'guess: as an EasyMeter"),
        ("tells-sources", '"guess: made up; record a meter and let its telegrams tell"', '" "', "variant usual: ' '"),
        ("unlocks", "digit_on = { value = 0.6", "digit_on = { value = 0.2", "locked after the PIN 9999"),
        ("unlocks", "digit_pause = { value = 4", "digit_pause = { value = 3.1", "thresholds at their highest.*locked"),
        (
            "unlocks",
            "zero_pulses = { value = 10",
            "zero_pulses = { value = 0",
            "zero by pulse-only: locked after the PIN",
        ),
    ],
)
def test_a_mistake_in_the_profile_is_found(author: Author, check: str, old: str, new: str, complaint: str) -> None:
    author.edit(author.profile, {old: new})
    complains(author, check, complaint)


@pytest.mark.parametrize(
    ("check", "rule", "complaint"),
    [
        ("recognises", "return False", "does not recognise its own telegram: unlocked"),
        ("recognises", "return reading.nothing", "AttributeError: 'Reading' object has no attribute 'nothing'"),
        ("stands-apart", "return True", "recognises a telegram of DD3"),
        ("stands-apart", 'return reading.maker in ("NEW", "EMH")', "recognises a telegram of EHZ"),
    ],
)
def test_who_recognises_too_little_or_too_much_is_found(author: Author, check: str, rule: str, complaint: str) -> None:
    author.edit(author.plugin, {RULE: rule})
    complains(author, check, complaint)


@pytest.mark.parametrize(
    ("check", "body", "complaint"),
    [
        ("lines", "protocols = (mode_d,)", "the variant usual speaks sml, which is none of the protocols"),
        ("lines", "lines = (SerialLine(bytesize=7, parity='E'),)", r"the line of sml has 7 bits \(expected 8\)"),
        ("keeps-promises", "unlocked = frozenset({POWER, POWER_IN})", r"1-0:1\.7\.0\*255 is promised, and not shown"),
        ("keeps-promises", "locked = frozenset({ENERGY_IN})", "2.8.0.255 is shown while locked, which nobody"),
        ("in-pieces", "protocols = (Lenient(),)", "heard otherwise in pieces of 7"),
    ],
)
def test_a_mistake_in_the_class_is_found(author: Author, check: str, body: str, complaint: str) -> None:
    with_names(author)
    author.edit(author.plugin, {"    def recognises": f"    {body}\n\n    def recognises"})
    complains(author, check, complaint)


READS = {
    "too much": "return with_register(super().read(telegram), Obis.parse('1.7.0'), ONE, ())",
    "wrongly": "return with_register(super().read(telegram), POWER, ONE, ())",
    "wrongly what is zero": "return with_register(super().read(telegram), ENERGY_OUT, ONE, ())",
    "nothing": "raise TelegramError('content')",
    "in spite of damage": "try: return super().read(telegram)\n"
    "        except TelegramError: return Reading(server_id='', registers={})\n"
    "    protocols = (Lenient(),)",
    "every other time": "self.kept.append(1)\n"
    "        if len(self.kept) % 2: raise TelegramError('content')\n"
    "        return super().read(telegram)",
    "slowly": "begin = time.process_time()\n"
    "        while time.process_time() - begin < 0.06: pass\n"
    "        return super().read(telegram)",
    "and keeps it all": "self.kept.append(bytes(1000))\n        return super().read(telegram)",
    "in much room": "bytearray(2**21)\n        return super().read(telegram)",
}


@pytest.mark.parametrize(
    ("check", "how", "complaint"),
    [
        ("reads", "too much", r"1-0:1\.7\.0\*255 is read, and was neither sent nor expected"),
        ("reads", "wrongly", r"1-0:16\.7\.0\*255 is read as 1 kWh \(expected 0\.641 kW\)"),
        ("reads", "wrongly what is zero", r"1-0:2\.8\.0\*255 was sent as zero, and read as 1 kWh"),
        ("reads", "nothing", "its own telegram is refused: unlocked"),
        ("refuses-damage", "in spite of damage", "unlocked: believed with byte 8 damaged"),
        ("in-pieces", "every other time", "unlocked: sent three times, and heard 1 times"),
        ("shows-power", "wrongly", "before the PIN: whole kWh, no power: shows power"),
        ("names-registers", "too much", r"1-0:1\.7\.0\*255 is shown, and named neither"),
        ("keeps-within-time", "slowly", r"unlocked: 0\.\d+ s \(expected at most 0\.05 s\)"),
        ("keeps-within-memory", "and keeps it all", "bytes are left of 200 telegrams"),
        ("keeps-within-memory", "in much room", r"bytes at once \(expected at most 1048576\)"),
    ],
)
def test_who_reads_otherwise_than_the_meter_sends_is_found(
    author: Author, check: str, how: str, complaint: str
) -> None:
    with_names(author)
    reads = f"    kept = []\n\n    def read(self, telegram):\n        {READS[how]}\n\n    def recognises"
    author.edit(author.plugin, {"    def recognises": reads})
    author.edit(author.profile, {FED_IN: ""} if "zero" in how else {})
    complains(author, check, complaint)


class TestUnlocking:
    def test_a_long_press_on_anything_but_inf_is_found(self, author: Author) -> None:
        author.edit(
            author.profile,
            {
                'opened_by = "PIN"': 'opened_by = "InF"',
                "stays_open = true": "stays_open = false",
                "walk_one_way = { value = 0": "walk_one_way = { value = 6",
                "walk_two_way = { value = 0": "walk_two_way = { value = 6",
            },
        )
        complains(author, "unlocks", "stays locked, whichever menu it has")
        assert not [wrong for wrong in author.finding("unlocks").wrongs if "long press" in wrong], "nobody said InF"

    def test_a_plugin_that_presses_without_asking_is_found(self, author: Author) -> None:
        self.test_a_long_press_on_anything_but_inf_is_found(author)
        rash = (
            "    async def enable_detailed_readout(self, pin, **given):\n"
            "        async def ask(question):\n"
            "            return 'InF'\n"
            "        return await super().enable_detailed_readout(pin, **{**given, 'ask': ask})\n\n"
            "    def recognises"
        )
        author.edit(author.plugin, {"    def recognises": rash})
        complains(author, "unlocks", "in the menu usual a long press is made elsewhere than on InF")

    def test_a_plugin_that_tries_twice_is_found(self, author: Author) -> None:
        stubborn = (
            "    async def enable_detailed_readout(self, pin, **given):\n"
            "        await super().enable_detailed_readout(pin, **given)\n"
            "        return await super().enable_detailed_readout(pin, **given)\n\n"
            "    def recognises"
        )
        author.edit(author.plugin, {"    def recognises": stubborn})
        complains(author, "unlocks", "a wrong PIN is not tried once and left at that")

    @pytest.mark.parametrize(
        ("table", "complaint"), [("display", r"no table \[display\]"), ("unlock", r"no table \[unlock\]")]
    )
    def test_a_table_that_is_missing_is_named(self, author: Author, table: str, complaint: str) -> None:
        text = author.profile.read_text()
        author.profile.write_text(re.sub(rf"\[{table}(\.\w+)?\]\n([^\[].*\n|\n)*", "", text))
        complains(author, "unlocks", complaint)

    def test_a_locked_layout_that_is_missing_is_named(self, author: Author) -> None:
        without_locked(author)
        complains(author, "layouts", "no variant tells what it sends while locked")
        complains(author, "unlocks", r"no table \[unlock\]")

    def test_a_meter_that_plainly_has_no_pin_needs_no_unlocking(self, author: Author) -> None:
        without_locked(author)
        author.edit(
            author.plugin,
            {"locked = frozenset({ENERGY_IN, ENERGY_OUT})": "locked = frozenset({ENERGY_IN, ENERGY_OUT, POWER})"},
        )
        assert author.finding("layouts").wrongs == author.finding("unlocks").wrongs == ()


def without_locked(author: Author) -> None:
    """Leave out all that has to do with a PIN."""
    text = author.profile.read_text().replace(LOCKED_EXAMPLE, "")
    for table in ("variant.usual.locked", "display", "display.menus", "unlock"):
        text = re.sub(rf"\[{re.escape(table)}\]\n([^\[].*\n|\n)*", "", text)
    author.profile.write_text(text)


def test_checks_stand_in_the_order_of_their_grades() -> None:
    grades = [check.grade for check in CHECKS]
    assert grades == sorted(grades)
    assert set(grades) == {Grade.BRONZE, Grade.SILVER, Grade.GOLD}
    assert all(check.holds.startswith(("It ", "Its ", "Every ", "Each ")) for check in CHECKS)
