"""More pictures for the demo's posters; see `art`."""

from math import cos, pi, sin

from PIL import Image, ImageDraw

from .art import CENTRE, HEIGHT, WIDTH, disc, fade


def pair(picture, palette, chance):
    """Two who overlap."""
    picture.paste(fade(palette.ground, palette.near))
    apart, y = chance.choice((170, 210)), 800
    for x, colour in ((CENTRE - apart, palette.far), (CENTRE + apart, palette.light)):
        layer = Image.new("L", picture.size, 0)
        disc(ImageDraw.Draw(layer), x, y, 350, 200)
        picture.paste(colour, mask=layer)
    pen = ImageDraw.Draw(picture)
    for step in range(1, 5):
        disc(pen, CENTRE - apart, y, 350 + 46 * step, outline=palette.far, width=5 - step)
        disc(pen, CENTRE + apart, y, 350 + 46 * step, outline=palette.light, width=5 - step)


def spiral(picture, palette, chance):
    """Squares that turn into one another."""
    picture.paste(palette.ground, (0, 0, WIDTH, HEIGHT))
    pen = ImageDraw.Draw(picture)
    turn, colours = chance.uniform(0.1, 0.16), (palette.near, palette.ground, palette.far, palette.ground)
    for step in range(26):
        reach, angle = 1080 * 0.87**step, step * turn
        corners = [
            (CENTRE + reach * cos(angle + k * pi / 2), 830 + reach * sin(angle + k * pi / 2))
            for k in range(4)
        ]
        pen.polygon(corners, fill=palette.light if step > 22 else colours[step % 4])


def eye(picture, palette, chance):
    """Something looks back."""
    picture.paste(fade(palette.near, palette.ground))
    pen = ImageDraw.Draw(picture)
    y = 820
    for step in range(9, 0, -1):
        reach = 560 + step * 60
        pen.arc((CENTRE - reach, y - reach * 0.3, CENTRE + reach, y + reach * 1.5), 200, 340, palette.far, 7)
    lids = [(CENTRE + x, y - 250 * cos(x / 520 * pi / 2)) for x in range(-520, 521, 10)]
    lower = [(CENTRE + x, y + 250 * cos(x / 520 * pi / 2)) for x in range(520, -521, -10)]
    pen.polygon(lids + lower, fill=palette.light)
    disc(pen, CENTRE, y, 232, palette.far)
    for number in range(48):
        angle = number * pi / 24
        ends = [(CENTRE + r * cos(angle), y + r * sin(angle)) for r in (110, chance.randint(170, 226))]
        pen.line(ends, fill=palette.near, width=7)
    disc(pen, CENTRE, y, 104, palette.ground)
    disc(pen, CENTRE + 52, y - 56, 30, palette.light)


def petals(picture, palette, chance):
    """A rosette, as on a festival floor."""
    picture.paste(palette.ground, (0, 0, WIDTH, HEIGHT))
    pen, y = ImageDraw.Draw(picture), 830
    count = chance.choice((12, 16))
    for ring, (reach, size, colour) in enumerate(
        ((520, 118, palette.near), (400, 104, palette.far), (270, 84, palette.light), (150, 52, palette.far))
    ):
        for number in range(count):
            angle = (number + ring % 2 / 2) * 2 * pi / count
            x, at = CENTRE + reach * cos(angle), y + reach * sin(angle)
            disc(pen, x, at, size, colour)
            disc(pen, x, at, size * 0.45, palette.ground)
    disc(pen, CENTRE, y, 92, palette.light)


def bands(picture, palette, chance):
    """A sun cut into bands."""
    picture.paste(fade(palette.ground, palette.near))
    pen, y, radius = ImageDraw.Draw(picture), 860, 430
    disc(pen, CENTRE, y, radius, palette.light)
    disc(pen, CENTRE, y, radius - 70, palette.far)
    for number in range(9):
        top = y - 40 + number * 58
        pen.rectangle((0, top, WIDTH, top + 8 + number * 5), fill=palette.ground)
    for x in range(-200, WIDTH + 400, 140):
        pen.line([(x, HEIGHT), (CENTRE + (x - CENTRE) * 0.3, 1330)], fill=palette.near, width=4)


def keys(picture, palette, chance):
    """A keyboard on its side."""
    picture.paste(palette.ground, (0, 0, WIDTH, HEIGHT))
    pen, height = ImageDraw.Draw(picture), 112
    for number in range(9):
        y = 380 + number * height
        pen.rectangle((330, y, WIDTH, y + height - 8), fill=palette.light)
    for number in (0, 1, 3, 4, 5, 7):
        y = 380 + number * height
        pen.rectangle((330, y + 78, 830, y + 142), fill=palette.near)
    struck = 380 + chance.choice((2, 4, 6)) * height
    pen.rectangle((330, struck, WIDTH, struck + height - 8), fill=palette.far)
    disc(pen, 165, struck + 50, 58, palette.far)


def tiles(picture, palette, chance):
    """Quarter circles that find one another."""
    side = 200
    picture.paste(palette.ground, (0, 0, WIDTH, HEIGHT))
    pen = ImageDraw.Draw(picture)
    corners = ((0, 0, 0), (1, 0, 90), (1, 1, 180), (0, 1, 270))
    for y in range(200, 1400, side):
        for x in range(0, WIDTH, side):
            back, front = chance.sample((palette.near, palette.far, palette.light, palette.ground), 2)
            pen.rectangle((x, y, x + side - 1, y + side - 1), fill=back)
            right, down, turn = chance.choice(corners)
            cx, cy = x + right * side, y + down * side
            pen.pieslice((cx - side, cy - side, cx + side, cy + side), turn, turn + 90, fill=front)


def blades(picture, palette, chance):
    """A red disc, and seven strokes across it."""
    picture.paste(palette.light, (0, 0, WIDTH, HEIGHT))
    pen = ImageDraw.Draw(picture)
    disc(pen, CENTRE, 660, 400, palette.far)
    for number in range(7):
        x = 250 + number * 118
        tilt = chance.randint(-70, 70)
        top = chance.randint(280, 420)
        ends = [(x - 12, 1180), (x + tilt - 5, top), (x + tilt + 5, top - 60), (x + 12, 1180)]
        pen.polygon(ends, fill=palette.ground)
        pen.rectangle((x - 46, 1040, x + 46, 1060), fill=palette.ground)


def bubbles(picture, palette, chance):
    """Round things rising, large and small."""
    picture.paste(fade(palette.far, palette.ground))
    pen = ImageDraw.Draw(picture)
    colours = (palette.near, palette.light, palette.far)
    for number in range(60):
        radius = max(150 - number * 2, 16)
        x, y = chance.randint(0, WIDTH), chance.randint(300, 1400)
        disc(pen, x, y, radius, colours[number % 3])
        disc(pen, x - radius * 0.3, y - radius * 0.3, radius * 0.18, palette.light)
