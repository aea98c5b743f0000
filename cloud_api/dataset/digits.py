"""Registers out of stored measurements, many at once: digits become exact numbers without passing through floats."""

from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cloud_api.dataset.fields import PLACES, Kind
from cloud_api.dataset.steps import Counter

CODE, VALUE, END = slice(1, 13), 15, 2**31 - 1
"""Of `"0100010800ff":10234.7412`, which is how the store writes a register."""
LARGEST = Decimal(10) ** (38 - PLACES)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Registers:
    """Every register of some measurements: whose it is (by its place), its code, its value where that fits."""

    places: npt.NDArray[np.int64]
    codes: pa.DictionaryArray
    values: pa.Decimal128Array
    units: Counter
    """The values in billionths."""
    measurements: int

    def column(self, code: str) -> Counter:
        """What one register showed at each measurement, in billionths."""
        chosen = self.codes.indices.to_numpy() == self.codes.dictionary.index(code).as_py()
        places = self.places[chosen]
        values, shown = np.zeros(self.measurements, dtype=np.int64), np.zeros(self.measurements, dtype=np.bool_)
        values[places], shown[places] = self.units.values[chosen], self.units.shown[chosen]
        return Counter(values=values, shown=shown)


def registers(data: pa.StringArray) -> Registers:
    """The registers of measurements as they are stored: `[{"0100010800ff":10234.7412},{…}]`."""
    split = pc.split_pattern(data, "},{")
    entries = pc.ascii_trim(pc.list_flatten(split), "[]{}").cast(pa.binary())  # bytes are quicker to cut than text
    values = _numbers(pc.binary_slice(entries, VALUE, END).cast(pa.string()))
    return Registers(
        places=pc.list_parent_indices(split).to_numpy(),
        codes=pc.binary_slice(entries, CODE.start, CODE.stop).cast(pa.string()).dictionary_encode(),
        values=values,
        units=to_units(values),
        measurements=len(data),
    )


def to_units(values: pa.Decimal128Array) -> Counter:
    """Numbers in billionths as they lie in Arrow's memory, and which of them are there and fit into 64 bits."""
    words = np.frombuffer(values.buffers()[1] or b"", dtype=np.int64)[2 * values.offset :][: 2 * len(values)]
    low, high = words[0::2], words[1::2]
    there = pc.is_valid(values).to_numpy(zero_copy_only=False)
    return Counter(values=np.where(there, low, 0), shown=there & (high == low >> 63))


def _numbers(texts: pa.StringArray) -> pa.Decimal128Array:
    try:
        return pc.cast(texts, Kind.EXACT.value)
    except pa.ArrowInvalid:  # one of them has more digits than the column, before the point or behind it
        return pa.array([_number(text) for text in texts.to_pylist()], type=Kind.EXACT.value)


def _number(text: str) -> Decimal | None:
    with localcontext(prec=400):
        number = Decimal(text)
        return None if abs(number) >= LARGEST else number.quantize(Decimal(1).scaleb(-PLACES))
