"""Tell a personal name from other short texts, and a heading that asks for one.

A name is a surname and one or two characters (three after nobody's surname but a double one), or a transliteration
with a middle dot. Many two-character words begin with a character that is a surname too (严重, 单位, 安全), so such
surnames count only with characters that people give their children.
"""

import csv
import re
from functools import cache
from pathlib import Path

import data_contracts
from pipelines.guard_texts import fold

# 百家姓 and what the census adds; those that begin ordinary words stand apart.
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹华魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌苗凤花俞袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬卞康伍余元卜顾孟黄穆萧尹姚邵湛汪祁毛禹狄臧伏戴宋茅庞熊屈祝董梁杜阮闵麻贾娄颜郭梅林刁钟徐"
    "邱骆高夏蔡田樊胡凌霍虞柯管卢莫裘缪丁邓郁杭洪诸石崔龚裴陆荣翁荀於惠甄封芮羿储靳汲邴糜段巫焦巴牧隗侯宓全班仰仲宫宁仇"
    "栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰"
    "郦雍却璩桑桂濮牛寿边扈燕冀郏浦尚农温庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东殴"
    "沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公万俟肖付闫代佟米岳涂"
    "覃齐涂苟年哈马任方严金江童季强路安常乐于时傅皮卞成项应包左车明计水平和单经房解宗宣贲邓木山谷官欧展邢干冒蓝覃冼缑"
)
_WORDY_SURNAMES = frozenset(
    "全年国文广东公越隆师简空相查后红权盖益终居步都满连容向古易慎能双党劳充农边任方严金江季强路安常乐于时成项应包左车明计水"
    "平和单经房解宗宣木山谷官展干冒利丰关万高石巴白印索班祖武景束司籍温康华花边申封储管甘池元黄龙昌卫章史费雷毛林田丁洪段"
    "焦牧景夏柏伍钱通尚习艾阴米付代马施何许沙荣宫游钟"
)
_DOUBLE_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "令狐",
        "拓跋",
        "百里",
        "东郭",
        "呼延",
        "归海",
        "羊舌",
        "微生",
        "梁丘",
        "左丘",
        "东门",
        "西门",
        "南门",
    ]
)
_GIVEN = frozenset(
    "一丁三乃义之乐也予五云亚亦人仁仆今介仕仙仲任伊伍伏伟传伦伯佑佐佳俊保信倩倪健偲儒元兆先光全兰兴兵冉冠冬冰冲凌凡凤凯利刚力功"
    "加劲勇勋勤化北千升午华卉卓南博卫卿厚双发友可史号司合吉同君启和哲喜嘉四回园国圆圣坚坤培堂增墨士壮声夏多大天太夫奇奎奕女好"
    "如妍妙妮姗姝姣娅娇娜娟娣娥娱娴婉婕婧婵婷媚媛嫣子孝学宁宇安宏宗定宜宝实宣家容宾富寒小少尔尚展山岗岚岩岭岳峥峰峻崇川州巧帅"
    "帆师希平年广庆康廷建开弘强当彤彦彩彪影征得德心志忠念怀思怡恒恩悦情惠愉意慈慧成才扬承技捷撷政敏文斌方旋旗旦旭旺昆昊昌明易昕"
    "星春昭昱显晋晓晔晖晗晚晟晨景晴晶智曙曦月朋朗望朝木本杉李杏来杨杭杰松枝林枫柏柔柯柱柳栋树桂桃桐桦梁梅梓梦森椿楠榕正武毅民水"
    "永汉江池沁沛河泉泓波泰泽洁洋洪洲津流浩海涛润涵淑清渊温湘源滢滨漫潇潮澄澜灵灿炎炜炯烁烈烨焕焱煜煦照熙燕爱爽牧特玉王玥玫玮玲珂"
    "珊珍珠球理琛琦琪琳琴琼瑄瑗瑜瑞瑶璇璐生田男登白百皓益盈盛盼真睿石祖祥祯禄福禾秀秋科秦秉程穆空立竹笑筠策箫米粤素紫红纯纲纳练绍"
    "经维绿缘羽翔翠翰耀聪胜胤能腾自舒舟良艳艺芊芝芬芮花芳芷芸苏苑若苗英范茂茗茜茵荃荔荣莉莎莲莹菁菊菡菲萌萍萱葵蒙蓉蓓蓝蔚蔷蕊蕾"
    "薇藜虎虹蝶融行衡裕西言训诗诚语诺谊谦豪贝贞贤贵赛超越路跃轩辉辰达远迪逸道邦郁采里重金鑫钊钢钦钧铁铃铎铭银铮锋锐锦锴锡镇镕长"
    "闯阔阳雁雄雅雨雪雯雷霆霖霜霞露青靖静非韬韵顺颂颖颜飘飞馨香骁骅骏高鹃鹏鹤鹰鹿麒麟黎齐龄龙仓伶俐傲六七八九十二万丰丹丽军建洪"
    "涌会化斐奋奔妹姑娃婴孟季巍巾幸彬恺恬慕昂晏朵柠栩棋樱欢欣歆毓沐泳浪淳添湛漪焰琰甜畅皎硕磊礼秦竣纪络芙苹菱蔓虞袁诣谨赫轶迅遥邵"
    "郎钰锟阁隆霏鸣鸿默黛伸侠侬俪倚公冶凝军刃劼勃勉卜古同品善国图圻城基塬夷奉妤姿宸寅寿尊岑崎崧帮幼庄廉彰徐微忆怜恪恭悠惟愚慎懿"
)
_TRANSLITERATION = frozenset(
    "阿艾爱安巴白拜班包贝比别波布达大代丹道德迪地丁东杜多恩尔法菲夫甫嘎尕甘格古孤哈海罕汗合赫胡霍基吉加佳江杰卡喀开康科克肯库拉来莱兰"
    "朗勒里丽力利林玲龙鲁路洛罗马买迈曼茂麦美米敏明木穆那娜乃尼努诺帕派皮普其奇齐恰切热仁日茹如肉萨赛桑沙山尚舍什斯司松苏孙索塔台太"
    "坦提铁图吐托瓦外万旺维温沃吾乌吴西希夏辛新雪亚牙叶耶依伊因尤于玉约再则扎泽孜祖尊佐江孜别克坎提汗古丽娜尔居马努尔江买提都合"
)
# Characters of offices, places, posts and forms: no name holds them.
_NOT_IN_NAMES = frozenset(
    "局院校市县区乡村部厅办会所站室处队组委党团委社店厂街巷楼层册份件项类级别度位员者们的了是否无有不未已将应须"
    "第年日时分秒个次期间前后上下左右外内表栏格列填写报送单据书函令证章印密级等共计数量比率额款账码机构企业府法检察监督"
    "查改整修换移交接收存取入出归还销毁处置审核批示签认完毕停止起止至及与或其它何种哪请见附注备说释例由原因况问题措施结果"
    "见议通知通告务工作责管运系统网软硬设备施工案度制规章标准围要求条款目标题内复核录录像摄制"
)
_OFFICE_ENDS = frozenset("镇路司科室号")
_NAMELESS_WORDS = frozenset(
    [
        "严重",
        "严格",
        "安全",
        "全面",
        "全部",
        "常规",
        "常务",
        "高级",
        "中级",
        "高中",
        "高校",
        "高新",
        "成功",
        "成立",
        "成熟",
        "应急",
        "应用",
        "明确",
        "明显",
        "明年",
        "水平",
        "水利",
        "平时",
        "平安",
        "平均",
        "平台",
        "和谐",
        "和平",
        "和田",
        "于田",
        "和静",
        "和硕",
        "单一",
        "金融",
        "金属",
        "石油",
        "石化",
        "文化",
        "文学",
        "文字",
        "文印",
        "经济",
        "经常",
        "经营",
        "宣传",
        "宗教",
        "解放",
        "解密",
        "万元",
        "方便",
        "方式",
        "任意",
        "党政",
        "党建",
        "包装",
        "包括",
        "左右",
        "国家",
        "国防",
        "国土",
        "公安",
        "公开",
        "公共",
        "公益",
        "广播",
        "广电",
        "东方",
        "年度",
        "年初",
        "年底",
        "相关",
        "权限",
        "步骤",
        "满意",
        "连续",
        "容易",
        "古城",
        "农业",
        "农林",
        "边防",
        "边境",
        "能源",
        "双河",
        "双向",
        "空白",
        "空缺",
        "红色",
        "白色",
        "黄色",
        "蓝色",
        "越界",
        "隆重",
        "师范",
        "师部",
        "简单",
        "简易",
        "查询",
        "查处",
        "终止",
        "居民",
        "都是",
        "充分",
        "路由",
        "强化",
        "强制",
        "季度",
        "乐观",
        "时限",
        "项目",
        "应当",
        "房产",
        "房屋",
        "左侧",
        "车辆",
        "车载",
        "木材",
        "山区",
        "谷物",
        "利用",
        "关闭",
        "丰富",
        "高昌",
        "石河子",
        "巴里坤",
        "白杨",
        "白杨市",
        "温宿",
        "温泉",
        "康复",
        "华东",
        "昌吉",
        "林业",
        "林草",
        "田间",
        "元旦",
        "毛利",
        "马上",
        "尚未",
        "尚可",
        "习惯",
        "代办",
        "代管",
        "付款",
        "沙雅",
        "沙湾",
        "乌苏",
        "伊宁",
        "霍城",
        "巩留",
        "农机",
        "牧业",
        "黄河",
        "宫颈",
        "钟表",
        "常态",
        "常见",
        "常年",
        "成果",
        "成本",
        "明细",
        "明文",
        "平级",
        "和好",
        "时常",
        "全市",
        "全县",
        "全区",
        "全年",
        "文明",
        "文件",
        "文旅",
        "文体",
        "金额",
        "金库",
        "高危",
        "高速",
        "安装",
        "安保",
        "安防",
        "任职",
        "任期",
        "方法",
        "方向",
        "计划",
        "计算",
        "包含",
        "单独",
        "单项",
        "关联",
        "关键",
        "东部",
        "华北",
        "华南",
        "江南",
        "江北",
        "江苏",
        "云南",
        "甘肃",
        "宁夏",
        "广东",
        "广西",
        "武器",
        "武装",
        "武警",
        "武汉",
        "向上",
        "向下",
        "正常",
        "较重",
        "索引",
        "班级",
        "师市",
        "通用",
        "印刷",
        "印制",
        "封存",
        "储存",
        "管理",
        "管控",
        "管辖",
        "段落",
        "景区",
        "束缚",
        "籍贯",
        "史料",
        "费用",
        "章程",
        "龙头",
        "花费",
        "申请",
        "申报",
        "池州",
        "符合",
        "相符",
        "幸福",
        "团结",
        "胜利",
        "光明",
        "卫生",
        "国安",
        "国保",
        "公告",
        "任免",
        "施行",
        "计生",
        "文秘",
        "纪要",
        "文书",
        "通信",
        "通讯",
        "石河",
        "温差",
        "时效",
        "时长",
        "方志",
        "单列",
        "全额",
        "全日",
        "常青",
        "安居",
        "安民",
    ]
)
_TITLES = re.compile(
    r"(?:同志|先生|女士|主任|局长|处长|科长|股长|部长|站长|所长|院长|校长|书记|主席|县长|市长|经理|老师|干事|科员|秘书|师傅|总)$"
)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_DOTTED_NAME = re.compile(r"[\u4e00-\u9fff]{1,12}(?:\s?[·•‧・．∙]\s?[\u4e00-\u9fff]{1,12}){1,4}")
_DOT = re.compile(r"\s?[·•‧・．∙]\s?")

_PERSON = (
    r"姓名|人名|名字|当事人|联系人|举报人|检举人|控告人|投诉人|代表人|联络[员人]|保密员|专管员|经办人?员?|承办人|经手人|(?:负责|责任|主管|分管|协管|直管)人员?|"
    r"填[报表写]人员?|制[表单]人员?|审[核批查签]人员?|批准人|签[发收批字]人员?|复[核查]人员?|检查人员|监[销督]人员?|接[收交]人员?|移交人|领用人|保管人员?|使用人员?|"
    r"申请人|知[悉情]人|涉[密案事]人员|违[规纪]人员|(?:被[^，。]{0,4}|报告|发现|报送|上报|牵头|代理|委托|受托|法定代表|法人|参[训会]|受训|离岗|脱密)人员?|法人代表"
)
_PERSON_HEADER = re.compile(rf"[^，。；]{{0,10}}(?:{_PERSON})(?![数次均均流才力口])[^，。；]{{0,6}}")
_LABELLED_NAME = re.compile(
    rf"(?:{_PERSON})(?:\([^()]{{0,8}}\))?\s?[:：]\s*([\u4e00-\u9fff·•‧・．∙]{{2,30}})(?![\u4e00-\u9fff])"
)


def is_name(text: str) -> bool:
    """Whether a whole text looks like one personal name, in Chinese or transliterated."""
    text = _bare(text)
    if _DOTTED_NAME.fullmatch(text):
        return _is_transliterated(text)
    return _is_han_name(text)


def is_sure_name(text: str) -> bool:
    """Whether a text looks like a personal name even with no heading to say so."""
    text = _bare(text)
    if _DOTTED_NAME.fullmatch(text):
        return _is_transliterated(text)
    given = text[2:] if text[:2] in _DOUBLE_SURNAMES else text[1:]
    return _is_han_name(text) and bool(given) and all(character in _GIVEN for character in given)


def _bare(text: str) -> str:
    text = fold(text).strip()
    if len(text) == 3 and text[1] == " ":
        text = text[0] + text[2]  # 张 三, as names are spread to the width of three
    return text


def _is_transliterated(text: str) -> bool:
    letters = _DOT.sub("", text)
    return sum(letter in _TRANSLITERATION for letter in letters) >= 0.7 * len(letters)


def _is_han_name(text: str) -> bool:
    if not _HAN_NAME.fullmatch(text) or text in _NAMELESS_WORDS or text in _place_names():
        return False
    is_double = text[:2] in _DOUBLE_SURNAMES and len(text) > 2
    surname, given = (text[:2], text[2:]) if is_double else (text[0], text[1:])
    if not is_double and surname not in _SURNAMES:
        return False
    if _TITLES.sub("", given) != given:
        return len(_TITLES.sub("", given)) <= 2  # 王主任
    if len(given) > 2 or text[-1] in _OFFICE_ENDS or any(character in _NOT_IN_NAMES for character in given):
        return False
    return surname not in _WORDY_SURNAMES or all(character in _GIVEN for character in given)


@cache
def _place_names() -> frozenset[str]:
    """Names of divisions, long and short; many begin with a surname (和田, 于田, 温宿)."""
    path = Path(data_contracts.__file__).with_name("divisions.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return frozenset(name for row in csv.DictReader(lines) for name in (row["name"], row["short_name"]))


def is_person_header(text: str) -> bool:
    """Whether a heading or label asks for a person's name."""
    folded = "".join(fold(text).split())
    return len(folded) <= 24 and _PERSON_HEADER.fullmatch(folded.rstrip(":")) is not None


def holds_labelled_name(text: str) -> bool:
    """Whether a text says 填表人：张三 and the like."""
    if ":" not in (folded := fold(text)):
        return False
    return any(is_name(match[1]) for match in _LABELLED_NAME.finditer(folded))
