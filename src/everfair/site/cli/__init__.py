"""The command line: `python -m everfair.site.cli`, one file per noun.

Nouns: the table of commands, the surroundings of an installation, the start, backups.
It imports a command's package only when the command is called, and Django only for commands that need it.
"""
