#!/bin/bash
# Builds the image: build.sh PI_GEN [12|13], with PI_GEN a checkout of pi-gen, branch arm64, on Debian as root.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
usage="usage: build.sh PI_GEN [12|13]"
pi_gen=$(realpath "${1:?$usage}")
case ${2:-12} in
    12) release=bookworm python=311 ;;
    13) release=trixie python=313 ;;
    *) echo "$usage" >&2; exit 2 ;;
esac
if [ ! -x "$pi_gen/build.sh" ]; then
    echo "$pi_gen: no checkout of pi-gen" >&2
    exit 2
fi

work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
stage=$work/stage-zaehlwerk
cp --recursive "$here/stage-zaehlwerk" "$stage"
"$here/wheels.sh" "$python" aarch64 "$stage/01-application/files/wheels"
"$here/application.sh" "$stage/01-application/files/wheels"
if [ -f "$here/root.json" ]; then
    cp "$here/root.json" "$stage/01-application/files/"
else
    echo "image/root.json is missing: devices of this image will not be updated" >&2
fi

{
    cat "$here/config"
    echo "RELEASE=$release"
    echo "STAGE_LIST='stage0 stage1 stage2 $stage'"
} > "$work/config"
# Of the stages before ours no image is wanted.
touch "$pi_gen/stage2/SKIP_IMAGES"
cd "$pi_gen"
./build.sh -c "$work/config"
