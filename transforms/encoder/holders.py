"""Holders of a stance that have no span: rows of the pair head's `spanless`."""

AUTHOR = 0
"""The text's own voice."""

ANYONE = 1
"""Whoever it may be: how the target comes off in the sentence."""
