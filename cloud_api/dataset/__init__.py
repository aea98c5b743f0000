"""The data set: what researchers take out, with the documents that make it usable and citable."""
