"""The twenty companies written by hand, who play the leading parts: twelve suppliers, eight buyers. The others follow in `plan`."""

from __future__ import annotations

from typing import NamedTuple


class Firm(NamedTuple):
    """`body` is the registration number without its check character where the register has one."""

    code: str
    name: str
    hant: str
    hans: str
    country: str
    city: str
    region: str
    street: str
    postcode: str
    body: str
    kind: str
    founded: int
    staff: int
    about: str
    about_hant: str
    about_hans: str
    person: str
    language: str
    timezone: str
    sells: bool = True
    verified: str = ""
    cluster: str = ""
    phone: str = ""
    website: str = ""


# fmt: off
SUPPLIERS = (
    Firm("yiwu", "Yiwu Sunny Small Goods Co., Ltd.", "義烏市晴朗小商品有限公司", "义乌市晴朗小商品有限公司", "CN", "Yiwu", "Zhejiang", "188 Futian Road", "322000",
         "91330782MA2DEM01A", "trader", 2006, 45, "Party goods, gifts and household small wares from District 2 of the Futian market.",
         "福田市場二區的派對用品、禮品與家居小百貨。", "福田市场二区的派对用品、礼品与家居小百货。", "Chen Xiaoyan", "zh-hans", "Asia/Shanghai",
         verified="Licence seen, stall visited; 12 of 12 goods on the shelf."),
    Firm("wenzhou", "Wenzhou Oujiang Footwear Co., Ltd.", "溫州甌江鞋業有限公司", "温州瓯江鞋业有限公司", "CN", "Wenzhou", "Zhejiang", "66 Shoe Capital Avenue", "325000",
         "91330300MA2DEM02B", "factory", 1998, 320, "Men's and safety shoes, two cementing lines and one injection line, 6,000 pairs a day.",
         "男鞋與安全鞋，兩條冷粘線、一條注塑線，日產六千雙。", "男鞋与安全鞋，两条冷粘线、一条注塑线，日产六千双。", "Lin Jianguo", "zh-hans", "Asia/Shanghai",
         verified="Licence, ISO 9001 certificate and factory gate photographed."),
    Firm("taizhou", "Taizhou Huangyan Precision Mould Factory", "台州黃岩精密模具廠", "台州黄岩精密模具厂", "CN", "Taizhou", "Zhejiang", "9 Mould Town Road", "318020",
         "91331003MA2DEM03C", "factory", 2003, 110, "Injection moulds up to 800 t, first trial in 35 days, texture and hot runner in house.",
         "八百噸以下注塑模具，三十五天首次試模，皮紋與熱流道自製。", "八百吨以下注塑模具，三十五天首次试模，皮纹与热流道自制。", "Zhang Weimin", "zh-hans", "Asia/Shanghai",
         verified="Licence and machine list seen; two reference customers called."),
    Firm("shaoxing", "Shaoxing Keqiao Jinghu Textile Co., Ltd.", "紹興柯橋鏡湖紡織有限公司", "绍兴柯桥镜湖纺织有限公司", "CN", "Shaoxing", "Zhejiang", "Building 5, China Textile City", "312030",
         "91330621MA2DEM04D", "factory", 2001, 180, "Woven and knitted fabric by the metre, own dyeing, lab dips in five days.",
         "梭織與針織面料，自有染廠，五天打樣。", "梭织与针织面料，自有染厂，五天打样。", "Xu Lihua", "zh-hans", "Asia/Shanghai"),
    Firm("yongkang", "Yongkang Wujin Hardware Co., Ltd.", "永康五金製品有限公司", "永康五金制品有限公司", "CN", "Yongkang", "Zhejiang", "21 Hardware City East", "321300",
         "91330784MA2DEM05E", "factory", 1995, 260, "Vacuum bottles, cookware and hand tools of stainless steel.",
         "不鏽鋼保溫杯、炊具與手工具。", "不锈钢保温杯、炊具与手工具。", "Hu Dehai", "zh-hans", "Asia/Shanghai",
         verified="Licence, export record of 36 months and LFGB report seen."),
    Firm("zhongshan", "Zhongshan Guzhen Brightline Lighting Co., Ltd.", "中山古鎮亮線燈飾有限公司", "中山古镇亮线灯饰有限公司", "CN", "Zhongshan", "Guangdong", "Lamp Capital Plaza B12", "528421",
         "91442000MA2DEM06F", "factory", 2009, 95, "LED panels, strips and solar garden lights with CE and RoHS.",
         "LED 面板燈、燈帶與太陽能庭院燈，具 CE 與 RoHS。", "LED 面板灯、灯带与太阳能庭院灯，具 CE 与 RoHS。", "Liang Meiyu", "zh-hans", "Asia/Shanghai"),
    Firm("cixi", "Cixi Haitong Home Appliance Co., Ltd.", "慈溪海通家電有限公司", "慈溪海通家电有限公司", "CN", "Cixi", "Zhejiang", "300 North Third Ring", "315300",
         "91330282MA2DEM07G", "factory", 2007, 210, "Kettles, juicers and fans for export brands.",
         "電熱水壺、榨汁機與風扇，為出口品牌代工。", "电热水壶、榨汁机与风扇，为出口品牌代工。", "Yu Shengli", "zh-hans", "Asia/Shanghai"),
    Firm("foshan", "Foshan Lecong Home Furniture Co., Ltd.", "佛山樂從家居有限公司", "佛山乐从家居有限公司", "CN", "Foshan", "Guangdong", "Lecong Avenue 120", "528315",
         "91440606MA2DEM08H", "factory", 2004, 150, "Chairs, tables and shelving, flat-packed for containers.",
         "椅、桌與層架，平板包裝裝櫃。", "椅、桌与层架，平板包装装柜。", "Ou Jiaming", "zh-hans", "Asia/Shanghai"),
    Firm("taichung", "Taichung Dakeng Machinery Co., Ltd.", "台中大坑機械股份有限公司", "台中大坑机械股份有限公司", "TW", "Taichung", "", "12 Gongyequ 5th Rd., Xitun Dist.", "40768",
         "DEMO-TW-12", "factory", 1989, 85, "Vises, collets and cutting tools for machine shops.",
         "工具機用虎鉗、筒夾與切削刀具。", "机床用虎钳、筒夹与切削刀具。", "Tsai Mei-ling", "zh-hant", "Asia/Taipei",
         verified="Company registry extract and works visit, March."),
    Firm("tiruppur", "Tiruppur Noyyal Knitwear Pvt. Ltd.", "蒂魯普諾亞爾針織私人有限公司", "蒂鲁普诺亚尔针织私人有限公司", "IN", "Tiruppur", "Tamil Nadu", "44 Avinashi Road", "641602",
         "DEMO-IN-33", "factory", 2000, 400, "Cotton T-shirts and babywear, GOTS yarn, 30,000 pieces a day.",
         "純棉 T 恤與嬰兒服，GOTS 紗線，日產三萬件。", "纯棉 T 恤与婴儿服，GOTS 纱线，日产三万件。", "Meena Krishnan", "en", "Asia/Kolkata"),
    Firm("quanzhou", "Quanzhou Luojiang Bags Co., Ltd.", "泉州洛江箱包有限公司", "泉州洛江箱包有限公司", "CN", "Quanzhou", "Fujian", "8 Shuangyang Street", "362011",
         "91350504MA2DEM0AK", "factory", 2011, 130, "Backpacks and cooler bags of recycled polyester.",
         "再生滌綸背包與保冷袋。", "再生涤纶背包与保冷袋。", "Zheng Aihua", "zh-hans", "Asia/Shanghai"),
    Firm("jingdezhen", "Jingdezhen Chang River Porcelain Studio", "景德鎮昌江瓷坊", "景德镇昌江瓷坊", "CN", "Jingdezhen", "Jiangxi", "Taoxichuan 17", "333000",
         "91360200MA2DEM0BL", "factory", 2013, 28, "Porcelain cups, plates and tea sets, small batches, own glazes.",
         "瓷杯、瓷盤與茶具，小批量，自家釉料。", "瓷杯、瓷盘与茶具，小批量，自家釉料。", "Rao Qinglan", "zh-hans", "Asia/Shanghai"),
)
BUYERS = (
    Firm("santiago", "Importadora Los Andes SpA", "洛斯安第斯進口公司", "洛斯安第斯进口公司", "CL", "Santiago", "RM", "Av. Matta 1120", "8320000",
         "DEMO-CL-76", "trader", 2010, 22, "Household goods for 140 shops in Chile.", "供應智利一百四十家店鋪的家居用品。", "供应智利一百四十家店铺的家居用品。", "Valentina Rojas", "en", "America/Santiago", sells=False),
    Firm("nairobi", "Kilimani Traders Ltd.", "基利馬尼貿易有限公司", "基利马尼贸易有限公司", "KE", "Nairobi", "", "Kirichwa Road 14", "00100",
         "DEMO-KE-21", "trader", 2015, 9, "Wholesale of shoes and bags in East Africa.", "東非鞋包批發。", "东非鞋包批发。", "James Mwangi", "en", "Africa/Nairobi", sells=False),
    Firm("hamburg", "Hansekontor Warenhandel GmbH", "漢薩商行有限公司", "汉萨商行有限公司", "DE", "Hamburg", "", "Speicherstadt 7", "20457",
         "DEMO-DE-44", "trader", 1987, 60, "Non-food buyer for supermarkets in northern Germany.", "德國北部超市的非食品採購商。", "德国北部超市的非食品采购商。", "Anke Petersen", "en", "Europe/Berlin", sells=False),
    Firm("sydney", "Coogee Outdoor Pty Ltd", "庫吉戶外用品公司", "库吉户外用品公司", "AU", "Sydney", "NSW", "220 Coogee Bay Rd", "2034",
         "DEMO-AU-51", "trader", 2012, 14, "Bottles, bags and camp furniture online.", "網售水壺、背包與露營家具。", "网售水壶、背包与露营家具。", "Liam O'Connor", "en", "Australia/Sydney", sells=False),
    Firm("hongkong", "Victoria Peak Trading Ltd.", "維港貿易有限公司", "维港贸易有限公司", "HK", "Hong Kong", "", "Unit 903, 88 Connaught Road West", "",
         "DEMO-HK-08", "trader", 1994, 18, "Sourcing office for department stores.", "百貨公司的採購辦事處。", "百货公司的采购办事处。", "Wong Ka-yan", "zh-hant", "Asia/Hong_Kong", sells=False),
    Firm("saopaulo", "Casa Bela Atacado Ltda.", "美家批發有限公司", "美家批发有限公司", "BR", "São Paulo", "SP", "Rua 25 de Março 830", "01021-000",
         "DEMO-BR-33", "trader", 2008, 35, "Cash-and-carry for home and kitchen.", "家居廚具現購自運批發。", "家居厨具现购自运批发。", "Beatriz Almeida", "en", "America/Sao_Paulo", sells=False),
    Firm("dubai", "Deira Gulf General Trading LLC", "德拉海灣貿易公司", "德拉海湾贸易公司", "AE", "Dubai", "", "Al Ras Street 5", "",
         "DEMO-AE-17", "trader", 2005, 27, "Re-export of lighting and hardware to the Gulf.", "燈具與五金轉口海灣地區。", "灯具与五金转口海湾地区。", "Omar Haddad", "en", "Asia/Dubai", sells=False),
    Firm("taipei", "Dadaocheng Select Co., Ltd.", "大稻埕選品有限公司", "大稻埕选品有限公司", "TW", "Taipei", "", "Sec. 1, Dihua St. 71", "10344",
         "DEMO-TW-71", "trader", 2018, 6, "Design shops in Taipei and Tainan.", "台北與台南的選物店。", "台北与台南的选物店。", "Huang Yu-ting", "zh-hant", "Asia/Taipei", sells=False),
)
# fmt: on
