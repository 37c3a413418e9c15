"""A virtual house in a real Home Assistant, to talk to from a terminal, a browser or a test."""
