"""How often Python looks for rings of rubbish in a process that serves for weeks."""

import gc


def search_seldom() -> None:
    """Not among what is loaded by now, which stays for good, and after 20,000 new things instead of 700: nearly all that a request or a
    reaction leaves behind goes without a search. A few megabytes wait longer for it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
