"""Movies of the demo: titles, release dates, durations and directors are real, the descriptions our own."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DemoMovie:
    """`released` is a date, or the number of days from the first loading until a rerelease.

    `art` names a picture of `posters.ART` and a palette. `shows_in` are formats besides 2D.
    """

    title: str
    director: str
    year: int
    released: date | int
    minutes: int
    language: str
    genres: tuple
    certificate: str
    words: str
    art: tuple
    shows_in: tuple = ()


def _movie(
    title, director, released, minutes, language, genres, certificate, art, words, *shows_in, year=None
):
    if not isinstance(released, int):
        released = date.fromisoformat(released)
    year = year or released.year
    genres, art = tuple(genres.split("|")), tuple(art.split())
    return DemoMovie(
        title, director, year, released, minutes, language, genres, certificate, words, art, shows_in
    )


DEMO_MOVIES = (
    _movie("Sholay", "Ramesh Sippy", "1975-08-15", 204, "Hindi", "Action|Adventure|Drama", "UA",
          "hills ember",
          "A retired policeman hires two likeable crooks to bring in the bandit who ruined him. Dust, "
          "friendship and a coin that is tossed once too often."),
    _movie("Lagaan", "Ashutosh Gowariker", "2001-06-15", 224, "Hindi", "Drama|Musical|Sport", "U",
          "bands ember",
          "No rain, a cruel tax, and one way out: a village that has never held a bat must beat the "
          "officers of the cantonment at their own game."),
    _movie("3 Idiots", "Rajkumar Hirani", "2009-12-25", 170, "Hindi", "Comedy|Drama", "UA",
          "tiles citrus",
          "Two friends drive across the north to find the third, who asked his professors the questions "
          "nobody else dared to, and then was gone."),
    _movie("Dangal", "Nitesh Tiwari", "2016-12-23", 161, "Hindi", "Biography|Drama|Sport", "U",
          "rays ember",
          "A wrestler without a medal sees two champions where his village sees only girls. Training starts "
          "at five in the morning."),
    _movie("Dilwale Dulhania Le Jayenge", "Aditya Chopra", "1995-10-20", 189, "Hindi", "Drama|Romance",
          "U", "pair rose",
          "They miss a train in Europe and find each other; he follows her to the mustard fields to ask not "
          "her, but her father."),
    _movie("Zindagi Na Milegi Dobara", "Zoya Akhtar", "2011-07-15", 155, "Hindi", "Comedy|Drama", "UA",
          "waves lagoon",
          "Three school friends, one car, Spain. Each has chosen a fear that the other two must face with "
          "him."),
    _movie("Gully Boy", "Zoya Akhtar", "2019-02-14", 153, "Hindi", "Drama|Music", "UA", "skyline neon",
          "By day he drives other people’s car. By night, between the tin roofs of Dharavi, he writes what "
          "turns out to be rap."),
    _movie("Andhadhun", "Sriram Raghavan", "2018-10-05", 139, "Hindi", "Comedy|Crime|Thriller", "UA",
          "keys rose",
          "A blind pianist plays for a film star at home, and what he can’t have seen in that flat becomes "
          "everybody’s problem."),
    _movie("The Lunchbox", "Ritesh Batra", "2013-09-20", 104, "Hindi", "Drama|Romance", "U",
          "tiles spice",
          "In a city that never mixes up its lunches, one tin goes to the wrong desk. Under the bread there "
          "is a note."),
    _movie("Queen", "Vikas Bahl", "2014-03-07", 146, "Hindi", "Comedy|Drama", "UA", "petals rose",
          "Left two days before the wedding, Rani goes on the honeymoon anyway: Paris, Amsterdam, and for "
          "the first time nobody to ask."),
    _movie("Nayakan", "Mani Ratnam", "1987-10-21", 145, "Tamil", "Crime|Drama", "UA", "skyline ember",
          "A boy who fled to the docks of Bombay grows into the man that the poor go to and the police "
          "can’t reach."),
    _movie("Vikram", "Lokesh Kanagaraj", "2022-06-03", 174, "Tamil", "Action|Thriller", "UA",
          "shards ember",
          "Masked men kill officers of the law, and the agent who hunts them finds that the trail leads to "
          "somebody who should be dead.", "IMAX"),
    _movie("Ponniyin Selvan: I", "Mani Ratnam", "2022-09-30", 167, "Tamil", "Adventure|Drama|History",
          "UA", "orbit royal",
          "The Chola throne has too many heirs. A messenger with a loose tongue rides south through plots, "
          "boats and one comet.", "IMAX"),
    _movie("'96", "C. Prem Kumar", "2018-10-04", 158, "Tamil", "Drama|Romance", "U", "pair dusk",
          "Twenty-two years after school, a reunion. They have one night in the city to say what they did "
          "not say then."),
    _movie("Super Deluxe", "Thiagarajan Kumararaja", "2019-03-29", 176, "Tamil", "Comedy|Crime|Drama",
          "A", "bubbles neon",
          "A body in a fridge, a father who comes home as a woman, boys with a borrowed film, and a visitor "
          "from very far away: one day in four flats."),
    _movie("Kaithi", "Lokesh Kanagaraj", "2019-10-25", 145, "Tamil", "Action|Thriller", "UA",
          "road ember",
          "Fresh out of prison and on his way to a daughter he has never met, he must first drive a lorry "
          "full of poisoned policemen through the night."),
    _movie("Baahubali: The Beginning", "S. S. Rajamouli", "2015-07-10", 159, "Telugu",
          "Action|Adventure|Fantasy", "UA", "hills royal",
          "A foundling climbs a waterfall that no man climbs, and at the top he finds a war that has been "
          "waiting for him.", "IMAX", "3D"),
    _movie("RRR", "S. S. Rajamouli", "2022-03-25", 182, "Telugu", "Action|Drama", "UA", "rays blood",
          "Delhi, 1920: two men become friends without knowing that each has sworn to stop the other. There "
          "are tigers. There is dancing.", "IMAX", "3D"),
    _movie("Mayabazar", "K. V. Reddy", "1957-03-27", 184, "Telugu", "Comedy|Fantasy|Musical", "U",
          "petals royal",
          "A wedding is to be stolen, and a giant with a great appetite offers to be the bride. Studio "
          "magic of the fifties that still has no visible strings."),
    _movie("Eega", "S. S. Rajamouli", "2012-07-06", 134, "Telugu", "Action|Comedy|Fantasy", "UA",
          "bubbles moss",
          "Murdered by a jealous tycoon, he comes back for revenge as a housefly, and means it."),
    _movie("Sita Ramam", "Hanu Raghavapudi", "2022-08-05", 163, "Telugu", "Drama|Romance", "U",
          "hills rose",
          "A soldier with no family gets letters from a wife he does not have. Twenty years later someone "
          "must deliver his answer."),
    _movie("Seven Samurai", "Akira Kurosawa", "1954-04-26", 207, "Japanese", "Action|Drama", "UA",
          "blades ink",
          "Farmers who own nothing but rice hire seven swords against forty bandits. Mud, rain, and the "
          "mother of all last stands."),
    _movie("Spirited Away", "Hayao Miyazaki", "2001-07-20", 125, "Japanese", "Animation|Family|Fantasy",
          "U", "bubbles lagoon",
          "Her parents have eaten what was not theirs, so ten-year-old Chihiro takes a job in a bath house "
          "of gods to win back her name."),
    _movie("My Neighbor Totoro", "Hayao Miyazaki", "1988-04-16", 86, "Japanese", "Animation|Family", "U",
          "forest moss",
          "Two sisters move to the country and find out who lives in the camphor tree. He has a bus."),
    _movie("Princess Mononoke", "Hayao Miyazaki", "1997-07-12", 133, "Japanese",
          "Animation|Adventure|Fantasy", "UA", "forest blood",
          "Cursed by a dying boar, a prince rides west into a war between the forest’s gods and the people "
          "who smelt iron, and can’t hate either."),
    _movie("Your Name.", "Makoto Shinkai", "2016-08-26", 107, "Japanese", "Animation|Drama|Romance", "UA",
          "orbit dusk",
          "A boy in Tokyo and a girl in the hills wake up in each other’s lives, and leave each other "
          "notes. Then the notes stop.", "IMAX"),
    _movie("Tokyo Story", "Yasujiro Ozu", "1953-11-03", 136, "Japanese", "Drama", "U", "arches dusk",
          "An old couple visit their grown children in the city, who are kind and have no time."),
    _movie("Godzilla Minus One", "Takashi Yamazaki", "2023-11-03", 125, "Japanese", "Action|Drama|Sci-Fi",
          "UA", "waves ink",
          "Japan has lost everything. A pilot who did not die when he should have meets what comes out of "
          "the sea.", "IMAX"),
    _movie("The Matrix", "Lana and Lilly Wachowski", "1999-03-31", 136, "English", "Action|Sci-Fi", "UA",
          "rain moss",
          "A programmer is told that the world is a screen saver. He is given a choice of two pills and a "
          "great many bullets to dodge.", "IMAX"),
    _movie("Inception", "Christopher Nolan", "2010-07-16", 148, "English", "Action|Sci-Fi|Thriller", "UA",
          "spiral lagoon",
          "A thief who steals from dreams is asked to leave something in one: an idea, three dreams down, "
          "while the clock runs at different speeds.", "IMAX"),
    _movie("Interstellar", "Christopher Nolan", "2014-11-07", 169, "English", "Adventure|Drama|Sci-Fi",
          "UA", "orbit ink",
          "The crops are failing, so a farmer who once flew leaves his daughter to look for another sky. An "
          "hour there is seven years here.", "IMAX"),
    _movie("Mad Max: Fury Road", "George Miller", "2015-05-15", 120, "English", "Action|Adventure|Sci-Fi",
          "A", "shards citrus",
          "One road, one war rig, five women who will not go back. It stops twice, briefly.", "3D"),
    _movie("The Grand Budapest Hotel", "Wes Anderson", "2014-03-07", 99, "English", "Comedy|Drama", "A",
          "arches rose",
          "A concierge of perfect manners, his lobby boy, a stolen painting and a great many small "
          "pastries, between two wars."),
    _movie("Casablanca", "Michael Curtiz", "1943-01-23", 102, "English", "Drama|Romance|War", "U",
          "eye ink",
          "Everybody comes to his bar for a way out. Then she comes, and he has two of them in his pocket."),
    _movie("Spider-Man: Into the Spider-Verse", "Bob Persichetti, Peter Ramsey and Rodney Rothman",
          "2018-12-14", 117, "English", "Action|Animation|Family", "U", "skyline blood",
          "A boy from Brooklyn is bitten by the wrong spider and meets the others it has happened to, one "
          "of them a pig.", "3D", "IMAX"),
    _movie("La La Land", "Damien Chazelle", "2016-12-25", 128, "English", "Drama|Musical|Romance", "UA",
          "keys dusk",
          "She serves coffee and fails auditions; he plays what nobody listens to. Los Angeles sings along "
          "for a year."),
    _movie("Ratatouille", "Brad Bird", "2007-06-29", 111, "English", "Animation|Comedy|Family", "U",
          "tiles ember",
          "A rat with a nose like nobody’s and a boy who can’t boil an egg share one chef’s hat in Paris, "
          "and the critic is coming to dinner."),
    _movie("Pather Panchali", "Satyajit Ray", "1955-08-26", 125, "Bengali", "Drama|Family", "U",
          "road moss",
          "A brother and a sister, a house that falls in, an aunt with stolen guavas, and beyond the white "
          "grass, once, a train."),
    _movie("Kumbalangi Nights", "Madhu C. Narayanan", "2019-02-07", 135, "Malayalam", "Comedy|Drama",
          "UA", "waves moss",
          "Four brothers can’t stand each other in a house without a door. Then two of them fall in love, "
          "and somebody has to tidy up."),
    _movie("Parasite", "Bong Joon Ho", "2019-05-30", 132, "Korean", "Comedy|Drama|Thriller", "A",
          "arches ink",
          "A family who fold pizza boxes in a basement take up one post after another with a family on the "
          "hill. The house has more floors than one thinks."),
    # Coming: classics that return in a restored print, so that the day may lie ahead whenever this is loaded.
    _movie("2001: A Space Odyssey", "Stanley Kubrick", 12, 149, "English", "Adventure|Sci-Fi", "U",
          "orbit ember",
          "A bone, a black stone, a ship whose computer is polite to the last. Kubrick’s film of 1968 comes "
          "back in a new print, with its interval.", "IMAX", year=1968),
    _movie("Alien", "Ridley Scott", 19, 117, "English", "Horror|Sci-Fi", "A", "eye moss",
          "Seven people and a cat answer a call from a dead world. The restored film of 1979, as dark as it "
          "was meant to be.", year=1979),
    _movie("Akira", "Katsuhiro Otomo", 26, 124, "Japanese", "Action|Animation|Sci-Fi", "A", "bands blood",
          "Neo-Tokyo, one red motorcycle, and a boy who should not have been woken. Every drawing of 1988, "
          "scanned afresh.", "IMAX", year=1988),
    _movie("Jurassic Park", "Steven Spielberg", 33, 127, "English", "Adventure|Sci-Fi", "UA",
          "forest ember",
          "A park with fences, a storm, and someone who switched the fences off. Back on the big screen "
          "after its first run in 1993.", "3D", "IMAX", year=1993),
    _movie("Pyaasa", "Guru Dutt", 40, 146, "Hindi", "Drama|Musical|Romance", "U", "rain dusk",
          "A poet whom nobody prints is mourned by everybody once they think him dead. The film of 1957, "
          "restored.", year=1957),
    _movie("Roja", "Mani Ratnam", 47, 137, "Tamil", "Drama|Romance|Thriller", "U", "petals moss",
          "A bride from a village in the south goes to Kashmir to get her husband back, with three words of "
          "Hindi and no fear. From 1992, with its songs remastered.", year=1992),
    _movie("Sagara Sangamam", "K. Viswanath", 54, 160, "Telugu", "Drama|Musical", "U", "rays royal",
          "A dancer who had every gift but luck teaches one last pupil. The film of 1983 in a new print.",
          year=1983),
)  # fmt: skip
