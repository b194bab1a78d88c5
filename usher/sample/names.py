"""Invented people of an invented company: names from many places, paired within their place. Seeded, so every sample is the same."""

import random
import unicodedata
from collections import Counter
from typing import NamedTuple

# place -> first names, last names
PLACES = {
    "Bergen": (
        "Astrid Ingrid Lars Solveig Eirik Kari Magnus Sunniva Håkon Liv Nora Jonas Ragnhild Tor Ida Sverre",
        "Lindqvist Aas Berg Dahl Haugen Moen Solberg Strand Nygård Lie Bakken Hansen Johnsen Vik Eide Sandvik",
    ),
    "Kraków": (
        "Tomasz Jakub Zofia Agnieszka Piotr Marta Andrzej Ewa Paweł Kinga Magdalena Michał Katarzyna Wojciech Hanna Szymon",
        "Wieczorek Nowicki Mazur Zając Kowalska Wróbel Krawczyk Dudek Pawlak Sikora Lewandowska Nowak Kaczmarek Grabowski Zieliński Szymańska",
    ),
    "Lyon": (
        "Amélie Luc Chloé Antoine Camille Hugo Inès Julien Margaux Théo Élise Mathieu Manon Baptiste Léa Étienne",
        "Rousseau Lefèvre Moreau Garnier Chevalier Fontaine Marchand Perrin Renaud Vidal Blanchard Dumas Faure Girard Lambert Mercier",
    ),
    "Pune": (
        "Priya Arjun Kavya Rohan Meera Samir Ananya Vikram Leela Nikhil Aditi Karan Divya Rahul Sneha Varun",
        "Raman Mehta Iyer Kulkarni Deshpande Nair Joshi Rao Menon Chopra Patil Shah Bhatt Gokhale Apte Sethi",
    ),
    "Lagos": (
        "Adaeze Chidi Ngozi Emeka Ifeoma Tunde Amara Obinna Zainab Femi Chiamaka Kunle Folake Segun Uche Yemi",
        "Okafor Okonkwo Adeyemi Balogun Eze Nwosu Ibrahim Afolabi Onyeka Bello Adebayo Chukwu Danjuma Ekwueme Lawal Ogunleye",
    ),
    "Porto": (
        "Beatriz João Catarina Rui Leonor Tiago Mariana Duarte Sofia Nuno Inês Miguel Carolina Gonçalo Rita Vasco",
        "Carvalho Teixeira Moreira Pinto Fonseca Barros Azevedo Coelho Matos Leite Almeida Cardoso Esteves Lopes Nogueira Sousa",
    ),
    "Seoul": (
        "Ji-woo Dae-jung Min-seo Hyun-woo Seo-yeon Joon Ha-eun Sung-min Yuna Tae-yang Eun-ji Jae-hyun Soo-min Dong-hyun Hye-jin Woo-jin",
        "Park Kim Choi Jung Kang Yoon Lim Han Shin Seo Oh Hwang Song Jang Bae Moon",
    ),
    "Dublin": (
        "Caoimhe Liam Aoife Cian Niamh Oisín Saoirse Declan Róisín Eoin Sinéad Conor Orla Fionn Ciara Tadhg",
        "Byrne Keane Doyle Nolan Walsh Kavanagh Brennan Quinn Farrell Healy Murphy Gallagher Reilly Daly Moran Hogan",
    ),
}
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


class Person(NamedTuple):
    """Somebody invented."""

    first: str
    last: str
    email: str
    place: str
    department: str
    title: str


class Crowd:
    """An endless crowd, the same every time; no address is given twice."""

    def __init__(self, domain: str, seed: int = 7) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - invented people, not secrets
        self.domain = domain
        self.namesakes: Counter[str] = Counter()

    def of(self, place: str, size: int) -> list[Person]:
        """So many people of one place."""
        firsts, lasts = (names.split() for names in PLACES[place])
        return [self._one(place, self.dice.choice(firsts), self.dice.choice(lasts)) for _ in range(size)]

    def _one(self, place: str, first: str, last: str) -> Person:
        department, title = self.dice.choices(DEPARTMENTS, weights=[14, 12, 7, 5, 8, 10, 4, 6, 9, 3])[0]
        local = f"{plain(first)}.{plain(last)}"
        self.namesakes[local] += 1
        nth = self.namesakes[local]
        return Person(first, last, f"{local}{'' if nth == 1 else nth}@{self.domain}", place, department, title)


def plain(name: str) -> str:
    """ASCII, lower case, without hyphens: the local part of an address."""
    wide = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("ø", "o").replace("Ł", "L"))
    return "".join(c for c in wide if c.isascii() and c.isalpha()).lower()
