"""Pages of the operator's desk, one file per noun. Every door is the operator's."""
