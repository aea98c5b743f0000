"""What each command of `cloud-api` does, and what it then says; the words for them stand beside."""
