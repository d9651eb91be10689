"""The sandbox's words in three languages. It has its own table because it knows nothing of Everfair's catalogues."""

LANGUAGES = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}


def language_of(tag: str) -> str:
    """Our language for any language tag; Hong Kong, Macau and Taiwan read traditional characters."""
    parts = tag.lower().replace("_", "-").split("-")
    if parts[0] != "zh":
        return "en"
    return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(parts) else "zh-Hans"


def words(language: str) -> dict[str, str]:
    """Every word of the pages in one language."""
    column = list(LANGUAGES).index(language)
    return {name: row[column] for name, row in WORDS.items()}


# fmt: off
WORDS: dict[str, tuple[str, str, str]] = {
    "sandbox":            ("Payment sandbox", "付款沙盒", "支付沙盒"),
    "no_real_money":      ("Sandbox: no real money", "沙盒環境：不涉及真實款項", "沙盒环境：不涉及真实资金"),
    "skip":               ("Skip to the payment", "跳到付款內容", "跳到付款内容"),
    "language":           ("Language", "語言", "语言"),
    "pay_title":          ("Pay {merchant}", "付款給 {merchant}", "付款给 {merchant}"),
    "you_pay":            ("You pay", "應付金額", "应付金额"),
    "paid_to":            ("Paid to", "收款方", "收款方"),
    "paid_for":           ("For", "款項用途", "款项用途"),
    "reference":          ("Reference", "參考編號", "参考编号"),
    "choose":             ("Choose a test instrument", "請選擇測試付款方式", "请选择测试付款方式"),
    "choose_why":         ("Each one plays a different course of events.", "每種方式模擬一種不同的付款過程。", "每种方式模拟一种不同的付款过程。"),
    "pays":               ("Pays at once", "立即付款成功", "立即付款成功"),
    "pays_why":           ("The payment succeeds and is confirmed immediately.", "付款成功，並立即確認。", "付款成功，并立即确认。"),
    "declined":           ("Declined", "付款被拒", "付款被拒"),
    "declined_why":       ("The bank refuses. No money moves.", "銀行拒絕付款，款項不會移動。", "银行拒绝付款，资金不会移动。"),
    "late":               ("Pays, but the confirmation is late", "付款成功，但確認延遲", "付款成功，但确认延迟"),
    "late_why":           ("The payment succeeds; the confirmation arrives after {late_s} seconds.",
                           "付款成功；確認訊息於 {late_s} 秒後送達。", "付款成功；确认消息在 {late_s} 秒后送达。"),
    "twice":              ("Pays; the confirmation comes twice", "付款成功；確認重複兩次", "付款成功；确认重复两次"),
    "twice_why":          ("The same confirmation is sent two times. It must count once.",
                           "同一確認訊息會送出兩次，只應計算一次。", "同一确认消息会发送两次，只应计算一次。"),
    "back":               ("Go back without paying", "不付款，返回商家", "不付款，返回商家"),
    "back_paid":          ("Back to the merchant", "返回商家", "返回商家"),
    "captured_title":     ("This payment is made", "此筆付款已完成", "此笔付款已完成"),
    "captured_text":      ("It was paid once and will not be taken again.", "款項只收取一次，不會重複扣款。", "款项只收取一次，不会重复扣款。"),
    "failed_title":       ("This payment was declined", "此筆付款被拒絕", "此笔付款被拒绝"),
    "failed_text":        ("No money moved. Go back to the merchant to try again.", "款項未移動。請返回商家重試。", "资金未移动。请返回商家重试。"),
    "cancelled_title":    ("This payment was cancelled", "此筆付款已取消", "此笔付款已取消"),
    "cancelled_text":     ("The merchant withdrew it. No money moved.", "商家已撤回此筆付款，款項未移動。", "商家已撤回此笔付款，资金未移动。"),
    "refused_title":      ("That did not work", "無法完成", "无法完成"),
    "missing_title":      ("There is no such page", "找不到此頁面", "找不到此页面"),
    "missing_text":       ("Check the address, or go back to the merchant and start again.", "請檢查網址，或返回商家重新開始。", "请检查网址，或返回商家重新开始。"),
    "closed_title":       ("The console is closed from here", "無法從此處開啟主控台", "无法从此处打开控制台"),
    "closed_text":        ("Open it on the machine itself, or with the console token.", "請在本機開啟，或使用主控台權杖。", "请在本机打开，或使用控制台令牌。"),
    "foreign_text":       ("The form came from another site.", "表單來自其他網站。", "表单来自其他网站。"),
    "console":            ("Console", "主控台", "控制台"),
    "console_text":       ("What this provider holds, what it told the merchant, and the trouble it is told to make.",
                           "此通道持有的紀錄、已通知商家的事件，以及設定模擬的故障。", "此通道持有的记录、已通知商家的事件，以及设定模拟的故障。"),
    "faults":             ("Faults", "模擬故障", "模拟故障"),
    "fault":              ("Fault", "故障", "故障"),
    "value":              ("Value", "數值", "数值"),
    "value_why":          ("Seconds, status, copies or minor units; empty takes the default.", "秒數、狀態碼、份數或最小貨幣單位；留空即用預設值。", "秒数、状态码、份数或最小货币单位；留空即用默认值。"),
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
    "checkouts":          ("Checkouts", "收款單", "收款单"),
    "payouts":            ("Payouts", "提款", "提现"),
    "deliveries":         ("Webhook deliveries", "事件通知", "事件通知"),
    "event":              ("Event", "事件", "事件"),
    "amount":             ("Amount", "金額", "金额"),
    "state":              ("State", "狀態", "状态"),
    "attempts":           ("Attempts", "嘗試次數", "尝试次数"),
    "answer":             ("Last answer", "最近回應", "最近响应"),
    "next":               ("Due", "預定時間", "预定时间"),
    "created":            ("Created", "建立時間", "创建时间"),
    "open_page":          ("Page", "頁面", "页面"),
    "replay":             ("Send again", "重新傳送", "重新发送"),
    "action":             ("Action", "操作", "操作"),
    "all":                ("all", "全部", "全部"),
    "state_open":         ("open", "待付款", "待付款"),
    "state_captured":     ("captured", "已收款", "已收款"),
    "state_failed":       ("failed", "失敗", "失败"),
    "state_cancelled":    ("cancelled", "已取消", "已取消"),
    "state_pending":      ("pending", "處理中", "处理中"),
    "state_paid":         ("paid", "已付", "已付"),
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
    "fault_wrong_amount":           ("tells a wrong amount (minor units added)", "通知錯誤金額（加減最小單位）", "通知错误金额（加减最小单位）"),
    "fault_wrong_currency":         ("tells a wrong currency", "通知錯誤幣別", "通知错误币种"),
    "fault_wrong_recipient":        ("tells a wrong recipient", "通知錯誤收款方", "通知错误收款方"),
    "fault_forged_signature":       ("signs with a foreign secret", "使用錯誤密鑰簽名", "使用错误密钥签名"),
    "fault_payout_fails":           ("a payout fails at the bank", "提款遭銀行退回", "提现被银行退回"),
}
# fmt: on
