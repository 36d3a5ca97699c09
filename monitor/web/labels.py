"""What the pages say, in Vietnamese and in English, and how they write dates, numbers and sizes."""

from __future__ import annotations

from datetime import datetime

from crawler.clock import HO_CHI_MINH

LANGUAGES = ("vi", "en")

#: One row a phrase: Vietnamese, English.
_PHRASES: dict[str, tuple[str, str]] = {
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
    "tables": ("Các bảng và truy vấn", "Tables and queries"),
    "feed": ("Nguồn tin Atom", "Atom feed"),
    "totals": (
        "{articles} bài · {texts} văn bản · {captures} bản chụp",
        "{articles} articles · {texts} texts · {captures} captures",
    ),
    "empty_title": ("Kho lưu trữ còn trống", "The archive is still empty"),
    "empty_text": (
        "Chưa có bài nào được lưu. Sau lần quét đầu tiên, các bài sẽ hiện ra ở đây.",
        "Nothing has been archived yet. After the first crawl, the articles will appear here.",
    ),
    "empty_hint": ("Để bắt đầu, hãy chạy lệnh:", "To begin, run:"),
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
    "no_headline": ("Không tiêu đề", "No headline"),
    "author": ("Tác giả", "Author"),
    "section": ("Chuyên mục", "Section"),
    "no_date": ("không ghi ngày đăng", "no date given"),
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
    "time_note": ("Mọi giờ là giờ Việt Nam.", "All times are Vietnam time (UTC+7)."),
}

_NAMES: dict[str, tuple[str, str]] = {
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

#: The phrases of one language, by name.
TEXTS: dict[str, dict[str, str]] = {
    language: {key: pair[i] for key, pair in _PHRASES.items()} for i, language in enumerate(LANGUAGES)
}


def language_of(requested: str | None) -> str:
    """``?lang=`` as given by anybody: one of LANGUAGES, Vietnamese if it is none of them."""
    return requested if requested in LANGUAGES else LANGUAGES[0]


def name_of(value: str | None, language: str) -> str:
    """What a status, an outcome or a kind of change is called; as stored where it has no name here."""
    pair = _NAMES.get(value or "")
    return pair[LANGUAGES.index(language)] if pair else value or ""


def moment(stored: str | None) -> str:
    """A time or day of the archive as a reader in Vietnam writes it: ``16/09/2023, 19:47`` or ``20/07/2016``."""
    if not stored:
        return ""
    try:
        when = datetime.fromisoformat(stored)
    except ValueError:
        return stored
    if "T" not in stored:
        return f"{when:%d/%m/%Y}"
    return f"{when.astimezone(HO_CHI_MINH):%d/%m/%Y, %H:%M}"


def number(value: int | None, language: str) -> str:
    """``1.234`` in Vietnamese, ``1,234`` in English."""
    text = f"{value or 0:,}"
    return text.replace(",", ".") if language == "vi" else text


def size(octets: int | None, language: str) -> str:
    """Bytes for people: ``812 B``, ``45,2 kB``, ``3,1 MB`` (decimal units, the language's decimal sign)."""
    if octets is None:
        return ""
    value, unit = float(octets), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    text = f"{value:.0f}" if unit == "B" else f"{value:.1f}"
    return f"{text.replace('.', ',') if language == 'vi' else text} {unit}"
