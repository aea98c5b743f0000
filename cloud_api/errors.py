"""The errors that were foreseen, drawn as a tree, each with someone to tell.

CloudApiError
├── SetupError             whoever gives a command, in one line on standard error
│   └── NobodysError       because a device is no participant's
└── Problem                the client, as a problem document (RFC 9457)
    ├── NotHttpError       400
    ├── NotJsonError       400
    ├── CredentialError    401
    ├── ForbiddenError     403
    │   ├── ConsentError   403, because consent does not stand
    │   └── DeniedError    403, because the certificate was revoked or replaced
    ├── MissingError       404
    ├── MethodError        405
    ├── SlowError          408
    ├── OrderError         409, consent granted or revoked out of order
    ├── EmailTakenError    409
    ├── FixedError         409, what was asked for cannot be changed any more
    ├── SizeError          413
    ├── MediaTypeError     415
    ├── FieldsError        422, with the fields
    ├── OftenError         429, with the seconds to wait
    ├── InternalError      500, everything that was not foreseen
    └── UnavailableError   503
"""

from dataclasses import dataclass
from typing import ClassVar


class CloudApiError(Exception):
    """Something that was foreseen; its text is fit for a log and for people."""


class SetupError(CloudApiError):
    """A command cannot be carried out; the text says what stands against it."""


class NobodysError(SetupError):
    """A device is not there, or nobody's any more since consent was revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one field: a JSON pointer (RFC 6901) to it, and what was expected. Never its value."""

    pointer: str
    detail: str


class Problem(CloudApiError):  # noqa: N818  # the word of RFC 9457
    """A request that is refused; `code` ends the `type` of the problem document, where programs look."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, *faults: Fault) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults


class NotHttpError(Problem):
    """What came cannot be read as a request, so that nothing else can be said of it."""

    status, code, title = 400, "no-http", "The request cannot be read"


class NotJsonError(Problem):
    """The body is no JSON, or not encoded as its header says."""

    status, code, title = 400, "no-json", "The body cannot be read"


class CredentialError(Problem):
    """Nobody said who is asking, or in a way that nobody knows."""

    status, code, title = 401, "no-credential", "A credential is needed"

    def __init__(self, detail: str, *, challenge: str) -> None:
        super().__init__(detail)
        self.challenge = challenge


class ForbiddenError(Problem):
    """Who is asking is known, and may not."""

    status, code, title = 403, "forbidden", "Not allowed"


class ConsentError(ForbiddenError):
    """The participant's consent does not stand: not yet granted, or revoked."""

    code, title = "no-consent", "Consent does not stand"


class DeniedError(ForbiddenError):
    """The certificate is denied: it was revoked, or another has taken its place."""

    code, title = "certificate-denied", "The certificate is denied"


class MissingError(Problem):
    """There is no such thing, or none that the asker may know of."""

    status, code, title = 404, "not-found", "Not found"


class MethodError(Problem):
    """The resource is there and has no such method."""

    status, code, title = 405, "method-not-allowed", "Method not allowed"


class SlowError(Problem):
    """The request took longer than a request may."""

    status, code, title = 408, "too-slow", "The request took too long"


class OrderError(Problem):
    """Consent is granted once and then revoked once; this came at another time."""

    status, code, title = 409, "out-of-order", "Consent is granted once and revoked once"


class EmailTakenError(Problem):
    """Another participant has this e-mail address."""

    status, code, title = 409, "email-taken", "The e-mail address is in use"


class FixedError(Problem):
    """Something stands against the change: it is decided, anonymised, or other data hangs on it."""

    status, code, title = 409, "fixed", "This cannot be changed any more"


class SizeError(Problem):
    """The body is larger than a body may be, counted after decompression, or has too many items."""

    status, code, title = 413, "too-large", "The body is too large"


class MediaTypeError(Problem):
    """The body is of another media type or encoding than those understood here."""

    status, code, title = 415, "unsupported-media-type", "Only JSON is understood"


class FieldsError(Problem):
    """The body is JSON, and fields of it are not what was expected."""

    status, code, title = 422, "invalid-fields", "Fields are not as expected"


class OftenError(Problem):
    """It was asked more often than may be; `Retry-After` says how many seconds to wait."""

    status, code, title = 429, "too-often", "Too many requests"

    def __init__(self, detail: str, *, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


class InternalError(Problem):
    """Something went wrong here; the log knows more under the same id."""

    status, code, title = 500, "internal", "Something went wrong here"


class UnavailableError(Problem):
    """The service answers, and cannot do its work now."""

    status, code, title = 503, "unavailable", "Not ready"
