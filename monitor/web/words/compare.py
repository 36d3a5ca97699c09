"""What the comparison of two revisions says, in Vietnamese and in English."""

from __future__ import annotations

#: One row a phrase: Vietnamese, English.
PHRASES: dict[str, tuple[str, str]] = {
    "compare": ("So sánh hai phiên bản", "Compare two revisions"),
    "compare_with_previous": ("xem chỗ sửa", "see what changed"),
    "compare_from": ("Bản trước", "Earlier version"),
    "compare_to": ("Bản sau", "Later version"),
    "compare_show": ("So sánh", "Compare"),
    "compare_side": ("Hai cột", "Side by side"),
    "compare_inline": ("Một cột", "In one text"),
    "compare_small": ("Hiện cả chỗ chỉ đổi cách viết", "Show changes of spelling too"),
    "compare_no_small": ("Ẩn chỗ chỉ đổi cách viết", "Hide changes of spelling"),
    "compare_hidden": (
        "{n} đoạn chỉ đổi cách viết (dấu thanh, khoảng cách, dấu câu) không được đánh dấu.",
        "{n} paragraphs differ in spelling alone (place of tone marks, spaces, punctuation) and are not marked.",
    ),
    "compare_same": ("Phần chữ của hai bản như nhau.", "The texts of both versions say the same."),
    "compare_fold": ("{n} đoạn không đổi", "{n} unchanged paragraphs"),
    "compare_moved": ("đổi chỗ", "moved"),
    "compare_fields": ("Ngoài phần chữ", "Besides the text"),
    "compare_text": ("Phần chữ", "The text"),
    "compare_file_added": ("thêm", "added"),
    "compare_file_removed": ("bớt", "removed"),
    "compare_older": ("Lần sửa trước", "The edit before"),
    "compare_newer": ("Lần sửa sau", "The edit after"),
    "compare_earliest": ("bản đầu tiên", "the first version"),
    "read_this": ("đọc bản này", "read this version"),
    "raw_record": ("bản chụp gốc", "raw record"),
    "no_revision_title": ("Không có phiên bản này", "No such revision"),
    "no_revision_text": (
        "Bài này không có phiên bản nào chụp vào thời điểm ấy. Có thể địa chỉ bị chép thiếu.",
        "The article has no revision of that time. The address may have been copied incompletely.",
    ),
    "field_headline": ("Tiêu đề", "Headline"),
    "field_author": ("Tác giả", "Author"),
    "field_date": ("Ngày đăng", "Date"),
    "field_section": ("Chuyên mục", "Section"),
    "field_description": ("Tóm tắt", "Description"),
    "field_attachments": ("Tệp đính kèm", "Attachments"),
    "field_images": ("Ảnh", "Pictures"),
}
