"""Find links and buttons that are too small to tap: standing alone, they must be at least 44 px high."""

# A link inside a sentence may be as high as its line. Elements that are covered, such as by an open menu, are
# ignored.
SMALL_TARGETS = r"""() => {
    const HALF = 21.5, LINE = "p, li, dd, dt, td, th, label, h1, h2, h3, figcaption, div, section";
    const CONTROL = "a[href], button, summary, select, textarea, "
        + "input:not([type=checkbox], [type=radio], [type=hidden])";

    const isInASentence = (one) => {
        if (!one.matches("a") || !getComputedStyle(one).display.startsWith("inline")) return false;
        const texts = document.createTreeWalker(one.parentElement.closest(LINE), NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const {data, parentElement} = texts.currentNode;
            const isSeen = parentElement.checkVisibility({visibilityProperty: true});
            if (/\p{L}/u.test(data) && isSeen && !parentElement.closest(CONTROL)) return true;
        }
        return false;
    };
    const isHit = (one, away) => {
        const {x, y, width, height} = one.getBoundingClientRect();
        const hit = document.elementFromPoint(x + width / 2, y + height / 2 + away);
        return one === hit || one.contains(hit);
    };
    const isSmall = (one) => {
        one.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
        return isHit(one, 0) && !(isHit(one, -HALF) && isHit(one, HALF));
    };
    const nameOf = (one) => `<${one.localName}> ${one.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}`;
    const controls = [...document.querySelectorAll(CONTROL)];
    const found = controls.filter((one) => !isInASentence(one) && isSmall(one));
    scrollTo(0, 0);
    return found.map(nameOf);
}"""


def small_targets(page):
    """Return the links, buttons and fields that stand alone and are too low, by tag and text."""
    return page.evaluate(SMALL_TARGETS)
