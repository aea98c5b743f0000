"""What is told of the service to those who run it: figures for Prometheus, faults for Sentry."""
