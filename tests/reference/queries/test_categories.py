import re

import pytest

from everfair.reference.queries import categories, category, children, halls


def test_the_tree_is_halls_and_their_categories():
    codes = list(categories())

    assert 25 <= len(halls()) <= 35
    assert 200 <= len(codes) - len(halls()) <= 280
    for each in categories().values():
        assert re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)?", each.code)
        assert each.hall in codes
    assert [each for hall in halls() for each in children(hall.code)] == [
        each for each in categories().values() if not each.is_hall
    ]
    assert all(children(hall.code) for hall in halls())


def test_every_name_is_there_in_three_languages_and_stands_for_one_thing():
    for each in categories().values():
        assert all(each.names), each.code
        assert each.names.en.isascii() or "é" in each.names.en
        assert re.search(r"[\u4e00-\u9fff]", each.names.zh_hant)
        assert re.search(r"[\u4e00-\u9fff]", each.names.zh_hans)
    for language in range(3):
        names = [each.names[language] for each in categories().values() if each.hall != "unsorted"]
        assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


TRADITIONAL = set(
    "紡織麵緞絲綢紗線縫紉鈕帶輔飾針襪領裝褲襯衛運動圍護嬰錢寶錶鐘鏡頭鏈項環積車銷園廚鍋盤壺紙潔籃熱電燈飯櫃臥廳辦傢層淨閥門鎖彈簧輪軸齒鐵緊"
)


def test_names_are_written_in_their_own_script():
    hans = "".join(each.names.zh_hans for each in categories().values())
    hant = "".join(each.names.zh_hant for each in categories().values())

    assert set(hans) & (TRADITIONAL - {"簧"}) == set()
    assert (
        set("纺织绸纱线缝纫钮带辅饰针袜领装裤运动围护婴钱宝镜头链车园厨锅盘纸洁热电灯柜厅办层净阀门锁轮齿铁紧") & set(hant)
        == set()
    )


def test_chapters_and_keywords_are_given_for_goods():
    for each in categories().values():
        assert all(re.fullmatch(r"0[1-9]|[1-9]\d", chapter) for chapter in each.hs_chapters)
        if each.hall not in ("services", "unsorted"):
            assert each.hs_chapters, each.code
            assert len([word for word in each.keywords if word.isascii()]) >= (1 if each.is_hall else 3), each.code
            assert any(re.search(r"[\u4e00-\u9fff]", word) for word in each.keywords), each.code


def test_a_category_is_found_by_its_exact_code():
    fasteners = category("hardware/fasteners")

    assert fasteners.names == ("Screws, Nuts, Bolts & Fasteners", "螺絲、螺母及緊固件", "螺丝、螺母及紧固件")
    assert (fasteners.hall, fasteners.is_hall, fasteners.hs_chapters) == ("hardware", False, ("73",))
    assert category("hardware").is_hall
    assert [each.code for each in children("unsorted")] == ["unsorted/unsorted"]
    assert halls()[-1].code == "unsorted"
    for code in ("fasteners", "Hardware/Fasteners", "hardware/", "", "h" * 10_000):
        with pytest.raises(ValueError, match="not a category"):
            category(code)
    with pytest.raises(ValueError, match="not a hall"):
        children("hardware/fasteners")
