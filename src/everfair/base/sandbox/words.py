"""The words of every sandbox in three languages. They have a table of their own because a sandbox knows nothing of Everfair's
catalogues: it is another firm's page."""

LANGUAGES = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}
Words = dict[str, tuple[str, str, str]]


def language_of(tag: str) -> str:
    """Our language for any language tag; Hong Kong, Macau and Taiwan read traditional characters."""
    parts = tag.lower().replace("_", "-").split("-")
    if parts[0] != "zh":
        return "en"
    return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(parts) else "zh-Hans"


def in_language(words: Words, language: str) -> dict[str, str]:
    """Every word of the pages in one language."""
    column = list(LANGUAGES).index(language)
    return {name: row[column] for name, row in (COMMON | words).items()}


# fmt: off
COMMON: Words = {
    "language":           ("Language", "語言", "语言"),
    "reference":          ("Reference", "參考編號", "参考编号"),
    "refused_title":      ("That did not work", "無法完成", "无法完成"),
    "missing_title":      ("There is no such page", "找不到此頁面", "找不到此页面"),
    "closed_title":       ("The console is closed from here", "無法從此處開啟主控台", "无法从此处打开控制台"),
    "closed_text":        ("Open it on the machine itself, or with the console token.", "請在本機開啟，或使用主控台權杖。", "请在本机打开，或使用控制台令牌。"),
    "foreign_text":       ("The form came from another site.", "表單來自其他網站。", "表单来自其他网站。"),
    "console":            ("Console", "主控台", "控制台"),
    "faults":             ("Faults", "模擬故障", "模拟故障"),
    "fault":              ("Fault", "故障", "故障"),
    "value":              ("Value", "數值", "数值"),
    "count":              ("How many times", "次數", "次数"),
    "count_why":          ("Empty: until removed.", "留空：直到移除為止。", "留空：直到移除为止。"),
    "percent":            ("Probability, %", "機率（%）", "概率（%）"),
    "reference_why":      ("Only for this reference; empty: for all.", "僅限此編號；留空：全部。", "仅限此编号；留空：全部。"),
    "add":                ("Switch on", "開啟", "开启"),
    "remove":             ("Switch off", "關閉", "关闭"),
    "left":               ("Left", "剩餘", "剩余"),
    "fired":              ("Fired", "已觸發", "已触发"),
    "unlimited":          ("unlimited", "不限", "不限"),
    "none_yet":           ("Nothing yet.", "尚無紀錄。", "暂无记录。"),
    "no_faults":          ("No fault is on: everything works.", "未開啟任何故障：一切正常。", "未开启任何故障：一切正常。"),
    "deliveries":         ("Webhook deliveries", "事件通知", "事件通知"),
    "event":              ("Event", "事件", "事件"),
    "state":              ("State", "狀態", "状态"),
    "attempts":           ("Attempts", "嘗試次數", "尝试次数"),
    "answer":             ("Last answer", "最近回應", "最近响应"),
    "next":               ("Due", "預定時間", "预定时间"),
    "created":            ("Created", "建立時間", "创建时间"),
    "replay":             ("Send again", "重新傳送", "重新发送"),
    "action":             ("Action", "操作", "操作"),
    "all":                ("all", "全部", "全部"),
    "state_pending":      ("pending", "處理中", "处理中"),
    "state_delivered":    ("delivered", "已送達", "已送达"),
    "state_dropped":      ("dropped", "已丟棄", "已丢弃"),
    "state_gave_up":      ("gave up", "已放棄", "已放弃"),
    "fault_slow":                   ("answers slowly (seconds)", "回應緩慢（秒）", "响应缓慢（秒）"),
    "fault_rate_limit_429":         ("says too many requests (retry after, seconds)", "回應請求過多（重試秒數）", "响应请求过多（重试秒数）"),
    "fault_error_5xx":              ("fails before the work (status)", "處理前出錯（狀態碼）", "处理前出错（状态码）"),
    "fault_timeout_after_commit":   ("does the work, never answers (seconds)", "完成處理但不回應（秒）", "完成处理但不响应（秒）"),
    "fault_error_5xx_after_commit": ("does the work, answers an error (status)", "完成處理但回應錯誤（狀態碼）", "完成处理但响应错误（状态码）"),
    "fault_drop_webhooks":          ("loses events", "遺失事件", "丢失事件"),
    "fault_delay_webhooks":         ("delays events (seconds)", "延遲事件（秒）", "延迟事件（秒）"),
    "fault_duplicate_webhooks":     ("repeats events (copies)", "重複事件（份數）", "重复事件（份数）"),
    "fault_shuffle_webhooks":       ("shuffles events (seconds collected)", "打亂事件順序（收集秒數）", "打乱事件顺序（收集秒数）"),
    "fault_forged_signature":       ("signs with a foreign secret", "使用錯誤密鑰簽名", "使用错误密钥签名"),
    "fault_clock_offset":           ("has a wrong clock (seconds)", "時鐘不準（秒）", "时钟不准（秒）"),
}
# fmt: on
