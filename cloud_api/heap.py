"""Memory of a process that serves for long: what is there when it begins to serve stays, and is not looked at again."""

import gc


def settle() -> None:
    """Keep the collector from walking through modules, routes and types again and again.

    A full collection would take tens of milliseconds, in which nobody is answered.
    """
    gc.collect()
    gc.freeze()
