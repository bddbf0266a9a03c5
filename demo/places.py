"""Cities and theaters of the demo. The houses are invented; the streets they stand in are not."""

from typing import NamedTuple


class House(NamedTuple):
    """A theater. Its screens are numbered and have these halls; the first may be an IMAX one."""

    name: str
    location: str
    halls: tuple
    price: int  # of a standard seat on a weekday's evening
    has_imax: bool = False
    no_lone_seats: bool = False


class Town(NamedTuple):
    name: str
    tongue: str  # the language that its houses prefer
    houses: tuple


TOWNS = (
    Town("Mumbai", "Hindi", (
        House("Marigold Talkies", "14 Hill Road, Bandra West", ("grand", "classic", "lounge"), 280, True),
        House("The Lamplight", "3 Colaba Causeway, Colaba", ("palace", "salon"), 240, no_lone_seats=True),
        House("Harbour Nine", "88 Linking Road, Khar West", ("giant", "square", "studio"), 260, True),
    )),
    Town("Delhi", "Hindi", (
        House("Chandni House", "21 Asaf Ali Road, Daryaganj", ("wide", "fan"), 220),
        House("Orbit Cinema", "5 Aurobindo Marg, Hauz Khas", ("giant", "deep", "slim"), 270, True, True),
    )),
    Town("Bengaluru", "English", (
        House("Monsoon Pictures", "40 Church Street, Ashok Nagar", ("grand", "side", "studio"), 260, True),
        House("Jacaranda", "112 Sampige Road, Malleshwaram", ("classic", "square"), 210),
    )),
    Town("Chennai", "Tamil", (
        House("Kadal Arts", "9 Kamaraj Salai, Triplicane", ("steep", "classic", "lounge"), 190),
        House("Silver Palm", "67 Usman Road, T. Nagar", ("palace", "slim"), 200, True, True),
    )),
    Town("Hyderabad", "Telugu", (
        House("Charminar Star", "30 Road No. 1, Banjara Hills", ("giant", "wide", "salon"), 230, True),
        House("Deccan Lights", "17 Sarojini Devi Road, Secunderabad", ("steep", "fan"), 200),
    )),
)  # fmt: skip
