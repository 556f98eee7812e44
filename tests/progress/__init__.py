"""Tests of what a person sees of a call while it runs."""
