"""What surrounds an article on such portals: menus, side boxes, link lists, style sheets, scripts, footers."""

from __future__ import annotations

from html import escape

MENU = (
    ("Giới thiệu", ("Chức năng, nhiệm vụ", "Cơ cấu tổ chức", "Lãnh đạo qua các thời kỳ", "Lịch sử truyền thống")),
    ("Văn bản", ("Văn bản Trung ương", "Văn bản của tỉnh", "Hướng dẫn nghiệp vụ", "Biểu mẫu", "Công báo")),
    ("Xây dựng Đảng", ("Tổ chức", "Tuyên giáo", "Kiểm tra, giám sát", "Nội chính", "Văn phòng cấp ủy")),
    ("Đoàn thể", ("Mặt trận", "Công đoàn", "Hội Nông dân", "Hội Phụ nữ", "Đoàn Thanh niên", "Hội Cựu chiến binh")),
    (
        "Chuyên đề",
        ("Học tập và làm theo Bác", "Đại hội Đảng các cấp", "Bảo vệ nền tảng tư tưởng", "Biển, đảo quê hương"),
    ),
    ("Thư viện", ("Ảnh", "Video", "Sách điện tử", "Bản tin nội bộ")),
    ("Liên hệ", ("Hỏi đáp", "Góp ý", "Đường dây nóng", "Sơ đồ cổng")),
)

NOTICES = (
    "Thông báo lịch tiếp công dân của Thường trực cấp ủy trong tháng",
    "Mời cung cấp báo giá trang thiết bị phục vụ hội nghị trực tuyến",
    "Kế hoạch tổ chức cuộc thi viết về những tấm gương bình dị mà cao quý",
    "Công khai dự toán ngân sách quý I và tình hình sử dụng tài sản công",
    "Thể lệ cuộc thi ảnh nghệ thuật chủ đề cán bộ dân vận với cơ sở",
    "Danh mục tài liệu được giải mật theo quy định của pháp luật",
    "Hướng dẫn cài đặt chữ ký số cho cán bộ chuyên trách công nghệ thông tin",
    "Thông báo tạm ngừng dịch vụ thư điện tử để bảo trì vào cuối tuần",
)

PAPERS = tuple(
    f"Số {number}: về việc {about}"
    for number, about in (
        ("118-CV/BDV", "rà soát, đăng ký mô hình điển hình của các đơn vị trực thuộc"),
        ("27-HD/BDV", "chế độ báo cáo định kỳ và đột xuất của khối dân vận cơ sở"),
        ("09-CTr/BCĐ", "chương trình công tác toàn khóa của Ban Chỉ đạo"),
        ("233-TB/VP", "phân công trực lãnh đạo trong dịp nghỉ lễ"),
        ("64-QĐ/CQ", "ban hành nội quy cơ quan và quy chế chi tiêu nội bộ"),
        ("15-KH/LN", "phối hợp tuyên truyền phòng, chống cháy nổ ở khu dân cư"),
    )
)

OFFICES = [
    "Văn phòng cấp ủy",
    "Ban Tổ chức",
    "Ban Tuyên giáo",
    "Ban Nội chính",
    "Ủy ban Kiểm tra",
    "Trường Chính trị",
    "Báo của Đảng bộ",
    "Hội đồng nhân dân",
    "Ủy ban nhân dân",
    "Mặt trận Tổ quốc",
    "Liên đoàn Lao động",
    "Hội Nông dân",
    "Hội Liên hiệp Phụ nữ",
    "Tỉnh Đoàn",
    "Hội Cựu chiến binh",
    "Sở Nội vụ",
    "Sở Tư pháp",
    "Sở Y tế",
    "Sở Giáo dục và Đào tạo",
    "Sở Công Thương",
    "Sở Xây dựng",
    "Ban Dân tộc",
    "Công an",
    "Bộ Chỉ huy Quân sự",
    "Thư viện điện tử",
    "Cổng dịch vụ công",
    "Trung tâm Chính trị",
    "Đài Phát thanh",
    "Hội Chữ thập đỏ",
    "Hội Người cao tuổi",
    "Hội Khuyến học",
]

POLL = """<p>Bạn đánh giá thế nào về giao diện của trang thông tin?</p>
<label><input type="radio" name="poll" value="1"/> Rất tốt</label>
<label><input type="radio" name="poll" value="2"/> Tốt</label>
<label><input type="radio" name="poll" value="3"/> Bình thường</label><input type="button" value="Bình chọn"/>"""


def menu(tag: str, class_name: str, sections: list[tuple[str, str]]) -> str:
    """The main menu: the sections with news first, then everything else such a portal links to."""
    lines = [f'<li class="{class_name}-item"><a href="{url}">{escape(name)}</a></li>' for name, url in sections]
    for index, (name, children) in enumerate(MENU):
        inner = "".join(
            f'<li class="{class_name}-child" role="presentation"><a class="sub-link" href="/gioi-thieu/{index}-{n}"'
            f' title="{escape(child)}" role="menuitem">{escape(child)}</a></li>\n'
            for n, child in enumerate(children)
        )
        lines.append(
            f'<li class="{class_name}-item has-child" aria-haspopup="true"><a href="javascript:void(0)">'
            f'{escape(name)}</a>\n<ul class="{class_name}-sub">{inner}</ul></li>'
        )
    return f'<{tag} class="{class_name}"><ul>\n' + "\n".join(lines) + f"\n</ul></{tag}>"


def box(title: str, inner: str, class_name: str = "box") -> str:
    """A side box."""
    return (
        f'<div class="{class_name}"><div class="{class_name}-title"><span>{escape(title)}</span></div>\n'
        f'<div class="{class_name}-body">{inner}</div></div>\n'
    )


def side(class_name: str = "box") -> str:
    """The side boxes that never change."""
    notices = "".join(f'<li><a href="/thong-bao/{n}">{escape(t)}</a></li>\n' for n, t in enumerate(NOTICES))
    papers = "".join(f'<li><a href="/van-ban/{n}">{escape(t)}</a></li>\n' for n, t in enumerate(PAPERS))
    return (
        box("Thông báo", f"<ul>{notices}</ul>", class_name)
        + box("Văn bản mới", f"<marquee direction='up' scrollamount='2'><ul>{papers}</ul></marquee>", class_name)
        + box("Thăm dò ý kiến", POLL, class_name)
        + box("Liên kết website", links(), class_name)
    )


def links() -> str:
    """The drop-down list of other websites."""
    options = "".join(
        f'<option value="http://co-quan-{n}.invalid/">{escape(name)}</option>\n' for n, name in enumerate(OFFICES)
    )
    return (
        f'<select onchange="window.open(this.value)"><option value="">--- Chọn liên kết ---</option>{options}</select>'
    )


def style(prefix: str, rules: int) -> str:
    """A style sheet as page builders write them into every page."""
    lines = [
        f".{prefix}-{n % 17}-{n} .inner-{n} {{ margin: {n % 7}px 0 {n % 5}px; padding: {n % 9}px; "
        f"color: #{n * 7919 % 0xFFFFFF:06x}; background: url(/skin/{prefix}{n % 13}.gif) repeat-x 0 -{n * 3}px; }}"
        for n in range(rules)
    ]
    return '<style type="text/css">\n/*<![CDATA[*/\n' + "\n".join(lines) + "\n/*]]>*/\n</style>"


def script(prefix: str, lines: int) -> str:
    """A script as page builders write them into every page."""
    calls = [
        f"  {prefix}.register('widget_{n}', {{ portlet: 'p_{n * 31 % 997}', column: {n % 3}, refresh: false, "
        f'label: "Khối nội dung số {n}" }});'
        for n in range(lines)
    ]
    return (
        f'<script type="text/javascript">\n//<![CDATA[\n'
        f"var {prefix} = window.{prefix} || {{ register: function () {{}} }};\n"
        + "\n".join(calls)
        + "\n//]]>\n</script>"
    )


def footer(name: str) -> str:
    """Publisher, address, licence: with a date that is nobody's date of publication."""
    return f"""<div class="footer-text"><p><strong>TRANG THÔNG TIN ĐIỆN TỬ {escape(name.upper())}</strong></p>
<p>Địa chỉ: Số 12 đường Hùng Vương - Điện thoại: (0200) 3.000.111 - Fax: (0200) 3.000.112</p>
<p>Giấy phép số 05/GP-TTĐT do Sở Thông tin và Truyền thông cấp ngày 12/5/2015.
Chịu trách nhiệm chính: Trưởng ban biên tập.</p>
<p>Ghi rõ nguồn khi phát hành lại thông tin từ trang này. © 2015</p></div>"""
