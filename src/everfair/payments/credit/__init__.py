"""Trade credit for people and programs: pages, forms and endpoints. What it does is in `actions/` (credit, draws, dues)."""
