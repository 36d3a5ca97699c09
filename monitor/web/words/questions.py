"""What the saved questions say, and what their columns are called, in Vietnamese and in English."""

from __future__ import annotations

#: One row a phrase: Vietnamese, English.
PHRASES: dict[str, tuple[str, str]] = {
    "questions": ("Câu hỏi có sẵn", "Saved questions"),
    "questions_help": (
        "Những câu hỏi về kho lưu trữ đã viết sẵn; mỗi câu có bảng, biểu đồ, tệp và nguồn tin để theo dõi.",
        "Questions about the archive, asked once and kept: each with a table, a chart, files and a feed to follow.",
    ),
    "no_question": ("Không có câu hỏi này", "No such question"),
    "no_question_text": (
        "Kho lưu trữ không có câu hỏi nào mang tên ấy.",
        "The archive keeps no question of that name.",
    ),
    "question_too_slow": (
        "Trả lời quá lâu nên đã dừng; hãy chọn một trang hoặc một khoảng thời gian để thu hẹp.",
        "The answer took too long and was stopped; choose a site or a time to narrow it down.",
    ),
    "no_answer": ("Không có gì để trả lời.", "There is nothing to answer with."),
    "cut_rows": ("{n} hàng đầu trong {all}; các tệp có đủ.", "The first {n} rows of {all}; the files have them all."),
    "ask_site": ("Trang", "Site"),
    "ask_since": ("Kể từ ngày", "Since"),
    "ask_month": ("Tháng (2026-03)", "Month (2026-03)"),
    "ask_all_sites": ("Mọi trang", "All sites"),
    "ask": ("Hỏi", "Ask"),
    "others": ("Các trang khác", "Other sites"),
    "answer": ("Trả lời", "Answer"),
    "as_files": ("Tải về, theo dõi", "Download, follow"),
    "as_sql": ("Câu hỏi bằng SQL", "The question in SQL"),
}

#: What the answers' columns are called.
COLUMNS: dict[str, tuple[str, str]] = {
    "at": ("Lúc", "When"),
    "article_id": ("Bài", "Article"),
    "headline": ("Tiêu đề", "Headline"),
    "site": ("Trang", "Site"),
    "sites": ("Số trang", "Sites"),
    "month": ("Tháng", "Month"),
    "articles": ("Số bài", "Articles"),
    "author": ("Tác giả", "Author"),
    "document": ("Văn bản", "Document"),
    "first_cited": ("Dẫn lần đầu", "First cited"),
    "last_cited": ("Dẫn lần cuối", "Last cited"),
    "first_published": ("Bài đầu", "First"),
    "last_published": ("Bài mới nhất", "Newest"),
    "last_found": ("Tìm thấy bài mới", "New article found"),
    "date_published": ("Ngày đăng", "Published"),
    "observed_after": ("Sau lúc", "Edited after"),
    "words_added": ("Chữ thêm", "Words added"),
    "words_removed": ("Chữ bớt", "Words removed"),
    "status": ("Tình trạng", "Status"),
    "days": ("Số ngày", "Days"),
    "days_silent": ("Số ngày im", "Days silent"),
    "days_between_articles": ("Nhịp thường (ngày/bài)", "Usual days between articles"),
    "silent_after": ("Im từ", "Silent after"),
    "silent_until": ("Đến", "Until"),
    "publications": ("Số lần đăng", "Publications"),
    "revision_count": ("Số phiên bản", "Versions"),
    "last_changed": ("Đổi lần cuối", "Last changed"),
    "kind": ("Loại", "Kind"),
    "media_type": ("Định dạng", "Media type"),
    "files": ("Số tệp", "Files"),
    "kept": ("Đã lưu", "Kept"),
    "bytes": ("Byte", "Bytes"),
    "quality": ("Trang là", "The page is"),
    "quality_reason": ("Vì", "Because"),
    "captures": ("Bản chụp", "Captures"),
    "latest": ("Gần nhất", "Latest"),
}
