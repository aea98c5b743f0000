"""One suite for every plugin of the catalogue, the one that `edge-app plugin check` runs; `-k MT681` picks one."""

from functools import cache
from operator import attrgetter

import pytest

from edge_app.kit.grade import CHECKS, Check, find
from edge_app.kit.recognition_checks import alike
from edge_app.kit.subject import Subject, subject
from edge_app.metering import Meter
from edge_app.metering.profile import profile
from tests.meters.hearing import MODELS

ALIKE = {"MT681": ["MT175"], "MT175": ["MT681"]}
"""Models that no telegram tells apart."""


@cache
def judged(model: str) -> Subject:
    return subject(MODELS[model], list(MODELS.values()))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("check", CHECKS, ids=attrgetter("name"))
def test_every_meter_is_worth_gold(model: str, check: Check) -> None:
    assert find(check, judged(model)).wrongs == ()


@pytest.mark.parametrize("model", MODELS)
def test_only_twins_are_told_by_their_name_plates(model: str) -> None:
    assert [meter.model for meter in alike(judged(model))] == ALIKE.get(model, [])


@pytest.mark.parametrize("meter", MODELS.values(), ids=attrgetter("model"))
def test_its_lines_are_those_of_its_protocols(meter: type[Meter]) -> None:
    for variant in profile(meter).variants.values():
        assert str(meter().line(variant.protocol)) == {"sml": "9600 8N1", "d0": "9600 7E1"}[variant.protocol]
