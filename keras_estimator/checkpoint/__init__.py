"""Checkpoints as names and files: saving, restoring, warm starts."""
