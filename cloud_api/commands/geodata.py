"""`geodata import`: districts and postal codes."""

import asyncio
from argparse import Namespace
from pathlib import Path
from typing import Any

from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.errors import SetupError
from cloud_api.privacy.atlas import to_content
from cloud_api.privacy.districts import join
from cloud_api.privacy.postal_codes import ATTRIBUTION, read_postal_codes
from cloud_api.privacy.shapes import read_layer
from cloud_api.privacy.workbook import read_workbook
from cloud_api.store import geodata


def add_to(verbs: Any, common: Any) -> None:
    data = verbs.add_parser("geodata", help="districts and postal codes")
    geo = data.add_subparsers(required=True, metavar="COMMAND")
    bring = geo.add_parser("import", parents=[common], help="take official files in place of what is held")
    bring.add_argument("--districts", type=Path, metavar="VG250.zip", help="outlines of districts: BKG's shapefile")
    bring.add_argument(
        "--density",
        type=Path,
        metavar="04-kreise.xlsx",
        help="people per km²: Destatis' workbook",
    )
    bring.add_argument(
        "--postal-codes", type=Path, metavar="DE.zip", help="GeoNames' postal codes, or a CSV with plz, place, lat, lon"
    )
    bring.set_defaults(do=import_geodata)


async def import_geodata(given: Namespace) -> str:
    if bool(given.districts) != bool(given.density):
        raise SetupError("--districts and --density go together")
    contents: dict[geodata.Kind, geodata.Content] = {}
    told = []
    if given.districts:
        layer, workbook = await asyncio.gather(
            asyncio.to_thread(read_layer, given.districts), asyncio.to_thread(read_workbook, given.density)
        )
        joined = join(layer, workbook)
        contents["districts"] = to_content(joined.regions, joined.attributions)
        told.append(f"districts: {len(joined.regions)} joined")
        told += [f"{given.districts}: district {key} is not in the other file" for key in joined.without_density]
        told += [f"{given.density}: district {key} is not in the other file" for key in joined.without_outline]
    if given.postal_codes:
        places = await asyncio.to_thread(read_postal_codes, given.postal_codes)
        contents["postal-codes"] = to_content(places, [ATTRIBUTION])
        told.append(f"postal codes: {len(places)} places")
    if not contents:
        raise SetupError("nothing to import (expected --districts and --density, or --postal-codes)")
    async with arguments.opened(given) as database, database.write() as connection:
        for kind, content in contents.items():
            await geodata.put(connection, kind, content, at=SystemClock().now())
    return "".join(f"{sentence}\n" for sentence in told)
