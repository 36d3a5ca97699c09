"""What every page says, and what statuses and outcomes are called, in Vietnamese and in English."""

from __future__ import annotations

#: One row a phrase: Vietnamese, English.
PHRASES: dict[str, tuple[str, str]] = {
    "tagline": (
        "Kho lưu trữ tin tức từ các trang của cơ quan Đảng",
        "An archive of news from Party committee websites",
    ),
    "other_language": ("English", "Tiếng Việt"),
    "skip": ("Đến phần nội dung", "Skip to content"),
    "home": ("Trang đầu", "Front page"),
    "search": ("Tìm kiếm", "Search"),
    "search_button": ("Tìm", "Search"),
    "search_placeholder": ("Tìm trong kho lưu trữ", "Search the archive"),
    "tables": ("Các bảng và truy vấn", "Tables and queries"),
    "feed": ("Nguồn tin Atom", "Atom feed"),
    "totals": (
        "{articles} bài · {texts} văn bản · {captures} bản chụp",
        "{articles} articles · {texts} texts · {captures} captures",
    ),
    "no_headline": ("Không tiêu đề", "No headline"),
    "author": ("Tác giả", "Author"),
    "section": ("Chuyên mục", "Section"),
    "no_date": ("không ghi ngày đăng", "no date given"),
    "time_note": ("Mọi giờ là giờ Việt Nam.", "All times are Vietnam time (UTC+7)."),
}

NAMES: dict[str, tuple[str, str]] = {
    # articles.status
    "suspect": ("có thể đã gỡ", "possibly removed"),
    "removed": ("đã gỡ", "removed"),
    "restored": ("đã đăng lại", "restored"),
    # revisions.change
    "first": ("bản đầu", "first version"),
    "edited": ("có sửa", "edited"),
    "cosmetic": ("chỉ sửa cách viết", "cosmetic"),
    "ours": ("do cách đọc của chúng tôi", "our reading changed"),
    # crawls.outcome
    "complete": ("trọn vẹn", "complete"),
    "limited": ("theo giới hạn", "limited"),
    "failed": ("không thành", "failed"),
    "refused": ("bị từ chối", "refused"),
    "interrupted": ("bị ngắt", "interrupted"),
    "running": ("đang quét", "running"),
}
