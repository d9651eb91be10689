"""Two years like 2009 and 2010 in an invented world: what the platform's protection would have been worth.

`constants` (fixed before any detector was written) ← `people` and `lives` (the generator, which knows who is a fraud) ← `arms` (three ways
to run a platform; hands detectors facts and nothing else) ← `report`.
"""
