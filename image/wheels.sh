#!/bin/bash
# Fetches the wheels of a list, for a version of Python and a machine that need not be ours:
# wheels.sh 311 aarch64 FOLDER [LIST]. With the lock, which is the usual list, each is checked against its hash.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
pip=$here/../.venv/bin/pip
python=$1 machine=$2 folder=$3 list=${4:-$here/requirements.lock}
"$pip" download --quiet --no-deps --only-binary :all: --dest "$folder" --requirement "$list" \
    --implementation cp --python-version "$python" --abi "cp$python" --abi abi3 --abi none \
    --platform "manylinux_2_34_$machine" --platform "manylinux_2_28_$machine" --platform "manylinux2014_$machine" \
    --platform any
