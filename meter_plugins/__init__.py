"""The meters that come with Zählwerk: one module for each model, a profile beside it."""
