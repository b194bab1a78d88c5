"""Invented people of an invented company: names from many places, paired within their place. Seeded, so every sample is the same."""

import random
import unicodedata
from collections.abc import Iterator

PLACES: list[tuple[str, list[str], list[str]]] = [
    (
        "Bergen",
        ["Astrid", "Ingrid", "Lars", "Solveig", "Eirik", "Kari", "Magnus", "Sunniva", "Håkon", "Liv"],
        ["Lindqvist", "Aas", "Berg", "Dahl", "Haugen", "Moen", "Solberg", "Strand", "Nygård", "Lie"],
    ),
    (
        "Kraków",
        ["Tomasz", "Jakub", "Zofia", "Agnieszka", "Piotr", "Marta", "Andrzej", "Ewa", "Paweł", "Kinga"],
        ["Wieczorek", "Nowicki", "Mazur", "Zając", "Kowalska", "Wróbel", "Krawczyk", "Dudek", "Pawlak", "Sikora"],
    ),
    (
        "Lyon",
        ["Amélie", "Luc", "Chloé", "Antoine", "Camille", "Hugo", "Inès", "Julien", "Margaux", "Théo"],
        ["Rousseau", "Lefèvre", "Moreau", "Garnier", "Chevalier", "Fontaine", "Marchand", "Perrin", "Renaud", "Vidal"],
    ),
    (
        "Pune",
        ["Priya", "Arjun", "Kavya", "Rohan", "Meera", "Samir", "Ananya", "Vikram", "Leela", "Nikhil"],
        ["Raman", "Mehta", "Iyer", "Kulkarni", "Deshpande", "Nair", "Joshi", "Rao", "Menon", "Chopra"],
    ),
    (
        "Lagos",
        ["Adaeze", "Chidi", "Ngozi", "Emeka", "Ifeoma", "Tunde", "Amara", "Obinna", "Zainab", "Femi"],
        ["Okafor", "Okonkwo", "Adeyemi", "Balogun", "Eze", "Nwosu", "Ibrahim", "Afolabi", "Onyeka", "Bello"],
    ),
    (
        "Porto",
        ["Beatriz", "João", "Catarina", "Rui", "Leonor", "Tiago", "Mariana", "Duarte", "Sofia", "Nuno"],
        ["Carvalho", "Teixeira", "Moreira", "Pinto", "Fonseca", "Barros", "Azevedo", "Coelho", "Matos", "Leite"],
    ),
    (
        "Seoul",
        ["Ji-woo", "Dae-jung", "Min-seo", "Hyun-woo", "Seo-yeon", "Joon", "Ha-eun", "Sung-min", "Yuna", "Tae-yang"],
        ["Park", "Kim", "Choi", "Jung", "Kang", "Yoon", "Lim", "Han", "Shin", "Seo"],
    ),
    (
        "Dublin",
        ["Caoimhe", "Liam", "Aoife", "Cian", "Niamh", "Oisín", "Saoirse", "Declan", "Róisín", "Eoin"],
        ["Byrne", "Keane", "Doyle", "Nolan", "Walsh", "Kavanagh", "Brennan", "Quinn", "Farrell", "Healy"],
    ),
]
DEPARTMENTS = [
    ("Field Service", "Field engineer"),
    ("Assembly", "Technician"),
    ("Quality", "Quality engineer"),
    ("Calibration Lab", "Metrologist"),
    ("Logistics", "Planner"),
    ("Sales", "Account manager"),
    ("Finance", "Controller"),
    ("Research", "Scientist"),
    ("Customer Care", "Advisor"),
    ("People & Culture", "Partner"),
]


def people(seed: int = 7) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Endless (first, last, address, place, department, job title); no address twice."""
    dice = random.Random(seed)  # noqa: S311 - invented people, not secrets
    seen: set[str] = set()
    while True:
        place, firsts, lasts = dice.choice(PLACES)
        first, last = dice.choice(firsts), dice.choice(lasts)
        department, title = dice.choices(DEPARTMENTS, weights=[14, 12, 7, 5, 8, 10, 4, 6, 9, 3])[0]
        local = f"{plain(first)}.{plain(last)}"
        n = 1
        while (address := f"{local}{'' if n == 1 else n}@northlake.test") in seen:
            n += 1
        seen.add(address)
        yield first, last, address, place, department, title


def plain(name: str) -> str:
    """ASCII, lower case, without hyphens: the local part of an address."""
    wide = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("ø", "o").replace("Ł", "L"))
    return "".join(c for c in wide if c.isascii() and c.isalpha()).lower()
