"""The demo world: invented companies in real clusters, made by our own verbs, the same at every load."""
