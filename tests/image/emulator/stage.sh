#!/bin/bash
# Runs a stage by the conventions of pi-gen: stage.sh STAGE PREVIOUS_ROOT ROOT. In a mount namespace of its own, so that
# no mount outlives it.
set -euo pipefail
STAGE_DIR=$(realpath "$1")
PREV_ROOTFS_DIR=$(realpath "$2")
ROOTFS_DIR=$(realpath --canonicalize-missing "$3")
FIRST_USER_NAME=service
export STAGE_DIR PREV_ROOTFS_DIR ROOTFS_DIR FIRST_USER_NAME
export DEBIAN_FRONTEND=noninteractive

copy_previous() {
    mkdir --parents "$ROOTFS_DIR"
    cp --archive "$PREV_ROOTFS_DIR/." "$ROOTFS_DIR/"
}
on_chroot() {
    chroot "$ROOTFS_DIR" /bin/bash -e
}
export -f copy_previous on_chroot

packages() {
    sed 's/#.*//' "$1" | tr '\n' ' '
}

step() {
    echo "$(basename "$PWD")/$1"
    case $1 in
        *-packages-nr) on_chroot <<< "apt-get install --no-install-recommends --yes --quiet $(packages "$1")" ;;
        *-packages) on_chroot <<< "apt-get install --yes --quiet $(packages "$1")" ;;
        *-run.sh) "./$1" ;;
        *-run-chroot.sh) on_chroot < "$1" ;;
    esac
}

cd "$STAGE_DIR"
./prerun.sh
mount --types proc proc "$ROOTFS_DIR/proc"
mount --bind /dev "$ROOTFS_DIR/dev"
mount --bind /sys "$ROOTFS_DIR/sys"
for sub_stage in "$STAGE_DIR"/*/; do
    cd "$sub_stage"
    for number in {00..99}; do
        for kind in packages-nr packages run.sh run-chroot.sh; do
            [ ! -f "$number-$kind" ] || step "$number-$kind"
        done
    done
done
