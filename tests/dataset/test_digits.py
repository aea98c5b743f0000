"""Digits become exact numbers, whichever way the store wrote them."""

from decimal import Decimal

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from cloud_api.dataset.digits import registers
from cloud_api.wire.json_exact import encode

CODE, OTHER = "0100010800ff", "0100100700ff"
numbers = st.decimals(min_value=-9_000_000_000, max_value=9_000_000_000, places=9, allow_nan=False)


@given(st.lists(st.lists(numbers, min_size=1, max_size=3), min_size=1, max_size=5))
def test_each_register_comes_out_as_it_went_in(rows: list[list[Decimal]]) -> None:
    codes = [f"01000{place}0800ff" for place in range(3)]
    stored = [encode([{code: value} for code, value in zip(codes, row, strict=False)]).decode() for row in rows]
    found = registers(pa.array(stored))
    triples = zip(found.places.tolist(), found.codes.to_pylist(), found.values.to_pylist(), strict=True)
    assert list(triples) == [
        (place, codes[at], value) for place, row in enumerate(rows) for at, value in enumerate(row)
    ]
    first = found.column(codes[0])
    assert first.values.tolist() == [int(row[0] * 10**9) for row in rows]
    assert first.shown.all()


def test_what_has_no_place_in_the_column_is_left_out_and_the_others_stay() -> None:
    found = registers(pa.array([f'[{{"{CODE}":1E+300}},{{"{OTHER}":2.5}}]', f'[{{"{CODE}":1.12345678949}}]']))
    assert found.values.to_pylist() == [None, Decimal("2.5"), Decimal("1.123456789")]
    assert found.column(CODE).shown.tolist() == [False, True]


def test_what_is_larger_than_64_bits_is_kept_and_not_reckoned_with() -> None:
    found = registers(pa.array([f'[{{"{CODE}":123456789012345.5}}]']))
    assert found.values.to_pylist() == [Decimal("123456789012345.5")]
    assert not found.column(CODE).shown.any()


def test_nothing_measured_is_nothing() -> None:
    found = registers(pa.array([], type=pa.string()))
    assert (len(found.values), len(found.column(CODE).values)) == (0, 0)
