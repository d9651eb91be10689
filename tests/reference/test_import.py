import subprocess
import sys
from pathlib import Path

CODE = """
import sys
before = set(sys.modules)
import everfair.reference.queries, everfair.reference.values
heavy = {name.partition('.')[0] for name in set(sys.modules) - before} & {'babel', 'stdnum', 'django', 'csv', 'holidays', 'dateutil'}
print(sorted(heavy))
"""


def test_importing_loads_nothing_heavy():
    source = str(Path(__file__).resolve().parents[2] / "src")
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env={"PYTHONPATH": source})

    assert done.stdout.strip() == "[]"
