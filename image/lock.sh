#!/bin/bash
# Writes requirements.lock anew: which wheels the image installs, for both releases of Debian and both architectures,
# each by its hash. Run it after constraints.txt has changed, with the project's pip: image/lock.sh
set -euo pipefail
here=$(dirname "$(realpath "$0")")
pip=$here/../.venv/bin/pip
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

cd "$here/.."
"$pip" install --dry-run --ignore-installed --quiet --constraint constraints.txt --report "$work/report.json" '.[edge]'
"$here/../.venv/bin/python" - "$work/report.json" > "$work/names" << 'PYTHON'
import json, sys
for each in json.load(open(sys.argv[1]))["install"]:
    if each["metadata"]["name"] not in ("zaehlwerk", "pip"):
        print(f"{each['metadata']['name'].lower().replace('_', '-')}=={each['metadata']['version']}")
PYTHON
for python in 311 313; do
    for machine in aarch64 x86_64; do
        "$here/wheels.sh" "$python" "$machine" "$work/wheels" "$work/names"
    done
done
{
    echo "# Written by lock.sh out of constraints.txt."
    sort "$work/names" | while read -r pin; do
        name=$(sed 's/==.*//; s/[-.]/[-_.]/g' <<< "$pin")
        echo "$pin \\"
        find "$work/wheels" -iname "$name-${pin#*==}-*.whl" -exec sha256sum {} + | cut -d' ' -f1 | sort -u \
            | sed 's/.*/    --hash=sha256:&/; $!s/$/ \\/'
    done
} > "$here/requirements.lock"
