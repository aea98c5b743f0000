#!/bin/bash -e
# The units, and the configuration folder, which lives on the durable partition.

for unit in edge-app.service edge-app-tunnel.service zaehlwerk-enrol.service \
	zaehlwerk-update.service zaehlwerk-update.timer; do
	install -D --mode=0644 "files/${unit}" "${ROOTFS_DIR}/etc/systemd/system/${unit}"
done
ln --symbolic --force --no-dereference /var/lib/zaehlwerk "${ROOTFS_DIR}/etc/zaehlwerk"
