"""Text typed for the fonts of the nineties: what only a font made Vietnamese is Vietnamese in the archive."""

from __future__ import annotations

import re
from html.entities import codepoint2name
from time import perf_counter
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.decode import decode, utf8
from crawler.legacy import TCVN3, VNI, Charset, is_syllable, mend, suspect

SENTENCE = (
    "Sáng ngày 12/5, đảng bộ huyện tổ chức hội nghị sơ kết công tác xây dựng đảng; đồng chí bí thư huyện ủy dự, phát "
    "biểu ý kiến về những việc đã làm được và còn phải làm, nhất là ở các xã vùng cao."
)
#: Every letter of the alphabet with every tone.
WORDS = re.findall(
    r"\w+",
    "à bả lã bá hạ ăn bằng cẳng lẵng nắng đặc dân ấy cần cẩn dẫn đất mật đè mẻ kẽ bé nhẹ về bể lễ thế lệ nếu gì chỉ "
    "nghĩ chí thị vò đỏ bõ có họ sông đồng tổ mỗi số bộ hơn thờ ở lỡ nước hợp mùa đủ cũ chú phục tư từ nửa những thứ "
    "thực quỳ kỷ kỹ lý tỵ nghiệp khuyến quyết giếng ngoài thuở khuya chuyên",
)


def encoded(s: str, charset: Charset) -> str:
    """``s`` as it was typed in the font: small letters with tones where the charset has no capital."""
    units = {
        letter: legacy for legacy, letter in charset.letters.items() if legacy != legacy.upper() or len(legacy) == 1
    }
    units |= {letter: legacy for legacy, letter in charset.letters.items() if letter.isupper()}
    units |= {
        letter: legacy for legacy, letter in charset.letters.items() if letter.islower() and legacy.lower() == legacy
    }
    return "".join(units.get(c) or units.get(c.lower()) or c for c in normalize("NFC", s))


@pytest.mark.parametrize("charset", [TCVN3, VNI], ids=lambda c: c.name)
class TestEitherCharset:
    def test_every_letter_of_the_alphabet_comes_back(self, charset: Charset) -> None:
        text = " ".join(WORDS)
        assert all(is_syllable(word) for word in WORDS)
        assert set("àảãáạằẳẵắặầẩẫấậđèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵăâêôơư") <= set(text)
        assert mend(encoded(text, charset)) == text

    @given(st.lists(st.sampled_from([*WORDS, "12/5/2004,", "HĐND", "(sau", "đây", "XHCN)."]), min_size=12, max_size=60))
    def test_whatever_the_text_it_comes_back_and_stays(self, charset: Charset, words: list[str]) -> None:
        text = SENTENCE + " " + " ".join(words)
        once = mend(f"<p>{encoded(text, charset)}</p>")
        assert once == f"<p>{text}</p>"
        assert mend(once) == once

    @given(st.text())
    def test_any_text_comes_through_and_a_second_time_unchanged(self, charset: Charset, text: str) -> None:
        once = mend(f"<p>{encoded(SENTENCE, charset)}</p><p>{text}")
        assert once.startswith(f"<p>{SENTENCE}</p>")
        assert mend(once) == once

    def test_a_unicode_page_keeps_its_own_around_an_article_that_was_pasted(self, charset: Charset) -> None:
        around = "<title>Huyện ủy Quỳ Châu</title><div>Trang chủ | Tin nóng</div><h1>Hội nghị sơ kết</h1>"
        foot = "<div>Các tin khác: Tin nóng, “Bé khỏe”</div><p>Bản quyền © Huyện ủy</p>"
        page = f"{around}<div>{encoded(SENTENCE, charset)}</div>{foot}"
        assert suspect(page.encode())
        assert utf8(page.encode()).decode() == f"{around}<div>{SENTENCE}</div>{foot}"

    @pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "windows-1258", "x-user-defined", "utf-8"])
    def test_bytes_are_read_whatever_they_are_declared_to_be(self, charset: Charset, declared: str) -> None:
        meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'
        page = f"{meta}<title>{SENTENCE}</title><p>{SENTENCE}</p>"
        assert decode(encoded(page, charset).encode("latin-1"), declared) == page

    def test_tags_and_addresses_stay_as_they_are_but_titles_are_read(self, charset: Charset) -> None:
        shown = encoded("đồng chí bí thư huyện ủy", charset)
        tag = '<a href="/b®i/ñaïi.asp?t=§¶ng" title="{}"><img alt="{}" src="/¶nh/®.gif">'
        page = f"<p>{encoded(SENTENCE, charset)}</p>" + tag.format(shown, shown)
        read = "đồng chí bí thư huyện ủy"
        assert mend(page) == f"<p>{SENTENCE}</p>" + tag.format(read, read)


FOREIGN = [
    "Dung sai 5 µm, 20 µg/l và 3 µH; Windows® và Office® © 2019 Công ty § 5 Bộ luật; 1½ giờ, 20 °C ± 0,5.",
    "Windows® 5µm ½m ¼m ¾m 3µm § 5 «Đảng» «an» ©",
    "L'été dernier, où qu'il fût né, le préfet très âgé dînait à l'hôtel près de la forêt; tôt, dû, bât, né, sûr.",
    "Die Größe der Bühne für Bürger, tätig in München: Bö, Tön, Süd, schön, Übung, Mühe, Häuser, natürlich § 12.",
    "El niño español comió piña en España mañana; más allá, él sí, tú también, ¿qué tal? ¡Olé!",
    "Não há razões para a eleição de São João; irmã, lições, você, avô, pôr, três, nós só.",
    "Smörgåsbord på ön; vänner, fåglar och bröd: hör på, få är så små som tö.",
    "Þú ert góður maður; það er satt, ég sé þig á morgun, við förum út.",
    "ThÃ´ng bÃ¡o cá»§a Äáº£ng bá»™ vá» cÃ´ng tÃ¡c cÃ¡n bá»™ nÄƒm má»›i, Ä‘áº¡i há»™i.",
    "inter\u00adnational be\u00adgan con\u00adsent thanh\u00adniên xã\u00adhội th\u00adu\u00adn",
    "· Ban Thường vụ · Ban Chấp hành ·i ·anh » Tin nóng « Bé ngoan ª º 1ª 2º Nº",
    SENTENCE + " Hà Nội, Bé, Vò Dòng, tú, chí, xã, nói, là, có, tôi, ®, ©, §, ½, µ.",
    normalize("NFD", SENTENCE),
]


@pytest.mark.parametrize("text", FOREIGN)
@pytest.mark.parametrize("font", ["Arial", ".VnTime", "VNI-Times"])
def test_proper_vietnamese_and_foreign_text_is_never_touched(text: str, font: str) -> None:
    page = (
        f'<title>{text}</title><div style="font-family:{font}"><p>{text}</p><p>{text}</p></div><b title="{text}">x</b>'
    )
    assert mend(page) == page
    assert decode(page.encode()) == page


def test_text_in_an_upper_case_font_is_upper_case() -> None:
    heading = encoded("Thông báo kết luận", TCVN3)
    page = (
        f"<style>.td{{font-family:.VnArialH}}</style><p><font face='.VnTimeH'>{heading}</font></p>"
        f"<h1 class=td>{heading}</h1><p><span style='font-family:\".VnTimeH\"'>ñ</span>y ban</p>"
        f"<p>{encoded(SENTENCE, TCVN3)}</p>"
    )
    read = mend(page)
    assert read.count("THÔNG BÁO KẾT LUẬN") == 2
    assert re.sub("<[^>]+>", "", read).endswith(f"Ủy ban{SENTENCE}")


def test_capitals_round_small_letters_with_tones_are_capitals() -> None:
    assert mend(f"<h1>KÕT LUËN HéI NGHÞ Hµ NéI</h1><p>{encoded(SENTENCE, TCVN3)}</p>").startswith(
        "<h1>KẾT LUẬN HỘI NGHỊ HÀ NỘI</h1>"
    )


def test_names_that_could_be_either_follow_what_stands_around_them() -> None:
    article = f"<p>{encoded(SENTENCE, TCVN3)}</p>"
    assert mend(f"{article}<p>Vò Dòng</p>").endswith("<p>Vũ Dũng</p>")
    assert mend(f"{article}<p>Vò Dòng</p><p>Tin tức</p>").endswith("<p>Vò Dòng</p><p>Tin tức</p>")
    font = "<p style='font-family:.VnTime'>"
    assert mend(f"{article}{font}Vò Dòng</p><p>Tin tức</p>").endswith("Vũ Dũng</p><p>Tin tức</p>")


def test_letters_written_as_entities_are_read_and_markup_stays_escaped() -> None:
    typed = encoded(SENTENCE, TCVN3).encode("ascii", "xmlcharrefreplace").decode()
    assert mend(f"<p>{typed} &lt;b&gt; &amp;&nbsp;</p>") == f"<p>{SENTENCE} &lt;b&gt; &amp;&nbsp;</p>"
    named = "<p>Huyện ủy</p><p>§¶ng bé; ®ång chÝ bÝ th­ ph¸t biÓu</p>"
    named = "".join(f"&{codepoint2name[ord(c)]};" if "\xa0" < c < "\u0100" else c for c in named)
    assert suspect(typed.encode())
    assert not suspect("<p>Đảng bộ</p>".encode("ascii", "xmlcharrefreplace"))
    assert utf8(named.encode()).decode() == "<p>Huyện ủy</p><p>Đảng bộ; đồng chí bí thư phát biểu</p>"


def test_words_split_by_tags_scripts_comments_and_symbols_are_left_in_order() -> None:
    typed = encoded(SENTENCE, TCVN3)
    page = f"<p><b>§</b>¶ng bé <font face=Wingdings>§</font> {typed}</p><script>x='§¶ng bé'</script><!-- §¶ng bé -->"
    assert mend(page) == (
        f"<p><b>Đ</b>ảng bộ <font face=Wingdings>§</font> {SENTENCE}</p><script>x='§¶ng bé'</script><!-- §¶ng bé -->"
    )


@pytest.mark.parametrize("word", re.split(" ", "nghiêng quốc giữa gì yêu uỷ ủy thuở khuỷu ngoéo QUYẾT Đảng oằn xoong"))
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word", re.split(" ", "héi bàc kiên2 ngiêng cê ca\u0301\u0301 tôt Windowsđ đ b strasse élan ă")
)
def test_what_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize("declared", [None, "iso-8859-1", "utf-8", "windows-1258", "no-such-charset"])
def test_windows_1258_is_read_as_such_whatever_is_declared(declared: str | None) -> None:
    tones = "\u0300\u0301\u0303\u0309\u0323"
    apart = (normalize("NFD", c) for c in SENTENCE)
    split = (
        normalize("NFC", c.translate({ord(t): None for t in tones})) + "".join(t for t in c if t in tones)
        for c in apart
    )
    payload = f"<p>{''.join(split)}</p>".encode("cp1258")
    assert normalize("NFC", decode(payload, declared)) == f"<p>{SENTENCE}</p>"


@pytest.mark.parametrize("junk", ["<", '<a "', "<!--", "<style>", "<p>", "&#1", "§¶ng ", "<div style='font-family:"])
def test_garbage_costs_no_more_than_its_length(junk: str) -> None:
    page = encoded(SENTENCE, TCVN3) + junk * 20_000
    started = perf_counter()
    assert mend(page)
    assert perf_counter() - started < 2


def test_a_page_that_is_too_long_is_left_as_it_is() -> None:
    page = encoded(SENTENCE, TCVN3) * 12_000
    assert mend(page) is page
