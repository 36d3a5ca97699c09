"""What an article's page says, in Vietnamese and in English."""

from __future__ import annotations

#: One row a phrase: Vietnamese, English.
PHRASES: dict[str, tuple[str, str]] = {
    "not_found_title": ("Không tìm thấy bài này", "No such article"),
    "not_found_text": (
        "Kho lưu trữ không có bài nào mang mã này. Có thể địa chỉ bị chép thiếu.",
        "The archive holds no article with this identifier. The address may have been copied incompletely.",
    ),
    "retracted_title": ("Bài không bị sửa lần này", "The article was not edited then"),
    "retracted_text": (
        "“Phiên bản” này chỉ do cách đọc trang trước đây của chúng tôi mà có và đã được rút; trang gốc không sửa gì. "
        "Mã: {id}.",
        "This “version” came only of how we used to read the page, and was taken back; the publisher changed nothing. "
        "Its identifier: {id}.",
    ),
    "first_seen": ("Thấy lần đầu", "First seen"),
    "last_seen": ("Thấy lần cuối", "Last seen"),
    "last_checked": ("Kiểm tra gần nhất", "Last checked"),
    "original": ("Xem trên trang gốc", "View the original"),
    "no_text": ("Bản chụp của bài này không có phần chữ.", "The captures of this article hold no text."),
    "revisions": ("Các phiên bản", "Revisions"),
    "revision_first": ("bản đầu tiên được lưu", "first version kept"),
    "between": ("sửa trong khoảng từ {a} đến {b}", "changed between {a} and {b}"),
    "no_later_than": ("có từ {b} hoặc sớm hơn", "in place by {b} at the latest"),
    "older_version": ("Đây là một phiên bản cũ.", "This is an older version."),
    "latest": ("Xem bản mới nhất", "Read the latest"),
    "words_added": ("thêm {n} chữ", "{n} words added"),
    "words_removed": ("bớt {n} chữ", "{n} words removed"),
    "addresses": ("Các địa chỉ từng gặp", "Addresses it was met at"),
    "evidence": ("Bằng chứng", "Evidence"),
    "evidence_text": (
        "Mỗi bản chụp được giữ nguyên từng byte trong tệp WARC; phần chữ ở trên được đọc ra từ đó.",
        "Every capture is kept byte for byte in a WARC file; the text above was read from it.",
    ),
    "captured": ("Chụp lúc", "Captured"),
    "digest": ("Mã băm", "Digest"),
    "warc": ("Tệp WARC", "WARC file"),
    "offset": ("vị trí", "offset"),
    "text_digest": ("Mã băm của văn bản", "Digest of the text"),
    "images": ("Hình ảnh", "Images"),
    "attachments": ("Tệp đính kèm", "Attachments"),
    "not_kept": ("chưa lưu được", "not kept"),
    "elsewhere": ("Cùng văn bản này còn đăng ở", "The same text was also published at"),
    "cited": ("Văn bản được dẫn", "Documents cited"),
    "similar": ("Bài tương tự", "Similar articles"),
    "overlap": ("giống {n}%", "{n}% the same"),
    "record": ("Xem dưới dạng dữ liệu", "View as data"),
    "cite": ("Mã của bài", "Identifier"),
}
