"""A small process: what a device has no use for is not loaded, and what it needs for a moment is given back."""

import ctypes
import importlib
import sys

HEAVY = ("numpy", "pandas")
"""What sqlite-utils takes along wherever it is installed: 80 MB, for conversions that nothing here asks for."""
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
GIVEN_BACK = 128 * 1024
"""Bytes from which on memory goes back to the system once it is free."""


def hold_little() -> None:
    """Keep glibc from holding on to memory: by itself it keeps whatever size it has seen, for each thread anew."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, GIVEN_BACK)
        libc.mallopt(M_ARENA_MAX, 1)


def load_database_library() -> None:
    """Import sqlite-utils without them; whoever wants them later, such as a plugin, still gets them."""
    hidden = [name for name in HEAVY if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # makes `import` fail, as the language reference says
    try:
        importlib.import_module("sqlite_utils")
    finally:
        for name in hidden:
            del sys.modules[name]
