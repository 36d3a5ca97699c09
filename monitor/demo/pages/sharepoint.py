"""binh_thanh: SharePoint 2010 with its own web parts: nested tables, postback paging, a calendar, a visit counter."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import date, timedelta
from html import escape
from urllib.parse import parse_qs

from monitor.demo.hand import Hand
from monitor.demo.pages import chrome
from monitor.demo.pages.page import Request, Response, Slot, rotating
from monitor.demo.pages.replica import Replica, number
from monitor.demo.truth import Article, FileLine, Picture

_MONTHS = ["Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai"]
_GRID = "ctl00$PlaceHolderMain$g_7c1$grvTin"
_TARGET = re.compile(r"Page\$(\d+|Next|Last)")


class SharePoint(Replica):
    sections = (("Hoạt động Đảng", "/Pages/hoat-dong-dang.aspx"), ("Dân vận", "/Pages/dan-van.aspx"))
    per_page = 10
    shows_section = True

    def article_path(self, article: Article) -> str:
        return f"/Pages/chi-tiet.aspx?ItemID={article.id}"

    def cookie(self, n: int) -> tuple[tuple[str, str], ...]:
        return (
            ("Set-Cookie", f"ASP.NET_SessionId=s{n:023d}; path=/; HttpOnly"),
            ("MicrosoftSharePointTeamServices", "14.0.0.7015"),
        )

    def route(self, request: Request) -> Response | None:
        path, query = request.path, request.query
        for index, (_, listing) in enumerate(self.sections):
            if path == listing:
                return self.list_page(request, index, self.wanted(index, request))
        if path == "/Pages/chi-tiet.aspx" and "ItemID" in query:
            return self.article_page(request, number(query["ItemID"]))
        if path == "/Pages/xem-theo-ngay.aspx":
            return self.day(query.get("ngay", ""), request.n)
        return None

    def not_found(self, request: Request) -> Response:
        """The article's template with nothing in it."""
        return self.page("empty", request.n, lambda: self.whole(self.committee.name, self.template("", "", "", 0)))

    # --- paging: the server believes only the state that it gave away itself

    def state(self, section: int, page: int) -> str:
        """``__VIEWSTATE`` of a listing's page: what the grid shows, padded to the usual size, signed."""
        shown = [a.id for a in self.listed(section, page)[0]]
        plain = json.dumps({"section": section, "page": page, "rows": shown}).encode()
        padding = hashlib.shake_128(plain).digest(1800)
        return base64.b64encode(self._signature(plain) + len(plain).to_bytes(2, "big") + plain + padding).decode()

    def _signature(self, plain: bytes) -> bytes:
        return hmac.digest(repr(self.seed).encode(), plain, "sha1")

    def wanted(self, section: int, request: Request) -> int:
        """The page a postback asks for; 1 for a plain visit, or where the state is missing or not ours."""
        if request.method != "POST":
            return 1
        form = parse_qs(request.body.decode("ascii", "replace"), keep_blank_values=True)

        def value(name: str) -> str:
            return form.get(name, [""])[0]

        try:
            raw = base64.b64decode(value("__VIEWSTATE"), validate=True)
            plain = raw[22 : 22 + int.from_bytes(raw[20:22], "big")]
            if not hmac.compare_digest(raw[:20], self._signature(plain)):
                return 1
            state = json.loads(plain)
        except ValueError:
            return 1
        target = _TARGET.fullmatch(value("__EVENTARGUMENT"))
        if state["section"] != section or value("__EVENTTARGET") != _GRID or target is None:
            return 1
        pages = self.listed(section, 1)[1]
        asked = target[1]
        page = state["page"] + 1 if asked == "Next" else pages if asked == "Last" else int(asked)
        return int(page) if 1 <= page <= pages else 1

    def pager(self, page: int, pages: int) -> str:
        def link(argument: str, label: str) -> str:
            return f"<td><a href=\"javascript:__doPostBack('{_GRID}','Page${argument}')\">{label}</a></td>"

        around = range(max(1, page - 2), min(pages, page + 2) + 1)
        cells = "".join(f"<td><span>{p}</span></td>" if p == page else link(str(p), str(p)) for p in around)
        if page < pages:
            cells += link("Next", "&gt;") + link("Last", "&gt;&gt;")
        return f'<table class="pager"><tr>{cells}</tr></table>'

    def listing(self, section: int, page: int, _order: str) -> str:
        articles, pages = self.listed(section, page)
        name, path = self.sections[section]
        rows = "".join(map(self.row, articles))
        return f"""<form method="post" action="{path.rsplit("/", 1)[1]}" id="aspnetForm">
<div class="aspNetHidden"><input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="" />
<input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="" />
<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{self.state(section, page)}" />
<input type="hidden" name="__VIEWSTATEGENERATOR" value="CA0B0334" />
<input type="hidden" name="__EVENTVALIDATION" value="{self.state(section, page)[:120]}" /></div>
<script type="text/javascript">
//<![CDATA[
function __doPostBack(t, a) {{
  var f = document.forms['aspnetForm'];
  f.__EVENTTARGET.value = t; f.__EVENTARGUMENT.value = a; f.submit();
}}
//]]>
</script><table class="ms-bodyareaframe"><tr><td class="chuyenmuc">{name}</td></tr>
<tr><td><table id="grvTin">{rows}</table></td></tr>
<tr><td align="center">{self.pager(page, pages)}</td></tr></table></form>"""

    def row(self, article: Article) -> str:
        path = self.article_path(article).rsplit("/", 1)[1]  # relative to /Pages/
        picture = next(iter(article.pictures), None)
        image = f'<img src="{picture.path}" width="110" alt="" />' if picture else ""
        return f"""<tr><td>{image}</td><td><table>
<tr><td><a class="title" href="{path}">{escape(article.headline)}</a></td></tr>
<tr><td class="ngay">{article.published.strftime("%d/%m/%Y")}</td></tr>
<tr><td>{escape(article.first_text[:130])}...</td></tr></table></td></tr>
"""

    # --- around the article

    def moving(self) -> dict[str, Slot]:
        slots = super().moving()
        visits = slots["visits"]

        def digits(n: int) -> bytes:
            return b"".join(b'<div class="so">%c</div>\n' % d for d in visits(n).rjust(8, b"2"))

        older = [[self.other(a).encode() for a in some[-60:]] for some in self._newest]
        return slots | {"digits": digits} | {f"older{s}": rotating(some, 5, 3) for s, some in enumerate(older)}

    def style(self) -> str:
        return (
            '<meta name="GENERATOR" content="Microsoft SharePoint" />'
            + chrome.style("ms", 120)
            + chrome.script("SP", 70)
            + "</head>\n"
        )

    def top(self) -> str:
        return f"""<body class="v4master"><div id="s4-workspace"><table width="980" align="center"><tr><td colspan="2">
<img src="/Style%20Library/banner.gif" alt="{escape(self.committee.name)}" /></td></tr>
<tr><td colspan="2">{chrome.menu("div", "s4-tn", [("Trang chủ", "/"), *self.sections])}</td></tr>
<tr><td width="230" valign="top">{chrome.side("ms-WPBody")}<a href="/dang-nhap">Đăng nhập</a>
<div class="thong-ke"><div>SỐ LƯỢT TRUY CẬP</div>
{{{{digits}}}}</div></td>
<td width="750" valign="top"><div class="ms-WPBody" id="WebPartWPQ2">
"""

    def bottom(self) -> str:
        days = "".join(f"<option>{d}</option>" for d in range(1, 32))
        return f"""</div><div class="xem-them"><a href="/Pages/hoat-dong-dang.aspx">Xem tiếp</a></div>
<div class="theo-ngay"><span>Xem theo ngày</span> <select name="ctl00$ddlNgay">{days}</select>
<a href="/Pages/xem-theo-ngay.aspx?ngay=2024-03-01">Xem theo ngày</a></div>
<ul class="ms-rteElement"><li>Không tiêu đề</li></ul>
<div class="tim"><input type="text" name="ctl00$txtTim" /><a href="javascript:tim()">Tìm kiếm</a></div></td></tr>
<tr><td colspan="2">{chrome.footer(self.committee.name)}</td></tr></table></div></body></html>"""

    def front(self) -> str:
        return "".join(
            f'<table><tr><td class="chuyenmuc"><a href="{path}">{name}</a></td></tr>'
            f"<tr><td><ul>{''.join(map(self.other, self.newest(index)[:8]))}</ul></td></tr></table>"
            for index, (name, path) in enumerate(self.sections)
        )

    def day(self, asked: str, n: int) -> Response:
        """The news of one day, with links to the day before and after, for ever."""
        try:
            day = date.fromisoformat(asked)
            before, after = day - timedelta(days=1), day + timedelta(days=1)
        except (ValueError, OverflowError):
            day = date(2024, 3, 1)
            before, after = day - timedelta(days=1), day + timedelta(days=1)
        rows = "".join(self.row(a) for a in self.newest() if a.published.date() == day)
        content = f"""<div class="chuyenmuc">Xem theo ngày {day.strftime("%d/%m/%Y")}</div>
<table>{rows or "<tr><td>Không có tin trong ngày này.</td></tr>"}</table>
<a href="xem-theo-ngay.aspx?ngay={before}">Ngày trước</a> <a href="xem-theo-ngay.aspx?ngay={after}">Ngày sau</a>"""
        return self.passing("Xem theo ngày", content, n)

    def article(self, article: Article, hand: Hand) -> str:
        html = hand.start()
        for block in article.blocks:
            match block:
                case Picture():
                    caption = f'<tr><td class="comment">{hand.text(block.caption)}</td></tr>' if block.caption else ""
                    html += (
                        f'<p><table class="image" align="center"><tr><td>'
                        f'<img src="{block.path}" alt="{escape(block.alt)}" />'
                        f"</td></tr>{caption}</table></p>\n"
                    )
                case FileLine():
                    html += f"<div>{hand.file_line(block)}</div>\n"
                case str():
                    html += f'<div style="text-align: justify">{hand.text(block)}</div>\n{hand.filler("div")}'
        html += f'<div style="text-align: right"><strong>{hand.right(escape(article.author))}</strong></div>\n'
        when = article.published
        clock = f"{when.strftime('%I:%M:%S')} {'SA' if when.hour < 12 else 'CH'}"
        line = f"{self.sections[article.section][0]} {when.day} Tháng {_MONTHS[when.month - 1]} {when.year} {clock}"
        return self.template(line, escape(article.headline), html, article.section)

    def template(self, line: str, headline: str, body: str, section: int) -> str:
        """The page of an article, or of none."""
        views = "<div class='luot-xem'>Số lượt người xem: {{views}}&nbsp;&nbsp;&nbsp;</div>" if headline else ""
        newer = f"<ul>{{{{other{section}}}}}</ul>" if headline else ""
        older = f"<ul>{{{{older{section}}}}}</ul>" if headline else ""
        return f"""<table width="100%"><tr><td><table width="100%"><tr><td class="ngay-dang">{line}</td></tr>
<tr><td class="tieu-de"><h3>{headline}</h3></td></tr><tr><td>&nbsp;</td></tr>
<tr><td><div class="ms-rtestate-field">
{body}</div></td></tr><tr><td>{views}</td></tr></table></td></tr>
<tr><td><div class="tin-khac">TIN MỚI HƠN</div>{newer}<div class="tin-khac">TIN ĐÃ ĐƯA</div>{older}</td></tr></table>"""
