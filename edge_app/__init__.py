"""The application on the measurement device: reads meters, keeps measurements, carries them to the cloud."""
