#!/bin/bash
# A card as pi-gen makes it, boot partition and root, with room behind: disk.sh ROOT BUNDLE CARD.
set -euo pipefail
root=$1 bundle=$2 card=$3
boot_mebibytes=64 root_mebibytes=1536 whole_mebibytes=3072
rm --force "$card"
truncate --size=${whole_mebibytes}M "$card"
sfdisk --quiet "$card" << TABLE
label: dos
start=1MiB, size=${boot_mebibytes}MiB, type=c
size=${root_mebibytes}MiB, type=83
TABLE
mkfs.vfat -F 32 -n BOOTFS -C "$card.boot" $((boot_mebibytes * 1024)) > /dev/null
mmd -i "$card.boot" ::zaehlwerk
mcopy -i "$card.boot" "$bundle"/* ::zaehlwerk/
dd if="$card.boot" of="$card" bs=1M seek=1 conv=notrunc status=none
rm "$card.boot"
mke2fs -q -F -t ext4 -L rootfs -d "$root" -E offset=$(((1 + boot_mebibytes) * 1024 * 1024)) "$card" ${root_mebibytes}M
