"""`python -m everfair.site.cli COMMAND`."""

from everfair.site.cli.table import everfair

if __name__ == "__main__":
    everfair(prog_name="everfair")
