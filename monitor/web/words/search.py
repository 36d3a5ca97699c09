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
    "found": ("Tìm thấy {n} bài", "{n} articles found"),
    "found_many": ("Tìm thấy hơn {n} bài", "More than {n} articles found"),
    "found_none": ("Không tìm thấy bài nào", "No article found"),
    "asks_nothing": (
        "Hãy thêm ít nhất một từ cần tìm: dấu câu không tìm được, và từ có dấu trừ chỉ để loại bỏ.",
        "Add at least one word to look for: punctuation cannot be found, and words with a minus only exclude.",
    ),
    "cut": ("Chỉ {n} ký tự đầu của câu hỏi được dùng.", "Only the first {n} characters of the query are used."),
    "too_slow": (
        "Tìm quá lâu nên đã dừng; hãy thêm từ hoặc chọn một trang, một năm để thu hẹp.",
        "The search took too long and was stopped; add words, or choose a site or a year, to narrow it down.",
    ),
    "without_marks": ("Tìm không kể dấu", "Search without marks"),
    "order_newest": ("Mới nhất trước", "Newest first"),
    "order_closest": ("Sát nhất trước", "Closest first"),
    "order_closest_of": ("Sát nhất trước, trong {n} bài mới nhất", "Closest first, of the newest {n}"),
    "order_change_newest": ("xếp mới nhất trước", "show the newest first"),
    "order_change_closest": ("xếp sát nhất trước", "show the closest first"),
    "counted_of": ("Đếm trong {n} bài mới nhất.", "Counted in the newest {n} articles."),
    "older_than": ("Xem tiếp các bài cũ hơn", "Go on with older articles"),
    "narrow": ("Thu hẹp", "Narrow down"),
    "by_site": ("Trang", "Site"),
    "by_section": ("Chuyên mục", "Section"),
    "by_author": ("Tác giả", "Author"),
    "by_year": ("Thời gian", "Time"),
    "by_status": ("Tình trạng", "Status"),
    "remove": ("bỏ", "remove"),
    "since": ("Từ ngày", "Since"),
    "until": ("Đến ngày", "Until"),
    "apply": ("Lọc", "Apply"),
    "follow_search": ("Theo dõi kết quả này", "Follow this search"),
    "newer": ("Trang trước", "Previous page"),
    "older": ("Trang sau", "Next page"),
}
