"""How easily a household is found among those that revoked, as a function of their rows."""

from datetime import date
from typing import Any

from cloud_api.dataset.linkage import Linkage, linkage

YEAR = date(2026, 1, 1)


def household(name: str, *, consent: str = "revoked", region: str = "DE714", children: int = 2) -> dict[str, Any]:
    people = {"children": children, "adults": 2, "employed_adults": 1}
    things = {"ev_charger": True, "heat_pump": False, "home_battery": True}
    return {"household": name, "consent": consent, "consent_from": YEAR, "region": region} | people | things


def system(name: str, power: float) -> dict[str, Any]:
    return {"household": name, "nominal_power": power, "azimuth": 180, "tilt": 35, "installation_date": YEAR}


def meter(name: str, model: str) -> dict[str, Any]:
    return {"household": name, "type": "ELECTRICITY", "model_number": model}


def test_those_with_the_same_details_hide_each_other() -> None:
    alike = [household("a"), household("b", region="DE712"), household("c", region="DE715"), household("d", children=0)]
    standing = household("e", consent="granted", children=0)
    assert linkage([*alike, standing], [], []) == Linkage(revoked=4, alone=1, first_guess=0.5)


def test_what_hangs_on_a_household_tells_it_apart_and_its_order_does_not() -> None:
    pair = [household("a"), household("b")]
    systems = [system("a", 10), system("a", 5), system("b", 5), system("b", 10)]
    meters = [meter("a", "MT681"), meter("b", "MT681")]
    assert linkage(pair, systems, meters) == Linkage(revoked=2, alone=0, first_guess=0.5)
    assert linkage(pair, [*systems, system("a", 3)], meters).alone == 2
    assert linkage(pair, systems, [*meters, meter("b", "EHZ")]).alone == 2


def test_where_nobody_revoked_nobody_is_found() -> None:
    assert linkage([household("a", consent="granted")], [], []) == Linkage(revoked=0, alone=0, first_guess=None)
