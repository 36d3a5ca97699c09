"""What the page of feeds and the feeds themselves are called, in Vietnamese and in English."""

from __future__ import annotations

#: One row a phrase: Vietnamese, English.
PHRASES: dict[str, tuple[str, str]] = {
    "feeds": ("Nguồn tin", "Feeds"),
    "feed_new": ("Bài mới", "New articles"),
    "feed_edits": ("Bài được sửa", "Edited articles"),
    "feed_removals": ("Bài bị gỡ", "Removed articles"),
    "feed_alerts": ("Cảnh báo vận hành", "Operators' alerts"),
    "feeds_help": (
        "Thêm một địa chỉ dưới đây vào trình đọc tin (Thunderbird, Feedly, newsboat…) để tự nhận mỗi bài mới, mỗi lần "
        "sửa, mỗi lần gỡ. Mọi trình đọc đều đọc được Atom.",
        "Put one of these addresses into a feed reader (Thunderbird, Feedly, newsboat…) to be told of every new "
        "article, edit and removal. Every reader can read Atom.",
    ),
    "feeds_whole": ("Cả kho lưu trữ", "The whole archive"),
    "feeds_own": ("Nguồn tin của riêng bạn", "A feed of your own"),
    "feeds_own_help": (
        "Chọn trang, chuyên mục, tác giả, từ cần tìm hay số hiệu văn bản; ô để trống thì không lọc.",
        "Choose a site, a section, an author, words to search for or the number of a document; leave the rest empty.",
    ),
    "feeds_chosen": ("Địa chỉ theo lựa chọn của bạn", "The addresses of your choice"),
    "feeds_by_site": ("Theo trang", "By site"),
    "feeds_summary": ("Chỉ lấy tóm tắt, không lấy toàn văn", "Summaries only, not whole texts"),
    "feeds_any_site": ("Mọi trang", "Every site"),
    "feeds_site": ("Trang", "Site"),
    "feeds_words": ("Từ cần tìm", "Words to search for"),
    "feeds_document": ("Văn bản được dẫn", "Document cited"),
    "feeds_show": ("Cho xem địa chỉ", "Show the addresses"),
    "feeds_all": ("Tất cả trong một tệp OPML", "All of them in one OPML file"),
    "feeds_edits_note": ("kèm từng chữ đã đổi", "with the words that changed"),
    "feeds_removals_note": ("kèm bằng chứng và bản cuối cùng còn lưu", "with the evidence and the last text kept"),
    "feeds_alerts_note": ("dành cho người vận hành kho", "for whoever runs the archive"),
    "feeds_new_note": ("mới nhất theo ngày đăng", "the newest by date"),
    # what entries of feeds are called; feeds speak Vietnamese
    "told_edited": ("Được sửa: {headline}", "Edited: {headline}"),
    "told_retracted": ("Đã rút lại: {headline}", "Taken back: {headline}"),
    "told_removed": ("Bị gỡ: {headline}", "Removed: {headline}"),
    "told_moved": ("Chuyển địa chỉ: {headline}", "Moved: {headline}"),
    "told_restored": ("Đăng lại: {headline}", "Restored: {headline}"),
    "told_site_missing": ("Trang có thể đã mất: {headline}", "A site may be gone: {headline}"),
    "told_site_back": ("Trang đã rõ: {headline}", "A site is settled: {headline}"),
    "told_site_closed": ("Trang đã đóng: {headline}", "A site has closed: {headline}"),
    "retracted_edit": (
        "Lần “sửa” này chỉ do cách đọc trang trước đây của chúng tôi mà có; trang gốc không sửa gì.",
        "This “edit” came only of how we used to read the page; the publisher changed nothing.",
    ),
    "edit_observed": ("Sửa trong khoảng", "Edited between"),
    "edit_in_short": ("Tóm tắt thay đổi", "In short"),
    "last_good": ("Thấy lần cuối", "Last seen"),
    "first_missing": ("Không thấy lần đầu", "First missing"),
    "was_removed": ("Kết luận đã gỡ", "Found removed"),
    "moved_to_url": ("Địa chỉ mới", "New address"),
    "kept_record": ("Bản ghi còn lưu", "The record kept"),
    "looked": ("Số bài đã xem", "Articles looked at"),
    "missing_articles": ("Số bài không còn", "Articles missing"),
    "successor": ("Nay là", "Succeeded by"),
    "provisional": ("Tạm thời, còn theo dõi.", "Provisional, still watched."),
    "looks_heading": ("Các lần không tìm thấy:", "The looks that did not find it:"),
    "last_text": ("Bản cuối cùng còn lưu:", "The last text kept:"),
    "alert_over": ("{message} (đã hết)", "{message} (over)"),
    "also_at": ("Cũng đăng ở: {sites}", "Also published at: {sites}"),
    "feed_rights": (
        "Bài viết thuộc bản quyền của cơ quan đã đăng; Lưu Tin lưu giữ để tra cứu.",
        "Articles are their publishers'; Lưu Tin keeps them for reference.",
    ),
}
