"""What an alert says, in Vietnamese or English, of the evidence that the archive keeps of it; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crawler.asking import LYING
from crawler.summaries import Language

#: What an alert of a kind says. Where a kind has several, the first is said whose blanks the evidence fills.
_SENTENCES: dict[str, tuple[tuple[str, str], ...]] = {
    "storage": (
        (
            "Tệp warc/{file} {state}: hãy xem lại ổ đĩa và lấy tệp từ bản sao lưu.",
            "warc/{file} {state}: look at the disk, and bring the file back from the backup.",
        ),
        (
            "Không lưu được những gì đã tải về: {reason}",
            "The crawl could not store what it fetched: {reason}",
        ),
    ),
    "certificate": (
        (
            "Chứng thư của trang không được chấp nhận: {reason}",
            "The site's certificate is not accepted: {reason}",
        ),
    ),
    "robots": (
        (
            "robots.txt cấm {forbidden} bài trong số các bài cần tải; tải được {articles} bài.",
            "robots.txt forbids {forbidden} of the articles that were asked for; {articles} could be fetched.",
        ),
        ("robots.txt của trang không cho vào: {reason}", "The site's robots.txt keeps us out: {reason}"),
    ),
    "login_wall": (
        (
            "{pages} địa chỉ trả về trang đăng nhập hoặc trang kiểm tra trình duyệt, chỉ {articles} là bài.",
            "{pages} pages were sign-in forms or browser checks, and only {articles} articles.",
        ),
        (
            "Trang trả về biểu mẫu đăng nhập hoặc trang kiểm tra trình duyệt, không có bài nào.",
            "Pages of the site are sign-in forms or browser checks, and no articles.",
        ),
    ),
    "led_away": (
        (
            "{led} địa chỉ bài dẫn đến nơi không được tải (trang đăng nhập, trang khác), chỉ {articles} là bài.",
            "{led} addresses of articles lead to where nothing is fetched (a sign-in form, another site), and only "
            "{articles} are articles.",
        ),
    ),
    "listing_empty": (
        (
            "Chuyên mục liệt kê ít bài hơn mức phải có ({sections}): đã chuyển chỗ, hay trang đổi giao diện?",
            "Sections list fewer articles than they should ({sections}): have they moved, or a new template?",
        ),
        ("Có chuyên mục không liệt kê bài nào: {reason}.", "A section lists no articles: {reason}."),
    ),
    "crawl_failed": (
        (
            "{crawls} lượt quét gần nhất đều bị dừng hoặc chết trước khi xong: phải chăng một lượt quá lâu?",
            "The last {crawls} crawls were stopped, or died, before they got through: does one take too long?",
        ),
        (
            "Lượt quét không làm xong việc: {outcome} ({reason}).",
            "The crawl did not do its job: {outcome} ({reason}).",
        ),
    ),
    "field_lost": (("{lost}: trang đã đổi giao diện?", "{lost}: has the site been redesigned?"),),
    "site_silent": (
        (
            "Đã {days} ngày không có gì mới, từ {newest}; thường cứ {usual_gap:g} ngày lại có bài, gần đây lâu nhất là "
            "{longest_gap} ngày.",
            "Nothing new for {days} days, since {newest}; usually {usual_gap:g} days lie between days with articles, "
            "and lately never more than {longest_gap}.",
        ),
    ),
    "errors": (
        (
            "{errors} trên {requests} yêu cầu không có kết quả ({share:.0%}; thường là {usual:.1%}).",
            "{errors} of {requests} requests gave nothing ({share:.0%}; usually {usual:.1%}).",
        ),
    ),
    "slow": (
        (
            "Một nửa số câu trả lời mất {median:.1f} giây trở lên (thường là {usual:.1f}): trang quá tải, hay muốn ta "
            "thưa hơn?",
            "Half of the answers took {median:.1f} seconds or more (usually {usual:.1f}): is the site overloaded, or "
            "does it want us slower?",
        ),
    ),
    LYING: (
        (
            "Trang trả lời “304 Not Modified” cho {lied} bài đã đổi. Từ nay mọi bài được tải trọn, cho đến khi trang "
            "nhiều lần liền nói đúng.",
            "The site answered “304 Not Modified” for {lied} pages that had changed. Whole pages are asked for, until "
            "it has told the truth several times in a row.",
        ),
    ),
    "damaged": (
        (
            "Có {count} chỗ không còn như khi được lưu; chỗ đầu tiên: {first}. Hãy chạy luutin verify và lấy tệp từ "
            "bản sao lưu.",
            "Things that are not as they were stored: {count}; the first: {first}. Run luutin verify, and bring the "
            "files back from a backup.",
        ),
    ),
    "clock": (
        (
            "Bây giờ là {now}, nhưng kho có trang tải lúc {newest}: không quét gì nữa, cho đến khi đồng hồ đúng. Nếu "
            "đồng hồ nay đã đúng, hãy xem docs/operating.md, mục “When a clock was wrong”.",
            "It is {now}, but the archive has a crawl of {newest}: nothing is crawled before the clock is right. If it "
            'is right now, see "When a clock was wrong" in docs/operating.md.',
        ),
    ),
    "channel_failing": (
        (
            "Kênh {channel} không nhận gì sau {attempts} lần gửi ({reason}); {given_up} tin còn chờ. Sửa xong, hãy gửi "
            'lại bằng "luutin notify --again".',
            "The channel {channel} took nothing in {attempts} attempts ({reason}); what it was to hear waits "
            '({given_up}). Mend it, then send that with "luutin notify --again".',
        ),
        (
            "Kênh {channel} không dùng được như luutin.toml đang khai: {why}",
            "The channel {channel} cannot be used as luutin.toml has it: {why}",
        ),
    ),
    "channel_unsure": (
        (
            "Không biết một thư gồm {messages} tin cho kênh {channel} đã đến nơi chưa ({reason}). Thư không được gửi "
            "lại, vì có thể đến hai lần: hãy xem ở kênh ấy và các hàng deliveries có outcome là unsure.",
            "Whether a message of {messages} to the channel {channel} arrived is not known ({reason}). It is not sent "
            "again, since it might arrive twice: look there, and at the deliveries whose outcome is unsure.",
        ),
    ),
}

_FIELDS = {"date_published": "ngày đăng", "author": "tác giả", "description": "tóm tắt"}
_OUTCOMES = {"failed": "hỏng", "refused": "bị từ chối", "interrupted": "bị ngắt"}
#: What the crawl says of itself (crawler/tally, crawler/spider); the words of libraries stay as they are.
_REASONS = tuple(
    (re.compile(english), vietnamese)
    for english, vietnamese in (
        (r"no articles on the page", "trang không có bài nào"),
        (r"the same page again", "lại vẫn trang ấy"),
        (r"the listing answers with a (\w+) page", r"danh sách trả về trang loại \1"),
        (r"the listing answers (\d+)", r"danh sách trả lời \1"),
        (r"the listing could not be fetched", "không tải được danh sách"),
        (r"not every listing was walked", "chưa đi hết các danh sách"),
        (r"(\d+) of (\d+) articles gave no answer", r"\1 trên \2 bài không có trả lời"),
        (r"robots\.txt answers (\d+)", r"robots.txt trả lời \1"),
        (r"robots\.txt cannot be read", "không đọc được robots.txt"),
        (r"robots\.txt asks for (\d+) seconds between two requests", r"robots.txt đòi cách \1 giây mỗi yêu cầu"),
        (r"the site asks to come back in (\d+) seconds", r"trang hẹn \1 giây sau quay lại"),
        (r"took longer than ([\d.]+) hours", r"quá \1 giờ"),
        (r"its process died", "tiến trình chết"),
        (r"no reason was given", "không rõ lý do"),
        (r"cut off while it was sent", "bị ngắt khi đang gửi"),
        (r"no answer within (\d+) seconds", r"\1 giây không có trả lời"),
    )
)


def sentence(kind: str, evidence: Mapping[str, Any], language: Language = "en", otherwise: str = "") -> str:
    """What an alert of ``kind`` says. ``otherwise``: what is said where the evidence is of another program's making."""
    name, place = kind.partition(":")[0], 1 if language == "en" else 0
    for sentences in _SENTENCES.get(name, ()):
        try:
            return sentences[place].format(**_blanks(name, evidence, language))
        except (KeyError, TypeError, ValueError):
            continue
    return otherwise or name


def _blanks(name: str, evidence: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """What fills the blanks of a kind's sentences."""
    filled = dict(evidence)
    if "reason" in filled or name == "crawl_failed":
        filled["reason"] = _reason(filled.get("reason") or "no reason was given", language)
    if language == "vi" and "outcome" in filled:
        filled["outcome"] = _OUTCOMES.get(filled["outcome"], filled["outcome"])
    if "size" in filled:
        filled["state"] = _state(filled["size"], filled["expected"], language)
    if "listed" in filled:
        filled["sections"] = _sections(filled["listed"], filled["least"], language)
    if name == "errors":
        filled["share"] = filled["errors"] / max(1, filled["requests"])
    if name == "field_lost":
        filled["lost"] = _lost(filled, language)
    return filled


def _reason(reason: str, language: Language) -> str:
    for pattern, vietnamese in _REASONS if language == "vi" else ():
        reason = pattern.sub(vietnamese, reason)
    return reason


def _state(size: int, expected: int, language: Language) -> str:
    if language == "vi":
        return "không còn" if size < 0 else f"có {size:,} byte, lẽ ra phải có {expected:,}"
    return "is missing" if size < 0 else f"has {size:,} bytes and should have {expected:,}"


def _sections(listed: Mapping[str, int], least: Mapping[str, float], language: Language) -> str:
    at_least = "ít nhất phải" if language == "vi" else "at least"
    return "; ".join(f"{section}: {n}, {at_least} {least.get(section, 1):g}" for section, n in sorted(listed.items()))


def _lost(evidence: Mapping[str, Any], language: Language) -> str:
    """ "The last 20 articles have no author (100% before); 12 pages have no text that can be read"."""
    shares = {name: share for name, share in evidence["usual"].items() if name in _FIELDS}
    told = []
    if language == "vi":
        if named := [f"{_FIELDS[name]} (trước đây {share:.0%})" for name, share in shares.items()]:
            told.append(f"{evidence['articles']} bài gần nhất không có {', không có '.join(named)}")
        if "text" in evidence["usual"]:
            told.append(f"{evidence['unread']} trang không đọc được nội dung")
    else:
        if named := [f"{name} ({share:.0%} before)" for name, share in shares.items()]:
            told.append(f"the last {evidence['articles']} articles have no {', no '.join(named)}")
        if "text" in evidence["usual"]:
            told.append(f"{evidence['unread']} pages have no text that can be read")
    lost = "; ".join(told)
    return lost[:1].upper() + lost[1:]
