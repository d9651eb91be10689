"""Pages of claims, one file per task."""
