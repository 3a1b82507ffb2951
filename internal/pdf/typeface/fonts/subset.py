#!/usr/bin/python3
"""Makes the fonts in this folder: what of Debian's Noto fonts the records need.

    apt-get install fonts-noto-core fonts-noto-mono fonts-noto-cjk fonttools
    ./subset.py

README.md says which versions were used. The same versions give the same bytes.
"""
import gzip
import os
import subprocess
import tempfile

CORE = "/usr/share/fonts/truetype/noto/"
CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
HERE = os.path.dirname(os.path.abspath(__file__))

COMMON = [
    "--no-hinting", "--desubroutinize", "--notdef-outline", "--no-glyph-names",
    "--name-IDs=0,1,2,3,4,5,6,7,13,14", "--name-languages=0x409",
    "--drop-tables+=DSIG,meta,STAT,VORG,BASE,vhea,vmtx,MATH",
]

# Each script has a font of its own, beside the marks and digits that it shares with others.
SHARED = "0020,00A0,00AD,200C,200D,25CC"
SCRIPTS = {
    "NotoSansArmenian": "0530-058F,FB13-FB17",
    "NotoSansGeorgian": "10A0-10FF,1C90-1CBF,2D00-2D2F",
    "NotoSansHebrew": "0590-05FF,FB1D-FB4F",
    "NotoSansArabic": "0600-06FF,0750-077F,08A0-08FF,FB50-FDFF,FE70-FEFC",
    "NotoSansSyriac": "0700-074F,0860-086F,060C,061B,061F,0640,064B-0655,0670",
    "NotoSansThaana": "0780-07BF,060C,061B,061F,0660-066C",
    "NotoSansNKo": "07C0-07FF,060C,061B,061F",
    "NotoSansAdlam": "1E900-1E95F,0640,060C,061B,061F",
    "NotoSansHanifiRohingya": "10D00-10D3F,060C,061B,061F,0640,06D4",
    "NotoSansDevanagari": "0900-097F,1CD0-1CFF,A8E0-A8FF",
    "NotoSansBengali": "0980-09FF,0964,0965",
    "NotoSansGurmukhi": "0A00-0A7F,0964,0965",
    "NotoSansGujarati": "0A80-0AFF,0964,0965",
    "NotoSansOriya": "0B00-0B7F,0964,0965",
    "NotoSansTamil": "0B80-0BFF,0964,0965",
    "NotoSansTelugu": "0C00-0C7F,0964,0965",
    "NotoSansKannada": "0C80-0CFF,0964,0965",
    "NotoSansMalayalam": "0D00-0D7F,0964,0965",
    "NotoSansSinhala": "0D80-0DFF,0964,0965",
    "NotoSansThai": "0E00-0E7F",
    "NotoSansLao": "0E80-0EFF",
    "NotoSerifTibetan": "0F00-0FFF",
    "NotoSansMyanmar": "1000-109F,A9E0-A9FF,AA60-AA7F",
    "NotoSansEthiopic": "1200-139F,2D80-2DDF,AB00-AB2F",
    "NotoSansCherokee": "13A0-13FF,AB70-ABBF",
    "NotoSansCanadianAboriginal": "1400-167F,18B0-18FF",
    "NotoSansTagalog": "1700-171F,1735,1736",
    "NotoSansKhmer": "1780-17FF,19E0-19FF",
    "NotoSansMongolian": "1800-18AF",
    "NotoSansLimbu": "1900-194F",
    "NotoSansTaiLe": "1950-197F",
    "NotoSansNewTaiLue": "1980-19DF",
    "NotoSansBuginese": "1A00-1A1F",
    "NotoSansTaiTham": "1A20-1AAF",
    "NotoSansBalinese": "1B00-1B7F",
    "NotoSansSundanese": "1B80-1BBF,1CC0-1CCF",
    "NotoSansBatak": "1BC0-1BFF",
    "NotoSansLepcha": "1C00-1C4F",
    "NotoSansOlChiki": "1C50-1C7F",
    "NotoSansCoptic": "2C80-2CFF,03E2-03EF",
    "NotoSansTifinagh": "2D30-2D7F",
    "NotoSansYi": "A000-A4CF",
    "NotoSansLisu": "A4D0-A4FF",
    "NotoSansVai": "A500-A63F",
    "NotoSansSylotiNagri": "A800-A82F",
    "NotoSansSaurashtra": "A880-A8DF",
    "NotoSansKayahLi": "A900-A92F",
    "NotoSansJavanese": "A980-A9DF",
    "NotoSansCham": "AA00-AA5F",
    "NotoSansMeeteiMayek": "AAE0-AAFF,ABC0-ABFF",
    "NotoSansOsage": "104B0-104FF",
    "NotoSansChakma": "11100-1114F",
    "NotoSansNewa": "11400-1147F",
    "NotoSansWancho": "1E2C0-1E2FF",
}

# Letters of equal width are for what programs write. Other scripts have widths of their
# own, and are taken from the fonts above.
MONO = ("0020-007E,00A0-024F,0250-02AF,02B0-036F,0370-03FF,0400-052F,1E00-1EFF,2010-2027,2030-205E,20A0-20CF,2190-2193,"
        "2260,2264,2265")

SYMBOLS = {
    "NotoSansSymbols": "2100-214F,2300-23FF,2460-24FF,2600-26FF,2700-27BF,271D,1F100-1F1E5",
    "NotoSansSymbols2": "2190-21FF,2300-23FF,2400-243F,2580-25FF,2600-26FF,2700-27BF,2B00-2BFF",
    "NotoSansMath": "2190-21FF,2200-22FF,27C0-27EF,27F0-27FF,2A00-2AFF",
}

# Every Han sign of the basic plane that the font has, those beyond it, kana, bopomofo and
# all syllables of hangul.
HAN = ("2E80-2FDF,3000-303F,3041-30FF,3100-312F,3131-318E,31A0-31FF,3200-33FF,"
       "1100-11FF,A960-A97F,D7B0-D7FF,3400-4DBF,4E00-9FFF,AC00-D7A3,F900-FAFF,FE10-FE1F,FE30-FE6F,FF00-FFEF,20000-2FFFF")


def subset(source, target, *options):
    """Writes the part of a font, packed, and returns how many bytes it has."""
    with tempfile.NamedTemporaryFile() as part:
        subprocess.run(["pyftsubset", source, "--output-file=" + part.name, *COMMON, *options], check=True)
        packed = gzip.compress(part.read(), mtime=0)
    with open(os.path.join(HERE, target + ".gz"), "wb") as file:
        file.write(packed)
    return len(packed)


def main():
    total = 0
    for name in ["NotoSans-Regular", "NotoSans-Bold"]:
        total += subset(CORE + name + ".ttf", name + ".ttf", "--unicodes=*")
    total += subset(CORE + "NotoSansMono-Regular.ttf", "NotoSansMono-Regular.ttf", "--unicodes=" + MONO)
    for name, unicodes in SCRIPTS.items():
        total += subset(CORE + name + "-Regular.ttf", name + ".ttf", "--unicodes=" + SHARED + "," + unicodes)
    for name, unicodes in SYMBOLS.items():
        total += subset(CORE + name + "-Regular.ttf", name + ".ttf", "--unicodes=" + unicodes, "--layout-features=")
    total += subset(CJK, "NotoSansCJKsc.otf", "--font-number=2", "--unicodes=" + HAN,
                    "--layout-features=ljmo,vjmo,tjmo,ccmp")
    print(total, "bytes")


if __name__ == "__main__":
    main()
