"""Profiles: what stands in them is checked, and every mistake is told by file, key and what was expected."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from edge_app.errors import PluginError
from edge_app.metering import ENERGY_IN, Quantity
from edge_app.metering.profile import Feed, ModeDHead, NumberEntry, SmlHead, TextEntry, load, profile
from tests.meters.hearing import MODELS

WHOLE = """
[variant.sml]
source = "made up"
protocol = "sml"
every = 1
serial = 12345678
server_id = "0a01{serial}"
transaction = "{counter}"
file_id = "65"
status = { width = 2, idle = 0, drawing = 0x80, feeding = 0xa0 }
[variant.sml.unlocked]
source = "made up"
length = 100
entries = [
  { code = "129-129:199.130.3*255", text = "ISK" },
  { code = "1-0:1.8.0*255", feed = "energy_in", unit = "Wh", scaler = -1, width = 8 },
]
[variant.d0]
source = "made up"
protocol = "d0"
every = 2.5
serial = 1
identification = "EBZ5DD3"
status = { width = 1, idle = 0, drawing = 1, feeding = 2 }
[variant.d0.unlocked]
source = "made up"
length = 50
entries = []
[display]
long = 5
[[telegram]]
note = "an example"
feeding = true
readings = { "1-0:1.8.0" = "12.5 kWh" }
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "meter.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_plugin_has_one_beside_it() -> None:
    assert {model: profile(meter).file.stem.upper() for model, meter in MODELS.items()} == {
        model: model for model in MODELS
    }


def test_every_figure_names_its_source() -> None:
    for meter in MODELS.values():
        for variant in profile(meter).variants.values():
            sources = [variant.source, *(state.source for state in (variant.unlocked, variant.locked) if state)]
            assert all(len(source) > 5 for source in sources), variant.name


def test_a_profile_becomes_values(tmp_path: Path) -> None:
    its = load(written(tmp_path, WHOLE))
    assert its.variant() is its.variants["sml"]
    assert its.variant("d0").head == ModeDHead(identification="EBZ5DD3")
    assert its.variant("d0").every == 2.5
    assert isinstance(its.variant().head, SmlHead)
    maker, energy = its.variant().unlocked.entries
    assert isinstance(maker, TextEntry)
    assert isinstance(energy, NumberEntry)
    assert (maker.text, energy.feed, energy.signed) == ("ISK", Feed.ENERGY_IN, False)
    (example,) = its.examples
    assert example.readings == {ENERGY_IN: Quantity(value=Decimal("12.5"), unit="kWh")}
    assert (example.variant, example.state, example.feeding) == (its.variant(), its.variant().unlocked, True)
    display = its.table("display")
    assert display
    assert display.number("long") == 5.0
    assert its.table("unlock") is None


@pytest.mark.parametrize(
    ("wrong", "right", "complaint"),
    [
        ("every = 1\n", 'every = "often"\n', "meter.toml: variant: sml: every is 'often' (expected a number)"),
        ("every = 1\n", "every = 0\n", "meter.toml: variant: sml: every is 0.0 (expected a number from 0.1 to 86400)"),
        ("every = 1\n", "", "meter.toml: variant: sml: every is missing (expected a number)"),
        ("serial = 12345678", "serial = true", "meter.toml: variant: sml: serial is True (expected a whole number)"),
        (
            "serial = 12345678",
            "serial = 123456789",
            "meter.toml: variant: sml: serial is 123456789 (expected a whole number from 0 to 99999999)",
        ),
        ('"sml"\nevery', '"dlms"\nevery', "meter.toml: variant: sml: protocol is 'dlms' (expected one of sml, d0)"),
        (
            '"0a01{serial}"',
            '"0a1{serial}"',
            "meter.toml: variant: sml: server_id is '0a1{serial}' "
            "(expected octets in hexadecimal, {serial}, {digits}, {server_id} or {counter})",
        ),
        ("file_id", "fileid", "meter.toml: variant: sml: file_id is missing (expected text)"),
        ("length = 100", "length = 100\nkey = 1", "meter.toml: variant: sml: unlocked: key is not known here"),
        (
            "width = 2, idle",
            "width = 2, bits = 1, idle",
            "meter.toml: variant: sml: status: bits is not known here",
        ),
        (
            '"1-0:1.8.0*255"',
            '"energy"',
            "meter.toml: variant: sml: unlocked: entries 2: code is 'energy' "
            "(expected an OBIS code such as 1-0:1.8.0*255)",
        ),
        (
            'text = "ISK"',
            'text = "ISK", filler = 3',
            "meter.toml: variant: sml: unlocked: entries 1: entry is '8181c78203ff' "
            "(expected exactly one of feed, text, octets and filler)",
        ),
        (
            '"12.5 kWh"',
            '"12.5kWh"',
            "meter.toml: telegram 1: readings: 1-0:1.8.0 is '12.5kWh' "
            "(expected a number and its unit, such as 253917.7 Wh)",
        ),
        (
            "feeding = true",
            "locked = true",
            "meter.toml: telegram 1: locked is 'sml' (expected a variant of which a locked meter is known)",
        ),
        (
            "feeding = true",
            'variant = "q3d"',
            "meter.toml: telegram 1: variant is 'q3d' (expected one of sml, d0)",
        ),
        ("[display]", "[displai]", "meter.toml: displai is not known here"),
        ("[[telegram]]", "[telegram]", None),
        (
            "entries = []",
            "entries = [1]",
            "meter.toml: variant: d0: unlocked: entries is [1] (expected a list of tables)",
        ),
        ("[variant.d0]\n", "[variant.d0\n", None),
    ],
)
def test_a_mistake_is_told_by_its_place(tmp_path: Path, wrong: str, right: str, complaint: str | None) -> None:
    assert wrong in WHOLE
    with pytest.raises(PluginError) as told:
        load(written(tmp_path, WHOLE.replace(wrong, right, 1)))
    assert str(told.value).startswith("meter.toml: " if complaint else "meter.toml")
    if complaint:
        assert str(told.value) == complaint


def test_a_list_of_texts_holds_texts_alone(tmp_path: Path) -> None:
    table = load(written(tmp_path, WHOLE.replace("long = 5", 'menu = ["E", 1]\nother = ["E"]'))).table("display")
    assert table
    assert table.words("other") == ("E",)
    with pytest.raises(PluginError, match=r"^meter.toml: display: menu is \['E', 1\] \(expected a list of texts\)$"):
        table.words("menu")


def test_a_profile_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"mt999\.toml cannot be read: No such file"):
        load(tmp_path / "mt999.toml")


def test_a_profile_needs_a_variant(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"^meter.toml: variant is empty \(expected at least one\)$"):
        load(written(tmp_path, "[variant]\n"))


def test_a_variant_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"^meter.toml: no variant is called 'q3d' \(there are sml, d0\)$"):
        load(written(tmp_path, WHOLE)).variant("q3d")


def test_a_number_with_more_digits_than_its_register_does_not_fit(tmp_path: Path) -> None:
    entry = load(written(tmp_path, WHOLE)).variant().unlocked.entries[1]
    assert isinstance(entry, NumberEntry)
    assert entry.to_integer(entry.to_quantity(4711)) == 4711
    with pytest.raises(PluginError, match="does not fit"):
        entry.to_integer(Quantity(value=Decimal("0.00001"), unit="kWh"))
    with pytest.raises(PluginError, match="does not fit"):
        replace(entry, unit="W").to_integer(Quantity(value=Decimal(1), unit="kWh"))
