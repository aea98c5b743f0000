#!/bin/bash -e
# The wheels, which build.sh has put beside this script, each checked against its hash there.

install --directory "${ROOTFS_DIR}/opt/zaehlwerk/wheels"
install --mode=0644 files/wheels/*.whl "${ROOTFS_DIR}/opt/zaehlwerk/wheels/"
