"""Where the invented companies sit, how many there are in each place, and how they come by their names."""

from __future__ import annotations

from typing import NamedTuple

from everfair.site.demo.kinds import Words


class Cluster(NamedTuple):
    """`suppliers` is how many the base world has here beside the one that is written by hand."""

    code: str
    suppliers: int
    country: str
    city: Words
    region: str
    district: str  # the six digits with which Chinese registration numbers name the place; empty elsewhere
    postcode: str
    language: str
    timezone: str
    streets: tuple[str, ...]
    trade: Words
    form: Words


class Town(NamedTuple):
    """Where buyers are: the name of a buyer is one of `names` in the pattern of the country."""

    code: str
    country: str
    city: Words
    region: str
    postcode: str
    timezone: str
    street: str
    pattern: str
    people: str
    phone: str = ""


_CO = Words("Co., Ltd.", "有限公司", "有限公司")
_CN = ("zh-hans", "Asia/Shanghai")
# fmt: off
CLUSTERS = (
    Cluster("yiwu", 14, "CN", Words("Yiwu", "義烏", "义乌"), "Zhejiang", "330782", "322000", *_CN, ("Futian Road", "Chouzhou North Road", "Airport Road"), Words("Small Goods", "小商品", "小商品"), _CO),
    Cluster("wenzhou", 12, "CN", Words("Wenzhou", "溫州", "温州"), "Zhejiang", "330300", "325000", *_CN, ("Shoe Capital Avenue", "Shuangyu Street", "Louqiao Road"), Words("Footwear", "鞋業", "鞋业"), _CO),
    Cluster("taizhou", 8, "CN", Words("Taizhou Huangyan", "台州黃岩", "台州黄岩"), "Zhejiang", "331003", "318020", *_CN, ("Mould Town Road", "Xinqian Avenue"), Words("Mould & Plastics", "模塑", "模塑"), _CO),
    Cluster("shaoxing", 12, "CN", Words("Shaoxing Keqiao", "紹興柯橋", "绍兴柯桥"), "Zhejiang", "330621", "312030", *_CN, ("China Textile City", "Jinkeqiao Avenue", "Yuezhou Road"), Words("Textile", "紡織", "纺织"), _CO),
    Cluster("yongkang", 12, "CN", Words("Yongkang", "永康", "永康"), "Zhejiang", "330784", "321300", *_CN, ("Hardware City East", "Jiuding Road", "Changcheng West Road"), Words("Hardware & Housewares", "五金家居", "五金家居"), _CO),
    Cluster("zhongshan", 8, "CN", Words("Zhongshan Guzhen", "中山古鎮", "中山古镇"), "Guangdong", "442000", "528421", *_CN, ("Lamp Capital Plaza", "Xingguang East Road"), Words("Lighting", "照明", "照明"), _CO),
    Cluster("cixi", 6, "CN", Words("Cixi", "慈溪", "慈溪"), "Zhejiang", "330282", "315300", *_CN, ("North Third Ring", "Zhouxiang Road"), Words("Appliances", "電器", "电器"), _CO),
    Cluster("foshan", 6, "CN", Words("Foshan Lecong", "佛山樂從", "佛山乐从"), "Guangdong", "440606", "528315", *_CN, ("Lecong Avenue", "Hebin South Road"), Words("Furniture", "家具", "家具"), _CO),
    Cluster("taichung", 4, "TW", Words("Taichung", "台中", "台中"), "", "", "40768", "zh-hant", "Asia/Taipei", ("Gongyequ 5th Rd.", "Jingke Rd."), Words("Precision Machinery", "精密機械", "精密机械"), Words("Co., Ltd.", "股份有限公司", "股份有限公司")),
    Cluster("tiruppur", 4, "IN", Words("Tiruppur", "蒂魯普", "蒂鲁普"), "Tamil Nadu", "", "641602", "en", "Asia/Kolkata", ("Avinashi Road", "Kangeyam Road"), Words("Knitwear", "針織", "针织"), Words("Pvt. Ltd.", "私人有限公司", "私人有限公司")),
    Cluster("quanzhou", 6, "CN", Words("Quanzhou", "泉州", "泉州"), "Fujian", "350504", "362011", *_CN, ("Shuangyang Street", "Jiangnan Avenue"), Words("Bags & Outdoor", "箱包戶外", "箱包户外"), _CO),
    Cluster("jingdezhen", 4, "CN", Words("Jingdezhen", "景德鎮", "景德镇"), "Jiangxi", "360200", "333000", *_CN, ("Taoxichuan", "Sanbao Road"), Words("Porcelain", "陶瓷", "陶瓷"), _CO),
)
# Two syllables make a shop sign. They are common words of good luck: no firm is meant.
_FIRST = ("Qing=清=清 Yun=雲=云 Lan=嵐=岚 Song=松=松 He=禾=禾 Xi=溪=溪 Bo=柏=柏 Chen=晨=晨 Lu=鷺=鹭 Jing=鯨=鲸 Mo=墨=墨 Tang=棠=棠 Su=素=素 Yan=雁=雁 "
          "Ping=蘋=苹 Zhu=竹=竹 Lin=霖=霖 Feng=楓=枫 Xue=雪=雪 Tao=濤=涛 Yue=月=月 Nan=楠=楠 Ju=橘=橘 Wei=葦=苇 Shan=杉=杉 Bai=白=白 Lian=蓮=莲 Hua=樺=桦")
_SECOND = ("wan=灣=湾 qiao=橋=桥 yuan=原=原 ting=亭=亭 feng=峰=峰 dun=墩=墩 ge=閣=阁 ling=嶺=岭 tan=潭=潭 xiang=巷=巷 chuan=川=川 ye=野=野 "
           "zhou=舟=舟 fan=帆=帆 deng=燈=灯 shi=石=石 pu=圃=圃 men=門=门 po=坡=坡 quan=泉=泉 fang=坊=坊 hai=海=海 lou=樓=楼 tai=台=台")
_INDIAN = ("Vaigai=維蓋=维盖 Palar=帕拉爾=帕拉尔 Amaravathi=阿瑪拉瓦蒂=阿玛拉瓦蒂 Kurinji=庫林吉=库林吉 Mullai=穆萊=穆莱 Marutham=馬魯坦=马鲁坦 "
           "Neithal=奈塔爾=奈塔尔 Thamarai=塔瑪萊=塔玛莱 Pavalam=帕瓦拉姆=帕瓦拉姆 Semmozhi=塞莫齊=塞莫齐 Nilavu=尼拉武=尼拉武 Kayal=卡亞爾=卡亚尔")
_BUYING = ("Aster=雅思德=雅思德 Brisa=布莉莎=布莉莎 Calma=卡爾瑪=卡尔玛 Delta Blue=德塔藍=德塔蓝 Estela=艾絲黛=艾丝黛 Faro=法羅=法罗 Garza=嘉薩=嘉萨 "
           "Heron=海倫鷺=海伦鹭 Ibis=伊比斯=伊比斯 Juniper=杜松=杜松 Kestrel=紅隼=红隼 Lumen=流明=流明 Marula=馬魯拉=马鲁拉 Nimbus=雲雨=云雨 "
           "Oriole=黃鸝=黄鹂 Plover=鴴鳥=鸻鸟 Quayside=碼頭邊=码头边 Rowan=花楸=花楸 Saffron=番紅=番红 Tamarind=羅望子=罗望子 Umber=赭石=赭石 "
           "Verano=夏日=夏日 Willow=垂柳=垂柳 Yarrow=蓍草=蓍草 Zephyr=西風=西风")
TOWNS = (
    Town("valparaiso", "CL", Words("Valparaíso", "瓦爾帕萊索", "瓦尔帕莱索"), "VS", "2340000", "America/Santiago", "Av. Errázuriz", "Importadora {} Ltda.", "Camila Soto=Diego Fuentes=Antonia Vera"),
    Town("mombasa", "KE", Words("Mombasa", "蒙巴薩", "蒙巴萨"), "", "80100", "Africa/Nairobi", "Moi Avenue", "{} Wholesalers Ltd.", "Amina Salim=Peter Otieno=Grace Wanjiru"),
    Town("lagos", "NG", Words("Lagos", "拉各斯", "拉各斯"), "", "101241", "Africa/Lagos", "Broad Street", "{} Commodities Ltd.", "Chidi Okafor=Ngozi Bello=Tunde Adeyemi"),
    Town("lima", "PE", Words("Lima", "利馬", "利马"), "", "15001", "America/Lima", "Jr. de la Unión", "Comercial {} S.A.C.", "Lucía Quispe=Jorge Paredes=Rosa Huamán"),
    Town("rotterdam", "NL", Words("Rotterdam", "鹿特丹", "鹿特丹"), "", "3011 AA", "Europe/Amsterdam", "Boompjes", "{} Handel B.V.", "Sanne de Wit=Bram Visser=Lotte Bakker"),
    Town("lyon", "FR", Words("Lyon", "里昂", "里昂"), "", "69002", "Europe/Paris", "Quai Perrache", "{} Négoce SARL", "Claire Moulin=Hugo Perrin=Inès Garnier"),
    Town("warsaw", "PL", Words("Warsaw", "華沙", "华沙"), "", "00-001", "Europe/Warsaw", "ul. Targowa", "{} Hurt Sp. z o.o.", "Zofia Nowicka=Piotr Zając=Ewa Malec"),
    Town("istanbul", "TR", Words("Istanbul", "伊斯坦堡", "伊斯坦布尔"), "", "34110", "Europe/Istanbul", "Mahmutpaşa Yokuşu", "{} Dış Ticaret A.Ş.", "Elif Aydın=Kerem Şahin=Derya Koç"),
    Town("manchester", "GB", Words("Manchester", "曼徹斯特", "曼彻斯特"), "", "M1 1AD", "Europe/London", "Ducie Street", "{} Trading Ltd", "Hannah Clarke=Imran Shah=Owen Price", "+4416149600"),
    Town("houston", "US", Words("Houston", "休士頓", "休斯敦"), "TX", "77002", "America/Chicago", "Commerce Street", "{} Supply LLC", "Maria Delgado=Tyler Brooks=Joan Whitfield", "+171355501"),
    Town("manila", "PH", Words("Manila", "馬尼拉", "马尼拉"), "", "1006", "Asia/Manila", "Juan Luna Street", "{} Merchandising Inc.", "Jasmine Reyes=Carlo Santos=Liza Mendoza"),
    Town("jakarta", "ID", Words("Jakarta", "雅加達", "雅加达"), "", "11230", "Asia/Jakarta", "Jl. Mangga Dua Raya", "PT {} Niaga", "Dewi Lestari=Budi Hartono=Sari Wulandari"),
    Town("karachi", "PK", Words("Karachi", "喀拉蚩", "卡拉奇"), "", "74000", "Asia/Karachi", "I. I. Chundrigar Road", "{} Enterprises (Pvt) Ltd", "Sana Qureshi=Bilal Ahmed=Farah Siddiqui"),
    Town("kaohsiung", "TW", Words("Kaohsiung", "高雄", "高雄"), "", "80144", "Asia/Taipei", "Wufu 3rd Rd.", "{} Trading Co., Ltd.", "Chen Yi-chun=Lee Po-han=Kuo Shu-fen"),
    Town("almaty", "KZ", Words("Almaty", "阿拉木圖", "阿拉木图"), "", "050000", "Asia/Almaty", "Zhibek Zholy Avenue", "{} Import LLP", "Aigerim Sadykova=Timur Akhmetov=Dana Yerlan"),
    Town("accra", "GH", Words("Accra", "阿克拉", "阿克拉"), "", "GA-184", "Africa/Accra", "High Street", "{} Ventures Ltd.", "Akosua Mensah=Kofi Boateng=Efua Owusu"),
    Town("guadalajara", "MX", Words("Guadalajara", "瓜達拉哈拉", "瓜达拉哈拉"), "JAL", "44100", "America/Mexico_City", "Calz. Independencia", "Distribuidora {} S.A. de C.V.", "Fernanda Ríos=Luis Navarro=Elena Campos"),
)
# fmt: on
SURNAMES = "Chen=陳 Lin=林 Huang=黃 Zhang=張 Li=李 Wang=王 Wu=吳 Liu=劉 Cai=蔡 Yang=楊 Xu=許 Zheng=鄭 Xie=謝 Guo=郭 Hong=洪 Qiu=邱".split()  # noqa: SIM905  easier to read than sixteen quoted words
GIVEN = "Meifang Jianping Xiulan Weiqiang Lijuan Haibo Yuhua Guoliang Shufen Zhiming Aiqin Dongsheng Peiyun Wenbin Qiaoling Rongfu".split()  # noqa: SIM905
INDIAN_PEOPLE = ("Lakshmi Raman", "Suresh Kumaran", "Anitha Selvam", "Prakash Mani", "Divya Natarajan", "Arun Velu")


def sign(cluster: str, n: int) -> Words:
    """The n-th shop sign of a cluster; a sign stands once in each, and comes again with a number when all are used."""
    if cluster == "tiruppur":
        words = [Words(*word.split("=")) for word in _INDIAN.split()]
        turn, at = divmod(n, len(words))
        found = words[at]
    else:
        first = [Words(*word.split("=")) for word in _FIRST.split()]
        second = [Words(*word.split("=")) for word in _SECOND.split()]
        turn, at = divmod(n, len(first) * len(second))
        # A step without a common divisor goes through all pairs, and far from one another.
        at = (at * 275 + sum(map(ord, cluster)) * 11) % (len(first) * len(second))
        one, two = first[at % len(first)], second[at // len(first)]
        found = Words(one.en + two.en, one.hant + two.hant, one.hans + two.hans)
    return found if not turn else Words(f"{found.en} No. {turn + 1}", f"{found.hant}第{turn + 1}", f"{found.hans}第{turn + 1}")


def buying_sign(n: int) -> Words:
    words = [Words(*word.split("=")) for word in _split_words(_BUYING)]
    # Signs and towns have no common divisor: together they name this many buyers before a number is needed.
    turn = n // (len(words) * len(TOWNS))
    found = words[n % len(words)]
    return found if not turn else Words(f"{found.en} {turn + 1}", f"{found.hant}{turn + 1}", f"{found.hans}{turn + 1}")


def _split_words(text: str) -> list[str]:
    """Signs of buyers may have two words: «Delta Blue=德塔藍=德塔蓝»."""
    found: list[str] = []
    for part in text.split():
        if found and found[-1].count("=") < 2:
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found
