"""Cities and theaters of the demo. The theaters are invented, their streets are not."""

from typing import NamedTuple


class DemoTheater(NamedTuple):
    """A theater. `layouts` names the layout of each screen; the first may be an IMAX screen."""

    name: str
    location: str
    layouts: tuple
    price: int  # of a standard seat on a weekday's evening
    has_imax: bool = False
    no_lone_seats: bool = False


class DemoCity(NamedTuple):
    name: str
    language: str  # of the movies that its theaters prefer
    theaters: tuple


DEMO_CITIES = (
    DemoCity("Mumbai", "Hindi", (
        DemoTheater("Marigold Talkies", "14 Hill Road, Bandra West",
                    ("grand", "classic", "lounge"), 280, True),
        DemoTheater("The Lamplight", "3 Colaba Causeway, Colaba",
                    ("palace", "salon"), 240, no_lone_seats=True),
        DemoTheater("Harbour Nine", "88 Linking Road, Khar West", ("giant", "square", "studio"), 260, True),
    )),
    DemoCity("Delhi", "Hindi", (
        DemoTheater("Chandni House", "21 Asaf Ali Road, Daryaganj", ("wide", "fan"), 220),
        DemoTheater("Orbit Cinema", "5 Aurobindo Marg, Hauz Khas",
                    ("giant", "deep", "slim"), 270, True, True),
    )),
    DemoCity("Bengaluru", "English", (
        DemoTheater("Monsoon Pictures", "40 Church Street, Ashok Nagar",
                    ("grand", "side", "studio"), 260, True),
        DemoTheater("Jacaranda", "112 Sampige Road, Malleshwaram", ("classic", "square"), 210),
    )),
    DemoCity("Chennai", "Tamil", (
        DemoTheater("Kadal Arts", "9 Kamaraj Salai, Triplicane", ("steep", "classic", "lounge"), 190),
        DemoTheater("Silver Palm", "67 Usman Road, T. Nagar", ("palace", "slim"), 200, True, True),
    )),
    DemoCity("Hyderabad", "Telugu", (
        DemoTheater("Charminar Star", "30 Road No. 1, Banjara Hills", ("giant", "wide", "salon"), 230, True),
        DemoTheater("Deccan Lights", "17 Sarojini Devi Road, Secunderabad", ("steep", "fan"), 200),
    )),
)  # fmt: skip
