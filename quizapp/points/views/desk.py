"""The desk of the rules."""
