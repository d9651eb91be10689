from django.db import migrations

# The grounds the house begins with, in its three languages; the operator adds and revises them.
GROUNDS = [
    ("not_delivered", {"en": "The goods were not delivered", "zh-hant": "貨物未送達", "zh-hans": "货物未送达"}, {"en": "There is no proof that the goods reached the buyer.", "zh-hant": "沒有證據顯示貨物已送達買方。", "zh-hans": "没有证据显示货物已送达买方。"}),
    ("delivered", {"en": "The goods were delivered as agreed", "zh-hant": "貨物已按約送達", "zh-hans": "货物已按约送达"}, {"en": "The carrier's proof shows delivery, and nothing shows a fault.", "zh-hant": "承運人的證明顯示已送達，且未見瑕疵。", "zh-hans": "承运人的证明显示已送达，且未见瑕疵。"}),
    ("late_delivery", {"en": "Delivered late", "zh-hant": "遲延交貨", "zh-hans": "迟延交货"}, {"en": "The goods came after the agreed day, and that did the buyer harm.", "zh-hant": "貨物遲於約定日期送達，使買方受損。", "zh-hans": "货物迟于约定日期送达，使买方受损。"}),
    ("short_quantity", {"en": "Fewer goods than ordered", "zh-hant": "數量短少", "zh-hans": "数量短少"}, {"en": "Count, packing list or weight show that goods were missing.", "zh-hant": "清點、裝箱單或重量顯示貨物短少。", "zh-hans": "清点、装箱单或重量显示货物短少。"}),
    ("not_as_described", {"en": "Not as described in the contract", "zh-hant": "與合約描述不符", "zh-hans": "与合同描述不符"}, {"en": "The goods differ from what both sides signed for.", "zh-hant": "貨物與雙方簽署的內容不符。", "zh-hans": "货物与双方签署的内容不符。"}),
    ("defective_goods", {"en": "Defective goods", "zh-hant": "貨物有瑕疵", "zh-hans": "货物有瑕疵"}, {"en": "The goods do not work or are damaged, and not by the buyer.", "zh-hant": "貨物無法使用或已損壞，且非買方所致。", "zh-hans": "货物无法使用或已损坏，且非买方所致。"}),
    ("counterfeit_goods", {"en": "Counterfeit goods", "zh-hant": "仿冒品", "zh-hans": "仿冒品"}, {"en": "The goods carry a mark that their maker had no right to.", "zh-hant": "貨物使用了製造者無權使用的標識。", "zh-hans": "货物使用了制造者无权使用的标识。"}),
    ("documents_missing", {"en": "Documents missing or wrong", "zh-hant": "單據缺失或錯誤", "zh-hans": "单据缺失或错误"}, {"en": "Papers that the contract or the Incoterm asks for were missing or wrong.", "zh-hant": "合約或貿易術語要求的單據缺失或有誤。", "zh-hans": "合同或贸易术语要求的单据缺失或有误。"}),
    ("not_proven", {"en": "The claim is not proven", "zh-hant": "申訴未獲證實", "zh-hans": "申诉未获证实"}, {"en": "What the buyer brought does not show what is claimed.", "zh-hant": "買方提交的材料不足以證明其主張。", "zh-hans": "买方提交的材料不足以证明其主张。"}),
    ("both_at_fault", {"en": "Both sides had a part in it", "zh-hant": "雙方均有責任", "zh-hans": "双方均有责任"}, {"en": "The loss came from what both sides did or left undone.", "zh-hant": "損失源於雙方的作為或不作為。", "zh-hans": "损失源于双方的作为或不作为。"}),
    ("own_use_damage", {"en": "Damage caused by the buyer", "zh-hant": "買方造成的損壞", "zh-hans": "买方造成的损坏"}, {"en": "The goods were right when they arrived; what is wrong came later.", "zh-hant": "貨物到達時無誤，問題發生於其後。", "zh-hans": "货物到达时无误，问题发生于其后。"}),
]


def begin(apps, schema_editor):
    ground = apps.get_model("disputes", "Ground")
    ground.objects.bulk_create(
        ground(code=code, version=1, titles=titles, texts=texts, by="system") for code, titles, texts in GROUNDS
    )


class Migration(migrations.Migration):
    dependencies = [("disputes", "0002_guards")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
