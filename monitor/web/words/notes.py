"""What curators' notes and signing in say, in Vietnamese and in English."""

from __future__ import annotations

#: One row a phrase: Vietnamese, English.
PHRASES: dict[str, tuple[str, str]] = {
    "notes": ("Ghi chú của người biên mục", "Curators' notes"),
    "notes_collection": ("Giới thiệu kho lưu trữ", "About this collection"),
    "notes_help": (
        "Ghi chú do người biên mục viết, không phải của trang gốc. "
        "Ghi chú cũ không bị xóa: khi được thay, nó vẫn còn ở dưới.",
        "Notes are the curators', not the publisher's. Nothing is deleted: a note that was replaced "
        "still stands below.",
    ),
    "notes_none": ("Chưa có ghi chú nào.", "There are no notes yet."),
    "notes_superseded": ("Đã được thay", "Replaced"),
    "note_by": ("Người biên mục: {name}", "Curator: {name}"),
    "note_history": ("mọi ghi chú", "all notes"),
    "note_write": ("Viết ghi chú", "Write a note"),
    "note_new": ("Ghi chú mới", "A new note"),
    "note_replace": ("Sửa hoặc rút ghi chú này", "Replace or take back this note"),
    "note_text": ("Nội dung", "Text"),
    "note_text_help": (
        "Chữ thường, không định dạng; dòng trống chia đoạn, địa chỉ web tự thành liên kết. Tối đa {n} ký tự.",
        "Plain text; empty lines divide paragraphs, web addresses become links. At most {n} characters.",
    ),
    "note_save": ("Lưu ghi chú", "Save the note"),
    "note_take_back": ("Để trống rồi lưu thì ghi chú được rút lại.", "Saved empty, the note is taken back."),
    "note_refused": (
        "Chỉ người biên mục đã đăng nhập mới viết được, và ghi chú không được quá dài.",
        "Only a curator who is signed in can write, and a note must not be too long.",
    ),
    "sign_in": ("Đăng nhập", "Sign in"),
    "sign_in_to_write": ("Đăng nhập để viết ghi chú", "Sign in to write a note"),
    "sign_out": ("Đăng xuất", "Sign out"),
    "signed_in_as": ("Đang đăng nhập: {name}", "Signed in as {name}"),
    "sign_in_name": ("Tên", "Name"),
    "sign_in_password": ("Mật khẩu", "Password"),
    "wrong_password": ("Tên hoặc mật khẩu không đúng.", "Name or password is not right."),
    "no_curators": (
        "Ở đây không ai viết ghi chú: luutin.toml không nêu tên người biên mục nào.",
        "Nobody writes notes here: luutin.toml names no curators.",
    ),
}
