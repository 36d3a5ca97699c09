"""What the search says, in Vietnamese and in English."""

from __future__ import annotations

#: One row a phrase: Vietnamese, English.
PHRASES: dict[str, tuple[str, str]] = {
    "search_help": (
        "Gõ có dấu thì tìm đúng dấu (“Đảng”), gõ không dấu thì tìm mọi cách đọc (“dang”). "
        "Đặt trong ngoặc kép để tìm nguyên cụm từ, thêm dấu trừ trước từ cần loại bỏ.",
        "Words with marks match exactly (“Đảng”); words without marks match every reading (“dang”). "
        "Use double quotes for a phrase and a minus sign to exclude a word.",
    ),
    "found": ("Tìm thấy {n} bài: {q}", "{n} articles found: {q}"),
    "found_many": ("Tìm thấy hơn {n} bài: {q}", "More than {n} articles found: {q}"),
    "found_none": ("Không tìm thấy bài nào: {q}", "No article found: {q}"),
    "too_slow": (
        "Tìm quá lâu nên đã dừng; hãy thêm từ để thu hẹp: {q}",
        "The search took too long and was stopped; add words to narrow it down: {q}",
    ),
    "newer": ("Mới hơn", "Newer"),
    "older": ("Cũ hơn", "Older"),
}
