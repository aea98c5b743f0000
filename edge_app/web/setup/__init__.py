"""The set-up pages: for a person in front of the meters, once, and again whenever something is to be checked."""
