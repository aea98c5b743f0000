systemctl enable edge-app.service zaehlwerk-enrol.service
