"""The watch over the devices: once for the service, however many processes serve. Who needs somebody is told of."""
