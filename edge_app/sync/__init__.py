"""What passes between the device and the cloud: the consent in both directions, measurements in one."""
