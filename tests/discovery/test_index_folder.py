"""The index as a folder: commits, readers beside a writer, a second writer, damage, and a new index in the place of the old."""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from everfair.discovery.index import (
    IndexLost,
    OfferIndex,
    OfferQuery,
    WriterBusy,
)
from everfair.discovery.index import documents as index_documents
from tests.discovery.indexed import filled, found, offer


def run(program, folder):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, env=environment)


def test_a_cursor_outlives_a_commit_but_not_a_rebuild(tmp_path):
    folder = tmp_path / "offers"
    index = filled(folder, *[offer(number, "Copper pipe") for number in range(1, 21)])
    reader = index.reader()
    cursor = reader.search(OfferQuery(text="copper", page_size=5)).next_cursor
    with index.writer() as writer:
        writer.put([offer(99, "Brass pipe")])
        writer.commit("2")
    reader.refresh()
    assert found(reader, "copper", page_size=5, cursor=cursor) == [6, 7, 8, 9, 10]

    shutil.rmtree(folder)
    filled(folder, *[offer(number, "Copper pipe") for number in range(1, 21)])
    reader.refresh()

    with pytest.raises(ValueError, match="rebuilt"):
        reader.search(OfferQuery(text="copper", page_size=5, cursor=cursor))


def test_putting_again_replaces_and_removing_forgets(tmp_path):
    index = filled(tmp_path / "offers", offer(1, "Copper pipe"), offer(2, "Copper wire"))
    with index.writer() as writer:
        writer.put([offer(1, "Brass pipe"), offer(1, "Silver pipe")])
        writer.remove([2, 55])
        writer.commit("2")
    reader = index.reader()

    assert found(reader, "copper") == []
    assert found(reader, "brass") == []
    assert found(reader, "silver") == [1]
    assert found(reader) == [1]
    assert reader.count() == 1


def test_changes_and_cursor_appear_together_or_not_at_all(tmp_path):
    index = filled(tmp_path / "offers", offer(1))
    with index.writer() as writer:
        writer.put([offer(2)])
        assert writer.cursor() == "1"
        assert found(index) == [1]
    assert index.cursor() == "1"
    assert found(index) == [1]

    with index.writer() as writer:
        writer.commit("place 17 – ½")

    assert OfferIndex.open(tmp_path / "offers").cursor() == "place 17 – ½"
    assert found(index) == [1]


def test_a_new_index_has_no_cursor(tmp_path):
    index = OfferIndex.open(tmp_path / "deep" / "offers")

    assert index.cursor() is None
    assert found(index) == []


def test_a_reader_sees_a_commit_within_half_a_second(tmp_path):
    index = filled(tmp_path / "offers", offer(1))
    reader = index.reader()
    assert found(reader) == [1]
    with index.writer() as writer:
        writer.put([offer(2)])
        writer.commit("2")

    deadline = time.monotonic() + 2
    while found(reader) != [1, 2] and time.monotonic() < deadline:
        time.sleep(0.05)

    assert found(reader) == [1, 2]


def test_a_second_writer_is_refused_here_and_in_another_process(tmp_path):
    folder = tmp_path / "offers"
    index = OfferIndex.open(folder)
    program = (
        "import sys; from everfair.discovery.index import OfferIndex, WriterBusy\n"
        "try: OfferIndex.open(sys.argv[1]).writer().close(); print('wrote')\n"
        "except WriterBusy as busy: print(busy)\n"
    )

    def another():
        return run(program, folder).stdout

    with index.writer():
        with pytest.raises(WriterBusy):
            OfferIndex.open(folder).writer()
        assert another() == "another process writes this index; only one indexer may run\n"
    assert another() == "wrote\n"


def test_a_writer_that_was_killed_leaves_the_last_commit_and_no_lock(tmp_path):
    folder = tmp_path / "offers"
    filled(folder, offer(1))
    program = (
        "import os, sys; from everfair.discovery.index import OfferDocument, OfferIndex\n"
        "writer = OfferIndex.open(sys.argv[1]).writer()\n"
        "writer.put([OfferDocument(number=2, company_number=1, market='export', titles={'en': 'Lost'})])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert run(program, folder).returncode == -9

    index = OfferIndex.open(folder)

    assert index.cursor() == "1"
    with index.writer() as writer:
        writer.put([offer(3)])
        writer.commit("3")
    assert found(index) == [1, 3]


def damage_identity(folder):
    (folder / "identity.json").write_text("{")


def damage_meta(folder):
    (folder / "segments" / "meta.json").write_text("{]")


def lose_meta(folder):
    (folder / "segments" / "meta.json").unlink()


def lose_identity(folder):
    (folder / "identity.json").unlink()


def lose_segments(folder):
    shutil.rmtree(folder / "segments")


def tear_terms(folder):
    for path in (folder / "segments").glob("*.term"):
        path.write_bytes(path.read_bytes()[:20])


def lose_fast_fields(folder):
    for path in (folder / "segments").glob("*.fast"):
        path.unlink()


def tear_fast_fields(folder):
    for path in (folder / "segments").glob("*.fast"):
        path.write_bytes(b"")


@pytest.mark.parametrize(
    "damage",
    [damage_identity, damage_meta, lose_meta, lose_identity, lose_segments, tear_terms, lose_fast_fields, tear_fast_fields],
)
def test_a_damaged_index_is_moved_aside_and_the_next_one_is_empty(tmp_path, damage):
    folder = tmp_path / "offers"
    filled(folder, offer(1))
    damage(folder)

    with pytest.raises(IndexLost):
        OfferIndex.open(folder, mend=False)
    assert folder.exists()
    with pytest.raises(IndexLost, match="moved aside"):
        OfferIndex.open(folder)
    index = OfferIndex.open(folder)

    assert index.cursor() is None
    assert found(index) == []
    assert len(list(tmp_path.glob("offers.lost-*"))) == 1


def test_an_index_of_another_schema_is_lost(tmp_path, monkeypatch):
    folder = tmp_path / "offers"
    filled(folder, offer(1))
    monkeypatch.setattr("everfair.discovery.index.folder.SCHEMA_VERSION", index_documents.SCHEMA_VERSION + 1)

    with pytest.raises(IndexLost, match=f"schema {index_documents.SCHEMA_VERSION}"):
        OfferIndex.open(folder)

    assert OfferIndex.open(folder).cursor() is None


def test_only_one_lost_index_is_kept(tmp_path):
    folder = tmp_path / "offers"
    for _ in range(3):
        filled(folder, offer(1))
        damage_meta(folder)
        with pytest.raises(IndexLost):
            OfferIndex.open(folder)

    assert len(list(tmp_path.glob("offers.lost-*"))) == 1


def test_a_reader_never_makes_an_index(tmp_path):
    with pytest.raises(IndexLost):
        OfferIndex.open(tmp_path / "offers", mend=False)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_deleted_while_running_is_noticed_and_the_new_one_taken_up(tmp_path):
    folder = tmp_path / "offers"
    index = filled(folder, offer(1, "Copper pipe"))
    reader = index.reader()
    writer = index.writer()
    assert found(reader, "copper") == [1]

    shutil.rmtree(folder)

    writer.put([offer(2)])
    with pytest.raises(IndexLost):
        writer.commit("2")
    with pytest.raises(IndexLost):
        writer.close()
    with pytest.raises(IndexLost):
        reader.refresh()
    with pytest.raises(IndexLost):
        reader.search(OfferQuery(text="copper"))
    with pytest.raises(IndexLost):
        index.writer()

    filled(folder, offer(7, "Copper kettle"))

    assert found(reader, "copper") == [7]


def test_an_idle_writer_notices_a_deleted_and_an_abandoned_index(tmp_path):
    index = filled(tmp_path / "offers", offer(1))
    with index.writer() as writer:
        writer.check()
        index.abandon()

        with pytest.raises(IndexLost):
            writer.check()

    with pytest.raises(IndexLost, match="moved aside"):
        OfferIndex.open(tmp_path / "offers")


def test_a_rebuilt_index_takes_the_place_of_the_old_one_under_its_readers(tmp_path):
    folder = tmp_path / "offers"
    reader = filled(folder, offer(1, "Copper pipe")).reader()
    fresh = filled(tmp_path / "offers.rebuilt", offer(2, "Copper wire"))

    moved = fresh.take_place_of(folder)
    reader.refresh()

    assert found(reader, "copper") == [2]
    assert OfferIndex.open(folder).cursor() == "1"
    with moved.writer() as writer:
        writer.put([offer(3, "Copper nail")])
        writer.commit("3")
    reader.refresh()
    assert sorted(found(reader, "copper")) == [2, 3]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["offers", "offers.lock", "offers.rebuilt.lock"]


def test_threads_share_a_reader_while_the_writer_commits(tmp_path):
    index = filled(tmp_path / "offers", *[offer(number, "Copper pipe") for number in range(1, 41)])
    reader = index.reader()
    with index.writer() as writer, ThreadPoolExecutor(4) as threads:
        for turn in range(10):
            answers = [threads.submit(reader.search, OfferQuery(text="copper", facets=True)) for _ in range(20)]
            writer.put(offer(number, "Copper pipe") for number in range(1, 41))
            writer.commit(str(turn))
            reader.refresh()

            assert {answer.result().total for answer in answers} == {40}


def test_small_pieces_are_put_together_and_nothing_else_changes(tmp_path):
    index = OfferIndex.open(tmp_path / "index")
    with index.writer() as writer:
        for number in range(1, 6):
            writer.put([offer(number, f"Thing {number}")])
            writer.commit(f"{number}:1")
        assert writer._pieces() == 5

        assert writer.settle("5:1") < 3
        assert writer.settle("5:1") < 3

        assert writer.cursor() == "5:1"
    reader = index.reader()
    assert reader.count() == 5
    assert sorted(found(reader, "thing")) == [1, 2, 3, 4, 5]
    assert found(reader, sort="newest") == found(reader)
