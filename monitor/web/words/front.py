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
    "all_missing": ("Mọi bài đã mất, kèm bằng chứng", "Everything missing, with evidence"),
    "no_missing": ("Chưa thấy bài nào bị gỡ.", "No article has been seen to disappear yet."),
    "front_feeds": ("Theo trang, chuyên mục, tác giả, từ khóa", "By site, section, author, words"),
    "sites": ("Các trang được lưu", "Sites in the archive"),
    "all_sites": ("Tình trạng các trang", "How the sites are"),
    "n_articles": ("{n} bài", "{n} articles"),
    "crawled": ("quét lúc", "crawled"),
    "never_crawled": ("chưa quét lần nào", "never crawled"),
    "open_alerts": ("{n} cảnh báo", "{n} alerts"),
    "months": ("Số bài theo tháng", "Articles by month"),
    "months_of": ("Số bài theo tháng: {name}", "Articles by month: {name}"),
    "months_said": (
        "Từ {a} đến {b}: {n} bài; nhiều nhất là {most} bài, tháng {when}.",
        "From {a} to {b}: {n} articles; at most {most}, in {when}.",
    ),
    "months_range": (
        "Mỗi cột là một tháng, từ {a} đến {b}; cột cao nhất là {most} bài. Theo ngày đăng của trang gốc.",
        "Each bar is a month, from {a} to {b}; the tallest is {most} articles. By the publisher's dates.",
    ),
    "months_none": ("Trang này không ghi ngày đăng.", "This site gives no dates."),
    "months_table": ("Xem bằng số", "As numbers"),
    "month": ("Tháng", "Month"),
    "empty_title": ("Kho lưu trữ còn trống", "The archive is still empty"),
    "empty_text": (
        "Chưa có bài nào được lưu. Sau lần quét đầu tiên, các bài sẽ hiện ra ở đây.",
        "Nothing has been archived yet. After the first crawl, the articles will appear here.",
    ),
    "empty_hint": ("Để bắt đầu, hãy chạy lệnh:", "To begin, run:"),
}
