"""What the front page says, in Vietnamese and in English."""

from __future__ import annotations

#: One row a phrase: Vietnamese, English.
PHRASES: dict[str, tuple[str, str]] = {
    "newest": ("Bài mới nhất", "Newest articles"),
    "all_articles": ("Tất cả các bài", "All articles"),
    "changed": ("Vừa thay đổi", "What changed"),
    "all_changes": ("Mọi thay đổi", "All changes"),
    "no_changes": ("Chưa thấy bài nào được sửa.", "No article has been seen to change yet."),
    "missing": ("Không còn trên trang gốc", "What is missing"),
    "all_missing": ("Mọi bài đã mất", "Everything missing"),
    "no_missing": ("Chưa thấy bài nào bị gỡ.", "No article has been seen to disappear yet."),
    "sites": ("Các trang được lưu", "Sites in the archive"),
    "all_sites": ("Tình trạng các trang", "How the sites are"),
    "n_articles": ("{n} bài", "{n} articles"),
    "crawled": ("quét lúc", "crawled"),
    "never_crawled": ("chưa quét lần nào", "never crawled"),
    "empty_title": ("Kho lưu trữ còn trống", "The archive is still empty"),
    "empty_text": (
        "Chưa có bài nào được lưu. Sau lần quét đầu tiên, các bài sẽ hiện ra ở đây.",
        "Nothing has been archived yet. After the first crawl, the articles will appear here.",
    ),
    "empty_hint": ("Để bắt đầu, hãy chạy lệnh:", "To begin, run:"),
}
