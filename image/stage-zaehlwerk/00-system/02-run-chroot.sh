# Nobody logs in with a password: there is none, of nobody.
passwd --lock root
if [ -n "${FIRST_USER_NAME}" ] && id "${FIRST_USER_NAME}" > /dev/null 2>&1; then
	passwd --lock "${FIRST_USER_NAME}"
fi
# The application's own account.
id zaehlwerk > /dev/null 2>&1 || useradd --system --no-create-home --groups dialout zaehlwerk

# Service sessions are of this account; its commands are those of root.
id service > /dev/null 2>&1 || useradd --create-home --shell /bin/bash --groups adm,systemd-journal service
passwd --lock service
echo 'service ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/zaehlwerk
chmod 0440 /etc/sudoers.d/zaehlwerk

# Two images must have no secret in common, so no image has any.
rm --force /etc/ssh/ssh_host_*
: > /etc/machine-id

# Raspberry Pi OS asks for a user at its first start, and makes host keys then; here neither is wanted.
for unit in regenerate_ssh_host_keys.service rpi-resize.service getty@tty1.service serial-getty@ttyAMA0.service; do
	systemctl mask "$unit"
done
systemctl enable nftables.service systemd-timesyncd.service zaehlwerk-durable.service zaehlwerk-host.path
systemctl enable ssh.service avahi-daemon.service NetworkManager.service
