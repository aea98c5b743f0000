#!/bin/bash
# Makes the wheel of the application out of this source tree: application.sh FOLDER.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
# Built from a copy of what is under version control, so that nothing else gets in and nothing is left behind.
git -C "$here/.." archive HEAD | tar --extract --directory "$work"
"$here/../.venv/bin/pip" wheel --quiet --no-deps --no-build-isolation --wheel-dir "$1" "$work"
