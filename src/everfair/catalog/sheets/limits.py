"""How much of a file we read (reliability targets B6, B9, B43, B49–B54). Sizes in bytes unless the name says otherwise."""

from decimal import Decimal

ROWS = 100_000
COLUMNS = 200
CONTENT_BYTES = 200 * 1024 * 1024
# A compressed file that grows more than this is a bomb; small ones are harmless whatever their ratio.
GROWTH = 100
GROWTH_FLOOR_BYTES = 1024 * 1024
ZIP_ENTRIES = 1_000
# One record; beyond it a quote was opened and never closed.
RECORD_CHARACTERS = 8 * 1024 * 1024
CELL_CHARACTERS = 100_000
HEADER_CHARACTERS = 200
JSON_DEPTH = 20

SKU_CHARACTERS = 100
VARIANT_GROUP_CHARACTERS = 100
TITLE_CHARACTERS = 300
DESCRIPTION_CHARACTERS = 20_000
BULLETS = 30
BULLET_CHARACTERS = 1_000
# What every bullet together may fill, so that an export fits one spreadsheet cell (32,767 characters).
BULLETS_CHARACTERS = 30_000
BRAND_CHARACTERS = 200
CATEGORY_DEPTH = 10
CATEGORY_CHARACTERS = 200
ATTRIBUTES = 40
ATTRIBUTE_NAME_CHARACTERS = 100
ATTRIBUTE_CHARACTERS = 500
PICTURES = 20
PICTURE_CHARACTERS = 1_000
TIERS = 20
PRICE = Decimal(10) ** 9
PRICE_DECIMALS = 6
QUANTITY = Decimal(10) ** 9
QUANTITY_DECIMALS = 4
LEAD_TIME_DAYS = 730
# Marks that Unicode stacks on one letter; living languages need three or four.
STACKED_MARKS = 8
# Longest price ladder, category path or list of lead times as one text; their patterns may look twice at every character.
LIST_CHARACTERS = 2_500
# What Excel itself can hold, and parts beyond which a workbook is built to exhaust memory.
WORKSHEET_ROWS = 1_048_576
SHARED_TEXTS = 4_000_000
XML_CHILDREN = 100_000
