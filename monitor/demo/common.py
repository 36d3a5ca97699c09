"""What any of the demo's news may draw on besides its own subject: names, documents, sentences (see ``phrases``)."""

from __future__ import annotations

FAMILY_NAMES = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Ma",
    "Quan",
    "Chẩu",
    "Nông",
    "Hà",
    "Phan",
    "Mai",
    "Tống",
    "Lương",
]
MIDDLE_NAMES = [
    "Văn",
    "Thị",
    "Đức",
    "Minh",
    "Ngọc",
    "Quang",
    "Thanh",
    "Hữu",
    "Thu",
    "Xuân",
    "Kim",
    "Bá",
    "Đình",
    "Trọng",
    "Hồng",
]
GIVEN_NAMES = [
    "An",
    "Bảo",
    "Cẩm",
    "Chiến",
    "Cường",
    "Diệp",
    "Duyên",
    "Giang",
    "Hạnh",
    "Hiền",
    "Hoa",
    "Hùng",
    "Huyền",
    "Khánh",
    "Khôi",
    "Lan",
    "Liên",
    "Linh",
    "Loan",
    "Lượng",
    "Mai",
    "Nam",
    "Nga",
    "Ngân",
    "Nhàn",
    "Nhung",
    "Oanh",
    "Phong",
    "Phúc",
    "Phương",
    "Quý",
    "Sơn",
    "Tâm",
    "Thảo",
    "Thắng",
    "Thúy",
    "Tiến",
    "Toàn",
    "Trang",
    "Trung",
    "Tuấn",
    "Tường",
    "Vân",
    "Yến",
]

OFFICES = (
    "Ủy viên Ban Thường vụ, Trưởng Ban Dân vận {cap}",
    "Phó Trưởng Ban Thường trực Ban Dân vận {cap}",
    "Phó Bí thư Thường trực {cap}",
    "Ủy viên Ban Thường vụ, Chủ tịch Ủy ban MTTQ Việt Nam {db}",
    "Phó Trưởng Ban Dân vận {cap}",
    "Phó Chủ tịch UBND {db}",
    "Bí thư {duoi} {noi}",
    "Chủ tịch Hội Nông dân {db}",
    "Chủ tịch Hội Liên hiệp Phụ nữ {db}",
)

#: Documents that anybody in this field cites, with the year from which they can be cited.
DOCUMENTS = (
    ("Nghị quyết số 25-NQ/TW ngày 03/6/2013 của Ban Chấp hành Trung ương Đảng khóa XI", 2013),
    ("Quyết định số 217-QĐ/TW ngày 12/12/2013 của Bộ Chính trị", 2013),
    ("Quyết định số 218-QĐ/TW, ngày 12/12/2013 của Bộ Chính trị khóa XI", 2013),
    ("Quyết định số 290-QĐ/TW ngày 25/02/2010 của Bộ Chính trị", 2010),
    ("Chỉ thị số 30-CT/TW ngày 18/02/1998 của Bộ Chính trị khóa VIII", 1998),
    ("Chỉ thị số 05-CT/TW ngày 15/5/2016 của Bộ Chính trị", 2016),
    ("Chỉ thị số 16/CT-TTg ngày 16/5/2018 của Thủ tướng Chính phủ", 2018),
    ("Kết luận số 43-KL/TW ngày 07/01/2019 của Ban Bí thư", 2019),
    ("Quy định số 11-QĐi/TW, ngày 18/02/2019 của Bộ Chính trị", 2019),
    ("Quyết định số 23-QĐ/TW ngày 30/7/2021 của Bộ Chính trị", 2021),
    ("Kết luận số 54-KL/TW ngày 09/5/2023 của Ban Bí thư", 2023),
)

MODELS = (
    "“Tuyến đường hoa phụ nữ”",
    "“Khéo bàn, khéo làm, đường thông ngõ thoáng”",
    "“Tổ hòa giải không có đơn vượt cấp”",
    "“Thứ Bảy vì dân”",
    "“Camera an ninh khu dân cư”",
    "“Biến rác thành tiền, giúp em đến trường”",
    "“Chính quyền thân thiện, gần dân”",
    "“Mỗi tháng một hộ thoát nghèo”",
    "“Nghe dân nói tại nhà văn hóa”",
    "“Đàn dê luân chuyển”",
    '"Giờ hành chính không chờ, không hẹn"',
    '"Nhà sạch, vườn đẹp, ngõ văn minh"',
)

SENTENCES = (
    "Cấp ủy các cấp đã quán triệt sâu rộng {vb} đến cán bộ, đảng viên và các tầng lớp Nhân dân.",
    "Công tác dân vận của chính quyền có nhiều đổi mới theo hướng gần dân, sát cơ sở, rút ngắn thời gian giải "
    "quyết thủ tục "
    "hành chính từ {9..20} ngày xuống còn {3..8} ngày.",
    "Mặt trận Tổ quốc và các tổ chức chính trị - xã hội đã phát huy vai trò giám sát, phản biện xã hội với "
    "{11..58} cuộc "
    "trong năm.",
    "Lực lượng vũ trang giúp dân {400..2600} ngày công, sửa {2..14} km đường, thu hoạch {6..41} ha lúa.",
    "Việc nắm tình hình tư tưởng của Nhân dân được duy trì [hằng tuần|hằng ngày], những vấn đề nổi lên được báo "
    "cáo kịp thời "
    "để chỉ đạo.",
    "Nhiều tổ dân vận đã sử dụng mạng xã hội để thông tin; {13..66} nhóm Zalo với trên {900..8600} thành viên "
    "hoạt động "
    "đúng quy định.",
    "Tính đến ngày {ngay}, số tiền ủng hộ quỹ vì người nghèo đạt {120..980} triệu đồng, vượt {5..37}% kế hoạch.",
    "Đồng chí {ai2} cho rằng điều quan trọng nhất là giữ lời hứa với dân, dù là việc nhỏ.",
    "Đội ngũ cán bộ làm công tác dân vận từng bước được kiện toàn, hiện có {40..220} người, trong đó {21..39} "
    "người có "
    "trình độ đại học trở lên.",
    "Cùng với đó, việc học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh được gắn với những việc cụ "
    "thể ở từng "
    "chi bộ.",
    "Tại {noi2}, cách làm tương tự cũng đem lại kết quả bước đầu, được {200..1500} hộ dân đồng tình.",
    "Những kết quả trên đã góp phần củng cố niềm tin của Nhân dân, giữ vững quốc phòng, an ninh trên địa bàn {db}.",
    "Tuy nhiên, công tác phối hợp giữa một số đơn vị chưa chặt chẽ, việc sơ kết có nơi còn muộn so với thời "
    "gian quy định.",
    "Nguyên nhân chủ yếu là cán bộ kiêm nhiệm nhiều việc, kinh phí hoạt động còn hạn hẹp, tài liệu tuyên truyền "
    "chưa phù "
    "hợp với từng đối tượng.",
    "Trong thời gian tới, {ban} tiếp tục tham mưu cấp ủy thực hiện {vb} và tổ chức kiểm tra ít nhất {2..6} đơn vị.",
    "Ban Thường vụ {cap} yêu cầu mỗi chi bộ đăng ký {1..3} việc cụ thể, hoàn thành trước ngày {ngay2}.",
    "Qua {2..10} năm thực hiện, nhiều cách làm hay đã được ghi lại thành tài liệu để trao đổi giữa các địa phương.",
    "Hội Cựu chiến binh nhận chăm sóc {3..27} nhà bia, Đoàn Thanh niên đảm nhận {8..44} công trình, Hội Phụ nữ giúp "
    "{25..190} hội viên vay vốn.",
    "Theo thống kê của {noi2}, {84..99}% người được hỏi hài lòng với thái độ phục vụ của bộ phận một cửa.",
    "Trước mắt, các đơn vị cần rà soát quy chế phối hợp, làm rõ trách nhiệm của người đứng đầu.",
    "Dư luận trong Nhân dân cơ bản ổn định, tin tưởng vào sự lãnh đạo của Đảng, sự điều hành của chính quyền.",
    "Công tác tuyên truyền được đổi mới bằng nhiều hình thức: sân khấu hóa, tờ rơi, pa nô và {30..260} buổi "
    "sinh hoạt tại "
    "khu dân cư.",
    "Riêng {xa} đã thành lập {4..16} tổ tự quản, duy trì họp vào tối mồng {2..9} hằng tháng.",
    "Các ý kiến đều thống nhất phải chọn việc thiết thực, tránh phô trương, tránh đăng ký cho đủ số lượng.",
    "Ủy ban MTTQ {db} sẽ chủ trì lấy ý kiến Nhân dân về {2..5} dự thảo văn bản trong quý tới.",
    "Thực hiện {vb}, các cơ quan đã ký {5..15} chương trình phối hợp, phân công rõ đơn vị chủ trì và thời hạn.",
    "Ở vùng sâu, cán bộ phải đi bộ {3..11} km mới đến được nhóm hộ xa nhất, nhưng tháng nào cũng có mặt.",
    "Từ nguồn xã hội hóa {150..920} triệu đồng, {db} đã xây {3..21} căn nhà đại đoàn kết, sửa {6..40} căn nhà khác.",
    "Phong trào được triển khai đồng bộ trên cả bốn lĩnh vực: kinh tế, văn hóa - xã hội, quốc phòng - an ninh "
    "và xây dựng "
    "hệ thống chính trị.",
    "Kinh nghiệm rút ra là: nói đi đôi với làm, khen đúng lúc, góp ý đúng chỗ và không để dân chờ…",
)

CLOSINGS = (
    "Với sự đồng thuận của Nhân dân, tin rằng công tác dân vận của {noi} sẽ tiếp tục có những đóng góp quan "
    "trọng trong thời "
    "gian tới./.",
    "Tin tưởng rằng với những việc làm cụ thể, {noi} sẽ hoàn thành các chỉ tiêu đề ra của năm {nam}.",
    "Chia tay chúng tôi, ông {ten} nói vui: việc của dân thì dân lo, chỉ cần cán bộ đừng đứng ngoài.",
    "Hội nghị cũng thống nhất chương trình công tác của quý tiếp theo và giao {ban} theo dõi, đôn đốc.",
    "Dịp này, đoàn đã đến dâng hương tại đài tưởng niệm các anh hùng liệt sĩ của {noi}.",
)
