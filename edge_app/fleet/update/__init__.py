"""Updates: what is offered is looked at, fetched, built beside what runs, tried, and kept or given up.

Whoever steers is always a version that was kept before: it runs from the link `kept` while the one on trial runs from
the link `current`. A cut at any moment leaves one of the two running, and the next round goes on from there.
"""
