"""What the page of a plugin knows of its reader. Apart from the rest, for no command needs a web server."""

from aiohttp import web

LANGUAGE = web.RequestKey("language", str)
"""Where a request holds the reader's language, `de` or `en`."""
FORM_TOKEN = web.RequestKey("form_token", str)
"""Where a request holds what each form of a page carries in its field `form_token`; without it none is taken."""
