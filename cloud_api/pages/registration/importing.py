"""Importing many households: a dry run that tells every problem by row and column, and then the step itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from aiohttp import web

from cloud_api import wire
from cloud_api.keys import CLOCK
from cloud_api.pages.data_api import RefusedError
from cloud_api.pages.gate import asker, form_of
from cloud_api.pages.keys import DATA_API, SESSION, SESSIONS
from cloud_api.pages.registration import questionnaire, spreadsheet
from cloud_api.pages.registration.spreadsheet import Sheet, SpreadsheetError
from cloud_api.pages.render import page
from cloud_api.wire.meter_models import is_known

PAGE = "registration/import.html"
TEMPLATES = {
    "csv": (spreadsheet.template_csv, "text/csv"),
    "xlsx": (spreadsheet.template_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
REFUSALS = (409, 422)
TWICE = "Another row names another person with this e-mail address."
FORMULA = "There is a formula without its result; please put in the value itself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong in which cell."""

    row: int
    column: str
    cell: str
    """What stands there."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What an import would come to."""

    drafts: list[wire.HouseholdDraft]
    problems: list[Problem]
    unplaced: list[int]
    """Rows whose address is found nowhere; they can be imported, and the place set later."""
    repeated: list[int]
    """Rows of a person and an address that are registered already, or in an earlier row."""
    unread: dict[int, str]
    """Rows with meters that no plugin reads, and their models."""
    unknown: list[str]


async def show(request: web.Request) -> web.StreamResponse:
    return page(request, PAGE, run=None, mistake="", imported=None, stopped=None, columns=spreadsheet.columns())


async def template(request: web.Request) -> web.StreamResponse:
    """An empty file with its columns and one example."""
    kind = request.match_info["kind"]
    if kind not in TEMPLATES:
        raise web.HTTPNotFound
    make, content_type = TEMPLATES[kind]
    headers = {"Content-Disposition": f'attachment; filename="households.{kind}"'}
    return web.Response(body=make(), content_type=content_type, headers=headers)


async def look(request: web.Request) -> web.StreamResponse:
    """The dry run. Nothing is registered; what could be is kept for the next step."""
    content = (await form_of(request)).get("file", b"")
    if isinstance(content, str):
        content = content.encode()
    try:
        sheet = await asyncio.to_thread(spreadsheet.read, content)
    except SpreadsheetError as error:
        return _answer(request, mistake=str(error), status=422)
    run = await _dry_run(request, sheet)
    ready = None if run.problems else msgspec.json.encode(run.drafts)
    request.app[SESSIONS].put(request[SESSION], ready)
    return _answer(request, run=run, status=422 if run.problems else 200)


async def carry_out(request: web.Request) -> web.StreamResponse:
    """Register what the dry run found good. It stops at the first that is refused, and says which one."""
    await form_of(request)
    ready = request[SESSION].content.parcel
    if ready is None:
        raise web.HTTPSeeOther("/registration/import")
    drafts = msgspec.json.decode(ready, type=list[wire.HouseholdDraft])
    request.app[SESSIONS].put(request[SESSION], None)
    for done, draft in enumerate(drafts):
        try:
            await request.app[DATA_API].send(asker(request), "POST", "/management/household", wire.Household, draft)
        except RefusedError as refused:
            why = next(iter(questionnaire.beside(refused.faults).values()), refused.detail)
            return _answer(request, imported=done, stopped=(done + 1, why), status=refused.status)
    return _answer(request, imported=len(drafts))


async def _dry_run(request: web.Request, sheet: Sheet) -> DryRun:
    drafts: list[wire.HouseholdDraft] = []
    problems: list[Problem] = []
    unplaced: list[int] = []
    repeated: list[int] = []
    unread: dict[int, str] = {}
    names: dict[str, str] = {}
    homes: set[tuple[str, wire.Address]] = set()
    for row in sheet.rows:
        found = questionnaire.read(row.form, request.app[CLOCK].now().date())
        faults = found.faults | dict.fromkeys(row.formulas, FORMULA)
        if found.draft:
            who = found.draft.participant
            if names.setdefault(who.email.lower(), who.name) != who.name:
                faults["participant.email"] = TWICE
            home = (who.email.lower(), found.draft.address)
            again = home in homes
            homes.add(home)
            models = {meter.model_number for meter in found.draft.meters if not is_known(meter.model_number)}
            if models:
                unread[row.number] = ", ".join(sorted(models))
            try:
                check = await request.app[DATA_API].send(
                    asker(request), "POST", "/management/household/check", wire.HouseholdCheck, found.draft
                )
            except RefusedError as refused:
                if refused.status not in REFUSALS:
                    raise
                faults |= questionnaire.beside(refused.faults)
            else:
                drafts.append(found.draft)
                if again or check.repeats:
                    repeated.append(row.number)
                if check.location is None:
                    unplaced.append(row.number)
        problems += [
            Problem(
                row=row.number,
                column=spreadsheet.column_of(field),
                cell=row.cells.get(field, "").replace(spreadsheet.UNREAD, "="),
                words=words,
            )
            for field, words in faults.items()
        ]
    return DryRun(
        drafts=drafts,
        problems=problems,
        unplaced=unplaced,
        repeated=repeated,
        unread=unread,
        unknown=sheet.unknown,
    )


def spans(rows: Sequence[int]) -> str:
    """Numbers of rows, in rising order, those that follow each other as one: `2–5, 9`."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][-1] + 1:
            found[-1][1:] = [row]
        else:
            found.append([row])
    return ", ".join("–".join(map(str, span)) for span in found)


def _answer(
    request: web.Request,
    *,
    run: DryRun | None = None,
    mistake: str = "",
    imported: int | None = None,
    stopped: Sequence[object] | None = None,
    status: int = 200,
) -> web.Response:
    return page(
        request,
        PAGE,
        run=run,
        mistake=mistake,
        imported=imported,
        stopped=stopped,
        columns=spreadsheet.columns(),
        spans=spans,
        status=status,
    )
