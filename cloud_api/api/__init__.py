"""The resources of the Data API, one module each, with every route on one page."""
