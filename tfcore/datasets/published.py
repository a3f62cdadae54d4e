"""The data sets that can be asked for by name and are downloaded: what they are, and from where.

None of this was measured by downloading them. Sizes and checksums are what others have published
who did, and two of them agree on each:

* Cats vs Dogs: length 824,887,076 as the publisher's server tells it in many people's logs of
  ``wget``; the SHA-256 stands in other projects' downloaders. TensorFlow Datasets drops 1,738 of
  its 25,000 pictures as broken, by a stricter rule than ours, which decodes each.
* Oxford-IIIT Pet: length 791,918,971 and SHA-256 stand in several projects' notes of their own
  downloads, next to the MD5 5c4f3ee8e5d25df40f4fd59a7f44e54c that torchvision's ``OxfordIIITPet``
  checks; 7,390 photos and a few ``.mat`` files.

What they take once unpacked is nowhere published and is estimated from above: photos hardly shrink
in an archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit


@dataclass(frozen=True)
class NamedSet:
    """One published data set.

    Attributes:
        name: As settings and the command line call it.
        title: As people call it.
        about: What it is, in a sentence.
        photos: How many files of photos its publisher tells of.
        licence: Its name.
        licence_url: Where it is told.
        home: The publisher's page.
        citation: The paper to name.
        url: The archive, a zip or a tar.gz.
        size: Its bytes.
        unpacked: Bytes of what is in it, estimated from above.
        sha256: Of the archive, 64 hexadecimal digits.
        inside: The folder of the archive that holds the photos.
    """

    name: str
    title: str
    about: str
    photos: int
    licence: str
    licence_url: str
    home: str
    citation: str
    url: str
    size: int
    unpacked: int
    sha256: str
    inside: str

    @cached_property
    def file(self) -> str:
        """The archive's file name."""
        return urlsplit(self.url).path.rpartition("/")[2]

    def address(self, mirror: str = "") -> str:
        """Where the archive is fetched from.

        Args:
            mirror: A folder on a server that has the same files; empty asks the publisher.

        Example:
            >>> get("oxford-pets").address("https://school.example/sets")
            'https://school.example/sets/images.tar.gz'
        """
        return f"{mirror}/{self.file}" if mirror else self.url


_TABLE = (
    NamedSet(
        name="cats-vs-dogs",
        title="Cats vs Dogs",
        about="Photos of cats and dogs that wait for a home, as the lesson uses them. "
        "Some of the files are broken: the scan finds them.",
        photos=25_000,
        # The agreement itself lies in the archive, as "MSR-LA - 3467.docx".
        licence="Microsoft Research Data License Agreement",
        licence_url="https://www.microsoft.com/en-us/download/details.aspx?id=54765",
        home="https://www.microsoft.com/en-us/download/details.aspx?id=54765",
        citation="Elson, Douceur, Howell and Saul, Asirra, ACM CCS 2007",
        url="https://download.microsoft.com/download/3/E/1/"
        "3E1C3F21-ECDB-4869-8368-6DEBA77B919F/kagglecatsanddogs_5340.zip",
        size=824_887_076,
        unpacked=900_000_000,
        sha256="b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9",
        inside="PetImages",
    ),
    NamedSet(
        name="oxford-pets",
        title="Oxford-IIIT Pet",
        about="37 breeds of cats and dogs, about 200 photos each: 12 breeds of cats, 25 of dogs.",
        photos=7_390,
        licence="CC BY-SA 4.0",
        licence_url="https://creativecommons.org/licenses/by-sa/4.0/",
        home="https://www.robots.ox.ac.uk/~vgg/data/pets/",
        citation="Parkhi, Vedaldi, Zisserman and Jawahar, Cats and Dogs, CVPR 2012",
        url="https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz",
        size=791_918_971,
        unpacked=850_000_000,
        sha256="67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d",
        inside="images",
    ),
)


def names() -> tuple[str, ...]:
    """What can be asked for by name."""
    return tuple(row.name for row in _TABLE)


def get(name: str) -> NamedSet:
    """A data set of the table.

    Raises:
        KeyError: There is none of that name.
    """
    return {row.name: row for row in _TABLE}[name]
