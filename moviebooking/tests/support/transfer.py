"""Measure what a browser fetches for a page."""

from urllib.parse import urlsplit


class Meter:
    """Count the bytes of all requests of a Playwright page from now on."""

    def __init__(self, page):
        self.addresses, self._sizes = {}, {}
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", self._note_address)
        network.on("Network.loadingFinished", self._note_size)

    def _note_address(self, sent):
        self.addresses[sent["requestId"]] = sent["request"]["url"]

    def _note_size(self, done):
        self._sizes[done["requestId"]] = int(done["encodedDataLength"])

    @property
    def sizes(self):
        """Return {path: bytes transferred, with headers}, without uploads and `data:` URLs."""
        addresses = ((urlsplit(self.addresses[key]), size) for key, size in self._sizes.items())
        return {
            address.path: size
            for address, size in addresses
            if address.scheme.startswith("http") and not address.path.startswith("/media/")
        }

    @property
    def origins(self):
        """Return the origins that the browser has contacted."""
        addresses = map(urlsplit, self.addresses.values())
        return {f"{one.scheme}://{one.netloc}" for one in addresses if one.scheme not in ("data", "blob")}


def scripts(sizes):
    return {path: size for path, size in sizes.items() if path.endswith(".js")}
