"""What is no request at all: refused in the form of every other refusal, and without saying again what was sent."""

import logging

from aiohttp import web

from cloud_api.api.body import problem_answer
from cloud_api.errors import InternalError, NotHttpError

logger = logging.getLogger(__name__)


class Connection(web.RequestHandler):
    """One connection of a client; the door sees only what could be read as a request."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = InternalError.status,
        exc: BaseException | None = None,
        message: str | None = None,  # it quotes what was sent
    ) -> web.StreamResponse:
        """Called by aiohttp. Raises ConnectionError where an answer is on its way already, which ends it."""
        if status == InternalError.status:
            logger.error("an answer failed outside the door", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is on its way already")
        said = "what came is no HTTP/1.1, or its first line or a header is too long"
        problem = NotHttpError(said) if status == NotHttpError.status else InternalError("the log knows more")
        answer = problem_answer(problem)
        answer.force_close()
        return answer
