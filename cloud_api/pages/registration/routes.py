"""Every page of the Registration Frontend, on one page."""

from cloud_api.pages.frontend import Frontend

REGISTRATION = Frontend(name="registration", door="/management/household", routes=[])
