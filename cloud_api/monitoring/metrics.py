"""The figures that a process counts for Prometheus: requests, what came in and how old it was, refusals, errors."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from time import perf_counter

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram

from cloud_api.logs import NO_ROUTE, ROUTE

PREFIX = "zaehlwerk"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
AGES = (60, 900, 1800, 3600, 4500, 10_800, 43_200, 86_400, 604_800, 2_592_000)
"""Seconds: a minute, a slot, half a report cycle, one, one and a slot, three, half a day, a day, a week, a month."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Metrics:
    """Counts without waiting. No label tells devices or people apart."""

    def __init__(self) -> None:
        own = self.registry = CollectorRegistry()
        self._requests = Counter("requests", "Answers given.", ["method", "route", "status"], PREFIX, registry=own)
        self._duration = Histogram(
            "request_seconds", "Time to an answer.", ["route"], PREFIX, buckets=SECONDS, registry=own
        )
        self._stored = Counter("measurements_stored", "Measurements stored.", (), PREFIX, registry=own)
        self._duplicates = Counter("measurements_duplicate", "Measurements stored before.", (), PREFIX, registry=own)
        self._age = Histogram(
            "measurement_age_seconds", "Age of a batch's newest measurement.", (), PREFIX, buckets=AGES, registry=own
        )
        self._errors = Counter("errors", "Errors in the log.", ["logger"], PREFIX, registry=own)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._duration.labels(route).observe(seconds)

    def stored(self, times: Iterable[datetime], *, stored: int, duplicates: int, at: datetime) -> None:
        """Count a batch."""
        self._stored.inc(stored)
        self._duplicates.inc(duplicates)
        newest = max(times, default=None)
        if stored and newest:
            self._age.observe(max((at - newest).total_seconds(), 0))

    def failed(self, logger: str) -> None:
        self._errors.labels(logger).inc()


METRICS = web.AppKey("metrics", Metrics)


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count what becomes of each request."""
    begin, status = perf_counter(), 500
    try:
        answer = await handler(request)
        status = answer.status
    except web.HTTPException as error:
        status = error.status
        raise
    else:
        return answer
    finally:
        method = request.method if request.method in KNOWN else "OTHER"
        request.app[METRICS].answered(method, request.get(ROUTE, NO_ROUTE), status, perf_counter() - begin)


KNOWN = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that are counted by their name; a client may send any word."""


class ErrorCount(logging.Handler):
    """Counts what is logged as an error, by its logger."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(logging.ERROR)
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        self._metrics.failed(record.name)
