"""One visit to one page: the seed, and all that moves around it from visit to visit."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .seeds import Block, Seed

#: The day on which the seed with today's date in its header was saved: visit 1 is that day.
FIRST_VISIT = datetime(2024, 3, 1, 8, 15, 22)  # noqa: DTZ001 - a wall clock in a page header, nothing is computed from it

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
MONTHS = ("Giêng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")

#: Headings under which the text files say nothing more, but pages list other articles.
RELATED = re.compile(r"(?i)tin cùng|bài viết khác|tin mới|tin đã")


@dataclass(frozen=True, slots=True)
class Publisher:
    """What a site says of itself in its frame. Addresses and numbers are invented."""

    name: str
    host: str
    path: str
    menu: tuple[str, ...]
    footer: tuple[str, ...]
    section: str


PUBLISHERS = {
    "hai_duong": Publisher(
        "Ban Dân vận Tỉnh ủy Hải Dương",
        "danvan.haiduong.org.vn",
        "/tin-hoat-dong/nang-cao-chat-luong-tham-muu-4127",
        ("Trang chủ", "Giới thiệu", "Tin hoạt động", "Dân vận khéo", "Văn bản", "Thư viện ảnh", "Liên hệ"),
        (
            "Bản quyền © 2019 thuộc về Ban Dân vận Tỉnh ủy Hải Dương",
            "Địa chỉ: Số 7 đường Bạch Đằng, thành phố Hải Dương - Điện thoại: 0220.3111.222",
            "Email: bbt.danvan@haiduong.example - Giấy phép số 15/GP-TTĐT ngày 03/04/2019",
        ),
        "Tin hoạt động",
    ),
    "quang_binh": Publisher(
        "Trang thông tin điện tử Ban Dân vận Tỉnh ủy Quảng Bình",
        "danvan.quangbinh.gov.vn",
        "/tin-hoat-dong/-/view_content/218844-khao-sat-cong-tac-dan-van",
        ("Trang chủ", "Giới thiệu chung", "Tin hoạt động", "Công tác dân vận", "Văn bản chỉ đạo", "Liên hệ"),
        (
            "© Ban Dân vận Tỉnh ủy Quảng Bình. Ghi rõ nguồn khi phát hành lại thông tin từ trang này.",
            "Trụ sở: 12 đường Quang Trung, thành phố Đồng Hới, tỉnh Quảng Bình",
            "Điện thoại: (0232) 3555 666 | Thư điện tử: danvan@quangbinh.example",
        ),
        "Tin hoạt động",
    ),
    "lam_binh": Publisher(
        "Cổng thông tin điện tử Huyện ủy Lâm Bình",
        "lambinh.tuyenquang.gov.vn",
        "/tin-tuc-su-kien/hoat-dong-cua-huyen-uy/so-ket-phong-trao-dan-van-kheo-1882.html",
        ("Trang chủ", "Giới thiệu", "Tin tức - Sự kiện", "Xây dựng Đảng", "Văn bản", "Hỏi đáp", "Sơ đồ cổng"),
        (
            "Cơ quan chủ quản: Huyện ủy Lâm Bình, tỉnh Tuyên Quang",
            "Địa chỉ: Tổ dân phố Bản Luông, thị trấn Lăng Can. Điện thoại: 0207 3000 111",
            "Chịu trách nhiệm nội dung: Trưởng Ban Biên tập. Email: lambinh@tuyenquang.example",
        ),
        "Hoạt động của Huyện ủy",
    ),
    "binh_thanh": Publisher(
        "Đảng bộ Quận Bình Thạnh",
        "quanuybinhthanh.hochiminhcity.gov.vn",
        "/Pages/chi-tiet.aspx?ItemID=2733",
        ("Trang chủ", "Giới thiệu", "Hoạt động Đảng", "Dân vận", "Học tập Bác", "Văn kiện", "Liên hệ"),
        (
            "TRANG THÔNG TIN ĐIỆN TỬ ĐẢNG BỘ QUẬN BÌNH THẠNH",
            "Địa chỉ: 9 đường Phan Đăng Lưu, phường 14, quận Bình Thạnh - ĐT: (028) 3999 8888",
            "Email: vpqu.bt@hochiminh.example",
        ),
        "Hoạt động Đảng",
    ),
    "tuyen_quang": Publisher(
        "Trang thông tin Huyện ủy - tỉnh Tuyên Quang",
        "huyenuy.tuyenquang.gov.vn",
        "/tin-tuc-su-kien/hoat-dong-cua-huyen-uy/so-ket-cong-tac-dan-van-2264.html",
        ("Trang chủ", "Tổ chức bộ máy", "Tin tức", "Công tác dân vận", "Tài liệu", "Lịch công tác", "Góp ý"),
        (
            "Bản quyền thuộc về Huyện ủy. Thiết kế và vận hành: Trung tâm Công nghệ thông tin tỉnh",
            "Địa chỉ: Tổ dân phố 3, tỉnh Tuyên Quang * Tel: 0207.3222.333 * Fax: 0207.3222.334",
        ),
        "Hoạt động của Huyện ủy",
    ),
}


@dataclass(frozen=True, slots=True)
class Teaser:
    """Another article, as lists beside this one show it."""

    title: str
    text: str
    day: datetime
    href: str


OTHERS = (
    ("Phát động thi đua chào mừng đại hội chi bộ nhiệm kỳ mới", "Sáng nay, cơ quan khối Đảng đã phát động đợt thi đua "
     "cao điểm kéo dài sáu tháng; mỗi chi bộ đăng ký ít nhất hai phần việc cụ thể, có người chịu trách nhiệm."),
    ("Khối dân vận xã vùng cao giúp dân làm đường liên thôn", "Hơn bốn trăm ngày công đã được bà con đóng góp để mở "
     "rộng ba ki-lô-mét đường vào khu sản xuất; nhiều hộ tự nguyện hiến đất, dời hàng rào."),
    ("Tập huấn nghiệp vụ cho cán bộ làm công tác tôn giáo", "Lớp tập huấn diễn ra trong hai ngày với năm chuyên đề, "
     "dành nhiều thời gian trao đổi tình huống từ thực tế của các địa bàn."),
    ("Thường trực tiếp công dân định kỳ tháng này", "Có mười một lượt công dân đến phản ánh, chủ yếu về đất đai và "
     "chế độ chính sách; các kiến nghị được giao cơ quan chuyên môn trả lời đúng hạn."),
    ("Ra mắt mô hình “Tổ dân vận số” tại khu dân cư", "Tổ gồm bảy thành viên trẻ, hướng dẫn người lớn tuổi nộp hồ sơ "
     "trực tuyến vào tối thứ tư hằng tuần ngay tại nhà văn hóa."),
    ("Kiểm tra việc thực hiện quy chế dân chủ ở doanh nghiệp", "Đoàn kiểm tra làm việc với bốn doanh nghiệp trên địa "
     "bàn, ghi nhận việc tổ chức đối thoại định kỳ đã đi vào nền nếp."),
    ("Trao tặng nhà đại đoàn kết cho hộ có hoàn cảnh khó khăn", "Ngôi nhà rộng sáu mươi mét vuông được hoàn thành sau "
     "hai tháng nhờ kinh phí vận động và ngày công của đoàn viên."),
    ("Hội nghị giao ban công tác dân vận quý I", "Hội nghị nghe báo cáo tình hình nhân dân, thảo luận những việc cần "
     "phối hợp trong quý tới và phân công theo dõi cơ sở."),
    ("Gặp mặt già làng, trưởng bản, người có uy tín", "Buổi gặp mặt ghi nhận nhiều ý kiến tâm huyết về giữ gìn bản sắc "
     "văn hóa và phát triển du lịch cộng đồng."),
    ("Công bố quyết định luân chuyển cán bộ dân vận", "Ba đồng chí được điều động về cơ sở trong đợt này; lễ công bố "
     "diễn ra gọn nhẹ, đúng quy trình."),
)  # fmt: skip

WEATHER = (("Hà Nội", 21), ("Đà Nẵng", 26), ("TP. Hồ Chí Minh", 31))
RATES = (("USD", 24510), ("EUR", 26120), ("CNY", 3388))
POLL = ("Bạn đánh giá giao diện trang thế nào?", ("Đẹp", "Bình thường", "Cần cải tiến"))
PARTNERS = ("-- Liên kết website --", "Báo Nhân Dân", "Báo điện tử Đảng Cộng sản", "Tạp chí Dân vận", "Quốc hội")


def esc(text: str) -> str:
    """Text as HTML, quotes left as typed and nbsp written out, as WYSIWYG editors do."""
    return html.escape(text, quote=False).replace("\xa0", "&nbsp;")


@dataclass(frozen=True, slots=True)
class View:
    """A seed at its ``visit``-th fetch (1, 2, …): the article is the same, everything around it has moved."""

    seed: Seed
    visit: int

    @property
    def publisher(self) -> Publisher:
        return PUBLISHERS[self.seed.slug]

    @property
    def site(self) -> str:
        return esc(self.publisher.name)

    @property
    def headline(self) -> str:
        return esc(self.seed.headline)

    @property
    def author(self) -> str:
        return esc(self.seed.author)

    @property
    def section(self) -> str:
        return esc(self.seed.section or self.publisher.section)

    @property
    def today(self) -> datetime:
        return FIRST_VISIT + (self.visit - 1) * timedelta(days=37, hours=3, minutes=11, seconds=5)

    @property
    def views(self) -> int:
        return int(self.seed.gold["view_count"] or 461) + 53 * (self.visit - 1)

    @property
    def token(self) -> str:
        return hashlib.sha256(f"{self.seed.slug} {self.visit}".encode()).hexdigest()[:24]

    @property
    def viewstate(self) -> str:
        return base64.b64encode(bytes.fromhex(self.token * 24)).decode()

    @property
    def before(self) -> list[str]:
        """The seed's lines above the article; today's date and the counter's digits belong to the visit."""
        lines = list(self.seed.before)
        digits = [i for i, line in enumerate(lines) if line.isdigit()]
        if digits:
            counter = int("".join(lines[i] for i in digits)) + 1381 * (self.visit - 1)
            for i, digit in zip(digits, str(counter), strict=True):
                lines[i] = digit
        return [self._today_in(line) for line in lines]

    def _today_in(self, line: str) -> str:
        if self.visit == 1 or not re.match(r"Thứ|Chủ", line):
            return line
        return f"{WEEKDAYS[self.today.weekday()].capitalize()}, ngày {self.today:%-d/%-m/%Y}"

    @property
    def tail(self) -> list[str]:
        """The seed's lines below the author."""
        return [re.sub(r"\d+(?=\s*$)", str(self.views), line) for line in self.seed.tail]

    def others(self, count: int, start: int = 0) -> list[Teaser]:
        """``count`` other articles; every visit lists others, with other dates."""
        chosen = []
        for i in range(count):
            n = (self.visit * 3 + start + i) % len(OTHERS)
            day = self.today - timedelta(days=3 * i + start, hours=5 * i)
            chosen.append(Teaser(esc(OTHERS[n][0]), esc(OTHERS[n][1]), day, f"/tin-hoat-dong/bai-viet-{6000 + n}"))
        return chosen

    def flow(
        self,
        paragraph: Callable[[str], str],
        caption: Callable[[str, int], str],
        *,
        start: int = 0,
        br: str = "<br />",
        blocks: Sequence[Block] | None = None,
    ) -> str:
        """The body from block ``start`` on: each paragraph or numbered caption as the caller marks it up."""
        chosen = self.seed.blocks[start:] if blocks is None else blocks
        parts = []
        for number, block in enumerate(chosen, 1):
            text = br.join(esc(line) for line in block.lines)
            parts.append(caption(text, number) if block.caption else paragraph(text))
        return "\n".join(parts)

    @property
    def lead(self) -> str:
        return "<br />".join(esc(line) for line in self.seed.blocks[0].lines)

    def when(self, form: str) -> str:
        """The article's date by a strftime pattern with ``{wd}`` weekday and ``{mon}`` month in words; "" without."""
        day = self.seed.published
        return "" if day is None else spelled(day, form)


def spelled(day: datetime, form: str) -> str:
    """``day`` by ``form``: strftime, after ``{wd}``, ``{mon}``, ``{half}`` (SA/CH) were filled in in Vietnamese."""
    half = "SA" if day.hour < 12 else "CH"
    return day.strftime(form.format(wd=WEEKDAYS[day.weekday()], mon=MONTHS[day.month - 1], half=half))
