"""How much the cloud takes in, and how quickly it answers, beside what bounds it on the same machine."""
