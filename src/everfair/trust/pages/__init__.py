"""Pages of verification: the company's own, the reviewers' desk, and what everybody may read."""
