import subprocess
import sys
from pathlib import Path

CODE = """
import sys, time
before = set(sys.modules)
started = time.process_time()
import everfair.reference.queries, everfair.reference.values
took_s = time.process_time() - started
heavy = {name.partition('.')[0] for name in set(sys.modules) - before} & {'babel', 'stdnum', 'django', 'csv', 'holidays', 'dateutil'}
print(took_s, sorted(heavy))
"""


def test_importing_is_quick_and_loads_nothing_heavy():
    runs = [_run() for _ in range(5)]

    assert [run.split(maxsplit=1)[1].strip() for run in runs] == ["[]"] * 5
    assert min(float(run.split()[0]) for run in runs) < 0.03


def _run() -> str:
    source = str(Path(__file__).resolve().parents[2] / "src")
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env={"PYTHONPATH": source})
    return done.stdout
