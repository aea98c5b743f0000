#!/bin/bash -e
# The wheels, which build.sh has put beside this script, each checked against its hash there.

install --directory "${ROOTFS_DIR}/opt/zaehlwerk/wheels"
install --mode=0644 files/wheels/*.whl "${ROOTFS_DIR}/opt/zaehlwerk/wheels/"

# Whose signatures updates have: the first root of the fleet's repository. Without one the device is never updated.
if [ -f files/root.json ]; then
	install --mode=0644 files/root.json "${ROOTFS_DIR}/opt/zaehlwerk/root.json"
fi
