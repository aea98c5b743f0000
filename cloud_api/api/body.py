"""Bodies and queries in, answers out: text becomes a value once, here."""

import re
import zlib
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from cloud_api import wire
from cloud_api.errors import Fault, FieldsError, MediaTypeError, NotJsonError, Problem, SizeError
from cloud_api.wire import json_exact
from cloud_api.wire.choices import choices
from cloud_api.wire.fields import EXPECTED, MOST_ITEMS

T = TypeVar("T", bound=wire.Message)

LARGEST = 256 * 1024
"""Bytes of a body after decompression."""
TOO_LARGE = f"a body has at most {LARGEST} bytes, after decompression"
TOO_MANY = f"Expected `array` of length <= {MOST_ITEMS}"
"""What msgspec says of a batch with too many items."""
GZIP = 31  # zlib's number for a gzip header with the largest window
JSON_TYPE, PATCH_TYPE = "application/json", "application/merge-patch+json"
PROBLEM_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:problem-type:zaehlwerk:"

_PLACE = re.compile(r" - at (?:`key` in )?`\$(.*?)`$")
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d+)\]")
_NAMED = re.compile(r"(?:unknown|required) field `([^`]+)`")


async def take(request: web.Request, kind: type[T], *media_types: str) -> T:
    """The body as a message, of one of these media types (else application/json).

    Raises the Problem that says why it is none.
    """
    accepted = media_types or (JSON_TYPE,)
    if request.content_type not in accepted:
        raise MediaTypeError(f"the body's Content-Type is to be {' or '.join(accepted)}")
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding not in {"identity", "gzip"}:
        raise MediaTypeError("the body may be sent as it is or with Content-Encoding: gzip")
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise SizeError(TOO_LARGE) from error
    return parse(_unzip(body) if encoding == "gzip" else body, kind)


def parse(body: bytes, kind: type[T]) -> T:
    """A message out of JSON.

    Raises NotJsonError, SizeError where a batch has too many items, or FieldsError with the first field that is not
    as expected.
    """
    try:
        try:
            return json_exact.decode(body, kind)
        except msgspec.ValidationError:
            json_exact.check(body)  # a field is looked at before what follows it
            raise
    except msgspec.ValidationError as error:
        refusal = _fields_error(str(error), kind)
        if refusal.detail == TOO_MANY:
            raise SizeError(refusal.detail, *refusal.faults) from error
        raise refusal from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotJsonError("the body is no JSON") from error


def query(request: web.Request, kind: type[T]) -> T:
    """The query as a message. Raises FieldsError with the first parameter that is not as expected."""
    try:
        message = msgspec.convert(dict(request.query), kind, strict=False)
    except msgspec.ValidationError as error:
        raise _fields_error(str(error), kind) from error
    for field in msgspec.structs.fields(kind):
        if isinstance(getattr(message, field.name), datetime) and ":" not in request.query[field.encode_name]:
            # a number, which msgspec takes for seconds since 1970
            raise _fields_error(f"Expected a time such as 2026-11-24T10:15:00Z - at `$.{field.encode_name}`", kind)
    return message


def answer(message: Any, *, status: int = 200) -> web.Response:
    return web.Response(body=json_exact.encode(message), status=status, content_type=JSON_TYPE)


def problem_answer(problem: Problem, headers: dict[str, str] | None = None) -> web.Response:
    document = wire.ProblemDocument(
        type=TYPE_PREFIX + problem.code,
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        errors=[wire.FieldFault(pointer=fault.pointer, detail=fault.detail) for fault in problem.faults] or None,
    )
    return web.Response(
        body=json_exact.encode(document), status=problem.status, content_type=PROBLEM_TYPE, headers=headers
    )


def _unzip(body: bytes) -> bytes:
    """The body as it was before compression, of which no more is unpacked than a body may have."""
    unpacking = zlib.decompressobj(wbits=GZIP)
    try:
        content = unpacking.decompress(body, LARGEST + 1)
    except zlib.error as error:
        raise NotJsonError("the body is no gzip, though its header says so") from error
    if len(content) > LARGEST:
        raise SizeError(TOO_LARGE)
    if not unpacking.eof or unpacking.unused_data:
        raise NotJsonError("the body is no whole gzip, though its header says so")
    return content


def _fields_error(sentence: str, kind: type[wire.Message]) -> FieldsError:
    place = _PLACE.search(sentence)
    detail = sentence[: place.start()] if place else sentence
    for pattern, words in EXPECTED.items():
        if repr(pattern) in detail:
            detail = f"Expected {words}"
    steps = [step["name"] or step["index"] for step in _STEP.finditer(place[1])] if place else []
    if detail.startswith("Invalid enum value"):  # which quotes the value, and does not say what would be right
        detail = f"Expected {' or '.join(choices(kind, steps))}"
    named = _NAMED.search(detail)
    if named:
        steps.append(named[1])
    pointer = "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)
    return FieldsError(detail, Fault(pointer=pointer, detail=detail))
