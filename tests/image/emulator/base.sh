#!/bin/bash
# A Debian as the stages before ours leave it, as far as ours builds on them: base.sh RELEASE ARCHITECTURE ROOT [KERNEL].
set -euo pipefail
release=$1 architecture=$2 root=$3
mirror=http://deb.debian.org/debian
kernel=${4:-}

debootstrap --variant=minbase --include=ca-certificates --arch="$architecture" "$release" "$root" "$mirror"
cat > "$root/etc/apt/sources.list" << LIST
deb $mirror $release main
deb $mirror $release-updates main
deb http://deb.debian.org/debian-security $release-security main
LIST
cat > "$root/etc/fstab" << TABLE
/dev/vda1  /boot/firmware  vfat  defaults          0  2
/dev/vda2  /               ext4  defaults,noatime  0  1
TABLE
mkdir --parents "$root/boot/firmware"
echo raspberrypi > "$root/etc/hostname"
printf '127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n' > "$root/etc/hosts"
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount --types proc proc "$root/proc"
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
export DEBIAN_FRONTEND=noninteractive
chroot "$root" apt-get update --quiet
chroot "$root" apt-get install --yes --quiet --no-install-recommends \
    systemd-sysv udev dbus kmod ${kernel:+"$kernel" initramfs-tools} sudo iproute2 procps
chroot "$root" apt-get clean
umount "$root/proc"
