"""Whether somebody stands on a list of people and firms one may not deal with: how names are compared.

`names` needs eight seconds and 300 MB to learn what it knows: it is loaded by processes that end, never by the web server.
"""
