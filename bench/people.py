"""Made-up people, the same every time: names of many lengths and languages, forty departments."""

import random
from collections.abc import Iterator

FIRST = [
    "Adaeze",
    "Albin",
    "Amélie",
    "Andrzej",
    "Anouk",
    "Arjun",
    "Astrid",
    "Beatriz",
    "Bogdan",
    "Caoimhe",
    "Chiara",
    "Dimitra",
    "Elif",
    "Farah",
    "Gustav",
    "Hana",
    "Ibrahim",
    "Jonas",
    "Katarzyna",
    "Lena",
    "Marek",
    "Niamh",
    "Omar",
    "Priya",
    "Quentin",
    "Ruta",
    "Sana",
    "Tomasz",
    "Ulrika",
    "Viktor",
    "Wilhelmina",
    "Xenia",
    "Yusuf",
    "Zofia",
]
LAST = [
    "Okafor",
    "Sjöberg",
    "Rousseau",
    "Mazur",
    "Lindqvist",
    "Mehta",
    "Carvalho",
    "Ionescu",
    "Byrne",
    "Bellini",
    "Park",
    "Pappas",
    "Haddad",
    "Fischer",
    "Nowak",
    "Wieczorek",
    "Iqbal",
    "Raman",
    "Kazlauskaite",
    "Brouwer",
    "Aas",
    "Vasile",
    "Benali",
    "Tanabe",
    "Castillo",
]
PLAIN = str.maketrans("éöü", "eou")
HEADER = "Email,First name,Last name,Department,User group,IM group\n"


def lines(n: int, domain: str, *, seed: int = 7) -> Iterator[str]:
    """n lines of a CSV file, header apart."""
    draw = random.Random(seed)
    for i in range(n):
        first, last = draw.choice(FIRST), draw.choice(LAST)
        address = f"{first}.{last}{i}@{domain}".lower().translate(PLAIN)
        yield f"{address},{first},{last},Department {draw.randrange(40)},,\n"


def csv_bytes(n: int, domain: str) -> bytes:
    """The file as it would be uploaded, UTF-8."""
    return (HEADER + "".join(lines(n, domain))).encode()
