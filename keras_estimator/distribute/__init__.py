"""Several processes on one job: who is who, and where they are."""
