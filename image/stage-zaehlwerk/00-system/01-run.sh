#!/bin/bash -e
# Files of the system, each at its place, readable for all and writable for root.

put() {
	install -D --mode=0644 "files/$1" "${ROOTFS_DIR}/$2"
}

put nftables.conf etc/nftables.conf
put nftables-pages.conf etc/nftables-pages.conf
put nftables-service.conf etc/systemd/system/nftables.service.d/zaehlwerk.conf
put journald.conf etc/systemd/journald.conf.d/zaehlwerk.conf
put watchdog.conf etc/systemd/system.conf.d/zaehlwerk.conf
put sshd.conf etc/ssh/sshd_config.d/zaehlwerk.conf
put unattended-upgrades etc/apt/apt.conf.d/52zaehlwerk
put avahi.conf etc/systemd/system/avahi-daemon.service.d/zaehlwerk.conf
put writable.conf etc/systemd/system/apt-daily.service.d/zaehlwerk.conf
put writable.conf etc/systemd/system/apt-daily-upgrade.service.d/zaehlwerk.conf
put userconfig.conf etc/systemd/system/userconfig.service.d/zaehlwerk.conf
put 90-zaehlwerk-probes.rules etc/udev/rules.d/90-zaehlwerk-probes.rules
put zaehlwerk-host.path etc/systemd/system/zaehlwerk-host.path
put zaehlwerk-host.service etc/systemd/system/zaehlwerk-host.service
install -D --mode=0755 files/principals "${ROOTFS_DIR}/usr/lib/zaehlwerk/principals"
install -D --mode=0755 files/durable "${ROOTFS_DIR}/usr/lib/zaehlwerk/durable"
put zaehlwerk-durable.service etc/systemd/system/zaehlwerk-durable.service
install --directory "${ROOTFS_DIR}/var/durable" "${ROOTFS_DIR}/var/lib/zaehlwerk"

# What services of the system would make for themselves at their first start, which they cannot here.
for folder in linger backlight rfkill pstore timesync; do
	install --directory "${ROOTFS_DIR}/var/lib/systemd/${folder}"
done

# Nothing is written to the root while nobody updates it; logs and scratch live in memory.
fstab=${ROOTFS_DIR}/etc/fstab
sed --in-place --regexp-extended '/[[:space:]]\/[[:space:]]/ s/(ext4[[:space:]]+)[^[:space:]]+/\1ro,noatime/' "${fstab}"
grep --quiet /var/lib/NetworkManager "${fstab}" || cat files/fstab >> "${fstab}"

# The partition that would grow over the whole card leaves room for the durable one.
if [ -f "${ROOTFS_DIR}/boot/firmware/cmdline.txt" ]; then
	sed --in-place --regexp-extended 's# (init=/usr/lib/raspberrypi-sys-mods/firstboot|resize)\b##g' \
		"${ROOTFS_DIR}/boot/firmware/cmdline.txt"
fi
