"""What a person sees of a call while it runs: one line in the terminal.

`choice` says whether there is one, `line` what it says, `display` draws it and
`streams` keeps it apart from what else is written to the terminal.
"""
