# Home Assistant maps voluptuous to probatio when it is imported; this says so to type checkers.
from probatio import *  # noqa: F403
