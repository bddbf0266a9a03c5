"""Pictures for the demo's posters: flat shapes in few colours.

Each function draws on a canvas with a palette and a `random.Random`.
"""

from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageOps

WIDTH, HEIGHT = 1200, 1800
CENTRE = WIDTH // 2


def fade(top, bottom, size=(WIDTH, HEIGHT)):
    """Return a vertical gradient."""
    return ImageOps.colorize(Image.linear_gradient("L").resize(size), top, bottom)


def disc(pen, x, y, radius, fill=None, outline=None, width=1):
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill, outline=outline, width=width)


def hills(picture, palette, chance):
    """A low sun and ridges behind ridges."""
    picture.paste(fade(palette.ground, palette.far))
    pen = ImageDraw.Draw(picture)
    disc(pen, chance.randint(380, 820), 930, 200, palette.light)
    for layer, colour in enumerate((palette.far, palette.near, palette.ground)):
        base, swing, phase = 1010 + 190 * layer, 90 - 15 * layer, chance.uniform(0, 6)
        ridge = [
            (x, base + swing * sin(x / 190 + phase) + swing / 2 * sin(x / 83 + 2 * phase))
            for x in range(0, WIDTH + 20, 20)
        ]
        pen.polygon([(0, HEIGHT), *ridge, (WIDTH, HEIGHT)], fill=colour)


def orbit(picture, palette, chance):
    """A planet half out of sight, its rings, and stars."""
    picture.paste(fade(palette.ground, palette.near))
    pen = ImageDraw.Draw(picture)
    for _ in range(160):
        disc(
            pen,
            chance.randint(0, WIDTH),
            chance.randint(0, HEIGHT),
            chance.choice((2, 2, 3, 5)),
            palette.light,
        )
    x, y = chance.choice((330, 870)), 760
    for radius in range(760, 420, -60):
        disc(pen, x, y, radius, outline=palette.far, width=3)
    disc(pen, x, y, 400, palette.far)
    disc(pen, x - 90, y - 90, 300, palette.light)
    disc(pen, x - 60, y - 55, 320, palette.far)
    disc(pen, WIDTH - x, 1240, 46, palette.light)


def skyline(picture, palette, chance):
    """A town at night, some windows lit."""
    picture.paste(fade(palette.ground, palette.near))
    pen = ImageDraw.Draw(picture)
    disc(pen, chance.randint(300, 900), 790, 140, palette.light)
    for colour, low, high, width in ((palette.far, 900, 1150, 150), (palette.ground, 1080, 1420, 190)):
        x = -chance.randint(0, 90)
        while x < WIDTH:
            house, top = width + chance.randint(-40, 60), chance.randint(low, high)
            pen.rectangle((x, top, x + house, HEIGHT), fill=colour)
            _windows(pen, (x, top, house), palette, chance)
            x += house + chance.choice((0, 0, 26))


def _windows(pen, house, palette, chance):
    x, top, width = house
    for row in range(top + 40, HEIGHT - 40, 58):
        for column in range(x + 26, x + width - 40, 46):
            if chance.random() < 0.22:
                pen.rectangle((column, row, column + 18, row + 28), fill=palette.light)


def rays(picture, palette, chance):
    """A burst of light."""
    picture.paste(palette.ground, (0, 0, WIDTH, HEIGHT))
    pen = ImageDraw.Draw(picture)
    count, y = chance.choice((18, 24, 30)), 1000
    for number in range(count):
        colour = palette.near if number % 2 else palette.far
        box = (CENTRE - 1700, y - 1700, CENTRE + 1700, y + 1700)
        pen.pieslice(box, number * 360 / count, (number + 1) * 360 / count, fill=colour)
    disc(pen, CENTRE, y, 330, palette.ground)
    disc(pen, CENTRE, y, 285, palette.light)
    pen.polygon([(CENTRE - 130, 1290), (CENTRE, 760), (CENTRE + 130, 1290)], fill=palette.ground)
    disc(pen, CENTRE, 850, 74, palette.ground)


def waves(picture, palette, chance):
    """The sea in rows, and a disc over it."""
    picture.paste(fade(palette.far, palette.light))
    pen = ImageDraw.Draw(picture)
    disc(pen, CENTRE, 860, 240, palette.ground)
    colours = (palette.near, palette.far, palette.ground)
    for row in range(12):
        y, shift = 900 + row * 88, chance.randint(0, 200)
        for x in range(-shift, WIDTH + 200, 200):
            disc(pen, x, y + 110, 112, colours[row % 3])
            disc(pen, x, y + 110, 78, outline=palette.light, width=5)


def rain(picture, palette, chance):
    """Columns of falling marks."""
    picture.paste(palette.ground, (0, 0, WIDTH, HEIGHT))
    pen = ImageDraw.Draw(picture)
    for x in range(24, WIDTH, 48):
        y = chance.randint(-500, 700)
        end = y + chance.randint(700, 1500)
        while y < end:
            share = max(y - end + 900, 0) / 900
            colour = palette.light if share > 0.93 else palette.far if share > 0.5 else palette.near
            mark = chance.choice((10, 20, 30))
            pen.rectangle((x, y, x + chance.choice((12, 22)), y + mark), fill=colour)
            y += mark + 16


def shards(picture, palette, chance):
    """Splinters flying from one point."""
    picture.paste(fade(palette.near, palette.ground))
    pen = ImageDraw.Draw(picture)
    x, y = chance.randint(420, 780), 820
    for number in range(64):
        angle, far = number * 2 * pi / 64 + chance.uniform(-0.05, 0.05), chance.randint(500, 1500)
        spread = chance.uniform(0.03, 0.09)
        tip = (x + 120 * cos(angle), y + 120 * sin(angle))
        ends = [(x + far * cos(angle + turn), y + far * sin(angle + turn)) for turn in (-spread, spread)]
        pen.polygon([tip, *ends], fill=chance.choice((palette.far, palette.light, palette.near, palette.far)))
    disc(pen, x, y, 96, palette.light)


def arches(picture, palette, chance):
    """Doorways within doorways, and a figure in the last."""
    picture.paste(palette.far, (0, 0, WIDTH, HEIGHT))
    pen = ImageDraw.Draw(picture)
    colours = (palette.near, palette.light, palette.far, palette.near, palette.ground, palette.light)
    for step, colour in enumerate(colours):
        half, top = 500 - step * 78, 690 + step * 84
        pen.pieslice((CENTRE - half, top, CENTRE + half, top + 2 * half), 180, 360, fill=colour)
        pen.rectangle((CENTRE - half, top + half, CENTRE + half, HEIGHT), fill=colour)
    disc(pen, CENTRE, 1380, 26, palette.ground)
    pen.polygon(
        [(CENTRE - 44, 1560), (CENTRE - 24, 1406), (CENTRE + 24, 1406), (CENTRE + 44, 1560)], palette.ground
    )
    pen.rectangle((0, 1560, WIDTH, HEIGHT), fill=palette.ground)


def forest(picture, palette, chance):
    """Trunks in the dusk, a moon, small lights."""
    picture.paste(fade(palette.far, palette.near))
    pen = ImageDraw.Draw(picture)
    disc(pen, chance.randint(400, 800), 860, 240, palette.light)
    for colour, count, width in ((palette.near, 11, 46), (palette.ground, 7, 92)):
        for number in range(count):
            x = int((number + chance.random()) * WIDTH / count)
            lean = chance.randint(-40, 40)
            pen.polygon(
                [(x, HEIGHT), (x + lean, 0), (x + lean + width * 0.6, 0), (x + width, HEIGHT)], fill=colour
            )
    pen.polygon([(0, HEIGHT), (0, 1420), (CENTRE, 1500), (WIDTH, 1400), (WIDTH, HEIGHT)], fill=palette.ground)
    for _ in range(26):
        disc(
            pen,
            chance.randint(60, WIDTH - 60),
            chance.randint(900, 1400),
            chance.choice((6, 8, 11)),
            palette.light,
        )


def road(picture, palette, chance):
    """A road to the horizon."""
    picture.paste(fade(palette.ground, palette.far))
    pen = ImageDraw.Draw(picture)
    horizon, x = 960, CENTRE + chance.randint(-160, 160)
    pen.pieslice((x - 300, horizon - 300, x + 300, horizon + 300), 180, 360, fill=palette.light)
    for y in range(horizon - 230, horizon, 46):
        pen.rectangle((x - 300, y, x + 300, y + 9 + (y - horizon + 230) // 14), fill=palette.far)
    pen.rectangle((0, horizon, WIDTH, HEIGHT), fill=palette.near)
    pen.polygon(
        [(x - 14, horizon), (x + 14, horizon), (WIDTH + 200, HEIGHT), (-200, HEIGHT)], fill=palette.ground
    )
    for step in range(8):
        y, reach = horizon + 12 * step * step + 20, 3 * step + 3
        pen.polygon(
            [
                (x - reach / 3, y),
                (x + reach / 3, y),
                (x + reach, y + 14 * step + 12),
                (x - reach, y + 14 * step + 12),
            ],
            fill=palette.light,
        )
