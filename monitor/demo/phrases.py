"""The stock of invented Vietnamese phrases from which the demo's news is composed.

Notation: ``[a|b]`` is one of several wordings, ``{5..40}`` a figure between two bounds, ``{name}`` something that the
story knows: ``noi`` (a place), ``xa`` (a smaller one), ``ai``/``ai2`` (people with their office), ``ngay`` (a date),
``nam`` (the year), ``vb`` (a document), ``mh`` (a model), ``cap``/``ban``/``db``/``duoi`` (the committee's own words),
``ten`` (anybody's name).
Written with the tone on the first vowel (``ủy``); the composer turns some into the older ``uỷ``.
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """One sort of news: how it is headed, opened and told, and what its photographs show."""

    headlines: tuple[str, ...]
    leads: tuple[str, ...]
    sentences: tuple[str, ...]
    captions: tuple[str, ...]


KINDS: dict[str, Kind] = {
    "so_ket": Kind(
        (
            "{Ban} sơ kết công tác dân vận [6 tháng đầu năm|9 tháng] {nam}",
            "Hội nghị tổng kết công tác dân vận, Phong trào thi đua “Dân vận khéo” năm {nam} tại {noi}",
            "{Noi} tổ chức hội nghị [giao ban|tổng kết] khối dân vận, [triển khai|bàn] nhiệm vụ [quý II|cuối "
            "năm] {nam}",
        ),
        (
            "[Sáng|Chiều] ngày {ngay}, {ban} tổ chức hội nghị [sơ kết|đánh giá kết quả] công tác dân vận của {noi}. "
            "Đồng chí {ai} [dự và chỉ đạo|chủ trì] hội nghị.",
            "Ngày {ngay}, tại hội trường [lớn|tầng 2] {cap}, khối dân vận {noi} đã nhìn lại những việc làm được "
            "trong năm "
            "{nam} và [thống nhất|thảo luận] nhiệm vụ của thời gian tới.",
        ),
        (
            "Cùng dự có các đồng chí trong Ban Chấp hành Đảng bộ {db}; lãnh đạo các ban xây dựng Đảng, Văn "
            "phòng {cap}; "
            "trưởng khối dân vận các xã, phường và {5..60} đại biểu là người có uy tín.",
            "Báo cáo trình bày tại hội nghị cho thấy toàn {db} có {120..900} tập thể và {200..2400} cá nhân "
            "đăng ký điển "
            "hình “Dân vận khéo”, [tăng|nhiều hơn] {3..48} mô hình so với cùng kỳ.",
            "Các tham luận của {noi} và {xa} tập trung vào cách nắm tình hình Nhân dân, nhất là ở nơi có dự án đi qua.",
            "Hội nghị dành [phần lớn thời gian|hơn {2..4} giờ] để nghe ý kiến của {6..21} đại biểu về khó khăn "
            "trong phân công "
            "cán bộ phụ trách địa bàn.",
            "Kết luận hội nghị, đồng chí {ai} đề nghị khối dân vận cơ sở [bám sát|căn cứ] {vb}, chọn việc khó "
            "để làm trước "
            "và báo cáo kết quả [hằng tháng|trước ngày 25 hằng tháng].",
            "Nhân dịp này, {8..30} tập thể và {10..60} cá nhân được {cap} tặng giấy khen vì có thành tích trong "
            "phong trào.",
        ),
        (
            "Quang cảnh hội nghị",
            "Đồng chí {ai} phát biểu kết luận hội nghị",
            "Các đại biểu thảo luận tại hội trường",
            "Trao giấy khen cho các tập thể tiêu biểu năm {nam} (Ảnh: HV)",
        ),
    ),
    "khao_sat": Kind(
        (
            "{Ban} khảo sát [kết quả|việc] thực hiện công tác dân vận năm {nam} tại {noi}",
            "Kiểm tra việc thực hiện quy chế công tác dân vận tại {noi}",
            "Đoàn khảo sát của {cap} làm việc với {duoi} {noi}",
        ),
        (
            "Ngày {ngay}, đoàn khảo sát do đồng chí {ai} làm trưởng đoàn đã làm việc với Ban Thường vụ {duoi} "
            "{noi} về "
            "[kết quả lãnh đạo|việc triển khai] công tác dân vận năm {nam}.",
            "Thực hiện kế hoạch khảo sát năm {nam}, [sáng|chiều] {ngay}, {ban} đã đến {xa}, {noi} để tìm hiểu "
            "cách làm của "
            "khối dân vận cơ sở.",
        ),
        (
            "Trước buổi làm việc, đoàn đã đi thực tế tại {2..6} chi bộ, xem sổ ghi chép và hỏi chuyện {12..45} "
            "hộ dân "
            "về những việc được bàn, được kiểm tra.",
            "Theo báo cáo, từ đầu năm {noi} đã ban hành {14..76} văn bản về công tác dân vận, trong đó có "
            "chương trình "
            "thực hiện {vb}.",
            "Đoàn ghi nhận nơi đây đã giải quyết {18..140} kiến nghị, đạt tỷ lệ {81..99}%; số đơn thư gửi vượt "
            "cấp giảm còn "
            "{2..9} vụ việc.",
            "Bên cạnh kết quả đạt được, đoàn cũng chỉ ra [một số|{2..4}] hạn chế: sinh hoạt của vài tổ dân vận "
            "còn hình thức, "
            "hồ sơ lưu chưa đủ, việc nhân rộng mô hình còn chậm.",
            "Đồng chí {ai2} đề nghị cấp trên sớm hướng dẫn chế độ cho cán bộ kiêm nhiệm và mở thêm {2..5} lớp "
            "bồi dưỡng.",
            "Sau khảo sát, đoàn sẽ tổng hợp báo cáo Ban Thường vụ {cap} trước ngày {ngay2}.",
        ),
        (
            "Đoàn khảo sát làm việc với đại diện Thường trực {duoi} {noi}",
            "Đoàn kiểm tra sổ sách của khối dân vận {xa}",
            "Đồng chí {ai} trao đổi với người dân {xa}",
        ),
    ),
    "doi_thoai": Kind(
        (
            "Người đứng đầu cấp ủy, chính quyền {noi} tiếp xúc, đối thoại với Nhân dân",
            "{Noi}: {40..260} ý kiến tại hội nghị đối thoại [quý I|quý III|cuối năm] {nam}",
            "Đối thoại trực tiếp giữa Thường trực {cap} với [hội viên nông dân|cán bộ, giáo viên|thanh niên công nhân]",
        ),
        (
            "[Sáng|Chiều] {ngay}, tại {noi} đã diễn ra hội nghị tiếp xúc, đối thoại trực tiếp với sự tham gia của "
            "{90..420} đại biểu đại diện các tầng lớp Nhân dân. Đồng chí {ai} chủ trì.",
            "Không đọc báo cáo dài, không hạn chế câu hỏi, hội nghị đối thoại ngày {ngay} tại {xa} đã thu hút "
            "nhiều ý kiến "
            "thẳng thắn của người dân.",
        ),
        (
            "Trong gần {2..4} giờ, {11..38} lượt ý kiến đã được nêu, chủ yếu về giá đất đền bù, nước sạch, rác "
            "thải và "
            "giờ xe chạy qua trường học.",
            "Ông {ten}, người dân {xa}, phản ánh đoạn kênh dài {200..950} mét nhiều năm chưa được nạo vét, cứ "
            "mưa lớn là "
            "nước tràn vào vườn.",
            "Những vấn đề thuộc thẩm quyền đã được trả lời ngay; {5..17} nội dung còn lại được giao cho cơ quan "
            "chuyên môn "
            "và hẹn trả lời bằng văn bản trước ngày {ngay2}.",
            "Đồng chí {ai} nhấn mạnh: đối thoại không phải để giải thích thay cho giải quyết, việc gì đã hứa "
            "thì phải có "
            "người chịu trách nhiệm và có thời hạn.",
            "Đây là hội nghị thứ {2..9} được tổ chức theo {vb} kể từ đầu nhiệm kỳ.",
            "Kết quả theo dõi cho thấy {71..98}% kiến nghị của các kỳ đối thoại trước đã được giải quyết xong.",
        ),
        (
            "Toàn cảnh hội nghị đối thoại tại {noi}",
            "Người dân {xa} nêu ý kiến tại hội nghị",
            "Đồng chí {ai} trả lời kiến nghị của Nhân dân",
        ),
    ),
    "mo_hinh": Kind(
        (
            "Hiệu quả từ mô hình {mh} ở {xa}",
            "{Noi} nhân rộng mô hình {mh}",
            "Khi mô hình {mh} đi vào cuộc sống",
        ),
        (
            "Ra đời từ năm {nam_truoc} với {7..25} hộ tham gia, đến nay mô hình {mh} của {xa}, {noi} đã trở "
            "thành điểm đến "
            "học tập của nhiều địa phương.",
            "Không hô hào, không chạy theo số lượng, mô hình {mh} tại {noi} được người dân đón nhận vì thiết "
            "thực và dễ làm.",
        ),
        (
            "Bà {ten}, chi hội trưởng phụ nữ, cho biết mỗi hộ góp {20..90} nghìn đồng một tháng, chi tiêu được "
            "ghi lên bảng "
            "ở nhà văn hóa để ai cũng xem được.",
            "Sau {2..5} năm, {xa} có {35..310} hộ tham gia, trồng mới {400..4200} mét đường hoa và vận động được "
            "{45..860} triệu đồng từ con em xa quê.",
            "Điều đáng quý là việc nào cũng được bàn từ dưới lên: tổ dân vận đến từng nhà, nghe trước rồi mới nói.",
            "Đảng viên được phân công giúp đỡ {3..12} hộ liền kề, cuối tháng báo cáo trước chi bộ, nhờ vậy "
            "không còn việc "
            "bị bỏ quên.",
            "Từ một mô hình ban đầu, toàn {db} hiện có {24..190} mô hình được công nhận, trong đó lĩnh vực kinh "
            "tế có "
            "{11..74} mô hình, văn hóa - xã hội có {9..52} mô hình.",
            "Theo đồng chí {ai}, bài học ở đây là chọn đúng người, đúng việc và không làm thay dân.",
        ),
        (
            "Một góc tuyến đường do hội viên {xa} chăm sóc",
            "Các thành viên của mô hình {mh} trao đổi kinh nghiệm",
            "Đồng chí {ai} thăm mô hình tại {xa}",
        ),
    ),
    "ton_giao": Kind(
        (
            "{Cap} thăm, chúc mừng [chức sắc|đồng bào] tôn giáo tại {noi}",
            "{Ban} gặp mặt người có uy tín trong đồng bào dân tộc thiểu số năm {nam}",
            "Nâng cao hiệu quả công tác dân tộc, tôn giáo ở {noi}",
        ),
        (
            "Ngày {ngay}, đoàn công tác do đồng chí {ai} dẫn đầu đã đến thăm, tặng quà và chúc mừng đồng bào "
            "tại {xa}, {noi}.",
            "Làm tốt công tác dân tộc, tôn giáo là một trong những nhiệm vụ được {ban} quan tâm thường xuyên "
            "trong năm {nam}.",
        ),
        (
            "Thay mặt lãnh đạo {db}, đồng chí {ai} ghi nhận đóng góp của bà con trong xây dựng đường làng, giữ "
            "gìn an ninh và "
            "chăm lo {30..240} hộ có hoàn cảnh khó khăn.",
            "Đại diện các chức sắc cảm ơn sự quan tâm của cấp ủy, chính quyền và hứa tiếp tục vận động tín đồ "
            "sống tốt đời, "
            "đẹp đạo.",
            "Hiện trên địa bàn có {9..63} cơ sở thờ tự, {120..980} hộ theo đạo; các hoạt động diễn ra thuần "
            "túy, đúng pháp luật.",
            "Đoàn đã trao {15..80} suất quà, mỗi suất trị giá {300..900} nghìn đồng cho người già và học sinh "
            "vượt khó.",
            "Việc thực hiện {vb} được gắn với chương trình phát triển kinh tế vùng đồng bào, từ cây giống, nước "
            "sinh hoạt "
            "đến lớp học xóa mù chữ.",
            "Những người có uy tín thực sự là cầu nối: {4..18} vụ mâu thuẫn đất đai đã được hòa giải ngay tại thôn.",
        ),
        (
            "Đoàn công tác tặng quà đồng bào {xa}",
            "Đồng chí {ai} trò chuyện với người có uy tín",
            "Buổi gặp mặt diễn ra trong không khí ấm áp, chân tình",
        ),
    ),
    "tap_huan": Kind(
        (
            "Khai mạc lớp bồi dưỡng nghiệp vụ công tác dân vận năm {nam} tại {noi}",
            "{Noi} tập huấn kỹ năng [tuyên truyền|hòa giải|nắm tình hình Nhân dân] cho cán bộ cơ sở",
            "{90..280} học viên dự lớp tập huấn công tác dân vận do {ban} tổ chức",
        ),
        (
            "[Sáng|Chiều] {ngay}, {ban} phối hợp với Trung tâm Chính trị khai mạc lớp bồi dưỡng nghiệp vụ cho "
            "cán bộ làm "
            "công tác dân vận của {noi}.",
            "Trong {2..4} ngày, từ ngày {ngay}, các học viên của {noi} được trang bị những kỹ năng cần cho công "
            "việc ở cơ sở.",
        ),
        (
            "Lớp học gồm {4..9} chuyên đề, trong đó có kỹ năng đối thoại, cách xây dựng mô hình và việc phản "
            "ánh dư luận.",
            "Giảng viên là các đồng chí trưởng phòng của {ban} và {2..5} bí thư chi bộ có nhiều năm làm công "
            "tác vận động quần "
            "chúng.",
            "Thay cho bài thu hoạch dài, mỗi học viên viết {1..2} trang về một việc khó đã gặp và cách xử lý.",
            "Phát biểu khai mạc, đồng chí {ai} mong các học viên học để làm, hỏi những gì chưa rõ và giữ liên "
            "lạc sau lớp học.",
            "Đến nay đã có {300..1900} lượt cán bộ được bồi dưỡng theo kế hoạch thực hiện {vb}.",
            "Cuối đợt, {85..100}% học viên đạt yêu cầu, trong đó {12..64} người xếp loại giỏi.",
        ),
        (
            "Các học viên dự lớp tập huấn",
            "Đồng chí {ai} phát biểu khai mạc lớp học",
            "Học viên thực hành xử lý tình huống theo nhóm",
        ),
    ),
    "dan_chu": Kind(
        (
            "Thực hiện tốt Quy chế dân chủ ở cơ sở tại {noi}",
            "Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở {db} [họp phiên thường kỳ|kiểm tra {noi}]",
            "{Noi}: Dân biết, dân bàn, dân làm, dân kiểm tra",
        ),
        (
            "Những năm qua, việc thực hiện Quy chế dân chủ ở cơ sở tại {noi} đã có chuyển biến rõ nét, phát huy "
            "quyền làm chủ "
            "của Nhân dân.",
            "Ngày {ngay}, Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở đã họp để đánh giá kết quả và giao việc "
            "cho các thành "
            "viên. Đồng chí {ai} chủ trì cuộc họp.",
        ),
        (
            "Các khoản đóng góp, danh sách hộ nghèo, quy hoạch sử dụng đất đều được niêm yết ở {14..96} nhà văn "
            "hóa và đọc "
            "trên loa {2..3} lần mỗi tuần.",
            "Trong năm, {60..170} cuộc giám sát của ban thanh tra nhân dân đã phát hiện và kiến nghị xử lý "
            "{7..29} việc.",
            "Ở khối cơ quan, {88..100}% đơn vị tổ chức hội nghị cán bộ, công chức đúng thời gian, nội dung bám "
            "sát {vb}.",
            "Ở doanh nghiệp, {20..85} cuộc đối thoại định kỳ giúp giải quyết kịp thời chuyện tiền ăn ca, giờ làm thêm.",
            "Nhờ bàn kỹ, {xa} chỉ mất {11..40} ngày để hoàn thành giải phóng mặt bằng con đường dài {2..9} km.",
            "Tuy vậy, vẫn còn nơi công khai cho có, chữ nhỏ, treo cao, khiến người dân khó theo dõi; Ban Chỉ "
            "đạo yêu cầu khắc "
            "phục trước ngày {ngay2}.",
        ),
        (
            "Người dân {xa} xem bảng niêm yết công khai",
            "Quang cảnh cuộc họp của Ban Chỉ đạo",
            "Họp dân bàn việc làm đường ở {xa}",
        ),
    ),
    "nong_thon": Kind(
        (
            "Dân vận khéo trong xây dựng nông thôn mới, đô thị văn minh ở {noi}",
            "{Xa} vận động Nhân dân hiến {800..9500} mét vuông đất mở rộng đường",
            "Sức dân ở {noi}",
        ),
        (
            "Về {xa}, {noi} hôm nay, con đường bê tông rộng {4..7} mét chạy qua những ngôi nhà mới là kết quả "
            "của sự đồng "
            "lòng giữa cấp ủy, chính quyền và Nhân dân.",
            "Từ việc “khéo” của người cán bộ dân vận, {noi} đã huy động được {2..38} tỷ đồng và hàng nghìn ngày "
            "công trong "
            "năm {nam}.",
        ),
        (
            "Gia đình ông {ten} tự tháo dỡ {30..120} mét tường rào, lùi cổng vào để đường được thẳng.",
            "Toàn {db} đã có {60..340} hộ hiến đất, với tổng diện tích {1500..27000} mét vuông, không nhận tiền "
            "đền bù.",
            "Cách làm ở đây là đảng viên đi trước: {12..45} đảng viên ký cam kết và vận động người thân làm theo.",
            "Mặt trận và các đoàn thể nhận {5..19} công trình, phần việc; mỗi việc có người phụ trách và ngày "
            "hoàn thành.",
            "Thu nhập bình quân đạt {38..72} triệu đồng một người một năm, tỷ lệ hộ nghèo giảm còn {1..6}%.",
            "Thời gian tới, {noi} phấn đấu có thêm {3..14} khu dân cư kiểu mẫu, {2..8} sản phẩm được xếp hạng "
            "từ 3 sao.",
        ),
        (
            "Con đường mới ở {xa}",
            "Người dân {xa} tham gia làm đường bê tông",
            "Lãnh đạo {noi} kiểm tra tiến độ thi công",
        ),
    ),
}
