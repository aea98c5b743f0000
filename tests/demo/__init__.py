"""The demonstration: cloud, device and five virtual meters on one machine, by the commands that people use."""
