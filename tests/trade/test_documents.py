"""The contract and the proforma as PDF: what they say, in which fonts, and what typed text cannot do to them."""

import io
import re
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polib
import pytest
import typst
from PIL import Image
from pypdf import PdfReader

from everfair.base.papers import compiler
from everfair.trade.documents import Charge, ContractTerms, Line, Party, Signature, Stage, render
from everfair.trade.documents.labels import WORDS
from everfair.trade.documents.paper import TEMPLATES, as_json, typeset

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

CHINESE_WORDS = {
    "zh_Hant": {
        "Sales contract": "銷售合約",
        "Proforma invoice": "形式發票",
        "Seller": "賣方",
        "Buyer": "買方",
        "Description of goods": "貨物說明",
        "Quantity": "數量",
        "Unit price": "單價",
        "Amount": "金額",
        "Signed": "已簽署",
        "Payment stages": "階段款",
        "Page {page} of {pages}": "第 {page} 頁，共 {pages} 頁",
    },
    "zh_Hans": {
        "Sales contract": "销售合同",
        "Proforma invoice": "形式发票",
        "Seller": "卖方",
        "Buyer": "买方",
        "Description of goods": "货物说明",
        "Quantity": "数量",
        "Unit price": "单价",
        "Amount": "金额",
        "Signed": "已签署",
        "Payment stages": "阶段款",
        "Page {page} of {pages}": "第 {page} 页，共 {pages} 页",
    },
}


def make_lines(count: int, description: str = "Ring-spun cotton tote bag, 38 × 42 cm, 140 g/m²") -> tuple[Line, ...]:
    return tuple(
        Line(str(n), f"TOTE-{n:03}", f"{description}", "1,200", "pieces", "USD 0.8350", "USD 1,002.00")
        for n in range(1, count + 1)
    )


def make_terms(line_count: int = 3, **changes: object) -> ContractTerms:
    terms = ContractTerms(
        order_number="EF-2026-00417",
        created_on=date(2026, 3, 4),
        signed_on=date(2026, 3, 5),
        seller=Party(
            names=("Quanzhou Hengda Bags Co., Ltd.", "泉州恆達箱包有限公司"),
            registration_number="91350500MA2XN8KQ5T",
            address=("18 Jiangnan Road, Licheng District", "362000 Quanzhou, Fujian, China"),
            contact=("Lin Meiling, export sales", "lin@hengda-bags.example", "+86 595 2200 1234"),
        ),
        buyer=Party(
            names=("Müller Handels GmbH",),
            registration_number="DE 811907980",
            address=("Speicherstraße 4", "20457 Hamburg, Germany"),
            contact=("Jürgen Weiß", "einkauf@mueller-handel.example"),
        ),
        lines=make_lines(line_count),
        charges=(Charge("Ocean freight", "USD 420.00"), Charge("Discount", "USD −26.00")),
        totals=(("Goods", "USD 3,006.00"), ("Total", "USD 3,400.00")),
        terms_hash=HASH,
        incoterm="CIF",
        named_place="Hamburg, Germany (Incoterms® 2020)",
        ship_by="2026-04-20",
        stages=(
            Stage("1", "Deposit", "30 %", "USD 1,020.00", "within 7 days of signature"),
            Stage("2", "Balance", "70 %", "USD 2,380.00", "before shipment"),
        ),
        payment_instructions="Pay on the order page; the money is held in escrow until the goods are received.",
        remarks="Carton marks: MHG / HAMBURG / 1–60.\nPre-shipment sample approved on 2026-02-20.",
        rules=(
            ("Days to claim after receipt", "15 days"),
            ("Days to fund a stage", "7 days"),
            ("Platform fee", "2.0 %"),
            ("Over- or short-shipment", "± 5 %"),
        ),
        signatures=(
            Signature("seller", "Lin Meiling", datetime(2026, 3, 5, 2, 14, tzinfo=UTC)),
            Signature("buyer", "Jürgen Weiß", datetime(2026, 3, 5, 8, 40, tzinfo=UTC)),
        ),
    )
    return replace(terms, **changes)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def squeezed(text: str) -> str:
    """Without the spaces and break marks that line breaks bring in."""
    return re.sub(r"[\s\u200b]+", "", text)


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Each font of the paper, and whether its glyphs travel with it."""
    found = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for reference in page["/Resources"].get("/Font", {}).values():
            descendant = reference.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"]
            found[str(descendant["/BaseFont"])] = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    return found


@pytest.fixture
def chinese_words(tmp_path: Path, settings: object):
    """Compiled translations of the words we look for, as the site will have them."""
    contexts = {"Signed": "seal", "Seller": "trade paper", "Buyer": "trade paper"}
    for folder, words in CHINESE_WORDS.items():
        catalogue = polib.POFile()
        catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
        for english, chinese in words.items():
            catalogue.append(polib.POEntry(msgid=english, msgstr=chinese, msgctxt=contexts.get(english)))
        (tmp_path / folder / "LC_MESSAGES").mkdir(parents=True)
        catalogue.save_as_mofile(str(tmp_path / folder / "LC_MESSAGES" / "django.mo"))
    settings.LOCALE_PATHS = [str(tmp_path)]


def test_the_english_contract_says_everything_that_was_agreed():
    terms = make_terms()
    text = squeezed(text_of(render("contract", terms, "en")))
    for agreed in (
        "Sales contract", "EF-2026-00417", "2026-03-04", "2026-03-05", "Quanzhou Hengda Bags Co., Ltd.", "91350500MA2XN8KQ5T",
        "lin@hengda-bags.example", "einkauf@mueller-handel.example", "Müller Handels GmbH", "DE 811907980", "Speicherstraße 4",
        "TOTE-002", "Ring-spun cotton tote bag, 38 × 42 cm, 140 g/m²", "1,200 pieces", "USD 0.8350", "USD 1,002.00",
        "Ocean freight", "USD −26.00", "USD 3,006.00", "USD 3,400.00", "CIF Hamburg, Germany (Incoterms® 2020)", "2026-04-20",
        "Deposit", "30 %", "USD 2,380.00", "before shipment", "held in escrow", "Carton marks: MHG / HAMBURG / 1–60.",
        "Days to claim after receipt", "15 days", "Lin Meiling", "2026-03-05 02:14 UTC", "2026-03-05 08:40 UTC", HASH,
        "Page 1 of",
    ):  # fmt: skip
        assert squeezed(agreed) in text, agreed


def test_the_proforma_asks_for_payment_and_carries_no_signatures():
    text = squeezed(text_of(render("proforma", make_terms(), "en")))
    assert "Proformainvoice" in text
    assert "heldinescrow" in text
    assert "Itisnotataxinvoice." in text
    assert "Signed" not in text


def test_the_seal_is_stamped_only_where_a_side_has_signed():
    unsigned = make_terms(signed_on=None, signatures=())
    half = make_terms(signed_on=None, signatures=make_terms().signatures[:1])
    counts = [
        squeezed(text_of(render("contract", terms, "en"))).count("Awaitingsignature") for terms in (unsigned, half, make_terms())
    ]
    assert counts == [2, 1, 0]
    none, one, two = (vermilion_in(terms) for terms in (unsigned, half, make_terms()))
    assert none == 0
    assert two > 1.8 * one > 1000


def vermilion_in(terms: ContractTerms) -> int:
    pages = [Image.open(io.BytesIO(page)).convert("RGB") for page in pictures("contract", terms, "en", ppi=144)]
    near = lambda red, green, blue: red > 170 and 30 < green < 90 and blue < 70  # noqa: E731
    return sum(count for page in pages for count, colour in page.getcolors(maxcolors=1 << 24) if near(*colour))


def pictures(kind: str, terms: ContractTerms, language: str, second_language: str | None = None, ppi: float = 100) -> list[bytes]:
    made = typeset(kind, as_json(terms, language, second_language), format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


@pytest.mark.parametrize(("language", "title", "buyer"), [("zh-hant", "銷售合約", "買方"), ("zh-hans", "销售合同", "买方")])
@pytest.mark.usefixtures("chinese_words")
def test_a_chinese_contract_is_chinese_in_text_and_font(language: str, title: str, buyer: str):
    pdf = render("contract", make_terms(), language)
    text = squeezed(text_of(pdf))
    assert title in text
    assert buyer in text
    assert "泉州恆達箱包有限公司" in text
    assert "Salescontract" not in text
    fonts = fonts_of(pdf)
    assert any(f"NotoSansCJK{'tc' if language == 'zh-hant' else 'sc'}" in name for name in fonts)
    assert all(fonts.values()), fonts


@pytest.mark.usefixtures("chinese_words")
def test_a_bilingual_contract_prints_every_word_in_both_languages():
    text = squeezed(text_of(render("contract", make_terms(), "en", second_language="zh-hans")))
    for english, chinese in CHINESE_WORDS["zh_Hans"].items():
        if english not in ("Proforma invoice", "Page {page} of {pages}"):
            assert squeezed(english) in text
            assert chinese in text
    assert "Page1of1" in text or "Page1of2" in text
    assert "第1页，共" in text


def test_a_word_without_translation_is_printed_once():
    text = squeezed(text_of(render("contract", make_terms(), "en", second_language="zh-hant")))
    assert text.count("DescriptionofgoodsDescriptionofgoods") == 0


@pytest.mark.parametrize("letter", ["𠮷", "𡃁", "門", "门", "骨", "1", "ß", "€", "Ж", "Ω", "ệ"])
def test_every_letter_of_the_trade_has_its_own_glyph(letter: str):
    def drawn(name: str) -> bytes:
        return pictures("proforma", make_terms(remarks=name), "zh-hant")[0]

    assert drawn(letter) not in (drawn("\U000f0000"), drawn("\u3000"), drawn(""))
    assert b"pdfaid:part" in render("proforma", make_terms(remarks=letter), "zh-hant"), "PDF/A is refused when a glyph is missing"


def test_forty_lines_run_over_pages_under_a_repeated_header():
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(render("contract", make_terms(45), "en"))).pages]
    assert len(pages) >= 3
    together = "".join(pages)
    assert all(f"TOTE-{n:03}" in together for n in range(1, 46))
    for number, page in enumerate(pages, 1):
        assert f"Page{number}of{len(pages)}" in page
        assert HASH in page
        assert "EF-2026-00417" in page
        if "TOTE-" in page:
            assert "Descriptionofgoods" in page


@pytest.mark.parametrize(
    "typed",
    [
        '#read("/etc/passwd")',
        "]",
        "#[",
        "$ 1 + $",
        "\\",
        "`code`",
        "{{7*7}}",
        "#{7*7}",
        "*bold* _thin_ = Title",
        "<script>alert(1)</script>",
        '"}, "terms": {"',
        '#import "@preview/cetz:0.3.0"',
        "// gone? /* gone? */",
        "<label> @label https://example.org",
        "𠮷野家 𡃁仔",
    ],
)
def test_typed_text_is_printed_and_never_obeyed(typed: str):
    hostile = Party(names=(typed,), registration_number=typed, address=(typed,), contact=(typed,))
    terms = make_terms(
        order_number=typed, seller=hostile, lines=make_lines(1, typed), remarks=typed, payment_instructions=typed,
        named_place=typed, rules=((typed, typed),), stages=(Stage(typed, typed, typed, typed, typed),), totals=((typed, typed),),
        signatures=(Signature("seller", typed, datetime(2026, 3, 5, tzinfo=UTC)),),
    )  # fmt: skip
    text = squeezed(text_of(render("contract", terms, "en")))
    assert text.count(squeezed(typed)) >= 14
    assert "root:x:" not in text
    assert "49" not in text.replace("{{7*7}}", "").replace("#{7*7}", "")


def test_right_to_left_names_are_set_and_reordering_marks_are_dropped():
    pdf = render("contract", make_terms(remarks="مرحبا \u202e00.001 DSU\u202c שלום"), "en")
    assert "00.001DSU" in squeezed(text_of(pdf))
    assert b"pdfaid:part" in pdf
    assert "\u202e" not in as_json(make_terms(remarks="\u202e"), "en")


def test_controls_and_broken_characters_become_a_visible_mark():
    pdf = render("contract", make_terms(remarks="a\x00b\x07c\ud800d\uffffe"), "en")
    assert "a\ufffdb\ufffdc\ufffdd\ufffde" in text_of(pdf)
    assert b"pdfaid:part" in pdf


@pytest.mark.parametrize("letter", ["W", "x", "合", "ﷺ", "é"])
def test_a_description_of_ten_thousand_letters_stays_inside_its_column(letter: str):
    terms = make_terms(lines=make_lines(1, letter * 10_000))
    assert text_of(render("contract", terms, "en")).count(letter) >= 10_000 or letter == "ﷺ"
    for page in pictures("contract", terms, "en", ppi=40):
        picture = Image.open(io.BytesIO(page)).convert("L")
        margin = picture.crop((picture.width - 24, 0, picture.width, picture.height))
        assert margin.getextrema()[0] > 200, "ink in the right margin"


def test_an_ordinary_email_address_can_be_copied_from_the_paper():
    terms = make_terms(seller=Party(names=("A",), contact=("export.department@hengda-bags.example",)))
    assert "export.department@hengda-bags.example" in as_json(terms, "en")


def test_a_script_without_glyphs_still_gives_a_readable_pdf(caplog: pytest.LogCaptureFixture):
    pdf = render("contract", make_terms(remarks="สวัสดี"), "en")
    assert b"pdfaid:part" not in pdf
    assert "Müller Handels GmbH" in text_of(pdf)
    assert "contract of order EF-2026-00417 is no PDF/A" in caplog.text


@pytest.mark.parametrize(
    "source", ['#read("/etc/passwd")', '#read("../paper.py")', '#read("/../values.py")', '#include "/etc/hosts"']
)
def test_even_a_template_can_read_only_templates(source: str):
    with pytest.raises(
        typst.TypstError, match=r"file not found \(searched at .*/documents/templates/etc/|would escape the project root"
    ):
        compiler(TEMPLATES).compile(input=source.encode(), format="pdf")


def test_the_templates_folder_holds_templates_only():
    assert {path.suffix for path in TEMPLATES.iterdir()} == {".typ"}


def test_templates_never_evaluate_or_read():
    for template in TEMPLATES.glob("*.typ"):
        source = template.read_text()
        assert not re.search(r"\b(eval|read|plugin|csv|yaml|toml|xml|cbor|image)\s*\(", source)
        assert set(re.findall(r"(?:import|include)\s+(\S+)", source)) <= {'"paper.typ":', '"goods.typ":'}, (
            "a package would be fetched from the network"
        )


def test_the_same_terms_give_the_same_bytes():
    assert render("contract", make_terms(), "en") == render("contract", make_terms(), "en")


def test_threads_share_one_compiler_without_mixing_papers():
    made: dict[int, str] = {}

    def make(number: int) -> None:
        made[number] = text_of(render("contract", make_terms(order_number=f"EF-{number}"), "en"))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number for number, text in made.items() if f"EF-{number}" in text} == set(range(8))


def test_empty_parts_leave_no_empty_headings():
    bare = ContractTerms(
        order_number="EF-1", created_on=date(2026, 3, 4), seller=Party(names=("A",)), buyer=Party(names=("B",)),
        lines=make_lines(1), totals=(("Total", "USD 1,002.00"),), terms_hash=HASH,
    )  # fmt: skip
    text = squeezed(text_of(render("contract", bare, "en")))
    for heading in ("Paymentstages", "Remarks", "Paymentinstructions", "Rulesagreed", "Tradeterm", "Shipby", "Signedon"):
        assert heading not in text


def test_no_paper_warns_about_fonts_or_layout():
    for kind in ("contract", "proforma"):
        _, warnings = compiler(TEMPLATES).compile_with_warnings(
            input=TEMPLATES / f"{kind}.typ", sys_inputs={"document": as_json(make_terms(), "zh-hant", "en")}, format="pdf"
        )
        assert [warning.message for warning in warnings] == []


def test_an_unknown_kind_or_language_is_refused():
    with pytest.raises(ValueError, match="no kind of paper"):
        render("../contract", make_terms(), "en")
    with pytest.raises(ValueError, match="no language"):
        render("contract", make_terms(), "xx")
    with pytest.raises(ValueError, match="no language"):
        render("contract", make_terms(), "en", second_language="xx")


def test_a_signature_without_a_time_zone_is_refused():
    naive = Signature("seller", "Lin Meiling", datetime(2026, 3, 5, 2, 14))
    with pytest.raises(ValueError, match="time zone"):
        render("contract", make_terms(signatures=(naive,)), "en")


def test_every_printed_word_is_used_by_a_template():
    source = "".join(template.read_text() for template in TEMPLATES.glob("*.typ"))
    for key in WORDS:
        assert f'"{key}"' in source or f"words.{key}" in source, key
