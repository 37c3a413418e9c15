"""The training set: phrase banks, invented houses, and requests with the calls that are right."""
