"""Six invented articles whose prose looks like what stands around articles: contacts, sources, numbers, speech."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

P, SUB, ITEM, IMG, ROW = "p", "sub", "item", "img", "row"


@dataclass(frozen=True, slots=True)
class Block:
    """``kind``: a paragraph, a subheading, an item, a caption below its image, a row of a table (cells by |)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """``sign`` is who signs below the text, as printed; None: nobody."""

    slug: str
    headline: str
    lead: str
    blocks: tuple[Block, ...]
    sign: str | None
    when: datetime

    @property
    def paragraphs(self) -> list[str]:
        return [self.lead, *(block.text.replace("|", " ") for block in self.blocks)]

    @property
    def captions(self) -> list[str]:
        return [block.text for block in self.blocks if block.kind == IMG]


def _blocks(text: str) -> tuple[Block, ...]:
    """A line is a paragraph; ``# `` begins a subheading, ``* `` an item, ``! `` a caption, ``| `` a row."""
    kinds = {"#": SUB, "*": ITEM, "!": IMG, "|": ROW}
    found = []
    for line in text.strip().splitlines():
        kind = kinds.get(line[0])
        found.append(Block(kind, line[2:]) if kind else Block(P, line))
    return tuple(found)


REPORT = Item(
    "cau-ban-thuy",
    "Khánh thành cầu dân sinh nối hai bờ suối Bản Thủy",
    "Chiều 21/3, xã Phúc Sơn khánh thành cầu dân sinh dài 36 mét qua suối Bản Thủy, công trình do nhân dân góp công,"
    " Nhà nước hỗ trợ xi măng và sắt thép.",
    _blocks("""
Cây cầu cũ bằng tre bị lũ cuốn trôi tháng 9 năm ngoái; từ đó 47 học sinh phải đi vòng gần bốn cây số để đến trường.
! Bà con thôn Bản Thủy đi qua cây cầu mới trong ngày khánh thành
Theo Ban quản lý công trình, tổng kinh phí là 612 triệu đồng, nhân dân đóng góp 1.240 ngày công, hiến 380 m2 đất.
Ông Ma Doãn Khánh, Bí thư Chi bộ, cho biết: “Họp ba buổi chưa xong. Cán bộ đến từng nhà, nói rõ từng mét, thế là thông”.
! Đồng chí Bí thư Đảng ủy xã trao quà cho các hộ hiến đất
Dịp này, Mặt trận Tổ quốc xã tặng giấy khen cho 12 hộ gia đình và phát động đợt góp cây trồng dọc hai đầu cầu.
"""),
    "Nguyễn Thu Trang",
    datetime.fromisoformat("2024-03-22T14:05+07:00"),
)

NOTICE = Item(
    "tuyen-dung-vien-chuc",
    "Thông báo về việc tiếp nhận hồ sơ dự tuyển viên chức năm 2023",
    "Ủy ban nhân dân huyện thông báo tiếp nhận hồ sơ dự tuyển viên chức vào các đơn vị sự nghiệp như sau:",
    _blocks("""
1. Thời gian: từ ngày 06/11/2023 đến hết ngày 05/12/2023, trong giờ hành chính các ngày làm việc.
2. Địa điểm: Phòng Nội vụ huyện, tầng 2, nhà B, số 18 đường 17 tháng 8, thị trấn Vĩnh Lộc.
3. Hồ sơ gồm:
a) Phiếu đăng ký dự tuyển theo mẫu;
b) Bản sao văn bằng, chứng chỉ có liên quan;
c) Giấy chứng nhận đối tượng ưu tiên (nếu có).
4. Lệ phí: 500.000 đồng một thí sinh, nộp khi nhận hồ sơ.
Mọi chi tiết xin liên hệ: Phòng Nội vụ huyện, điện thoại 0207 3851 226, thư điện tử phongnoivu@vinhloc.example.
Vậy Ủy ban nhân dân huyện thông báo để các tổ chức, cá nhân biết và thực hiện.
"""),
    None,
    datetime.fromisoformat("2023-11-03T09:40+07:00"),
)

SPEECH = Item(
    "nguoi-giu-lua-then",
    "Người giữ lửa cho câu hát Then ở bản Khuôn Hà",
    "Gần tám mươi tuổi, bà Hoàng Thị Nhất vẫn dạy hát Then cho lũ trẻ trong bản vào mỗi tối thứ Bảy, không lấy một "
    "đồng thù lao.",
    _blocks("""
# Học từ năm lên bảy
- Bà học hát từ khi nào ạ?
- Từ năm lên bảy. Mẹ tôi hát, tôi ngồi bên bếp nghe rồi thuộc.
Bà cười, tay vẫn lần trên cần đàn tính đã lên nước bóng loáng.
! Bà Hoàng Thị Nhất (bên phải) bên cây đàn tính của gia đình
# Lớp học không bảng
“Trẻ con bây giờ sáng dạ lắm, chỉ sợ người già mình không chịu dạy thôi”, bà nói.
Lớp học hiện có 23 em, em nhỏ nhất mới sáu tuổi. Năm 2022, câu lạc bộ được tặng Bằng khen của Ủy ban nhân dân tỉnh.
Khi chúng tôi ra về, tiếng đàn lại vang lên sau rặng cọ.
"""),
    "hoàng long",
    datetime.fromisoformat("2022-10-08T20:30+07:00"),
)

PLAN = Item(
    "ke-hoach-dan-van-kheo",
    "Năm nhiệm vụ trọng tâm của phong trào thi đua “Dân vận khéo” quý II",
    "Ngày 29/3, Ban Dân vận Huyện ủy ban hành Kế hoạch số 41-KH/BDV về phong trào thi đua “Dân vận khéo” quý II năm "
    "2021.",
    _blocks("""
Kế hoạch nêu năm nhiệm vụ sau đây:
* Rà soát 64 mô hình đã đăng ký, công nhận những mô hình có kết quả thật.
* Tổ chức ba lớp tập huấn cho cán bộ khối dân vận cơ sở.
* Đối thoại với nhân dân ở những nơi thu hồi đất.
* Vận động các hộ chăn nuôi di dời chuồng trại ra xa nhà ở.
* Báo cáo trước ngày 20/6/2021.
Kết quả đăng ký của các xã:
| Đơn vị | Mô hình tập thể | Mô hình cá nhân
| Xã Khuôn Hà | 7 | 3
| Xã Thượng Giáp | 5 | 4
Các chi bộ căn cứ Kế hoạch để thực hiện; khó khăn, vướng mắc phản ánh về Ban Dân vận Huyện ủy.
"""),
    "Lê Văn Khải - Ban Dân vận Huyện ủy",
    datetime.fromisoformat("2021-03-29T16:45+07:00"),
)

SHORT = Item(
    "tang-qua-trung-thu",
    "Tặng 200 suất quà Trung thu cho trẻ em vùng cao",
    "Tối 9/9, Huyện đoàn tặng 200 suất quà Trung thu cho trẻ em hai thôn Nà Ráo và Khau Cau.",
    _blocks("""
! Các em nhỏ thôn Nà Ráo rước đèn ông sao
Chương trình có tổng trị giá 46 triệu đồng, do các nhà hảo tâm ủng hộ.
"""),
    "T.Hằng",
    datetime.fromisoformat("2022-09-10T07:55+07:00"),
)

WORDS = Item(
    "giai-thuong-sang-kien",
    "Trao giải cuộc thi sáng kiến cải cách hành chính lần thứ ba",
    "Sáng 15/5, Hội đồng thi đua huyện trao giải cho 11 sáng kiến cải cách hành chính, trong đó có hai giải nhất.",
    _blocks("""
Tác giả của sáng kiến đoạt giải nhất là chị Lò Thị Mai, công chức xã Hồng Quang, với phần mềm nhắc hạn trả hồ sơ.
Nguồn kinh phí của cuộc thi là 85 triệu đồng, lấy từ quỹ thi đua, khen thưởng của huyện.
Chia sẻ tại lễ trao giải, chị Mai nói chị viết phần mềm trong hai tháng, mỗi tối một giờ khi con đã ngủ.
Lượt truy cập phần mềm đến nay đã đạt 9.300, bình quân 60 lượt một ngày.
Bình luận về kết quả cuộc thi, đồng chí Chủ tịch Hội đồng cho rằng sáng kiến hay là sáng kiến người dân dùng được ngay.
Tin tưởng từ những kết quả ấy, năm sau cuộc thi sẽ mở rộng đến các trường học trong huyện.
"""),
    "Bùi Đức Mạnh",
    datetime.fromisoformat("2023-05-16T08:20+07:00"),
)

ITEMS = (REPORT, NOTICE, SPEECH, PLAN, SHORT, WORDS)

#: Headlines of other articles, as lists beside and below show them.
OTHERS = (
    "Chi bộ thôn Nà Khà sinh hoạt chuyên đề quý I",
    "Hội Phụ nữ xã Linh Phú góp 300 ngày công làm đường hoa",
    "Đoàn công tác tỉnh kiểm tra phòng, chống thiên tai tại ba xã",
    "Hội Cựu chiến binh huyện tổng kết phong trào giúp nhau làm kinh tế",
    "Trao nhà đại đoàn kết cho hộ bà Nông Thị Lý",
    "Khai mạc giải bóng chuyền thanh niên nông thôn",
    "Tập huấn nghiệp vụ công tác tôn giáo cho cán bộ cơ sở",
    "Gặp mặt người có uy tín trong đồng bào dân tộc thiểu số",
    "Huyện ủy làm việc với Ban Thường vụ Đảng ủy xã Bình An",
)
ABSTRACTS = (
    "Trong hai ngày, các đại biểu đã nghe năm báo cáo tham luận và đi thăm ba mô hình kinh tế tại các thôn ven hồ.",
    "Ngôi nhà rộng 60 mét vuông, do dòng họ và các đoàn thể trong xã góp công dựng trong bốn mươi ngày.",
    "Giải năm nay có mười sáu đội tham gia, thi đấu vòng tròn tính điểm tại sân vận động trung tâm huyện.",
)
