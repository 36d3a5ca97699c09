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
    "menu": ("Mục chính", "Main"),
    "disappeared": ("Bài đã gỡ", "Removed"),
    "home": ("Trang đầu", "Front page"),
    "search": ("Tìm kiếm", "Search"),
    "search_button": ("Tìm", "Search"),
    "search_placeholder": ("Tìm trong kho lưu trữ", "Search the archive"),
    "tables": ("Các bảng và truy vấn", "Tables and queries"),
    "totals": ("{articles} bài từ {sites} trang.", "{articles} articles from {sites} sites."),
    "no_headline": ("Không tiêu đề", "No headline"),
    "author": ("Tác giả", "Author"),
    "section": ("Chuyên mục", "Section"),
    "no_page": ("Không có trang này", "No such page"),
    "no_page_text": (
        "Địa chỉ này không dẫn đến đâu. Có thể nó bị chép thiếu: hãy thử tìm kiếm, hoặc về trang đầu.",
        "This address leads nowhere. A part of it may be missing: try the search, or the front page.",
    ),
    "no_date": ("không ghi ngày đăng", "no date given"),
    "time_note": ("Mọi giờ là giờ Việt Nam.", "All times are Vietnam time (UTC+7)."),
}

NAMES: dict[str, tuple[str, str]] = {
    # articles.status
    "live": ("còn trên trang gốc", "still on its site"),
    "suspect": ("có thể đã gỡ", "possibly removed"),
    "removed": ("đã gỡ", "removed"),
    "restored": ("đã đăng lại", "restored"),
    # sites.status
    "unverified": ("địa chỉ chưa kiểm chứng", "address not verified"),
    "closed": ("đã đóng", "closed"),
    # mass_removals that are not over
    "mass": ("mất nhiều bài cùng lúc", "lost much at once"),
    # removals
    "moved": ("đã chuyển địa chỉ", "moved"),
    # captures.quality
    "article": ("là bài viết", "an article"),
    "listing": ("trang danh mục", "a listing"),
    "not_found": ("không tìm thấy", "not found"),
    "login": ("trang đăng nhập", "a sign-in form"),
    "challenge": ("trang kiểm tra trình duyệt", "a browser check"),
    "empty": ("trang trống", "an empty page"),
    "unreadable": ("không đọc được", "unreadable"),
    "redirect": ("chuyển hướng", "a redirect"),
    "error": ("lỗi máy chủ", "a server error"),
    "not_modified": ("không đổi", "not modified"),
    # article_urls.evidence
    "capture": ("gặp ở đây", "met there"),
    "canonical": ("do trang nêu", "named by the page"),
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
