systemctl enable edge-app.service edge-app-tunnel.service zaehlwerk-enrol.service zaehlwerk-update.timer
