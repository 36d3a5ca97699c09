"""What the page of removed articles says, in Vietnamese and in English."""

from __future__ import annotations

#: One row a phrase: Vietnamese, English.
PHRASES: dict[str, tuple[str, str]] = {
    "removed_title": ("Bài không còn trên trang gốc", "Articles that disappeared"),
    "removed_help": (
        "Một bài chỉ bị coi là đã gỡ khi nhiều lần tìm, cách nhau ít nhất hai ngày, đều không thấy, trong khi các bài "
        "khác của trang vẫn mở được. Lỗi mạng hay máy chủ từ chối không phải là bằng chứng. Mỗi lần tìm đều kèm "
        "bản chụp gốc.",
        "An article is called removed only after several looks, over two days at least, did not find it while other "
        "articles of the site were there. A network error or a refusal is no evidence. Each look has its raw record.",
    ),
    "removed_state_removed": ("Đã gỡ", "Removed"),
    "removed_state_suspect": ("Có thể đã gỡ", "Possibly removed"),
    "removed_state_moved": ("Đã chuyển địa chỉ", "Moved"),
    "removed_state_restored": ("Đã đăng lại", "Put back"),
    "removed_all_sites": ("Mọi trang", "Every site"),
    "removed_site": ("Trang", "Site"),
    "removed_filter": ("Lọc", "Filter"),
    "removed_none": ("Không có bài nào.", "There are none."),
    "removed_none_suspect": (
        "Không có bài nào đang chờ xác minh.",
        "No article is waiting to be judged.",
    ),
    "removed_mass": ("Cả một trang mất nhiều bài cùng lúc", "Whole sites that lost much at once"),
    "mass_many": (
        "{missing} trong {looked} bài được tìm đều mất trong một đêm",
        "{missing} of the {looked} articles looked at were gone in one night",
    ),
    "mass_same_page": (
        "{missing} trong {looked} bài được tìm đều biến thành cùng một trang",
        "{missing} of the {looked} articles looked at had turned into one and the same page",
    ),
    "mass_led_off": (
        "địa chỉ của {missing} trong {looked} bài được tìm nay dẫn sang trang khác",
        "the addresses of {missing} of the {looked} articles looked at lead to another site now",
    ),
    "mass_no_answer": ("nhiều đêm liền không trả lời", "nobody answered for several nights"),
    "mass_open": ("chưa rõ kết cục", "not settled yet"),
    "mass_back": ("đã trở lại", "came back"),
    "mass_removed": ("đã gỡ hẳn", "removed for good"),
    "mass_still_there": ("vẫn còn, theo người xem xét", "still there, as a person judged"),
    "mass_closed": ("trang đã đóng", "the site was closed"),
    "removed_first_missing": ("Lần đầu không thấy", "First missing"),
    "confirmed": ("Xác nhận đã gỡ", "Confirmed"),
    "restored_at": ("Thấy lại", "Seen again"),
    "moved_to": ("Nay ở", "Now at"),
    "removed_last_good": ("Lần cuối còn thấy", "Last seen good"),
    "looks": ("{n} lần tìm không thấy", "{n} looks did not find it"),
    "look_said": ("Máy chủ trả lời", "The server said"),
    "removed_last_text": ("Văn bản cuối cùng còn lưu", "The last text kept"),
    "by_decision": ("theo quyết định của người xem xét", "as a person decided"),
    "all_removals": ("Bảng đầy đủ", "The whole table"),
    "removal_history": ("Những lần biến mất", "Disappearances"),
    "with_mass": ("mất cùng nhiều bài khác của trang", "went with many others of the site"),
}
