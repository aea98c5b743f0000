"""`make image-test`: the stage over a Debian, booted by an emulator, with a bundle, a cloud and a virtual meter."""
